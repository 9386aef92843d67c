"""Identities: what somebody signs in with, linked once they have proved both, and removed but for the last."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from auth import letters, login_sessions, people, personal_numbers
from auth.models import Identity, IdentityPutAside, Person, full_name
from auth.personal_numbers import as_kept
from auth.states import Refusal
from lararportal import journal
from lararportal.database_faults import guard
from lararportal.errors import NotFound, Refused
from lararportal.personal_number import PersonalNumber


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What somebody has just proved at a provider."""

    issuer: str
    kind: str
    value: str = field(repr=False)
    given_name: str
    family_name: str
    provider: str
    """What people call the provider."""
    is_makeshift: bool = False
    """Whether the name is made of something else, since the provider tells none."""
    verified_email: str = ""
    """The address that the provider says is theirs, in small letters; empty where it does not say so."""
    number: PersonalNumber | None = None
    """Theirs, where the provider tells it."""

    @property
    def name(self) -> str:
        """Given and family name."""
        return full_name(self.given_name, self.family_name)


def known(db: Session, *, issuer: str, kind: str, value: str) -> Identity | None:
    """The identity, which cannot be removed before the transaction ends; None when it is nobody's."""
    same = (Identity.issuer == issuer, Identity.kind == kind, Identity.value.in_(as_kept(db, kind=kind, value=value)))
    return db.scalars(select(Identity).where(*same).with_for_update(read=True, key_share=True)).first()


def of_person(db: Session, person_id: int) -> list[Identity]:
    """What the person signs in with, in the order in which it was linked."""
    return list(db.scalars(select(Identity).where(Identity.person_id == person_id).order_by(Identity.id)))


def link(db: Session, *, person: Person, shown: Shown, now: datetime, by: int) -> Identity:
    """The person, who is locked, signs in with this too, and is told.

    Raises:
        Refused: it is linked already, to them or to somebody else, or there is no address to tell them at.
    """
    _insist_on_strangeness(db, person_id=person.id, shown=shown)
    if not person.email:
        raise Refused(Refusal.ADDRESS_NEEDED)
    value, *_ = as_kept(db, kind=shown.kind, value=shown.value)
    identity = Identity(person_id=person.id, issuer=shown.issuer, kind=shown.kind, value=value, linked_at=now)
    db.add(identity)
    db.flush()
    personal_numbers.keep_shown(db, person_id=person.id, kind=shown.kind, value=shown.value, now=now)
    _note(db, "identity.linked", identity, now=now, by=by)
    letters.identity_linked(db, person=person, identity_id=identity.id, provider=shown.provider, now=now)
    return identity


def put_aside(
    db: Session, *, login_session_id: int, provider: str, shown: Shown, until: datetime, now: datetime, by: int
) -> None:
    """What they have just proved to be waits in this sign-in for them to say that it is to be linked.

    Raises:
        Refused: it is linked already, to them or to somebody else.
    """
    _insist_on_strangeness(db, person_id=by, shown=shown)
    db.execute(delete(IdentityPutAside).where(IdentityPutAside.until <= now))
    _forget(db, login_session_id=login_session_id)
    db.add(
        IdentityPutAside(
            login_session_id=login_session_id,
            issuer=shown.issuer,
            kind=shown.kind,
            value=as_kept(db, kind=shown.kind, value=shown.value)[0],
            provider=provider,
            name=shown.name,
            until=until,
        )
    )


def waiting(db: Session, *, login_session_id: int, now: datetime) -> IdentityPutAside:
    """What waits in this sign-in.

    Raises:
        NotFound: nothing, or it has waited too long.
    """
    found = db.get(IdentityPutAside, login_session_id)
    if found is None or found.until <= now:
        raise NotFound
    return found


def link_waiting(db: Session, *, login_session_id: int, provider: str, now: datetime, by: int) -> Identity:
    """What waited in this sign-in is linked; `provider` is what people call where it comes from.

    Raises:
        NotFound: nothing waits, or it has waited too long.
        Refused: as for `link`.
    """
    (person,) = people.lock(db, [by])
    found = waiting(db, login_session_id=login_session_id, now=now)
    shown = Shown(
        issuer=found.issuer,
        kind=found.kind,
        value=found.value,
        given_name="",
        family_name=found.name,
        provider=provider,
    )
    _forget(db, login_session_id=login_session_id)
    return link(db, person=person, shown=shown, now=now, by=by)


def remove(
    db: Session, *, identity_id: int, usable: Collection[tuple[str, str]], provider: str, now: datetime, by: int
) -> None:
    """The person does not sign in with it any more, is told, and whatever sign-in began with it has ended.

    A personal number that it brought goes with it: it may have been linked by mistake, and be somebody else's.

    `usable` are the issuers and kinds that somebody can sign in with.

    Raises:
        NotFound: it is somebody else's, or nobody's.
        Refused: they could not sign in any more.
    """
    (person,) = people.lock(db, [by])
    own = of_person(db, by)
    removed = next((each for each in own if each.id == identity_id), None)
    if removed is None:
        raise NotFound
    if not any((each.issuer, each.kind) in usable for each in own if each is not removed):
        raise Refused(Refusal.LAST_IDENTITY)
    db.delete(removed)
    db.flush()
    login_sessions.end_with_identity(db, identity_id=identity_id, now=now, by=by)
    _note(db, "identity.removed", removed, now=now, by=by)
    if removed.kind == personal_numbers.KIND:
        personal_numbers.forget_shown(db, person_id=by, value=removed.value, now=now, by=by)
    letters.identity_removed(db, person=person, identity_id=identity_id, provider=provider, now=now)


def _insist_on_strangeness(db: Session, *, person_id: int, shown: Shown) -> None:
    found = known(db, issuer=shown.issuer, kind=shown.kind, value=shown.value)
    if found is not None:
        theirs = found.person_id == person_id
        raise Refused(Refusal.IDENTITY_ALREADY_YOURS if theirs else Refusal.IDENTITY_OF_ANOTHER)


def _note(db: Session, deed: str, row: Identity, *, now: datetime, by: int) -> None:
    trace = personal_numbers.trace(db, issuer=row.issuer, kind=row.kind, value=row.value)
    facts: dict[str, Any] = {"issuer": row.issuer, "kind": row.kind, "identity": row.id, "trace": trace}
    journal.note(db, deed, now=now, by=by, person=row.person_id, **facts)


def _forget(db: Session, *, login_session_id: int) -> None:
    db.execute(delete(IdentityPutAside).where(IdentityPutAside.login_session_id == login_session_id))


guard("uq_identities_issuer_kind_value", Refused(Refusal.IDENTITY_OF_ANOTHER))
