"""Whose turn it is in a round's lottery, who may do what, and why not (allocation rules, section 2.7).

Both parties are bound before the window opens; nothing is revealed before it has closed; the portal shows its own
secret last of the two; and the public value is one that nobody could know at closing. So nobody, whatever they know
when they act, can choose what comes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings.states import LotteryAct, Refusal, RoundState

TIME_TO_REVEAL = timedelta(days=2)
"""After closing: so long nobody decides to go on without a second party that is bound."""

BEFORE_CLOSING = (RoundState.PLANNED, RoundState.OPEN)


@dataclass(frozen=True, kw_only=True)
class Lottery:
    """Where the lottery of a round stands."""

    state: RoundState
    closed_at: datetime | None
    is_committed: bool
    """Whether the second party is bound to a secret."""
    is_waived: bool
    """Whether it was decided to go on without a second secret."""
    is_revealed: bool
    """Whether the second secret is shown."""
    public_at: datetime | None
    """When the public value becomes known; None while no source is named."""
    has_value: bool

    @property
    def is_bound(self) -> bool:
        """Whether the second party is bound, or not waited for."""
        return self.is_committed or self.is_waived

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to come from the second party."""
        return self.is_revealed or self.is_waived


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who wants to take a step. Whether they are a coordinator, their page has asked before."""

    is_second_party: bool
    has_applied: bool
    """Whether they have an application in the round."""


@dataclass(frozen=True)
class Turn:
    """When a step can be taken, and by whom."""

    by_second_party: bool
    when: tuple[RoundState, ...]


TURNS: Mapping[LotteryAct, Turn] = {
    LotteryAct.COMMIT: Turn(by_second_party=True, when=(RoundState.PLANNED,)),
    LotteryAct.GO_ON_WITHOUT: Turn(by_second_party=False, when=(RoundState.PLANNED, RoundState.CLOSED)),
    LotteryAct.REVEAL: Turn(by_second_party=True, when=(RoundState.CLOSED,)),
    LotteryAct.OPEN_COPY: Turn(by_second_party=False, when=(RoundState.CLOSED,)),
    LotteryAct.ENTER_VALUE: Turn(by_second_party=False, when=(RoundState.CLOSED,)),
    LotteryAct.REPLACE_SOURCE: Turn(by_second_party=False, when=(RoundState.CLOSED,)),
}
"""Of the other steps everything is a coordinator's."""


def wanted(lottery: Lottery) -> list[LotteryAct]:
    """What the round waits for, in the order in which it is best done; nothing when it can go on."""
    if lottery.state is RoundState.PLANNED:
        return [] if lottery.is_bound else [LotteryAct.COMMIT]
    if lottery.state is not RoundState.CLOSED:
        return []
    steps = {LotteryAct.REVEAL: not lottery.is_settled, LotteryAct.ENTER_VALUE: not lottery.has_value}
    return [act for act, is_missing in steps.items() if is_missing]


def may_open(lottery: Lottery) -> Refusal | None:
    """The window opens once the public value has a source and the second party is bound, or gone on without."""
    if lottery.public_at is None:
        return Refusal.LOTTERY_WITHOUT_SOURCE
    return None if lottery.is_bound else Refusal.LOTTERY_UNBOUND


def may(act: LotteryAct, lottery: Lottery, actor: Actor, *, now: datetime) -> Refusal | None:
    """Whether somebody may take a step now."""
    turn = TURNS[act]
    if turn.by_second_party and not actor.is_second_party:
        return Refusal.NOT_THE_SECOND_PARTY
    if actor.has_applied:
        return Refusal.DECIDES_OVER_OWN_SEAT
    if lottery.state not in turn.when:
        return _out_of_turn(act, lottery)
    return OBSTACLES[act](lottery, now)


def is_own_secret_shown(lottery: Lottery) -> bool:
    """Whether the portal shows its own secret: after closing, when nothing more can come from the second party."""
    if lottery.state in BEFORE_CLOSING:
        return False
    return lottery.is_settled or lottery.state is not RoundState.CLOSED


def is_complete(lottery: Lottery) -> bool:
    """Whether everything is there that the seed is reckoned of."""
    return lottery.state is RoundState.CLOSED and not wanted(lottery)


def waits_until(lottery: Lottery) -> datetime | None:
    """How long the second party can reveal before anybody may go on without it."""
    return None if lottery.closed_at is None else lottery.closed_at + TIME_TO_REVEAL


def _out_of_turn(act: LotteryAct, lottery: Lottery) -> Refusal:
    if act is LotteryAct.COMMIT:
        return Refusal.COMMITTED_TOO_LATE
    return Refusal.REVEALED_TOO_EARLY if lottery.state in BEFORE_CLOSING else Refusal.LOTTERY_SETTLED


def _nothing(_lottery: Lottery, _now: datetime) -> Refusal | None:
    return None


def _to_going_on_without(lottery: Lottery, now: datetime) -> Refusal | None:
    if lottery.is_settled:
        return Refusal.LOTTERY_SETTLED
    if lottery.is_committed and lottery.state is RoundState.PLANNED:
        return Refusal.SECOND_PARTY_IS_BOUND
    until = waits_until(lottery)
    has_time = lottery.is_committed and until is not None and now < until
    return Refusal.SECOND_PARTY_HAS_TIME if has_time else None


def _to_revealing(lottery: Lottery, _now: datetime) -> Refusal | None:
    if lottery.is_settled:
        return Refusal.LOTTERY_SETTLED
    return None if lottery.is_committed else Refusal.NOTHING_COMMITTED


def _to_entering_a_value(lottery: Lottery, now: datetime) -> Refusal | None:
    if lottery.public_at is None:
        return Refusal.LOTTERY_WITHOUT_SOURCE
    return Refusal.VALUE_NOT_YET_KNOWN if now < lottery.public_at else None


def _to_replacing_the_source(lottery: Lottery, now: datetime) -> Refusal | None:
    if lottery.has_value:
        return Refusal.VALUE_IS_THERE
    due = lottery.public_at
    return Refusal.VALUE_NOT_YET_KNOWN if due is not None and now < due else None


OBSTACLES = {
    LotteryAct.COMMIT: _nothing,
    LotteryAct.GO_ON_WITHOUT: _to_going_on_without,
    LotteryAct.REVEAL: _to_revealing,
    LotteryAct.OPEN_COPY: _to_revealing,
    LotteryAct.ENTER_VALUE: _to_entering_a_value,
    LotteryAct.REPLACE_SOURCE: _to_replacing_the_source,
}
