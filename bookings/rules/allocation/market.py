"""The run's input in whole numbers: persons and sessions become indices, and keys become ranks.

The run compares and counts a great deal, and all that it needs is worked out here beforehand (allocation rules,
section 5). A market holds little else than whole numbers, so that a compiled kernel could take the same one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bookings.rules.allocation.instance import Instance
from bookings.rules.allocation.priority import Key, keys, person_order

Wish = tuple[int, int, int, int, int]
"""One entry of a person's list: session, rank, cell, line, block.

`rank` is the person's place among the keys of the session's course, `cell` where the cutoff of their group at the
session stands, `line` which line of takers they stand in there, and `block` a bit for the course and for each day:
two sessions of which a person can have only one share a bit. The bit of a course is its place among the courses on
that one list, so that a block stays small however many courses there are.
"""

OTHERS = ""
"""Names the line of all whose group has no reserve at a session; no group has an empty name."""


@dataclass(frozen=True, slots=True)
class Market:
    """What a run needs to know, by index. Ids are numbered in order, so an index breaks ties as its id would."""

    people: tuple[str, ...]
    turns: tuple[int, ...]  # The persons in person order (2.5).
    wishes: tuple[tuple[Wish, ...], ...]  # By person: the list, without what they are not eligible for.
    caps: tuple[int, ...]  # By person: the smaller of the own cap and the policy's.
    keys: tuple[Key, ...]  # By rank: the ranks of one course follow each other, and two courses share none.
    owners: tuple[int, ...]  # By rank: the person.
    sessions: tuple[str, ...]
    capacities: tuple[int, ...]  # By session.
    minimums: tuple[int, ...]  # By session.
    marks: tuple[tuple[int, ...], ...]  # By session: its course, and then its days, numbered in order behind them.
    lines: tuple[tuple[int, ...], ...]  # By session: a line for each group with a reserve, and one for all others.
    reserves: tuple[int, ...]  # By line: how many at its head are protected.
    groups: int  # How many; the cells of a session follow each other, one for each group.
    asked_for: frozenset[int]  # The sessions that somebody eligible has on their list.


def market_of(instance: Instance) -> Market:
    """Return the market of a frozen input."""
    sessions = instance.sessions.values()
    people = _numbered(instance.applicants)
    groups = _numbered(sorted({applicant.group for applicant in instance.applicants.values()}))
    queues = keys(instance)
    ranked = [key for queue in queues.values() for key in queue]
    lines, reserves = _lines(instance)
    marks = _marks(instance)
    wishes = _wishes(instance, queues, lines, groups, marks)
    return Market(
        people=tuple(people),
        turns=tuple(people[name] for name in person_order(instance)),
        wishes=wishes,
        caps=tuple(min(applicant.cap, instance.policy.cap) for applicant in instance.applicants.values()),
        keys=tuple(ranked),
        owners=tuple(people[key[-1]] for key in ranked),
        sessions=tuple(instance.sessions),
        capacities=tuple(session.capacity for session in sessions),
        minimums=tuple(session.minimum for session in sessions),
        marks=marks,
        lines=tuple(tuple(of_session.values()) for of_session in lines),
        reserves=reserves,
        groups=len(groups),
        asked_for=frozenset(wish[0] for mine in wishes for wish in mine),
    )


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(names)}


def _lines(instance: Instance) -> tuple[list[dict[str, int]], tuple[int, ...]]:
    """Return the lines of each session by group, and the reserve of each line; that of the others is 0."""
    lines: list[dict[str, int]] = []
    reserves: list[int] = []
    for session in instance.sessions.values():
        of_session: dict[str, int] = {}
        for group, seats in {**session.reserves, OTHERS: 0}.items():
            of_session[group] = len(reserves)
            reserves.append(seats)
        lines.append(of_session)
    return lines, tuple(reserves)


def _marks(instance: Instance) -> tuple[tuple[int, ...], ...]:
    """Return, for each session, the numbers of its course and its days; a course and a day never share one."""
    courses = _numbered(instance.courses)
    used = sorted({day for session in instance.sessions.values() for day in session.days})
    days = {day: index for index, day in enumerate(used, start=len(courses))}
    return tuple(
        (courses[session.course], *sorted(days[day] for day in session.days))
        for session in instance.sessions.values()
    )


def _ranks(queues: dict[str, list[Key]]) -> dict[str, dict[str, int]]:
    """Return, for each course, the rank of each person who may have it."""
    ranks: dict[str, dict[str, int]] = {}
    first = 0
    for course, queue in queues.items():
        ranks[course] = {key[-1]: rank for rank, key in enumerate(queue, start=first)}
        first += len(queue)
    return ranks


def _wishes(
    instance: Instance,
    queues: dict[str, list[Key]],
    lines: list[dict[str, int]],
    groups: dict[str, int],
    marks: Sequence[tuple[int, ...]],
) -> tuple[tuple[Wish, ...], ...]:
    """Return each person's list in numbers."""
    numbers = _numbered(instance.sessions)
    days = [sum(1 << (day - len(instance.courses)) for day in of_session) for _, *of_session in marks]
    first_free = max(days, default=0).bit_length()
    ranks = _ranks(queues)
    everybody: list[tuple[Wish, ...]] = []
    for applicant in instance.applicants.values():
        mine: list[Wish] = []
        bits: dict[str, int] = {}
        for name in applicant.requests:
            session, course = numbers[name], instance.sessions[name].course
            rank = ranks[course].get(applicant.id)
            if rank is not None:
                line = lines[session].get(applicant.group, lines[session][OTHERS])
                cell = session * len(groups) + groups[applicant.group]
                bit = bits.setdefault(course, 1 << (first_free + len(bits)))
                mine.append((session, rank, cell, line, days[session] | bit))
        everybody.append(tuple(mine))
    return tuple(everybody)
