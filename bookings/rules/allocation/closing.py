"""Which sessions are cancelled because too few came: one at a time, and a new run after each (2.6)."""

from fractions import Fraction

from bookings.rules.allocation.instance import Instance
from bookings.rules.allocation.market import Market
from bookings.rules.allocation.run import Holdings, Run, admitted


def run_with_closing(instance: Instance, market: Market, run: Run) -> tuple[Holdings, frozenset[int]]:
    """Return what everybody holds in the last run, and the sessions that it went without.

    Without automatic closing the staff have decided, and there is one run without the sessions that they closed.
    """
    if not instance.policy.auto_close:
        closed = frozenset(market.sessions.index(name) for name in instance.policy.closed)
        return run(closed), closed
    cancelled: set[int] = set()
    holdings = run(cancelled)
    while (weakest := _weakest(market, holdings, cancelled)) is not None:
        cancelled.add(weakest)
        if weakest in market.asked_for:  # Without a session that nobody asked for the run is the same.
            holdings = run(cancelled)
    return holdings, frozenset(cancelled)


def _weakest(market: Market, holdings: Holdings, cancelled: set[int]) -> int | None:
    """Return the session that is furthest below its minimum, the first by id of several, or None.

    Choosing the right sessions to cancel is NP-hard (Biró et al. 2010), so this is a plain rule that staff can
    follow by hand, not the best set.
    """
    counts = admitted(market, holdings)
    below = [
        (Fraction(count, minimum), session)
        for session, (count, minimum) in enumerate(zip(counts, market.minimums, strict=True))
        if count < minimum and session not in cancelled
    ]
    return min(below)[1] if below else None
