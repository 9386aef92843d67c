"""What the doctors want: who asks for which courses, in which order, and for which of their sessions."""

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from auth.states import Area
from courses.states import Kind
from lararportal.demo.cast import Cast, Doctor
from lararportal.demo.offer import Offer

MOST_COURSES = 4
IDLE = 0.08
"""Share of the residents who do not apply at all."""
NEIGHBOURS = {
    frozenset({Area.GOTEBORG, Area.SODRA_BOHUSLAN}),
    frozenset({Area.GOTEBORG, Area.SODRA_ALVSBORG}),
    frozenset({Area.SODRA_BOHUSLAN, Area.FYRBODAL}),
    frozenset({Area.SODRA_ALVSBORG, Area.SKARABORG}),
    frozenset({Area.FYRBODAL, Area.SKARABORG}),
}
OWN, NEXT_DOOR, FAR = 0, 1, 2
PULL = {OWN: 1.0, NEXT_DOOR: 0.6, FAR: 0.25}
"""How much likelier somebody is to ask for a course near than for one far away."""
GOES_FAR = 0.6
"""How often somebody lists a session far away beside one that is nearer."""


def distance(one: Area, other: Area) -> int:
    """How far it is from one area to another, in steps."""
    if one is other:
        return OWN
    return NEXT_DOOR if frozenset({one, other}) in NEIGHBOURS else FAR


@dataclass
class Wish:
    """What one doctor wants from a round: courses with their sessions, most wanted first, and how many seats."""

    doctor: Doctor
    courses: list[list[Offer]] = field(default_factory=list)
    cap: int = 1

    @property
    def sessions(self) -> list[Offer]:
        """The list that is sent in."""
        return [offer for course in self.courses for offer in course]


class Wishing:
    """Who wants what from the sessions of a round."""

    def __init__(self, rng: Random, cast: Cast, offers: Sequence[Offer]) -> None:
        self._rng, self._cast = rng, cast
        self._courses: dict[str, list[Offer]] = defaultdict(list)
        for offer in offers:
            self._courses[offer.code].append(offer)
        self._wanted: dict[str, list[str]] = defaultdict(list)
        """Course codes by subject."""

    def wishes(self, *, busy: Collection[str], passed: dict[str, set[str]]) -> list[Wish]:
        """Everybody's wish, in the order of the cast.

        `busy` are the subjects of those who ask for nothing or for something of their own choosing; `passed` the
        codes of the courses that somebody (by subject) already has a seat in.
        """
        leading = {leader.subject for leader in self._cast.leading_specialists}
        idle = {each.subject for each in self._cast.residents if self._rng.random() < IDLE}
        away = {*busy, *leading, *idle}
        groups = (
            (self._cast.residents, lambda offer: offer.residents * offer.seats),
            (self._cast.specialists, lambda offer: offer.specialists),
            (self._cast.before_residency, lambda offer: offer.before_residency),
        )
        for doctors, wanted in groups:
            here = [each for each in doctors if each.subject not in away]
            # The courses that most want first: those of four courses a doctor gives the fourth up last.
            for code, offers in sorted(self._courses.items(), key=lambda item: -sum(map(wanted, item[1]))):
                count = round(sum(map(wanted, offers)))
                free = [each for each in here if self._may_want(each, code, passed)]
                self._draw(free, code, count)
        return [self._wish(each) for each in self._cast.doctors if self._wanted[each.subject]]

    def _may_want(self, doctor: Doctor, code: str, passed: dict[str, set[str]]) -> bool:
        had = code in doctor.taken or code in passed.get(doctor.subject, ())
        return not had and len(self._wanted[doctor.subject]) < MOST_COURSES

    def _draw(self, doctors: Sequence[Doctor], code: str, count: int) -> None:
        """Draws so many without putting back, each as likely as eager (Efraimidis and Spirakis)."""
        keys = {each.subject: self._rng.random() ** (1 / self._eagerness(each, code)) for each in doctors}
        for doctor in sorted(doctors, key=lambda each: keys[each.subject], reverse=True)[:count]:
            self._wanted[doctor.subject].append(code)

    def _eagerness(self, doctor: Doctor, code: str) -> float:
        """A resident who lacks a mandatory course asks for it more and more as the end comes nearer."""
        offers = self._courses[code]
        pull = max(PULL[distance(doctor.area, offer.area)] for offer in offers)
        if offers[0].kind is Kind.MANDATORY:
            return pull * 12 / (6 + doctor.months_left)
        return pull

    def _wish(self, doctor: Doctor) -> Wish:
        codes = self._wanted[doctor.subject]
        codes.sort(key=lambda code: (self._courses[code][0].kind is not Kind.MANDATORY) + self._rng.random())
        courses = [self._sessions(doctor, code) for code in codes]
        cap = min(MOST_COURSES, max(1, math.ceil(len(courses) * self._rng.uniform(0.5, 1.1))))
        return Wish(doctor, courses, cap)

    def _sessions(self, doctor: Doctor, code: str) -> list[Offer]:
        """The sessions of a course, near ones first; those far away only by who goes far."""
        steps = {offer.key: distance(doctor.area, offer.area) for offer in self._courses[code]}
        ordered = sorted(self._courses[code], key=lambda offer: steps[offer.key] + self._rng.random())
        goes_far = self._rng.random() < GOES_FAR
        return [each for each in ordered if each is ordered[0] or steps[each.key] < FAR or goes_far]
