"""What the queue may call, and the worker that calls it."""

from functools import cache
from typing import Any

import structlog
from rq import Worker
from rq.serializers import JSONSerializer

from bookings import publication
from lararportal import clock, config, logs, pages, tick
from lararportal.app import install
from lararportal.edge import NUDGED, QUEUE, Installation, nudge
from lararportal.errors import Refused
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


def publish_round(round_id: int, by: int) -> dict[str, Any]:
    """Publishes a round, too long for a request: some hundred letters are rendered in the one transaction.

    A refusal is an answer, and comes back as its sentence for the page that waits.
    """
    place = _place()
    try:
        with place.database.transaction() as db:
            posted = publication.publish(db, round_id=round_id, now=clock.now(), by=by)
    except Refused as refusal:
        return {"refused": pages.sentence(refusal.reason, **refusal.facts)}
    nudge(place)
    return {"letters": posted}


def run_worker(settings: config.Settings) -> None:
    """Works until told to stop (SIGTERM finishes the job in hand)."""
    logs.configure(settings.log_level)
    place = install(settings)
    Worker([QUEUE], connection=place.redis, serializer=JSONSerializer).work(logging_level="WARNING")
