"""Who sits where while a run goes on, and whom a session turns down when one more comes (2.4, 2.5)."""

from bisect import bisect_left, insort
from collections.abc import Collection

from bookings.rules.allocation.market import Market, Wish

NEVER = 1 << 62
"""The cutoff where nobody was turned down; every rank is below it."""

CLOSED = -1
"""The cutoff of a cancelled session; no rank is below it."""


class Seats:
    """The takers of all sessions, and the best rank that each has turned down.

    A session's takers stand in lines of sorted ranks. The first of a line, as many as its reserve, are protected,
    and the rest of it sits on open seats. Nobody who leaves makes a protected taker an open one, so a newcomer
    displaces one person at most: the one with the worst key on an open seat, who may be the newcomer.
    """

    __slots__ = ("best_refused", "cuts", "line_refused", "lines", "market", "taken")

    def __init__(self, market: Market, cancelled: Collection[int]) -> None:
        self.market = market
        self.cuts = [
            CLOSED if session in cancelled else NEVER
            for session in range(len(market.sessions))
            for _ in range(market.groups)
        ]
        self.best_refused = [NEVER] * len(market.sessions)
        self.line_refused = [False] * len(market.reserves)
        self.lines: list[list[int]] = [[] for _ in market.reserves]
        self.taken = [0] * len(market.sessions)

    def join(self, wish: Wish) -> int | None:
        """Seat a newcomer, and return the rank of the person who has to go, or None if nobody has.

        Two rules are easy to forget here, and every explanation of a refusal rests on them (section 3): a seat of
        a reserve stays kept for its group once somebody of the group was turned down, and open seats are closed
        to everybody behind the best key that was ever turned down.
        """
        session, rank, _, own_line, _ = wish
        insort(self.lines[own_line], rank)
        self.taken[session] += 1
        kept = 0
        worst, worst_line = CLOSED, own_line
        for line in self.market.lines[session]:
            queue = self.lines[line]
            unfilled = self.market.reserves[line] - len(queue)
            if unfilled < 0:
                if queue[-1] > worst:
                    worst, worst_line = queue[-1], line
            elif self.line_refused[line]:
                kept += unfilled
        if self.taken[session] + kept <= self.market.capacities[session] and worst < self.best_refused[session]:
            return None
        self.lines[worst_line].pop()
        self.taken[session] -= 1
        self.line_refused[worst_line] = True
        self.best_refused[session] = min(worst, self.best_refused[session])
        return worst

    def leave(self, wish: Wish) -> None:
        """Free the seat of somebody who takes something else instead."""
        session, rank, _, line, _ = wish
        queue = self.lines[line]
        del queue[bisect_left(queue, rank)]
        self.taken[session] -= 1
