"""Who goes where when a session is called off (allocation rules, section 2.9, "cancelled session")."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bookings.rules.answer_time import needs_short_notice
from bookings.rules.precedence import with_precedence
from bookings.states import Refusal

Key = tuple[int, ...]
LAST = 10**6
"""The rank of what nobody has asked for."""


class Unplaced(StrEnum):
    """Why somebody whose session is called off has no seat in another session of the course at once."""

    NO_SISTER = "no_sister"
    DAYS_TAKEN = "days_taken"
    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True, kw_only=True)
class Displaced:
    """Somebody whose seat is in the session."""

    booking_id: int
    person_id: int
    is_late: bool
    """They came to the seat after the round, or there was none."""
    key: Key
    since: datetime
    busy: frozenset[date]
    """The days on which they have a seat, or one is kept for them, in another course."""
    wishes: Mapping[int, int]
    """The sister sessions that they have asked for, with the rank; smaller is more wanted."""
    said_yes: frozenset[int] = frozenset()
    """Those of them from whose line they take a seat without being asked."""
    kept_in: frozenset[int] = frozenset()
    """Sister sessions in which a seat is kept for them until they answer."""
    is_eligible: bool = True


@dataclass(frozen=True, kw_only=True)
class Sister:
    """Another session of the course."""

    session_id: int
    days: frozenset[date]
    starts_on: date
    free_seats: int
    in_line: Sequence[tuple[int, Key]] = ()
    """Wave and key of all others who wait for a seat there, and would take it."""


@dataclass(frozen=True)
class Fate:
    """What becomes of one of them: a seat in a sister session, or the reason why not and the lines they stand in."""

    person: Displaced
    to: int | None = None
    why_not: Unplaced | None = None
    lines: tuple[int, ...] = ()


def may_be_called_off(*, is_published: bool, is_to_be_given: bool, starts_on: date, today: date) -> Refusal | None:
    """What everybody can see, and whose seats no round has still to give, may be called off until its first day."""
    if is_to_be_given:
        return Refusal.SESSION_TO_BE_GIVEN
    return None if is_published and starts_on >= today else Refusal.NOT_TO_BE_CALLED_OFF


def fates(displaced: Sequence[Displaced], sisters: Sequence[Sister], *, today: date) -> list[Fate]:
    """Where everybody goes: the first in the course's order chooses first, and who is left has precedence.

    They go before everybody in the lines of the sister sessions but those who have precedence too, and a better key.
    Each has the session that they asked for first, else the one that begins first. Nobody is put on a day on which
    they are elsewhere, nor into a session that begins within five days, which only who says yes could come to.
    Whoever finds no room stands in line, with precedence, for every session that they could come to.
    """
    near = [each for each in sisters if not needs_short_notice(starts_on=each.starts_on, today=today)]
    given: Counter[int] = Counter()
    found = []
    for person in sorted(displaced, key=lambda each: (each.is_late, each.key, each.since, each.booking_id)):
        fate = _fate(person, near, given)
        if fate.to is not None and fate.to not in person.kept_in:
            given[fate.to] += 1
        found.append(fate)
    return found


def _fate(person: Displaced, sisters: Sequence[Sister], given: Mapping[int, int]) -> Fate:
    if not sisters:
        return Fate(person, why_not=Unplaced.NO_SISTER)
    if not person.is_eligible:
        return Fate(person, why_not=Unplaced.NOT_ELIGIBLE)
    free_days = [each for each in sisters if each.days.isdisjoint(person.busy)]
    if not free_days:
        return Fate(person, why_not=Unplaced.DAYS_TAKEN)
    roomy = [each for each in free_days if _has_room(each, person, given.get(each.session_id, 0))]
    if not roomy:
        return Fate(person, why_not=Unplaced.FULL, lines=tuple(each.session_id for each in free_days))
    wanted = min(roomy, key=lambda each: _wish(person, each))
    return Fate(person, to=wanted.session_id)


def _has_room(sister: Sister, person: Displaced, given: int) -> bool:
    if sister.session_id in person.kept_in:
        return True
    own = (0, with_precedence(person.key))
    ahead = sum(1 for each in sister.in_line if each < own)
    return sister.free_seats - given - ahead > 0


def _wish(person: Displaced, sister: Sister) -> tuple[int, date, int]:
    return person.wishes.get(sister.session_id, LAST), sister.starts_on, sister.session_id
