"""`lararportal replay`: what the command says of a round that is as it was, and of one that is not."""

import re

import pytest
from bookings_room import CLOSES, OPENS, published
from click.testing import CliRunner
from fairness_room import add_a_space, as_planned
from portals import KEYS
from sqlalchemy.orm import Session

import make
from lararportal.cli import main
from lararportal.db import connect


@pytest.fixture
def command(fresh_database_url, redis_url, monkeypatch):
    """The command line on a database of its own, with a round that is committed there; and a way to change it."""
    environment = {
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
    engine = connect(fresh_database_url)
    with Session(engine, expire_on_commit=False, info={"portal_url": "http://portal.test"}) as db:
        session = make.session(db, seats=2)
        done = as_planned(db, published(db, {make.person(db): [session] for _ in range(5)}))
        made = make.round_of(db, make.session(db), opens_at=OPENS, closes_at=CLOSES)
        db.commit()

        def run(number, *, after=None):
            if after:
                after(db, done)
                db.commit()
            return CliRunner().invoke(main, ["replay", str(number)])

        yield run, done, made
    engine.dispose()


def test_the_command_says_that_all_is_as_it_was_or_what_is_not(command):
    run, done, planned = command
    well = run(done.id)

    assert (well.exit_code, well.stderr) == (0, "")
    assert f"frozen input  {done.frozen_hash}\nseed          {done.seed}\nresult        " in well.stdout
    assert well.stdout.endswith(
        "The seed follows from the values of the lottery.\n"
        "2026-01-01 09:00, the portal: went on without the second secret. Ingen annan part i provet\n"
        "Decisions beside the rules: 1.\n"
        "Done again, everything is the same byte for byte, and the check finds nothing.\n"
    )

    [number] = re.findall(r"result .*, run (\d+) by rules", well.stdout)
    ill = run(done.id, after=add_a_space)

    assert (ill.exit_code, ill.stderr) == (1, f"Error: round {done.id} is not as it was: 2 differences.\n")
    assert ill.stdout.endswith(
        "Decisions beside the rules: 1.\n"
        f"The journal noted drawing up {number} otherwise, by result.\n"
        "The stored result is not what comes of doing it again; other are: letters.\n"
    )
    assert (run(planned.id).exit_code, run(planned.id).stdout) == (1, "")
    assert run(planned.id + 1).stderr == f"Error: there is no round {planned.id + 1}\n"


TOLD = r"\x1b[2K\nDone again, everything is the same."


def forge(db, round_):
    round_.waiver_reason = "Ill.\x1b[2K\nDone again, everything is the same."


def test_nothing_that_somebody_wrote_steers_the_terminal_or_begins_another_line(command):
    run, done, _ = command
    told = run(done.id, after=forge)

    assert (told.exit_code, told.stderr) == (1, f"Error: round {done.id} is not as it was: 1 difference.\n")
    assert [line.partition("Ill.") for line in told.stdout.splitlines() if "Ill." in line] == [
        ("It was decided to go on without the secret of the second party: ", "Ill.", TOLD),
        ("2026-01-01 09:00, the portal: went on without the second secret. ", "Ill.", TOLD),
    ]
