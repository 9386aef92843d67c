"""Whether a ranked list of sessions can be sent in, and if not, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.rules.seats import Holding, Target
from bookings.states import Refusal


@dataclass(frozen=True, kw_only=True)
class Window:
    """When applications are taken, and how many seats one person may ask for."""

    is_open: bool
    closes_at: datetime
    cap: int


@dataclass(frozen=True, kw_only=True)
class Sender:
    """What counts of who applies. The group is what they say they are: it need be confirmed by closing only."""

    group: str | None
    is_complete: bool
    is_second_party: bool
    """Whether they hold a secret of the round's lottery: who draws takes no part."""
    taken_courses: frozenset[int]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and with which session if with one."""

    refusal: Refusal
    session_id: int | None = None


def fault_of(
    window: Window,
    sender: Sender,
    choices: Sequence[int],
    offered: Mapping[int, Target],
    holdings: Sequence[Holding],
    *,
    cap: int,
    now: datetime,
) -> Fault | None:
    """A list can be sent in until closing time, by somebody who says what they are, for seats they could use.

    Every session stands on it once and is offered in the round; the course is for the person's group and is one they
    neither have been through nor hold a seat in; and they are nowhere else on its days.
    """
    if not window.is_open or now >= window.closes_at:
        return Fault(Refusal.ROUND_NOT_OPEN)
    barred = may_apply(sender)
    if barred is not None:
        return Fault(barred)
    if not choices:
        return Fault(Refusal.NO_CHOICES)
    if len(set(choices)) != len(choices):
        return Fault(Refusal.CHOICE_TWICE)
    if not 1 <= cap <= window.cap:
        return Fault(Refusal.CAP_OUT_OF_RANGE)
    for session_id in choices:
        refusal = may_ask_for(sender, offered.get(session_id), holdings)
        if refusal is not None:
            return Fault(refusal, session_id)
    return None


def may_apply(sender: Sender) -> Refusal | None:
    """Whether somebody may apply at all, whatever they want: whoever draws takes no part; the profile is whole."""
    if sender.is_second_party:
        return Refusal.SECOND_PARTY_APPLIES
    return None if sender.is_complete else Refusal.PROFILE_INCOMPLETE


def may_ask_for(sender: Sender, wanted: Target | None, holdings: Sequence[Holding]) -> Refusal | None:
    """Whether one session may stand on the list; so may one in reserve, for it is opened when many ask for it."""
    if wanted is None or not (wanted.is_published or wanted.is_held_in_reserve):
        return Refusal.SESSION_NOT_IN_ROUND
    if sender.is_second_party:
        return Refusal.SECOND_PARTY_APPLIES
    if sender.group not in wanted.groups:
        return Refusal.NOT_IN_TARGET_GROUP
    if wanted.course_id in sender.taken_courses:
        return Refusal.COURSE_TAKEN_BEFORE
    seats = [mine for mine in holdings if mine.is_seat]
    if any(mine.course_id == wanted.course_id for mine in seats):
        return Refusal.COURSE_ALREADY_BOOKED
    if any(not mine.days.isdisjoint(wanted.days) for mine in seats):
        return Refusal.DAY_TAKEN
    return None
