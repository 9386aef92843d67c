"""A market in arrays: rows of small numbers that lie in memory in the order in which the run meets them."""

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bookings.rules.allocation.market import Market

MOST = (1 << 30) - 1
"""A number of seats beyond all that can be asked for; greater ones would do nothing more."""

Whole = NDArray[np.int64]
Small = NDArray[np.int32]
Rows = NDArray[Any]


def row(*names: str) -> np.dtype[Any]:
    """Return the kind of a row of small numbers."""
    return np.dtype([(name, np.int32) for name in names])


PERSON = row("wishes", "group", "cap")
WISH = row("session", "rank")
SESSION = row("marks", "course", "first", "last", "lines", "capacity", "taken")
LINE = row("queue", "reserve", "length", "refused")


class Arrays(NamedTuple):
    """A market in arrays. What belongs to a row begins where the row says and ends where the next one's begins.

    Persons stand in the order in which they enter the run, and `order` says who they are in the market. A cell is a
    session and a group, and the line of a wish follows from its cell. The marks of a session are its course and its
    days: two sessions of which a person can have only one share a mark.
    """

    order: Small
    people: Rows
    wishes: Rows
    sessions: Rows
    marks: Small
    lines: Rows
    line_of: Small  # By cell.
    groups: int

    def nbytes(self) -> int:
        """Return how much memory the arrays take."""
        return sum(part.nbytes for part in self if isinstance(part, np.ndarray))


def arrays_of(market: Market) -> Arrays:
    """Return a market in arrays."""
    counts = _small(map(len, market.wishes), len(market.people))
    total = int(counts.sum())
    cells = _small((wish[2] for wishes in market.wishes for wish in wishes), total)
    line_of = np.zeros(len(market.sessions) * market.groups, dtype=np.int32)
    line_of[cells] = _small((wish[3] for wishes in market.wishes for wish in wishes), total)
    groups = np.zeros(len(counts), dtype=np.int32)
    groups[np.repeat(np.arange(len(counts)), counts)] = cells % max(market.groups, 1)
    marks = _small(chain.from_iterable(market.marks), sum(map(len, market.marks)))
    return entering(
        turns=_small(market.turns, len(market.turns)),
        counts=counts,
        wished=cells // max(market.groups, 1),
        ranks=_small((wish[1] for wishes in market.wishes for wish in wishes), total),
        groups=groups,
        caps=_small((min(cap, MOST) for cap in market.caps), len(market.caps)),
        sessions=sessions_of(marks, list(map(len, market.marks)), list(map(len, market.lines)), market.capacities),
        marks=marks,
        reserves=market.reserves,
        line_of=line_of,
        group_count=market.groups,
    )


def entering(
    *,
    turns: Small,
    counts: Small,
    wished: Small,
    ranks: Small,
    groups: Small,
    caps: Small,
    sessions: Rows,
    marks: Small,
    reserves: Sequence[int],
    line_of: Small,
    group_count: int,
) -> Arrays:
    """Return arrays in which the persons stand in the order of entering, from tables in any order of persons."""
    people = np.zeros(len(turns) + 1, dtype=PERSON)
    people["wishes"] = starts_of(counts[turns])
    people["group"][:-1], people["cap"][:-1] = groups[turns], caps[turns]
    moved = np.repeat(starts_of(counts)[turns] - people["wishes"][:-1], counts[turns]) + np.arange(len(wished))
    wishes = np.empty(len(wished), dtype=WISH)
    wishes["session"], wishes["rank"] = wished[moved], ranks[moved]
    asked = np.bincount(line_of[wished * group_count + np.repeat(groups, counts)], minlength=len(reserves))
    seats = np.repeat(sessions["capacity"][:-1], np.diff(sessions["lines"]))
    lines = np.zeros(len(reserves), dtype=LINE)
    # A line is as long as the session has seats and one more, but never longer than its wishes.
    lines["queue"] = starts_of(np.minimum(asked, seats + 1))[:-1]
    lines["reserve"] = np.minimum(reserves, MOST)
    return Arrays(turns, people, wishes, sessions, marks, lines, line_of, group_count)


def sessions_of(
    marks: Small, mark_counts: Sequence[int], line_counts: Sequence[int], capacities: Sequence[int]
) -> Rows:
    """Return the rows of the sessions, and one behind them that says where the last one's marks and lines end."""
    rows = np.zeros(len(capacities) + 1, dtype=SESSION)
    rows["marks"], rows["lines"] = starts_of(mark_counts), starts_of(line_counts)
    begins, ends = rows["marks"][:-1], rows["marks"][1:]
    rows["course"][:-1] = marks[begins]
    # Without a day a session clashes with none: it is over before it begins.
    has_days = ends - begins > 1
    rows["first"], rows["last"] = 0, -1
    rows["first"][:-1][has_days] = marks[begins[has_days] + 1]
    rows["last"][:-1][has_days] = marks[ends[has_days] - 1]
    rows["capacity"][:-1] = np.minimum(capacities, MOST)
    return rows


def starts_of(counts: Collection[int] | Small) -> Whole:
    """Return where the entries of each begin, and at the end where the last one's end."""
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(np.asarray(counts, dtype=np.int64), out=starts[1:])
    return starts


def _small(numbers: Any, count: int) -> Small:
    return np.fromiter(numbers, dtype=np.int32, count=count)
