"""The collector of garbage, in processes that last: it looks seldom, and only at what comes."""

import gc

SELDOM = (20_000, 20, 20)
"""When it looks: a page makes some thousand objects, which go by themselves when it is done."""


def spare_the_collector() -> None:
    """What is there by now is no garbage, and the collector leaves it alone; at what comes it looks seldom.

    It would write in every page of the memory that processes share, and make it their own; and it took a tenth of a
    page's time when it came several times in each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
