"""Invitations: somebody without a sign-in of their own here is invited to an account, and comes in once.

The link in the letter is not enough: who opens it signs in, and the provider must say that they are whom it is for.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth import granting, identities, letters, people, personal_numbers, queries, rules
from auth.holders import powers
from auth.identities import Shown
from auth.models import AccountInvitation, Person
from auth.states import Binding, InvitationState, Refusal, Role
from lararportal import journal
from lararportal.database_faults import guard
from lararportal.errors import NotFound, Refused, insist
from lararportal.personal_number import PersonalNumber

_TOKEN = re.compile(r"([0-9]{1,9})-([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, kw_only=True)
class Bound:
    """By what a provider's answer shows that somebody is whom the invitation is for."""

    binding: Binding
    to: str
    """The e-mail address, or the imprint of the personnummer."""


def by_number(db: Session, number: PersonalNumber) -> Bound:
    """Bound to a personnummer, of which nothing is kept but the imprint."""
    return Bound(binding=Binding.PERSONAL_NUMBER, to=personal_numbers.imprint(db, number))


def by_email(address: str) -> Bound:
    """Bound to an e-mail address."""
    return Bound(binding=Binding.EMAIL, to=address.lower())


def invite_somebody_new(
    db: Session,
    *,
    given_name: str,
    family_name: str,
    email: str,
    bound: Bound,
    roles: Collection[Role],
    others: Collection[int] = (),
    lasts: timedelta,
    now: datetime,
    by: int,
) -> AccountInvitation:
    """There is an account for somebody who is not here yet, and a letter that lets them into it.

    `others` are the accounts with that address of which `by` says that they are somebody else's: people write their
    addresses themselves, and nobody who writes another's is to keep them out.

    Raises:
        Refused: `by` may not invite them so, they lack a name or an address, or another account has that address.
    """
    insist(rules.may_invite(powers(db, by), roles=frozenset(roles)))
    names = [rules.one_line(each, longest=people.NAME_LENGTH) for each in (given_name, family_name)]
    if not all(names):
        raise Refused(Refusal.INVITED_WITHOUT_NAME)
    if not rules.is_plausible_email(email):
        raise Refused(Refusal.EMAIL_IMPLAUSIBLE)
    _insist_on_somebody_new(db, email, others=others)
    person = Person(given_name=names[0], family_name=names[1], email=email, created_at=now)
    db.add(person)
    db.flush()
    journal.note(db, "person.entered", now=now, by=by, person=person.id)
    return _invite(db, person=person, bound=bound, roles=roles, lasts=lasts, now=now, by=by)


def invite(
    db: Session,
    *,
    person_id: int,
    bound: Bound | None,
    roles: Collection[Role],
    lasts: timedelta,
    now: datetime,
    by: int,
) -> AccountInvitation:
    """A letter lets somebody into an account that is theirs, and that nobody signs in to yet.

    Unless it is bound to something else, it is to the address of the account, which nobody gives in passing.

    Raises:
        NotFound: there is no such account.
        Refused: `by` may not invite them so, the account cannot be opened that way, or they are invited already.
    """
    insist(rules.may_invite(powers(db, by), roles=frozenset(roles)))
    person = people.lock_present(db, person_id)
    _insist_on_openness(db, person_id)
    if not person.email:
        raise Refused(Refusal.EMAIL_IMPLAUSIBLE)
    return _invite(db, person=person, bound=bound or by_email(person.email), roles=roles, lasts=lasts, now=now, by=by)


def send_again(db: Session, *, invitation_id: int, lasts: timedelta, now: datetime, by: int) -> AccountInvitation:
    """Another letter, with another link and time anew; the link of the one before opens nothing any more.

    It is the invitation of whoever sends it again from then on.

    Raises:
        NotFound: there is no such invitation.
        Refused: `by` may not invite, it was used or withdrawn, or is so old that whom it was for is forgotten.
    """
    insist(rules.may_invite(powers(db, by), roles=frozenset()))
    invitation = _lock(db, invitation_id)
    _insist_on_lasting(invitation, now=now)
    insist(None if invitation.bound_to else Refusal.INVITATION_FORGOTTEN)
    secret = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.sent_at, invitation.expires_at = _hash(secret), now, now + lasts
    invitation.invited_by = by
    journal.note(db, "invitation.sent_again", now=now, by=by, person=invitation.person_id, invitation=invitation.id)
    _write(db, invitation, person=db.get_one(Person, invitation.person_id), secret=secret, now=now)
    return invitation


def withdraw(db: Session, *, invitation_id: int, now: datetime, by: int) -> AccountInvitation:
    """The invitation opens nothing any more.

    Raises:
        NotFound: there is no such invitation.
        Refused: `by` may not invite, or it was used or withdrawn.
    """
    insist(rules.may_invite(powers(db, by), roles=frozenset()))
    invitation = _lock(db, invitation_id)
    _insist_on_lasting(invitation, now=now)
    invitation.withdrawn_at = now
    journal.note(db, "invitation.withdrawn", now=now, by=by, person=invitation.person_id, invitation=invitation.id)
    return invitation


