"""Completion: the leader says in one page what only they can say, and who has been through the session follows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import letters, seen
from courses.certificates import issuing, withdrawing
from courses.days import half_days
from courses.days.half_days import Roster
from courses.models import Completion, CourseSession
from courses.rules import days
from courses.rules.days import Demands, HalfDay, Key, Mark, Tally, Verdict
from courses.states import CourseOutcome, Refusal
from lararportal import journal
from lararportal.errors import Refused, insist

Said = dict[int, tuple[bool | None, bool | None]]
"""Of whom what is said: whether their competence is met, and whether they have prepared."""


@dataclass(frozen=True)
class Found:
    """What there is to decide about somebody by."""

    tally: Tally
    missed: list[HalfDay]
    marks: Mapping[Key, Mark]


def said_of(demands: Demands, who: Iterable[tuple[int, Tally, Completion | None]]) -> Said:
    """What is said now of those who were there, which is what a page asks for; nothing where nothing is demanded."""
    if not demands.competence and not demands.preparation:
        return {}
    there = {person_id: row for person_id, found, row in who if found.absence is None}
    return {
        each: (row.competence_met, row.prepared) if row else (None, None)
        for each, row in sorted(there.items(), key=itemgetter(0))
    }


def complete(
    db: Session,
    *,
    session_id: int,
    verdicts: Mapping[int, Verdict],
    saw: str | None = None,
    roster: Roster,
    now: datetime,
    by: int,
) -> int:
    """It is decided of everybody with a seat whether they have been through the session; how many have.

    Whoever was absent has a letter about that, once for each half day. Said once more, the same changes nothing.
    `saw` stands for what the page said (`said_of`) before it was filled in.

    Raises:
        Refused: the last half day has not begun, it is locked, nothing is said of somebody who was there of what
            the course demands, or something else is said meanwhile than the page showed.
        NotFound: there is no such session, or it is led by others.
    """
    session = half_days.led(db, session_id=session_id, by=by)
    insist(days.may_complete(half_days.halves_of(session), now=now))
    return decide(db, session, verdicts, booked=roster(db, session_id), saw=saw, now=now, by=by)


def decide(
    db: Session,
    session: CourseSession,
    verdicts: Mapping[int, Verdict],
    *,
    booked: Collection[int],
    saw: str | None,
    now: datetime,
    by: int,
    **facts: Any,
) -> int:
    """The session, which is held and may be completed, is so, and noted with these facts; how many have passed.

    Raises:
        Refused: `by` would decide about themselves, nothing is said of somebody of what the course demands, or
            something else is said meanwhile than `saw`.
    """
    found = _found(db, session, booked)
    demands, rows = half_days.demands_of(session), _completions(db, session.id)
    _insist_on_verdicts(db, demands, found, verdicts, by=by)
    said = said_of(demands, ((each, of.tally, rows.get(each)) for each, of in found.items()))
    seen.insist(said, seen=saw, wanted={each: asked(demands, verdicts.get(each, Verdict())) for each in said})
    changed = _decide(db, session, found, verdicts, now=now, by=by, **facts)
    passed = [each for each in _completions(db, session.id).values() if each.outcome is CourseOutcome.PASSED]
    if changed or session.completed_at is None:
        session.completed_at, session.completed_by = now, by
        counts = {"passed": len(passed), "booked": len(booked)}
        journal.note(db, "session.completed", now=now, by=by, session=session.id, **counts, **facts)
    return len(passed)


def recount(db: Session, session: CourseSession, people: Collection[int], *, now: datetime, by: int | None) -> None:
    """What is noted of these people has changed: of a completed session, what follows from it does too.

    What the leader said of them stays; of who was never there before, nothing has been said.
    """
    if session.completed_at is None:
        return
    earlier = _completions(db, session.id)
    said = {each: Verdict(row.competence_met, row.prepared) for each, row in earlier.items() if each in people}
    say(db, session, {each: said.get(each, Verdict()) for each in people}, now=now, by=by)


def say(
    db: Session,
    session: CourseSession,
    verdicts: Mapping[int, Verdict],
    *,
    now: datetime,
    by: int | None,
    **facts: Any,
) -> list[int]:
    """This is said of these people, if the session is completed; those of whom something else follows now."""
    if session.completed_at is None:
        return []
    return _decide(db, session, _found(db, session, verdicts), verdicts, now=now, by=by, **facts)


def _decide(
    db: Session,
    session: CourseSession,
    found: Mapping[int, Found],
    verdicts: Mapping[int, Verdict],
    *,
    now: datetime,
    by: int | None,
    **facts: Any,
) -> list[int]:
    """The rows say what came of these people's seats, and the journal; those of whom it is something else now."""
    demands, rows = half_days.demands_of(session), _completions(db, session.id)
    changed = []
    for person_id, each in sorted(found.items()):
        said = _said(demands, each.tally, verdicts.get(person_id, Verdict()))
        row = rows.get(person_id)
        if row is not None and {name: getattr(row, name) for name in said} == said:
            continue
        if row is None:
            row = Completion(session_id=session.id, person_id=person_id, told_of=[])
            db.add(row)
            rows[person_id] = row
        for name, value in said.items():
            setattr(row, name, value)
        row.decided_at, row.decided_by = now, by
        said |= facts
        journal.note(db, "completion.decided", now=now, by=by, person=person_id, session=session.id, **said)
        changed.append(person_id)
    _tell(db, session, found, rows, now=now)
    db.flush()
    withdrawing.follow(db, session_id=session.id, people=changed, now=now, by=by)
    issuing.follow(db, session, people=changed, now=now, by=by)
    return changed


