"""One small term from plan to re-booking, as its people live it."""

from datetime import date, timedelta

from bookings_room import last_run
from sqlalchemy import select

import make
from auth.models import Person
from auth.states import Role
from bookings import (
    allocation,
    applications,
    cancellation,
    freed,
    left_over_seats,
    publication,
    rebooking,
    rounds,
    waitlist,
)
from bookings.lottery_plan import PublicSource
from bookings.models import Booking, Decision
from bookings.round_plan import RoundPlan
from bookings.states import BookingState, Outcome, PublicKind
from lararportal import clock
from lararportal.journal import Entry
from lararportal.outbox import Letter


def occasions(db, person: Person) -> list[str]:
    return list(db.scalars(select(Letter.occasion).where(Letter.person_id == person.id).order_by(Letter.id)))


def state_of(db, session, person) -> BookingState | None:
    return db.scalar(
        select(Booking.state)
        .where(Booking.session_id == session.id, Booking.person_id == person.id)
        .order_by(Booking.id.desc())
        .limit(1)
    )


def test_a_term_from_plan_to_rebooking(db):
    opens, closes = clock.parse("2026-12-01T08:00"), clock.parse("2027-01-11T12:00")
    office = make.coordinator(db)
    course = make.course(db, seats=1)
    early = make.session(db, of=course, days=[date(2027, 4, 12), date(2027, 4, 13)])
    late = make.session(db, of=course, days=[date(2027, 5, 10), date(2027, 5, 11)], seats=2)
    near = make.person(db, planned_end=date(2028, 1, 1))
    far = make.person(db, planned_end=date(2030, 1, 1))

    round_ = rounds.plan(
        db,
        wanted=RoundPlan(
            term="2027-1",
            title="Vårterminen 2027",
            opens_at=opens,
            closes_at=closes,
            decision_on=date(2027, 1, 29),
            cap=4,
            respite_hours=48,
            session_ids=[early.id, late.id],
            second_party_id=make.holder(db, Role.DIRECTOR).id,
            source=PublicSource(kind=PublicKind.DRAND, at=closes + timedelta(hours=1)),
        ),
        now=opens - timedelta(days=9),
        by=office.id,
    )
    make.bound(db, round_)
    rounds.open_round(db, round_.id, now=opens, by=office.id)
    for person in (far, near):
        applications.apply(
            db,
            round_id=round_.id,
            person_id=person.id,
            choices=[early.id, late.id],
            cap=4,
            now=opens + timedelta(days=1),
            by=person.id,
        )
    rounds.close_round(db, round_.id, now=closes, by=None)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=closes, by=office.id)
    assert publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=closes, by=office.id) == 2

    decisions = db.execute(
        select(Decision.person_id, Decision.session_id, Decision.code).order_by(Decision.person_id, Decision.rank)
    ).all()
    assert decisions == [
        (near.id, early.id, Outcome.ADMITTED),
        (near.id, late.id, Outcome.BETTER_SESSION),
        (far.id, early.id, Outcome.WAITLISTED),
        (far.id, late.id, Outcome.ADMITTED),
    ]

    after = closes + timedelta(days=3)
    cancellation.cancel(db, session_id=early.id, person_id=near.id, reason="", now=after, by=near.id)
    assert freed.to_fill(db, now=after) == [early.id]
    assert waitlist.fill(db, session_id=early.id, now=after) == 1
    assert state_of(db, early, far) is BookingState.BOOKED
    assert state_of(db, late, far) is BookingState.MOVED

    rebooking.rebook(db, from_session_id=early.id, to_session_id=late.id, person_id=far.id, now=after, by=far.id)
    left_over_seats.book(db, session_id=late.id, person_id=near.id, now=after, by=near.id)
    assert (early.seats_taken, late.seats_taken) == (0, 2)
    assert occasions(db, far) == ["application_received", "decision", "seat_from_line", "seat_moved"]
    assert occasions(db, near) == ["application_received", "decision", "seat_cancelled", "seat_booked"]
    deeds = list(db.scalars(select(Entry.deed).where(Entry.person_id == far.id).order_by(Entry.id)))
    assert deeds == ["application.sent", "round.decided", "seat.from_line", "seat.moved"]
