"""The part of the small world that is over: who was there, what came of it, and what they thought of it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import make
from auth.models import Person
from bookings import left_over_seats
from bookings.queries import seated
from courses.days import attendance, completion
from courses.evaluations import answering, closing, opening
from courses.models import CourseSession, Review, SessionLeader
from courses.reviews import answering as replying
from courses.reviews import stating
from courses.rules.days import Mark, Verdict
from courses.rules.reviews import Criterion
from courses.states import Half, Presence


def held(
    db: Session, people: dict[str, Person], *, before: CourseSession, over: CourseSession, now: datetime
) -> None:
    """One is over, who was there is said and asked what they thought; what was thought of the one before is read."""
    leader, anna = people["karin.kursledare"].id, people["anna.st"]
    answered = [make.person(db) for _ in range(5)]
    for session, who in ((over, [anna, make.person(db)]), (before, answered)):
        db.add(SessionLeader(session_id=session.id, person_id=leader))
        for each in who:
            left_over_seats.book(
                db, session_id=session.id, person_id=each.id, now=now - timedelta(days=40), by=each.id
            )
        opening.open_(db, session.id, roster=seated, now=now, by=None)
    for number, each in enumerate(answered):
        given = {"overall": str(number + 2), "level": "right", "keep": f"Fallen i grupp {number}"}
        answering.answer(db, session_id=before.id, given=given, now=now, by=each.id)
    closing.close(db, before.id, now=now, by=None)
    about = {"session_id": over.id, "roster": seated, "now": now, "by": leader}
    marks = {each: Mark(Presence.PRESENT if each == anna.id else Presence.ABSENT_ILL) for each in seated(db, over.id)}
    for day in over.days:
        for half in Half:
            attendance.note(db, half=(day.day, half), noted=marks, **about)
    _reviewed(db, people, course_id=before.course_id, now=now)
    completion.complete(db, verdicts={anna.id: Verdict(competence_met=True, prepared=True)}, **about)


def _reviewed(db: Session, people: dict[str, Person], *, course_id: int, now: datetime) -> None:
    """One review is open, one waits for the unit, and of one an action is late."""
    figures = {"sessions": 1, "participants": 12, "asked": 12, "answered": 9}
    halves = ("2026-1", "2025-2", "2025-1")
    made = [Review(half=half, course_id=course_id, opened_at=now, **figures) for half in halves]
    db.add_all(made)
    db.flush()
    judged = dict.fromkeys(map(str, Criterion), "met")
    for review, evidence in zip(made[1:], ("partly", "met"), strict=True):
        criteria, by = judged | {"evidence": evidence}, people["gunnar.granskare"].id
        stating.state(db, review_id=review.id, criteria=criteria, text="En god kurs.", now=now, by=by)
    late = replying.Promise("Byt ut fallet", "Kursenheten", now.date() - timedelta(days=1))
    office = people["olle.samordnare"].id
    replying.answer(db, review_id=made[2].id, text="Tack.", promises=[late], now=now, by=office)
