"""One run: everybody asks, sessions turn down, and whoever is turned down walks their list again (2.5).

This is the applicant-proposing deferred acceptance of Gale and Shapley, for lists that may overlap. A session turns
down each person once at most, so a run ends.
"""

from collections.abc import Callable, Collection, Sequence

from bookings.rules.allocation.market import Market, Wish
from bookings.rules.allocation.progress import Told, counted, untold
from bookings.rules.allocation.seats import Seats

Holdings = list[list[Wish]]
"""What each person holds, in list order."""

Run = Callable[[Collection[int]], Holdings]
"""A run of one market: it takes the sessions that are cancelled, and returns what each person holds."""


def run(market: Market, cancelled: Collection[int], *, told: Told = untold) -> Holdings:
    """Return what each person holds when nobody has anything left to ask for; cancelled sessions give no seats."""
    seats = Seats(market, cancelled)
    holdings: Holdings = [[] for _ in market.people]
    for newcomer in counted(market.turns, "giving seats", told):
        stack = [newcomer]
        while stack:
            stack.extend(_walk(market, seats, holdings, stack.pop()))
    return holdings


def admitted(market: Market, holdings: Holdings) -> list[int]:
    """Return how many each session has admitted."""
    counts = [0] * len(market.sessions)
    for held in holdings:
        for wish in held:
            counts[wish[0]] += 1
    return counts


def _walk(market: Market, seats: Seats, holdings: Holdings, person: int) -> list[int]:
    """Let a person walk their list once, and return who was turned down by that, in the order it happened.

    A person who is turned down themselves stops there. They then stand last in the answer, and so walk again
    before anybody else: walking on instead would build on a seat that they no longer have.
    """
    wanted = _wanted(market.wishes[person], seats.cuts, market.caps[person])
    if wanted == holdings[person]:
        return []
    for wish in holdings[person]:
        if wish not in wanted:
            seats.leave(wish)
    held = {wish for wish in holdings[person] if wish in wanted}
    turned_down: list[int] = []
    for wish in wanted:
        if wish in held:
            continue
        rank = seats.join(wish)
        if rank is None:
            held.add(wish)
            continue
        loser = market.owners[rank]
        turned_down.append(loser)
        if loser == person:
            seats.cuts[wish[2]] = rank
            break
        held.add(wish)
        lost = next(other for other in holdings[loser] if other[0] == wish[0])
        holdings[loser].remove(lost)
        seats.cuts[lost[2]] = rank
    holdings[person] = [wish for wish in wanted if wish in held]
    return turned_down


def _wanted(wishes: Sequence[Wish], cuts: Sequence[int], cap: int) -> list[Wish]:
    """Return what a person takes of the sessions that have turned down nobody of their group before them (2.3).

    It is `choice.choose` in whole numbers: two sessions exclude each other when their blocks share a bit.
    """
    taken: list[Wish] = []
    blocked = 0
    for wish in wishes:
        if len(taken) == cap:
            break
        _, rank, cell, _, block = wish
        if rank < cuts[cell] and not block & blocked:
            taken.append(wish)
            blocked |= block
    return taken
