"""Who may be put before others by a decision, and who may not decide it (allocation rules, sections 2.2 and 2.9)."""

from collections.abc import Collection
from dataclasses import dataclass

from bookings.states import Refusal

KEY_PRECEDENCE, KEY_LAST_CHANCE = 1, 2
"""Where F and U stand in a key."""


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """A person and the course for which something is decided."""

    group: str | None
    """None while nobody has confirmed what the person is."""
    groups: Collection[str]
    """Whom the course is for."""
    has_taken_course: bool
    has_seat: bool
    """In some session of the course."""
    has_precedence: bool


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A session into whose line somebody is to be put, and where they stand there."""

    is_published: bool
    is_ahead: bool
    is_given: bool
    """A round has given its seats, and everybody has been told."""
    is_day_free: bool
    """The person has no seat in another course on its days."""
    place: "Place | None"
    """Where the person stands in the line, if they do."""


@dataclass(frozen=True)
class Place:
    """A place in line: among those who applied in time, or behind them, and by which key."""

    is_in_time: bool
    key: tuple[int, ...]


def may_decide(*, is_oneself: bool, wants_the_course: bool) -> Refusal | None:
    """Nobody decides about oneself, nor about a course that they want or wait for themselves (jäv)."""
    if is_oneself:
        return Refusal.DECIDES_ABOUT_ONESELF
    return Refusal.DECIDES_OVER_OWN_COURSE if wants_the_course else None


def may_be_granted(prospect: Prospect) -> Refusal | None:
    """Precedence is for somebody who can use it: the course is for them, and they have neither it nor a seat."""
    if prospect.has_precedence:
        return Refusal.PRECEDENCE_HELD
    return _may_come(prospect)


def may_be_placed_for_hardship(prospect: Prospect, opening: Opening, *, key: tuple[int, ...]) -> Refusal | None:
    """For somebody who came late: last chance and a documented reason put them among those who applied in time.

    `key` is the one that the place would be ordered by; it says whether this term is the last before the planned end.
    """
    refusal = _may_come(prospect) or _may_be_placed(opening)
    if refusal is not None:
        return refusal
    if opening.place is not None and opening.place.is_in_time:
        return Refusal.STANDS_IN_TIME
    return Refusal.NOT_LAST_CHANCE if key[KEY_LAST_CHANCE] else None


def may_be_placed_by_precedence(prospect: Prospect, opening: Opening) -> Refusal | None:
    """For somebody with precedence that no round has counted: they go before the others in line."""
    refusal = _may_come(prospect) or _may_be_placed(opening)
    if refusal is not None:
        return refusal
    if not prospect.has_precedence:
        return Refusal.PRECEDENCE_MISSING
    place = opening.place
    goes_first = place is not None and place.is_in_time and not place.key[KEY_PRECEDENCE]
    return Refusal.STANDS_IN_TIME if goes_first else None


def with_precedence(key: tuple[int, ...]) -> tuple[int, ...]:
    """The same key of somebody who goes before all without precedence."""
    return (*key[:KEY_PRECEDENCE], 0, *key[KEY_PRECEDENCE + 1 :])


def _may_come(prospect: Prospect) -> Refusal | None:
    if prospect.group is None:
        return Refusal.PERSON_NOT_CONFIRMED
    if prospect.group not in prospect.groups or prospect.has_taken_course:
        return Refusal.PERSON_NOT_ELIGIBLE
    return Refusal.PERSON_HAS_SEAT if prospect.has_seat else None


def _may_be_placed(opening: Opening) -> Refusal | None:
    if not opening.is_published:
        return Refusal.SESSION_NOT_OPEN
    if not opening.is_ahead:
        return Refusal.SESSION_STARTED
    if not opening.is_given:
        return Refusal.SESSION_NOT_GIVEN
    return None if opening.is_day_free else Refusal.PERSON_ELSEWHERE
