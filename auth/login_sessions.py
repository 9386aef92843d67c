"""Login sessions: a sign-in begins, is recognised at every request, is shown to whom it is, and ends.

The browser holds a random token, the row only its SHA-256: who reads the table cannot sign in with it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from auth.models import Grant, LoginSession, Person, full_name
from auth.states import Area, Category, Role, Standing
from lararportal import columns, journal
from lararportal.errors import NotFound
from lararportal.sealing import CannotOpen, safe_of

Moment = datetime | BindParameter[datetime]

COOKIE_KEY = "login"
"""Where Flask's session holds the token."""

SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last request of a sign-in is remembered: writing at every request would cost too much."""


@dataclass(frozen=True)
class Visitor:
    """The signed-in person of a request: what pages and decorators need, read in one go."""

    person_id: int
    login_session_id: int
    name: str
    category: Category | None
    standing: Standing
    roles: frozenset[Role]
    areas: frozenset[Area]
    """Where the person is director of studies."""
    provider: str
    """Where the person signed in."""
    proved_at: datetime | None
    """When they last proved there who they are."""
    seen_at: datetime
    """Their last request that was remembered, before this one."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def has(self, *roles: Role) -> bool:
        """Whether the visitor holds one of the roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class SignIn:
    """A sign-in that has not ended, as its owner sees it."""

    id: int
    provider: str
    began_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Farewell:
    """What it takes to sign out at the provider too."""

    provider: str
    id_token: str = field(repr=False)


def begin(
    db: Session,
    *,
    person_id: int,
    provider: str,
    id_token: str,
    subject: str | None = None,
    sid: str | None = None,
    identity_id: int | None = None,
    proved_at: datetime | None = None,
    now: datetime,
) -> str:
    """A sign-in has begun; the answer is the token for the browser, which is kept nowhere else.

    `subject` and `sid` are what the provider will call it by when it ends there.
    """
    token = secrets.token_urlsafe(32)
    row = LoginSession(
        token_hash=_hash(token),
        person_id=person_id,
        provider=provider,
        subject=subject,
        sid=sid,
        identity_id=identity_id,
        began_at=now,
        proved_at=proved_at,
        seen_at=now,
    )
    if id_token:
        row.id_token = safe_of(db).seal(id_token, place=row.place)
    db.add(row)
    journal.note(db, "login_session.begun", now=now, by=person_id, person=person_id, provider=provider)
    return token


def visitor(db: Session, *, token: str, now: datetime, idle: timedelta, absolute: timedelta) -> Visitor | None:
    """Whose sign-in the token is; None when it is unknown, has ended, or has lasted or rested too long.

    One statement; `is_to_be_seen` says when there is to be a second one.
    """
    good = {"seen_after": now - idle, "began_after": now - absolute}
    rows = columns.read(db, _VISITOR, {"token_hash": _hash(token), **good})
    if not rows:
        return None
    row = rows[0]
    return Visitor(
        person_id=row.person_id,
        login_session_id=row.id,
        name=full_name(row.given_name, row.family_name),
        category=row.category,
        standing=row.standing,
        roles=frozenset(each.role for each in rows if each.role is not None),
        areas=frozenset(each.grant_area for each in rows if each.grant_area is not None),
        provider=row.provider,
        proved_at=row.proved_at,
        seen_at=row.seen_at,
    )


def is_to_be_seen(visitor: Visitor, *, now: datetime, idle: timedelta) -> bool:
    """Whether it is to be remembered that the person was seen: at most once a minute.

    More often where a sign-in may rest for hardly longer than that.
    """
    return now - visitor.seen_at >= min(SEEN_EVERY, idle / 2)


def see(db: Session, *, login_session_id: int, now: datetime) -> None:
    """The person has been seen; of two requests at once the later moment stands."""
    db.execute(
        update(LoginSession)
        .where(LoginSession.id == login_session_id, LoginSession.seen_at < now)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def sign_ins(db: Session, *, person_id: int, now: datetime, idle: timedelta, absolute: timedelta) -> list[SignIn]:
    """Where the person is signed in just now, the latest seen first."""
    rows = db.execute(
        select(LoginSession.id, LoginSession.provider, LoginSession.began_at, LoginSession.seen_at)
        .where(LoginSession.person_id == person_id, *_is_good(now - idle, now - absolute))
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    )
    return [SignIn(*row) for row in rows]


def end(db: Session, *, login_session_id: int, now: datetime, by: int) -> Farewell | None:
    """The sign-in has ended; None when it had ended before."""
    row = db.get(LoginSession, login_session_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.ended_at is not None:
        return None
    farewell = Farewell(provider=row.provider, id_token=_opened(db, row))
    _close(row, now=now)
    journal.note(db, "login_session.ended", now=now, by=by, person=row.person_id)
    return farewell


def end_own(db: Session, *, login_session_id: int, now: datetime, by: int) -> None:
    """A sign-in of one's own has ended, wherever it is; nothing happens when it had ended before.

    Raises:
        NotFound: it is somebody else's, or nobody's.
    """
    owner = db.scalar(select(LoginSession.person_id).where(LoginSession.id == login_session_id))
    if owner != by:
        raise NotFound
    end(db, login_session_id=login_session_id, now=now, by=by)


def end_others(db: Session, *, kept_id: int, now: datetime, by: int) -> int:
    """Every sign-in of one's own but that one has ended; the answer is how many there were."""
    return _close_all(db, _under_way(db, LoginSession.person_id == by, LoginSession.id != kept_id), now=now, by=by)


