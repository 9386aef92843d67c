"""How many wanted the seats of earlier rounds, and how far these reached (söktryck)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, String, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from auth.models import Person
from bookings.models import Decision, Round, RoundSession
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.rules.merits import Merit, merits
from bookings.states import Outcome, RoundState
from courses.models import BY_START, Course, CourseSession
from courses.states import Publicity
from lararportal.paging import Page, paginate

LEFT_OUT = (Outcome.UNCONFIRMED, Outcome.INELIGIBLE)
"""They asked, but stood in no queue."""

TURNED_DOWN = (Outcome.WAITLISTED, Outcome.HELD_BACK)

PAGE_SIZE = 40

HAS_A_PAGE = (CourseSession.publicity != Publicity.DRAFT) & CourseSession.is_reserve.is_(False)
"""A session that was held in reserve and never opened is nobody's business."""


@dataclass(frozen=True)
class GroupPressure:
    """How far the seats reached in one group, as far as who was turned down was told (allocation rules, 2.8)."""

    group: str
    turned_down: int
    last: Sequence[Merit]
    """Of the last admitted; the first parts where there were fewer than three, nothing where there was nobody."""


@dataclass(frozen=True, kw_only=True)
class Pressure:
    """What was wanted and given in one session of a published round."""

    session: SessionRow
    round_id: int
    round_title: str
    seats: int
    applicants: int
    admitted: int
    turned_down: int
    """Who would have taken a seat there and got none."""
    groups: Sequence[GroupPressure]
    """Those that applied, in the order in which the course is for them."""


def pressure(db: Session, *, text: str, number: int) -> Page[Pressure]:
    """A page of the sessions of published rounds, by course and then the latest first; the course has that text."""
    found = paginate(db, _given(*_named(text)), number=number, size=PAGE_SIZE)
    return Page(rows=_pressures(db, found.rows), number=found.number, size=found.size, total=found.total)


def pressure_of_round(db: Session, round_id: int) -> list[Pressure]:
    """The sessions of one round, by course; none when it is not published."""
    return _pressures(db, db.scalars(_given(Round.id == round_id)).all())


def _given(*conditions: ColumnElement[bool]) -> Select[CourseSession]:
    return (
        sessions_with_course()
        .join(Course, Course.id == CourseSession.course_id)
        .join(RoundSession, RoundSession.session_id == CourseSession.id)
        .join(Round, Round.id == RoundSession.round_id)
        .where(Round.state == RoundState.PUBLISHED, HAS_A_PAGE, *conditions)
        .order_by(None)
        .order_by(Course.title, Course.code, Round.published_at.desc(), *BY_START)
    )


def _named(text: str) -> list[ColumnElement[bool]]:
    """A course that has every word in its title or is called so."""
    code = func.lower(Course.code)
    return [or_(Course.title.icontains(word, autoescape=True), code == word.lower()) for word in text.split()]


def _pressures(db: Session, sessions: Sequence[CourseSession]) -> list[Pressure]:
    """In three statements for however many sessions."""
    ids = [each.id for each in sessions]
    frozen, counts, groups = _frozen(db, ids), _counts(db, ids), _groups(db, ids)
    return [_pressure(each, frozen[each.id], counts.get(each.id), groups.get(each.id, [])) for each in sessions]


def _pressure(session: CourseSession, frozen: Any, counts: Any, groups: Sequence[Any]) -> Pressure:
    targets = frozen.targets or {}
    ordered = sorted(groups, key=lambda each: (targets.get(each.name, len(targets)), each.name))
    return Pressure(
        session=row_of(session),
        round_id=frozen.id,
        round_title=frozen.title,
        # A session that was withdrawn before closing was never in the run.
        seats=session.seats if frozen.capacity is None else frozen.capacity,
        applicants=counts.applicants if counts else 0,
        admitted=counts.admitted if counts else 0,
        turned_down=counts.turned_down if counts else 0,
        groups=[
            GroupPressure(each.name, each.turned_down, merits(each.last_key or (), order=frozen.order))
            for each in ordered
            if frozen.order is not None
        ],
    )


def _frozen(db: Session, session_ids: Collection[int]) -> dict[int, Any]:
    """The round of each session, with its seats and its course's order as they were frozen."""
    documents = _documents(session_ids)
    seats = func.jsonb_extract_path(
        documents.c.document, "sessions", cast(CourseSession.id, String), "capacity", type_=JSONB
    )
    order = func.jsonb_extract_path_text(documents.c.document, "courses", Course.code, "order")
    targets = func.jsonb_extract_path(documents.c.document, "courses", Course.code, "targets", type_=JSONB)
    rows = db.execute(
        select(
            CourseSession.id.label("session_id"),
            Round.id,
            Round.title,
            seats.label("capacity"),
            order.label("order"),
            targets.label("targets"),
        )
        .join(Course, Course.id == CourseSession.course_id)
        .join(RoundSession, RoundSession.session_id == CourseSession.id)
        .join(Round, Round.id == RoundSession.round_id)
        .join(documents, documents.c.round_id == Round.id)
        .where(CourseSession.id.in_(session_ids))
    )
    return {each.session_id: each for each in rows}


def _counts(db: Session, session_ids: Collection[int]) -> dict[int, Any]:
    rows = db.execute(
        select(
            Decision.session_id,
            func.count().filter(Decision.code.not_in(LEFT_OUT)).label("applicants"),
            func.count().filter(Decision.code == Outcome.ADMITTED).label("admitted"),
            func.count().filter(Decision.code.in_(TURNED_DOWN)).label("turned_down"),
        )
        .where(Decision.session_id.in_(session_ids))
        .group_by(Decision.session_id)
    )
    return {each.session_id: each for each in rows}


def _groups(db: Session, session_ids: Collection[int]) -> dict[int, list[Any]]:
    """By session, how many of each group were turned down, and what they were told of the last admitted of theirs."""
    documents = _documents(session_ids)
    applicants = func.jsonb_each(documents.c.document["applicants"]).table_valued("key", "value").lateral()
    group = func.jsonb_extract_path_text(applicants.c.value, "group")
    frozen = select(documents.c.round_id, applicants.c.key.label("pseudonym"), group.label("name"))
    groups = frozen.select_from(documents).join(applicants, onclause=true()).cte("applicant_groups")
    rows = db.execute(
        select(
            Decision.session_id,
            groups.c.name,
            Decision.last_key,
            func.count().filter(Decision.code.in_(TURNED_DOWN)).label("turned_down"),
        )
        .join(Person, Person.id == Decision.person_id)
        .join(groups, (groups.c.round_id == Decision.round_id) & (groups.c.pseudonym == Person.pseudonym))
        .where(Decision.session_id.in_(session_ids), Decision.code.not_in(LEFT_OUT))
        .group_by(Decision.session_id, groups.c.name, Decision.last_key)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for each in rows:
        found[each.session_id].append(each)
    return found


def _documents(session_ids: Collection[int]) -> CTE:
    """What was frozen of the rounds of these sessions, each read once."""
    rounds = select(RoundSession.round_id).where(RoundSession.session_id.in_(session_ids))
    document = cast(Round.frozen, JSONB).label("document")
    frozen = select(Round.id.label("round_id"), document).where(Round.id.in_(rounds))
    return frozen.cte("documents").prefix_with("MATERIALIZED")
