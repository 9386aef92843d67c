"""What the queue may call, and the worker that calls it."""

from functools import cache

import structlog
from rq import Worker
from rq.serializers import JSONSerializer

from lararportal import clock, config, logs, tick
from lararportal.app import install
from lararportal.edge import NUDGED, QUEUE, Installation
from lararportal.mail import Mailer

log = structlog.get_logger()


@cache
def _place() -> Installation:
    return install(config.from_environment())


def see_to_it() -> None:
    """Fills freed seats and delivers letters: what a deed leaves behind for the worker.

    The nudge is taken back first, so that a deed committed from now on makes a new one.
    """
    place = _place()
    place.redis.delete(NUDGED)
    tick.fill_freed_seats(place.database, now=clock.now())
    with Mailer(place.settings.smtp_url, sender=place.settings.mail_from) as mailer:
        tried = tick.deliver_letters(place.database, mailer, now=clock.now())
    log.info("letters delivered", tried=tried)


def run_worker(settings: config.Settings) -> None:
    """Works until told to stop (SIGTERM finishes the job in hand)."""
    logs.configure(settings.log_level)
    place = install(settings)
    Worker([QUEUE], connection=place.redis, serializer=JSONSerializer).work(logging_level="WARNING")
