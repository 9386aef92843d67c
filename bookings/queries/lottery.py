"""The lottery of a round as everybody may see it: what was promised, what is shown since, what is to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import lots
from bookings.models import Round
from bookings.round_plan import can_open_until
from bookings.rules import lottery_protocol
from bookings.rules.lottery_protocol import Lottery
from bookings.rules.lottery_values import DRAND_CHAIN, drand_round
from bookings.states import LotteryAct, PublicKind, RoundState
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """The decision to go on without a second secret."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the public value comes from."""

    kind: PublicKind
    name: str
    known_at: datetime
    address: str
    """Where drand's number can be read, and checked, by anybody; empty for other sources."""

    @property
    def form(self) -> str:
        """How the value enters the seed: `hex` or `text`, as in a verification file."""
        return self.kind.form


@dataclass(frozen=True, kw_only=True)
class FormerSource:
    """A source that had no value to give, and was replaced."""

    name: str
    replaced_at: datetime
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class FormerParty:
    """A second party that was bound, and was replaced before the round opened."""

    name: str
    commitment: str
    replaced_at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class EarlyClosing:
    """The decision to close a round before its time, at the moment when it closed."""

    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LotteryView:
    """Everything public about the lottery of a round. What is not there yet is None."""

    round_id: int
    term: str
    title: str
    state: RoundState
    opens_at: datetime
    opened_at: datetime | None
    opens_until: datetime
    """Later than this it cannot open: too little time would be left to apply in."""
    closes_at: datetime
    closed_at: datetime | None
    early_closing: EarlyClosing | None
    portal_commitment: str
    portal_secret: str | None
    second_party_id: int | None
    second_party: str | None
    """The name of who holds the second secret."""
    former_parties: Sequence[FormerParty]
    second_commitment: str | None
    second_committed_at: datetime | None
    second_secret: str | None
    second_revealed_at: datetime | None
    copy_opened_by: str | None
    """The coordinator who opened the sealed copy, when the second party did not reveal their secret themselves."""
    waiver: Waiver | None
    source: Source | None
    former_sources: Sequence[FormerSource]
    value: str | None
    value_entered_at: datetime | None
    value_entered_by: str | None
    frozen_hash: str | None
    seed: str | None
    revealed_at: datetime | None
    standing: Lottery
    """The same, as the rules see it."""
    wanted: Sequence[LotteryAct]
    """What the round waits for now."""
    until: datetime | None
    """So long after closing the second party can reveal before anybody may go on without them."""


def lotteries(db: Session) -> list[LotteryView]:
    """The lottery of every round, the latest closing first."""
    return _views(db)


def lottery(db: Session, round_id: int) -> LotteryView:
    """That of one round.

    Raises:
        NotFound: there is no such round.
    """
    found = _views(db, Round.id == round_id)
    if not found:
        raise NotFound
    return found[0]


def lotteries_with(db: Session, person_id: int) -> list[LotteryView]:
    """Those in which somebody is the second party, the latest closing first."""
    return _views(db, Round.second_party_id == person_id)


def _views(db: Session, *conditions: ColumnElement[bool]) -> list[LotteryView]:
    rounds = db.scalars(select(Round).where(*conditions).order_by(Round.closes_at.desc(), Round.id.desc())).all()
    names = _names(db, rounds)
    return [_view(each, names) for each in rounds]


def _names(db: Session, rounds: Sequence[Round]) -> Mapping[int | None, str]:
    """The names of everybody who has a part in these lotteries; the portal itself has none."""
    ids = {
        person_id
        for each in rounds
        for person_id in (
            each.second_party_id,
            each.second_revealed_by,
            each.waived_by,
            each.public_entered_by,
            each.closed_early_by,
            *(former["by"] for former in each.former_sources),
            *(former[who] for former in each.former_second_parties for who in ("party", "by")),
        )
    }
    people = db.scalars(select(Person).where(Person.id.in_(ids - {None})))
    return {each.id: each.name for each in people}


def _view(round_: Round, names: Mapping[int | None, str]) -> LotteryView:
    standing = lots.standing(round_)
    return LotteryView(
        round_id=round_.id,
        term=round_.term,
        title=round_.title,
        state=round_.state,
        opens_at=round_.opens_at,
        opened_at=round_.opened_at,
        opens_until=can_open_until(round_.closes_at),
        closes_at=round_.closes_at,
        closed_at=round_.closed_at,
        early_closing=_early_closing(round_, names),
        portal_commitment=lots.commitment(round_),
        portal_secret=round_.secret if lottery_protocol.is_own_secret_shown(standing) else None,
        second_party_id=round_.second_party_id,
        second_party=names.get(round_.second_party_id),
        former_parties=_former_parties(round_, names),
        second_commitment=round_.second_commitment,
        second_committed_at=round_.second_committed_at,
        second_secret=round_.second_secret,
        second_revealed_at=round_.second_revealed_at,
        copy_opened_by=names.get(round_.second_revealed_by, "") if is_from_copy(round_) else None,
        waiver=_waiver(round_, names),
        source=source_of(round_),
        former_sources=_former(round_, names),
        value=round_.public_value,
        value_entered_at=round_.public_entered_at,
        value_entered_by=names.get(round_.public_entered_by),
        frozen_hash=round_.frozen_hash,
        seed=round_.seed,
        revealed_at=round_.revealed_at,
        standing=standing,
        wanted=lottery_protocol.wanted(standing),
        until=lottery_protocol.waits_until(standing),
    )


def is_from_copy(round_: Round) -> bool:
    """Whether the second secret was read from the sealed copy, because the second party did not reveal it."""
    return round_.second_secret is not None and round_.second_revealed_by != round_.second_party_id


def source_of(round_: Round) -> Source | None:
    """The source of a round's public value."""
    if round_.public_kind is None or round_.public_at is None:
        return None
    address = ""
    if round_.public_kind is PublicKind.DRAND:
        address = f"https://api.drand.sh/{DRAND_CHAIN}/public/{drand_round(round_.public_at)}"
    return Source(kind=round_.public_kind, name=round_.public_source, known_at=round_.public_at, address=address)


def _waiver(round_: Round, names: Mapping[int | None, str]) -> Waiver | None:
    if round_.waived_at is None:
        return None
    return Waiver(at=round_.waived_at, by=names.get(round_.waived_by, ""), reason=round_.waiver_reason)


def _early_closing(round_: Round, names: Mapping[int | None, str]) -> EarlyClosing | None:
    if not round_.early_reason:
        return None
    return EarlyClosing(by=names.get(round_.closed_early_by, ""), reason=round_.early_reason)


def _former_parties(round_: Round, names: Mapping[int | None, str]) -> list[FormerParty]:
    return [
        FormerParty(
            name=names.get(each["party"], ""),
            commitment=each["commitment"],
            replaced_at=datetime.fromisoformat(each["at"]),
            by=names.get(each["by"], ""),
        )
        for each in round_.former_second_parties
    ]


def _former(round_: Round, names: Mapping[int | None, str]) -> list[FormerSource]:
    return [
        FormerSource(
            name=each["source"],
            replaced_at=datetime.fromisoformat(each["at"]),
            by=names.get(each["by"], ""),
            reason=each["reason"],
        )
        for each in round_.former_sources
    ]
