"""The journal is only added to: the portal's role may do no more, and the database refuses everybody the rest."""

import psycopg
import pytest
from click.testing import CliRunner
from portals import KEYS
from psycopg import errors
from sqlalchemy import make_url

import make
from bookings import cancellation, left_over_seats
from lararportal import clock, tick
from lararportal.cli import main
from lararportal.db import Database, connect
from lararportal.seals import seal

NOW = clock.parse("2027-01-11T08:00")
CHANGES = (
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "INSERT INTO journal (at, deed, facts) VALUES (now(), 'x', '{{}}') ON CONFLICT (id) DO UPDATE SET deed = 'y'",
)
COLUMNS = {"journal": "deed", "journal_seals": "hash"}


@pytest.fixture
def owners(fresh_database_url):
    """A database with a booking in the journal, as its owner."""
    database = Database(connect(fresh_database_url), portal_url="http://portal.test")
    with database.transaction() as db:
        session = make.session(db, seats=2)
        left_over_seats.book(db, session_id=session.id, person_id=make.person(db).id, now=NOW, by=None)
    seal(database, now=NOW)
    yield database
    database.dispose()


@pytest.mark.parametrize("replica", [False, True])
def test_the_database_refuses_to_change_what_was_written_whoever_asks(owners, fresh_database_url, replica):
    with psycopg.connect(fresh_database_url) as connection:
        if replica:
            connection.execute("SET session_replication_role = replica")
        before = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in COLUMNS]
        assert [len(rows) for rows in before] == [1, 1]
        for table, column in COLUMNS.items():
            for change in CHANGES:
                with pytest.raises(errors.InsufficientPrivilege, match="is append-only"), connection.transaction():
                    connection.execute(change.format(table, column, column))
        assert [connection.execute(f"SELECT * FROM {table}").fetchall() for table in COLUMNS] == before


@pytest.fixture
def grants(fresh_database_url, settings, monkeypatch):
    environment = {
        **KEYS,
        "LARARPORTAL_SECRET_KEY": "x" * 32,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": settings.redis_url,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_PROVIDERS": '[{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", '
        '"client_id": "c", "client_secret": "s"}]',
        "LARARPORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "LARARPORTAL_MAIL_FROM": "portal@example.org",
    }
    return lambda role: CliRunner(env=environment).invoke(main, ["db", "grants", role])


def test_the_role_of_the_portal_does_all_its_work_and_can_only_add_to_the_journal(owners, fresh_database_url, grants):
    with psycopg.connect(fresh_database_url, autocommit=True) as owner:
        owner.execute("CREATE ROLE portal_at_work LOGIN PASSWORD 'only-for-a-test'")
        owner.execute("CREATE ROLE portal_as_owner LOGIN IN ROLE lararportal")

    told = [grants(role) for role in ("portal_at_work", "nobody", "lararportal", "portal_as_owner")]

    assert [each.exit_code for each in told] == [0, 1, 1, 1]
    assert told[0].stdout == "portal_at_work may do what the portal does.\n"
    assert [each.stderr for each in told[1:]] == [
        "Error: There is no role nobody: make it, CREATE ROLE nobody LOGIN PASSWORD '...'.\n",
        "Error: lararportal is not the role to work as: it may do everything.\n",
        "Error: portal_as_owner is not the role to work as: it owns the tables, or can act as who owns them.\n",
    ]
    address = make_url(fresh_database_url).set(username="portal_at_work", password="only-for-a-test")
    url = address.render_as_string(hide_password=False)
    portal = Database(connect(url), portal_url="http://portal.test")
    with portal.transaction() as db:
        session, person = make.session(db, seats=1), make.person(db)
        for _ in range(2):
            left_over_seats.book(db, session_id=session.id, person_id=person.id, now=NOW, by=None)
            cancellation.cancel(db, session_id=session.id, person_id=person.id, reason="", now=NOW, by=None)
    tick.run_due(portal, now=NOW)
    assert seal(portal, now=NOW) == 4
    portal.dispose()
    with psycopg.connect(url) as connection:
        for table, column in COLUMNS.items():
            for change in CHANGES:
                with pytest.raises(errors.InsufficientPrivilege, match="permission denied"), connection.transaction():
                    connection.execute(change.format(table, column, column))
        for other in (
            "ALTER TABLE journal DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "UPDATE alembic_version SET version_num = ''",
            "DROP TABLE journal_seals",
            "CREATE TABLE mine (id int)",
        ):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(other)
