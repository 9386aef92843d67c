"""A market made ready for compiled runs."""

from collections.abc import Collection

import numpy as np

from bookings.kernel.arrays import arrays_of
from bookings.kernel.seats import granted
from bookings.rules.allocation.market import Market
from bookings.rules.allocation.run import Holdings


class Kernel:
    """A market in arrays; to call it is to run it, as `run` does in plain Python."""

    def __init__(self, market: Market) -> None:
        self._wishes = market.wishes
        self._arrays = arrays_of(market)

    def __call__(self, cancelled: Collection[int]) -> Holdings:
        """Return what each person holds when nobody has anything left to ask for."""
        starts, order = self._arrays.people["wishes"].tolist(), self._arrays.order.tolist()
        holdings: Holdings = [[] for _ in self._wishes]
        entered = 0
        for wish in np.flatnonzero(granted(self._arrays, cancelled)).tolist():
            while starts[entered + 1] <= wish:
                entered += 1
            person = order[entered]
            holdings[person].append(self._wishes[person][wish - starts[entered]])
        return holdings
