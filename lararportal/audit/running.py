"""Whether the parts live that nobody looks at: tick and clock, queue and workers, the mail, the role at work."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy.orm import Session

from lararportal import rights
from lararportal.checks import Finding, When, in_sql

CHECKS = in_sql(Path(__file__).with_suffix(".sql"))
OF_QUEUE = ("queue_away", "queue_waits", "queue_failed")
"""What is asked of Redis, not of the rows."""
OF_RIGHTS = ("journal_changeable",)
"""What is asked about the role that the portal works as, where it matters."""


def of_queue(queue: Queue, when: When) -> Iterator[Finding]:
    """Redis is away, nobody takes the work that waits, or work has failed."""
    try:
        waiting, failed = queue.count, queue.failed_job_registry.count
        since = _oldest(queue)
    except RedisError as fault:
        yield Finding("queue_away", {"fault": type(fault).__name__})
        return
    if since is not None and since < when.settled:
        yield Finding("queue_waits", {"count": waiting, "since": since})
    if failed:
        yield Finding("queue_failed", {"count": failed})


def of_rights(db: Session, *, env: str) -> Iterator[Finding]:
    """The portal works in production as a role that could change what is only added to."""
    if env == "production":
        for name in rights.changeable(db):
            yield Finding("journal_changeable", {"guarded": name})


def _oldest(queue: Queue) -> datetime | None:
    """Since when the first in the queue waits."""
    first = next(iter(queue.get_jobs(0, 1)), None)
    moment = first.enqueued_at if first is not None else None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