def end_all_of(db: Session, *, person_id: int, now: datetime, by: int | None) -> int:
    """Every sign-in of the person has ended; the answer is how many there were."""
    return _close_all(db, _under_way(db, LoginSession.person_id == person_id), now=now, by=by)


def end_all(db: Session, *, now: datetime, by: int | None) -> int:
    """Every sign-in of everybody has ended; the answer is how many there were."""
    return _close_all(db, _under_way(db), now=now, by=by)


def end_with_identity(db: Session, *, identity_id: int, now: datetime, by: int) -> int:
    """Every sign-in of one's own has ended that began with it, or of which nobody knows with what; how many."""
    began = or_(LoginSession.identity_id == identity_id, LoginSession.identity_id.is_(None))
    return _close_all(db, _under_way(db, LoginSession.person_id == by, began), now=now, by=by)


def end_with_provider(db: Session, *, provider: str, subject: str | None, sid: str | None, now: datetime) -> int:
    """Every sign-in has ended that has ended at the provider; the answer is how many there were.

    That is the one it calls `sid`, or where it names none all of the subject's. Of one whose `sid` it never told the
    subject decides.
    """
    of_subject = and_(LoginSession.subject.is_not(None), LoginSession.subject == subject)
    meant = of_subject if sid is None else or_(LoginSession.sid == sid, and_(LoginSession.sid.is_(None), of_subject))
    rows = _under_way(db, LoginSession.provider == provider, meant)
    return _close_all(db, rows, now=now, by=None, provider=provider)


def _opened(db: Session, row: LoginSession) -> str:
    """What the provider gave for the sign-in; nothing when it cannot be read any more, and one does without it."""
    try:
        return safe_of(db).open(row.id_token, place=row.place) if row.id_token else ""
    except CannotOpen:
        return ""


def _under_way(db: Session, *which: ColumnElement[bool]) -> Sequence[LoginSession]:
    return db.scalars(
        select(LoginSession)
        .where(LoginSession.ended_at.is_(None), *which)
        .order_by(LoginSession.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _close_all(db: Session, rows: Sequence[LoginSession], *, now: datetime, by: int | None, **facts: Any) -> int:
    for row in rows:
        _close(row, now=now)
        journal.note(db, "login_session.ended", now=now, by=by, person=row.person_id, **facts)
    return len(rows)


def _is_good(seen_after: Moment, began_after: Moment) -> tuple[ColumnElement[bool], ...]:
    """That a sign-in has neither ended nor lasted or rested too long."""
    return LoginSession.ended_at.is_(None), LoginSession.seen_at > seen_after, LoginSession.began_at > began_after


# Asked at every request, and therefore built once, of the columns that are needed.
_VISITOR = (
    select(
        LoginSession.id,
        LoginSession.person_id,
        LoginSession.provider,
        LoginSession.proved_at,
        LoginSession.seen_at,
        Person.given_name,
        Person.family_name,
        Person.category,
        Person.standing,
        Grant.role,
        Grant.area.label("grant_area"),
    )
    .join(Person, Person.id == LoginSession.person_id)
    .outerjoin(Grant, Grant.person_id == Person.id)
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        Person.erased_at.is_(None),
        *_is_good(bindparam("seen_after"), bindparam("began_after")),
    )
)


def _close(row: LoginSession, *, now: datetime) -> None:
    row.ended_at = now
    # They were kept for signing out at the provider or with it, and that is done once.
    row.id_token, row.subject, row.sid = "", None, None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
