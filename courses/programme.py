"""The programme: what happens when on the days of a session, who teaches it, and who is told that it has changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import letters, reach
from courses.days.half_days import Roster, halves_of
from courses.models import CourseSession
from courses.rules.programme import Item
from lararportal import journal
from lararportal.journal import Entry
from lararportal.outbox import Letter


def put(db: Session, *, session_id: int, items: Sequence[Item], now: datetime, by: int) -> bool:
    """This is the programme of the session; whether it is another than before.

    Raises:
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
    """
    session = reach.session_of(db, session_id=session_id, by=by)
    wanted = [each.as_kept for each in items]
    if session.programme == wanted:
        return False
    session.programme, session.programme_at = wanted, now
    journal.note(db, "programme.put", now=now, by=by, session=session_id, programme=wanted)
    db.flush()
    return True


def tell(db: Session, *, session_id: int, roster: Roster, now: datetime, by: int) -> int:
    """Who was called to the session before the programme was changed has a letter with it; how many they are.

    Done again, nobody is left to tell.

    Raises:
        NotFound: as for `put`.
    """
    session = reach.session_of(db, session_id=session_id, by=by)
    told = untold(db, session, roster(db, session_id), now=now)
    if not told:
        return 0
    people = list(db.scalars(select(Person).where(Person.id.in_(told)).order_by(Person.id)))
    journal.note(db, "programme.told", now=now, by=by, session=session_id, people=[each.id for each in people])
    written = _first_written(db, session_id)
    for person in people:
        is_first = written is not None and told[person.id] < written
        letters.programme_changed(db, person=person, session=session, is_first=is_first, now=now)
    db.flush()
    return len(people)


def untold(db: Session, session: CourseSession, booked: Collection[int], *, now: datetime) -> Mapping[int, datetime]:
    """Those of the `booked` who were told of another programme than there is, or of none, each with when.

    Whoever has not been called yet will be told of it then. What is over is told to nobody.
    """
    if not session.programme or session.programme_at is None or now >= halves_of(session)[-1].ends:
        return {}
    last = func.max(Letter.created_at)
    had = select(Letter.person_id, last).where(Letter.person_id.in_(booked), is_of_programme(session.id))
    found = db.execute(had.group_by(Letter.person_id).having(last < session.programme_at))
    return dict(found.all())


def is_of_programme(session_id: Any) -> ColumnElement[bool]:
    """Of a letter: that it told of the programme of the session."""
    return or_(*(_begins(occasion, session_id) for occasion in ("summons", "programme_changed")))


def _begins(occasion: str, session_id: Any) -> ColumnElement[bool]:
    begins = Letter.once.startswith(func.concat(f"{occasion}:", session_id, ":"))
    return (Letter.occasion == occasion) & begins


def _first_written(db: Session, session_id: int) -> datetime | None:
    puts = (Entry.deed == "programme.put", Entry.session_id == session_id)
    return db.scalar(select(func.min(Entry.at)).where(*puts, func.jsonb_array_length(Entry.facts["programme"]) > 0))
