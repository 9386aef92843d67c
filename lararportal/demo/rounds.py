"""The rounds of the demonstration: one that is over, one that takes applications, one that waits for its seats."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings import applications, publication, rounds
from bookings.models import Application, Booking, Run, SeatDay
from bookings.round_plan import RoundPlan
from bookings.rules.history import term_of
from bookings.states import LIVE, BookingState
from courses.models import Course, CourseSession
from lararportal.demo import lottery
from lararportal.demo.agenda import Act
from lararportal.demo.cast import Doctor, words
from lararportal.demo.offer import Offer
from lararportal.demo.wishes import Wish

CAP = 4
RESPITE_HOURS = 48
CHANGES, WITHDRAWS = 0.08, 0.02


def plan(
    db: Session,
    offers: Sequence[Offer],
    *,
    opens: datetime,
    closes: datetime,
    decision_on: date,
    rng: Random,
    second_party: int,
    now: datetime,
    by: int,
) -> int:
    """A round that gives the seats of these sessions; its id.

    The portal's secret in its lottery is the same at each building of the demonstration.
    """
    middle = sorted(offer.starts_on for offer in offers)[len(offers) // 2]
    wanted = RoundPlan(
        term=term_of(middle),
        title=title([offer.starts_on for offer in offers]),
        opens_at=opens,
        closes_at=closes,
        decision_on=decision_on,
        cap=CAP,
        respite_hours=RESPITE_HOURS,
        session_ids=[offer.id for offer in offers],
        second_party_id=second_party,
        source=lottery.source(closes=closes),
    )
    return rounds.plan(db, wanted=wanted, now=now, by=by, draw=lambda: rng.randbytes(32).hex()).id


def title(starts: Iterable[date]) -> str:
    """What a round is called: the months in which its sessions begin."""
    days = sorted(starts)
    first, last = days[0], days[-1]
    span = "over_new_year" if first.year < last.year else "in_a_year" if first.month < last.month else "in_a_month"
    months: list[str] = words()["months"]
    called: str = words()["round_titles"][span].format(
        first=months[first.month - 1], first_year=first.year, last=months[last.month - 1], last_year=last.year
    )
    return called


def applying(
    round_id: int, wishes: Iterable[Wish], rng: Random, moment: Callable[[], datetime], *, end: datetime
) -> Iterator[Act]:
    """Everybody sends in their list; some change it later, a few take it back."""
    for wish in wishes:
        at = moment()
        yield Act(at, application(round_id, wish, at))
        later = at + timedelta(hours=rng.randint(1, 90))
        fate = rng.random()
        if later < end and fate < WITHDRAWS:
            yield Act(later, _withdrawal(round_id, wish, later))
        elif later < end and fate < WITHDRAWS + CHANGES:
            other = Wish(wish.doctor, rng.sample(wish.courses, len(wish.courses)), wish.cap)
            yield Act(later, application(round_id, other, later))


def application(round_id: int, wish: Wish, at: datetime) -> Callable[[Session], None]:
    """They send in their list."""

    def do(db: Session) -> None:
        # Meanwhile they may have got a seat in a course that they wanted to apply for, or on one of its days.
        person_id = wish.doctor.id
        held, busy = _courses_of(db, person_id), _days_of(db, person_id)
        choices = [
            offer.id
            for offer in wish.sessions
            if offer.course_id not in held and busy.isdisjoint(each.day for each in offer.days)
        ]
        if choices:
            applications.apply(
                db, round_id=round_id, person_id=person_id, choices=choices, cap=wish.cap, now=at, by=person_id
            )

    return do


def _withdrawal(round_id: int, wish: Wish, at: datetime) -> Callable[[Session], None]:
    def do(db: Session) -> None:
        person_id = wish.doctor.id
        sent = select(Application.id).where(Application.round_id == round_id, Application.person_id == person_id)
        if db.scalar(sent) is not None:
            applications.withdraw(db, round_id=round_id, person_id=person_id, now=at, by=person_id)

    return do


def _courses_of(db: Session, person_id: int) -> set[int]:
    booked = (
        select(CourseSession.course_id)
        .join(Booking, Booking.session_id == CourseSession.id)
        .where(Booking.person_id == person_id, Booking.state == BookingState.BOOKED)
    )
    return set(db.scalars(booked))


def _days_of(db: Session, person_id: int) -> set[date]:
    return set(db.scalars(select(SeatDay.day).where(SeatDay.person_id == person_id)))


def passed(db: Session, doctors: Iterable[Doctor]) -> dict[str, set[str]]:
    """The courses (by code) that each of them has a seat in, had when it was held, or waits for; by subject."""
    rows = db.execute(
        select(Booking.person_id, Course.code)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(Booking.state.in_(LIVE))
    )
    subjects = {doctor.id: doctor.subject for doctor in doctors}
    found: dict[str, set[str]] = {}
    for person_id, code in rows:
        found.setdefault(subjects[person_id], set()).add(code)
    return found


def publish(db: Session, round_id: int, *, now: datetime, by: int) -> None:
    """The last drawing up of the round is published."""
    run_id = db.scalars(select(func.max(Run.id)).where(Run.round_id == round_id)).one()
    publication.publish(db, round_id=round_id, run_id=run_id, now=now, by=by)
