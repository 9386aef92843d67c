"""What letters say no more: to somebody who is protected or erased, or about them to others."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lararportal import pages
from lararportal.outbox import WITHOUT_CONTENT, Letter, LetterState


def take_content_away(
    db: Session, *, person_id: int, name: str, instead: str, called: Mapping[int, str], needed: Collection[str]
) -> None:
    """The letters to somebody say nothing any more, and those to others call them otherwise, as `rename` has it.

    Those that are `needed`, by their `once`, stay: without what stands in them nobody can sign in and read.
    """
    subject, body = pages.letter(WITHOUT_CONTENT, portal_url=db.info["portal_url"])
    theirs = update(Letter).where(Letter.person_id == person_id, Letter.once.not_in(needed), Letter.body != "")
    db.execute(
        theirs.values(subject=subject, body=body, reply_to="", calendars=[]).execution_options(
            synchronize_session="fetch"
        )
    )
    rename(db, name=name, instead=instead, called=called)


def forget(db: Session, *, person_id: int, now: datetime) -> None:
    """The letters to somebody say nothing any more and tell no address; what was not sent is stopped."""
    theirs = update(Letter).where(Letter.person_id == person_id)
    waits = theirs.where(Letter.state != LetterState.SENT, Letter.stopped_at.is_(None))
    stopped = waits.values(state=LetterState.FAILED, stopped_at=now)
    blank = theirs.values(address="", body="", reply_to="", calendars=[], answer="")
    for statement in (stopped, blank):
        db.execute(statement.execution_options(synchronize_session="fetch"))


def answer_the_office(db: Session, *, address: str) -> None:
    """Nobody answers letters to this address any more, but to the sender of all letters."""
    if address:
        theirs = update(Letter).where(Letter.reply_to == address).values(reply_to="")
        db.execute(theirs.execution_options(synchronize_session="fetch"))


def rename(db: Session, *, name: str, instead: str, called: Mapping[int, str]) -> None:
    """Letters call somebody otherwise.

    `called` is everybody with that name in their own: letters to namesakes stay, and longer names stay everywhere.
    """
    namesakes = [number for number, each in called.items() if each == name]
    # Lines are broken in names too.
    written = func.regexp_replace(Letter.subject + " " + Letter.body, r"\s+", " ", "g")
    named = written.contains(name, autoescape=True)
    found = select(Letter).where(Letter.person_id.not_in(namesakes), named).order_by(Letter.id)
    longer = {each for each in called.values() if each != name}
    for letter in db.scalars(found.with_for_update().execution_options(populate_existing=True)):
        letter.subject = _renamed(letter.subject, name, instead, longer)
        letter.body = _renamed(letter.body, name, instead, longer)


def _renamed(written: str, name: str, instead: str, longer: Collection[str]) -> str:
    """The text with something for the name, also in the genitive, but not where it is a part of a longer one."""
    names = "|".join(
        r"\s+".join(map(re.escape, each.split())) for each in (*sorted(longer, key=len, reverse=True), name)
    )

    def other(found: re.Match[str]) -> str:
        return found[0] if " ".join(found[0].split()) in longer else instead

    return re.sub(rf"(?<![\w-])(?:{names})(?=s?(?![\w-]))", other, written)
