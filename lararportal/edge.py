"""What every edge shares: the database of this application, the moment of this request, the nudge after commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import current_app, g
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

from lararportal import clock
from lararportal.config import Settings
from lararportal.db import Database

log = structlog.get_logger()

QUEUE = "lararportal"
NUDGED = "lararportal:nudged"
NUDGE_SECONDS = 60
"""How long a nudge stands for all that follow it, should nobody take it."""


@dataclass(frozen=True)
class Installation:
    """What one application or worker works with."""

    settings: Settings
    database: Database
    redis: Redis

    @property
    def queue(self) -> Queue:
        """The queue that the workers listen to."""
        return Queue(QUEUE, connection=self.redis, serializer=JSONSerializer)


def installation() -> Installation:
    """The installation behind the current application."""
    found = current_app.extensions["lararportal"]
    assert isinstance(found, Installation)
    return found


def moment() -> datetime:
    """The moment of this request: the clock is asked once, and everything in the request happens then."""
    if "now" not in g:
        g.now = clock.now()
    now = g.now
    assert isinstance(now, datetime)
    return now


@contextmanager
def reading() -> Iterator[Session]:
    """One transaction for a page that only reads."""
    with installation().database.transaction() as db:
        yield db


@contextmanager
def deed() -> Iterator[Session]:
    """One transaction for one deed, and after its commit a nudge to the workers."""
    with installation().database.transaction() as db:
        yield db
    nudge(installation())


def nudge(place: Installation) -> None:
    """Tells the workers that there is something to do; one nudge stands for many until it is taken.

    Redis being away is no fault of the deed, which is done: the tick finds the work a little later.
    """
    try:
        if place.redis.set(NUDGED, "1", nx=True, ex=NUDGE_SECONDS):
            place.queue.enqueue("lararportal.workers.see_to_it", result_ttl=0, failure_ttl=86_400)
    except RedisError as fault:
        log.warning("nudge lost", fault=str(fault))
