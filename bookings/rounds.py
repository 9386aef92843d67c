"""Application rounds: planned, opened for lists, and closed, when everything that counts is frozen.

Their lottery is named when they are planned; its story goes on in `lottery`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session

from bookings import frozen, lots
from bookings.lottery_plan import PublicSource, ask_to_reveal, is_source, name_second_party, name_source
from bookings.models import Application, Booking, Round, RoundSession
from bookings.rules import lottery_protocol
from bookings.rules.allocation import canonical_hash
from bookings.states import ApplicationState, BookingState, Refusal, RoundState
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import journal
from lararportal.clock import STOCKHOLM, day_of
from lararportal.errors import NotFound, Refused

PLANNED_FACTS = ("term", "title", "opens_at", "closes_at", "decision_on", "cap", "respite_hours")
"""What a plan says of the round itself, beside its sessions and its lottery."""

SHORTEST_WINDOW = timedelta(weeks=3)


@dataclass(frozen=True, kw_only=True)
class RoundPlan:
    """What a coordinator decides about a round. Moments are aware; `decision_on` is a day in Stockholm."""

    term: str
    title: str
    opens_at: datetime
    closes_at: datetime
    decision_on: date
    cap: int
    respite_hours: int
    session_ids: Sequence[int]
    second_party_id: int | None
    """The director of studies who holds the second secret of the lottery; without one the round does not open."""
    source: PublicSource | None


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
    _write(round_, wanted)
    db.add(round_)
    db.flush()
    _include(db, round_, wanted.session_ids)
    _note_plan(db, "round.planned", round_, wanted, now=now, by=by)
    name_second_party(db, round_, wanted.second_party_id, now=now, by=by)
    return round_


def change(db: Session, *, round_id: int, wanted: RoundPlan, now: datetime, by: int | None) -> Round:
    """The round is as wanted now. Once it is open nothing that applicants relied on may go: sessions are only added.

    Raises:
        Refused: as for `plan`; or the round is closed; or it is open and a session, or time to apply or to answer,
            would be lost, decisions would come later, or its term, its opening or its lottery would be another.
    """
    round_ = lock(db, round_id)
    if round_.state not in (RoundState.PLANNED, RoundState.OPEN):
        raise Refused(Refusal.ROUND_STATE)
    present = set(db.scalars(select(RoundSession.session_id).where(RoundSession.round_id == round_id)))
    gone = present - set(wanted.session_ids)
    if round_.state is RoundState.OPEN and (gone or _takes_from_applicants(round_, wanted)):
        raise Refused(Refusal.ROUND_IS_OPEN)
    before = _plain(round_)
    _write(round_, wanted)
    db.execute(delete(RoundSession).where(RoundSession.round_id == round_id, RoundSession.session_id.in_(gone)))
    _include(db, round_, wanted.session_ids, present=present)
    changed = {name: [before[name], value] for name, value in _plain(round_).items() if value != before[name]}
    _note_plan(db, "round.changed", round_, wanted, now=now, by=by, changed=changed)
    if wanted.second_party_id != round_.second_party_id:
        name_second_party(db, round_, wanted.second_party_id, now=now, by=by)
    return round_


def open_round(db: Session, round_id: int, *, now: datetime, by: int | None) -> Round:
    """Lists are taken from now on, and the lottery's parties and source stand fast.

    Raises:
        Refused: the round's time is over, or its lottery is not bound yet.
    """
    round_ = lock(db, round_id)
    if round_.closes_at <= now:
        raise Refused(Refusal.ROUND_DATES)
    refusal = lottery_protocol.may_open(lots.standing(round_))
    if refusal is not None:
        raise Refused(refusal)
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
    """The planned rounds whose opening time has come, and whose closing time has not; and whose lottery is bound."""
    is_bound = or_(Round.second_commitment.is_not(None), Round.waived_at.is_not(None)) & Round.public_at.is_not(None)
    return list(
        db.scalars(
            select(Round.id)
            .where(Round.state == RoundState.PLANNED, Round.opens_at <= now, Round.closes_at > now, is_bound)
            .order_by(Round.id)
        )
    )


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
    round_.frozen = frozen.canonical(document)
    round_.frozen_hash = canonical_hash(document)
    facts |= {"hash": round_.frozen_hash, "applicants": len(document["applicants"])}
    _note(db, "round.closed", round_, now=now, by=by, **facts)
    if round_.second_commitment is not None:
        ask_to_reveal(db, round_, now=now)
    return round_


def _takes_from_applicants(round_: Round, wanted: RoundPlan) -> bool:
    """Whether the plan gives less than what applicants rely on, or another lottery than the one that was named.

    The term is part of the lottery; when the round opened has happened.
    """
    is_other_round = (wanted.term, wanted.opens_at) != (round_.term, round_.opens_at)
    is_other_lottery = wanted.second_party_id != round_.second_party_id or not is_source(round_, wanted.source)
    gives_less = (
        wanted.closes_at < round_.closes_at
        or wanted.decision_on > round_.decision_on
        or wanted.cap < round_.cap
        or wanted.respite_hours < round_.respite_hours
    )
    return is_other_round or is_other_lottery or gives_less


def _write(round_: Round, wanted: RoundPlan) -> None:
    if wanted.opens_at >= wanted.closes_at or day_of(wanted.closes_at) > wanted.decision_on:
        raise Refused(Refusal.ROUND_DATES)
    if round_.state is RoundState.PLANNED and not _is_long_enough(wanted):
        raise Refused(Refusal.ROUND_TOO_SHORT)
    if not wanted.session_ids:
        raise Refused(Refusal.ROUND_WITHOUT_SESSIONS)
    for name in PLANNED_FACTS:
        setattr(round_, name, getattr(wanted, name))
    if wanted.source is None:
        round_.public_kind, round_.public_source, round_.public_at = None, "", None
    else:
        name_source(round_, wanted.source, after=wanted.closes_at)


def _is_long_enough(wanted: RoundPlan) -> bool:
    """Whether everybody has three weeks to apply (allocation rules, section 2.6), as a clock on the wall shows."""
    opens, closes = (each.astimezone(STOCKHOLM) for each in (wanted.opens_at, wanted.closes_at))
    return closes - opens >= SHORTEST_WINDOW


def _include(db: Session, round_: Round, session_ids: Sequence[int], *, present: Collection[int] = ()) -> None:
    """The sessions of the round are these; those that were `present` need only begin after its decisions.

    One that was withdrawn meanwhile stays, for those who asked for it, and nothing is asked of it.
    """
    for session in sessions.lock(db, session_ids):
        is_new = session.id not in present
        is_offered = session.publicity is Publicity.PUBLISHED or session.is_held_in_reserve
        if (is_new and not is_offered) or (is_offered and session.starts_on <= round_.decision_on):
            raise Refused(Refusal.SESSION_UNFIT_FOR_ROUND, course=session.course.title)
        if is_new and (session.seats_taken or _has_line(db, session)):
            raise Refused(Refusal.SESSION_HAS_SEATS_TAKEN, course=session.course.title)
        if is_new:
            db.add(RoundSession(round_id=round_.id, session_id=session.id))
    db.flush()


def _has_line(db: Session, session: CourseSession) -> bool:
    """Whether somebody waits: whoever waits is given free seats, and those of a round are not free."""
    waits = exists().where(Booking.session_id == session.id, Booking.state == BookingState.WAITING)
    return bool(db.scalar(select(waits)))


def _plain(round_: Round) -> dict[str, Any]:
    """What was planned of the round itself, as the journal keeps it."""
    facts = {name: getattr(round_, name) for name in PLANNED_FACTS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def _note_plan(
    db: Session, deed: str, round_: Round, wanted: RoundPlan, *, now: datetime, by: int | None, **facts: Any
) -> None:
    _note(
        db,
        deed,
        round_,
        now=now,
        by=by,
        sessions=list(wanted.session_ids),
        commitment=lots.commitment(round_),
        second_party=wanted.second_party_id,
        source=round_.public_source,
        **facts,
    )


def _note(db: Session, deed: str, round_: Round, *, now: datetime, by: int | None, **facts: Any) -> None:
    journal.note(db, deed, now=now, by=by, round=round_.id, **facts)
