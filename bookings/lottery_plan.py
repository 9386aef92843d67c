"""What a plan says of a round's lottery: who holds the second secret, and where the public value comes from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Grant, Person
from auth.states import Role
from bookings import letters, lots
from bookings.models import Round
from bookings.rules.lottery_protocol import waits_until
from bookings.rules.lottery_values import drand_round
from bookings.states import PublicKind, Refusal
from lararportal.errors import Refused


@dataclass(frozen=True, kw_only=True)
class PublicSource:
    """Where the lottery's public value comes from, and when it becomes known; `name` says which draw or price."""

    kind: PublicKind
    at: datetime
    name: str = ""
    """Not asked of drand, whose number follows from the moment."""

    @property
    def in_full(self) -> str:
        """What everybody reads."""
        return f"drand quicknet {drand_round(self.at)}" if self.kind is PublicKind.DRAND else self.name.strip()


def name_source(round_: Round, source: PublicSource, *, after: datetime) -> None:
    """The public value comes from there; nobody can know it at the moment that it comes `after`.

    Raises:
        Refused: it would be known by then, or it is not said what it is.
    """
    if source.at <= after:
        raise Refused(Refusal.LOTTERY_TOO_SOON)
    if not source.in_full:
        raise Refused(Refusal.LOTTERY_WITHOUT_SOURCE)
    round_.public_kind, round_.public_source, round_.public_at = source.kind, source.in_full, source.at


def noted_source(round_: Round) -> dict[str, Any]:
    """The source of a round's public value as the journal keeps it."""
    kind, due = round_.public_kind, round_.public_at
    return {"source": round_.public_source, "kind": kind, "due": due.isoformat() if due else None}


def is_source(round_: Round, source: PublicSource | None) -> bool:
    """Whether that is the source which the round has, or both have none."""
    if source is None:
        return round_.public_kind is None
    named = (round_.public_kind, round_.public_source, round_.public_at)
    return named == (source.kind, source.in_full, source.at)


def name_second_party(db: Session, round_: Round, person_id: int | None, *, now: datetime, by: int | None) -> None:
    """Another second party is asked for a commitment; what came of an earlier one counts no more, but stays in sight.

    Raises:
        Refused: they cannot be one.
    """
    if person_id is not None and not may_be_second_party(db, person_id):
        raise Refused(Refusal.SECOND_PARTY_UNFIT)
    if round_.second_commitment is not None:
        former = {
            "party": round_.second_party_id,
            "commitment": round_.second_commitment,
            "at": now.isoformat(),
            "by": by,
        }
        round_.former_second_parties = [*round_.former_second_parties, former]
    round_.second_party_id = person_id
    round_.second_commitment = round_.second_committed_at = None
    round_.waived_at = round_.waived_by = None
    round_.waiver_reason = ""
    db.flush()
    if person_id is not None:
        ask_to_commit(db, round_, now=now)


def ask_to_commit(db: Session, round_: Round, *, now: datetime) -> None:
    """The second party has a letter that asks for a commitment, and tells them what the portal is bound to."""
    person, commitment = second_party(db, round_), lots.commitment(round_)
    letters.lottery_to_commit(db, round_=round_, person=person, commitment=commitment, now=now)


def ask_to_reveal(db: Session, round_: Round, *, now: datetime) -> None:
    """The second party has a letter that asks for the secret."""
    until = waits_until(lots.standing(round_))
    letters.lottery_to_reveal(db, round_=round_, person=second_party(db, round_), until=until, now=now)


def second_party(db: Session, round_: Round) -> Person:
    """Who holds the second secret; the caller knows that somebody does."""
    return db.get_one(Person, round_.second_party_id)


def may_be_second_party(db: Session, person_id: int) -> bool:
    """Whether somebody is a director of studies today, and does not coordinate: that side has its own secret."""
    roles = set(db.scalars(select(Grant.role).where(Grant.person_id == person_id)))
    return Role.DIRECTOR in roles and Role.COORDINATOR not in roles
