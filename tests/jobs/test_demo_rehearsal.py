"""The rehearsal: on real servers, with real commits and letters, and the same each time."""

from dataclasses import replace

import pytest
from click import ClickException
from click.testing import CliRunner
from portals import SAFE
from sqlalchemy import text
from unkept import empty_all

from lararportal import clock
from lararportal.cli import development, main
from lararportal.db import Database, connect
from lararportal.demo import build_term
from lararportal.demo.figures import Report, report
from lararportal.demo.rehearsal import Outcome, rehearse

NOW = clock.parse("2026-11-21T09:00")
"""A Saturday, so that what happens some days before or after today often moves to a Monday."""
SHARE = 0.05
NOTHING = Report(**dict.fromkeys(Report.__annotations__, 0))


def silent(_step: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def rehearsed() -> Outcome:
    return rehearse(now=NOW, progress=silent, share=SHARE)


def test_a_rehearsal_decides_lives_on_and_delivers_every_letter(rehearsed):
    today, decided, later = rehearsed.stages.values()

    assert rehearsed.violations == []
    assert list(rehearsed.stages) == ["today", "decided", "six weeks on"]
    assert decided.decisions > today.decisions
    assert decided.seated > today.seated
    assert later.cancelled > decided.cancelled
    assert [each.letters_queued for each in (today, decided, later)] == [0, 0, 0]
    assert 0 < today.letters_sent < decided.letters_sent < later.letters_sent


@pytest.mark.long
def test_the_term_is_the_same_each_time(rehearsed, database):
    built, _ = built_anew(database)
    delivered = replace(built, letters_queued=0, letters_sent=built.letters_queued)

    assert rehearsed.stages["today"] == delivered


@pytest.mark.long
def test_the_term_has_the_same_bookings_each_time(fresh_database_url):
    engine = connect(fresh_database_url)
    database = Database(engine, portal_url="http://portal.test", safe=SAFE)
    built = [built_anew(database) for _ in range(2)]
    engine.dispose()

    assert built[0] == built[1]


def built_anew(database: Database) -> tuple[Report, list[tuple[object, ...]]]:
    """The figures of a term and all that is booked in it."""
    with database.transaction() as db:
        empty_all(db)
    build_term(database, now=NOW, issuer="http://provider.test", progress=silent, share=SHARE)
    with database.transaction() as db:
        bookings = db.execute(text("SELECT person_id, session_id, state, key FROM bookings ORDER BY id"))
        return report(database, now=NOW), [tuple(row) for row in bookings]


def test_the_figures_are_shown_as_a_table_with_the_verdict(capsys):
    development._tell(Outcome({"today": NOTHING, "decided": replace(NOTHING, seated=7)}))

    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0] == ["today", "decided"]
    assert ["seated", "0", "7"] in lines
    assert lines[-1][:4] == ["audit", "everything", "holds", "that"]


def test_a_violation_is_told_and_ends_the_command_with_one():
    with pytest.raises(ClickException) as told:
        development._tell(Outcome({"today": NOTHING}, ["today: nobody has a session twice: person 7"]))

    assert told.value.exit_code == 1
    assert "nobody has a session twice: person 7" in told.value.message


def test_a_rehearsal_does_not_run_in_production():
    refused = CliRunner().invoke(main, ["demo"], env={"LARARPORTAL_ENV": "production"})

    assert refused.exit_code == 1
    assert "for development only" in refused.output
