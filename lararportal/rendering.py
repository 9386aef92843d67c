"""How pages are put together: all templates know the same, and the address of a page is made up once."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment

KNOWN_ADDRESSES = 4096
"""How many addresses each process remembers; what was longest not asked for goes first."""
NOT_OF_ALL = frozenset({"_external", "token"})
"""What makes an address that of one host, or of one person."""


class Templates(Environment):
    """Templates to which nothing is told beside what all of them know."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows: all do the same, so that what one imports of another need not be made anew for it.

        Jinja lays a map of its own over it for each template, and compares two such maps at every import.
        """
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    """Gives templates a `url_for` that remembers. It leads within the portal, so that no request is needed for it.

    What opens a door is not remembered, nor what depends on the page or the host.
    """
    address = lru_cache(KNOWN_ADDRESSES, typed=True)(app.url_for)

    def url_for(endpoint: str, **values: Any) -> str:
        is_of_all = not endpoint.startswith(".") and NOT_OF_ALL.isdisjoint(values)
        return address(endpoint, **values) if is_of_all else app.url_for(endpoint, **values)

    app.jinja_env.globals["url_for"] = url_for
