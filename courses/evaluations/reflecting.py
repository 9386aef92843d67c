"""Reflecting: a leader says what they think of their session afterwards, and what is to be done by whom and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import reach, seen
from courses.models import Reflection
from lararportal import journal
from lararportal.personal_number import without


@dataclass(frozen=True)
class Action:
    """Something to do: what, who sees to it, and the last day for it."""

    what: str
    who: str
    due: date


@dataclass(frozen=True)
class Reflected:
    """A reflection as it is read: the text, and what there is to do, the first day first."""

    text: str
    actions: Sequence[Action]


NOTHING = Reflected("", [])
"""What is read of a session on which nobody has written anything."""


def write(
    db: Session,
    *,
    session_id: int,
    text: str,
    actions: Sequence[Action],
    saw: str | None = None,
    now: datetime,
    by: int,
) -> bool:
    """This is the reflection on the session and what there is to do. Returns whether it is other than before.

    Raises:
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
        Refused: something else stands there than what `saw` stands for.
    """
    reach.session_of(db, session_id=session_id, by=by)
    wanted = Reflected(text, sorted(actions, key=lambda each: each.due))
    seen.insist(of_sessions(db, [session_id]).get(session_id, NOTHING), seen=saw, wanted=wanted)
    listed = [{"what": each.what, "who": each.who, "due": each.due.isoformat()} for each in actions]
    said = without({"text": text, "actions": listed})
    row = db.get(Reflection, session_id, populate_existing=True)
    if row is not None and {"text": row.text, "actions": row.actions} == said:
        return False
    if row is None:
        row = Reflection(session_id=session_id)
        db.add(row)
    row.text, row.actions, row.written_at, row.written_by = said["text"], said["actions"], now, by
    journal.note(db, "reflection.written", now=now, by=by, session=session_id, **said)
    db.flush()
    return True


def of_sessions(db: Session, session_ids: Iterable[int]) -> dict[int, Reflected]:
    """The reflections that there are on these, by session."""
    found = db.scalars(select(Reflection).where(Reflection.session_id.in_(session_ids)))
    return {each.session_id: Reflected(each.text, _actions_of(each)) for each in found}


def _actions_of(row: Reflection) -> list[Action]:
    found = [Action(each["what"], each["who"], date.fromisoformat(each["due"])) for each in row.actions]
    return sorted(found, key=lambda each: each.due)
