"""`lararportal audit`: all is well, something is not, or it could not be looked at."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from portals import KEYS
from sqlalchemy import text

import make
from bookings import left_over_seats
from lararportal import clock, pages
from lararportal.audit import EVERYTHING, NOT_BUILT, NOT_DONE
from lararportal.audit.running import OF_QUEUE, OF_RIGHTS
from lararportal.audit.seals import OF_HEAD
from lararportal.cli import main
from lararportal.db import Database, connect
from lararportal.heartbeat import beat

NAMES = [*OF_QUEUE, *OF_RIGHTS, *(each.name for each in EVERYTHING)]


@pytest.fixture
def run(fresh_database_url, redis_url, redis, monkeypatch):
    """The command on a database of its own in which two have a seat, after a statement."""
    environment = {
        "LARARPORTAL_ENV": "development",
        "LARARPORTAL_SECRET_KEY": "x" * 32,
        **KEYS,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": redis_url,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_PROVIDERS": '[{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", '
        '"client_id": "c", "client_secret": "s"}]',
        "LARARPORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "LARARPORTAL_MAIL_FROM": "portal@example.org",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    database, now = Database(connect(fresh_database_url), portal_url="http://portal.test"), clock.now()
    with database.transaction() as db:
        beat(db, "tick", now=now)
        session = make.session(db, days=[clock.day_of(now) + timedelta(days=60)])
        for _ in range(2):
            left_over_seats.book(db, session_id=session.id, person_id=make.person(db).id, now=now, by=None)

    def command(*options, after=None):
        if after:
            with database.transaction() as db:
                db.execute(text(after))
        return CliRunner().invoke(main, ["audit", *options])

    yield command
    database.dispose()


def test_the_command_says_that_all_is_well_and_what_is_not_looked_at(run):
    done = run()

    assert (done.exit_code, done.stderr) == (0, "")
    left_out = [pages.words()["not_built"][each] for each in NOT_BUILT]
    assert done.stdout.splitlines() == [*left_out, f"{len(NAMES)} checks done, 0 findings."]


def test_whatever_is_wrong_stands_in_a_sentence_and_in_a_document(run):
    done = run(after="UPDATE course_sessions SET seats_taken = 3")
    document = json.loads(run("--json").stdout)

    assert done.exit_code == run("--json").exit_code == 1
    session = document["findings"][0]["facts"]["session"]
    told = f"Kurstillfälle {session} räknar 3 upptagna platser, men 2 är bokade."
    assert done.stdout.splitlines()[0] == f"seats_taken: {told}"
    assert document["findings"] == [
        {"check": "seats_taken", "sentence": told, "facts": {"session": session, "says": 3, "has": 2}}
    ]
    assert (document["clean"], document["checks"]) == (False, NAMES)


def test_a_seal_that_was_kept_elsewhere_is_looked_for_and_the_last_one_is_told(run):
    empty = CliRunner().invoke(main, ["journal", "head"])
    assert (empty.exit_code, empty.stderr) == (1, "Error: Nothing is sealed yet: the tick does it.\n")
    done = run("--journal-head", "ab", after=f"INSERT INTO journal_seals VALUES (1, 0, 0, now(), '{'c' * 64}')")

    assert done.exit_code == 1
    assert (
        "journal_head_gone: Ingen försegling av loggen har summan ab, så loggens slut har bytts ut eller tagits bort."
        in done.stdout.splitlines()
    )
    assert "journal_head_gone" not in run("--journal-head", "c" * 64).stdout
    assert CliRunner().invoke(main, ["journal", "head"]).stdout.split()[:2] == ["1", "c" * 64]


def test_a_portal_in_production_whose_role_could_change_the_journal_is_told_of(run, monkeypatch):
    monkeypatch.setenv("LARARPORTAL_ENV", "production")

    found = [line for line in run().stdout.splitlines() if line.startswith("journal_changeable: ")]
    assert [line.split(" tabellen ")[1].split(",")[0] for line in found] == ["journal", "journal_seals"]


def test_what_was_found_is_kept_for_the_page_if_that_is_asked_for(run, fresh_database_url):
    broken = "UPDATE course_sessions SET seats_taken = 3"
    assert [run(after=broken).exit_code, run("--keep").exit_code] == [1, 1]

    engine = connect(fresh_database_url)
    with engine.connect() as connection:
        kept = connection.execute(
            text("SELECT counts, done = total, ended_at IS NOT NULL, asked_by FROM audits")
        ).all()
    engine.dispose()
    assert kept == [({"seats_taken": 1}, True, True, None)]


def test_what_could_not_be_looked_at_is_no_verdict(run, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none")

    done = run("--json")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: it could not be looked at: ")


def test_an_outdated_database_is_not_looked_at_either(run):
    done = run(after="DROP TABLE letters CASCADE")

    assert (done.exit_code, done.stdout) == (2, "")


def test_every_check_has_a_heading_and_a_sentence():
    names = [*NAMES, OF_HEAD, NOT_DONE]
    words = pages.words()

    assert (list(words["check"]), list(words["finding"])) == (names, names)
    assert list(words["not_built"]) == list(NOT_BUILT)
