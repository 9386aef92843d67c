"""The journal: every deed leaves an entry in its own transaction, and none is ever changed."""

import pytest
from bookings_room import AFTER
from sqlalchemy import select, text

import make
from bookings import left_over_seats, waitlist
from lararportal import journal
from lararportal.audit.seals import CHECKS
from lararportal.checks import When
from lararportal.errors import NotFound
from lararportal.journal import Entry

REFUSING = "CREATE OR REPLACE FUNCTION refuse_to_change() RETURNS trigger LANGUAGE plpgsql"


def test_an_entry_says_who_did_what_to_whom_and_when(db):
    journal.note(db, "seat.booked", now=AFTER, by=1, person=2, session=3, booking=4)
    db.flush()
    entry = db.scalars(select(Entry)).one()
    assert (entry.at, entry.by, entry.deed, entry.person_id, entry.session_id, entry.facts) == (
        AFTER,
        1,
        "seat.booked",
        2,
        3,
        {"booking": 4},
    )


def test_an_entry_outlives_what_it_speaks_of(db):
    journal.note(db, "seat.booked", now=AFTER, by=10**6, person=10**6, session=10**6)
    db.flush()
    assert len(db.scalars(select(Entry)).all()) == 1


def test_what_the_portal_does_itself_is_done_by_nobody(db):
    session, person = make.session(db), make.person(db)
    left_over_seats.book(db, session_id=session.id, person_id=person.id, now=AFTER, by=None)
    assert db.scalars(select(Entry.by)).one() is None


def test_a_deed_that_failed_leaves_no_entry(db, database):
    session, person = make.session(db), make.person(db)
    with pytest.raises(NotFound), database.transaction() as own:
        join_both(own, [session.id, 10**6], person)
    assert db.scalars(select(Entry)).all() == []


def join_both(db, session_ids, person) -> None:
    for session_id in session_ids:
        waitlist.join(db, session_id=session_id, person_id=person.id, now=AFTER, by=None)


@pytest.mark.parametrize(
    ("statement", "guarded"),
    [
        ("SELECT", []),
        (f"{REFUSING} AS $$ BEGIN RETURN NULL; END $$", ["journal", "journal_seals"]),
        (f"{REFUSING} AS $$ BEGIN RETURN NULL; {journal.REFUSE.split('BEGIN')[1]}", ["journal", "journal_seals"]),
        (
            journal.GUARD.replace("CREATE", "CREATE OR REPLACE").replace("EXECUTE", "WHEN (false) EXECUTE"),
            ["journal"],
        ),
        (journal.GUARD.replace("CREATE", "CREATE OR REPLACE").replace("UPDATE", "UPDATE OF deed"), ["journal"]),
    ],
    ids=["nothing", "returns", "returns first", "when", "one column"],
)
def test_a_guard_that_was_put_in_the_place_of_ours_is_found(db, now, statement, guarded):
    db.execute(text(statement.format(table="journal")))
    db.execute(text(journal.ALWAYS.format(table="journal")))

    [unguarded] = [each for each in CHECKS if each.name == "journal_unguarded"]
    assert [each["guarded"] for each in unguarded.look(db, When(now=now, settled=now))] == guarded
