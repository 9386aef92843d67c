"""The reader of a frozen input: the whole document as facts, or one sentence that says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bookings.rules.allocation import fields
from bookings.rules.allocation.fields import Entry
from bookings.rules.allocation.instance import (
    RESIDENTS,
    SPECIALISTS,
    Applicant,
    Course,
    CourseSession,
    Instance,
    MalformedInstance,
    Policy,
)
from bookings.rules.allocation.progress import Told, counted, untold

FORMAT = "alloc-instance/1"
ORDERS = ("deadline", "straight", "reversed")


def read(document: Any, *, told: Told = untold) -> Instance:
    """Return the whole document as facts, or raise `MalformedInstance`; nothing is guessed or half read.

    Fields that no rule knows are left alone: they count in the hash, and the run does not see them. `unknown` names
    them.
    """
    if not isinstance(document, dict):
        raise MalformedInstance("The document must be an object with a format.")
    fields.insist_on_depth(document, "The document")
    fields.word(fields.require(document, "format", "The document"), "format", "The document", (FORMAT,))
    courses = {name: _course(name, entry) for name, entry in _entries(document, "courses")}
    groups = _groups(courses)
    sessions = {name: _session(name, entry, courses, groups) for name, entry in _entries(document, "sessions")}
    policy = _policy(fields.table(document, "policy", "The document", default={}), sessions)
    seed = _seed(document, policy)
    reader = _ApplicantReader(policy, courses, sessions, groups)
    entries = counted(_entries(document, "applicants"), "reading", told)
    applicants = {name: reader.read(name, entry) for name, entry in entries}
    term = fields.identifier(fields.require(document, "term", "The document"), "term", "The document")
    return Instance(term, policy, seed, courses, sessions, applicants)


def _entries(document: Entry, name: str) -> list[tuple[str, Entry]]:
    """Return the named objects of one of the three big tables, in order of id by code point."""
    table = fields.table(document, name, "The document")
    return [(key, fields.as_table(table[key], name, f"The entry {key!r}")) for key in sorted(table)]


def _groups(courses: Mapping[str, Course]) -> frozenset[str]:
    """Return the known groups: those that some course is for, and the two that the rules name themselves.

    A resident who became a specialist before closing may have asked for courses for residents only. They are not
    eligible, but that is no reason to refuse the whole round.
    """
    return frozenset({RESIDENTS, SPECIALISTS}.union(*(course.targets for course in courses.values())))


def _policy(entry: Entry, sessions: Mapping[str, CourseSession]) -> Policy:
    whose = "The policy"
    fields.word(entry.get("rejections", "auto"), "rejections", whose, ("auto",))
    closed = fields.items(entry.get("closed", []), "closed", whose)
    return Policy(
        cap=fields.whole(entry.get("cap", 4), "cap", whose),
        last_chance_months=fields.whole(entry.get("last_chance_months", 6), "last_chance_months", whose),
        tiebreak=fields.word(entry.get("tiebreak", "lottery"), "tiebreak", whose, ("lottery", "time")),
        lot_scope=fields.word(entry.get("lot_scope", "person"), "lot_scope", whose, ("person", "course")),
        auto_close=fields.flag(entry.get("auto_close", True), "auto_close", whose),
        closed=frozenset(fields.known(name, "closed", whose, sessions, "session") for name in closed),
    )


def _seed(document: Entry, policy: Policy) -> bytes:
    """Return the seed; only a run that breaks ties by time, and so draws no lots, may come without one."""
    if policy.tiebreak == "time" and "lottery" not in document:
        return b""
    lottery = fields.table(document, "lottery", "The document")
    return fields.seed_bytes(fields.require(lottery, "seed", "The lottery"), "seed", "The lottery")


def _course(name: str, entry: Entry) -> Course:
    whose = f"Course {name!r}"
    targets = fields.table(entry, "targets", whose)
    return Course(
        id=name,
        mandatory=fields.flag(fields.require(entry, "mandatory", whose), "mandatory", whose),
        order=fields.word(fields.require(entry, "order", whose), "order", whose, ORDERS),
        targets={group: fields.whole(rank, f"targets for {group!r}", whose) for group, rank in targets.items()},
    )


def _session(name: str, entry: Entry, courses: Mapping[str, Course], groups: frozenset[str]) -> CourseSession:
    whose = f"Session {name!r}"
    course = fields.known(fields.require(entry, "course", whose), "course", whose, courses, "course")
    days = fields.items(fields.require(entry, "days", whose), "days", whose)
    capacity = fields.whole(fields.require(entry, "capacity", whose), "capacity", whose)
    reserves: dict[str, int] = {}
    for group, seats in fields.table(entry, "reserves", whose, default={}).items():
        fields.known(group, "reserves", whose, groups, "group")
        reserves[group] = fields.whole(seats, f"reserves for {group!r}", whose)
    if sum(reserves.values()) > capacity:
        total = sum(reserves.values())
        raise MalformedInstance(f"{whose} has reserves of {total} seats in all, above its capacity of {capacity}.")
    return CourseSession(
        id=name,
        course=course,
        days=frozenset(fields.whole(day, "a day in days", whose) for day in days),
        capacity=capacity,
        minimum=fields.whole(entry.get("min", 0), "min", whose),
        reserves=reserves,
    )


@dataclass(frozen=True, slots=True)
class _ApplicantReader:
    """The tables that an applicant's entry is read against."""

    policy: Policy
    courses: Mapping[str, Course]
    sessions: Mapping[str, CourseSession]
    groups: frozenset[str]

    def read(self, name: str, entry: Entry) -> Applicant:
        """Return one applicant."""
        whose = f"Applicant {name!r}"
        rejections = fields.table(entry, "rejections", whose, default={})
        return Applicant(
            id=name,
            group=fields.known(fields.require(entry, "group", whose), "group", whose, self.groups, "group"),
            served=fields.whole(fields.require(entry, "served", whose), "served", whose),
            left=fields.whole_of_any_sign(fields.require(entry, "left", whose), "left", whose),
            cap=fields.whole(entry.get("cap", self.policy.cap), "cap", whose),
            passed=self._course_names(entry, "passed", whose),
            displaced=self._course_names(entry, "displaced", whose),
            rejections={
                fields.known(course, "rejections", whose, self.courses, "course"): fields.whole(
                    times, f"rejections for {course!r}", whose
                )
                for course, times in rejections.items()
            },
            applied_at=self._applied_at(entry, whose),
            requests=self._requests(entry, whose),
        )

    def _course_names(self, entry: Entry, name: str, whose: str) -> frozenset[str]:
        names = fields.items(entry.get(name, []), name, whose)
        return frozenset(fields.known(value, name, whose, self.courses, "course") for value in names)

    def _applied_at(self, entry: Entry, whose: str) -> int | float:
        """Return the time of application, which only a run that breaks ties by time needs."""
        if self.policy.tiebreak == "time":
            return fields.number(fields.require(entry, "applied_at", whose), "applied_at", whose)
        return fields.number(entry.get("applied_at", 0), "applied_at", whose)

    def _requests(self, entry: Entry, whose: str) -> tuple[str, ...]:
        """Return the strict list of sessions; a course may come back further down to interleave two courses."""
        wanted: dict[str, None] = {}
        for request in fields.items(fields.require(entry, "requests", whose), "requests", whose):
            course, sessions = self._request(request, whose)
            for session in sessions:
                self._belongs(session, course, whose)
                if session in wanted:
                    raise MalformedInstance(f"{whose} has session {session!r} twice in requests.")
                wanted[session] = None
        return tuple(wanted)

    def _request(self, request: Any, whose: str) -> tuple[str, list[Any]]:
        """Return one entry of requests: a course, and the wanted sessions of it."""
        match request:
            case [course, sessions]:
                known = fields.known(course, "requests", whose, self.courses, "course")
                return known, fields.items(sessions, f"the sessions of {known!r} in requests", whose)
            case _:
                raise MalformedInstance(f"{whose} has an entry in requests that is not a course with its sessions.")

    def _belongs(self, session: Any, course: str, whose: str) -> None:
        right = self.sessions[fields.known(session, "requests", whose, self.sessions, "session")].course
        if right != course:
            raise MalformedInstance(
                f"{whose} has session {session!r} under course {course!r} in requests, but it belongs to {right!r}."
            )
