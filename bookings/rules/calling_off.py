"""Who goes where when a session is called off (allocation rules, section 2.9, "cancelled session")."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bookings.rules.answer_time import needs_short_notice
from bookings.rules.line import reserves_then, seats_go_to
from bookings.rules.precedence import with_precedence
from bookings.states import Refusal

Key = tuple[int, ...]
LAST = 10**6
"""The rank of what nobody has asked for."""


class Unplaced(StrEnum):
    """Why somebody whose session is called off has no seat in another session of the course at once."""

    NO_SISTER = "no_sister"
    TOO_SOON = "too_soon"
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
    group: str | None
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


@dataclass(frozen=True)
class Ahead:
    """Somebody else who waits for a seat and would take it: their wave and key, and their group."""

    place: tuple[int, Key]
    group: str | None


@dataclass(frozen=True, kw_only=True)
class Sister:
    """Another session of the course."""

    session_id: int
    days: frozenset[date]
    starts_on: date
    free_seats: int
    in_line: Sequence[Ahead] = ()
    """In the order of the line."""
    reserves: Mapping[str, int] = field(default_factory=dict)
    booked: Mapping[str | None, int] = field(default_factory=dict)
    """The seats held by group, where some are reserved."""


@dataclass(frozen=True)
class Fate:
    """What becomes of one of them: a seat in a sister session, or the reason why not and the lines they stand in."""

    person: Displaced
    to: int | None = None
    why_not: Unplaced | None = None
    lines: tuple[int, ...] = ()
    soon: tuple[int, ...] = ()
    """Where they could take a free seat themselves, in sessions that begin too soon to put somebody into."""


def may_be_called_off(*, is_published: bool, is_to_be_given: bool, starts_on: date, today: date) -> Refusal | None:
    """What everybody can see, and whose seats no round has still to give, may be called off until its first day."""
    if is_to_be_given:
        return Refusal.SESSION_TO_BE_GIVEN
    return None if is_published and starts_on >= today else Refusal.NOT_TO_BE_CALLED_OFF


def fates(displaced: Sequence[Displaced], sisters: Sequence[Sister], *, today: date) -> list[Fate]:
    """Where everybody goes: the first in the course's order chooses first, and who is left has precedence.

    They go before everybody in the lines of the sister sessions but those who have precedence too, and a better key,
    or who belong to a group that is short of its reserve while it holds.
    Each has the session that they asked for first, else the one that begins first. Nobody is put on a day on which
    they are elsewhere, nor into a session that begins within five days, which only who says yes could come to: they
    are told of its free seats. Whoever finds no room stands in line, with precedence, for every other session that
    they could come to.
    """
    given: Counter[tuple[int, str | None]] = Counter()
    found = []
    for person in sorted(displaced, key=lambda each: (each.is_late, each.key, each.since, each.booking_id)):
        fate = _fate(person, sisters, given, today=today)
        if fate.to is not None and fate.to not in person.kept_in:
            given[fate.to, person.group] += 1
        found.append(fate)
    return found


def _fate(
    person: Displaced, sisters: Sequence[Sister], given: Mapping[tuple[int, str | None], int], *, today: date
) -> Fate:
    if not sisters:
        return Fate(person, why_not=Unplaced.NO_SISTER)
    if not person.is_eligible:
        return Fate(person, why_not=Unplaced.NOT_ELIGIBLE)
    free_days = [each for each in sisters if each.days.isdisjoint(person.busy)]
    if not free_days:
        return Fate(person, why_not=Unplaced.DAYS_TAKEN)
    roomy = [each for each in free_days if _has_room(each, person, given, today=today)]
    in_time = [each for each in free_days if not needs_short_notice(starts_on=each.starts_on, today=today)]
    wanted = min((each for each in in_time if each in roomy), key=lambda each: _wish(person, each), default=None)
    if wanted is not None:
        return Fate(person, to=wanted.session_id)
    return Fate(
        person,
        why_not=Unplaced.FULL if in_time else Unplaced.TOO_SOON,
        lines=tuple(each.session_id for each in in_time),
        soon=tuple(each.session_id for each in roomy),
    )


def _has_room(sister: Sister, person: Displaced, given: Mapping[tuple[int, str | None], int], *, today: date) -> bool:
    """Whether one of the free seats goes to the person, when they stand in the line with precedence."""
    if sister.session_id in person.kept_in:
        return True
    new = Counter({group: count for (session_id, group), count in given.items() if session_id == sister.session_id})
    own = (0, with_precedence(person.key))
    ahead = [each.group for each in sister.in_line if each.place < own]
    behind = [each.group for each in sister.in_line if each.place >= own]
    seated = seats_go_to(
        [*ahead, person.group, *behind],
        room=sister.free_seats - new.total(),
        reserves=reserves_then(sister.reserves, starts_on=sister.starts_on, today=today),
        booked=new + Counter(sister.booked),
    )
    return len(ahead) in seated


def _wish(person: Displaced, sister: Sister) -> tuple[int, date, int]:
    return person.wishes.get(sister.session_id, LAST), sister.starts_on, sister.session_id
