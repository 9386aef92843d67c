"""The cast: invented doctors and staff, the same ones each time, with the residency and the courses behind them."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from auth.states import Area, Category, Role
from lararportal.demo.dates import in_months
from lararportal.dev.people import PEOPLE, DemonstrationPerson

RESIDENTS = {
    Area.FYRBODAL: 99,
    Area.GOTEBORG: 211,
    Area.SKARABORG: 85,
    Area.SODRA_BOHUSLAN: 116,
    Area.SODRA_ALVSBORG: 113,
}
SPECIALISTS = 300
BEFORE_RESIDENCY = 40
NOT_YET_CONFIRMED = 7
LEADERS = 11
"""Beside Karin; taken from the specialists."""
COORDINATORS = 2
"""Beside Olle."""
ONE_IN_RULES_OF_2021 = 8
MONTHS = {Category.ST_2015: 60, Category.ST_2021: 66}
NEW = 30
"""Months; whoever has served longer began before the rules of 2021 were common."""
LEAVES = (0, 0, 0, 0, 0, 0, 4, 8, 10, 12, 14)

ANNA, SARA, KARIN, OLLE = "anna.st", "sara.specialist", "karin.kursledare", "olle.samordnare"
EVA, GUNNAR, SIV = "eva.studierektor", "gunnar.granskare", "system.admin"
POSTS = {
    KARIN: (Role.LEADER, None),
    OLLE: (Role.COORDINATOR, None),
    EVA: (Role.DIRECTOR, Area.GOTEBORG),
    GUNNAR: (Role.REVIEWER, None),
    SIV: (Role.ADMINISTRATOR, None),
}
"""The demonstration people who are here to work; Anna and Sara are among the doctors."""


@dataclass(kw_only=True)
class Figure:
    """Somebody in the demonstration; `id` is known once they have arrived."""

    subject: str
    given_name: str
    family_name: str
    email: str
    pseudonym: str
    id: int = 0


@dataclass(kw_only=True)
class Doctor(Figure):
    """A participant, and the courses (by code) that they took before there was a portal."""

    category: Category
    area: Area
    workplace: str
    residency_start: date | None = None
    planned_end: date | None = None
    leave_months: int = 0
    months_left: int = 0
    taken: frozenset[str] = frozenset()
    confirmed_at: datetime | None = None
    """Known once they have arrived, as the id."""


@dataclass(kw_only=True)
class Colleague(Figure):
    """Somebody who works with the courses."""

    role: Role
    area: Area | None


@dataclass
class Cast:
    """Everybody. The pending ones have described themselves, and nobody has confirmed it yet."""

    residents: list[Doctor] = field(default_factory=list)
    specialists: list[Doctor] = field(default_factory=list)
    before_residency: list[Doctor] = field(default_factory=list)
    pending: list[Doctor] = field(default_factory=list)
    colleagues: list[Colleague] = field(default_factory=list)

    @property
    def doctors(self) -> list[Doctor]:
        """Everybody whom somebody has confirmed."""
        return [*self.residents, *self.specialists, *self.before_residency]

    @property
    def leading_specialists(self) -> list[Doctor]:
        """Specialists who lead courses; they take part in none."""
        return self.specialists[1 : 1 + LEADERS]

    @property
    def leaders(self) -> list[Figure]:
        """Everybody who leads courses."""
        return [self.colleague(KARIN), *self.leading_specialists]

    def colleague(self, subject: str) -> Colleague:
        """One of the demonstration people who work here."""
        return next(each for each in self.colleagues if each.subject == subject)

    def director(self, area: Area) -> Colleague:
        """The director of studies of an area."""
        return next(each for each in self.colleagues if each.role is Role.DIRECTOR and each.area is area)


@cache
def words() -> dict[str, Any]:
    """The invented names, and the few Swedish words that people write."""
    read: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    return read


class Casting:
    """Invents people by a seeded generator: `share` of the numbers that the real unit has."""

    def __init__(self, rng: Random, *, today: date, codes: dict[str, bool], share: float) -> None:
        """`codes` are the courses that there are, and whether each is mandatory."""
        self._rng, self._today, self._codes, self._share = rng, today, codes, share
        self._names = self._invented_names()

    def cast(self) -> Cast:
        """Everybody, the demonstration people at the head of their list."""
        made = Cast()
        for person in PEOPLE:
            if person.subject in POSTS:
                role, area = POSTS[person.subject]
                made.colleagues.append(Colleague(**self._known(person), role=role, area=area))
        made.colleagues += [self._colleague(Role.COORDINATOR, None) for _ in range(COORDINATORS)]
        made.colleagues += [self._colleague(Role.DIRECTOR, area) for area in Area if area is not Area.GOTEBORG]
        known = {person.subject: self._known(person) for person in PEOPLE}
        made.residents = [self._anna(known[ANNA]), *self._residents()]
        made.specialists = [self._specialist(Area.GOTEBORG, **known[SARA])]
        made.specialists += [self._specialist(self._some_area()) for _ in range(self._part(SPECIALISTS) - 1)]
        made.before_residency = [self._before_residency() for _ in range(self._part(BEFORE_RESIDENCY))]
        made.pending = [self._newcomer(index) for index in range(NOT_YET_CONFIRMED)]
        return made

    def _part(self, number: int) -> int:
        return max(3, round(number * self._share))

    def _invented_names(self) -> Iterator[tuple[str, str]]:
        """Every pair of names once, and of those that are written alike without dots and rings only one."""
        pairs = [(given, family) for given in words()["given_names"] for family in words()["family_names"]]
        self._rng.shuffle(pairs)
        used = {_subject(person.given_name, person.family_name) for person in PEOPLE}
        for pair in pairs:
            if (subject := _subject(*pair)) not in used:
                used.add(subject)
                yield pair

    def _known(self, person: DemonstrationPerson) -> dict[str, Any]:
        return {
            "subject": person.subject,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "email": person.email,
            "pseudonym": self._pseudonym(),
        }

    def _invented(self) -> dict[str, Any]:
        given, family = next(self._names)
        subject = _subject(given, family)
        return {
            "subject": subject,
            "given_name": given,
            "family_name": family,
            "email": f"{subject}@example.org",
            "pseudonym": self._pseudonym(),
        }

    def _pseudonym(self) -> str:
        return f"{self._rng.getrandbits(64):016x}"

    def _colleague(self, role: Role, area: Area | None) -> Colleague:
        return Colleague(**self._invented(), role=role, area=area)

    def _anna(self, known: dict[str, Any]) -> Doctor:
        taken = frozenset({"OB01", "OV01"})
        return self._resident(Area.GOTEBORG, Category.ST_2015, served=15, **known, taken=taken)

    def _residents(self) -> Iterator[Doctor]:
        for area, number in RESIDENTS.items():
            count = self._part(number) - (area is Area.GOTEBORG)
            served = [self._rng.randrange(60) for _ in range(count)]
            new = sorted(range(count), key=lambda index: (served[index] > NEW, self._rng.random()))
            under_2021 = set(new[: round(count / ONE_IN_RULES_OF_2021)])
            for index in range(count):
                category = Category.ST_2021 if index in under_2021 else Category.ST_2015
                yield self._resident(area, category, served=served[index], **self._invented())

    def _resident(self, area: Area, category: Category, *, served: int, **facts: Any) -> Doctor:
        leave = self._rng.choice(LEAVES) if served > LEAVES[-1] else 0
        total = MONTHS[category]
        start = in_months(self._today, -served - leave, day_of_month=self._rng.randint(1, 28))
        end = in_months(self._today, total - served, day_of_month=self._rng.randint(1, 28))
        done = served / total
        return Doctor(**{
            "category": category,
            "area": area,
            "workplace": self._workplace(area),
            "residency_start": start,
            "planned_end": max(end, self._today + timedelta(days=30)),
            "leave_months": leave,
            "months_left": total - served,
            "taken": self._taken(min(0.95, done * 1.15 - 0.05), done * 0.35),
            **facts,
        })  # fmt: skip

    def _specialist(self, area: Area, **facts: Any) -> Doctor:
        return self._doctor(Category.SPECIALIST, area, **facts)

    def _before_residency(self) -> Doctor:
        return self._doctor(Category.PRE_ST, self._some_area())

    def _newcomer(self, index: int) -> Doctor:
        area = Area.GOTEBORG if index % 2 else self._some_area()
        if index == 0:
            return self._doctor(Category.SPECIALIST, area)
        return self._resident(area, Category.ST_2015, served=self._rng.randint(0, 8), **self._invented())

    def _doctor(self, category: Category, area: Area, **facts: Any) -> Doctor:
        known = facts or self._invented()
        return Doctor(**known, category=category, area=area, workplace=self._workplace(area))

    def _taken(self, mandatory: float, other: float) -> frozenset[str]:
        chances = {code: mandatory if is_mandatory else other for code, is_mandatory in self._codes.items()}
        return frozenset(code for code, chance in chances.items() if self._rng.random() < chance)

    def _some_area(self) -> Area:
        return self._rng.choices(list(RESIDENTS), weights=list(RESIDENTS.values()))[0]

    def _workplace(self, area: Area) -> str:
        return str(self._rng.choice(words()["health_centres"][area]))


def _subject(given_name: str, family_name: str) -> str:
    return f"{_plain(given_name)}.{_plain(family_name)}"


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())
