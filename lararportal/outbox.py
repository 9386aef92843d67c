"""The outbox: letters are rendered and stored with the deed, and sent afterwards by a worker.

A letter is one file in `templates/letters/`: the first line is the subject, the rest is the text. It is rendered
inside the transaction, so that it says what was true then and exists if and only if the deed does.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, Index, String, Text, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lararportal import added, alike, journal, pages
from lararportal.clock import day_of
from lararportal.db import Base
from lararportal.errors import NotFound, RecipientError
from lararportal.personal_number import redacted

SUBJECT_LENGTH = 250
"""Characters; the days of a long course would make it longer, and a letter must not fail for that."""

_ADDRESS = re.compile(r"""<[^<>]*@[^<>]*>|"[^"]*"@\S*|\S*@\S*""")
"""Servers repeat whom they know or do not; names stand in that, and what is in the journal stays there."""


class LetterState(StrEnum):
    """A letter waits, has been taken by the mail server, or has failed too often and waits for a person."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Letter(Base):
    """One e-mail to one person, finished down to the last character."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    once: Mapped[str] = mapped_column(
        String(200), unique=True, doc="The occasion: posted a second time it is not sent twice."
    )
    occasion: Mapped[str] = mapped_column(String(60), doc="The letter's file name without ending.")
    person_id: Mapped[int] = mapped_column(index=True)
    booking_id: Mapped[int | None] = mapped_column(
        doc="The seat or place in line that it is about, if it is about one."
    )
    address: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str] = mapped_column(
        String(320), default="", server_default="", doc="Where an answer goes, if not to the sender of all letters."
    )
    calendars: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="iCalendar objects to attach.")
    message_id: Mapped[str] = mapped_column(String(120), doc="The same at every attempt, so that a duplicate shows.")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[LetterState] = mapped_column(default=LetterState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text, doc="What the mail server said last.")
    stopped_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        doc="When somebody decided that it is not to be sent; it has failed and waits no more.",
    )
    sent_again_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When somebody had it sent again, if so: it waits since then."
    )
    refused_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When the mail server said no to whom it is for, until it takes it."
    )

    __table_args__ = (Index("ix_letters_due", "next_attempt_at", "id", postgresql_where=text("state = 'queued'")),)


WAITS = (Letter.state == LetterState.QUEUED) & Letter.refused_at.is_(None)
"""Letters that the mail server has not been asked for yet, or could not take."""
REFUSED = (Letter.state == LetterState.QUEUED) & Letter.refused_at.is_not(None)
"""Letters that it could take, and does not for whom they are for. They are tried on, as if they waited."""
TO_LOOK_AT = ((Letter.state == LetterState.FAILED) | REFUSED) & Letter.stopped_at.is_(None)
"""Letters about which a person has to do something."""


@dataclass(frozen=True)
class Recipient:
    """Whom a letter is for."""

    person_id: int
    name: str
    address: str
    reads_here: bool = False
    """A letter says no more than that there is something to read, since theirs is a protected identity."""


WITHOUT_CONTENT = "_without_content"
NEEDED_IN_FULL = ("invited",)
"""Without what stands in it nobody can sign in and read it."""


def post(
    db: Session,
    occasion: str,
    *,
    to: Recipient,
    once: str,
    now: datetime,
    calendars: Sequence[str] = (),
    about: int | None = None,
    reply_to: str = "",
    **facts: Any,
) -> None:
    """Stores a letter for sending; `once` names the occasion and is unique over all letters.

    `about` is the booking that it is about, if it is about one; an answer goes to `reply_to`, or to the sender.

    The facts reach the template beside `to`, `portal_url` and `today`.

    Raises:
        IntegrityError: at flush, when the same occasion was posted before.
    """
    is_withheld = to.reads_here and occasion not in NEEDED_IN_FULL
    subject, body = rendered(db, WITHOUT_CONTENT if is_withheld else occasion, to=to, now=now, **facts)
    letter = Letter(
        once=once,
        occasion=occasion,
        person_id=to.person_id,
        booking_id=about,
        address=to.address,
        subject=subject,
        body=body,
        reply_to="" if is_withheld else reply_to,
        calendars=[] if is_withheld else list(calendars),
        message_id=_new_message_id(),
        created_at=now,
        next_attempt_at=now,
    )
    added.add(db, [letter])


def rendered(db: Session, template: str, *, to: Recipient, now: datetime, **facts: Any) -> tuple[str, str]:
    """Subject and text as somebody has them; mail is read by others on its way, so no personnummer is in it."""
    written = pages.letter(template, to=to, portal_url=db.info["portal_url"], today=day_of(now), **facts)
    subject, body = map(redacted, written)
    return subject[:SUBJECT_LENGTH], body


