"""The demonstration term: a year of sessions and three rounds, each at another stage, made by the deeds alone.

Nothing here writes what a deed should write; each deed is told the past moment at which it happened.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import allocation
from bookings import rounds as round_deeds
from courses.models import Course
from lararportal.clock import day_of
from lararportal.db import Database
from lararportal.demo import arrivals, changes, funding, held, lottery, offer, rounds, stories
from lararportal.demo.aftermath import Aftermath
from lararportal.demo.agenda import Act, Progress, Tick, play
from lararportal.demo.answers import Answers
from lararportal.demo.around import Around
from lararportal.demo.cast import ANNA, EVA, OLLE, SARA, Cast, Casting, Doctor
from lararportal.demo.dates import Timeline
from lararportal.demo.decisions import Decisions, latecomer
from lararportal.demo.earlier import Earlier
from lararportal.demo.giving_back import LateCancellations
from lararportal.demo.lottery import SEED
from lararportal.demo.offer import Offer
from lararportal.demo.wishes import Wish, Wishing

APPLIED_SO_FAR = 400
NEWCOMERS_WHO_APPLY = 4
DECIDED_AFTER = 18
"""Days from closing to the promised decision."""


class NotEmpty(Exception):  # noqa: N818 - a refusal to the developer, not an accident
    """The database has courses or people already, and a demonstration is not mixed with anything."""


@dataclass(frozen=True)
class Term:
    """Who is in a term and what it offers, for who goes on with it."""

    cast: Cast
    offers: list[Offer]
    second_secret: str
    """What Eva keeps to herself until the open round has closed."""


def build_term(database: Database, *, now: datetime, issuer: str, progress: Progress, share: float = 1.0) -> Term:
    """An empty database holds the demonstration term; the same for the same `now`.

    `issuer` is the provider where the demonstration people sign in; `share` makes everything smaller.

    Raises:
        NotEmpty: there are courses or people already.
    """
    with database.transaction() as db:
        if db.scalar(select(exists(select(Course.id)) | exists(select(Person.id)))):
            raise NotEmpty
    building = _Building(database, Timeline(now), issuer=issuer, progress=progress, share=share)
    building.welcome_people()
    building.offer_courses()
    finished = building.finish_a_round()
    building.live_on(finished)
    return Term(building.cast, building.offers, building.second_secret)


class _Building:
    """One building of the term, chapter by chapter."""

    def __init__(
        self, database: Database, timeline: Timeline, *, issuer: str, progress: Progress, share: float
    ) -> None:
        self._database, self._timeline, self._issuer = database, timeline, issuer
        self._progress, self._share = progress, share
        codes = offer.codes()
        self.cast: Cast = Casting(_rng("cast"), today=timeline.today, codes=codes, share=share).cast()
        self.offers: list[Offer] = []
        self.second_secret = ""

    def welcome_people(self) -> None:
        """Everybody has come, described themselves and been confirmed, over most of a year."""
        agenda = [
            *arrivals.colleagues(self.cast, self._timeline, issuer=self._issuer),
            *arrivals.doctors(self.cast, self._timeline, _rng("doctors"), issuer=self._issuer),
        ]
        self._play(agenda, "people")

    def offer_courses(self) -> None:
        """The catalogue stands, and a year of sessions is planned and published."""
        with self._database.transaction() as db:
            courses = offer.build_catalogue(db, now=self._timeline.on(-340, 8), by=self._olle)
            self.offers = offer.offers(courses, today=self._timeline.today, share=self._share)
        self._progress("courses", 1, 2)
        with self._database.transaction() as db:
            offer.plan_sessions(db, self.offers, self.cast, now=self._timeline.on(-130, 8), by=self._olle)
        self._progress("courses", 2, 2)
        self._play(self._earlier.acts(), "the half-year before")

    def finish_a_round(self) -> datetime:
        """The first round has been applied for, closed, drawn up and published; when it was published."""
        line, rng = self._timeline, _rng("finished round")
        opens, closes, published = line.on(-112, 8), line.on(-77, 12), line.on(-63, 9)
        with self._database.transaction() as db:
            round_id = rounds.plan(
                db,
                self._of_round(stories.FINISHED),
                opens=opens,
                closes=closes,
                decision_on=day_of(published),
                rng=rng,
                second_party=self._eva,
                now=line.on(-120, 10),
                by=self._olle,
            )
            lottery.bind(db, round_id, second_party=self._eva, now=line.on(-118, 11))
            round_deeds.open_round(db, round_id, now=opens, by=self._olle)
        busy = {ANNA, SARA, self._late.subject}
        wishes = Wishing(rng, self.cast, self._of_round(stories.FINISHED)).wishes(busy=busy, passed={})
        end = closes - timedelta(hours=1)
        sent = [*rounds.applying(round_id, wishes, rng, lambda: line.some_time(rng, opens, end), end=end)]
        at = opens + timedelta(days=3)
        annas = self._wish(ANNA, [[stories.ANNAS_LINE], [stories.ANNAS_SEAT, stories.SISTER]], cap=2)
        saras = self._wish(SARA, [[stories.SARAS_SEAT]], cap=1)
        sent += [Act(at, rounds.application(round_id, wish, at)) for wish in (annas, saras)]
        favoured = self._decisions("finished round").granting(
            self._of_round(stories.FINISHED), begin=end - timedelta(days=5), end=end, share=self._share
        )
        self._play([*sent, *favoured], "applications of the finished round")
        steps = [
            Act(closes, lambda db: round_deeds.close_round(db, round_id, now=closes, by=None)),
            *lottery.reveal(round_id, second_party=self._eva, office=self._olle, closed=closes),
            Act(line.on(-70, 10), lambda db: self._draw_up(db, round_id, line.on(-70, 10))),
            Act(published, lambda db: self._publish(db, round_id, published)),
        ]
        self._play(steps, "closing, drawing up and publishing")
        return published

    def live_on(self, published: datetime) -> None:
        """The weeks since then, with their ticks, in which a second round has opened and a third one closed."""
        line, rng = self._timeline, _rng("since then")
        spared = {ANNA, SARA, self._late.subject}
        aftermath = Aftermath(rng, self.cast, self._of_round(stories.FINISHED), spared, self._left_over)
        begin = published + timedelta(hours=rounds.RESPITE_HOURS + 1)
        # Seats that a swap left free belong to the line at once, without respite.
        self._play([Tick(published + timedelta(minutes=5))], "the line")
        answers = Answers(_rng("answers"), self.cast, self._of_round(stories.FINISHED), spared)
        anywhere = self.cast, self.offers, spared, self._olle
        agenda = [
            *aftermath.acts(line, begin=begin, share=self._share),
            *answers.acts(line, begin=begin, share=self._share),
            *LateCancellations(_rng("given back late"), *anywhere).acts(line, share=self._share),
            *held.Held(_rng("held"), *anywhere).acts(line),
            *Around(_rng("around"), self.offers, self._olle, line).acts(),
            *self._earlier.review(),
            *arrivals.newcomers(self.cast, line, rng, issuer=self._issuer),
            *arrivals.invited(self.cast, line),
            *self._open_a_round(_rng("open round")),
            *self._close_a_round(_rng("revealed round")),
            *self._decided_since_then(begin),
            *aftermath.asking_to_be_told(line, stories.TOO_FEW),
            *funding.settling(self.cast, line, _rng("funding"), spared={ANNA}),
            *changes.changing(
                line, self._of_round(stories.FINISHED), spared=stories.NEEDED_AS_THEY_ARE, by=self._olle
            ),
        ]
        self._play(agenda, "the weeks since then, and two more rounds")

    def _decided_since_then(self, begin: datetime) -> Iterator[Act]:
        """What is decided about single people, Anna among them: she goes first in a course of the open round."""
        line, decisions = self._timeline, self._decisions("since then")
        offers, end = self._of_round(stories.OPEN), line.now - timedelta(hours=2)
        yield decisions.hardship(self._late, self._of_round(stories.FINISHED), line.on(-45, 13))
        yield from decisions.correcting(begin=begin, end=end, share=self._share)
        yield from decisions.granting(offers, begin=line.on(-9, 8), end=line.on(-4, 17), share=self._share)
        yield decisions.revoking(line.on(-2, 15))
        anna = next(each for each in self.cast.residents if each.subject == ANNA)
        yield decisions.one_grant(
            anna, next(each for each in offers if each.key == stories.ANNAS_PRECEDENCE), line.on(-6, 11)
        )

    def _decisions(self, chapter: str) -> Decisions:
        return Decisions(_rng(f"decisions, {chapter}"), self.cast, self._timeline, {ANNA, SARA, self._late.subject})

    def _open_a_round(self, rng: Random) -> Iterator[Act]:
        line = self._timeline
        planned, opens, closes = line.on(-40, 10), line.on(-21, 8), line.on(14, 12)
        with self._database.transaction() as db:
            round_id = rounds.plan(
                db,
                self._of_round(stories.OPEN),
                opens=opens,
                closes=closes,
                decision_on=day_of(line.on(14 + DECIDED_AFTER, 9)),
                rng=rng,
                second_party=self._eva,
                now=planned,
                by=self._olle,
            )
            self.second_secret = lottery.bind(db, round_id, second_party=self._eva, now=line.on(-38, 11))
            passed = rounds.passed(db, self.cast.doctors)
        yield Act(opens, lambda db: round_deeds.open_round(db, round_id, now=opens, by=self._olle))
        wishes = Wishing(rng, self.cast, self._of_round(stories.OPEN)).wishes(busy={ANNA, SARA}, passed=passed)
        so_far = min(len(wishes), round(APPLIED_SO_FAR * self._share) - NEWCOMERS_WHO_APPLY)
        begin, end = opens + timedelta(minutes=1), line.now - timedelta(minutes=5)
        yield from rounds.applying(
            round_id, rng.sample(wishes, so_far), rng, lambda: line.some_time(rng, begin, end), end=end
        )
        newcomers = [self._newcomers_wish(rng, doctor) for doctor in self.cast.pending[-NEWCOMERS_WHO_APPLY:]]
        begin = line.now - timedelta(days=3)
        yield from rounds.applying(round_id, newcomers, rng, lambda: line.some_time(rng, begin, end), end=end)

    def _close_a_round(self, rng: Random) -> Iterator[Act]:
        """A small round, Anna in it, that has closed, and whose lottery has its seed."""
        line, offers = self._timeline, self._of_round(stories.REVEALED)
        opens, closes = line.on(-37, 8), line.on(-8, 12)
        with self._database.transaction() as db:
            round_id = rounds.plan(
                db,
                offers,
                opens=opens,
                closes=closes,
                decision_on=day_of(line.on(7, 9)),
                rng=rng,
                second_party=self._eva,
                now=line.on(-50, 10),
                by=self._olle,
            )
            lottery.bind(db, round_id, second_party=self._eva, now=line.on(-44, 11))
            passed = rounds.passed(db, self.cast.doctors)
        yield Act(opens, lambda db: round_deeds.open_round(db, round_id, now=opens, by=self._olle))
        wishes = Wishing(rng, self.cast, offers).wishes(busy={ANNA, SARA}, passed=passed)
        end = closes - timedelta(hours=1)
        yield from rounds.applying(round_id, wishes, rng, lambda: line.some_time(rng, opens, end), end=end)
        at = opens + timedelta(days=2)
        yield Act(at, rounds.application(round_id, self._wish(ANNA, stories.ANNAS_WISHES, cap=2), at))
        yield Act(closes, lambda db: round_deeds.close_round(db, round_id, now=closes, by=None))
        yield from lottery.reveal(round_id, second_party=self._eva, office=self._olle, closed=closes)

    def _newcomers_wish(self, rng: Random, doctor: Doctor) -> Wish:
        mandatory = [each for each in self._of_round(stories.OPEN) if each.code.startswith("OB")]
        return Wish(doctor, [[each] for each in rng.sample(mandatory, 2)], 2)

    def _wish(self, subject: str, keys: list[list[str]], *, cap: int) -> Wish:
        by_key = {each.key: each for each in self.offers}
        doctor = next(each for each in self.cast.doctors if each.subject == subject)
        return Wish(doctor, [[by_key[key] for key in course] for course in keys], cap)

    def _draw_up(self, db: Session, round_id: int, now: datetime) -> None:
        allocation.draw_up(db, round_id=round_id, now=now, by=self._olle)

    def _publish(self, db: Session, round_id: int, now: datetime) -> None:
        rounds.publish(db, round_id, now=now, by=self._olle)

    def _play(self, agenda: Iterable[Act | Tick], label: str) -> None:
        play(self._database, agenda, label=label, progress=self._progress)

    def _of_round(self, number: int) -> list[Offer]:
        return [each for each in self.offers if each.round == number]

    @property
    def _earlier(self) -> Earlier:
        return Earlier(_rng("the half-year before"), self.cast, self._olle, self._timeline)

    @property
    def _left_over(self) -> dict[str, int]:
        return {
            each.key: min(stories.LEFT_OVER[each.key], each.seats)
            for each in self.offers
            if each.key in stories.LEFT_OVER
        }

    @property
    def _late(self) -> Doctor:
        return latecomer(self.cast, self._of_round(stories.FINISHED))

    @property
    def _eva(self) -> int:
        return self.cast.colleague(EVA).id

    @property
    def _olle(self) -> int:
        return self.cast.colleague(OLLE).id


def _rng(chapter: str) -> Random:
    """One generator for each chapter: a change in one leaves the others as they were."""
    return Random(f"{SEED}:{chapter}")  # noqa: S311 - a demonstration is to come out the same each time
