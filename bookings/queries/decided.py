"""What published rounds decided for a doctor, of sessions as they were then."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, any_, bindparam, cast, literal, select
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Session

from bookings.models import Decision, Round
from bookings.queries.rows import ROWS, SessionRow, rows_of
from bookings.rules.reasons import Explanation, explanation_of
from bookings.states import Outcome
from courses.models import Course, CourseSession
from lararportal import columns


class OfRound(NamedTuple):
    """What a decision tells of its round."""

    id: int
    title: str
    published_at: datetime | None


class OfDecision(NamedTuple):
    """A decision, as it stands in its row."""

    session_id: int
    other_session_id: int | None
    rank: int
    code: Outcome
    position: int | None
    key: list[int] | None
    last_key: list[int] | None
    rules_version: str

    @property
    def about(self) -> frozenset[int]:
        """The sessions that it tells of."""
        return frozenset(key for key in (self.session_id, self.other_session_id) if key is not None)


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


_FACTS = (
    Round.id,
    Round.title,
    Round.published_at,
    Decision.session_id,
    Decision.other_session_id,
    Decision.rank,
    Decision.code,
    Decision.position,
    Decision.key,
    Decision.last_key,
    Decision.rules_version,
)
_OF_ROUND, _OF_DECISION = len(OfRound._fields), len(_FACTS)
_DECISIONS: Select[*tuple[Any, ...]] = (
    select(*_FACTS, *ROWS.selected_columns)
    .select_from(Decision)
    .join(Round, Round.id == Decision.round_id)
    .join(CourseSession, CourseSession.id == any_(array([Decision.session_id, Decision.other_session_id])))
    .join(Course, Course.id == CourseSession.course_id)
    .where(Decision.person_id == bindparam("person_id"))
    .order_by(Round.published_at.desc(), Decision.rank)
)
"""A row for each session that a decision tells of."""


def decisions(db: Session, person_id: int) -> list[DecisionView]:
    """What published rounds decided for a person, the latest round first and then as it was wanted."""
    return _views(db, columns.read(db, _DECISIONS, {"person_id": person_id}))


def decisions_of_round(db: Session, round_id: int, person_id: int) -> list[DecisionView]:
    """As `decisions`, of one round."""
    return _views(db, db.execute(_DECISIONS.where(Round.id == round_id), {"person_id": person_id}))


def _views(db: Session, rows: Iterable[Sequence[Any]]) -> list[DecisionView]:
    told = [(OfRound(*row[:_OF_ROUND]), OfDecision(*row[_OF_ROUND:_OF_DECISION]), row[_OF_DECISION:]) for row in rows]
    sessions = {each.session_id: each for each in rows_of(row for _, _, row in told)}
    found = {(round_.id, each.rank): (each, round_) for round_, each, _ in told}.values()
    frozen = _frozen(
        db,
        {
            round_.id
            for each, round_ in found
            if each.code is Outcome.WAITLISTED or any(_is_changed(sessions[key], round_) for key in each.about)
        },
    )
    return [_view(each, round_, sessions, frozen.get(round_.id, {})) for each, round_ in found]


def _view(
    each: OfDecision, round_: OfRound, sessions: Mapping[int, SessionRow], frozen: Mapping[str, Any]
) -> DecisionView:
    then = {key: _then(sessions[key], round_, frozen) for key in each.about}
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
