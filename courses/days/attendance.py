"""Attendance: a leader notes in the room who is there for a half day, and until two weeks after the last day."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from courses.days import completion, half_days
from courses.days.half_days import Roster
from courses.models import Attendance, CourseSession
from courses.rules import days
from courses.rules.days import HalfDay, Key, Mark
from courses.states import Presence, Refusal, Source
from lararportal import journal
from lararportal.errors import Refused, insist


def note(
    db: Session, *, session_id: int, half: Key, noted: Mapping[int, Mark], roster: Roster, now: datetime, by: int
) -> int:
    """This is noted of these people for the half day, whatever was before; how many it is new of.

    Where the session was completed before, who has been through it follows.

    Raises:
        Refused: nobody is noted yet or any more, somebody has no seat or is the leader, or minutes make no sense.
        NotFound: there is no such half day, or the session is led by others.
    """
    session = half_days.led(db, session_id=session_id, by=by)
    found = half_days.half_of(session, half)
    _insist(session, found, noted, booked=roster(db, session_id), now=now, by=by)
    changed = write(db, session, {half: noted}, source=Source.LEADER, now=now, by=by)
    completion.recount(db, session, changed, now=now, by=by)
    return len(changed)


def everybody_is_there(db: Session, *, session_id: int, half: Key, roster: Roster, now: datetime, by: int) -> int:
    """Everybody of whom nothing is noted for the half day is there, but for the leader; how many they are.

    Raises:
        Refused: nobody is noted yet, or any more.
        NotFound: there is no such half day, or the session is led by others.
    """
    session = half_days.led(db, session_id=session_id, by=by)
    found = half_days.half_of(session, half)
    booked = roster(db, session_id)
    rows = half_days.rows_of(db, session_id, booked)
    noted = {each: Mark(Presence.PRESENT) for each in sorted(booked - {by}) if half not in rows[each]}
    _insist(session, found, noted, booked=booked, now=now, by=by)
    changed = write(db, session, {half: noted}, source=Source.LEADER, now=now, by=by)
    completion.recount(db, session, changed, now=now, by=by)
    return len(changed)


def _insist(
    session: CourseSession,
    half: HalfDay,
    noted: Mapping[int, Mark],
    *,
    booked: frozenset[int],
    now: datetime,
    by: int,
) -> None:
    insist(days.may_note(half_days.halves_of(session), half, now=now))
    if by in noted:
        raise Refused(Refusal.NOTES_ONESELF)
    if not noted.keys() <= booked:
        raise Refused(Refusal.NOT_BOOKED_HERE)
    for mark in noted.values():
        insist(days.fault_of(mark, half))


def write(
    db: Session,
    session: CourseSession,
    noted: Mapping[Key, Mapping[int, Mark]],
    *,
    source: Source,
    now: datetime,
    by: int | None,
    **facts: Any,
) -> list[int]:
    """The rows say it and the journal that it was said; the people of whom it is something else than before.

    Who calls holds the session locked and has asked whether it may be said.
    """
    rows = half_days.rows_of(db, session.id, {person for people in noted.values() for person in people})
    changed = []
    for key, person_id, mark in _one_by_one(noted):
        row = rows[person_id].get(key)
        if row is not None and Mark(row.state, row.minutes) == mark:
            continue
        before = None if row is None else row.state
        if row is None:
            row = Attendance(session_id=session.id, person_id=person_id, day=key[0], half=key[1])
            db.add(row)
        row.state, row.minutes, row.source, row.noted_at, row.noted_by = mark.state, mark.minutes, source, now, by
        said: dict[str, Any] = {"day": str(key[0]), "half": key[1], "source": source, "before": before, **facts}
        said |= {"state": mark.state, "minutes": mark.minutes}
        journal.note(db, "attendance.noted", now=now, by=by, person=person_id, session=session.id, **said)
        changed.append(person_id)
    db.flush()
    return changed


def _one_by_one(noted: Mapping[Key, Mapping[int, Mark]]) -> Iterator[tuple[Key, int, Mark]]:
    for key, people in noted.items():
        for person_id, mark in people.items():
            yield key, person_id, mark
