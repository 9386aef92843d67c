"""Reminding: when what was promised is late, every coordinator has a letter, once."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, selectinload

from auth.models import Grant, Person
from auth.states import Role
from courses import letters
from courses.models import Review, ReviewAction
from courses.rules import reviews as rules
from lararportal import journal
from lararportal.clock import day_of
from lararportal.outbox import Letter


def to_remind(db: Session, *, now: datetime) -> list[int]:
    """The actions that are late, of which a coordinator has not been told."""
    found = select(ReviewAction.id).where(*_late(now), exists().where(_untold()))
    return list(db.scalars(found.order_by(ReviewAction.id)))


def remind(db: Session, action_id: int, *, now: datetime, by: int | None) -> None:
    """Each coordinator who has not had it has the letter, unless the action is done by now."""
    locked = select(ReviewAction).where(ReviewAction.id == action_id, *_late(now)).with_for_update(of=ReviewAction)
    loaded = selectinload(ReviewAction.review).selectinload(Review.course)
    action = db.scalars(locked.options(loaded).execution_options(populate_existing=True)).one_or_none()
    if action is None:
        return
    office = select(Person).join(Grant, Grant.person_id == Person.id).join(ReviewAction, ReviewAction.id == action_id)
    found = db.scalars(office.where(_untold()).order_by(Person.id)).unique().all()
    if not found:
        return
    told = [each.id for each in found]
    journal.note(db, "review.action_late", now=now, by=by, action=action.id, review=action.review_id, people=told)
    for each in found:
        letters.review_action_late(db, person=each, action=action, now=now)
    db.flush()


def _late(now: datetime) -> tuple[ColumnElement[bool], ...]:
    first, last = rules.late_on(day_of(now))
    return ReviewAction.done_at.is_(None), ReviewAction.due_on.between(first, last)


def _untold() -> ColumnElement[bool]:
    """A coordinator who has had no letter about the action."""
    once = func.concat("review_action_late:", ReviewAction.id, ":", Grant.person_id)
    return (Grant.role == Role.COORDINATOR) & ~exists().where(Letter.once == once).correlate(ReviewAction, Grant)
