"""For tests whose commits others see: a database of one's own, and the parts of the portal as programs on it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from processes import Parts, parts_of
from sqlalchemy import create_engine, event

from lararportal import cursors
from lararportal.config import Settings
from lararportal.db import Database, driver_url

pytest.register_assert_rewrite("crowd")

CONNECTIONS = 64
"""More than the largest storm has threads: a pool gives to who asks next, and some could wait for minutes."""


@pytest.fixture
def shared_database(fresh_database_url: str, settings: Settings) -> Iterator[Database]:
    """A database with real commits, for many threads; where they are more than its connections, they wait."""
    engine = create_engine(
        driver_url(fresh_database_url),
        paramstyle=cursors.PLACES,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=120,
    )
    event.listen(engine, "connect", cursors.ask_as_it_reads)
    yield Database(engine, portal_url=settings.base_url, safe=settings.safe)
    engine.dispose()


@pytest.fixture
def parts(settings: Settings, fresh_database_url: str, tmp_path: Path) -> Iterator[Parts]:
    """The programs of a portal on that database."""
    with parts_of(replace(settings, database_url=fresh_database_url), tmp_path) as parts:
        yield parts
