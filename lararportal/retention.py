"""Retention: what has been kept for its time goes by itself, a little at every tick.

`KINDS` is the whole of it: which rows, since when they count, and what becomes of them. What is not here is kept for
good: decisions, bookings and the journal are public records.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from auth.models import AccountInvitation, IdentityPutAside, LoginSession, Person, SpentToken
from bookings.models import Booking
from bookings.states import SEATED
from courses.models import CourseDay, CourseReport, Message, Need, ReportDocument
from courses.states import ReportState
from lararportal import journal
from lararportal.checks import Check, When
from lararportal.clock import day_of
from lararportal.db import Base
from lararportal.journal import Entry
from lararportal.kept import DAYS, Kept
from lararportal.outbox import Letter, LetterState

AT_ONCE = 500
"""Rows in one transaction and at one tick: whoever begins with years of them does not keep others waiting."""

GRACE = timedelta(days=2)
"""How much later than due something may go before the audit says so."""

COMING = ("person.arrived", "invitation.used", "identity.linked", "identity.removed")
"""What everybody does who comes in, beside the sign-ins: of that alone nobody is asked later who it was."""


@dataclass(frozen=True)
class Kind:
    """A kind of data: the rows that are over since before a moment, and what becomes of them."""

    due: Callable[[datetime], Select[Any]]
    forget: Callable[..., object]
    """Of the session and the keys of the rows, and `now`."""
    why: str


def _ended(cutoff: datetime) -> Select[Any]:
    return select(LoginSession.id).where(LoginSession.seen_at < cutoff)


def _proofs(cutoff: datetime) -> Select[Any]:
    named = or_(LoginSession.id_token != "", LoginSession.subject.is_not(None), LoginSession.sid.is_not(None))
    return select(LoginSession.id).where(LoginSession.seen_at < cutoff, named)


def _blank_proofs(db: Session, ids: list[Any], *, now: datetime) -> object:  # noqa: ARG001 - as all kinds
    blank = update(LoginSession).where(LoginSession.id.in_(ids)).values(id_token="", subject=None, sid=None)
    return db.execute(blank.execution_options(synchronize_session=False))


def _invitations(cutoff: datetime) -> Select[Any]:
    ended = func.coalesce(AccountInvitation.used_at, AccountInvitation.withdrawn_at, AccountInvitation.expires_at)
    return select(AccountInvitation.id).where(ended < cutoff, AccountInvitation.bound_to != "")


def _blank_invitations(db: Session, ids: list[Any], *, now: datetime) -> object:  # noqa: ARG001 - as all kinds
    blank = update(AccountInvitation).where(AccountInvitation.id.in_(ids)).values(bound_to="")
    return db.execute(blank.execution_options(synchronize_session=False))


def _letters(cutoff: datetime) -> Select[Any]:
    is_over = (Letter.state == LetterState.SENT) | Letter.stopped_at.is_not(None)
    # One that was given up had its next attempt before it, a few hours after the last.
    given_up = (Letter.state == LetterState.FAILED) & (Letter.next_attempt_at < cutoff)
    return select(Letter.id).where(is_over | given_up, Letter.created_at < cutoff, Letter.body != "")


def _blank_letters(db: Session, ids: list[Any], *, now: datetime) -> None:
    """One that failed is not to be sent any more either, and nobody is asked to look at it."""
    _blank(db, Letter.id.in_(ids), now=now)


def _blank(db: Session, theirs: ColumnElement[bool], *, now: datetime) -> None:
    unsent = (theirs, Letter.state != LetterState.SENT, Letter.stopped_at.is_(None))
    stopped = update(Letter).where(*unsent).values(state=LetterState.FAILED, stopped_at=now)
    blank = update(Letter).where(theirs).values(address="", body="", reply_to="", calendars=[], answer="")
    for statement in (stopped, blank):
        db.execute(statement.execution_options(synchronize_session=False))


def _delete_accounts(db: Session, ids: list[Any], *, now: datetime) -> None:
    """What letters to them said goes with them."""
    _blank(db, Letter.person_id.in_(ids), now=now)
    db.execute(delete(Person).where(Person.id.in_(ids)).execution_options(synchronize_session=False))


def _declined(cutoff: datetime) -> Select[Any]:
    """It may be somebody else's that came here by mistake; what was confirmed is kept for its owner."""
    declined = (CourseReport.state == ReportState.DECLINED, CourseReport.decided_at < cutoff)
    return select(ReportDocument.report_id).join(CourseReport).where(*declined)


def _needs(cutoff: datetime) -> Select[Any]:
    """What was said for a session that is over; and of who has no seat any more, as long after they said it."""
    goes_on = exists().where(CourseDay.session_id == Need.session_id, CourseDay.day >= day_of(cutoff))
    seats = (Booking.session_id == Need.session_id, Booking.person_id == Need.person_id, Booking.state.in_(SEATED))
    return select(Need.id).where(or_(~goes_on, ~exists().where(*seats) & (Need.said_at < cutoff)))


