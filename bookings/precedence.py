"""Precedence: somebody goes before others who ask for a course, by a decision that has a name and a reason."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from auth import people
from auth import rules as people_rules
from auth.holders import powers
from auth.models import Person
from bookings import facts, letters, register
from bookings.models import Application, Booking, Choice, Precedence, Round
from bookings.rules import precedence as rules
from bookings.rules.history import term_of
from bookings.rules.precedence import Prospect
from bookings.states import OPEN, SEATED, ApplicationState, PrecedenceKind, Refusal, RoundState
from courses.models import Course, CourseSession
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused, insist


def grant(db: Session, *, person_id: int, course_id: int, reason: str, now: datetime, by: int) -> Precedence:
    """The person goes before others who ask for the course, in the rounds of this term and of the two after it.

    It counts in rounds that close from now on, until the person has a seat in the course.

    Raises:
        NotFound: there is no such person or course.
        Refused: `by` may not decide it, gives no reason, or the person could not use it.
    """
    insist_on_reason(reason)
    [person] = people.lock(db, [person_id])
    course = db.get(Course, course_id)
    if course is None:
        raise NotFound
    insist_on_powers(db, person, course_id=course_id, now=now, by=by)
    bookings, this_term = facts.live_bookings(db, [person_id])[person_id], term_of(day_of(now))
    insist(rules.may_be_granted(prospect(db, person, course, bookings, term=this_term, now=now)))
    made = Precedence(
        person_id=person_id,
        course_id=course_id,
        kind=PrecedenceKind.GRANTED,
        term=this_term,
        reason=reason.strip(),
        granted_at=now,
        granted_by=by,
    )
    db.add(made)
    db.flush()
    _note(db, "precedence.granted", made, course, now=now, by=by, reason=made.reason)
    letters.precedence_granted(db, made, person=person, course=course, decided_by=name_of(db, by), now=now)
    return made


def revoke(db: Session, *, precedence_id: int, reason: str, now: datetime, by: int) -> Precedence:
    """The person goes before nobody any more; what was frozen while they did stands.

    Raises:
        NotFound: there is no such precedence.
        Refused: `by` may not decide it, gives no reason, or it is used or revoked already.
    """
    insist_on_reason(reason)
    whose = db.scalar(select(Precedence.person_id).where(Precedence.id == precedence_id))
    if whose is None:
        raise NotFound
    [person] = people.lock(db, [whose])
    held = db.get_one(Precedence, precedence_id, options=[joinedload(Precedence.course)], populate_existing=True)
    insist_on_powers(db, person, course_id=held.course_id, now=now, by=by)
    if not held.is_open:
        raise Refused(Refusal.PRECEDENCE_OVER)
    held.revoked_at, held.revoked_by, held.revoke_reason = now, by, reason.strip()
    _note(db, "precedence.revoked", held, held.course, now=now, by=by, reason=held.revoke_reason)
    letters.precedence_revoked(db, held, person=person, course=held.course, decided_by=name_of(db, by), now=now)
    return held


def insist_on_reason(reason: str) -> None:
    """No decision for one person beside the rules is without its reason.

    Raises:
        Refused: there is none.
    """
    if not reason.strip():
        raise Refused(Refusal.DECISION_WITHOUT_REASON)


def insist_on_powers(db: Session, person: Person, *, course_id: int, now: datetime, by: int) -> None:
    """A coordinator decides for everybody, a director of studies for their own area, nobody in a case of their own.

    Raises:
        Refused: `by` may not decide about this person, or wants the course too.
    """
    insist(
        rules.may_decide(
            is_oneself=by == person.id, wants_the_course=wants_course(db, by, course_id, today=day_of(now))
        )
        or people_rules.may_decide_about(
            powers(db, by), person_id=person.id, old_area=person.area, new_area=person.area
        )
    )


def name_of(db: Session, person_id: int) -> str:
    """Who decided, as the letter says it."""
    return db.get_one(Person, person_id).name


def prospect(
    db: Session, person: Person, course: Course, bookings: Sequence[Booking], *, term: str, now: datetime
) -> Prospect:
    """A person, with the seats and places they have, and a course as the rules see them in a term."""
    brought = register.histories(db, [person.id], [course.id], term=term)[person.id]
    taken = facts.taken_courses(bookings, today=day_of(now))
    return Prospect(
        group=register.group_of(person),
        groups=course.targets,
        has_taken_course=course.id in taken,
        has_seat=any(each.state in SEATED and each.session.course_id == course.id for each in bookings),
        has_precedence=course.id in brought.displaced,
    )


def wants_course(db: Session, person_id: int, course_id: int, *, today: date) -> bool:
    """Whether somebody has asked for the course in a round that is not decided yet, or waits for it.

    A line for a session that is over is one for nothing, though they may stand in it still.
    """
    asks = (
        exists()
        .where(
            Application.person_id == person_id,
            Application.state == ApplicationState.SUBMITTED,
            Round.state != RoundState.PUBLISHED,
            CourseSession.course_id == course_id,
        )
        .where(
            Round.id == Application.round_id,
            Choice.application_id == Application.id,
            CourseSession.id == Choice.session_id,
        )
    )
    waits = exists().where(
        Booking.person_id == person_id,
        Booking.state.in_(OPEN),
        CourseSession.id == Booking.session_id,
        CourseSession.course_id == course_id,
        CourseSession.last_day >= today,
    )
    return bool(db.scalar(select(asks | waits)))


def _note(
    db: Session, deed: str, precedence: Precedence, course: Course, *, now: datetime, by: int, reason: str
) -> None:
    journal.note(
        db,
        deed,
        now=now,
        by=by,
        person=precedence.person_id,
        precedence=precedence.id,
        course=course.code,
        term=precedence.term,
        reason=reason,
    )
