"""The catalogue: a course is created, changed, published and archived."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from courses import rules, seen
from courses.concerned import Impartial, everybody
from courses.models import Course, CourseSession
from courses.rules import CourseFacts
from courses.states import COURSE_BEARING_2015, Publicity, Refusal
from lararportal import clock, journal
from lararportal.errors import NotFound, Refused, insist

WHO_GETS_A_SEAT = {"kind", "order", "swap_rings", "targets"}
"""What is said of a course that decides over the seats of its sessions; whose last chance counts goes by its kind."""


def create(db: Session, *, code: str, facts: CourseFacts, now: datetime, by: int | None) -> Course:
    """Puts a course into the catalogue as a draft, seen by coordinators only.

    Raises:
        Refused: the facts contradict each other; at flush, when another course has the code.
    """
    _judge(facts)
    course = Course(code=code, **_columns(facts))
    db.add(course)
    db.flush()
    columns = _columns(facts)
    said = {name: columns[name] for name in sorted({*WHO_GETS_A_SEAT, "minimum", "seats"})}
    journal.note(db, "course.created", now=now, by=by, course=code, said=said)
    return course


def change(
    db: Session,
    *,
    course_id: int,
    facts: CourseFacts,
    saw: str | None = None,
    impartial: Impartial = everybody,
    now: datetime,
    by: int | None,
) -> Course:
    """Says something else of a course. Sessions that are planned already keep their own seats and minimum.

    Raises:
        Refused: the facts contradict each other; it says something else now than what `saw` stands for; or who gets
            a seat would change, and `by` is not impartial.
        NotFound: there is no such course.
    """
    course = lock_course(db, course_id)
    before = facts_of(course)
    # First of all: whoever is refused for another reason is shown what is said now, and counts as having seen it.
    seen.insist(before, seen=saw, wanted=facts)
    _judge(facts)
    if WHO_GETS_A_SEAT & _differences(before, facts).keys():
        impartial(db, course, now=now, by=by)
    for name, value in _columns(facts).items():
        setattr(course, name, value)
    changed = _differences(before, facts_of(course))
    if changed:
        journal.note(db, "course.changed", now=now, by=by, course=course.code, changed=changed)
    return course


def publish(db: Session, *, course_id: int, now: datetime, by: int | None) -> None:
    """Lets everybody see a draft or an archived course.

    Raises:
        Refused: it is published already.
        NotFound: there is no such course.
    """
    course = lock_course(db, course_id)
    course.move_to(Publicity.PUBLISHED)
    journal.note(db, "course.published", now=now, by=by, course=course.code)


def archive(db: Session, *, course_id: int, now: datetime, by: int | None) -> None:
    """Takes a course out of the catalogue; its page stays for those who were there.

    Raises:
        Refused: it is archived already, or published sessions of it lie ahead.
        NotFound: there is no such course.
    """
    course = lock_course(db, course_id)
    if _has_sessions_ahead(db, course.id, today=clock.day_of(now)):
        raise Refused(Refusal.COURSE_HAS_SESSIONS_AHEAD)
    course.move_to(Publicity.ARCHIVED)
    journal.note(db, "course.archived", now=now, by=by, course=course.code)


def lock_course(db: Session, course_id: int) -> Course:
    """Holds a course for the rest of the transaction, as it is now; after its sessions, if these are held too.

    Raises:
        NotFound: there is no such course.
    """
    course = db.scalars(
        select(Course)
        .where(Course.id == course_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if course is None:
        raise NotFound
    return course


def facts_of(course: Course) -> CourseFacts:
    """What is said of a course now."""
    return CourseFacts(
        title=course.title,
        kind=course.kind,
        description=course.description,
        objectives_2015=tuple(course.objectives_2015),
        objectives_2021=tuple(course.objectives_2021),
        day_count=course.day_count,
        seats=course.seats,
        minimum=course.minimum,
        preparatory_parts=course.preparatory_parts,
        sessions_per_year=course.sessions_per_year,
        order=course.order,
        swap_rings=course.swap_rings,
        required_share=course.required_share,
        needs_preparation=course.needs_preparation,
        targets=dict(course.targets),
    )


def _judge(facts: CourseFacts) -> None:
    insist(rules.course_faults_of(facts), value=", ".join(COURSE_BEARING_2015))


def _columns(facts: CourseFacts) -> dict[str, Any]:
    """The facts as the table keeps them: lists and plain dicts."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(facts).items()}


def _differences(before: CourseFacts, after: CourseFacts) -> dict[str, list[Any]]:
    old, new = _columns(before), _columns(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _has_sessions_ahead(db: Session, course_id: int, *, today: date) -> bool:
    ahead = exists().where(
        CourseSession.course_id == course_id,
        CourseSession.publicity == Publicity.PUBLISHED,
        CourseSession.last_day >= today,
    )
    return bool(db.scalar(select(ahead)))
