"""The precedences that there are and were, with what has become of each and who decided about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from auth.models import Person
from auth.states import Area
from bookings.models import Precedence, Round, RoundSession
from bookings.queries.rows import ROWS, SessionRow, session_rows
from bookings.rules.history import last_term, precedence_state, term_of
from bookings.states import PrecedenceKind, PrecedenceState, RoundState
from courses.models import Course, CourseSession
from courses.states import Publicity
from lararportal.clock import day_of
from lararportal.errors import NotFound
from lararportal.paging import Page, paginate


@dataclass(frozen=True, kw_only=True)
class PrecedenceRow:
    """A precedence and what has become of it, with everybody who decided about it."""

    id: int
    person_id: int
    person_name: str
    course_code: str
    course_title: str
    kind: PrecedenceKind
    state: PrecedenceState
    until: str
    """The last term in which it counts."""
    reason: str
    granted_at: datetime
    granted_by: str
    """Empty when the portal did it, for a session that was called off."""
    used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    revoke_reason: str


def precedences_of(db: Session, person_id: int, *, now: datetime) -> list[PrecedenceRow]:
    """Every precedence that somebody has or had, the latest first."""
    rows = db.scalars(_precedences().where(Precedence.person_id == person_id))
    return [_precedence_row(each, this_term=term_of(day_of(now))) for each in rows]


def precedences(db: Session, *, areas: Collection[Area] | None, number: int, now: datetime) -> Page[PrecedenceRow]:
    """A page of the precedences that there are or were in some areas (None is everywhere), the latest first."""
    wanted = _precedences()
    if areas is not None:
        in_areas = select(Person.id).where(Person.area.in_(areas))
        wanted = wanted.where(Precedence.person_id.in_(in_areas))
    found = paginate(db, wanted, number=number)
    rows = [_precedence_row(each, this_term=term_of(day_of(now))) for each in found.rows]
    return Page(rows=rows, number=found.number, size=found.size, total=found.total)


def precedence(db: Session, precedence_id: int, *, now: datetime) -> PrecedenceRow:
    """One precedence.

    Raises:
        NotFound: there is none.
    """
    found = db.scalar(_precedences().where(Precedence.id == precedence_id))
    if found is None:
        raise NotFound
    return _precedence_row(found, this_term=term_of(day_of(now)))


def courses_for(db: Session, person: Person) -> list[Course]:
    """The published courses that are for the person's group, by title: those that precedence can be granted for."""
    group = person.category.group if person.category is not None else None
    published = select(Course).where(Course.publicity == Publicity.PUBLISHED).order_by(Course.title, Course.code)
    return [each for each in db.scalars(published) if group in each.targets]


def rounds_past_closing(db: Session) -> list[str]:
    """The titles of the rounds that are closed and not published yet: what is decided now does not count there."""
    states = (RoundState.CLOSED, RoundState.REVEALED, RoundState.ALLOCATED)
    return list(db.scalars(select(Round.title).where(Round.state.in_(states)).order_by(Round.closes_at, Round.id)))


def sessions_to_place_in(db: Session, person: Person, *, now: datetime) -> list[SessionRow]:
    """The sessions ahead, of published rounds, whose course is for the person's group."""
    group = person.category.group if person.category is not None else None
    given = select(RoundSession.session_id).join(Round).where(Round.state == RoundState.PUBLISHED)
    wanted = ROWS.where(
        CourseSession.id.in_(given),
        CourseSession.publicity == Publicity.PUBLISHED,
        CourseSession.starts_on > day_of(now),
    )
    return [each for each in session_rows(db, wanted) if group in each.targets]


def _precedences() -> Select[Precedence]:
    related = (Precedence.person, Precedence.course, Precedence.granter, Precedence.revoker, Precedence.seat)
    return (
        select(Precedence)
        .options(*(joinedload(each) for each in related))
        .order_by(Precedence.granted_at.desc(), Precedence.id.desc())
    )


def _precedence_row(found: Precedence, *, this_term: str) -> PrecedenceRow:
    return PrecedenceRow(
        id=found.id,
        person_id=found.person_id,
        person_name=found.person.name,
        course_code=found.course.code,
        course_title=found.course.title,
        kind=found.kind,
        state=precedence_state(
            since=found.term,
            is_used=found.used_by is not None,
            is_revoked=found.revoked_at is not None,
            in_term=this_term,
        ),
        until=last_term(found.term),
        reason=found.reason,
        granted_at=found.granted_at,
        granted_by=found.granter.name if found.granter is not None else "",
        used_at=found.seat.booked_at if found.seat is not None else None,
        revoked_at=found.revoked_at,
        revoked_by=found.revoker.name if found.revoker is not None else "",
        revoke_reason=found.revoke_reason,
    )
