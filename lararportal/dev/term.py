"""The demonstration term at the first start: built once, into an empty database, whole or not at all."""

from enum import StrEnum

from sqlalchemy import exists, select

import courses.models
from lararportal import clock
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.demo import build_term
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
    database = Database(connect(settings.database_url), portal_url=settings.base_url)
    try:
        if beginning is Beginning.TERM and _is_empty(database):
            data.begin_building()
            _build(database, progress)
            data.end_building()
    finally:
        database.dispose()


def _build(database: Database, progress: Progress) -> None:
    line = ProgressLine("term")

    def show(step: str, done: int, total: int) -> None:
        progress.step, progress.done, progress.total = step, done, total
        line.show(step, done, total)

    build_term(database, now=clock.now(), progress=show)
    line.end()


def _is_empty(database: Database) -> bool:
    with database.transaction() as db:
        return not db.scalar(select(exists().where(courses.models.Course.id.is_not(None))))
