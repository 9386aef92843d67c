"""The whole allocation of a round: a frozen input in, its result out (2.1 to 2.8)."""

from typing import Any

from bookings.rules.allocation.closing import run_with_closing
from bookings.rules.allocation.decisions import result_document
from bookings.rules.allocation.market import market_of
from bookings.rules.allocation.reading import read


def allocate(document: dict[str, Any]) -> dict[str, Any]:
    """Return the `alloc-result/1` document of an `alloc-instance/1` document, or raise `MalformedInstance`.

    The same input gives the same result on any machine and on any day: nothing else is read, and the lots come
    from the seed in the document.
    """
    instance = read(document)
    market = market_of(instance)
    holdings, cancelled = run_with_closing(instance, market)
    return result_document(instance, market, holdings, cancelled)
