"""The run, compiled: everybody asks, sessions turn down, and whoever is turned down walks their list again (2.5).

It goes step by step with `run` and `seats` of the rules, where the reasons stand. A taker is one whole number here,
the rank above and the person below, so that a line in order of these is in order of the ranks.
"""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from bookings.kernel.arrays import Arrays, Rows, Small, Whole

Function = TypeVar("Function", bound=Callable[..., Any])

NEVER = np.iinfo(np.int32).max
CLOSED = NOBODY = -1
NONE_REFUSED = np.iinfo(np.int64).max
PERSON_BITS = 32


class Standing(NamedTuple):
    """What changes while a run goes on."""

    held: NDArray[np.bool_]  # By wish.
    cuts: Small  # By cell: the best rank that was turned down.
    best_refused: Whole  # By session: the best taker that was turned down.
    sessions: Rows
    lines: Rows
    queues: Whole  # The takers who stand in a line, best first.
    wanted: Whole  # The wishes that a person takes on their walk.


def granted(arrays: Arrays, cancelled: Collection[int]) -> NDArray[np.bool_]:
    """Return which wishes are granted when nobody has anything left to ask for; cancelled sessions give no seats."""
    count = len(arrays.sessions) - 1
    cuts = np.full((count, arrays.groups), NEVER, dtype=np.int32)
    cuts[list(cancelled)] = CLOSED
    standing = Standing(
        held=np.zeros(len(arrays.wishes), dtype=np.bool_),
        cuts=cuts.reshape(-1),
        best_refused=np.full(count, NONE_REFUSED, dtype=np.int64),
        sessions=arrays.sessions.copy(),
        lines=arrays.lines.copy(),
        queues=np.zeros(len(arrays.wishes), dtype=np.int64),
        wanted=np.zeros(np.diff(arrays.people["wishes"]).max(initial=0), dtype=np.int64),
    )
    _run(arrays, standing)
    return standing.held


def compiled(function: Function) -> Function:
    """Compile a function at its first call, and keep what was compiled for the next process where that can be."""
    try:
        return cast("Function", numba.njit(cache=True)(function))
    except RuntimeError:  # There is no folder that may be written to.
        return cast("Function", numba.njit(function))


@compiled
def _clash(arrays: Arrays, one: int, other: int) -> bool:
    """Say whether two sessions share their course or a day; rows of days are in order and walked side by side."""
    here, there = arrays.sessions[one], arrays.sessions[other]
    if here.course == there.course:
        return True
    if here.last < there.first or there.last < here.first:
        return False
    mine, end = here.marks + 1, arrays.sessions[one + 1].marks
    theirs, last = there.marks + 1, arrays.sessions[other + 1].marks
    while mine < end and theirs < last:
        if arrays.marks[mine] == arrays.marks[theirs]:
            return True
        if arrays.marks[mine] < arrays.marks[theirs]:
            mine += 1
        else:
            theirs += 1
    return False


@compiled
def _want(arrays: Arrays, standing: Standing, person: int) -> int:
    """Write down which wishes a person takes of those that are not cut off, and return how many (2.3)."""
    count = 0
    group, cap = arrays.people[person].group, arrays.people[person].cap
    for wish in range(arrays.people[person].wishes, arrays.people[person + 1].wishes):
        if count == cap:
            break
        session = arrays.wishes[wish].session
        if arrays.wishes[wish].rank >= standing.cuts[session * arrays.groups + group]:
            continue
        for place in range(count):
            if _clash(arrays, arrays.wishes[standing.wanted[place]].session, session):
                break
        else:
            standing.wanted[count] = wish
            count += 1
    return count


@compiled
def _taker(arrays: Arrays, wish: int, person: int) -> int:
    """Return the number that stands for a person in a line."""
    return (int(arrays.wishes[wish].rank) << PERSON_BITS) | person


@compiled
def _enter(standing: Standing, line: int, taker: int) -> None:
    """Put a taker in their place in a line."""
    start = standing.lines[line].queue
    place = start + standing.lines[line].length
    while place > start and standing.queues[place - 1] > taker:
        standing.queues[place] = standing.queues[place - 1]
        place -= 1
    standing.queues[place] = taker
    standing.lines[line].length += 1


