"""The portal as tests ask it: made once for all who leave it as it is, under a clock that can be stopped."""

from pathlib import Path

from flask import Flask, g, request
from jinja2 import FileSystemBytecodeCache

from lararportal.app import create_app
from lararportal.edge import Installation
from lararportal.sealing import Safe, read_key, read_ring

PORTAL = "http://portal.test"
KEYS = {
    "LARARPORTAL_DATA_KEYS": "new:CpXMpOhjAd2hFkNuXwdyz1oVq6Yw0c0bH4kUqE5b7nI=,"
    "old:Nz1m8w4iY2mV0bS9gqUu6rG0x3hKk5TqjXcEw7Dn2Zo=",
    "LARARPORTAL_INDEX_KEY": "b0m1mZ2c4Qe8kPq3xVtYhWn7sLr9uJdGf5aCiEoTzX0=",
}
"""What personal numbers are encrypted with and found by in tests."""
SAFE = Safe(read_ring(KEYS["LARARPORTAL_DATA_KEYS"]), read_key(KEYS["LARARPORTAL_INDEX_KEY"]))
STOPPED = "test.now"
"""Where a browser keeps the moment at which all its requests happen."""


def stop_the_clock() -> None:
    """A request happens at the moment of its browser, if that has one."""
    if STOPPED in request.environ:
        g.now = request.environ[STOPPED]


def made(place: Installation, *, compiled: Path) -> Flask:
    """A portal for tests; `compiled` is where they all keep the templates that one of them has compiled."""
    app = create_app(place.settings, place)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    app.before_request(stop_the_clock)
    return app


def closed(app: Flask) -> Flask:
    """The same, to which nothing can be added any more: it has answered a request."""
    assert app.test_client().get("/healthz").status_code == 200
    return app
