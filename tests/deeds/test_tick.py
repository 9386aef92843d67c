"""The tick: what is due is done once, in whatever order, and one thing that fails stops nothing else."""

import smtplib
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    CLOSES,
    OPENS,
    insist_on_invariants,
    line_of,
    noted,
    occasions,
    place,
    reload,
    seat,
    states,
)
from prometheus_client import REGISTRY
from redis import Redis
from sqlalchemy import select, text

import make
from bookings import seats
from bookings.models import MinimumCase
from bookings.states import BookingState, RoundState
from lararportal import clock, heartbeat, tick, workers
from lararportal.audit import invariants
from lararportal.cli.serving import one_tick, tick_now
from lararportal.db import Patience
from lararportal.edge import Installation
from lararportal.outbox import Letter, LetterState

NOTHING = {
    "rounds opened": 0,
    "rounds closed": 0,
    "lines ended": 0,
    "offers lapsed": 0,
    "answers reminded of": 0,
    "choices lapsed": 0,
    "choices reminded of": 0,
    "cases ended": 0,
    "few booked warned of": 0,
    "decisions asked for": 0,
    "seats charged": 0,
    "absences charged": 0,
    "reserves asked for": 0,
    "certificates made": 0,
    "summons sent": 0,
    "preparation reminded of": 0,
    "completions reminded of": 0,
    "evaluations opened": 0,
    "evaluations reminded of": 0,
    "evaluations closed": 0,
    "late actions reminded of": 0,
    "funding reminded of": 0,
    "seats filled": 0,
    "seats swapped": 0,
}


