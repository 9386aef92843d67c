"""Who is next in line for a free seat (allocation rules, section 2.9)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bookings.rules.allocation.choice import ListedSession, choose
from bookings.states import Refusal

RESERVES_UNTIL = timedelta(days=42)
"""Before the start; from then on a reserve is open to all."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A live seat or place in line of one person."""

    booking_id: int
    session_id: int
    course_id: int
    days: frozenset[date]
    rank: int
    is_held: bool
    is_fixed: bool = False
    """Held, and too late to be exchanged."""
    is_asked_about: bool = False
    """Offered, or part of a call-out, and still to be answered."""
    must_choose: bool = False
    """Held until they have chosen between it and another that they hold: those two do not exclude each other yet."""
    list_id: int | None = None
    """The round whose ranked list it stands on; None when it was wished for later, by itself."""


@dataclass(frozen=True, kw_only=True)
class Waiter:
    """Somebody in a line, with all they hold and wait for."""

    booking_id: int
    person_id: int
    group: str | None
    wishes: tuple[Wish, ...]
    cap: int
    """Most seats the person wanted from the round's list."""
    barred: Refusal | None = None
    """Why the person may not have the seat today, though they could wait for it once."""
    has_standing_yes: bool = True
    """They have said beforehand that they take the seat."""

    @property
    def wanted(self) -> Wish:
        """What the person waits for in this line."""
        return next(wish for wish in self.wishes if wish.booking_id == self.booking_id)


def would_leave(waiter: Waiter) -> list[int] | None:
    """The seats (booking ids) that the person would give up for the one waited for; None when they would not take it.

    A place in line that would not be taken is dormant: it is kept, and passed over. So is the place of somebody who
    is not eligible today. What stands on the same ranked list is weighed by rank (Ch_a, section 2.3), and so is
    another session of the same course; every other seat was taken by a decision of its own and is never exchanged
    behind the person's back. Two seats between which somebody has still to choose are both held until then, and only
    what cannot be beside the one waited for is given up.
    """
    wanted = waiter.wanted
    held = [wish for wish in waiter.wishes if wish.is_held]
    if waiter.barred is not None:
        return None
    if not held and waiter.cap >= 1:
        return []  # As most in a long line, each of whom is asked for the place of whoever comes after them.
    loose = [wish for wish in held if not _is_fixed(wish, held) and _is_on_one_list(wish, wanted)]
    if any(_exclude_each_other(wish, wanted) for wish in held if wish not in loose):
        return None
    cap = _room(waiter, held, loose) if wanted.list_id is not None else len(loose) + 1
    ordered = sorted([wanted, *loose], key=lambda wish: (wish.rank, wish.is_held, wish.booking_id))
    listed = [
        ListedSession(
            session=str(wish.session_id),
            course=str(wish.course_id),
            days=frozenset(day.toordinal() for day in _days_of_its_own(wish, held, wanted)),
        )
        for wish in ordered
    ]
    taken = set(choose(listed, {wish.session for wish in listed}, cap=cap))
    if str(wanted.session_id) not in taken:
        return None
    return [wish.booking_id for wish in loose if str(wish.session_id) not in taken]


def _days_of_its_own(wish: Wish, held: Sequence[Wish], wanted: Wish) -> frozenset[date]:
    """The days of a wish; of a seat that is still to be chosen not those on which the person has another already."""
    others = [each.days - wanted.days for each in held if each is not wish] if wish.must_choose else []
    return wish.days.difference(*others)


def _room(waiter: Waiter, held: Sequence[Wish], loose: Sequence[Wish]) -> int:
    """How many of the list's seats can still be chosen freely: those that are fixed count as chosen."""
    fixed = [wish for wish in held if wish.list_id == waiter.wanted.list_id and wish not in loose]
    return waiter.cap - len(fixed)


def _is_fixed(wish: Wish, held: Sequence[Wish]) -> bool:
    """Seats between which somebody has still to choose can be left however late it is."""
    return wish.is_fixed and all(wish.days.isdisjoint(each.days) for each in held if each.must_choose)


def _is_on_one_list(held: Wish, wanted: Wish) -> bool:
    same_list = wanted.list_id is not None and held.list_id == wanted.list_id
    return held.course_id == wanted.course_id or same_list


def _exclude_each_other(one: Wish, other: Wish) -> bool:
    return one.course_id == other.course_id or not one.days.isdisjoint(other.days)


def stands_for(leaves: Iterable[int], moved_at: datetime | None) -> str:
    """What a yes means, as a page that was drawn before the answer can carry it.

    It is said to giving up these seats, and to a session as it was shown: since it was last moved, if it ever was.
    """
    moved = [f"@{moved_at.timestamp()}"] if moved_at is not None else []
    return "-".join([*map(str, sorted(leaves)), *moved])


