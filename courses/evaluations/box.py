"""The box: what has been answered about a session, sealed so that neither rows nor sizes tell what came last."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import AnswerBox
from courses.rules.evaluations import Tallies
from lararportal.sealing import safe_of

ROUND = 16_384
"""Bytes: however little or much the last one wrote, the box is mostly as long as before."""


def new(db: Session, session_id: int) -> AnswerBox:
    """An empty one."""
    box = AnswerBox(session_id=session_id)
    put(db, box, Tallies())
    db.add(box)
    return box


def locked(db: Session, session_id: int) -> AnswerBox | None:
    """That of a session, for whoever puts something in: one after the other."""
    found = select(AnswerBox).where(AnswerBox.session_id == session_id).with_for_update()
    return db.scalars(found.execution_options(populate_existing=True)).one_or_none()


def put(db: Session, box: AnswerBox, tallies: Tallies) -> None:
    """Everything that is in it from now on; sealed anew, though nothing were new."""
    said = {"answers": tallies.answers, "counts": tallies.counts, "texts": tallies.texts}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    length = len(text.encode())
    box.sealed = safe_of(db).seal(text + " " * (-length % ROUND), place=box.place)


def opened(db: Session, box: AnswerBox) -> Tallies:
    """What is in it.

    Raises:
        CannotOpen: it was sealed with a key that is not in the settings, or is damaged.
    """
    return Tallies(**json.loads(safe_of(db).open(box.sealed, place=box.place)))


def imprint(db: Session, session_id: int, question: str, text: str) -> str:
    """What a text is known by where it is masked: other in each unit, which is said by the session it begins with."""
    return safe_of(db).imprint(text, kind=f"maskings:{session_id}:{question}")
