"""What `/metrics` says: the state of the rows and of the queue, read when asked, and what the processes counted."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from rq import Worker
from rq.registry import FailedJobRegistry, StartedJobRegistry
from sqlalchemy import Text, case, cast, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.states import IN_LINE, BookingState
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import heartbeat, home
from lararportal.clock import day_of
from lararportal.edge import Installation
from lararportal.errors import Undone
from lararportal.journal import Entry
from lararportal.outbox import REFUSED, Letter, LetterState
from lararportal.seals import Seal

PARTS = ("database", "migrations", "redis", "tick")


def registry(place: Installation, *, moment: Callable[[], datetime]) -> CollectorRegistry:
    """Everything that is told of an installation; what processes count only where they have a folder for it.

    `moment` is asked at each question.
    """
    found = CollectorRegistry()
    found.register(Measures(place, moment))
    if place.settings.counters_dir:
        MultiProcessCollector(found, path=place.settings.counters_dir)  # type: ignore[no-untyped-call]
    return found


class Measures(Collector):
    """What rows and queue say at the moment of the question. What cannot be asked is left out, and `well` says so."""

    def __init__(self, place: Installation, moment: Callable[[], datetime]) -> None:
        self._place = place
        self._moment = moment

    def collect(self) -> Iterable[Metric]:
        """Every measure, by one look at the database and one at the queue."""
        now = self._moment()
        state = home.readiness(self._place, now=now)
        yield _by_word(
            "lararportal_well",
            "1 where a part is well, as /readyz has it.",
            "part",
            {part: int(state[part] == "ok") for part in PARTS},
        )
        if state["redis"] == "ok":
            yield from self._queue()
        if state["migrations"] == "ok":
            yield from self._rows(now)

    def _rows(self, now: datetime) -> list[Metric]:
        try:
            with self._place.database.transaction() as db:
                told = (_bookings, _lines, _letters, _journal, _tick)
                return [metric for tell in told for metric in tell(db, now)]
        except (SQLAlchemyError, Undone):
            return []  # Away since a moment ago: the next look says so.

    def _queue(self) -> list[Metric]:
        queue, redis = self._place.queue, self._place.redis
        try:
            jobs = {
                "queued": queue.count,
                "started": redis.zcard(StartedJobRegistry(queue=queue).key),
                "failed": redis.zcard(FailedJobRegistry(queue=queue).key),
            }
            workers = Worker.count(connection=redis)
        except RedisError:
            return []
        return [
            _by_word("lararportal_queue_jobs", "Jobs of the queue, by state.", "state", jobs),
            Gauge("lararportal_workers", "Workers that listen to the queue.", value=workers),
        ]


def _bookings(db: Session, now: datetime) -> Iterator[Metric]:
    """Seats, places and offers, how the others ended, and the answers that are still awaited though time is over."""
    awaited = [BookingState.OFFERED, BookingState.ASKED, BookingState.MUST_CHOOSE]
    overdue = func.count().filter(Booking.state.in_(awaited), Booking.answer_by < now)
    rows = db.execute(select(Booking.state, func.count(), overdue).group_by(Booking.state)).all()
    number = {state.value: count for state, count, _ in rows}
    yield _by_word(
        "lararportal_bookings",
        "Seats and places in line, by what has become of them.",
        "state",
        {state.value: number.get(state.value, 0) for state in BookingState},
    )
    yield Gauge(
        "lararportal_offers_overdue",
        "Offers, call-outs and choices whose time to answer is over, and that stand still.",
        value=sum(late for _, _, late in rows),
    )


def _lines(db: Session, now: datetime) -> Iterator[Metric]:
    is_wanted = select(Booking.id).where(Booking.session_id == CourseSession.id, Booking.state.in_(IN_LINE)).exists()
    sessions, free, offered = db.execute(
        select(
            func.count(),
            func.coalesce(func.sum(CourseSession.free_seats), 0),
            func.coalesce(func.sum(CourseSession.seats_offered), 0),
        ).where(CourseSession.publicity == Publicity.PUBLISHED, CourseSession.starts_on > day_of(now), is_wanted)
    ).one()
    yield Gauge("lararportal_lines", "Sessions ahead that somebody waits for.", value=sessions)
    yield _by_word(
        "lararportal_line_seats",
        "Seats of sessions ahead that somebody waits for, and that nobody has: free, or offered.",
        "state",
        {"free": free, "offered": offered},
    )


def _letters(db: Session, now: datetime) -> Iterator[Metric]:
    stage = case((REFUSED, "refused"), else_=cast(Letter.state, Text))
    since = func.min(func.coalesce(Letter.sent_again_at, Letter.created_at))
    counted = select(stage, func.count(), since).where(Letter.stopped_at.is_(None)).group_by(stage)
    found = {state: (count, first) for state, count, first in db.execute(counted)}
    _, oldest = found.get(LetterState.QUEUED, (0, now))
    yield _by_word(
        "lararportal_letters",
        "Letters, by state, but for those that somebody stopped.",
        "state",
        {state: found.get(state, (0, now))[0] for state in (*map(str, LetterState), "refused")},
    )
    yield Gauge(
        "lararportal_letter_oldest_seconds",
        "How long the oldest letter has waited that the mail server has not taken; 0 when there is none.",
        value=max(0.0, (now - oldest).total_seconds()),
    )


def _journal(db: Session, now: datetime) -> Iterator[Metric]:
    sealed = select(func.coalesce(func.max(Seal.upto), 0)).scalar_subquery()
    oldest = db.scalar(select(Entry.at).where(Entry.id > sealed).order_by(Entry.id).limit(1)) or now
    yield Gauge(
        "lararportal_journal_unsealed_seconds",
        "How long the first entry of the journal has waited that is not sealed; 0 when there is none.",
        value=max(0.0, (now - oldest).total_seconds()),
    )


def _tick(db: Session, now: datetime) -> Iterator[Metric]:
    last = heartbeat.last_beat(db, "tick")
    if last is not None:
        yield Gauge(
            "lararportal_tick_age_seconds",
            "How long ago the tick ran to its end; missing before the first.",
            value=(now - last).total_seconds(),
        )


def _by_word(name: str, about: str, label: str, values: dict[str, int]) -> Metric:
    gauge = Gauge(name, about, labels=[label])
    for word, value in values.items():
        gauge.add_metric([word], value)
    return gauge
