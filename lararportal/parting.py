"""Before processes part: what each would lay out for itself is there, and nobody writes in what they share."""

import gc
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from lararportal.db import Database

SELDOM = (20_000, 20, 20)
"""When the collector of garbage looks: a page makes some thousand objects, which go by themselves when it is done."""


def prepare(database: Database) -> None:
    """The database has been greeted, if it is there, and the collector leaves alone what has been loaded by now.

    A first connection makes four megabytes that later ones need too; it is closed at once.
    """
    with suppress(DBAPIError), database.engine.connect():
        pass
    database.dispose()
    spare_the_collector()


def spare_the_collector() -> None:
    """What is there by now is no garbage, and the collector leaves it alone; at what comes it looks seldom.

    It would write in every page of the memory that processes share, and make it their own; and it took a tenth of a
    page's time when it came several times in each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
