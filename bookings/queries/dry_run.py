"""What a dry run would mean, for coordinators: in figures, by name, and against the dry run before it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from auth.models import Person
from auth.states import Area
from bookings import opening_and_closing
from bookings.allocation import last_run
from bookings.models import Round, RoundSession, Run, SessionDecision
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.queries.runs import RunView, in_figures, persons_named
from bookings.rules import preview as rules
from bookings.rules.allocation import allocate, canonical_hash
from bookings.rules.preview import Effect, Group
from bookings.states import SessionFate
from courses.models import CourseSession
from lararportal.errors import NotFound


@dataclass(frozen=True)
class AreaFigures:
    """How it goes for the applicants of one area; None are those without one."""

    area: Area | None
    applicants: int
    seated: int


@dataclass(frozen=True, kw_only=True)
class ThinSession:
    """A session that fewer would come to than its minimum."""

    session: SessionRow
    admitted: int
    would_close: bool
    """Whether the rule would close it if nobody decided (allocation rules, section 2.6)."""


@dataclass(frozen=True, kw_only=True)
class ClosedSession:
    """A session that the run goes without, and how many are short of its course."""

    session: SessionRow
    is_reserve: bool
    without: int
    mandatory: int
    """Of them, the residents who have to take it."""
    last_chance: int


@dataclass(frozen=True, kw_only=True)
class DecidedSession:
    """What somebody decided about a session since the round was frozen."""

    session: SessionRow
    fate: SessionFate
    reason: str
    made_at: datetime
    made_by: str
    input_hash: str


@dataclass(frozen=True)
class Changes:
    """Who would have it otherwise: name and course, in order of the names."""

    gained: Sequence[tuple[str, str]]
    lost: Sequence[tuple[str, str]]
    other_session: Sequence[tuple[str, str]]

    def __bool__(self) -> bool:
        """Whether anything changes for anybody."""
        return bool(self.gained or self.lost or self.other_session)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The last dry run, and what has been decided around it."""

    run: RunView
    is_stale: bool
    """Whether a session has been opened or closed since: then it is to be drawn up again."""
    groups: Mapping[str, Group]
    areas: Sequence[AreaFigures]
    thin: Sequence[ThinSession]
    closed: Sequence[ClosedSession]
    last_chances_lost: Sequence[str]
    """Who gets nothing although it is their last term for a mandatory course they asked for."""
    since_last: Changes | None
    """Against the last dry run of another input or by other rules; None when there is none."""
    decided: Sequence[DecidedSession]


@dataclass(frozen=True, kw_only=True)
class EffectView:
    """What opening or closing one session would change, if it was done now."""

    session: SessionRow
    is_so_already: bool
    """Whether nothing is left to decide: it is open, or closed, as asked for."""
    changes: Changes
    admitted: int
    """How many would have a seat in it when it is opened; how many have one now when it is closed."""


def preview(db: Session, round_id: int) -> Preview | None:
    """What the last dry run would mean; None when there is none."""
    runs = last_run(round_id)
    last = db.scalars(runs).first()
    if last is None:
        return None
    same = (Run.input_hash == last.input_hash) & (Run.rules_version == last.rules_version)
    before = db.scalars(runs.where(~same)).first()
    round_ = _round(db, round_id)
    decided = opening_and_closing.decisions(db, round_id)
    instance = opening_and_closing.decided_input(round_.frozen or "{}", decided)
    result = json.loads(last.result)
    persons = persons_named(db, instance["applicants"])
    sessions = _sessions(db, round_id)
    earlier = json.loads(before.result) if before is not None else None
    return Preview(
        run=in_figures(last, result, sessions=[row_of(each) for each in sessions.values()], persons=persons),
        is_stale=last.input_hash != canonical_hash(instance),
        groups=rules.groups(instance, result),
        areas=_areas(persons, result),
        thin=[
            ThinSession(
                session=row_of(sessions[each.session]),
                admitted=each.admitted,
                would_close=each.session in last.would_close,
            )
            for each in rules.thin(instance, result)
        ],
        closed=_closed(instance, result, sessions),
        last_chances_lost=_named(rules.last_chances_lost(result), persons),
        since_last=_changes(rules.effect(instance, earlier, result), persons, sessions) if earlier else None,
        decided=_decided(db, decided, sessions),
    )


