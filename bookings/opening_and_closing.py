"""Opening and closing: between two dry runs staff open a reserve session, or close one that too few come to.

The frozen input stays as it was published. Each decision makes the input that the next run reads out of it, with a
hash and a reason of its own; the lottery keeps the seed of the first hash (allocation rules, section 2.6).
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Round, SessionDecision
from bookings.rounds import has_applied, lock
from bookings.rules import preview
from bookings.rules.allocation import canonical_hash
from bookings.states import Refusal, RoundState, SessionFate
from courses import sessions
from courses.models import CourseSession
from courses.rules import is_held_in_reserve
from courses.states import Publicity
from lararportal import journal
from lararportal.errors import NotFound, Refused

UNDECIDED = (RoundState.REVEALED, RoundState.ALLOCATED)
"""While a round can be drawn up, so that the effect of a decision can be seen before it is taken."""


def open_session(
    db: Session, *, round_id: int, session_id: int, reason: str, now: datetime, by: int | None
) -> SessionDecision:
    """The next run gives the seats of a session that was held in reserve, or had been closed.

    Raises:
        NotFound: there is no such round, or the session is not in its frozen input.
        Refused: the lottery is not revealed yet or the round is published already, the session is open, no reason is
            given, or the coordinator applied in the round.
    """
    return _decide(db, SessionFate.OPENED, round_id, session_id, reason=reason, now=now, by=by)


def close_session(
    db: Session, *, round_id: int, session_id: int, reason: str, now: datetime, by: int | None
) -> SessionDecision:
    """The next run goes without the session; who wanted it is turned to the rest of their list.

    Raises:
        NotFound: as for `open_session`.
        Refused: as for `open_session`; or the session is closed.
    """
    return _decide(db, SessionFate.CLOSED, round_id, session_id, reason=reason, now=now, by=by)


def decisions(db: Session, round_id: int) -> list[SessionDecision]:
    """What has been decided about sessions of the round since it was frozen, in order."""
    return list(
        db.scalars(select(SessionDecision).where(SessionDecision.round_id == round_id).order_by(SessionDecision.id))
    )


def carry_out(
    db: Session,
    round_: Round,
    offered: Mapping[int, CourseSession],
    *,
    drawn_up_from: str,
    now: datetime,
    by: int | None,
) -> None:
    """What was decided about sessions is done, when the round is published: opened ones are for all, closed ones off.

    `offered` are the sessions of the round, locked; `drawn_up_from` is the hash of what the last run read.

    Raises:
        Refused: the last run is older than a decision, or a session that it gives seats in is not offered any more.
    """
    document = _input(db, round_)
    if canonical_hash(document) != drawn_up_from:
        raise Refused(Refusal.DRAWN_UP_BEFORE_DECISION)
    closed = {int(name) for name in document["policy"]["closed"]}
    for session_id in sorted(map(int, document["sessions"])):
        session = offered[session_id]
        if session_id in closed:
            if session.publicity is Publicity.PUBLISHED:
                sessions.call_off(db, session_id=session_id, now=now, by=by)
        elif is_held_in_reserve(session):
            sessions.open_reserve(db, session_id=session_id, now=now, by=by)
        elif session.publicity is not Publicity.PUBLISHED:
            raise Refused(Refusal.SESSION_GONE_SINCE, course=session.course.title)


def decided_input(frozen: str, decided: Iterable[SessionDecision]) -> dict[str, Any]:
    """The frozen input as these decisions have left it, without the lottery."""
    document: dict[str, Any] = json.loads(frozen)
    closed = set(document["policy"].get("closed", []))
    for each in decided:
        change = closed.discard if each.fate is SessionFate.OPENED else closed.add
        change(str(each.session_id))
    return preview.with_closed(document, frozenset(closed))


def _decide(
    db: Session, fate: SessionFate, round_id: int, session_id: int, *, reason: str, now: datetime, by: int | None
) -> SessionDecision:
    round_ = lock(db, round_id)
    if has_applied(db, round_id, by):
        raise Refused(Refusal.DECIDES_OVER_OWN_SEAT)
    if round_.state not in UNDECIDED:
        raise Refused(Refusal.ROUND_STATE)
    if not reason.strip():
        raise Refused(Refusal.DECISION_WITHOUT_REASON)
    before = _input(db, round_)
    name = str(session_id)
    if name not in before["sessions"]:
        raise NotFound
    closed = set(before["policy"]["closed"])
    if (name in closed) is (fate is SessionFate.CLOSED):
        raise Refused(Refusal.SESSION_DECIDED_SO)
    after = preview.with_closed(before, frozenset(closed ^ {name}))
    made = SessionDecision(
        round_id=round_id,
        session_id=session_id,
        fate=fate,
        reason=reason.strip(),
        made_at=now,
        made_by=by,
        input_hash=canonical_hash(after),
    )
    db.add(made)
    db.flush()
    journal.note(
        db,
        f"round.session_{fate}",
        now=now,
        by=by,
        session=session_id,
        round=round_id,
        reason=made.reason,
        hash=made.input_hash,
    )
    return made


def _input(db: Session, round_: Round) -> dict[str, Any]:
    return decided_input(round_.frozen or "{}", decisions(db, round_.id))