@compiled
def _leave(standing: Standing, session: int, line: int, taker: int) -> None:
    """Free the seat of somebody who takes something else instead."""
    place = standing.lines[line].queue
    end = place + standing.lines[line].length
    while standing.queues[place] != taker:
        place += 1
    for later in range(place + 1, end):
        standing.queues[later - 1] = standing.queues[later]
    standing.lines[line].length -= 1
    standing.sessions[session].taken -= 1


@compiled
def _join(standing: Standing, session: int, own_line: int, taker: int) -> int:
    """Seat a newcomer, and return the taker who has to go, or NOBODY: an open seat's worst key, if one is too many.

    Kept are the unfilled seats of reserves that have turned somebody down, and open seats are closed behind the best
    taker that was ever turned down.
    """
    _enter(standing, own_line, taker)
    standing.sessions[session].taken += 1
    kept = 0
    worst, worst_line = CLOSED, own_line
    for line in range(standing.sessions[session].lines, standing.sessions[session + 1].lines):
        row = standing.lines[line]
        unfilled = row.reserve - row.length
        if unfilled < 0:
            last = standing.queues[row.queue + row.length - 1]
            if last > worst:
                worst, worst_line = last, line
        elif row.refused:
            kept += unfilled
    has_room = standing.sessions[session].taken + kept <= standing.sessions[session].capacity
    if has_room and worst < standing.best_refused[session]:
        return NOBODY
    standing.lines[worst_line].length -= 1
    standing.lines[worst_line].refused = 1
    standing.sessions[session].taken -= 1
    standing.best_refused[session] = min(worst, standing.best_refused[session])
    return worst


@compiled
def _turn_down(arrays: Arrays, standing: Standing, session: int, taker: int) -> int:
    """Cut off behind a taker whom a session has turned down, and return who it is."""
    person = taker & ((1 << PERSON_BITS) - 1)
    standing.cuts[session * arrays.groups + arrays.people[person].group] = taker >> PERSON_BITS
    for wish in range(arrays.people[person].wishes, arrays.people[person + 1].wishes):
        if arrays.wishes[wish].session == session:
            standing.held[wish] = False
            break
    return person


@compiled
def _walk(arrays: Arrays, standing: Standing, person: int, losers: Small) -> int:
    """Let a person walk their list once, write down who was turned down by that, in order, and return how many."""
    count = _want(arrays, standing, person)
    group = arrays.people[person].group
    place = 0
    for wish in range(arrays.people[person].wishes, arrays.people[person + 1].wishes):
        if place < count and standing.wanted[place] == wish:
            place += 1
        elif standing.held[wish]:
            session = arrays.wishes[wish].session
            _leave(standing, session, arrays.line_of[session * arrays.groups + group], _taker(arrays, wish, person))
            standing.held[wish] = False
    turned_down = 0
    for place in range(count):
        wish = standing.wanted[place]
        if standing.held[wish]:
            continue
        session = arrays.wishes[wish].session
        taker = _taker(arrays, wish, person)
        loser = _join(standing, session, arrays.line_of[session * arrays.groups + group], taker)
        standing.held[wish] = True
        if loser != NOBODY:
            losers[turned_down] = _turn_down(arrays, standing, session, loser)
            turned_down += 1
            if loser == taker:
                break
    return turned_down


@compiled
def _run(arrays: Arrays, standing: Standing) -> None:
    """Let everybody enter in turn; who is turned down walks again, and the last of them first (2.5)."""
    stack = np.empty(1024, dtype=np.int32)
    losers = np.empty(len(standing.wanted), dtype=np.int32)
    for newcomer in range(len(arrays.people) - 1):
        stack[0] = newcomer
        depth = 1
        while depth:
            depth -= 1
            turned_down = _walk(arrays, standing, stack[depth], losers)
            if depth + turned_down > len(stack):
                longer = np.empty(2 * (depth + turned_down), dtype=np.int32)
                longer[:depth] = stack[:depth]
                stack = longer
            stack[depth : depth + turned_down] = losers[:turned_down]
            depth += turned_down
