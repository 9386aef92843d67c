"""Precedence: granted and revoked by name and with a reason, counted at closing, and used up by a seat."""

import json
from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    CLOSES,
    OPENS,
    fill,
    last_facts,
    line_of,
    noted,
    occasions,
    place,
    published,
    refused,
    seat,
    sent,
    set_free,
    states,
    told,
)
from sqlalchemy import select

import make
from auth.states import Area, Category, Role, Standing
from auth.states import Refusal as PeopleRefusal
from bookings import allocation, cancellation, left_over_seats, precedence, rounds, waitlist
from bookings.models import Booking, Precedence
from bookings.states import BookingState, PrecedenceKind, Refusal
from lararportal import clock
from lararportal.errors import NotFound

NOW = clock.parse("2026-12-14T09:00")
FAR = date(2031, 1, 11)
WHY = "Kursen ställdes in för personen 2025."


@pytest.fixture
def course(db):
    return make.course(db, code="HUD", title="Hud")


@pytest.fixture
def eva(db):
    return make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Studierektor")


@pytest.fixture
def anna(db):
    return make.person(db, planned_end=FAR)


def granted(db, person, course, by, *, now=NOW, reason=WHY) -> Precedence:
    return precedence.grant(db, person_id=person.id, course_id=course.id, reason=reason, now=now, by=by.id)


def closed(db, *applicants, session):
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    for person in applicants:
        sent(db, round_, person, session)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    return make.revealed(db, round_)


def displaced(round_, person) -> list[str]:
    return json.loads(round_.frozen)["applicants"][person.pseudonym]["displaced"]


def test_a_director_grants_precedence_with_a_name_and_a_reason_and_the_person_is_told(db, course, eva, anna):
    made = granted(db, anna, course, eva, reason=f"  {WHY}\n")

    assert (made.kind, made.term, made.reason) == (PrecedenceKind.GRANTED, "2026-2", WHY)
    assert (made.granted_at, made.granted_by, made.is_open) == (NOW, eva.id, True)
    assert noted(db) == [("precedence.granted", eva.id, anna.id, None)]
    assert last_facts(db) == {"precedence": made.id, "course": "HUD", "term": "2026-2", "reason": WHY}
    assert occasions(db, anna) == ["precedence_granted"]
    assert "Det har Eva Studierektor beslutat" in told(db, anna)
    assert WHY not in told(db, anna)


def test_a_coordinator_grants_it_in_every_area(db, course):
    assert granted(db, make.person(db, area=Area.SKARABORG), course, make.coordinator(db)).is_open


@pytest.mark.parametrize(
    ("role", "area", "reason"),
    [
        (Role.DIRECTOR, Area.SKARABORG, PeopleRefusal.OUTSIDE_OWN_AREA),
        (Role.LEADER, None, PeopleRefusal.NOT_YOURS_TO_CONFIRM),
        (Role.ADMINISTRATOR, None, PeopleRefusal.NOT_YOURS_TO_CONFIRM),
    ],
)
def test_nobody_else_grants_it(db, course, anna, role, area, reason):
    with refused(reason):
        granted(db, anna, course, make.holder(db, role, area=area))


def test_nobody_grants_it_to_themselves(db, course):
    eva = make.holder(db, Role.DIRECTOR, category=Category.ST_2015, residency_start=date(2025, 1, 1), planned_end=FAR)
    with refused(Refusal.DECIDES_ABOUT_ONESELF):
        granted(db, eva, course, eva)


