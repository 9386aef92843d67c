"""Back from a provider: somebody is signed in, has the account they are invited to, or has shown what to link."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from auth import access, cookie, identities, invitations, login_sessions, people, queries, rules, spent_tokens
from auth.access import ViewResult, public
from auth.identities import Shown
from auth.login_sessions import Farewell
from auth.models import Person
from auth.sso import clients, journeys
from auth.sso.journeys import Journey
from auth.sso.proofs import Proof
from auth.states import Refusal, Role
from lararportal import edge, pages
from lararportal.errors import Refused
from lararportal.providers import Provider

STATUS = {Refusal.PROVIDER_DOWN: 503, Refusal.ASSURANCE_TOO_LOW: 403}
"""What a browser is told when signing in came to nothing, if not that the answer was a bad one: 400."""

OF_THE_PORTAL = frozenset(
    {
        Refusal.INVITATION_USED,
        Refusal.INVITATION_EXPIRED,
        Refusal.INVITATION_WITHDRAWN,
        Refusal.INVITATION_FOR_ANOTHER,
        Refusal.INVITER_MAY_NO_MORE,
        Refusal.ACCOUNT_NOT_BY_INVITATION,
        Refusal.ACCOUNT_HAS_SIGN_IN,
        Refusal.IDENTITY_OF_ANOTHER,
        Refusal.IDENTITY_ALREADY_YOURS,
        Refusal.ADDRESS_NEEDED,
    }
)
"""Where the provider has let somebody in, and the portal says no: 409, as ever."""

WAITS = timedelta(minutes=10)
"""How long what somebody has shown waits for their word."""


@dataclass(frozen=True)
class Arrived:
    """Who is signed in now, and the token for the browser."""

    person: Person
    token: str
    roles: frozenset[Role]


@public
def answer(name: str) -> ViewResult:
    """Back from the provider: it is done what somebody set out for, or they read why not."""
    provider = clients.named(name)
    journey = journeys.ending(provider)
    try:
        proof = journeys.come_back(provider, now=edge.moment())
        return ENDS[journey.purpose](provider, proof, journey)
    except Refused as refusal:
        return turned_away(refusal, provider, journey)


def _sign_in(provider: Provider, proof: Proof, journey: Journey) -> ViewResult:
    # The provider takes its code once, so that only the deed is done anew if need be, and not the whole request.
    return _go_on(edge.do(lambda db: _arrive(db, provider, proof)), journey)


def _accept_invitation(provider: Provider, proof: Proof, journey: Journey) -> ViewResult:
    def accept(db: Session) -> Arrived:
        _spend(db, provider, proof)
        person = invitations.accept(db, token=journey.about, shown=_shown(provider, proof), now=edge.moment())
        db.flush()
        return _begin(db, provider, proof, person)

    onward = _go_on(edge.do(accept), journey)
    flash("invitation_accepted")
    return onward


def _show_another(provider: Provider, proof: Proof, journey: Journey) -> ViewResult:
    """What they have shown is put aside, in the very sign-in in which they set out."""
    visitor = access.visitor()
    if visitor is None or str(visitor.login_session_id) != journey.about:
        raise Refused(Refusal.SIGN_IN_FAILED)

    def put_aside(db: Session) -> None:
        _spend(db, provider, proof)
        identities.put_aside(
            db,
            login_session_id=visitor.login_session_id,
            provider=provider.name,
            shown=_shown(provider, proof),
            until=edge.moment() + WAITS,
            now=edge.moment(),
            by=visitor.person_id,
        )

    edge.do(put_aside)
    return redirect(url_for(".confirm_link"))


ENDS: dict[str, Callable[[Provider, Proof, Journey], ViewResult]] = {
    journeys.SIGNING_IN: _sign_in,
    journeys.INVITED: _accept_invitation,
    journeys.LINKING: _show_another,
}
"""What is done at the end of a journey, by what it was for."""


def _arrive(db: Session, provider: Provider, proof: Proof) -> Arrived:
    """Somebody is known and signed in, and who had signed in before with this browser is not any more."""
    _spend(db, provider, proof)
    person = people.arrive(
        db,
        issuer=provider.issuer,
        kind=proof.kind,
        value=proof.value,
        given_name=proof.given_name,
        family_name=proof.family_name,
        email=proof.email,
        now=edge.moment(),
    )
    return _begin(db, provider, proof, person)


def _begin(db: Session, provider: Provider, proof: Proof, person: Person) -> Arrived:
    identity = identities.known(db, issuer=provider.issuer, kind=proof.kind, value=proof.value)
    if identity is None or identity.person_id != person.id:
        raise Refused(Refusal.SIGN_IN_FAILED)  # It has been removed at this very moment.
    end_sign_in(db)
    token = login_sessions.begin(
        db,
        person_id=person.id,
        provider=provider.name,
        id_token=proof.id_token,
        subject=proof.subject,
        sid=proof.sid,
        identity_id=identity.id,
        proved_at=proof.proved_at,
        now=edge.moment(),
    )
    return Arrived(person, token, queries.roles_of(db, person.id))


def _go_on(arrived: Arrived, journey: Journey) -> ViewResult:
    """The browser carries the sign-in, and goes where somebody wanted to; who is new describes themselves first."""
    person = arrived.person
    cookie.sign_in_browser(arrived.token, person_id=person.id)
    facts = people.facts_of(person)
    if rules.owes_profile(facts, email=person.email, standing=person.standing, roles=arrived.roles):
        return redirect(url_for(".profile", next=journey.came_for or None))
    return redirect(journey.came_for or url_for("home.start"))


def _spend(db: Session, provider: Provider, proof: Proof) -> None:
    """The answer has been used, and is worth nothing any more."""
    until = edge.moment() + 2 * timedelta(seconds=journeys.LONGEST_SECONDS)
    spent_tokens.spend(db, issuer=provider.issuer, token=proof.nonce, until=until, now=edge.moment())


def _shown(provider: Provider, proof: Proof) -> Shown:
    return Shown(
        issuer=provider.issuer,
        kind=proof.kind,
        value=proof.value,
        given_name=proof.given_name,
        family_name=proof.family_name,
        provider=provider.title,
        is_makeshift=proof.is_makeshift,
        verified_email=proof.verified_email,
        number=proof.number,
    )


def end_sign_in(db: Session) -> Farewell | None:
    """Ends the sign-in that this browser had."""
    if (visitor := access.visitor()) is None:
        return None
    return login_sessions.end(db, login_session_id=visitor.login_session_id, now=edge.moment(), by=visitor.person_id)


def signing_in_for(came_for: str) -> Journey:
    """A journey to one's own account."""
    return Journey(came_for=came_for, purpose=journeys.SIGNING_IN, about="")


def status_of(refusal: Refused) -> int:
    """What a browser is told when it came to nothing."""
    reason = Refusal(refusal.reason)
    return 409 if reason in OF_THE_PORTAL else STATUS.get(reason, 400)


def _back(journey: Journey) -> str:
    """Where somebody chooses a provider who has set out for that."""
    if journey.purpose == journeys.INVITED:
        return url_for(".invited", token=journey.about)
    if journey.purpose == journeys.LINKING:
        return url_for(".add_identity")
    return url_for(".sign_in", next=journey.came_for or None)


def turned_away(refusal: Refused, provider: Provider, journey: Journey) -> ViewResult:
    """Says why it came to nothing, and leads back to where somebody chooses a provider."""
    if Refusal(refusal.reason) not in OF_THE_PORTAL:
        journeys.remember_in_vain(provider, refusal, now=edge.moment())
    page = render_template(
        "auth/turned_away.html",
        reason=refusal.reason,
        sentence=pages.sentence(refusal.reason, **refusal.facts),
        provider=provider,
        back=_back(journey),
    )
    return page, status_of(refusal)


PAGES = (("/logga-in/<name>/svar", answer, ["GET"]),)
"""Address, view and methods."""
