"""What is posted about sessions that too few have booked: to those who decide, to who leads it, to who is booked."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from auth.models import Person
from bookings.models import MinimumCase
from bookings.rules.forecast import Expectation
from bookings.rules.minimum import Audience, CaseEnd, last_to_decide
from courses.models import CourseSession
from lararportal import outbox
from lararportal.clock import day_of


def few_booked(
    db: Session,
    case: MinimumCase,
    *,
    persons: Iterable[Person],
    session: CourseSession,
    expected: Expectation,
    now: datetime,
) -> None:
    """To leaders and coordinators: two weeks are left until it is decided whether the session runs."""
    for person in persons:
        outbox.post(
            db,
            "few_booked",
            to=person.recipient,
            once=f"few-booked:{case.id}:{person.id}",
            now=now,
            session=session,
            expected=expected,
        )


def too_few_booked(
    db: Session,
    case: MinimumCase,
    *,
    persons: Iterable[Person],
    session: CourseSession,
    expected: Expectation,
    now: datetime,
) -> None:
    """To leaders and coordinators: decide whether the session runs."""
    for person in persons:
        outbox.post(
            db,
            "too_few_booked",
            to=person.recipient,
            once=f"too-few:{case.id}:{session.go_no_go_on}:{person.id}",
            now=now,
            session=session,
            expected=expected,
            last_day=last_to_decide(session.starts_on),
        )


def session_runs(
    db: Session,
    case: MinimumCase,
    *,
    persons: Iterable[Person],
    session: CourseSession,
    reason: str,
    decided_by: str,
    now: datetime,
) -> None:
    """To leaders and the other coordinators: the session is given although too few have booked."""
    _post(
        db,
        "session_runs",
        persons,
        case,
        now=now,
        session=session,
        reason=reason,
        decided_by=decided_by,
    )


def session_runs_after_all(
    db: Session, case: MinimumCase, *, persons: Iterable[Person], session: CourseSession, now: datetime
) -> None:
    """To who is booked and has heard that the session may not be given: it is."""
    _post(db, "session_runs_after_all", persons, case, now=now, session=session)


def decision_day_moved(
    db: Session,
    case: MinimumCase,
    *,
    persons: Iterable[Person],
    session: CourseSession,
    former: date,
    reason: str,
    now: datetime,
) -> None:
    """To who is booked and who leads: it is decided later whether the session runs."""
    _post(db, "decision_day_moved", persons, case, now=now, session=session, former=former, reason=reason)


def free_seats(
    db: Session, case: MinimumCase, *, person: Person, session: CourseSession, audience: Audience, now: datetime
) -> None:
    """A session has free seats, whether it is known that it is given, and why we think that you want one."""
    outbox.post(
        db,
        "free_seats",
        to=person.recipient,
        once=f"free-seats:{session.id}:{person.id}",
        now=now,
        session=session,
        audience=audience.value,
        is_decided=case.end is CaseEnd.RUNS_ANYWAY,
        is_overdue=session.go_no_go_on < day_of(now),
    )


def reserve_wanted(
    db: Session, *, persons: Iterable[Person], session: CourseSession, waiting: int, now: datetime
) -> None:
    """To coordinators: enough wait for the other sessions of the course to open a reserve session."""
    for person in persons:
        outbox.post(
            db,
            "reserve_wanted",
            to=person.recipient,
            once=f"reserve-wanted:{session.id}:{person.id}",
            now=now,
            session=session,
            waiting=waiting,
        )


def _post(
    db: Session, occasion: str, persons: Iterable[Person], case: MinimumCase, *, now: datetime, **facts: Any
) -> None:
    for person in persons:
        outbox.post(db, occasion, to=person.recipient, once=f"{occasion}:{case.id}:{person.id}", now=now, **facts)
