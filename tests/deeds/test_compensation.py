"""Compensation: whoever is in a session that is called off has precedence, until they choose a seat."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, insist_on_invariants, noted, published, seat, told
from calling_off_room import call_off
from session_changes_room import changed, on

import make
from bookings import cancellation
from bookings.models import Booking, Precedence
from bookings.states import BookingState, CancelGround, Origin, PrecedenceKind


@pytest.fixture
def course(db):
    return make.course(db, title="Hud", seats=3)


@pytest.fixture
def session(db, course):
    return make.session(db, of=course, minimum=2)


@pytest.fixture
def sister(db, course):
    return make.session(db, of=course, days=[date(2027, 4, 12), date(2027, 4, 13)])


def moved(db, session, office, person) -> Booking:
    """The seat to which somebody was moved."""
    seat(db, session, person)
    call_off(db, session, office)
    return db.query(Booking).filter_by(person_id=person.id, origin=Origin.DISPLACED).one()


def cancel(db, seat_, *, now, ground=None) -> None:
    where = {"session_id": seat_.session_id, "person_id": seat_.person_id}
    cancellation.cancel(db, **where, reason="", ground=ground, now=now, by=seat_.person_id)
    db.flush()


def test_who_was_moved_and_gives_the_seat_back_in_time_goes_before_others_again(db, session, sister, office):
    anna = make.person(db)
    new = moved(db, session, office, anna)
    assert "Avbokar du i tid har du i stället förtur till kursen till och med vårterminen 2028." in told(db, anna)
    cancel(db, new, now=AFTER + timedelta(days=1))
    [held] = db.query(Precedence)
    assert (held.used_by, held.is_open) == (None, True)
    assert "Din förtur till kursen gäller därför igen, till och med vårterminen 2028." in told(db, anna)
    assert noted(db)[-1] == ("precedence.kept", anna.id, anna.id, sister.id)

    cancellation.undo(
        db, session_id=sister.id, person_id=anna.id, now=AFTER + timedelta(days=1, minutes=5), by=anna.id
    )
    assert held.used_by == new.id
    insist_on_invariants(db)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _, new, *__: setattr(new, "bound_days", 3), id="late"),
        pytest.param(lambda _, new, *__: setattr(new, "origin", Origin.REBOOKING), id="their own choice"),
        pytest.param(
            lambda db, *_: setattr(db.query(Precedence).one(), "term", "2025-1"),
            id="its terms are over",
        ),
        pytest.param(
            lambda db, _, sister, anna: db.add(
                Precedence(
                    person_id=anna.id,
                    course_id=sister.course_id,
                    kind=PrecedenceKind.CALLED_OFF,
                    term="2027-1",
                    reason="",
                    granted_at=AFTER,
                )
            ),
            id="they have it already",
        ),
    ],
)
def test_when_giving_it_back_leaves_the_precedence_used(db, session, sister, office, spoil):
    anna = make.person(db)
    new = moved(db, session, office, anna)
    spoil(db, new, sister, anna)
    cancel(db, new, now=AFTER + timedelta(days=1), ground=CancelGround.ILLNESS)
    assert db.query(Precedence).filter_by(used_by=new.id).count() == 1
    assert "Din förtur till kursen gäller därför igen" not in told(db, anna)


def test_precedence_that_somebody_has_already_is_not_given_twice(db, session, office, course):
    anna = make.person(db)
    seat(db, session, anna)
    db.add(
        Precedence(
            person_id=anna.id,
            course_id=course.id,
            kind=PrecedenceKind.CALLED_OFF,
            term="2027-1",
            reason="",
            granted_at=AFTER,
        )
    )
    call_off(db, session, office)
    assert db.query(Precedence).count() == 1


@pytest.mark.parametrize("is_moved", [False, True])
def test_what_was_asked_for_counts_as_a_yes_beforehand_while_it_is_what_it_was(db, session, sister, office, is_moved):
    near, anna = make.person(db, planned_end=date(2028, 1, 1)), make.person(db)
    sister.seats = 1
    published(db, {near: [sister], anna: [session, sister]})
    if is_moved:
        changed(db, sister, days=on(date(2027, 5, 10)))
    call_off(db, session, office, now=AFTER + timedelta(days=1))
    [mine] = db.query(Booking).filter_by(person_id=anna.id, session_id=sister.id)
    assert (mine.state, mine.standing_yes) == (BookingState.WAITING, not is_moved)
