"""Application rounds: planned, opened for lists, and closed, when everything that counts is frozen.

What a plan may say stands in `round_plan`. Their lottery is named with it; its story goes on in `lottery`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session

from bookings import frozen, lots, round_plan
from bookings.lottery_plan import ask_to_reveal, name_second_party, noted_source
from bookings.models import Application, Round, RoundSession
from bookings.round_plan import RoundPlan
from bookings.rules import lottery_protocol
from bookings.rules.allocation import canonical, canonical_hash
from bookings.states import ApplicationState, Refusal, RoundState
from courses import seen
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused, insist


def plan(
    db: Session, *, wanted: RoundPlan, now: datetime, by: int | None, draw: Callable[[], str] = lots.secret
) -> Round:
    """A round stands in the calendar; its sessions' seats are given there and nowhere else.

    The portal's secret of the lottery, which `draw` draws, is bound by its commitment from now on.

    Raises:
        Refused: its dates are out of order or too near each other, it has no sessions, one of them is in another
            round or has bookings, the public value would be known too soon, or the second party cannot be one.
    """
    round_ = Round(secret=draw(), state=RoundState.PLANNED, former_sources=[], former_second_parties=[])
    round_plan.write(round_, wanted, now=now)
    db.add(round_)
    db.flush()
    round_plan.include(db, round_, wanted.session_ids)
    _note_plan(db, "round.planned", round_, wanted, now=now, by=by)
    name_second_party(db, round_, wanted.second_party_id, now=now, by=by)
    return round_


def change(
    db: Session, *, round_id: int, wanted: RoundPlan, saw: str | None = None, now: datetime, by: int | None
) -> Round:
    """The round is as wanted now. Once it is open nothing that applicants relied on may go: sessions are only added.

    Raises:
        Refused: as for `plan`; or the round is closed; or somebody else has changed it since what `saw` stands for
            was shown; or it is open and `by` has applied in it, or a session, or time to apply or to answer,
            would be lost, decisions would come later, or its term, its opening or its lottery would be another.
    """
    round_ = lock(db, round_id)
    if round_.state not in (RoundState.PLANNED, RoundState.OPEN):
        raise Refused(Refusal.ROUND_STATE)
    if has_applied(db, round_id, by):
        raise Refused(Refusal.DECIDES_OVER_OWN_SEAT)
    said = round_plan.said_of(db, round_)
    seen.insist(said, seen=saw, wanted=wanted)
    present = set(said.session_ids)
    gone = present - set(wanted.session_ids)
    if round_.state is RoundState.OPEN and (gone or round_plan.takes_from_applicants(round_, wanted)):
        raise Refused(Refusal.ROUND_IS_OPEN)
    before = round_plan.plain(round_)
    round_plan.write(round_, wanted, now=now)
    db.execute(delete(RoundSession).where(RoundSession.round_id == round_id, RoundSession.session_id.in_(gone)))
    round_plan.include(db, round_, wanted.session_ids, present=present)
    after = round_plan.plain(round_)
    changed = {name: [before[name], value] for name, value in after.items() if value != before[name]}
    _note_plan(db, "round.changed", round_, wanted, now=now, by=by, changed=changed)
    if wanted.second_party_id != round_.second_party_id:
        name_second_party(db, round_, wanted.second_party_id, now=now, by=by)
    return round_


def open_round(db: Session, round_id: int, *, now: datetime, by: int | None) -> Round:
    """Lists are taken from now on, and the lottery's parties and source stand fast.

    Raises:
        Refused: the round's time is over, or so much of it that too little is left to apply in; or its lottery is
            not bound yet.
    """
    round_ = lock(db, round_id)
    if round_.closes_at <= now:
        raise Refused(Refusal.ROUND_DATES)
    if now > round_plan.can_open_until(round_.closes_at):
        raise Refused(Refusal.ROUND_TOO_SHORT)
    insist(lottery_protocol.may_open(lots.standing(round_)))
    round_.move_to(RoundState.OPEN)
    round_.opened_at = now
    _note(db, "round.opened", round_, now=now, by=by)
    return round_


def close_round(db: Session, round_id: int, *, now: datetime, by: int | None) -> Round:
    """No list is taken any more; what counts is frozen as the register has it today, and its hash is public.

    Raises:
        Refused: the round is not open, or its closing time has not come.
    """
    round_ = lock(db, round_id)
    round_.move_to(RoundState.CLOSED)
    if now < round_.closes_at:
        raise Refused(Refusal.ROUND_CLOSES_LATER, until=round_.closes_at)
    return _freeze(db, round_, now=now, by=by)


def close_early(db: Session, *, round_id: int, reason: str, now: datetime, by: int | None) -> Round:
    """As `close_round`, before the time that applicants rely on; everybody can read who decided it and why.

    Raises:
        Refused: the round is not open, no reason is given, or the coordinator applied in it.
    """
    round_ = lock(db, round_id)
    round_.move_to(RoundState.CLOSED)
    if not reason.strip():
        raise Refused(Refusal.GOING_ON_WITHOUT_REASON)
    if now >= round_.closes_at:
        return _freeze(db, round_, now=now, by=by)
    if has_applied(db, round_id, by):
        raise Refused(Refusal.DECIDES_OVER_OWN_SEAT)
    round_.early_reason, round_.closed_early_by = reason.strip(), by
    return _freeze(db, round_, now=now, by=by, reason=reason.strip(), announced=round_.closes_at.isoformat())


def due_to_open(db: Session, *, now: datetime) -> list[int]:
    """The planned rounds whose opening time has come, and leaves time to apply; and whose lottery is bound."""
    is_bound = or_(Round.second_commitment.is_not(None), Round.waived_at.is_not(None)) & Round.public_at.is_not(None)
    found = db.execute(
        select(Round.id, Round.closes_at)
        .where(Round.state == RoundState.PLANNED, Round.opens_at <= now, Round.closes_at > now, is_bound)
        .order_by(Round.id)
    )
    return [round_id for round_id, closes_at in found if now <= round_plan.can_open_until(closes_at)]


def due_to_close(db: Session, *, now: datetime) -> list[int]:
    """The open rounds whose closing time has come."""
    return list(
        db.scalars(select(Round.id).where(Round.state == RoundState.OPEN, Round.closes_at <= now).order_by(Round.id))
    )


def sessions_to_be_given() -> Select[int]:
    """The ids of sessions whose seats a round has still to give: nobody can have booked them yet."""
    return (
        select(RoundSession.session_id)
        .join(Round, Round.id == RoundSession.round_id)
        .where(Round.state != RoundState.PUBLISHED)
    )


def lock(db: Session, round_id: int) -> Round:
    """The round, held to the end of the transaction and read afresh.

    Raises:
        NotFound: there is no such round.
    """
    round_ = db.scalar(
        select(Round).where(Round.id == round_id).with_for_update().execution_options(populate_existing=True)
    )
    if round_ is None:
        raise NotFound
    return round_


def has_applied(db: Session, round_id: int, person_id: int | None) -> bool:
    """Whether the person has an application in the round that counts."""
    own = exists().where(
        Application.round_id == round_id,
        Application.person_id == person_id,
        Application.state == ApplicationState.SUBMITTED,
    )
    return person_id is not None and bool(db.scalar(select(own)))


def _freeze(db: Session, round_: Round, *, now: datetime, by: int | None, **facts: Any) -> Round:
    """What counts in a round that has just closed stands, and the second party is asked for their secret."""
    round_.closed_at = now
    document = frozen.document(db, round_, today=day_of(now))
    round_.frozen = canonical(document)
    round_.frozen_hash = canonical_hash(document)
    facts |= {"hash": round_.frozen_hash, "applicants": len(document["applicants"])}
    _note(db, "round.closed", round_, now=now, by=by, **facts)
    if round_.second_commitment is not None:
        ask_to_reveal(db, round_, now=now)
    return round_


def _note_plan(
    db: Session, deed: str, round_: Round, wanted: RoundPlan, *, now: datetime, by: int | None, **facts: Any
) -> None:
    _note(
        db,
        deed,
        round_,
        now=now,
        by=by,
        sessions=sorted(set(wanted.session_ids)),
        commitment=lots.commitment(round_),
        second_party=wanted.second_party_id,
        **noted_source(round_),
        **round_plan.plain(round_),
        **facts,
    )


def _note(db: Session, deed: str, round_: Round, *, now: datetime, by: int | None, **facts: Any) -> None:
    journal.note(db, deed, now=now, by=by, round=round_.id, **facts)