def _said(demands: Demands, tally: Tally, verdict: Verdict) -> dict[str, Any]:
    was_there = tally.absence is None
    verdict = Verdict(*asked(demands, verdict)) if was_there else Verdict()
    lacking = days.lacks(demands, tally, verdict)
    return {
        "outcome": days.outcome(lacking),
        "half_days": tally.half_days,
        "of_half_days": tally.of,
        "minutes": tally.minutes,
        "competence_met": verdict.competence_met,
        "prepared": verdict.prepared,
        "absence": tally.absence,
        "lacks": [str(each) for each in lacking],
    }


def asked(demands: Demands, verdict: Verdict) -> tuple[bool | None, bool | None]:
    """Of what is said of somebody that which the course demands."""
    return verdict.competence_met if demands.competence else None, verdict.prepared if demands.preparation else None


def _tell(
    db: Session,
    session: CourseSession,
    found: Mapping[int, Found],
    rows: Mapping[int, Completion],
    *,
    now: datetime,
) -> None:
    """Who was absent from a half day that no letter has told them of has one, with all of them."""
    news = {
        person_id: each
        for person_id, each in found.items()
        if {half.name for half in each.missed} - set(rows[person_id].told_of)
    }
    for person in db.scalars(select(Person).where(Person.id.in_(news)).order_by(Person.id)):
        each, row = news[person.id], rows[person.id]
        row.told_of = [half.name for half in each.missed]
        missed = [(half, each.marks[half.key].state if half.key in each.marks else None) for half in each.missed]
        journal.note(db, "absence.told", now=now, by=None, person=person.id, session=session.id, of=row.told_of)
        letters.absence_noted(db, person=person, session=session, missed=missed, completion=row, now=now)


def _found(db: Session, session: CourseSession, people: Iterable[int]) -> dict[int, Found]:
    people = set(people)
    halves, rows = half_days.halves_of(session), half_days.rows_of(db, session.id, people)
    marks = {each: half_days.marks(rows[each]) for each in people}
    return {each: Found(days.tally(halves, said), days.missed(halves, said), said) for each, said in marks.items()}


def _completions(db: Session, session_id: int) -> dict[int, Completion]:
    db.flush()
    rows = select(Completion).where(Completion.session_id == session_id).execution_options(populate_existing=True)
    return {each.person_id: each for each in db.scalars(rows)}


def _insist_on_verdicts(
    db: Session, demands: Demands, found: Mapping[int, Found], verdicts: Mapping[int, Verdict], *, by: int
) -> None:
    if by in found:
        raise Refused(Refusal.NOTES_ONESELF)
    unsaid = [each for each, of in found.items() if days.is_unsaid(demands, of.tally, verdicts.get(each, Verdict()))]
    if unsaid:
        raise Refused(Refusal.VERDICT_MISSING, name=db.get_one(Person, min(unsaid)).name)
