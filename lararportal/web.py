"""The web processes: gunicorn around the application, with settings fit for production."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.errors import NoMoreData, ParseException

from lararportal.app import create_app
from lararportal.config import Settings
from lararportal.edge import install
from lararportal.parting import lay_out, prepare

PROCESSES = 3
"""For two cores: four are no sooner done with what hundreds ask for at once, and keep a fifth more in memory."""

BACKLOG = 2048
"""So many may wait until a process has time for them."""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where the sign of life of a worker costs no disk


class StructuredLogger(Logger):
    """Gunicorn's own words in the same shape as ours."""

    def setup(self, cfg: Any) -> None:
        """Hands everything on to the root logger."""
        super().setup(cfg)
        for name in ("gunicorn.error", "gunicorn.access"):
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True


class Server(BaseApplication):
    """Gunicorn for one installation, with `processes` processes that answer one request at a time each."""

    def __init__(self, settings: Settings, *, bind: str, processes: int) -> None:
        self._settings = settings
        self._options: dict[str, Any] = {
            "bind": bind,
            "workers": processes,
            "backlog": BACKLOG,
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": 30,
            "worker_tmp_dir": str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None,
            "logger_class": StructuredLogger,
            "accesslog": None,
            "loglevel": settings.log_level,
            "control_socket_disable": True,
            # LARARPORTAL_PROXIES says who is believed; gunicorn would believe others as well.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
        }
        super().__init__()

    def load_config(self) -> None:
        """Tells gunicorn what we want."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        """The application, made once before the processes part; no connection that it opens stays open."""
        place = install(self._settings)
        app = create_app(self._settings, place)
        answer_bodies(app)
        lay_out(app)
        prepare(place.database)
        return app


def answer_bodies(app: Flask) -> None:
    """What was sent in pieces that cannot be put together, or without its end, is no fault of the portal's.

    Gunicorn finds it out while a view reads, and tells it by exceptions of its own.
    """
    for fault in (ParseException, NoMoreData):
        app.register_error_handler(fault, _not_read)


def _not_read(_fault: Exception) -> tuple[str, int]:
    return render_template("error.html", code=400), 400
