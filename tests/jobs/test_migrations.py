"""Migrations meet rows that are there already, in both directions."""

from datetime import UTC, date, datetime

from bookings_room import BOOKED_AT, place, seat
from sqlalchemy import text
from sqlalchemy.orm import Session

import make
from bookings.models import Application
from bookings.states import BookingState, Origin
from lararportal import journal, schema
from lararportal.clock import parse
from lararportal.db import connect

ROUND = """
    INSERT INTO rounds
        (term, title, opens_at, closes_at, decision_on, cap, respite_hours, state, secret, frozen_hash, seed)
    VALUES
        ('2027-1', :state, '2027-01-11', '2027-02-01', '2027-02-12', 4, 48, :state, :secret, :hash, :hash)
"""
ROWS = "SELECT state, secret, seed FROM rounds ORDER BY id"


def test_rounds_from_before_the_lottery_of_two_parties_keep_their_secrets_and_the_planned_are_given_one(
    fresh_database_url,
):
    schema.downgrade(fresh_database_url, "0001")
    engine = connect(fresh_database_url)
    own, found = "11" * 32, "22" * 32
    with engine.begin() as connection:
        for state, secret, seed in (("planned", None, None), ("open", own, None), ("published", own, found)):
            connection.execute(text(ROUND), {"state": state, "secret": secret, "hash": seed})

    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)

    with engine.begin() as connection:
        (state, drawn, seed), *others = connection.execute(text(ROWS)).all()
        assert (state, len(bytes.fromhex(drawn)), seed) == ("planned", 32, None)
        assert [tuple(each) for each in others] == [("open", own, None), ("published", own, found)]
        connection.execute(text("UPDATE rounds SET state = 'revealed' WHERE state = 'published'"))

    schema.downgrade(fresh_database_url, "0001")

    with engine.begin() as connection:
        rows = connection.execute(text(ROWS)).all()
        assert [tuple(each) for each in rows] == [("planned", None, None), ("open", own, None), ("closed", own, None)]
    engine.dispose()


def test_what_was_decided_before_is_marked_with_the_first_version_of_the_rules(fresh_database_url):
    schema.downgrade(fresh_database_url, "0001")
    engine = connect(fresh_database_url)
    with engine.begin() as connection:
        connection.execute(text(ROUND), {"state": "allocated", "secret": "11" * 32, "hash": "22" * 32})
        connection.execute(text("INSERT INTO runs (round_id, made_at, result) SELECT id, opens_at, '' FROM rounds"))

    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)

    with engine.begin() as connection:
        assert connection.scalars(text("SELECT rules_version FROM runs")).all() == ["1"]
    schema.downgrade(fresh_database_url, "0002")
    with engine.begin() as connection:
        assert connection.scalars(text("SELECT result FROM runs")).all() == [""]
    engine.dispose()


def test_rounds_from_before_opened_when_the_journal_says(fresh_database_url):
    schema.downgrade(fresh_database_url, "0001")
    engine = connect(fresh_database_url)
    with engine.begin() as connection:
        for state in ("open", "planned"):
            connection.execute(text(ROUND), {"state": state, "secret": "11" * 32, "hash": None})
        connection.execute(
            text(
                "INSERT INTO journal (at, deed, facts) SELECT '2027-01-11 09:30Z', 'round.opened',"
                " jsonb_build_object('round', id) FROM rounds WHERE state = 'open'"
            )
        )

    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)

    with engine.begin() as connection:
        rows = connection.execute(text("SELECT state, opened_at, early_reason FROM rounds ORDER BY id")).all()
        opened = datetime(2027, 1, 11, 9, 30, tzinfo=UTC)
        assert [tuple(each) for each in rows] == [("open", opened, ""), ("planned", None, "")]
    schema.downgrade(fresh_database_url, "0001")
    engine.dispose()


BOOKINGS = "SELECT state, origin FROM bookings ORDER BY id"
CHOSEN = "SELECT standing_yes, short_notice FROM {} ORDER BY id"


def test_offers_and_changed_seats_are_lines_and_seats_again_and_come_back(fresh_database_url):
    engine = connect(fresh_database_url)
    with Session(engine) as db, db.begin():
        session = make.session(db, seats=3, seats_offered=1)
        for state in ("waiting", "asked", "offered", "declined", "lapsed"):
            place(db, session, make.person(db), state=BookingState(state), answer_by=BOOKED_AT, short_notice=True)
        anna = make.person(db)
        swapped = seat(db, session, anna, origin=Origin.SWAP)
        journal.note(
            db, "seat.swapped", now=BOOKED_AT, by=None, person=anna.id, session=session.id, booking=swapped.id
        )
        round_ = make.round_of(db, session)
        db.add(Application(round_id=round_.id, person_id=anna.id, cap=1, submitted_at=BOOKED_AT, short_notice=True))

    schema.downgrade(fresh_database_url, "0007")

    with engine.begin() as connection:
        rows = connection.execute(text(BOOKINGS)).all()
        assert [state for state, _ in rows] == ["waiting", "waiting", "waiting", "left", "left", "booked"]
        assert {origin for _, origin in rows} == {"line"}

    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)

    with engine.begin() as connection:
        assert connection.scalars(text("SELECT seats_offered FROM course_sessions")).all() == [0]
        assert [tuple(each) for each in connection.execute(text(BOOKINGS))][-1] == ("booked", "swap")
        for table, count in (("bookings", 6), ("applications", 1)):
            chosen = [tuple(each) for each in connection.execute(text(CHOSEN.format(table)))]
            assert chosen == [(True, False)] * count
    engine.dispose()