ATTEMPTS = 12
"""How often a letter is tried before it is given up: some twenty hours with the delays below."""
PUT_OFF = 6
"""A server that says so often "later" of somebody, for half an hour, has said no."""


_NEXT = (
    select(Letter)
    .where(Letter.state == LetterState.QUEUED, Letter.next_attempt_at <= bindparam("now"))
    .order_by(Letter.next_attempt_at, Letter.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
"""The oldest due letter that nobody has in hand; put together once, since thousands are looked for."""


def deliver_next(db: Session, *, now: datetime, send: Callable[[Letter], str]) -> Letter | None:
    """Takes the oldest due letter, sends it, and marks it; None when none is due.

    The row stays locked while the mail server is spoken to, and others skip it: no letter is sent by two workers.
    `send` answers what the server said. When it raises, the letter keeps the fault as its answer and waits, longer
    each time: 1, 2, 4 minutes, at most 6 hours.
    """
    letter = db.scalars(_NEXT, {"now": now}).first()
    if letter is None:
        return None
    try:
        answer = send(letter)
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with one letter must not stop the ones behind it
        told = _not_sent(letter, fault, now=now)
    else:
        told = {"answer": _storable(answer), "state": LetterState.SENT, "sent_at": now, "refused_at": None}
    alike.put(db, {letter: {"attempts": letter.attempts + 1, **told}})
    return letter


def _storable(said: str) -> str:
    """What a server may say and the database cannot keep is no reason to forget that it has taken the letter."""
    return said.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _not_sent(letter: Letter, fault: Exception, *, now: datetime) -> dict[str, Any]:
    """What is so of a letter from now on that has just been tried in vain."""
    tried = letter.attempts + 1
    wait = min(timedelta(minutes=2 ** (tried - 1)), timedelta(hours=6))
    told: dict[str, Any] = {"answer": _storable(str(fault) or type(fault).__name__), "next_attempt_at": now + wait}
    if isinstance(fault, RecipientError) and (fault.for_good or tried >= PUT_OFF):
        told["refused_at"] = now
    if tried >= ATTEMPTS:
        told["state"] = LetterState.FAILED
    return told


def resend(db: Session, *, letter_id: int, now: datetime, by: int | None) -> bool:
    """A letter that was sent, refused, given up or stopped is due now; whether it was, and says something still.

    One that a server has taken once is another message now: else the reader's would think it a copy and drop it.

    Raises:
        NotFound: there is no such letter.
    """
    letter = _lock(db, letter_id)
    is_waiting = letter.state is LetterState.QUEUED and letter.refused_at is None
    if is_waiting or not letter.body:  # Its text has been kept for its time.
        return False
    answer = _ADDRESS.sub("<...>", letter.answer or "")
    _note(db, "letter.resent", letter, now=now, by=by, state=letter.state, answer=answer)
    if letter.state is LetterState.SENT:
        letter.message_id = _new_message_id()
    _make_due(letter, now=now)
    return True


def stop(db: Session, *, letter_id: int, now: datetime, by: int | None) -> bool:
    """A letter that was not sent will not be; whether it could still be stopped.

    Raises:
        NotFound: there is no such letter.
    """
    letter = _lock(db, letter_id)
    if letter.state is LetterState.SENT or letter.stopped_at is not None:
        return False
    letter.state, letter.stopped_at = LetterState.FAILED, now
    _note(db, "letter.stopped", letter, now=now, by=by)
    return True


def readdress(db: Session, *, person_id: int, address: str, now: datetime, by: int | None) -> int:
    """Every letter to the person that was not sent, nor stopped, is due to this address; how many they are."""
    waiting = db.scalars(
        select(Letter)
        .where(Letter.person_id == person_id, Letter.state != LetterState.SENT, Letter.stopped_at.is_(None))
        .order_by(Letter.id)
        .with_for_update()
    ).all()
    for letter in waiting:
        letter.address = address
        _make_due(letter, now=now)
        _note(db, "letter.readdressed", letter, now=now, by=by)
    return len(waiting)


def _lock(db: Session, letter_id: int) -> Letter:
    letter = db.get(Letter, letter_id, with_for_update=True, populate_existing=True)
    if letter is None:
        raise NotFound
    return letter


def _make_due(letter: Letter, *, now: datetime) -> None:
    letter.state, letter.attempts, letter.next_attempt_at = LetterState.QUEUED, 0, now
    letter.sent_again_at = now
    letter.sent_at = letter.stopped_at = letter.refused_at = None


def _note(db: Session, deed: str, letter: Letter, *, now: datetime, by: int | None, **facts: Any) -> None:
    journal.note(db, deed, now=now, by=by, person=letter.person_id, letter=letter.id, **facts)


def _new_message_id() -> str:
    return f"<{secrets.token_hex(16)}@lararportal>"
