"""The journal is only added to: the portal's role may do no more, and the database refuses everybody the rest."""

import psycopg
import pytest
from click.testing import CliRunner
from portals import KEYS
from psycopg import errors
from sqlalchemy import make_url, select

import make
from bookings import cancellation, left_over_seats
from lararportal import clock, journal, rights, tick
from lararportal.audit import found, in_motion
from lararportal.audit.seals import CHECKS
from lararportal.backup import back_up, opened, restore, scratch
from lararportal.cli import main
from lararportal.db import Database, connect
from lararportal.seals import Seal, seal

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
    url = as_role(fresh_database_url, "portal_at_work")
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


def test_what_the_portals_role_backed_up_comes_back_guarded_and_sealed_and_its_rights_are_given_again(
    owners, fresh_database_url, tmp_path
):
    with psycopg.connect(fresh_database_url, autocommit=True) as owner:
        owner.execute("CREATE ROLE portal_backed_up LOGIN PASSWORD 'only-for-a-test'")
    rights.give(fresh_database_url, "portal_backed_up")
    before = seals_of(owners)
    back_up(as_role(fresh_database_url, "portal_backed_up"), tmp_path / "kept", settings="", now=NOW)

    with scratch(fresh_database_url) as url:
        with opened(tmp_path / "kept") as file:
            restore(url, file)
        with psycopg.connect(as_role(url, "portal_backed_up")) as portal:
            with pytest.raises(errors.InsufficientPrivilege), portal.transaction():
                portal.execute("SELECT FROM journal")
            rights.give(url, "portal_backed_up")
            assert portal.execute("SELECT count(*) FROM journal").fetchone() == (1,)
            for change in CHANGES:
                with pytest.raises(errors.InsufficientPrivilege), portal.transaction():
                    portal.execute(change.format("journal", "deed", "deed"))
        with psycopg.connect(url) as owner, pytest.raises(errors.InsufficientPrivilege, match="is append-only"):
            owner.execute("DELETE FROM journal")
        restored = Database(connect(url), portal_url="http://portal.test")
        with restored.transaction() as db:
            journal.note(db, "audit.done", now=NOW, by=None)
        assert seal(restored, now=NOW) == 1
        with restored.snapshot() as db:
            assert list(found(db, CHECKS, in_motion(NOW))) == []
        assert seals_of(restored)[:-1] == before
        restored.dispose()


def as_role(url: str, role: str) -> str:
    address = make_url(url).set(username=role, password="only-for-a-test")
    return address.render_as_string(hide_password=False)


def seals_of(database) -> list[tuple[int, str]]:
    with database.transaction() as db:
        return [(each.number, each.hash) for each in db.scalars(select(Seal).order_by(Seal.number))]