@dataclass(frozen=True)
class Move:
    """Somebody gets the seat they waited for, and gives up these (booking ids)."""

    waiter: Waiter
    leaves: tuple[int, ...]

    @property
    def left(self) -> list[Wish]:
        """The seats that are given up."""
        return [wish for wish in self.waiter.wishes if wish.booking_id in self.leaves]


def next_in_line(
    line: Sequence[Waiter],
    *,
    reserves: Mapping[str, int],
    booked: Mapping[str | None, int],
    starts_on: date,
    today: date,
) -> Move | None:
    """The first in line who would take the seat; while reserves hold, the first of a group short of its own.

    `line` is in order, `booked` counts the seats held by group.
    """
    moves = [Move(waiter, tuple(leaves)) for waiter in line if (leaves := would_leave(waiter)) is not None]
    groups = [move.waiter.group for move in moves]
    first = _next_group(groups, reserves=reserves_then(reserves, starts_on=starts_on, today=today), booked=booked)
    return None if first is None else moves[first]


def reserves_then(reserves: Mapping[str, int], *, starts_on: date, today: date) -> Mapping[str, int]:
    """The reserves that hold on a day: they do until 42 days before the start."""
    return reserves if starts_on - today > RESERVES_UNTIL else {}


def seats_go_to(
    groups: Sequence[str | None], *, room: int, reserves: Mapping[str, int], booked: Mapping[str | None, int]
) -> list[int]:
    """To whom so many free seats go, of people in line who all would take one: their numbers in it, from 0."""
    left, held = list(enumerate(groups)), Counter(booked)
    found: list[int] = []
    while left and len(found) < room:
        first = _next_group([group for _, group in left], reserves=reserves, booked=held)
        assert first is not None, "somebody is left"
        number, group = left.pop(first)
        held[group] += 1
        found.append(number)
    return found


def _next_group(
    groups: Sequence[str | None], *, reserves: Mapping[str, int], booked: Mapping[str | None, int]
) -> int | None:
    for number, group in enumerate(groups):
        if group is not None and booked.get(group, 0) < reserves.get(group, 0):
            return number
    return 0 if groups else None


@dataclass(frozen=True)
class Standing:
    """A place among those who would take a seat now, from 1: in all, and among the person's own group."""

    in_all: int
    in_group: int


def standings(line: Sequence[Waiter]) -> dict[int, Standing | None]:
    """As `active_places`, with the place in the group."""
    passed: Counter[str | None] = Counter()
    found: dict[int, Standing | None] = {}
    for waiter in line:
        found[waiter.booking_id] = None
        if would_leave(waiter) is not None:
            passed[waiter.group] += 1
            found[waiter.booking_id] = Standing(passed.total(), passed[waiter.group])
    return found


def active_places(line: Sequence[Waiter]) -> dict[int, int | None]:
    """For each booking in line its place among those who would take a seat now, from 1; None for the dormant."""
    return {booking_id: found.in_all if found else None for booking_id, found in standings(line).items()}


def would_come(line: Iterable[Waiter]) -> int:
    """How many in a line would take a seat now; the others are passed over, however many seats are free."""
    return sum(would_leave(waiter) is not None for waiter in line)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A line as one person sees it, from their place in it or from its end: who is before them and who behind.

    Whoever would plainly take the seat, since nothing that they have is in the way of it, may be counted only.
    """

    before: Sequence[Waiter] = ()
    own: Waiter | None = None
    """The person themselves, where they have a place; else everybody is before them."""
    behind: Sequence[Waiter] = ()
    counted_before: Counter[str] = field(default_factory=Counter)
    """By group."""
    counted_behind: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> list[Waiter]:
        """Everybody who is not only counted, in order."""
        return [*self.before, *([self.own] if self.own is not None else []), *self.behind]

    @property
    def comers_before(self) -> int:
        """How many before the person would take a seat now."""
        return self.counted_before.total() + would_come(self.before)

    @property
    def comers(self) -> int:
        """As `would_come`."""
        return self.counted_before.total() + self.counted_behind.total() + would_come(self.asked)

    @property
    def waiting(self) -> int:
        """How many stand in the line."""
        return self.counted_before.total() + self.counted_behind.total() + len(self.asked)

    @property
    def groups(self) -> set[str | None]:
        """Of everybody in the line."""
        return {*self.counted_before, *self.counted_behind, *(waiter.group for waiter in self.asked)}

    @property
    def standing(self) -> Standing | None:
        """As `standings`, of the person's own place; None also where they have none."""
        if self.own is None or would_leave(self.own) is None:
            return None
        group = self.own.group
        in_group = would_come(waiter for waiter in self.before if waiter.group == group)
        counted = self.counted_before[group] if group is not None else 0
        return Standing(self.comers_before + 1, counted + in_group + 1)

    @property
    def position(self) -> int | None:
        """As `active_places`, of the person's own place."""
        standing = self.standing
        return standing.in_all if standing is not None else None