class Post:
    """A mail server that takes every letter, or refuses those to some addresses."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.taken: list[str] = []

    def send(self, letter: Letter) -> str:
        if letter.address in self.refused:
            raise smtplib.SMTPRecipientsRefused({letter.address: (550, b"unknown")})
        self.taken.append(letter.address)
        return "accepted"


def letter_to(db, address: str, *, now=AFTER) -> Letter:
    made = Letter(
        once=address,
        occasion="seat_booked",
        person_id=1,
        address=address,
        subject="",
        body="",
        calendars=[],
        message_id=address,
        created_at=now,
        next_attempt_at=now,
    )
    db.add(made)
    db.flush()
    return made


def test_a_round_opens_and_closes_when_its_time_comes(db, database):
    session = make.session(db)
    round_ = make.round_of(db, session, state=RoundState.PLANNED, opens_at=OPENS, closes_at=CLOSES)
    seen = []
    for now in (OPENS - timedelta(seconds=1), OPENS, CLOSES - timedelta(seconds=1), CLOSES, CLOSES + timedelta(1)):
        done = tick.run_due(database, now=now)
        reload(db, round_)
        seen.append((done["rounds opened"], done["rounds closed"], round_.state))
    assert seen == [
        (0, 0, RoundState.PLANNED),
        (1, 0, RoundState.OPEN),
        (0, 0, RoundState.OPEN),
        (0, 1, RoundState.CLOSED),
        (0, 0, RoundState.CLOSED),
    ]
    assert round_.closed_at == CLOSES


def test_a_tick_that_comes_late_does_what_was_due_then(db, database):
    make.round_of(db, make.session(db), opens_at=OPENS, closes_at=CLOSES)
    assert tick.run_due(database, now=CLOSES + timedelta(hours=9)) == NOTHING | {"rounds closed": 1}


def test_running_twice_does_nothing_twice(db, database):
    make.coordinator(db)
    make.round_of(
        db, make.session(db), state=RoundState.PLANNED, opens_at=OPENS, closes_at=AFTER + timedelta(weeks=3)
    )
    make.round_of(db, make.session(db), opens_at=OPENS, closes_at=CLOSES)
    make.session(db, minimum=2, days=[date(2027, 2, 1)])
    full = make.session(db, days=[date(2027, 6, 7)])
    place(db, full, make.person(db))
    first = tick.run_due(database, now=AFTER)
    before = (noted(db), occasions(db))
    second = tick.run_due(database, now=AFTER)
    assert first == NOTHING | {"rounds opened": 1, "rounds closed": 1, "decisions asked for": 1, "seats filled": 1}
    assert second == NOTHING
    assert (noted(db), occasions(db)) == before


@pytest.fixture
def much_is_due(db):
    """By CLOSES: a round to open and one to close, an offer nobody answered, a freed seat, a session with too few."""
    make.coordinator(db)
    make.round_of(
        db, make.session(db), state=RoundState.PLANNED, opens_at=OPENS, closes_at=AFTER + timedelta(weeks=3)
    )
    make.round_of(db, make.session(db), opens_at=OPENS, closes_at=CLOSES)
    make.session(db, minimum=2, days=[date(2027, 2, 1)])
    freed, offered = (make.session(db, days=[date(2027, 6, day)], seats=1) for day in (7, 8))
    for session in (freed, offered):
        place(db, session, make.person(db))
    offered.seats_offered = 1
    place(
        db,
        offered,
        make.person(db),
        state=BookingState.OFFERED,
        asked_at=OPENS,
        answer_by=CLOSES - timedelta(hours=3),
    )
    db.flush()


def checks_that_fail(db, now) -> Counter[str]:
    """What the audit finds, by its checks: the rows that stood there first were made without deeds."""
    return Counter(each.check for each in invariants(db, now=now))


def test_an_hour_late_everything_is_done_that_would_have_been_done_in_time(db, database, connection, much_is_due):
    begun = connection.begin_nested()
    for minutes in (0, 1, 30, 60):
        tick.run_due(database, now=CLOSES + timedelta(minutes=minutes))
    late = CLOSES + timedelta(minutes=60)
    in_time = [Counter(noted(db)), Counter(occasions(db)), checks_that_fail(db, late)]
    begun.rollback()

    done = tick.run_due(database, now=late)

    assert [Counter(noted(db)), Counter(occasions(db)), checks_that_fail(db, late)] == in_time
    assert {name for name, count in done.items() if count} == {
        "rounds opened", "rounds closed", "offers lapsed", "decisions asked for", "seats filled",
    }  # fmt: skip
    insist_on_invariants(db)


def test_a_clock_that_was_set_back_does_nothing_twice_and_letters_go_out_when_it_is_that_time_again(
    db, database, much_is_due
):
    tick.run_due(database, now=CLOSES)
    before, post = (noted(db), occasions(db)), Post()
    for hours in (-2, -1):
        assert tick.run_due(database, now=CLOSES + timedelta(hours=hours)) == NOTHING
        assert tick.deliver_letters(database, post, now=CLOSES + timedelta(hours=hours)) == 0
    assert tick.run_due(database, now=CLOSES + timedelta(minutes=1)) == NOTHING
    assert (
        tick.deliver_letters(database, post, now=CLOSES + timedelta(minutes=1)) == len(post.taken) == len(before[1])
    )
    assert (noted(db), occasions(db)) == before
    insist_on_invariants(db)


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(minutes=-3)])
def test_by_a_clock_that_has_jumped_nothing_is_done(db, installation, much_is_due, jump):
    found = invariants(db, now=AFTER)
    with pytest.raises(tick.ClocksDiffer, match=r"^nothing was done, since the clocks differ: here it is 20"):
        tick_now(installation, now=clock.now() + jump, told=lambda: False)
    assert (noted(db), occasions(db), heartbeat.last_beat(db, "tick")) == ([], [], None)
    assert invariants(db, now=AFTER) == found
    # A minute is what machines may differ by, and by then all of it is due, or long over.
    assert tick_now(installation, now=clock.now() + timedelta(minutes=1), told=lambda: False)["letters tried"] >= 0


@pytest.mark.parametrize("work", [workers.catch_up, workers.see_to_it])
def test_nor_does_a_worker_do_anything_by_it_who_is_asked_to_catch_up(
    db, installation, redis, much_is_due, monkeypatch, work
):
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(workers, "_place", lambda: replace(installation, redis=redis))
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(tick.ClocksDiffer):
        work()
    assert (noted(db), occasions(db)) == ([], [])


def test_a_chain_of_swaps_is_followed_to_its_end(db, database):
    """Three sessions of a course; each freed seat frees another, in an order the search would not find by itself."""
    course = make.course(db, seats=1)
    sessions = [make.session(db, of=course, days=[date(2027, 5, 3 + 7 * n)]) for n in range(3)]
    persons = [make.person(db) for _ in range(4)]
    held = [seat(db, session, person, rank=9) for session, person in zip(sessions, persons, strict=False)]
    place(db, sessions[2], persons[1], rank=1)
    place(db, sessions[1], persons[0], rank=1)
    place(db, sessions[0], persons[3], rank=1)
    seats.release(db, held[2], sessions[2], to=BookingState.CANCELLED, now=AFTER)
    db.flush()
    assert tick.fill_freed_seats(database, now=AFTER) == 3
    db.expire_all()
    booked = [[key for key, state in states(db, each).items() if state is BookingState.BOOKED] for each in sessions]
    assert booked == [[persons[3].id], [persons[0].id], [persons[1].id]]
    insist_on_invariants(db)


def test_a_line_of_sleepers_does_not_keep_the_search_going(db, database):
    session, person = make.session(db), make.person(db)
    seat(db, make.session(db), person)
    place(db, session, person)
    assert tick.fill_freed_seats(database, now=AFTER) == 0


def counted(what, outcome):
    """What those who watch over the portal are told that the tick did, or did not."""
    return REGISTRY.get_sample_value("lararportal_due_total", {"what": what, "outcome": outcome}) or 0


def test_one_question_that_fails_does_not_stop_the_others(db, database):
    office = make.coordinator(db)
    first, second = (make.session(db, minimum=2, days=[date(2027, 2, 1)]) for _ in range(2))
    case = MinimumCase(session_id=first.id, opened_at=AFTER, booked=0)
    db.add(case)
    db.flush()
    letter_to(db, "x").once = f"too-few:{case.id}:{first.go_no_go_on}:{office.id}"
    db.flush()
    before = counted("decisions asked for", "done"), counted("decisions asked for", "fault")
    assert tick.run_due(database, now=AFTER) == NOTHING | {"decisions asked for": 1}
    assert [key for *_, key in noted(db)] == [second.id]
    after = counted("decisions asked for", "done"), counted("decisions asked for", "fault")
    assert after == (before[0] + 1, before[1] + 1)


def test_one_seat_that_cannot_be_given_does_not_stop_the_others(db, database):
    first, second = make.session(db), make.session(db, days=[date(2027, 6, 7)])
    stuck, moved = place(db, first, make.person(db)), place(db, second, make.person(db))
    letter_to(db, "x").once = f"seat:{stuck.id}"
    db.flush()
    before = counted("seats filled", "done"), counted("seats given", "fault")
    assert tick.run_due(database, now=AFTER) == NOTHING | {"seats filled": 1}
    assert counted("seats filled", "done") == before[0] + 1
    assert counted("seats given", "fault") > before[1]
    assert (line_of(db, first), line_of(db, second)) == ([stuck.person_id], [])
    assert moved.person_id in states(db, second)


NO_MOMENT = "UPDATE bookings SET "
"""Python has none for what `infinity` is to PostgreSQL."""
TOO_LONG = """ALTER TABLE certificates RENAME TO kept;
    CREATE FUNCTION too_long() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE query_canceled; END';
    CREATE VIEW certificates AS SELECT kept.* FROM too_long() LEFT JOIN kept ON true"""
"""A look at certificates takes longer than the database allows."""


@pytest.mark.parametrize(
    ("poison", "what", "not_done"),
    [
        (NO_MOMENT + "answer_by = 'infinity' WHERE state = 'offered'", "answers reminded of", "offers lapsed"),
        (NO_MOMENT + "joined_at = 'infinity' WHERE state = 'waiting'", "seats given", "seats filled"),
        (TOO_LONG, "certificates made", "certificates made"),
    ],
    ids=["no moment", "no moment in line", "too long"],
)
def test_what_cannot_be_looked_for_stops_nothing_else(db, installation, much_is_due, poison, what, not_done):
    letter, before = letter_to(db, "a", now=CLOSES), counted(what, "fault")
    installation.database.patience = Patience(first_rest=0.001)
    db.execute(text(poison))

    done = one_tick(installation, now=CLOSES, told=lambda: False)

    due = {"rounds opened", "rounds closed", "offers lapsed", "decisions asked for", "seats filled"}
    assert {name for name, count in done.items() if count} == (due | {"entries sealed", "letters tried"}) - {not_done}
    reload(db, letter)
    assert (letter.attempts, counted(what, "fault") > before) == (1, True)


def test_every_due_letter_is_tried_once(db, database):
    for address in "abc":
        letter_to(db, address)
    letter_to(db, "later", now=AFTER + timedelta(seconds=1))
    post = Post("b")
    before = counted("letters", "done"), counted("letters", "put_off")
    assert tick.deliver_letters(database, post, now=AFTER) == 3
    assert (counted("letters", "done"), counted("letters", "put_off")) == (before[0] + 2, before[1] + 1)
    assert post.taken == ["a", "c"]
    assert tick.deliver_letters(database, post, now=AFTER) == 0


def test_after_three_failures_in_a_row_the_rest_waits(db, database):
    for address in "abcde":
        letter_to(db, address)
    assert tick.deliver_letters(database, Post(*"abcde"), now=AFTER) == 3
    db.expire_all()
    assert [each.attempts for each in db.scalars(select(Letter).order_by(Letter.id))] == [1, 1, 1, 0, 0]


def test_the_letters_behind_unknown_addresses_are_not_forgotten(db, database):
    for address in "abcdefg":
        letter_to(db, address)
    post = Post(*"abc")
    tick.deliver_letters(database, post, now=AFTER)
    tick.deliver_letters(database, post, now=AFTER + timedelta(minutes=1))
    assert post.taken == ["d", "e", "f", "g"]


def test_failures_between_successes_do_not_stop_the_batch(db, database):
    for address in "abcdefg":
        letter_to(db, address)
    post = Post(*"abef")
    assert tick.deliver_letters(database, post, now=AFTER) == 7
    assert post.taken == ["c", "d", "g"]


@pytest.fixture
def installation(settings, database):
    """An installation whose Redis and mail server are both away."""
    return Installation(settings=settings, database=database, redis=Redis.from_url("redis://127.0.0.1:1/0"))


def test_a_tick_leaves_a_sign_of_life_though_mail_and_queue_are_away(db, installation):
    letter = letter_to(db, "a")
    before = clock.now()
    done = one_tick(installation, now=AFTER, told=lambda: False)
    assert done == NOTHING | {"rows deleted": 0, "entries sealed": 0, "letters tried": 1}
    reload(db, letter)
    assert (letter.state, letter.attempts, letter.next_attempt_at) == (
        LetterState.QUEUED,
        1,
        AFTER + timedelta(minutes=1),
    )
    assert "refused" in letter.answer
    assert before <= heartbeat.last_beat(db, "tick") <= clock.now()


def test_lines_in_which_nobody_would_take_the_free_seat_cost_as_much_together_as_one(db, database, queries):
    counts = []
    for sessions in (1, 3):
        for number in range(sessions):
            days = [date(2027, 5, 3 + number + 7 * sessions)]
            elsewhere, free = (make.session(db, days=days) for _ in range(2))
            person = make.person(db)
            seat(db, elsewhere, person)
            place(db, free, person)
        db.flush()
        db.expunge_all()
        queries.reset()
        assert tick.fill_freed_seats(database, now=AFTER) == 0
        counts.append(queries.count)
    assert counts == [2, 2]