def effect(db: Session, round_id: int, session_id: int, *, fate: SessionFate) -> EffectView:
    """What opening or closing the session would change: two runs of the engine.

    Raises:
        NotFound: there is no such round, or the session is not in its frozen input, or nothing can be run yet.
    """
    round_ = _round(db, round_id)
    if round_.frozen is None or round_.seed is None:
        raise NotFound
    decided = opening_and_closing.decisions(db, round_id)
    now = opening_and_closing.decided_input(round_.frozen, decided) | {"lottery": {"seed": round_.seed}}
    name = str(session_id)
    if name not in now["sessions"]:
        raise NotFound
    closed = frozenset(now["policy"]["closed"])
    then = rules.with_closed(now, closed - {name} if fate is SessionFate.OPENED else closed | {name})
    before, after = allocate(now), allocate(then)
    sessions = _sessions(db, round_id)
    holding = after if fate is SessionFate.OPENED else before
    return EffectView(
        session=row_of(sessions[name]),
        is_so_already=now["policy"]["closed"] == then["policy"]["closed"],
        changes=_changes(rules.effect(now, before, after), persons_named(db, now["applicants"]), sessions),
        admitted=holding["cutoffs"].get(name, {"admitted": 0})["admitted"],
    )


def _round(db: Session, round_id: int) -> Round:
    found = db.scalar(select(Round).where(Round.id == round_id).options(undefer(Round.frozen)))
    if found is None:
        raise NotFound
    return found


def _sessions(db: Session, round_id: int) -> dict[str, CourseSession]:
    rows = db.scalars(sessions_with_course().join(RoundSession).where(RoundSession.round_id == round_id))
    return {str(each.id): each for each in rows}


def _areas(persons: Mapping[str, Person], result: Mapping[str, Any]) -> list[AreaFigures]:
    applicants, seated = Counter[Area | None](), Counter[Area | None]()
    for name, held in result["assign"].items():
        area = persons[name].area
        applicants[area] += 1
        seated[area] += bool(held)
    return [AreaFigures(area, applicants[area], seated[area]) for area in (*Area, None) if applicants[area]]


def _closed(
    instance: Mapping[str, Any], result: Mapping[str, Any], sessions: Mapping[str, CourseSession]
) -> list[ClosedSession]:
    """Those whose course most have to take and are short of come first: opening one of them helps most."""
    short = {each.course: each for each in rules.shortages(instance, result)}
    found = []
    for name in instance["policy"]["closed"]:
        need = short.get(instance["sessions"][name]["course"])
        found.append(
            ClosedSession(
                session=row_of(sessions[name]),
                is_reserve=sessions[name].is_reserve,
                without=need.without if need else 0,
                mandatory=need.mandatory if need else 0,
                last_chance=need.last_chance if need else 0,
            )
        )
    return sorted(
        found, key=lambda each: (-each.mandatory, -each.last_chance, -each.without, each.session.session_id)
    )


def _changes(found: Effect, persons: Mapping[str, Person], sessions: Mapping[str, CourseSession]) -> Changes:
    titles = {each.course.code: each.course.title for each in sessions.values()}

    def in_words(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return sorted((persons[name].name, titles[course]) for name, course in pairs)

    return Changes(in_words(found.gained), in_words(found.lost), in_words(found.other_session))


def _named(pseudonyms: Iterable[str], persons: Mapping[str, Person]) -> list[str]:
    return sorted(persons[name].name for name in pseudonyms)


def _decided(
    db: Session, decided: Sequence[SessionDecision], sessions: Mapping[str, CourseSession]
) -> list[DecidedSession]:
    deciders = {each.made_by for each in decided if each.made_by is not None}
    names = {each.id: each.name for each in db.scalars(select(Person).where(Person.id.in_(deciders)))}
    return [
        DecidedSession(
            session=row_of(sessions[str(each.session_id)]),
            fate=each.fate,
            reason=each.reason,
            made_at=each.made_at,
            made_by=names.get(each.made_by or 0, ""),
            input_hash=each.input_hash,
        )
        for each in decided
    ]
