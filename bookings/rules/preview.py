"""What a dry run would mean: who gets what, which sessions are thin, and what another decision would change.

Everything is read off the documents of the run (allocation rules, sections 2.1 and 2.8); persons are pseudonyms.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bookings.rules.allocation import allocate
from bookings.rules.allocation.instance import RESIDENTS

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Group:
    """How it goes for the persons of one group."""

    applicants: int
    seated: int
    """With one seat at least."""
    first_choice: int
    """Whose most wanted session is theirs."""


@dataclass(frozen=True, kw_only=True)
class Thin:
    """A session that fewer would come to than its minimum."""

    session: str
    admitted: int
    minimum: int


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """A course that persons of its target groups asked for in time and got no seat in."""

    course: str
    without: int
    mandatory: int
    """How many of them are residents and have to take it."""
    last_chance: int
    """How many of those are in their last term before the planned end (2.2, part U)."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What is different in another run for the same persons; each entry is a person and a course."""

    gained: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]
    other_session: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        """Whether anything is different for anybody."""
        return bool(self.gained or self.lost or self.other_session)


def groups(instance: Document, result: Document) -> dict[str, Group]:
    """The figures of every group that applied, by its name."""
    applicants: Counter[str] = Counter()
    seated: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for name, facts in instance["applicants"].items():
        held = result["assign"][name]
        applicants[facts["group"]] += 1
        seated[facts["group"]] += bool(held)
        first[facts["group"]] += facts["requests"][0][1][0] in held
    return {
        group: Group(applicants=count, seated=seated[group], first_choice=first[group])
        for group, count in sorted(applicants.items())
    }


def thin(instance: Document, result: Document) -> list[Thin]:
    """The sessions below their minimum that nobody has closed, the thinnest first: 2.6 would close in that order."""
    found = [
        Thin(session=name, admitted=cutoff["admitted"], minimum=instance["sessions"][name].get("min", 0))
        for name, cutoff in result["cutoffs"].items()
    ]
    below = [each for each in found if each.admitted < each.minimum]
    return sorted(below, key=lambda each: (each.admitted / each.minimum, each.session))


def shortages(instance: Document, result: Document) -> list[Shortage]:
    """The courses that some are left without, those that most have to take first: where a reserve helps (2.6).

    Who chose to take something else instead (CAP, CONFLICT) and who was not eligible is not short of the course.
    """
    holds = _courses_held(instance, result)
    without: dict[str, set[str]] = {}
    urgent: dict[str, set[str]] = {}
    for each in result["decisions"]:
        course = instance["sessions"][each["s"]]["course"]
        if each["code"] in ("WAITLISTED", "HELD_BACK", "CANCELLED") and course not in holds[each["a"]]:
            without.setdefault(course, set()).add(each["a"])
            if _is_last_chance(each["key"]):
                urgent.setdefault(course, set()).add(each["a"])
    found = [
        Shortage(
            course=course,
            without=len(persons),
            mandatory=sum(_has_to_take(instance, name, course) for name in persons),
            last_chance=len(urgent.get(course, ())),
        )
        for course, persons in without.items()
    ]
    return sorted(found, key=lambda each: (-each.mandatory, -each.last_chance, -each.without, each.course))


def last_chances_lost(result: Document) -> list[str]:
    """Who gets no seat at all although a course they asked for is their last chance, by pseudonym."""
    urgent = {each["a"] for each in result["decisions"] if _is_last_chance(each["key"])}
    return sorted(name for name in urgent if not result["assign"][name])


def effect(instance: Document, before: Document, after: Document) -> Effect:
    """What the second result makes different from the first."""
    sessions = {name: facts["course"] for name, facts in instance["sessions"].items()}
    changes: dict[str, list[tuple[str, str]]] = {"gained": [], "lost": [], "other_session": []}
    for name in sorted(set(before["assign"]) | set(after["assign"])):
        was = {sessions[held]: held for held in before["assign"].get(name, [])}
        now = {sessions[held]: held for held in after["assign"].get(name, [])}
        for course in sorted(was.keys() | now.keys()):
            if course not in was:
                changes["gained"].append((name, course))
            elif course not in now:
                changes["lost"].append((name, course))
            elif was[course] != now[course]:
                changes["other_session"].append((name, course))
    return Effect(**{what: tuple(found) for what, found in changes.items()})


def with_closed(instance: Document, closed: frozenset[str]) -> dict[str, Any]:
    """The same input with exactly these sessions closed by staff."""
    return {**instance, "policy": {**instance["policy"], "auto_close": False, "closed": sorted(closed)}}


def closed_by_rule(instance: Document) -> list[str]:
    """The sessions that the rule of 2.6 would close beside those that are closed, by id: a proposal to staff.

    What is closed already, a session in reserve among them, is not revived by the rule; so it is asked about an input
    that knows nothing of those sessions.
    """
    left = _without(instance, frozenset(instance["policy"].get("closed", [])))
    asked = {**left, "policy": {**instance["policy"], "auto_close": True, "closed": []}}
    return list(allocate(asked)["cancelled"])


def _without(instance: Document, closed: frozenset[str]) -> dict[str, Any]:
    """The same input as if these sessions had never been offered, nor asked for."""
    applicants = {
        name: facts
        | {
            "requests": [
                [course, [each for each in asked if each not in closed]] for course, asked in facts["requests"]
            ]
        }
        for name, facts in instance["applicants"].items()
    }
    sessions = {name: facts for name, facts in instance["sessions"].items() if name not in closed}
    return {**instance, "sessions": sessions, "applicants": applicants}


def _courses_held(instance: Document, result: Document) -> dict[str, set[str]]:
    return {name: {instance["sessions"][each]["course"] for each in held} for name, held in result["assign"].items()}


def _is_last_chance(key: list[int] | None) -> bool:
    return key is not None and key[2] == 0


def _has_to_take(instance: Document, name: str, course: str) -> bool:
    return bool(instance["courses"][course]["mandatory"]) and instance["applicants"][name]["group"] == RESIDENTS
