"""A line of which most are only counted says what the rules say of all of it, and reads no more when it is longer."""

from datetime import timedelta
from random import Random

import pytest
from bookings_room import AFTER, BOOKED_AT, place, seat
from sqlalchemy import event, insert

import make
from auth.states import Category, Standing
from bookings import in_line, waitlist
from bookings.facts import booked_by_group, start_of
from bookings.models import Application, Booking
from bookings.register import seat_group_of
from bookings.rules import last_days
from bookings.rules.answer_time import needs_short_notice
from bookings.rules.line import Outlook, next_in_line, standings, would_come
from bookings.states import SEATED, ApplicationState, BookingState, Origin
from courses.models import Completion
from courses.states import CourseOutcome
from lararportal.clock import day_of

TODAY = day_of(AFTER)
DAYS = [TODAY + timedelta(days=ahead) for ahead in (-9, -3, 0, 5, 6, 60, 61)]
KEYS = [[], [0, 1, 2], [0, 1, 3], [0, 2]]
STATES = [None] * 4 + [BookingState.WAITING] * 9 + [BookingState.ASKED, BookingState.BOOKED] * 3 + [*BookingState]
CATEGORIES = [Category.ST_2015] * 9 + [*Category, None]
STANDINGS = [Standing.CONFIRMED] * 15 + [Standing.PENDING]
PERSONS, SESSIONS = 8, 6


@pytest.fixture
def drawn(db):
    """Sessions and doctors by chance: also what could hardly come about, for nobody is to be counted wrongly."""

    def world(chance: Random):
        targets = [{"ST": 0}, {"ST": 0, "SPEC": 1}, {"ST": 0, "SPEC": 0, "PRE": 0}]
        courses = [make.course(db, targets=chance.choice(targets)) for _ in range(3)]
        sessions = [_session(db, chance, courses) for _ in range(SESSIONS)]
        persons = [
            make.person(
                db,
                category=chance.choice(CATEGORIES),
                standing=chance.choice(STANDINGS),
                erased_at=chance.choice([None] * 8 + [AFTER]),
            )
            for _ in range(PERSONS)
        ]
        rounds = [make.round_of(db, *sessions[first::2], term=f"2027-{first + 1}") for first in range(2)]
        db.execute(insert(Application), _applications(chance, rounds, persons))
        rows = [_booking(chance, who, there, rounds) for who in persons for there in sessions]
        db.execute(insert(Booking), [each for each in rows if each is not None])
        over = {each.id for each in sessions if max(each.dates) < TODAY}
        seats = [each for each in rows if each and each["state"] in SEATED and each["session_id"] in over]
        if seats:
            db.execute(insert(Completion), [_completion(chance, each) for each in seats])
        return sessions, persons

    return world


def _session(db, chance, courses):
    days = sorted(chance.sample(DAYS, chance.randint(1, 3)))
    cancel_by = days[0] - timedelta(days=chance.choice([1, 58, 60, 70]))
    reserves = chance.choice([{}, {"SPEC": 1}, {"ST": 2}])
    return make.session(
        db, of=chance.choice(courses), days=days, reserves=reserves, cancel_by=cancel_by, go_no_go_on=cancel_by
    )


def _applications(chance, rounds, persons):
    sent = {"state": ApplicationState.SUBMITTED, "submitted_at": BOOKED_AT}
    pairs = [(each.id, who.id) for each in rounds for who in persons if chance.random() < 0.8]
    return [{"round_id": each, "person_id": who, "cap": chance.randint(0, 2), **sent} for each, who in pairs]


def _booking(chance, person, session, rounds):
    state = chance.choice(STATES)
    if state is None:
        return None
    return {
        "person_id": person.id,
        "seat_group": chance.choice([seat_group_of(person)] * 9 + [None]),
        "session_id": session.id,
        "round_id": chance.choice([None, *(each.id for each in rounds)]),
        "state": state,
        "origin": Origin.LINE,
        "rank": chance.randint(1, 3),
        "wave": chance.randint(0, 1),
        "key": chance.choice(KEYS),
        "joined_at": BOOKED_AT + timedelta(days=chance.randint(0, 1)),
        "booked_at": BOOKED_AT if state in SEATED else None,
        "asked_at": AFTER,
        "answer_by": AFTER,
        "short_notice": chance.random() < 0.5,
    }


def _completion(chance, seat):
    outcome = chance.choice(list(CourseOutcome))
    counts = {"half_days": 1, "of_half_days": 2, "minutes": 0, "told_of": [], "decided_at": AFTER}
    lacks = [] if outcome is CourseOutcome.PASSED else ["attendance"]
    of = {"session_id": seat["session_id"], "person_id": seat["person_id"]}
    return {**of, "outcome": outcome, "lacks": lacks, **counts}


def _all_of_it(line, person) -> Outlook:
    """As the outlook, with nobody who is only counted."""
    at = next((number for number, each in enumerate(line) if each.person_id == person.id), len(line))
    return Outlook(before=line[:at], own=next(iter(line[at : at + 1]), None), behind=line[at + 1 :])


def test_a_counted_line_says_what_the_rules_say_of_all_of_it(db, drawn):
    are_counted = [_compared(db, *drawn(Random(seed))) for seed in range(8)]
    assert sum(are_counted) > PERSONS