def opened_by(db: Session, *, token: str, now: datetime) -> AccountInvitation:
    """The invitation whose link has this token.

    Raises:
        NotFound: there is none, or there has been a newer letter since.
        Refused: it is open no more, or whoever sent it may not invite so any more.
    """
    invitation = _of_token(db, token)
    insist(rules.CLOSED.get(invitation.state_at(now)))
    roles = frozenset(Role(each) for each in invitation.roles)
    if rules.may_invite(powers(db, invitation.invited_by), roles=roles) is not None:
        raise Refused(Refusal.INVITER_MAY_NO_MORE)
    return invitation


def accept(db: Session, *, token: str, shown: Shown, now: datetime) -> Person:
    """Whoever it was bound to has their account, signs in to it with what they have shown, and has the roles.

    Of two who come at the same moment one wins, and the other finds it used.

    Raises:
        NotFound: as for `opened_by`.
        Refused: as for `opened_by`, it is bound to somebody else, what was shown belongs to another account already,
            or the account has become one that no invitation opens.
    """
    found = _of_token(db, token)
    (person,) = people.lock(db, [found.person_id])
    _lock(db, found.id)
    invitation = opened_by(db, token=token, now=now)
    _insist_on_whom_it_is_for(db, invitation, shown)
    _insist_on_openness(db, person.id)
    if not shown.is_makeshift:
        # Whoever invited them wrote the name as they knew it; the provider is sure of it.
        names = (shown.given_name, shown.family_name)
        person.given_name, person.family_name = (rules.one_line(each, longest=people.NAME_LENGTH) for each in names)
    identities.link(db, person=person, shown=shown, now=now, by=person.id)
    roles = [Role(each) for each in invitation.roles]
    granting.give(db, person_id=person.id, roles=roles, now=now, by=invitation.invited_by)
    invitation.used_at = now
    journal.note(db, "invitation.used", now=now, by=person.id, person=person.id, invitation=invitation.id)
    return person


def _invite(
    db: Session,
    *,
    person: Person,
    bound: Bound,
    roles: Collection[Role],
    lasts: timedelta,
    now: datetime,
    by: int,
) -> AccountInvitation:
    secret = secrets.token_urlsafe(32)
    invitation = AccountInvitation(
        person_id=person.id,
        binding=bound.binding,
        bound_to=bound.to,
        roles=sorted(roles),
        token_hash=_hash(secret),
        invited_by=by,
        made_at=now,
        sent_at=now,
        expires_at=now + lasts,
    )
    db.add(invitation)
    db.flush()
    facts: dict[str, Any] = {"invitation": invitation.id, "binding": bound.binding, "roles": sorted(roles)}
    journal.note(db, "invitation.made", now=now, by=by, person=person.id, **facts)
    _write(db, invitation, person=person, secret=secret, now=now)
    return invitation


def _write(db: Session, invitation: AccountInvitation, *, person: Person, secret: str, now: datetime) -> None:
    letters.invited(db, person=person, invitation=invitation, token=f"{invitation.id}-{secret}", now=now)


def _insist_on_somebody_new(db: Session, email: str, *, others: Collection[int]) -> None:
    """An account that nobody signs in to is opened instead: its address is what a coordinator wrote.

    Of two who invite the same address at once, or one who presses twice, the second waits here and finds the first.
    """
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"invited {email.lower()}", 0))))
    for each in queries.known_as(db, email):
        if not identities.of_person(db, each.id):
            raise Refused(Refusal.ADDRESS_HAS_ACCOUNT)
        if each.id not in others:
            raise Refused(Refusal.ADDRESS_WRITTEN_BY_ACCOUNT)


def _insist_on_openness(db: Session, person_id: int) -> None:
    held = queries.roles_of(db, person_id)
    insist(rules.may_be_invited(held, identities=len(identities.of_person(db, person_id))))


def _insist_on_whom_it_is_for(db: Session, invitation: AccountInvitation, shown: Shown) -> None:
    """Compared in a time that tells nothing of either."""
    if invitation.binding is Binding.EMAIL:
        proved = shown.verified_email
    else:
        proved = personal_numbers.imprint(db, shown.number) if shown.number is not None else ""
    if not proved or not hmac.compare_digest(proved.encode(), invitation.bound_to.encode()):
        raise Refused(Refusal.INVITATION_FOR_ANOTHER)


def _lock(db: Session, invitation_id: int) -> AccountInvitation:
    found = db.get(
        AccountInvitation,
        invitation_id,
        with_for_update={"key_share": True, "of": AccountInvitation},
        populate_existing=True,
    )
    if found is None:
        raise NotFound
    return found


def _of_token(db: Session, token: str) -> AccountInvitation:
    """The row is found by its number, and the secret compared in a time that tells nothing of it."""
    read = _TOKEN.fullmatch(token)
    if read is None:
        raise NotFound
    found = db.get(AccountInvitation, int(read[1]))
    if found is None or not hmac.compare_digest(found.token_hash, _hash(read[2])):
        raise NotFound
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _insist_on_lasting(invitation: AccountInvitation, *, now: datetime) -> None:
    """One that is only too old can be sent again, and withdrawn."""
    state = invitation.state_at(now)
    insist(None if state is InvitationState.EXPIRED else rules.CLOSED.get(state))


guard("uq_account_invitations_lasting", Refused(Refusal.INVITATION_LASTS))
