"""What every edge shares: the database of this application, the moment of this request, the nudge after commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import structlog
from flask import current_app, g, request, session
from flask.globals import request_ctx
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lararportal import clock, counted, database_faults
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.errors import NotFound
from lararportal.kept import days

log = structlog.get_logger()

Answer = TypeVar("Answer")

QUEUE = "lararportal"
NUDGED = "lararportal:nudged"
NUDGE_SECONDS = 60
"""How long a nudge stands for all that follow it, should nobody take it."""

DELIVERY_SECONDS = 3600
"""How long a delivery may last: the queue ends longer ones in the middle of a letter, which is then sent twice."""

WORK_SECONDS = 600
"""How long other work may last."""

ONCE_MORE = Retry(max=1)
"""What a worker that was killed had in hand is handed over again, where it may be done at any time."""

RESULT_SECONDS = 86_400
"""How long it can be seen what came of a job."""

REDIS_SECONDS = 2.0
"""How long a request waits for Redis before it goes on without."""


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


def install(settings: Settings) -> Installation:
    """Database and queue as the settings say; nothing is connected yet."""
    redis = Redis.from_url(settings.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
    return Installation(
        settings=settings,
        database=Database(
            connect(settings.database_url),
            portal_url=settings.base_url,
            contact=settings.contact,
            safe=settings.safe,
            kept=days(settings.retention),
        ),
        redis=redis,
    )


def installation() -> Installation:
    """The installation behind the current application."""
    found = current_app.extensions["lararportal"]
    assert isinstance(found, Installation)
    return found


def moment() -> datetime:
    """The moment of this request: the clock is asked once, and everything in the request happens then."""
    now: datetime | None = g.get("now")
    if now is None:
        now = g.now = clock.now()
    return now


@contextmanager
def reading() -> Iterator[Session]:
    """What a request reads with: one session for all of its page, which ends where a deed begins.

    While a deed is done it is one of its own, which ends before the deed does.
    """
    is_doing = g.get("is_doing")
    db = installation().database.reader() if is_doing else _reader()
    try:
        yield db
    except BaseException as fault:
        db.close()
        if isinstance(fault, DBAPIError):
            database_faults.raise_meaning(fault)
        raise
    if is_doing:
        db.close()


def _reader() -> Session:
    """The one of the request."""
    reader: Session | None = g.get("reader")
    if reader is None:
        reader = g.reader = installation().database.reader()
    return reader


def stop_reading() -> None:
    """What is read from now on is as it is from now on, and nobody waits for who has read it."""
    reader: Session | None = g.get("reader")
    if reader is not None:
        reader.close()


@contextmanager
def _doing() -> Iterator[None]:
    stop_reading()
    g.is_doing = True
    try:
        with counted.deed(request.endpoint or ""):
            yield
    finally:
        g.is_doing = False
    g.has_done = True
    nudge(installation())


@contextmanager
def deed() -> Iterator[Session]:
    """One transaction for one deed, and after its commit a nudge to the workers."""
    with _doing(), installation().database.transaction() as db:
        yield db


def do(work: Callable[[Session], Answer]) -> Answer:
    """A deed that is done anew by itself while the database undoes it: for a view that cannot begin anew.

    Such is one that has used up what another server gives once.
    """
    g.must_not_begin_anew = True
    with _doing():
        return installation().database.run(work)


def has_done() -> bool:
    """Whether this request has done a deed."""
    return bool(g.get("has_done"))


def answer(view: Callable[[], Answer]) -> Answer:
    """What the view of this request answers; begun anew while the database undoes its work, and nothing is done yet.

    Raises:
        Undone: patience has ended, or the view must not begin anew.
    """
    attempts = 0

    def attempt() -> Answer:
        nonlocal attempts
        attempts += 1
        if attempts > 1:
            _forget_what_was_said()
        return view()

    return installation().database.persevere(attempt, may_begin_anew=_may_begin_anew)


def _may_begin_anew() -> bool:
    return not has_done() and not g.get("must_not_begin_anew")


def _forget_what_was_said() -> None:
    """The cookie is again what the browser sent, without what the undone attempt wrote into it."""
    sent = current_app.session_interface.open_session(current_app, request)
    session.clear()
    session.update(sent or {})
    request_ctx.flashes = None


def nudge(place: Installation) -> None:
    """Tells the workers that there is something to do; one nudge stands for many until it is taken.

    Redis being away is no fault of the deed, which is done: the tick finds the work a little later.
    """
    try:
        if place.redis.set(NUDGED, "1", nx=True, ex=NUDGE_SECONDS):
            place.queue.enqueue(
                "lararportal.workers.see_to_it",
                job_timeout=DELIVERY_SECONDS,
                result_ttl=0,
                failure_ttl=RESULT_SECONDS,
                retry=ONCE_MORE,
            )
    except RedisError as fault:
        log.warning("nudge lost", fault=str(fault))


class Progress(StrEnum):
    """How far long work has come."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Work:
    """Long work that was handed to the workers, and what came of it."""

    progress: Progress
    function: str
    args: tuple[Any, ...]
    result: Any


STAGES = {
    JobStatus.STARTED: Progress.WORKING,
    JobStatus.FINISHED: Progress.DONE,
    JobStatus.FAILED: Progress.FAILED,
    JobStatus.STOPPED: Progress.FAILED,
    JobStatus.CANCELED: Progress.FAILED,
}
"""What the queue calls it, and how far the work has come then; anything else has not begun."""


def enqueue(function: str, *args: Any, seconds: int = WORK_SECONDS, retry: Retry | None = None) -> str | None:
    """Hands long work to the workers, by name and with ids only; its id, or None while Redis is away."""
    try:
        job = installation().queue.enqueue(
            function,
            *args,
            result_ttl=RESULT_SECONDS,
            failure_ttl=RESULT_SECONDS,
            job_timeout=seconds,
            retry=retry,
        )
    except RedisError as fault:
        log.warning("work not handed over", function=function, fault=str(fault))
        return None
    g.has_done = True
    return str(job.id)


def work(job_id: str) -> Work:
    """Where that work stands.

    Raises:
        NotFound: nobody knows it any more, or can read what it was, or Redis is away.
    """
    try:
        job = Job.fetch(job_id, connection=installation().redis, serializer=JSONSerializer)
        status = job.get_status()
        result = job.return_value() if status == JobStatus.FINISHED else None
        return Work(STAGES.get(status, Progress.QUEUED), str(job.func_name), tuple(job.args), result)
    except (NoSuchJobError, DeserializationError, RedisError, ValueError) as fault:
        # The last is said of a name that no job can have.
        raise NotFound from fault
