"""Exceptions after a round: somebody is put among those who applied in time, and never silently."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    PUBLISHED_AT,
    drawn_up,
    fill,
    insist_on_invariants,
    last_facts,
    line_of,
    noted,
    occasions,
    place,
    published,
    refused,
    seat,
    set_free,
    states,
    told,
)
from common_ground import laid
from sqlalchemy import select
from sqlalchemy.orm import selectinload

import make
from auth.models import Person
from auth.states import Area, Category, Role
from auth.states import Refusal as PeopleRefusal
from bookings import exceptions, precedence, waitlist
from bookings.models import Booking, LineException, Precedence
from bookings.states import IN_TIME, BookingState, ExceptionKind, Ground, Origin, Refusal
from courses.models import Course, CourseSession
from courses.states import Kind, Publicity
from lararportal import clock
from lararportal.errors import NotFound

NEAR, MIDDLE, FAR = date(2028, 1, 11), date(2029, 1, 11), date(2031, 1, 11)
LAST_TERM = date(2027, 6, 30)
WHY = "Föräldraledig när ansökan var öppen; intyg visat."


def with_a_line(db) -> tuple[int, list[int]]:
    """A session with one seat, and who asked a round for it, in order: the first has the seat, and two wait."""
    session = make.session(db, of=make.course(db, code="HUD", title="Hud"), seats=1)
    persons = [make.person(db, planned_end=end) for end in (NEAR, MIDDLE, FAR)]
    published(db, {each: [session] for each in persons})
    return session.id, [each.id for each in persons]


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, with_a_line) as ground:
        yield ground


@pytest.fixture
def connection(ground):
    with ground.lent() as connection:
        yield connection


@pytest.fixture
def session(ground, db):
    session_id, _ = ground.made
    return db.get_one(CourseSession, session_id, options=[selectinload(CourseSession.days)])


@pytest.fixture
def course(db, session):
    return db.get_one(Course, session.course_id)


@pytest.fixture
def elsewhere(db):
    """A session that no round has given yet."""
    return make.session(db, seats=1)


@pytest.fixture
def eva(db):
    return make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Studierektor")


@pytest.fixture
def late(db):
    """Somebody whose last term this is, and who did not apply."""
    return make.person(db, planned_end=LAST_TERM)


@pytest.fixture
def waiting(ground, db):
    """Two who applied in time and wait, in order; a third has the seat."""
    _, [_, *waiting] = ground.made
    return [db.get_one(Person, each) for each in waiting]


def hardship(db, session, person, by, *, ground=Ground.PARENTAL_LEAVE, reason=WHY, now=AFTER) -> LineException:
    return exceptions.place_for_hardship(
        db, session_id=session.id, person_id=person.id, ground=ground, reason=reason, now=now, by=by.id
    )


def favour(db, session, person, by, *, ground=Ground.OUR_MISTAKE, reason=WHY, now=AFTER) -> LineException:
    return exceptions.place_by_precedence(
        db, session_id=session.id, person_id=person.id, ground=ground, reason=reason, now=now, by=by.id
    )


def granted(db, course, person, by) -> Precedence:
    return precedence.grant(db, person_id=person.id, course_id=course.id, reason=WHY, now=AFTER, by=by.id)


def booking(db, session, person) -> Booking:
    return db.scalars(select(Booking).where(Booking.session_id == session.id, Booking.person_id == person.id)).one()


def test_hardship_puts_somebody_where_they_would_have_stood_in_time(db, session, waiting, eva, late):
    made = hardship(db, session, late, eva)
    stands = booking(db, session, late)

    assert line_of(db, session) == [late.id, *(person.id for person in waiting)]
    assert (stands.wave, stands.state, stands.origin, stands.key) == (
        IN_TIME,
        BookingState.WAITING,
        Origin.LINE,
        made.key,
    )
    assert made.key[:5] == [0, 1, 0, 6, 0]
    assert (made.kind, made.ground, made.reason, made.made_by, made.made_at) == (
        ExceptionKind.HARDSHIP,
        Ground.PARENTAL_LEAVE,
        WHY,
        eva.id,
        AFTER,
    )


def test_an_exception_is_in_the_journal_and_the_person_is_told(db, session, waiting, eva, late):
    made = hardship(db, session, late, eva)

    assert noted(db)[-1] == ("line.exception", eva.id, late.id, session.id)
    assert last_facts(db) == {
        "booking": made.booking_id,
        "exception": made.id,
        "kind": "hardship",
        "ground": "parental_leave",
        "reason": WHY,
        "role": "director",
        "former": None,
        "key": made.key,
        "position": 1,
    }
    assert occasions(db, late) == ["placed_by_exception"]
    assert "Just nu har du plats 1 i kön." in told(db, late)
    assert "undantag som Eva Studierektor har beslutat" in told(db, late)
    assert WHY not in told(db, late)


def test_who_is_put_there_is_not_put_there_twice(db, session, waiting, eva, late):
    hardship(db, session, late, eva)
    with refused(Refusal.STANDS_IN_TIME):
        hardship(db, session, late, eva)
    assert occasions(db, late) == ["placed_by_exception"]


def test_who_is_put_there_is_next_in_line(db, session, waiting, eva, late):
    hardship(db, session, late, eva)
    set_free(db, session)

    assert fill(db, session) == 1
    assert states(db, session)[late.id] is BookingState.BOOKED
    insist_on_invariants(db)


def test_who_came_late_moves_up_and_the_journal_knows_from_where(db, session, waiting, eva, late):
    waitlist.join(db, session_id=session.id, person_id=late.id, now=AFTER, by=late.id)
    before = booking(db, session, late)
    former = {"wave": before.wave, "key": before.key}
    made = hardship(db, session, late, eva, now=AFTER + timedelta(days=1))

    assert (made.booking_id, last_facts(db)["former"]) == (before.id, former)
    assert line_of(db, session)[0] == late.id


def test_a_place_by_exception_is_never_exchanged_for_a_seat_of_another_course(db, session, waiting, eva, late):
    other = make.session(db, days=[date(2027, 5, 3)])
    seat(db, other, late)
    hardship(db, session, late, eva)
    set_free(db, session)

    assert fill(db, session) == 1
    assert states(db, other)[late.id] is BookingState.BOOKED


def test_hardship_is_for_a_last_chance(db, session, waiting, eva):
    with refused(Refusal.NOT_LAST_CHANCE):
        hardship(db, session, make.person(db, planned_end=date(2027, 8, 16)), eva)


def test_a_last_chance_is_for_residents_and_what_they_must_have(db, eva, late):
    clinical = make.course(db, kind=Kind.CLINICAL, targets={"ST": 0, "SPEC": 0})
    session = make.session(db, of=clinical, seats=1)
    published(db, {make.person(db): [session]})
    specialist = make.person(db, category=Category.SPECIALIST, residency_start=None, planned_end=None)
    for person in (late, specialist):
        with refused(Refusal.NOT_LAST_CHANCE):
            hardship(db, session, person, eva)


def test_who_applied_in_time_stands_there_already(db, elsewhere, eva):
    last = make.person(db, planned_end=LAST_TERM)
    published(db, {make.person(db, planned_end=date(2027, 3, 1)): [elsewhere], last: [elsewhere]})
    with refused(Refusal.STANDS_IN_TIME):
        hardship(db, elsewhere, last, eva)


def test_precedence_that_came_too_late_puts_somebody_in_front(db, course, session, waiting, eva):
    latecomer = make.person(db, planned_end=FAR)
    granted(db, course, latecomer, eva)
    made = favour(db, session, latecomer, eva)

    assert line_of(db, session) == [latecomer.id, *(person.id for person in waiting)]
    assert (made.kind, made.key[1]) == (ExceptionKind.PRECEDENCE, 0)
    assert "du har förtur" in told(db, latecomer)


def test_who_applied_in_time_keeps_the_key_of_the_round_but_for_the_precedence(db, course, session, waiting, eva):
    first, second = waiting
    of_round = booking(db, session, second).key
    granted(db, course, second, eva)
    second.planned_end = NEAR
    made = favour(db, session, second, eva)

    assert made.key == [of_round[0], 0, *of_round[2:]]
    assert line_of(db, session) == [second.id, first.id]
    with refused(Refusal.STANDS_IN_TIME):
        favour(db, session, second, eva)


def test_precedence_by_exception_is_used_up_by_the_seat(db, course, session, waiting, eva, late):
    held = granted(db, course, late, eva)
    favour(db, session, late, eva)
    set_free(db, session)
    assert fill(db, session) == 1

    assert held.used_by == booking(db, session, late).id


def test_without_precedence_nobody_is_put_in_front(db, session, waiting, eva, late):
    with refused(Refusal.PRECEDENCE_MISSING):
        favour(db, session, late, eva)


@pytest.mark.parametrize("place_", [hardship, favour])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_no_exception_is_made_without_a_reason(db, session, waiting, eva, late, place_, reason):
    with refused(Refusal.DECISION_WITHOUT_REASON):
        place_(db, session, late, eva, reason=reason)


@pytest.mark.parametrize("place_", [hardship, favour])
def test_no_exception_is_made_by_somebody_who_may_not_decide(db, course, session, waiting, late, place_):
    with refused(PeopleRefusal.OUTSIDE_OWN_AREA):
        place_(db, session, late, make.holder(db, Role.DIRECTOR, area=Area.FYRBODAL))
    with refused(Refusal.DECIDES_ABOUT_ONESELF):
        place_(db, session, late, late)
    rival = make.coordinator(db)
    place(db, session, rival)
    with refused(Refusal.DECIDES_OVER_OWN_COURSE):
        place_(db, session, late, rival)


def test_no_exception_is_made_before_everybody_has_been_told(db, elsewhere, eva, late):
    drawn_up(db, {make.person(db): [elsewhere]})
    with refused(Refusal.SESSION_NOT_GIVEN):
        hardship(db, elsewhere, late, eva)
    with refused(Refusal.SESSION_NOT_GIVEN):
        hardship(db, make.session(db), late, eva)


def test_an_exception_can_be_made_while_there_is_still_time_to_read_and_cancel(db, session, waiting, eva, late):
    assert hardship(db, session, late, eva, now=PUBLISHED_AT).made_at == PUBLISHED_AT


def test_no_exception_is_made_where_nobody_can_come_any_more(db, session, waiting, eva, late):
    with refused(Refusal.SESSION_STARTED):
        hardship(db, session, late, eva, now=clock.at(session.starts_on, 7))
    session.publicity = Publicity.ARCHIVED
    db.flush()
    with refused(Refusal.SESSION_NOT_OPEN):
        hardship(db, session, late, eva)


def test_no_exception_is_made_for_somebody_with_a_seat_in_the_course_or_elsewhere(db, course, session, waiting, eva):
    here, elsewhere = make.person(db, planned_end=LAST_TERM), make.person(db, planned_end=LAST_TERM)
    seat(db, make.session(db, of=course, days=[date(2027, 5, 3)]), here)
    seat(db, make.session(db), elsewhere)
    with refused(Refusal.PERSON_HAS_SEAT):
        hardship(db, session, here, eva)
    with refused(Refusal.PERSON_ELSEWHERE):
        hardship(db, session, elsewhere, eva)


def test_no_exception_is_made_for_somebody_who_has_an_offer_there_to_answer(db, session, waiting, eva):
    asked = booking(db, session, waiting[0])
    asked.standing_yes = False
    session.seats += 1
    assert fill(db, session) == 1
    with refused(Refusal.PERSON_OFFERED):
        hardship(db, session, waiting[0], eva)


def test_who_and_what_does_not_exist_is_not_found(db, session, waiting, eva, late):
    for unknown in ({"person_id": 10**6}, {"session_id": 10**6}):
        ids = {"session_id": session.id, "person_id": late.id, **unknown}
        with pytest.raises(NotFound):
            exceptions.place_for_hardship(db, **ids, ground=Ground.OTHER, reason=WHY, now=AFTER, by=eva.id)
