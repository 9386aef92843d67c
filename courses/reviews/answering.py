"""Answering: the unit says what it makes of a statement, what it will do, who does it and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.holders import everybody_with
from auth.states import Role
from courses import letters
from courses.models import ReviewAction
from courses.reviews.stating import locked, move
from courses.states import Refusal, ReviewState
from lararportal import journal
from lararportal.errors import NotFound, Refused


@dataclass(frozen=True)
class Promise:
    """What is to be done, who sees to it, and the last day in Stockholm."""

    what: str
    responsible: str
    due_on: date


def answer(db: Session, *, review_id: int, text: str, promises: Sequence[Promise], now: datetime, by: int) -> None:
    """The statement is answered, the actions stand with their days, and who stated it has a letter.

    Who stated it and is no reviewer any more cannot close it: then all who are have the letter.

    Raises:
        NotFound: there is no such review.
        Refused: it is not stated yet or answered already, or nothing is said.
    """
    review = locked(db, review_id)
    move(review, ReviewState.ANSWERED, unless=None if text.strip() else Refusal.ANSWER_WITHOUT_TEXT)
    review.answer, review.answered_at = text.strip(), now
    made = [
        ReviewAction(review_id=review.id, what=each.what, responsible=each.responsible, due_on=each.due_on)
        for each in promises
    ]
    db.add_all(made)
    db.flush()
    noted = [
        {"action": each.id, "what": each.what, "responsible": each.responsible, "due_on": str(each.due_on)}
        for each in made
    ]
    reviewers = everybody_with(db, Role.REVIEWER)
    told = [each for each in reviewers if each.id == review.stated_by] or reviewers
    people = [each.id for each in told]
    said: dict[str, Any] = {"review": review.id, "answer": review.answer, "actions": noted, "people": people}
    journal.note(db, "review.answered", now=now, by=by, **said)
    for each in told:
        letters.review_answered(db, person=each, review=review, actions=made, now=now)
    db.flush()


def done(db: Session, *, action_id: int, now: datetime, by: int) -> None:
    """What was promised has been done.

    Raises:
        NotFound: there is no such action.
        Refused: it was done before.
    """
    found = select(ReviewAction).where(ReviewAction.id == action_id).with_for_update()
    action = db.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if action is None:
        raise NotFound
    if action.done_at is not None:
        raise Refused(Refusal.ACTION_DONE_ALREADY)
    action.done_at = now
    journal.note(db, "review.action_done", now=now, by=by, review=action.review_id, action=action.id)
    db.flush()