def test_whoever_was_asked_about_a_session_before_was_asked_in_an_open_case(fresh_database_url):
    schema.downgrade(fresh_database_url, "0009")
    engine = connect(fresh_database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO courses (code, title, kind, description, objectives_2015, objectives_2021, day_count,"
                ' seats, minimum, preparatory_parts, sessions_per_year, "order", targets, swap_rings, publicity)'
                " VALUES ('A1', 'A', 'klinisk', '', '{}', '{}', 1, 9, 3, 0, 1, 'deadline', '{}', true, 'published')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO course_sessions (course_id, place, area, seats, minimum, seats_taken, seats_offered,"
                " reserves, publicity, is_reserve, starts_on, cancel_by, go_no_go_on, created_at)"
                " SELECT id, '', 'skaraborg', 9, 3, 0, 0, '{}', 'published', false, '2027-03-15', '2027-02-22',"
                " '2027-02-15', '2027-01-01' FROM courses"
            )
        )
        connection.execute(
            text("INSERT INTO minimum_warnings SELECT id, '2027-02-15 07:00Z', 1 FROM course_sessions")
        )

    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)

    asked = datetime(2027, 2, 15, 7, tzinfo=UTC)
    with engine.begin() as connection:
        rows = connection.execute(
            text("SELECT booked, asked_at, ended_at, step FROM minimum_cases c JOIN minimum_steps ON case_id = c.id")
        ).all()
        assert [tuple(each) for each in rows] == [(1, asked, None, "asked")]
    schema.downgrade(fresh_database_url, "0009")
    with engine.begin() as connection:
        warnings = connection.execute(text("SELECT warned_at, booked FROM minimum_warnings")).all()
        assert [tuple(each) for each in warnings] == [(asked, 1)]
    engine.dispose()


GROUNDS = [(None, ""), ("illness", ""), ("care", "dottern"), ("other", "jour: natt"), (None, "sjukdomar i huset")]
WORDS = ["", "sjukdom", "vård av barn: dottern", "annat skäl: jour: natt", "sjukdomar i huset"]
CANCELLED = "SELECT cancel_ground, end_reason FROM bookings WHERE state = 'cancelled' ORDER BY id"
BOUND = (
    "SELECT bound_days, ended_late, calendar_sequence FROM bookings WHERE state IN ('booked', 'moved') ORDER BY id"
)


def test_grounds_are_told_apart_from_words_and_seats_that_were_bound_stay_so(fresh_database_url):
    engine = connect(fresh_database_url)
    with Session(engine) as db, db.begin():
        session, anna = make.session(db), make.person(db)
        for ground, reason in GROUNDS:
            ended = {
                "state": BookingState.CANCELLED,
                "cancel_ground": ground,
                "end_reason": reason,
                "ended_late": True,
            }
            place(db, session, make.person(db), **ended)
        old = place(db, session, anna, state=BookingState.MOVED, calendar_sequence=1)
        new = seat(db, make.session(db, course_id=session.course_id, days=[date(2027, 6, 7)]), anna, bound_days=9)
        seat(db, session, make.person(db))
        moved_at = parse("2027-03-05T00:30")
        facts = {"person": anna.id, "session": session.id, "booking": new.id, "left": old.id}
        journal.note(db, "seat.moved", now=moved_at, by=None, **facts)

    schema.downgrade(fresh_database_url, "0010")

    with engine.begin() as connection:
        rows = connection.execute(text("SELECT state, end_reason, ended_late FROM bookings ORDER BY id")).all()
        assert [each.end_reason for each in rows if each.state == "cancelled"] == WORDS
        assert [each.ended_late for each in rows if each.state == "booked"] == [True, False]

    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)

    with engine.begin() as connection:
        assert [tuple(each) for each in connection.execute(text(CANCELLED))] == GROUNDS
        # Ten days are left, by the calendar in Stockholm, to the start of the seat that was given up.
        bound = [tuple(each) for each in connection.execute(text(BOUND))]
        assert bound == [(None, False, 1), (10, False, 0), (None, False, 0)]
    engine.dispose()


SESSION = """
    WITH course AS (
        INSERT INTO courses (code, title, kind, description, objectives_2015, objectives_2021, day_count, seats,
            minimum, preparatory_parts, sessions_per_year, "order", targets, publicity, swap_rings)
        VALUES ('X', 'X', 'klinisk', '', '{}', '{}', 1, 4, 0, 0, 1, 'deadline', '{"ST": 0}', 'published', true)
        RETURNING id
    )
    INSERT INTO course_sessions (course_id, place, area, seats, minimum, seats_taken, seats_offered, reserves,
        publicity, is_reserve, starts_on, cancel_by, go_no_go_on, created_at)
    SELECT id, 'X', 'goteborg', 4, 0, 3, 1, '{}', 'published', false, '2027-03-15', '2027-02-22', '2027-02-15',
        '2027-01-01' FROM course
"""


def test_a_session_with_more_people_than_seats_has_as_many_seats_again_when_that_is_undone(fresh_database_url):
    schema.downgrade(fresh_database_url, "0014")
    engine = connect(fresh_database_url)
    with engine.begin() as connection:
        connection.execute(text(SESSION))

    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)

    with engine.begin() as connection:
        rows = "SELECT seats, seats_over, moved_at, booking_closed_reason FROM course_sessions"
        assert [tuple(row) for row in connection.execute(text(rows))] == [(4, 0, None, "")]
        connection.execute(text("UPDATE course_sessions SET seats = 2, seats_over = 2"))
    schema.downgrade(fresh_database_url, "0014")
    with engine.begin() as connection:
        assert connection.scalars(text("SELECT seats FROM course_sessions")).all() == [4]
    engine.dispose()
