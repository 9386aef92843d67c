"""The half-year before: two sessions that were held, certified and evaluated, and what came of them in the review.

Where a comment names somebody it is masked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.states import Area
from bookings import left_over_seats
from bookings.queries import seated
from courses import programme, sessions
from courses.certificates import issuing
from courses.days import attendance, completion
from courses.evaluations import closing, masking, opening, reflecting
from courses.models import Course, CourseSession, Review, ReviewAction
from courses.reviews import answering, stating
from courses.reviews import opening as review_opening
from courses.rules import Day, days, default_dates, reviews
from courses.rules.days import Verdict
from courses.rules.reviews import Criterion, Judgement
from lararportal import clock
from lararportal.demo import around
from lararportal.demo.agenda import Act
from lararportal.demo.cast import ANNA, GUNNAR, KARIN, SARA, Cast, Doctor, words
from lararportal.demo.dates import DAY, HOURS, Timeline, days_near

FIRST, SECOND = "OB10", "KL09"
"""By code: what somebody of the demonstration has been through already, Anna the one and Sara the other."""
WHO_IS_KNOWN = {FIRST: ANNA, SECOND: SARA}
PARTICIPANTS, DOCTORS, FEWEST = 14, 964, 6
"""So many to so many doctors, and in the smallest demonstration."""
BEFORE_THE_END = {FIRST: 43, SECOND: 29}
"""Days before the end of the half-year on which they were held."""
PLANNED, BOOKED = 60 * DAY, 35 * DAY
"""Before they were held."""
AT_THE_END = 17
"""The hour."""
MOST_DAYS = 20
ANSWERED_WITHIN = 2 * DAY


@dataclass
class Earlier:
    """What happened of two sessions that are in no round; everybody in them booked a seat that was left over."""

    rng: Random
    cast: Cast
    office: int
    line: Timeline

    def acts(self) -> Iterator[Act]:
        """From planning to the end of the evaluation, all of it in the past."""
        for code, days_before in BEFORE_THE_END.items():
            held_on = self._held_on(days_before)
            held = _Held(self.rng, code, held_on, self._participants(code, held_on - BOOKED))
            yield from held.acts(self.cast.colleague(KARIN).id, self.office)

    def review(self) -> Iterator[Act]:
        """The half-year is reviewed: one course with its answer, and of the other the reviewer has a draft."""
        half = reviews.half_year_before(self.line.today)
        begin = clock.at(reviews.days_of(half)[1] + DAY, 0, 5)
        gunnar, said = self.cast.colleague(GUNNAR).id, words()["review"]
        opened, drafted, stated, answered, done = (self._days_after(begin, each) for each in (1, 4, 9, 13, 17))
        yield Act(opened, lambda db: review_opening.open_(db, half=half, now=opened, by=self.office))
        judged = dict.fromkeys(Criterion, Judgement.MET) | {Criterion.IMPROVEMENT: Judgement.PARTLY}
        begun: dict[str, Any] = {"criteria": {}, "text": said["draft"], "by": gunnar}
        yield Act(drafted, lambda db: stating.draft(db, review_id=_review(db, SECOND), **begun))
        about = {"criteria": judged, "text": said["statement"], "by": gunnar}
        yield Act(stated, lambda db: stating.state(db, review_id=_review(db, FIRST), now=stated, **about))
        promises = [
            answering.Promise(what, words()["reflection"]["who"], clock.day_of(answered) + days_on * DAY)
            for what, days_on in zip(said["actions"], (21, 150), strict=True)
        ]
        reply = {"text": said["answer"], "promises": promises, "by": self.office}
        yield Act(answered, lambda db: answering.answer(db, review_id=_review(db, FIRST), now=answered, **reply))
        yield Act(done, lambda db: answering.done(db, action_id=_first_action(db), now=done, by=self.office))

    def _held_on(self, days_before: int) -> date:
        end = reviews.days_of(reviews.half_year_before(self.line.today))[1]
        return days_near(end, -days_before, 1)[0]

    def _days_after(self, begin: datetime, number: int) -> datetime:
        """So many days later; where the half-year has hardly ended as many parts of the time since then."""
        return begin + min(number * DAY, (self.line.now - begin) * number / MOST_DAYS)

    def _participants(self, code: str, by: date) -> list[Doctor]:
        """Who was confirmed by then, and has taken the course from now on."""
        cast = self.cast
        could = cast.residents if code == FIRST else [*cast.residents, *cast.specialists]
        could = [each for each in could if clock.day_of(each.confirmed_at or self.line.now) < by]
        known = [each for each in could if each.subject == WHO_IS_KNOWN[code]]
        others = [
            each
            for each in could
            if each.subject not in WHO_IS_KNOWN.values()
            and code not in each.taken
            and each not in cast.leading_specialists
        ]
        number = max(FEWEST, round(PARTICIPANTS * len(cast.doctors) / DOCTORS))
        chosen = [*known, *self.rng.sample(others, min(number, len(others)))]
        for each in chosen:
            each.taken |= {code}
        return chosen


@dataclass(frozen=True)
class _Held:
    """One of the two, held on a day, with its participants."""

    rng: Random
    code: str
    day: date
    participants: Sequence[Doctor]

    def acts(self, leader: int, office: int) -> Iterator[Act]:
        made: list[int] = []
        planned, ends = self._on(-PLANNED, 8), self._on(0 * DAY, AT_THE_END)
        yield Act(planned, lambda db: made.append(self._plan(db, leader, now=planned, by=office)))
        for number, doctor in enumerate(self.participants):
            at = self._on(-BOOKED, 9, number)
            yield Act(at, partial(_book, made=made, person_id=doctor.id, now=at))
        yield Act(ends, lambda db: self._hold(db, made[0], now=ends, by=leader))
        asked = ends + timedelta(minutes=10)
        yield Act(asked, lambda db: opening.open_(db, made[0], roster=seated, now=asked, by=None))
        certified = self._on(DAY, 9)
        yield Act(certified, lambda db: _certify(db, made[0], now=certified, by=leader))
        for doctor in self.participants:
            at = asked + self.rng.random() * ANSWERED_WITHIN
            yield Act(at, partial(_answer, made=made, rng=self.rng, now=at, by=doctor.id))
        closed = asked + ANSWERED_WITHIN + timedelta(minutes=5)
        yield Act(closed, lambda db: closing.close(db, made[0], now=closed, by=None))
        masked = closed + timedelta(hours=1)
        yield Act(masked, lambda db: _mask(db, made[0], now=masked, by=office))
        thought = self._on(9 * DAY, 14)
        yield Act(thought, lambda db: self._reflect(db, made[0], now=thought, by=leader))

    def _on(self, after: timedelta, hour: int, minute: int = 0) -> datetime:
        return clock.at(self.day + after, hour, minute)

    def _plan(self, db: Session, leader: int, *, now: datetime, by: int) -> int:
        course = db.scalars(select(Course).where(Course.code == self.code)).one()
        days = [Day(self.day, *HOURS)]
        dates = default_dates(days)
        session = sessions.plan(
            db,
            course_id=course.id,
            days=days,
            place=words()["place_then"],
            area=Area.GOTEBORG,
            seats=len(self.participants) + 2,
            minimum=1,
            leader_ids=[leader],
            cancel_by=dates.cancel_by,
            go_no_go_on=dates.go_no_go_on,
            prepare_by=dates.prepare_by if course.preparatory_parts else None,
            now=now,
            by=by,
        )
        sessions.publish(db, session_id=session.id, now=now, by=by)
        programme.put(db, session_id=session.id, items=around.items(1), now=now, by=leader)
        return session.id

    def _hold(self, db: Session, session_id: int, *, now: datetime, by: int) -> None:
        about: dict[str, Any] = {"session_id": session_id, "roster": seated, "now": now, "by": by}
        for half in days.half_days([Day(self.day, *HOURS)]):
            attendance.everybody_is_there(db, half=half.key, **about)
        met = Verdict(competence_met=True, prepared=True)
        completion.complete(db, verdicts=dict.fromkeys(seated(db, session_id), met), **about)

    def _reflect(self, db: Session, session_id: int, *, now: datetime, by: int) -> None:
        said = words()["reflection"]
        actions = [reflecting.Action(said["what"], said["who"], clock.day_of(now) + 60 * DAY)]
        reflecting.write(db, session_id=session_id, text=said["text"], actions=actions, now=now, by=by)


def _book(db: Session, *, made: Sequence[int], person_id: int, now: datetime) -> None:
    left_over_seats.book(db, session_id=made[0], person_id=person_id, now=now, by=person_id)


def _answer(db: Session, *, made: Sequence[int], rng: Random, now: datetime, by: int) -> None:
    around.answer(db, session_id=made[0], rng=rng, now=now, by=by)


def _certify(db: Session, session_id: int, *, now: datetime, by: int) -> None:
    """Whoever was there has a certificate at once, as the job makes them."""
    issuing.ask(db, session_id=session_id, people=seated(db, session_id), now=now, by=by)
    for each in issuing.waiting_of(db, session_id):
        issuing.make(db, each, now=now, by=None)


def _mask(db: Session, session_id: int, *, now: datetime, by: int) -> None:
    """A comment that names somebody, if anybody has written it."""
    said = words()["masked"]
    course_id = db.get_one(CourseSession, session_id).course_id
    for each in masking.comments(db, course_id):
        if each.text == said["text"]:
            about = {"session_id": session_id, "imprint": each.imprint, "reason": said["reason"]}
            masking.mask(db, **about, now=now, by=by)


def _review(db: Session, code: str) -> int:
    return db.scalars(select(Review.id).join(Review.course).where(Course.code == code)).one()


def _first_action(db: Session) -> int:
    promised = select(ReviewAction.id).where(ReviewAction.review_id == _review(db, FIRST))
    return db.scalars(promised.order_by(ReviewAction.due_on)).first() or 0
