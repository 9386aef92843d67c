"""The demonstration term at the first start: built once, into an empty database, whole or not at all."""

from enum import StrEnum

from sqlalchemy import exists, make_url, select

from auth.models import Person
from courses.models import Course
from lararportal import clock
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.demo import Term, build_term
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
    """Builds the term if that is wanted and the database is empty.

    Raises:
        CannotStart: a database that is not ours holds half a term.
    """
    if data.is_half_built:
        raise CannotStart(
            "the database holds a half-built term from an interrupted start: empty it, then use --reset"
        )
    database = Database(connect(_hasty(settings.database_url)), portal_url=settings.base_url)
    try:
        if beginning is Beginning.TERM and _is_empty(database):
            data.begin_building()
            _keep_secret(data, _build(database, settings, progress))
            data.end_building()
    finally:
        database.dispose()


def _build(database: Database, settings: Settings, progress: Progress) -> Term:
    line = ProgressLine("term")

    def show(step: str, done: int, total: int) -> None:
        progress.step, progress.done, progress.total = step, done, total
        line.show(step, done, total)

    term = build_term(database, now=clock.now(), issuer=settings.providers[0].issuer, progress=show)
    line.end()
    return term


def _keep_secret(data: Data, term: Term) -> None:
    """Whoever signs in as Eva finds what she drew for the lottery of the open round, and can reveal it."""
    path = data.folder / "lottery.txt"
    path.write_text(f"{term.second_secret}\n", "utf-8")
    say("lottery", f"the secret of eva.studierektor: {path}")


def _hasty(url: str) -> str:
    """The same database for somebody who need not wait for the disk: a term that is half lost is built anew."""
    address = make_url(url)
    options = f"{address.query.get('options', '')} -c synchronous_commit=off".strip()
    return address.update_query_dict({"options": options}).render_as_string(hide_password=False)


def _is_empty(database: Database) -> bool:
    with database.transaction() as db:
        return not db.scalar(select(exists(select(Course.id)) | exists(select(Person.id))))
