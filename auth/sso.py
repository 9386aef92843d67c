"""Signing in at a provider: the way there, and the proof that somebody comes back with.

OpenID Connect by Authlib: discovery, code flow, PKCE, state and nonce. What the portal knows of a journey under way
lies in Flask's signed session, for a short while and for few journeys at a time. Nothing here touches the database:
a provider that is slow must not hold a transaction.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from auth import rules
from auth.states import Refusal
from lararportal import edge
from lararportal.config import Provider
from lararportal.errors import NotFound, Refused

log = structlog.get_logger("lararportal.auth.sso")

PATIENCE_SECONDS = 5
"""How long a provider may take for one answer."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures that only the holder of a private key can make: no shared secrets, and never "none"."""

JOURNEYS = 3
"""How many sign-ins a browser may have begun at once. Each takes room in a cookie, which holds 4 kB."""

VALUE_LENGTH = 250
"""As much as an identity has room for."""

CLOCKS_DIFFER_SECONDS = 60
"""How far a provider's clock may be behind ours."""

END_OF_TIME = 2**33
"""Seconds that no clock shows."""

_JOURNEY_KEYS = "_state_"
_EXTENSION = "lararportal.sso"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a provider says of somebody, checked."""

    kind: str
    value: str
    given_name: str
    family_name: str
    email: str
    id_token: str
    proved_at: datetime | None
    """When the person last proved at the provider who they are; None when nobody can tell."""


def init_app(app: Flask) -> None:
    """Makes every provider of the settings known. None of them is asked anything yet."""
    oauth = OAuth(app)
    place = app.extensions["lararportal"]
    for provider in place.settings.providers:
        oauth.register(
            provider.name,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": provider.scope,
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE_SECONDS,
                # An access token is used the moment it comes or not at all, however short its life.
                "leeway": 0,
            },
        )
    app.extensions[_EXTENSION] = oauth


def providers() -> tuple[Provider, ...]:
    """The providers that somebody may choose between, in the order of the settings."""
    return edge.installation().settings.providers


def named(name: str) -> Provider:
    """The provider with that name.

    Raises:
        NotFound: there is none.
    """
    for provider in providers():
        if provider.name == name:
            return provider
    raise NotFound


def set_out(provider: Provider, *, came_for: str) -> Response:
    """Sends the browser to the provider, and remembers what must come back with it.

    Raises:
        Refused: the provider does not answer, or not as it should.
    """
    return _set_out(provider, question={}, remembered={"came_for": came_for})


def set_out_anew(provider: Provider, *, came_for: str, now: datetime) -> Response:
    """The same, but the person must prove anew who they are, whatever the provider remembers of them.

    Raises:
        Refused: as for `set_out`.
    """
    # OpenID Connect Core, section 3.1.2.1: with max_age the answer has to say when the person proved it.
    question = {"prompt": "login", "max_age": 0}
    return _set_out(provider, question=question, remembered={"came_for": came_for, "anew": int(now.timestamp())})


def came_for(provider: Provider) -> str:
    """For which page the journey that this request ends was begun; ask before `come_back`, which forgets it."""
    path = _journey(provider).get("came_for", "")
    return path if rules.is_own_path(path) else ""


def come_back(provider: Provider, *, now: datetime) -> Proof:
    """Exchanges the answer in this request for a proof. An answer can be used once.

    Raises:
        Refused: the answer is not one to a question of ours, something in it does not hold, or the provider is away.
    """
    client, demanded = _client(provider), _journey(provider).get("anew")
    with _politely(provider):
        _discover(provider, client)
        token = client.authorize_access_token(claims_options=_expected(provider))
        claims = token["userinfo"]
        proved_at = _proved_at(claims, demanded=demanded, now=now)
        if not _names(claims):
            claims = _asked_for(client, token)
        return _proof(provider, claims, id_token=token["id_token"], proved_at=proved_at)


def address_of_farewell(provider: Provider, *, id_token: str, back_to: str) -> str | None:
    """Where the browser signs out at the provider too; None when that is not offered, or nobody answers."""
    client = _client(provider)
    try:
        with _politely(provider):
            _discover(provider, client)
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


def _set_out(provider: Provider, *, question: dict[str, Any], remembered: dict[str, Any]) -> Response:
    client, address = _client(provider), _address_of_answer(provider)
    with _politely(provider):
        _discover(provider, client)
        journey = client.create_authorization_url(address, **question)
    url = journey.pop("url")
    _forget_old_journeys()
    client.save_authorize_data(redirect_uri=address, **remembered, **journey)
    return redirect(url)


def _journey(provider: Provider) -> Mapping[str, Any]:
    """What is remembered of the journey that this request ends."""
    return _client(provider).framework.get_state_data(session, request.args.get("state", "")) or {}


def _proved_at(claims: Mapping[str, Any], *, demanded: int | None, now: datetime) -> datetime | None:
    """When the person proved who they are: what the provider says, else now where it was demanded anew.

    A provider that ought to have asked and says that it has not is not believed.
    """
    said = claims.get("auth_time")
    if said is None:
        return now if demanded is not None else None
    if not 0 <= said < END_OF_TIME:
        raise OAuthError(error="no_such_moment")
    if demanded is not None and said < demanded - CLOCKS_DIFFER_SECONDS:
        raise OAuthError(error="not_proved_anew")
    return min(datetime.fromtimestamp(said, tz=UTC), now)


def _client(provider: Provider) -> Any:
    return current_app.extensions[_EXTENSION].create_client(provider.name)


def _address_of_answer(provider: Provider) -> str:
    return portal_address(url_for("auth.answer", name=provider.name))


def _discover(provider: Provider, client: Any) -> None:
    """Reads what the provider says of itself, once in the life of a process, and believes only part of it."""
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != provider.issuer:
        client.server_metadata.clear()
        raise OAuthError(error="other_issuer")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]


def _expected(provider: Provider) -> dict[str, dict[str, Any]]:
    """What an id token must say beside what Authlib demands: who made it, and for whom."""
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }


def _asked_for(client: Any, token: Mapping[str, Any]) -> dict[str, Any]:
    """The claims with what the provider says when it is asked, which is where many keep the names."""
    claims = dict(token["userinfo"])
    if not client.server_metadata.get("userinfo_endpoint"):
        return claims
    said = client.userinfo(token=token)
    if said.get("sub") != claims["sub"]:
        raise OAuthError(error="other_subject")
    return {**said, **claims}


def _proof(provider: Provider, claims: Mapping[str, Any], *, id_token: str, proved_at: datetime | None) -> Proof:
    value, names = claims.get(provider.identity_claim), _names(claims) or _makeshift_names(claims)
    if not isinstance(value, str) or not 0 < len(value) <= VALUE_LENGTH or not value.isprintable():
        raise OAuthError(error="identity_missing")
    if names is None:
        raise OAuthError(error="name_missing")
    given_name, family_name = names
    return Proof(
        kind=provider.identity_kind,
        value=value,
        given_name=given_name,
        family_name=family_name,
        email=_text(claims, "email"),
        id_token=id_token,
        proved_at=proved_at,
    )


def _names(claims: Mapping[str, Any]) -> tuple[str, str] | None:
    """Given and family name, also where a provider has them in one piece."""
    if _text(claims, "family_name"):
        return _text(claims, "given_name"), _text(claims, "family_name")
    given_name, _, family_name = _text(claims, "name").rpartition(" ")
    return (given_name, family_name) if family_name else None


def _makeshift_names(claims: Mapping[str, Any]) -> tuple[str, str] | None:
    """What to call somebody whose name nobody has told us. Never the identity: it may be a secret number."""
    called = _text(claims, "preferred_username") or _text(claims, "email").partition("@")[0]
    return ("", called) if called else None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return rules.one_line(value, longest=VALUE_LENGTH) if isinstance(value, str) else ""


def _forget_old_journeys() -> None:
    begun = [key for key in session if key.startswith(_JOURNEY_KEYS)]
    begun.sort(key=lambda key: session[key]["exp"])
    for key in begun[: -(JOURNEYS - 1)]:
        session.pop(key)


@contextmanager
def _politely(provider: Provider) -> Iterator[None]:
    """Turns what can go wrong between us and a provider into one of two refusals, and logs neither code nor token."""
    try:
        yield
    except RequestException as fault:
        log.warning("provider down", provider=provider.name, fault=type(fault).__name__)
        raise Refused(Refusal.PROVIDER_DOWN) from fault
    except (AuthlibBaseError, JoseError, LookupError, TypeError, ValueError, RuntimeError) as fault:
        said = str(getattr(fault, "error", ""))
        code = said if _ERROR_CODE.fullmatch(said) else ""
        log.warning("sign-in failed", provider=provider.name, fault=type(fault).__name__, code=code)
        raise Refused(Refusal.SIGN_IN_FAILED) from fault
