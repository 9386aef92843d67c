"""What is posted to whom when: the letters of the auth room."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy.orm import Session

from auth import rules
from auth.models import AccountInvitation, Person
from auth.rules import Facts
from auth.states import Binding
from lararportal import outbox
from lararportal.outbox import Recipient


def facts_corrected(db: Session, *, person: Person, old: Facts, new: Facts, decided_by: str, now: datetime) -> None:
    """Somebody has corrected what counts of you; what it was, and what it is."""
    names = [each.name for each in fields(Facts)]
    outbox.post(
        db,
        "facts_corrected",
        to=person.recipient,
        once=f"facts:{person.id}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        changes=[
            (name, getattr(old, name), getattr(new, name))
            for name in names
            if getattr(old, name) != getattr(new, name)
        ],
        decided_by=decided_by,
    )


def invited(db: Session, *, person: Person, invitation: AccountInvitation, token: str, now: datetime) -> None:
    """You are invited: the link, until when it opens the account, and what you sign in with."""
    outbox.post(
        db,
        "invited",
        to=person.recipient,
        once=invitation.once,
        now=now,
        token=token,
        expires_at=invitation.expires_at,
        address=invitation.bound_to if invitation.binding is Binding.EMAIL else None,
        roles=invitation.roles,
    )


def address_changed(db: Session, *, to: Recipient, address: str, now: datetime) -> None:
    """Letters do not come here any more, but to an address that is told in part; if it was not you, say so."""
    once = f"address_changed:{to.person_id}:{now:%Y%m%d%H%M%S%f}"
    outbox.post(db, "address_changed", to=to, once=once, now=now, address=rules.masked_email(address), at=now)


def identity_linked(db: Session, *, person: Person, identity_id: int, provider: str, now: datetime) -> None:
    """You can sign in with this too now; if it was not you, say so."""
    once = f"identity_linked:{identity_id}"
    outbox.post(db, "identity_linked", to=person.recipient, once=once, now=now, provider=provider, at=now)


def identity_removed(db: Session, *, person: Person, identity_id: int, provider: str, now: datetime) -> None:
    """You cannot sign in with this any more; if it was not you, say so."""
    once = f"identity_removed:{identity_id}"
    outbox.post(db, "identity_removed", to=person.recipient, once=once, now=now, provider=provider, at=now)
