"""Seals bind what the journal says: in batches, whoever commits late, and nobody waits for them."""

import json
import re
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from processes import all_at_once
from seal_faults import OF_SEALS
from sqlalchemy import select, text
from unkept import empty_all, lifting

import make
from bookings import left_over_seats
from lararportal import audit, clock, journal, seals
from lararportal.audit import in_motion
from lararportal.db import Database, connect
from lararportal.journal import Entry
from lararportal.seals import Seal, seal, seal_batch

NOW = clock.parse("2027-01-11T08:00")
WHEN = in_motion(NOW)
PAGE = (Path(__file__).parents[2] / "docs" / "journal.md").read_text("utf-8")
EXAMPLES = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
ROW = """
    INSERT INTO journal (id, at, by, deed, person_id, session_id, facts) OVERRIDING SYSTEM VALUE
    VALUES (:id, :at, :by, :deed, :person, :session, CAST(:facts AS jsonb))
"""


@pytest.fixture
def database(fresh_database_url):
    database = Database(connect(fresh_database_url), portal_url="http://portal.test")
    with database.transaction() as db:
        empty_all(db)  # Tests before this one, undone as they are, have used up numbers.
    yield database
    database.dispose()


def noted(database, *deeds):
    with database.transaction() as db:
        for deed in deeds:
            journal.note(
                db, deed, now=NOW, by=None, person=7, words='Åsa\n\x01 "ja" \\ é 😀', é=1, zz=[1.5, None, {}]
            )


def chain(database):
    with database.transaction() as db:
        return [(each.number, each.upto, each.entries) for each in db.scalars(select(Seal).order_by(Seal.number))]


def test_the_worked_example_is_what_the_portal_writes_and_what_sha256_says(database):
    first, first_hash, second, second_hash = EXAMPLES
    assert [sha256(lines.encode()).hexdigest() + "\n" for lines in (first, second)] == [first_hash, second_hash]

    made = []
    with database.transaction() as db:
        for lines in (first, second):
            *entries, about = [json.loads(line) for line in lines.splitlines()[1:]]
            for number, at, by, deed, person, session, facts in entries:
                row = {"id": number, "at": at, "by": by, "deed": deed, "person": person, "session": session}
                db.execute(text(ROW), row | {"facts": json.dumps(facts)})
            made.append(seal_batch(db, upto=about[1], now=clock.parse(about[3])))
    assert [f"{each.hash}\n" for each in made] == [first_hash, second_hash]


