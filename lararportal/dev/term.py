"""The demonstration at the first start: a term, or its people alone; once, into an empty database, whole or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import exists, make_url, select

from auth.models import Person
from courses.models import Course
from lararportal import clock, seals
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.demo import Term, build_term, welcome_people
from lararportal.dev import portal
from lararportal.dev.data import Data
from lararportal.dev.program import CannotStart
from lararportal.dev.screen import ProgressLine, say
from lararportal.dev.shelter import discard
from lararportal.dev.waiting_room import Progress


class Beginning(StrEnum):
    """What an empty database is filled with."""

    TERM = "term"
    NONE = "none"


def discard_half(data: Data) -> None:
    """Removes a database of ours in which an earlier start left half a term."""
    if data.is_half_built:
        say("term", "the last start was interrupted while it built the term: beginning anew")
        discard(data.postgres)
        data.end_building()


def fill(data: Data, settings: Settings, beginning: Beginning, progress: Progress) -> None:
    """Builds the term if that is wanted and the database is empty, or lets the demonstration people in.

    Raises:
        CannotStart: a database that is not ours holds half a term.
    """
    if data.is_half_built:
        raise CannotStart(
            "the database holds a half-built term from an interrupted start: empty it, then use --reset"
        )
    database = Database(
        connect(_hasty(settings.database_url)),
        portal_url=settings.base_url,
        contact=settings.contact,
        safe=settings.safe,
    )
    try:
        if beginning is Beginning.NONE:
            _let_people_in(database, settings, progress)
        elif _has(database, Course):
            return
        elif _has(database, Person):
            say("term", "not built, because there are people already: --reset begins anew")
        else:
            data.begin_building()
            _keep_secret(data, _build(database, settings, progress))
            data.end_building()
    finally:
        database.dispose()


def _let_people_in(database: Database, settings: Settings, progress: Progress) -> None:
    """So that the accounts which are printed are what they are said to be, where they can sign in at all."""
    if _has(database, Person) or not portal.is_our_provider(settings):
        return
    with _shown("people", progress) as show:
        welcome_people(database, now=clock.now(), issuer=settings.providers[0].issuer, progress=show)


def _build(database: Database, settings: Settings, progress: Progress) -> Term:
    with _shown("term", progress) as show:
        term = build_term(database, now=clock.now(), issuer=settings.providers[0].issuer, progress=show)
    seals.seal(database, now=clock.now())
    return term


@contextmanager
def _shown(label: str, progress: Progress) -> Iterator[Callable[[str, int, int], None]]:
    """Progress for who waits in a browser and for who looks at the terminal."""
    line = ProgressLine(label)

    def show(step: str, done: int, total: int) -> None:
        progress.step, progress.done, progress.total = step, done, total
        line.show(step, done, total)

    yield show
    line.end()


def _keep_secret(data: Data, term: Term) -> None:
    """Whoever signs in as Eva finds what she drew for the lottery of the open round, and can reveal it."""
    path = data.keep_to_itself("lottery.txt", f"{term.second_secret}\n")
    say("lottery", f"the secret of eva.studierektor: {path}")


def _hasty(url: str) -> str:
    """The same database for somebody who need not wait for the disk: a term that is half lost is built anew."""
    address = make_url(url)
    options = f"{address.query.get('options', '')} -c synchronous_commit=off".strip()
    return address.update_query_dict({"options": options}).render_as_string(hide_password=False)


def _has(database: Database, rows: type[Course | Person]) -> bool:
    with database.transaction() as db:
        return bool(db.scalar(select(exists(select(rows.id)))))
