"""The way to a provider and back: what is asked there, what is remembered meanwhile, and the farewell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from auth import rules
from auth.sso import clients, proofs
from auth.sso.proofs import Proof
from auth.states import Refusal
from lararportal import edge
from lararportal.errors import Refused
from lararportal.providers import Provider

JOURNEYS = 3
"""How many sign-ins a browser may have begun at once. Each takes room in a cookie, which holds 4 kB."""

LONGEST_SECONDS = 3600
"""How long a journey may last, and how long it is remembered that one was in vain."""

TOO_LITTLE = (Refusal.ASSURANCE_TOO_LOW, Refusal.IDENTITY_MISSING, Refusal.IDENTITY_IMPOSSIBLE)

IN_VAIN = "in_vain"
_JOURNEY_KEYS = "_state_"

SIGNING_IN, INVITED, LINKING = "", "invited", "linking"
"""What somebody has set out for: their account, one that they are invited to, or another sign-in to their own."""


@dataclass(frozen=True)
class Journey:
    """What is remembered of why somebody set out."""

    came_for: str
    """The page that they go on to."""
    purpose: str
    about: str
    """The link of the invitation, or the sign-in in which another one is to be linked."""


def set_out(provider: Provider, *, came_for: str, now: datetime) -> Response:
    """Sends the browser to the provider, and remembers what must come back with it.

    Where the provider has just told the portal too little of somebody, it is to ask them again: it remembers the card
    that was not good enough, and would answer the same.

    Raises:
        Refused: the provider does not answer, or not as it should.
    """
    question = {"prompt": "login"} if in_vain(now=now).get(provider.name) in TOO_LITTLE else {}
    return _set_out(provider, question=question, came_for=came_for, began=int(now.timestamp()))


def set_out_anew(
    provider: Provider, *, came_for: str, now: datetime, purpose: str = SIGNING_IN, about: str = ""
) -> Response:
    """The same, but the person must prove anew who they are, whatever the provider remembers of them.

    Raises:
        Refused: as for `set_out`.
    """
    # OpenID Connect Core, section 3.1.2.1: with max_age the answer has to say when the person proved it.
    question, began = {"prompt": "login", "max_age": 0}, int(now.timestamp())
    remembered = {"purpose": purpose, "about": about} if purpose else {}
    return _set_out(provider, question=question, came_for=came_for, began=began, anew=began, **remembered)


def ending(provider: Provider) -> Journey:
    """Why the journey was begun that this request ends; ask before `come_back`, which forgets it."""
    kept = _journey(provider)
    path = kept.get("came_for", "")
    return Journey(
        came_for=path if rules.is_own_path(path) else "",
        purpose=kept.get("purpose", SIGNING_IN),
        about=kept.get("about", ""),
    )


def come_back(provider: Provider, *, now: datetime) -> Proof:
    """Exchanges the answer in this request for a proof. An answer can be used once.

    Raises:
        Refused: the answer is not one to a question of ours, something in it does not hold, or the provider is away.
    """
    journey = _journey(provider)
    try:
        with clients.politely(provider):
            _insist_on_own_question(journey, now=now)
            client = clients.discovered(provider)
            _insist_on_the_asked(provider, client)
            token = client.authorize_access_token(claims_options=proofs.expected(provider))
            claims = token["userinfo"]
            proofs.insist_on_assurance(provider, claims)
            proved_at = proofs.proved_at(provider, claims, demanded=journey.get("anew"), now=now)
            if not _suffices(provider, claims, journey):
                claims = _asked_for(client, token)
            return proofs.proof(provider, claims, id_token=token["id_token"], proved_at=proved_at)
    finally:
        clients.client(provider).framework.clear_state_data(session, _state())


def remember_in_vain(provider: Provider, refusal: Refused, *, now: datetime) -> None:
    """The browser remembers for an hour that this provider did not let the person in, unless one does."""
    tried = {name: why for name, why in session.get(IN_VAIN, {}).items() if _is_recent(why["at"], now=now)}
    session[IN_VAIN] = tried | {provider.name: {"reason": refusal.reason.value, "at": int(now.timestamp())}}


def in_vain(*, now: datetime) -> dict[str, str]:
    """The providers that have just been tried, by name, and why each did not let the person in."""
    return {name: why["reason"] for name, why in session.get(IN_VAIN, {}).items() if _is_recent(why["at"], now=now)}


def address_of_farewell(provider: Provider, *, id_token: str, back_to: str) -> str | None:
    """Where the browser signs out at the provider too; None when that is not offered, or nobody answers."""
    try:
        with clients.politely(provider):
            client = clients.discovered(provider)
    except Refused:
        return None
    if not client.server_metadata.get("end_session_endpoint"):
        return None
    farewell = client.create_logout_url(
        post_logout_redirect_uri=portal_address(back_to), id_token_hint=id_token, client_id=provider.client_id
    )
    return str(farewell["url"])


def portal_address(path: str) -> str:
    """A path of the portal as the world outside knows it: from the settings, never from the request."""
    return edge.installation().settings.base_url.rstrip("/") + path


def _set_out(provider: Provider, *, question: dict[str, Any], **remembered: Any) -> Response:
    address = portal_address(url_for("auth.answer", name=provider.name))
    wishes = {"claims": provider.claims, "acr_values": " ".join(provider.acr_values)}
    question |= {name: wish for name, wish in wishes.items() if wish}
    with clients.politely(provider):
        client = clients.discovered(provider)
        journey = client.create_authorization_url(address, **question)
    url = journey.pop("url")
    _forget_old_journeys()
    client.save_authorize_data(redirect_uri=address, **remembered, **journey)
    return redirect(url)


def _state() -> str:
    return request.args.get("state", "")


def _journey(provider: Provider) -> Mapping[str, Any]:
    """What is remembered of the journey that this request ends."""
    return clients.client(provider).framework.get_state_data(session, _state()) or {}


def _insist_on_own_question(journey: Mapping[str, Any], *, now: datetime) -> None:
    """This browser has asked, and not too long ago; whatever else is in the answer is not looked at before."""
    if not journey:
        raise MismatchingStateError
    if not _is_recent(journey.get("began", 0), now=now):
        raise OAuthError(error="too_late")


def _is_recent(seconds: int, *, now: datetime) -> bool:
    return now.timestamp() - seconds <= LONGEST_SECONDS


def _insist_on_the_asked(provider: Provider, client: Any) -> None:
    """It is the provider that was asked who answers, where it names itself in its answers (RFC 9207)."""
    named = request.args.get("iss")
    if named is None and not client.server_metadata.get(clients.NAMES_ITSELF):
        return
    if named != provider.issuer:
        raise OAuthError(error="other_issuer")


def _suffices(provider: Provider, claims: Mapping[str, Any], journey: Mapping[str, Any]) -> bool:
    """Whether nobody has to be asked for more: an invitation wants to know the address or the number too."""
    is_invited = journey.get("purpose") == INVITED
    return proofs.is_complete(provider, claims) and (not is_invited or proofs.tells_whose(provider, claims))


def _asked_for(client: Any, token: Mapping[str, Any]) -> dict[str, Any]:
    """The claims with what the provider says when it is asked, which is where many keep the names."""
    claims = dict(token["userinfo"])
    if not client.server_metadata.get("userinfo_endpoint"):
        return claims
    said = client.userinfo(token=token)
    if said.get("sub") != claims["sub"]:
        raise OAuthError(error="other_subject")
    return {**said, **claims}


def _forget_old_journeys() -> None:
    begun = [key for key in session if key.startswith(_JOURNEY_KEYS)]
    begun.sort(key=lambda key: session[key]["exp"])
    for key in begun[: -(JOURNEYS - 1)]:
        session.pop(key)