@pytest.mark.parametrize("how", ["applies", "waits"])
def test_who_wants_the_course_does_not_decide_about_it(db, course, anna, how):
    session = make.session(db, of=course)
    eva = make.holder(
        db, Role.COORDINATOR, category=Category.ST_2015, residency_start=date(2025, 1, 1), planned_end=FAR
    )
    if how == "applies":
        sent(db, make.round_of(db, session), eva, session)
    else:
        place(db, session, eva)
    with refused(Refusal.DECIDES_OVER_OWN_COURSE):
        granted(db, anna, course, eva)
    assert granted(db, anna, make.course(db), eva).is_open


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_there_is_no_precedence_without_a_reason(db, course, eva, anna, reason):
    with refused(Refusal.DECISION_WITHOUT_REASON):
        granted(db, anna, course, eva, reason=reason)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"standing": Standing.PENDING}, Refusal.PERSON_NOT_CONFIRMED),
        ({"category": "specialist", "residency_start": None, "planned_end": None}, Refusal.PERSON_NOT_ELIGIBLE),
    ],
)
def test_it_is_granted_to_somebody_whom_the_course_is_for(db, course, eva, facts, reason):
    with refused(reason):
        granted(db, make.person(db, **facts), course, eva)


def test_it_is_not_granted_to_somebody_with_a_seat_or_who_has_taken_the_course(db, course, eva, anna):
    other = make.person(db)
    seat(db, make.session(db, of=course), anna)
    seat(db, make.session(db, of=course, days=[date(2026, 12, 1)]), other)
    with refused(Refusal.PERSON_HAS_SEAT):
        granted(db, anna, course, eva)
    with refused(Refusal.PERSON_NOT_ELIGIBLE):
        granted(db, other, course, eva)


def test_it_is_granted_once_at_a_time(db, course, eva, anna):
    first = granted(db, anna, course, eva)
    with refused(Refusal.PRECEDENCE_HELD):
        granted(db, anna, course, eva)
    assert occasions(db, anna) == ["precedence_granted"]
    precedence.revoke(db, precedence_id=first.id, reason="Fel kurs.", now=NOW, by=eva.id)

    assert granted(db, anna, course, eva).is_open


def test_it_is_granted_again_when_its_terms_are_over(db, course, eva, anna):
    granted(db, anna, course, eva, now=clock.parse("2025-08-20T09:00"))

    assert granted(db, anna, course, eva, now=clock.parse("2027-01-11T09:00")).term == "2027-1"


@pytest.mark.parametrize("what", ["person_id", "course_id"])
def test_nobody_and_nothing_unknown_is_granted_it(db, course, eva, anna, what):
    ids = {"person_id": anna.id, "course_id": course.id, what: 10**6}
    with pytest.raises(NotFound):
        precedence.grant(db, **ids, reason=WHY, now=NOW, by=eva.id)


def test_one_that_does_not_exist_is_not_revoked(db, eva):
    with pytest.raises(NotFound):
        precedence.revoke(db, precedence_id=10**6, reason=WHY, now=NOW, by=eva.id)


def test_what_is_revoked_has_a_name_and_a_reason_and_the_person_is_told(db, course, eva, anna):
    made = granted(db, anna, course, eva)
    later = NOW + timedelta(days=1)
    precedence.revoke(db, precedence_id=made.id, reason=" Fel kurs. ", now=later, by=eva.id)

    assert (made.revoked_at, made.revoked_by, made.revoke_reason, made.is_open) == (later, eva.id, "Fel kurs.", False)
    assert noted(db)[-1] == ("precedence.revoked", eva.id, anna.id, None)
    assert last_facts(db)["reason"] == "Fel kurs."
    with refused(Refusal.PRECEDENCE_OVER):
        precedence.revoke(db, precedence_id=made.id, reason="Igen.", now=later, by=eva.id)
    assert occasions(db, anna) == ["precedence_granted", "precedence_revoked"]


def test_it_is_revoked_with_a_reason_by_somebody_who_might_grant_it(db, course, eva, anna):
    made = granted(db, anna, course, eva)
    with refused(Refusal.DECISION_WITHOUT_REASON):
        precedence.revoke(db, precedence_id=made.id, reason=" ", now=NOW, by=eva.id)
    with refused(PeopleRefusal.OUTSIDE_OWN_AREA):
        elsewhere = make.holder(db, Role.DIRECTOR, area=Area.FYRBODAL)
        precedence.revoke(db, precedence_id=made.id, reason="Fel.", now=NOW, by=elsewhere.id)