def in_bytes(value):
    """JSON as the page says it, by code that knows no database."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda each: (len(each.encode()), each.encode()))
        return "{" + ", ".join(f"{in_bytes(each)}: {in_bytes(value[each])}" for each in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_bytes, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def test_somebody_who_has_the_rows_and_the_page_finds_the_same_hashes(database, monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 2)
    noted(database, "seat.booked", "seat.cancelled", "line.joined")
    assert seal(database, now=NOW) == 3

    with database.transaction() as db:
        entries, made = db.scalars(select(Entry)).all(), db.scalars(select(Seal).order_by(Seal.number)).all()
    assert [(each.number, each.upto, each.entries) for each in made] == [(1, 2, 2), (2, 3, 1)]
    previous, after = "0" * 64, 0
    for each in made:
        lines = [previous]
        for entry in sorted(entries, key=lambda entry: entry.id):
            if after < entry.id <= each.upto:
                at = entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                row = [entry.id, at, entry.by, entry.deed, entry.person_id, entry.session_id, entry.facts]
                lines.append(in_bytes(row))
        lines.append(
            in_bytes([each.number, each.upto, each.entries, each.sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")])
        )
        assert sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest() == each.hash
        previous, after = each.hash, each.upto


def test_an_entry_that_is_committed_late_is_waited_for_and_its_number_is_in_no_seal_before(
    database, fresh_database_url
):
    with psycopg.connect(fresh_database_url) as late:
        late.execute("INSERT INTO journal (at, deed, facts) VALUES (now(), 'late.one', '{}')")
        noted(database, "seat.booked")
        assert (seal(database, now=NOW, patience=0.1), chain(database)) == (0, [])
        # Somebody whose deed came to nothing keeps its number, and nobody waits for that.
        with psycopg.connect(fresh_database_url) as undone:
            undone.execute("INSERT INTO journal (at, deed, facts) VALUES (now(), 'undone.one', '{}')")
            undone.rollback()
        # Who only reads, or cleans up behind us, holds back nothing.
        with psycopg.connect(fresh_database_url) as reader:
            reader.execute("SELECT FROM journal")
            reader.execute("LOCK TABLE journal IN SHARE UPDATE EXCLUSIVE MODE")
            late.commit()
            assert seal(database, now=NOW, patience=0.1) == 2
    assert chain(database) == [(1, 3, 2)]
    noted(database, "seat.cancelled")
    assert [seal(database, now=NOW) for _ in range(2)] == [1, 0]
    assert chain(database) == [(1, 3, 2), (2, 4, 1)]


def test_who_writes_on_and_on_holds_nothing_back_that_was_there_before(database, fresh_database_url):
    noted(database, "seat.booked")
    with database.transaction() as db:
        upto, writers = seals._assigned(db)
    with psycopg.connect(fresh_database_url) as later:
        later.execute("INSERT INTO journal (at, deed, facts) VALUES (now(), 'later.one', '{}')")
        assert (upto, writers) == (1, set())
        assert seals._have_ended(database, writers, 0.0)
        with database.transaction() as db:
            assert seal_batch(db, upto=upto, now=NOW).entries == 1


def test_a_seat_is_booked_while_somebody_seals_and_no_two_seal_the_same(database, fresh_database_url):
    with database.transaction() as db:
        session, person = make.session(db, seats=2), make.person(db)
    noted(database, "seat.booked")
    with database.transaction() as sealing:
        made = seal_batch(sealing, upto=1, now=NOW)
        assert made is not None
        with database.transaction() as db:
            db.execute(text("SET LOCAL lock_timeout = '500ms'"))
            left_over_seats.book(db, session_id=session.id, person_id=person.id, now=NOW, by=None)
        assert seal(database, now=NOW) == 0
    assert chain(database) == [(1, 1, 1)]
    assert sorted(all_at_once([lambda: seal(database, now=NOW) for _ in range(3)])) == [0, 0, 1]
    assert chain(database) == [(1, 1, 1), (2, 2, 1)]


@pytest.fixture
def sealed(database, fresh_database_url):
    """Six entries in three seals, with a number between that came to nothing, and what the chain ends with."""
    for deeds in (("a.one", "a.two"), ("b.one", "undone", "b.two"), ("c.one", "c.two")):
        for deed in deeds:
            if deed == "undone":
                with psycopg.connect(fresh_database_url) as undone:
                    undone.execute("INSERT INTO journal (at, deed, facts) VALUES (now(), 'undone', '{}')")
                    undone.rollback()
                continue
            noted(database, deed)
        assert seal(database, now=NOW) == 2
    with database.transaction() as db:
        return [each.hash for each in db.scalars(select(Seal).order_by(Seal.number))]


def findings(database, *heads):
    checks = [*audit.seals.CHECKS, *map(audit.seals.head, heads)]
    with database.snapshot() as db:
        return [(each.check, each.facts) for check in checks for each in audit.found(db, check.steps(db), WHEN)]


@pytest.mark.parametrize("step", [500, 1])
def test_whatever_the_owner_of_the_tables_changes_is_found_with_its_seal(database, sealed, monkeypatch, step):
    monkeypatch.setattr(audit.seals, "STEP", step)
    monkeypatch.setattr(audit.seals, "ROWS", 1)
    assert findings(database, *sealed) == []
    for what, (statement, broken) in OF_SEALS.items():
        with database.engine.connect() as connection, connection.begin() as undone:
            for each in lifting(statement):
                connection.execute(text(each))
            found = findings(Database(connection, portal_url=""))
            undone.rollback()
        assert {name for name, _ in found} == {"journal_not_as_sealed"}, what
        assert {facts["seal"]: (facts["says"], facts["has"]) for _, facts in found} == broken, what
    assert findings(database) == []


def test_an_end_that_was_taken_away_or_sealed_anew_is_seen_by_who_has_kept_the_head(database, sealed):
    with database.transaction() as db:
        for each in lifting("DELETE FROM journal WHERE id > 5", "DELETE FROM journal_seals WHERE number = 3"):
            db.execute(text(each))
    gone = [("journal_head_gone", {"hash": sealed[2]})]
    assert (findings(database), findings(database, *sealed)) == ([], gone)
    noted(database, "c.one", "c.two")
    seal(database, now=NOW)
    assert (findings(database), findings(database, *sealed)) == ([], gone)
