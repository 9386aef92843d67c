"""What published rounds decided for a doctor, of sessions as they were then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, cast, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from bookings.models import Decision, Round
from bookings.queries.rows import ROWS, SessionRow, rows_of
from bookings.rules.reasons import Explanation, explanation_of
from bookings.states import Outcome
from courses.models import CourseSession
from lararportal import columns


class OfRound(NamedTuple):
    """What a decision tells of its round."""

    id: int
    title: str
    published_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DecisionView:
    """What a published round decided for one wanted session."""

    round_id: int
    round_title: str
    published_at: datetime | None
    rank: int
    session: SessionRow
    """With the days that it had then; as in `other`."""
    now: SessionRow | None
    """As it is now, where it has other days."""
    code: Outcome
    position: int | None
    other: SessionRow | None
    key: list[int] | None
    last_key: list[int] | None
    explanation: Explanation | None
    rules_version: str


_DECISIONS = (
    select(Decision, Round.id, Round.title, Round.published_at)
    .join(Round, Round.id == Decision.round_id)
    .where(Decision.person_id == bindparam("person_id"))
    .order_by(Round.published_at.desc(), Decision.rank)
)


def decisions(db: Session, person_id: int, *conditions: ColumnElement[bool]) -> list[DecisionView]:
    """What published rounds decided for a person, the latest round first and then as it was wanted."""
    wanted = _DECISIONS.where(*conditions) if conditions else _DECISIONS
    rows = db.execute(wanted, {"person_id": person_id})
    found = [(each, OfRound(round_id, title, at)) for each, round_id, title, at in rows]
    sessions = _sessions(db, {key for each, _ in found for key in _about(each)})
    frozen = _frozen(
        db,
        {
            round_.id
            for each, round_ in found
            if each.code is Outcome.WAITLISTED or any(_is_changed(sessions[key], round_) for key in _about(each))
        },
    )
    return [_view(each, round_, sessions, frozen.get(round_.id, {})) for each, round_ in found]


def _view(
    each: Decision, round_: OfRound, sessions: Mapping[int, SessionRow], frozen: Mapping[str, Any]
) -> DecisionView:
    then = {key: _then(sessions[key], round_, frozen) for key in _about(each)}
    session, now = then[each.session_id], sessions[each.session_id]
    course = frozen.get("courses", {}).get(session.course_code, {})
    return DecisionView(
        round_id=round_.id,
        round_title=round_.title,
        published_at=round_.published_at,
        rank=each.rank,
        session=session,
        now=now if now.days != session.days else None,
        code=each.code,
        position=each.position,
        other=then.get(each.other_session_id or 0),
        key=each.key,
        last_key=each.last_key,
        explanation=explanation_of(each.code, each.key, each.last_key, order=course.get("order")),
        rules_version=each.rules_version,
    )


def _about(decision: Decision) -> set[int]:
    return {key for key in (decision.session_id, decision.other_session_id) if key is not None}


def _sessions(db: Session, session_ids: Collection[int]) -> dict[int, SessionRow]:
    if not session_ids:
        return {}
    return {each.session_id: each for each in rows_of(columns.read(db, _SESSIONS, {"ids": list(session_ids)}))}


_SESSIONS = ROWS.where(CourseSession.id.in_(bindparam("ids", expanding=True)))


def _is_changed(session: SessionRow, round_: OfRound) -> bool:
    return bool(session.moved_at and round_.published_at and session.moved_at >= round_.published_at)


def _then(session: SessionRow, round_: OfRound, frozen: Mapping[str, Any]) -> SessionRow:
    was = frozen.get("sessions", {}).get(str(session.session_id))
    if was is None or not _is_changed(session, round_):
        return session
    return replace(session, days=tuple(map(date.fromordinal, was["days"])))


def _frozen(db: Session, round_ids: Collection[int]) -> dict[int, Any]:
    """The courses and sessions that each round was frozen with.

    What was frozen is large for its applicants, and the database leaves them out.
    """
    if not round_ids:
        return {}
    return {round_id: frozen or {} for round_id, frozen in columns.read(db, _FROZEN, {"ids": list(round_ids)})}


_rest = cast(Round.frozen, JSONB).op("-", return_type=JSONB())(literal("applicants"))
_FROZEN = select(Round.id, _rest).where(Round.id.in_(bindparam("ids", expanding=True)))