def _accounts(cutoff: datetime) -> Select[Any]:
    """Somebody who came once, did nothing, and has not come again: no row of any other table speaks of them.

    Who decided something is found by the journal and by name for as long as the decision.
    """
    signed_in = exists().where(Entry.person_id == Person.id, Entry.deed == "login_session.begun", Entry.at >= cutoff)
    is_coming = Entry.deed.in_(COMING) | Entry.deed.startswith("login_session.")
    did = exists().where(Entry.by == Person.id, Entry.person_id.is_distinct_from(Entry.by) | ~is_coming)
    # Whom a letter invited again lately has the whole of that time, and then as long as everybody, to come.
    invited = exists().where(AccountInvitation.person_id == Person.id, AccountInvitation.expires_at >= cutoff)
    unused = (Person.category.is_(None), ~signed_in, ~invited, ~did)
    found = select(Person.id).where(Person.created_at < cutoff, *unused)
    for column in who_decided():
        found = found.where(~exists().where(column == Person.id))
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            of_grants = table.name == "grants"
            if key.column is Person.__table__.c.id and (key.ondelete != "CASCADE" or of_grants):
                found = found.where(~exists().where(key.parent == Person.id))
    return found


def who_decided() -> list[Column[Any]]:
    """The columns that say who did something, and hold nobody by a foreign key; the journal's is asked otherwise."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if (column.name == "by" or column.name.endswith("_by"))
        and isinstance(column.type, Integer)
        and not column.foreign_keys
        and table.name != Entry.__tablename__
    ]


def _delete(column: Any) -> Callable[..., object]:
    def forget(db: Session, ids: list[Any], *, now: datetime) -> object:  # noqa: ARG001 - as all kinds
        return db.execute(delete(column.class_).where(column.in_(ids)).execution_options(synchronize_session=False))

    return forget


KINDS: Mapping[Kept, Kind] = {
    Kept.SIGN_INS: Kind(_ended, _delete(LoginSession.id), "a sign-in that was last seen so long ago is deleted"),
    Kept.PROOFS: Kind(
        _proofs, _blank_proofs, "what a provider said of a sign-in is deleted when it has not been seen for so long"
    ),
    Kept.USED_TOKENS: Kind(
        lambda cutoff: select(SpentToken.token_hash).where(SpentToken.until < cutoff),
        _delete(SpentToken.token_hash),
        "the hash of what counts once is deleted when it is worth nothing anyway",
    ),
    Kept.PUT_ASIDE: Kind(
        lambda cutoff: select(IdentityPutAside.login_session_id).where(IdentityPutAside.until < cutoff),
        _delete(IdentityPutAside.login_session_id),
        "an identity that waited to be linked in vain is deleted",
    ),
    Kept.INVITATIONS: Kind(
        _invitations, _blank_invitations, "whom an invitation was bound to that is used, withdrawn or over is deleted"
    ),
    Kept.LETTERS: Kind(
        _letters,
        _blank_letters,
        "what a letter said that was sent, stopped or given up, and where it went, is deleted",
    ),
    Kept.DOCUMENTS: Kind(
        _declined,
        _delete(ReportDocument.report_id),
        "the document of a course taken elsewhere that was declined is deleted",
    ),
    Kept.NEEDS: Kind(
        _needs,
        _delete(Need.id),
        "what somebody needed to eat or to take part in a session that is over is deleted",
    ),
    Kept.MESSAGES: Kind(
        lambda cutoff: select(Message.id).where(Message.sent_at < cutoff),
        _delete(Message.id),
        "what was written to the participants of a session is deleted",
    ),
    Kept.ACCOUNTS: Kind(
        _accounts,
        _delete_accounts,
        "an account is deleted of which nothing was made, and that nobody has used since",
    ),
}


def counts(db: Session, *, now: datetime, kept: Mapping[Kept, int]) -> dict[Kept, int]:
    """How many rows of each kind would go now."""
    return {name: _count(db, kind, now - timedelta(days=kept[name])) for name, kind in KINDS.items()}


def forget(db: Session, name: Kept, *, now: datetime, days: int) -> int:
    """The rows of a kind that have been kept for their time are gone, or say nothing any more; how many they were."""
    kind = KINDS[name]
    rows = kind.due(now - timedelta(days=days)).limit(AT_ONCE).with_for_update(skip_locked=True)
    ids = list(db.scalars(rows))
    if ids:
        kind.forget(db, ids, now=now)
        journal.note(db, "retention.done", now=now, by=None, kind=name, rows=len(ids), days=days)
    return len(ids)


def overdue(db: Session, when: When) -> Iterator[Mapping[str, Any]]:
    """What should have gone some time ago, and is still there."""
    kept = db.info.get("kept") or DAYS
    for name, kind in KINDS.items():
        if count := _count(db, kind, when.settled - timedelta(days=kept[name]) - GRACE):
            yield {"kept": name, "count": count}


def _count(db: Session, kind: Kind, cutoff: datetime) -> int:
    return db.scalar(select(func.count()).select_from(kind.due(cutoff).subquery())) or 0


CHECKS = (Check("kept_too_long", overdue),)
