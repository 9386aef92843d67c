"""What many letters cost: a round is published for 624 doctors, and thousands go out through the worker."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from random import Random
from time import monotonic, sleep

from load_ground import newcomers, open_seats
from load_portal import Cost, Place, running, spent
from sqlalchemy import insert, select, update

from bookings import allocation, applications, rounds
from bookings.models import Round
from bookings.round_plan import RoundPlan
from bookings.states import RoundState
from courses.models import Course
from courses.states import Kind
from lararportal import clock, edge
from lararportal.demo import Term, lottery
from lararportal.demo.cast import EVA, OLLE
from lararportal.outbox import Letter, LetterState

DAY = timedelta(days=1)
WISHES, SEATS, CAP = 8, 20, 4
SESSIONS = 32
"""A session for every twenty who apply."""
WITHIN = 600.0
TOGETHER = 50


@dataclass(frozen=True)
class Published:
    """A round that has gone from the button to everybody."""

    people: int
    visible: float
    """Seconds from handing it to the worker until everybody sees it."""
    processor: float
    """Of the worker meanwhile."""
    database: float


@dataclass(frozen=True)
class Delivered:
    """Letters that have gone from the rows to the mail server."""

    letters: int
    seconds: float
    worker: float
    database: float
    sink: float
    missing: int

    @property
    def each_second(self) -> float:
        """How many letters."""
        return self.letters / self.seconds


def publish(place: Place, term: Term, *, people: int) -> tuple[Published, Delivered]:
    """A round of so many is published by the worker, which then tells everybody by letter."""
    everything_is_sent(place)
    round_id, run_id = _drawn_up(place, term, people)
    olle = term.cast.colleague(OLLE).id
    installation = edge.install(place.settings)
    with running(place, "worker"):
        _wait_for_worker(installation)
        before = place.cost(is_shared_known=False)
        work = "lararportal.workers.publish_round"
        installation.queue.enqueue(work, round_id, run_id, olle, job_timeout=edge.WORK_SECONDS)
        while not _is_published(place, round_id):
            sleep(0.02)
        after = place.cost(is_shared_known=False)
        both = before, after
        published = Published(people, after.at - before.at, spent(both, "worker"), spent(both, "PostgreSQL"))
        return published, _delivered(place, after, people)


def deliver(place: Place, *, letters: int) -> Delivered:
    """So many letters like those of the last round are due, and the worker hears of it."""
    with place.database.transaction() as db:
        originals = db.execute(select(Letter.__table__).where(Letter.occasion == "decision")).mappings().all()
        now = clock.now()
        fresh = {"state": LetterState.QUEUED, "attempts": 0, "sent_at": None, "answer": None, "next_attempt_at": now}
        rows = [
            {**each, **fresh, "once": f"bench:{number}", "message_id": f"<{number}@bench>"}
            for number, each in zip(range(letters), cycle(originals), strict=False)
        ]
        for row in rows:
            del row["id"]
        db.execute(insert(Letter), rows)
    with running(place, "worker"):
        installation = edge.install(place.settings)
        begun = place.cost(is_shared_known=False)
        edge.nudge(installation)
        return _delivered(place, begun, letters)


def everything_is_sent(place: Place) -> None:
    """What was due before is no part of what is measured."""
    with place.database.transaction() as db:
        waits = update(Letter).where(Letter.state == LetterState.QUEUED)
        db.execute(waits.values(state=LetterState.SENT, sent_at=Letter.created_at, attempts=1))


def _drawn_up(place: Place, term: Term, people: int) -> tuple[int, int]:
    """A round that so many have applied in, with its seats drawn up, and the run that has them."""
    now, chance = clock.now(), Random(people)
    olle, eva = (term.cast.colleague(each).id for each in (OLLE, EVA))
    planned, opens, applied, closes = (now - days * DAY for days in (60, 50, 40, 20))
    with place.database.transaction() as db:
        codes = db.scalars(select(Course.code).where(Course.kind == Kind.MANDATORY).order_by(Course.code)).all()
    offered = open_seats(place, term, SESSIONS, seats=SEATS, now=planned, among=codes)
    persons = newcomers(place, people, now=now)
    plan = RoundPlan(
        term="2030-1",
        title="En omgång",
        opens_at=opens,
        closes_at=closes,
        decision_on=clock.day_of(now),
        cap=CAP,
        respite_hours=48,
        session_ids=offered,
        second_party_id=eva,
        source=lottery.source(closes=closes),
    )
    with place.hasty() as database:
        with database.transaction() as db:
            round_id = rounds.plan(db, wanted=plan, now=planned, by=olle).id
            lottery.bind(db, round_id, second_party=eva, now=planned + DAY)
            rounds.open_round(db, round_id, now=opens, by=olle)
        for first in range(0, people, TOGETHER):
            with database.transaction() as db:
                for each in persons[first : first + TOGETHER]:
                    wishes = chance.sample(offered, WISHES)
                    applications.apply(
                        db, round_id=round_id, person_id=each, choices=wishes, cap=CAP, now=applied, by=each
                    )
        with database.transaction() as db:
            rounds.close_round(db, round_id, now=closes, by=None)
            for act in lottery.reveal(round_id, second_party=eva, office=olle, closed=closes):
                act.do(db)
            run = allocation.draw_up(db, round_id=round_id, now=closes + 2 * DAY, by=olle)
            db.flush()
            return round_id, run.id


def _wait_for_worker(installation: edge.Installation) -> None:
    edge.nudge(installation)
    while installation.redis.exists(edge.NUDGED):
        sleep(0.05)
    while installation.queue.count or len(installation.queue.started_job_registry):
        sleep(0.05)


def _is_published(place: Place, round_id: int) -> bool:
    with place.database.transaction() as db:
        return db.scalar(select(Round.state).where(Round.id == round_id)) is RoundState.PUBLISHED


def _delivered(place: Place, begun: Cost, letters: int) -> Delivered:
    ends = monotonic() + WITHIN
    while missing := place.unsent():
        if monotonic() > ends:
            break
        sleep(0.2)
    after = place.cost(is_shared_known=False)
    used = (spent((begun, after), name) for name in ("worker", "PostgreSQL", "sink"))
    return Delivered(letters, after.at - begun.at, *used, missing)


def lines(published: Published, of_round: Delivered, many: Delivered) -> Iterator[str]:
    """What came of it."""
    yield "| letters | seconds | for each second | worker, each | PostgreSQL, each | mail sink, each |"
    yield "|---|---:|---:|---:|---:|---:|"
    spent_ = [f"{1000 * each / published.people:.1f} ms" for each in (published.processor, published.database)]
    yield f"| a round for {published.people} published | {published.visible:.1f} | | {' | '.join(spent_)} | |"
    for what, each in (("and everybody told", of_round), (f"{many.letters:,} due at once", many)):
        used = [f"{1000 * part / each.letters:.1f} ms" for part in (each.worker, each.database, each.sink)]
        yield f"| {what} | {each.seconds:.1f} | {each.each_second:.0f} | {' | '.join(used)} |"


def wrong(*delivered: Delivered) -> list[str]:
    """Letters that did not go out in time."""
    return [f"{each.missing} of {each.letters} letters are not sent" for each in delivered if each.missing]
