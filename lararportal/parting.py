"""Before processes part: what each would lay out for itself is there, and nobody writes in what they share."""

import gc
from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import DBAPIError

from lararportal import pages, parts
from lararportal.db import Database

SELDOM = (20_000, 20, 20)
"""When the collector of garbage looks: a page makes some thousand objects, which go by themselves when it is done."""

PAGES = (
    "base.html", "components.html", "courses/_parts.html", "courses/_programme.html", "courses/session.html",
    "bookings/_session.html", "bookings/_session_actions.html",
)  # fmt: skip
PARTS = (
    "components.html", "courses/_parts.html", "courses/_days.html", "courses/_told.html",
    "_links.html", "_footer.html",
)  # fmt: skip
LETTERS = ("letters/_parts.txt", "letters/seat_booked.txt", "letters/place_in_line.txt")
"""What hundreds ask for at once, when seats open: page, parts of it, and the letter about what they got."""


def lay_out(app: Flask) -> None:
    """These templates are compiled, which takes a tenth of a second: each process would do it at its first page.

    All of them take a second and a half, and whoever starts the portal waits for them.
    """
    for name in PAGES:
        app.jinja_env.get_template(name)
    for name in PARTS:
        parts.of(app).get_template(name)
    for name in LETTERS:
        pages.letters().get_template(name)


def lay_out_letters() -> None:
    """Every letter's template is compiled, and what letters say in words is put together.

    It takes a fifth of a second, of which each job would do its part anew: it is a process that ends with it.
    """
    pages.words()
    for name in pages.letters().list_templates(filter_func=lambda each: each.startswith("letters/")):
        pages.letters().get_template(name)


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
