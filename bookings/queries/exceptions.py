"""Who went before others in a round by a decision, and not by the rules alone: all of them, by name, with reasons."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload, undefer

from auth.models import Person
from auth.states import Role
from bookings.models import Booking, LineException, Precedence, Round
from bookings.queries.rows import SessionRow, row_of
from bookings.rules.history import precedence_holds
from bookings.states import ExceptionKind, Ground, PrecedenceKind
from courses.models import COURSE_AND_DAYS, Course
from lararportal.errors import NotFound
from lararportal.journal import Entry

Decider = aliased(Person)


@dataclass(frozen=True, kw_only=True)
class FrozenPrecedence:
    """A precedence that was frozen when a round closed, so that the run itself counted it."""

    person_id: int
    pseudonym: str
    name: str
    course_code: str
    course_title: str
    kind: PrecedenceKind
    reason: str
    decided_at: datetime
    decided_by: str
    """Empty when the portal did it, for a session that was called off."""


@dataclass(frozen=True, kw_only=True)
class ExceptionRow:
    """Somebody who was put among those who applied in time, after a round was published."""

    person_id: int
    pseudonym: str
    name: str
    session: SessionRow
    kind: ExceptionKind
    ground: Ground
    reason: str
    decided_at: datetime
    decided_by: str
    decided_as: Role | None
    """The role by which they did so; None if the journal has lost it."""


@dataclass(frozen=True)
class RoundExceptions:
    """Everything in a round that a decision about one person has changed."""

    frozen: list[FrozenPrecedence]
    afterwards: list[ExceptionRow]
    unexplained: list[tuple[str, str]]
    """Pseudonym and course of precedence in what was frozen that no decision stands behind; always empty."""


def exceptions(db: Session, round_id: int) -> RoundExceptions:
    """What is marked beside the result of a round whenever it is checked or replayed.

    Raises:
        NotFound: there is no such round.
    """
    round_ = db.scalar(select(Round).where(Round.id == round_id).options(undefer(Round.frozen)))
    if round_ is None:
        raise NotFound
    displaced = _displaced(round_)
    frozen = _frozen(db, round_, displaced)
    explained = {(each.pseudonym, each.course_code) for each in frozen}
    return RoundExceptions(
        frozen=frozen,
        afterwards=_line_exceptions(db, LineException.round_id == round_id),
        unexplained=sorted(displaced - explained),
    )


def exceptions_for(db: Session, person_id: int) -> list[ExceptionRow]:
    """The exceptions that have been made for somebody, the first one first."""
    return _line_exceptions(db, LineException.person_id == person_id)


def own_exceptions(db: Session, *, round_id: int, person_id: int) -> list[ExceptionRow]:
    """The exceptions that have been made for somebody since a round was published, the first one first."""
    return _line_exceptions(db, and_(LineException.round_id == round_id, LineException.person_id == person_id))


def _displaced(round_: Round) -> set[tuple[str, str]]:
    """Pseudonym and course of every precedence in what was frozen that the person made use of."""
    applicants = json.loads(round_.frozen or "{}").get("applicants", {})
    return {
        (name, code)
        for name, facts in applicants.items()
        for code, _ in facts["requests"]
        if code in facts["displaced"]
    }


def _frozen(db: Session, round_: Round, displaced: Collection[tuple[str, str]]) -> list[FrozenPrecedence]:
    """The precedences that counted at closing: of several for one person and course the one that was open then.

    One that was revoked in the moment of closing may have been frozen a moment earlier, and is found all the same.
    """
    closed_at = round_.closed_at
    if closed_at is None:
        return []
    rows = db.execute(
        select(Precedence, Person, Course, Decider, Booking.booked_at)
        .join(Person, Person.id == Precedence.person_id)
        .join(Course, Course.id == Precedence.course_id)
        .outerjoin(Decider, Decider.id == Precedence.granted_by)
        .outerjoin(Booking, Booking.id == Precedence.used_by)
        .where(Person.pseudonym.in_({name for name, _ in displaced}), Precedence.granted_at <= closed_at)
        .order_by(Precedence.granted_at, Precedence.id)
    )
    found: dict[tuple[str, str], FrozenPrecedence] = {}
    for held, person, course, decider, used_at in rows:
        pair = person.pseudonym, course.code
        ended_at = used_at or held.revoked_at
        was_open = ended_at is None or ended_at > closed_at
        counts = pair in displaced and precedence_holds(since=held.term, in_term=round_.term)
        if counts and (was_open or pair not in found):
            found[pair] = _frozen_precedence(held, person, course, decider)
    return list(found.values())


def _frozen_precedence(held: Precedence, person: Person, course: Course, decider: Person | None) -> FrozenPrecedence:
    return FrozenPrecedence(
        person_id=person.id,
        pseudonym=person.pseudonym,
        name=person.name,
        course_code=course.code,
        course_title=course.title,
        kind=held.kind,
        reason=held.reason,
        decided_at=held.granted_at,
        decided_by=decider.name if decider is not None else "",
    )


def _line_exceptions(db: Session, condition: ColumnElement[bool]) -> list[ExceptionRow]:
    rows = db.execute(
        select(LineException, Person, Decider, _role_then())
        .join(Person, Person.id == LineException.person_id)
        .join(Decider, Decider.id == LineException.made_by)
        .where(condition)
        .order_by(LineException.made_at, LineException.id)
        .options(joinedload(LineException.session).options(*COURSE_AND_DAYS))
    )
    return [
        ExceptionRow(
            person_id=person.id,
            pseudonym=person.pseudonym,
            name=person.name,
            session=row_of(made.session),
            kind=made.kind,
            ground=made.ground,
            reason=made.reason,
            decided_at=made.made_at,
            decided_by=decider.name,
            decided_as=Role(held) if held else None,
        )
        for made, person, decider, held in rows
    ]


def _role_then() -> ScalarSelect[str]:
    """As what an exception was decided: the journal has it, whatever has become of the decider since."""
    return (
        select(Entry.facts["role"].as_string())
        .where(
            Entry.deed == "line.exception",
            Entry.person_id == LineException.person_id,
            Entry.facts["exception"] == func.to_jsonb(LineException.id),
        )
        .limit(1)
        .scalar_subquery()
    )