def _compared(db, sessions, persons) -> int:
    """How many were only counted, of all the times that somebody looked at a line."""
    are_counted = 0
    for session in sessions:
        line = in_line.line(db, [session.id], today=TODAY)[session.id]
        places, start = standings(line), start_of(session)
        for person in persons:
            seen, _ = in_line.outlook(db, session.id, person_id=person.id, today=TODAY)
            whole = _all_of_it(line, person)
            are_counted += seen.counted_before.total() + seen.counted_behind.total()
            assert _said(seen) == (
                places[whole.own.booking_id] if whole.own else None,
                would_come(line),
                would_come(whole.before),
                whole.own,
                len(line),
                {each.group for each in line},
            )
            for free in (1, 2, 3):
                soon = {"free_seats": free, "start": start, "now": AFTER}
                assert last_days.goes_before(seen, **soon) == last_days.goes_before(whole, **soon)
            assert waitlist.goes_before(db, session, seen, now=AFTER) == _goes_before(db, session, line, person)
    return are_counted


def _said(seen: Outlook):
    return seen.standing, seen.comers, seen.comers_before, seen.own, seen.waiting, seen.groups


def _goes_before(db, session, line, person) -> bool:
    """Whether the rules give the next free seat to somebody else, of all in the line."""
    if needs_short_notice(starts_on=session.starts_on, today=TODAY):
        whole = _all_of_it(line, person)
        return last_days.goes_before(whole, free_seats=session.free_seats, start=start_of(session), now=AFTER)
    booked = booked_by_group(db, session.id)
    move = next_in_line(line, reserves=session.reserves, booked=booked, starts_on=session.starts_on, today=TODAY)
    return move is not None and move.waiter.person_id != person.id


def test_several_lines_at_once_say_what_each_says_alone(db, drawn):
    sessions, persons = drawn(Random(2))
    ids = [each.id for each in sessions]
    for person in persons:
        together = in_line.outlooks(db, ids, person_id=person.id, today=TODAY)
        alone = {each: in_line.outlook(db, each, person_id=person.id, today=TODAY)[0] for each in ids}
        assert {key: _said(each) for key, each in together.items()} == {
            key: _said(each) for key, each in alone.items()
        }


def test_who_joins_sees_the_line_from_where_they_come_to_stand(db, drawn):
    chance = Random(1)
    sessions, persons = drawn(chance)
    for session in sessions:
        line = in_line.line(db, [session.id], today=TODAY)[session.id]
        rows = db.query(Booking).filter_by(session_id=session.id)
        stands = {each.id: (each.wave, each.key, each.joined_at) for each in rows}
        here = {each.person_id for each in line}
        for person in (each for each in persons if each.id not in here):
            joins = chance.choice([*stands.values()])
            seen, _ = in_line.outlook(db, session.id, person_id=person.id, joins=joins, today=TODAY)
            before = [each for each in line if stands[each.booking_id] <= joins]
            assert (seen.comers_before, seen.comers, seen.own) == (would_come(before), would_come(line), None)


@pytest.fixture
def rows(engine):
    """How many rows PostgreSQL has handed over since."""
    read = []

    @event.listens_for(engine, "after_cursor_execute")
    def note(_connection, cursor, *_rest):
        read.append(cursor.rowcount)

    yield read
    event.remove(engine, "after_cursor_execute", note)


def test_a_longer_line_takes_no_more_rows_and_one_statement(db, rows):
    """All of them have seats elsewhere, and wait elsewhere too: for most of the same course, and on the same days."""
    course, person = make.course(db), make.person(db)
    session, *sisters = [make.session(db, of=course) for _ in range(3)]
    elsewhere = make.session(db, days=[DAYS[-1]], seats=100)
    taken = {}
    for others in (3, 30):
        for each in [make.person(db) for _ in range(others)]:
            seat(db, elsewhere, each)
            for line in (session, *sisters):
                place(db, line, each)
        db.flush()
        rows.clear()
        seen, _ = in_line.outlook(db, session.id, person_id=person.id, today=TODAY)
        taken[seen.comers] = list(rows)

    assert taken == {3: [1], 33: [1]}


def test_seats_in_sessions_that_stand_in_nobodys_way_are_not_read(db, engine):
    """As many as there are in all, with each look, where PostgreSQL has not come to know how many they are."""
    person, session, elsewhere = make.person(db), make.session(db), make.session(db, days=[DAYS[-1]], seats=100)
    for each in [make.person(db) for _ in range(30)]:
        seat(db, elsewhere, each)
        place(db, session, each)
    db.flush()
    asked = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    in_line.outlook(db, session.id, person_id=person.id, today=TODAY)
    event.remove(engine, "before_cursor_execute", note)

    [(statement, parameters)] = asked
    explained = db.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar()
    read = {each["Alias"]: _read(each) for each in _nodes(explained[0]["Plan"]) if each.get("Alias")}
    assert (read["w"], max(count for name, count in read.items() if name.startswith("seat"))) == (30, 0)


def test_a_look_at_a_line_is_planned_for_any_session(db, queries):
    """Where it can plan for the one, PostgreSQL does so with each look, and takes five times as long for it."""
    person, session = make.person(db), make.session(db)
    db.flush()
    queries.reset()

    in_line.outlook(db, session.id, person_id=person.id, today=TODAY)

    [look] = queries.statements
    assert "w.session_id = (SELECT $" in look


def _nodes(plan):
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)


def _read(node):
    return node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
