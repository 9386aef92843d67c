"""What a plan says of a round beside its lottery: its times, what it promises, and the sessions that it gives."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bookings.lottery_plan import PublicSource, is_source, name_source
from bookings.models import Booking, Round, RoundSession
from bookings.states import OPEN, PublicKind, Refusal, RoundState
from courses import sessions
from courses.models import HELD_IN_RESERVE, CourseSession
from courses.rules import is_held_in_reserve
from courses.states import Publicity
from lararportal.clock import STOCKHOLM, day_of
from lararportal.errors import Refused

PLANNED_FACTS = ("term", "title", "opens_at", "closes_at", "decision_on", "cap", "respite_hours")
"""What a plan says of the round itself, beside its sessions and its lottery."""

SHORTEST_WINDOW = timedelta(weeks=3)
"""So long everybody has to apply (allocation rules, section 2.6)."""
LATENESS = timedelta(days=1)
"""So much later than that a round may open: its second party, or the portal, may have been late by some hours."""


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


def latest_opening(closes_at: datetime) -> datetime:
    """When a round that closes then opens at the latest, for everybody to have three weeks on the wall's clock."""
    return (closes_at.astimezone(STOCKHOLM) - SHORTEST_WINDOW).astimezone(UTC)


def can_open_until(closes_at: datetime) -> datetime:
    """As `latest_opening`, for a round that is planned already and late."""
    return latest_opening(closes_at) + LATENESS


def write(round_: Round, wanted: RoundPlan, *, now: datetime) -> None:
    """The round says what is wanted of it. One that is still to open does not do so before `now`.

    While a late one can still open, everything but its times can be changed, such as a second party who is late.

    Raises:
        Refused: its dates are out of order or too near each other, it has no sessions, or the public value would be
            known too soon or is not said to be anything.
    """
    if wanted.opens_at >= wanted.closes_at or day_of(wanted.closes_at) > wanted.decision_on:
        raise Refused(Refusal.ROUND_DATES)
    if round_.state is RoundState.PLANNED and max(wanted.opens_at, now) > _opens_until(round_, wanted):
        raise Refused(Refusal.ROUND_TOO_SHORT)
    if not wanted.session_ids:
        raise Refused(Refusal.ROUND_WITHOUT_SESSIONS)
    for name in PLANNED_FACTS:
        setattr(round_, name, getattr(wanted, name))
    if wanted.source is None:
        round_.public_kind, round_.public_source, round_.public_at = None, "", None
    else:
        name_source(round_, wanted.source, after=wanted.closes_at)


def _opens_until(round_: Round, wanted: RoundPlan) -> datetime:
    """When a round that is to open may do so at the latest; one that keeps its times may be late."""
    keeps_times = (round_.opens_at, round_.closes_at) == (wanted.opens_at, wanted.closes_at)
    return (can_open_until if keeps_times else latest_opening)(wanted.closes_at)


def is_offered(session: CourseSession) -> bool:
    """Whether it can be asked for in a round: everybody is offered it, or it is held in reserve for that."""
    return session.publicity is Publicity.PUBLISHED or is_held_in_reserve(session)


IS_OFFERED = (CourseSession.publicity == Publicity.PUBLISHED) | HELD_IN_RESERVE
"""The same, where the database is asked."""


def include(db: Session, round_: Round, session_ids: Sequence[int], *, present: Collection[int] = ()) -> None:
    """The sessions of the round are these; those that were `present` need only begin after its decisions.

    One that was withdrawn meanwhile stays, for those who asked for it, and nothing is asked of it.

    Raises:
        Refused: one of them is not offered or begins too early, or somebody has a seat in it or waits for one.
    """
    for session in sessions.lock(db, session_ids):
        is_new = session.id not in present
        if (is_new and not is_offered(session)) or (is_offered(session) and session.starts_on <= round_.decision_on):
            raise Refused(Refusal.SESSION_UNFIT_FOR_ROUND, course=session.course.title)
        if is_new and (session.seats_taken or _has_line(db, session)):
            raise Refused(Refusal.SESSION_HAS_SEATS_TAKEN, course=session.course.title)
        if is_new:
            db.add(RoundSession(round_id=round_.id, session_id=session.id))
    db.flush()


def takes_from_applicants(round_: Round, wanted: RoundPlan) -> bool:
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


def said_of(db: Session, round_: Round) -> RoundPlan:
    """What is planned of a round, as somebody would say it anew; its sessions in the order of their ids."""
    source = None
    if round_.public_kind is not None and round_.public_at is not None:
        name = round_.public_source if round_.public_kind is PublicKind.NAMED else ""
        source = PublicSource(kind=round_.public_kind, name=name, at=round_.public_at.astimezone(UTC))
    included = select(RoundSession.session_id).where(RoundSession.round_id == round_.id)
    return RoundPlan(
        term=round_.term,
        title=round_.title,
        opens_at=round_.opens_at.astimezone(UTC),
        closes_at=round_.closes_at.astimezone(UTC),
        decision_on=round_.decision_on,
        cap=round_.cap,
        respite_hours=round_.respite_hours,
        session_ids=list(db.scalars(included.order_by(RoundSession.session_id))),
        second_party_id=round_.second_party_id,
        source=source,
    )


def plain(round_: Round) -> dict[str, Any]:
    """What was planned of the round itself, as the journal keeps it."""
    facts = {name: getattr(round_, name) for name in PLANNED_FACTS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def _has_line(db: Session, session: CourseSession) -> bool:
    """Whether somebody waits: whoever waits is given free seats, and those of a round are not free."""
    waits = exists().where(Booking.session_id == session.id, Booking.state.in_(OPEN))
    return bool(db.scalar(select(waits)))
