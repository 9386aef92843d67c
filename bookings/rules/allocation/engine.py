"""The whole allocation of a round: a frozen input in, its result out (2.1 to 2.8)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bookings.rules.allocation.closing import run_with_closing
from bookings.rules.allocation.decisions import result_document
from bookings.rules.allocation.market import Market, market_of
from bookings.rules.allocation.progress import Told, untold
from bookings.rules.allocation.reading import read
from bookings.rules.allocation.run import Run, run


def allocate(
    document: dict[str, Any], *, ready: Callable[[Market], Run] | None = None, told: Told = untold
) -> dict[str, Any]:
    """Return the `alloc-result/1` document of an `alloc-instance/1` document, or raise `MalformedInstance`.

    The same input gives the same result on any machine and on any day: nothing else is read, and the lots come
    from the seed in the document. `ready` makes a run out of a market where plain Python would take too long; it must
    give the same seats. Whoever wants to know how far it has come is `told`.
    """
    instance = read(document, told=told)
    market = market_of(instance)
    plain = partial(run, market, told=told)
    holdings, cancelled = run_with_closing(instance, market, ready(market) if ready else plain)
    return result_document(instance, market, holdings, cancelled, told=told)