def test_precedence_is_frozen_and_decides(db, course, eva, anna):
    session, rival = make.session(db, of=course, seats=1), make.person(db, planned_end=date(2028, 1, 11))
    granted(db, anna, course, eva)
    round_ = closed(db, anna, rival, session=session)
    run = allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)

    assert (displaced(round_, anna), displaced(round_, rival)) == (["HUD"], [])
    assert json.loads(run.result)["assign"] == {anna.pseudonym: [str(session.id)], rival.pseudonym: []}


@pytest.mark.parametrize(
    ("granted_at", "term", "counts"),
    [
        ("2025-12-14T09:00", "2027-1", False),
        ("2026-05-14T09:00", "2027-1", True),
        ("2026-12-14T09:00", "2027-1", True),
        ("2026-12-14T09:00", "2028-1", False),
    ],
)
def test_precedence_counts_for_three_terms(db, course, eva, anna, granted_at, term, counts):
    session = make.session(db, of=course)
    granted(db, anna, course, eva, now=clock.parse(granted_at))
    round_ = make.round_of(db, session, term=term, opens_at=OPENS, closes_at=CLOSES)
    sent(db, round_, anna, session)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)

    assert displaced(round_, anna) == (["HUD"] if counts else [])


def test_what_is_revoked_or_granted_too_late_is_not_frozen(db, course, eva, anna):
    session, late = make.session(db, of=course), make.person(db)
    made = granted(db, anna, course, eva)
    precedence.revoke(db, precedence_id=made.id, reason="Fel kurs.", now=NOW, by=eva.id)
    round_ = closed(db, anna, late, session=session)
    granted(db, late, course, eva, now=CLOSES)

    assert (displaced(round_, anna), displaced(round_, late)) == ([], [])


def test_a_seat_of_a_round_uses_it_up(db, course, eva, anna):
    session, other = make.session(db, of=course), make.course(db)
    made, kept = granted(db, anna, course, eva), granted(db, anna, other, eva)
    published(db, {anna: [session]})

    assert made.used_by == db.scalars(select(Booking.id).where(Booking.person_id == anna.id)).one()
    assert (made.is_open, kept.is_open) == (False, True)
    with refused(Refusal.PRECEDENCE_OVER):
        precedence.revoke(db, precedence_id=made.id, reason="Fel kurs.", now=AFTER, by=eva.id)


def test_any_other_seat_uses_it_up_too_and_giving_it_back_does_not_bring_it_back(db, course, eva, anna):
    session = make.session(db, of=course)
    made = granted(db, anna, course, eva)
    booking = left_over_seats.book(db, session_id=session.id, person_id=anna.id, now=NOW, by=anna.id)
    db.flush()
    assert ("precedence.used", None, anna.id, session.id) in noted(db)
    cancellation.cancel(db, session_id=session.id, person_id=anna.id, reason="", now=NOW, by=anna.id)

    assert made.used_by == booking.id


def test_one_whose_terms_are_over_is_not_used(db, course, eva, anna):
    made = granted(db, anna, course, eva, now=clock.parse("2025-08-20T09:00"))
    left_over_seats.book(db, session_id=make.session(db, of=course).id, person_id=anna.id, now=AFTER, by=anna.id)
    db.flush()

    assert made.used_by is None


def test_who_comes_late_with_precedence_stands_first_among_the_late(db, course, eva, anna):
    session = make.session(db, of=course, seats=1)
    winner, in_time, late = make.person(db, planned_end=date(2028, 1, 11)), make.person(db), make.person(db)
    published(db, {winner: [session], in_time: [session]})
    made = granted(db, anna, course, eva, now=AFTER)
    for person in (late, anna):
        waitlist.join(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)

    assert line_of(db, session) == [in_time.id, anna.id, late.id]
    for _ in range(2):
        set_free(db, session)
        assert fill(db, session) == 1
    assert (states(db, session)[anna.id], made.is_open) == (BookingState.BOOKED, False)
