"""Around the days: programme, preparation, needs, materials, a letter; certificates, and what people thought."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

import typst
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.queries import seated
from courses import programme
from courses.certificates import issuing
from courses.days.shown import session_of
from courses.evaluations import answering
from courses.materials import keeping
from courses.messages import sending
from courses.messages.sending import Written
from courses.models import Asked, SessionLeader
from courses.needs import saying
from courses.preparation import doing, parts
from courses.preparation.parts import PartFacts
from courses.rules.evaluations import NO_ANSWER, Question
from courses.rules.messages import Addressed
from courses.rules.preparation import questions_in
from courses.rules.programme import Item
from courses.states import Diet, MaterialShown, QuestionKind
from lararportal.demo.agenda import Act
from lararportal.demo.cast import words
from lararportal.demo.dates import Timeline
from lararportal.demo.offer import Offer

OVER, SINCE, GOING_ON, SOON = "OB08-1", "KL11-1", "OB01-1", "KL16-1"
"""By key: two sessions that were completed, one that goes on, and the next to begin."""
SOME = 0.6
SAYS_A_WORD, HAS_NEEDS, HAS_DONE = 0.3, 0.2, 0.7
"""How likely it is of each."""
MEAN, SPREAD = 4.9, 0.9
"""Of what participants think, from one to six."""
ENTIRELY = 6
DIETS = (Diet.VEGETARIAN, Diet.VEGETARIAN, Diet.VEGAN, Diet.NO_GLUTEN, Diet.NO_LACTOSE, Diet.NO_NUTS)


@dataclass(frozen=True)
class Around:
    """What is done beside the days of some of the sessions; who has needs, is prepared or answers is chance."""

    rng: Random
    offers: Collection[Offer]
    office: int
    line: Timeline

    def acts(self) -> Iterator[Act]:
        """Before, between and after the days of each."""
        over, since, going_on, soon = (self._offer(key) for key in (OVER, SINCE, GOING_ON, SOON))
        told = self.line.on(-40, 14)
        for number, each in enumerate((over, since, going_on, soon)):
            at = told + timedelta(minutes=number)
            yield Act(at, partial(self._plan_days, offer=each, now=at))
        prepared, doing_it, in_need = self.line.on(-45, 9), self.line.on(-20, 19), self.line.on(-15, 20)
        yield Act(prepared, lambda db: self._prepare(db, going_on, now=prepared))
        yield Act(doing_it, lambda db: self._do(db, going_on, now=doing_it))
        for each in (going_on, soon):
            yield Act(in_need, partial(self._say, offer=each, now=in_need))
        shared, asked = self.line.on(-12, 9), self.line.on(-4, 9)
        yield Act(shared, lambda db: self._share(db, going_on, now=shared))
        written = self.line.on(-6, 16)
        yield Act(written, lambda db: self._write(db, going_on, now=written))
        yield Act(asked, lambda db: self._certify(db, over, now=asked))
        for offer, share in ((over, 1.0), (since, SOME)):
            at = self.line.on((offer.days[-1].day - self.line.today).days + 4, 18)
            yield Act(at, partial(self._answer, offer=offer, share=share, now=at))

    def _offer(self, key: str) -> Offer:
        return next(each for each in self.offers if each.key == key)

    def _plan_days(self, db: Session, *, offer: Offer, now: datetime) -> None:
        programme.put(db, session_id=offer.id, items=items(len(offer.days)), now=now, by=_leader(db, offer))

    def _prepare(self, db: Session, offer: Offer, *, now: datetime) -> None:
        for number, said in enumerate(words()["preparation"], start=1):
            asked = questions_in("\n".join(said["asks"]))
            assert isinstance(asked, list)
            facts = PartFacts(
                place=number,
                title=said["title"],
                about=said["about"],
                address=said["address"],
                minutes=said["minutes"],
                questions=asked,
            )
            parts.add(db, course_id=offer.course_id, facts=facts, now=now, by=self.office)

    def _do(self, db: Session, offer: Offer, *, now: datetime) -> None:
        found = parts.parts_of(db, offer.course_id)
        for person_id in sorted(seated(db, offer.id)):
            for part in found:
                if self.rng.random() < HAS_DONE:
                    right = {number: each.right for number, each in enumerate(parts.questions_of(part))}
                    about: dict[str, Any] = {"session_id": offer.id, "part_id": part.id, "roster": seated}
                    doing.do(db, answers=right, **about, now=now, by=person_id)

    def _say(self, db: Session, *, offer: Offer, now: datetime) -> None:
        for person_id in sorted(seated(db, offer.id)):
            if self.rng.random() < HAS_NEEDS:
                said: dict[str, Any] = {"diets": [self.rng.choice(DIETS)], "other_food": "", "access": ""}
                saying.say(db, session_id=offer.id, **said, roster=seated, now=now, by=person_id)

    def _share(self, db: Session, offer: Offer, *, now: datetime) -> None:
        about: dict[str, Any] = {"session_id": offer.id, "now": now, "by": _leader(db, offer)}
        said = words()["materials"]
        keeping.add_link(db, title=said["link"], address=said["address"], shown=MaterialShown.ALWAYS, **about)
        content = typst.compile("\n".join(said["text"]).encode(), ignore_system_fonts=True)
        assert isinstance(content, bytes)
        keeping.add_file(db, title=said["file"], content=content, shown=MaterialShown.BEFORE, **about)

    def _write(self, db: Session, offer: Offer, *, now: datetime) -> None:
        said, by = Written(addressed=Addressed.SEATED, **words()["message"]), _leader(db, offer)
        about: dict[str, Any] = {"written": said, "roster": seated, "now": now, "by": by}
        shown = sending.preview(db, session=session_of(db, offer.id), **about)
        sending.send(db, session_id=offer.id, key=f"{offer.id:032x}", saw=shown.saw, **about)

    def _certify(self, db: Session, offer: Offer, *, now: datetime) -> None:
        """The tick makes what is asked for."""
        issuing.ask(db, session_id=offer.id, people=seated(db, offer.id), now=now, by=_leader(db, offer))

    def _answer(self, db: Session, *, offer: Offer, share: float, now: datetime) -> None:
        asked = select(Asked.person_id).where(Asked.session_id == offer.id).order_by(Asked.person_id)
        for person_id in db.scalars(asked).all():
            if share == 1 or self.rng.random() < share:
                answer(db, session_id=offer.id, rng=self.rng, now=now, by=person_id)


def items(days: int) -> list[Item]:
    """A programme for so many days."""
    return [
        Item(day, time(each["hour"], each["minute"]), each["title"].format(day=day), each["teacher"])
        for day in range(1, days + 1)
        for each in words()["programme"]
    ]


def answer(db: Session, *, session_id: int, rng: Random, now: datetime, by: int) -> None:
    """Somebody thinks well of a session, more or less, and may say why."""
    asked = answering.look(db, session_id=session_id, by=by, now=now)
    given = {each.key: _said(each, rng) for each in asked}
    answering.answer(db, session_id=session_id, given=given, now=now, by=by)


def _said(question: Question, rng: Random) -> str:
    if question.kind is QuestionKind.SCALE:
        return str(min(ENTIRELY, max(1, round(rng.gauss(MEAN, SPREAD)))))
    if question.kind is QuestionKind.CHOICE:
        usual = words()["usual_choice"]
        return usual.get(question.key, question.choices[0]) if rng.random() < 1 - SAYS_A_WORD / 2 else NO_ANSWER
    said: list[str] = words()["opinions"].get(question.key, [])
    return rng.choice(said) if said and rng.random() < SAYS_A_WORD else NO_ANSWER


def _leader(db: Session, offer: Offer) -> int:
    led_by = select(SessionLeader.person_id).where(SessionLeader.session_id == offer.id)
    return db.scalars(led_by).first() or 0
