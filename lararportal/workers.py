"""What the queue may call, and the worker that calls it."""

import signal
import time
from functools import cache
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from bookings import publication
from bookings.ahead import Before
from bookings.rules.funding import Unfunded
from bookings.states import RoundState
from lararportal import clock, config, logs, pages, tick
from lararportal.audit import stored
from lararportal.edge import NUDGED, QUEUE, Installation, install, nudge
from lararportal.errors import Refused
from lararportal.mail import postman
from lararportal.parting import lay_out_letters, prepare

log = structlog.get_logger()


@cache
def _place() -> Installation:
    return install(config.from_environment())


def see_to_it() -> None:
    """Fills freed seats, closes swap rings and delivers letters: what a deed leaves behind for the worker.

    The nudge is taken back first, so that a deed committed from now on makes a new one.

    Raises:
        ClocksDiffer: this host's clock may have jumped; nothing was done, and the tick of another host does it.
    """
    place, now = _place(), clock.now()
    place.redis.delete(NUDGED)
    tick.insist_on_true_clock(place.database, now=now)
    tick.give_seats(place.database, now=now)
    with postman(place.settings) as mailer:
        tried = tick.deliver_letters(place.database, mailer, now=clock.now())
    log.info("letters delivered", tried=tried)


def publish_round(round_id: int, run_id: int, by: int) -> dict[str, Any]:
    """Publishes a round, too long for a request: some hundred letters are rendered in the one transaction.

    A refusal is an answer, and comes back as its sentence for the page that waits. What was handed over twice is done
    once, and done for both.
    """
    place = _place()
    try:
        now = clock.now()
        posted = place.database.run(
            lambda db: publication.publish(db, round_id=round_id, run_id=run_id, now=now, by=by)
        )
    except Refused as refusal:
        if refusal.facts.get("state") is RoundState.PUBLISHED:
            return {"published_before": True}
        return {"refused": pages.sentence(refusal.reason, **refusal.facts)}
    nudge(place)
    return {"letters": posted}


def make_certificates(session_id: int) -> None:
    """Makes the certificates of a session that somebody has asked for; the page shows how far it has come.

    A worker that ends in the middle leaves the rest as it was, for the one that has it in hand next, or the tick.
    """
    place = _place()
    made = tick.make_certificates(place.database, session_id, now=clock.now())
    nudge(place)
    log.info("certificates made", session=session_id, made=made)


def look_at_everything(audit_id: int) -> None:
    """Looks whether everything holds, and keeps what was found; the page shows how far it has come."""
    found = stored.look(_place(), audit_id, clock=clock.now)
    log.info("looked at everything", findings=len(found))


def catch_up() -> None:
    """Does what the tick would do, because somebody asked for it.

    Raises:
        ClocksDiffer: the tick would do nothing, and neither is anything done here.
    """
    place, now = _place(), clock.now()
    settings = place.settings
    tick.insist_on_true_clock(place.database, now=now)
    done = tick.run_due(
        place.database,
        now=now,
        unfunded=Unfunded(settings.unfunded_seats),
        no_show_fee=settings.no_show_fee,
        before=Before.in_days(summons=settings.summons_days, preparation=settings.preparation_days),
    )
    done["entries sealed"] = tick.seal_journal(place.database, now=now)
    with postman(settings) as mailer:
        done["letters tried"] = tick.deliver_letters(place.database, mailer, now=clock.now())
    log.info("caught up", **{name.replace(" ", "_"): count for name, count in done.items()})


CALLED = frozenset(
    f"{__name__}.{each.__name__}"
    for each in (see_to_it, publish_round, make_certificates, look_at_everything, catch_up)
)
"""What the queue may call, and nothing else that Python could import: who writes in Redis gives no orders here."""


class Unknown(Exception):  # noqa: N818 - what is said of the work
    """It is nothing that a worker does."""


class KnownJob(Job):
    """Work that is looked at before it is done; none of ours has anything to be called afterwards."""

    success_callback = failure_callback = stopped_callback = None

    @property
    def func(self) -> Any:
        """What is called.

        Raises:
            Unknown: it is none of ours.
        """
        if self.func_name not in CALLED or self.instance:
            log.error("unknown work", function=self.func_name)
            raise Unknown
        return super().func


REST_SECONDS = 2.0
"""How long a worker that has lost Redis waits before it looks again."""


class LastingWorker(Worker):
    """A worker that knows whether it was told to stop: it also ends by itself when Redis goes away during a job."""

    was_told = False

    def request_stop(self, signum: Any, frame: Any) -> None:
        """Finishes the job in hand and ends."""
        self.was_told = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def stop_listening(self) -> None:
        """Ends the thread that hears commands from Redis, which would look for it for ever."""
        thread: Any = self.pubsub_thread
        if thread is not None:
            thread.stop()


def run_worker(settings: config.Settings) -> None:
    """Works until told to stop (SIGTERM finishes the job in hand); while Redis is away it waits for it."""
    logs.configure(settings.log_level)
    place = install(settings)
    lay_out_letters()
    prepare(place.database)  # Each job is a process that shares the memory of this one.
    while not _work(place):
        # There is nothing in hand: whoever tells us to stop now ends us at once.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        log.warning("the queue is away", seconds=REST_SECONDS)
        time.sleep(REST_SECONDS)


def _work(place: Installation) -> bool:
    """Works as long as Redis is there; whether it was told to stop."""
    worker = None
    try:
        worker = LastingWorker([QUEUE], connection=place.redis, job_class=KnownJob, serializer=JSONSerializer)
        worker.work(logging_level="WARNING")
    except RedisError as fault:
        log.warning("redis lost", fault=str(fault))
    if worker is None:
        return False
    worker.stop_listening()
    return worker.was_told
