"""A connection that has rested is asked whether it is still there; one that is in use is not asked every time."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from lararportal.db import RESTED, Database, connect

WHO = text("SELECT pg_backend_pid()")


@pytest.fixture
def engine_of_its_own(postgres_url: str) -> Iterator[Engine]:
    engine = connect(postgres_url)
    yield engine
    engine.dispose()


def used(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(WHO) or 0


def end(connection: Connection, number: int) -> None:
    assert connection.scalar(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})


def test_one_that_ended_while_it_rested_is_another_before_anybody_notices(
    engine_of_its_own: Engine, connection: Connection
):
    former = used(engine_of_its_own)
    end(connection, former)
    time.sleep(RESTED)

    assert used(engine_of_its_own) != former


def test_one_that_was_used_a_moment_ago_is_not_asked_and_its_end_is_found_out_by_whoever_uses_it(
    engine_of_its_own: Engine, connection: Connection
):
    former = used(engine_of_its_own)
    assert used(engine_of_its_own) == former
    end(connection, former)

    with pytest.raises(OperationalError) as found:
        used(engine_of_its_own)

    assert found.value.connection_invalidated
    assert used(engine_of_its_own) != former


def test_what_a_page_is_read_with_holds_no_transaction_open_and_a_deed_after_it_has_one(postgres_url: str):
    database = Database(connect(postgres_url), portal_url="http://portal.test")
    with database.reader() as reader:
        read = reader.scalar(WHO), reader.connection().connection.driver_connection.info.transaction_status
    with database.transaction() as db:
        done = db.scalar(WHO), db.connection().connection.driver_connection.info.transaction_status
    database.dispose()

    assert (read, done) == ((read[0], TransactionStatus.IDLE), (read[0], TransactionStatus.INTRANS))


def test_an_answer_has_the_columns_that_the_driver_tells_of_it(engine_of_its_own: Engine):
    with engine_of_its_own.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        terse = driver.execute('SELECT 1 AS one, now() AS "när"')
        whole = psycopg.Cursor(driver).execute('SELECT 1 AS one, now() AS "när"')
        said = [each[:2] for each in terse.description]

        assert (said, terse.execute("SET LOCAL TIME ZONE 'UTC'").description) == (
            [(each.name, each.type_code) for each in whole.description or ()],
            None,
        )
