"""The providers of the settings as clients of Authlib: what they say of themselves, and what goes wrong with them."""

import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from authlib.oidc.core import CodeIDToken, ImplicitIDToken, UserInfo
from flask import Flask, current_app
from joserfc import jwt
from joserfc.errors import JoseError
from requests import RequestException, Timeout

from auth.sso import keys, patience
from auth.states import Refusal
from lararportal import edge, providers
from lararportal.errors import NotFound, Refused
from lararportal.providers import ClientAuth, Provider

log = structlog.get_logger("lararportal.auth.sso")

PATIENCE_SECONDS = 5
"""How long a provider may take for one answer."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures that only the holder of a private key can make: no shared secrets, and never "none"."""

ASSERTION_SECONDS = 60
"""How long a provider may use what the portal proves with who it is."""

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
SEEN_BY_BROWSERS = ("authorization_endpoint", "end_session_endpoint")
ALGORITHMS_OFFERED = "id_token_signing_alg_values_supported"
NAMES_ITSELF = "authorization_response_iss_parameter_supported"
BELIEVED = ("issuer", *ENDPOINTS, ALGORITHMS_OFFERED, NAMES_ITSELF)
"""What a provider may say of itself; Authlib would take anything else for an option of its own."""

AWAY = ("temporarily_unavailable", "server_error")
TOO_LOW = ("unmet_authentication_requirements",)
"""What a provider answers that cannot let somebody in just now, or not with the assurance that was asked for."""

KNOWN_FOR_SECONDS = 3600
"""How long a provider is believed what it has said of itself, and its keys are: it may have taken one back."""

CLOCKS_DIFFER_SECONDS = 60
"""How far a provider's clock may be from ours, whatever it says the time of: an answer, a proof, a sign-out."""

REST_SECONDS = 10.0
"""For how long a process asks a provider nothing after one has kept it waiting in vain.

It answers one request at a time: while some wait for a provider that is silent, nobody else has a page.
"""

_KNOWN_SINCE = "_known_since"
_EXTENSION = "lararportal.sso"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


class Assertion(PrivateKeyJWT):  # type: ignore[misc]
    """A proof, signed anew for every question, that it is the portal that asks a provider (RFC 7523)."""

    def __init__(self, provider: Provider) -> None:
        headers = {"kid": provider.key_id} if provider.key_id else {}
        # Made out to the provider itself and not to one of its addresses, which another might give as its own.
        audience = provider.assertion_audience or provider.issuer
        super().__init__(token_endpoint=audience, headers=headers, alg=provider.key_algorithm)

    def sign(self, auth: Any, token_endpoint: str) -> str:
        """As Authlib signs, but for a minute instead of an hour."""
        return str(
            private_key_jwt_sign(
                auth.client_secret,
                client_id=auth.client_id,
                token_endpoint=token_endpoint,
                header=dict(self.headers),
                alg=self.alg,
                expires_in=ASSERTION_SECONDS,
            )
        )


class Questions(OAuth2Session):  # type: ignore[misc]
    """What is asked of a provider: at the address that is known, and nowhere it would send the portal on to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_redirects = 0


class Client(FlaskOAuth2App):  # type: ignore[misc]
    """A provider that is asked so, and whose answers are read by any of its keys."""

    client_cls = Questions
    silent_since = -math.inf

    def parse_id_token(
        self,
        token: Mapping[str, Any],
        nonce: str,
        claims_options: Mapping[str, Any] | None = None,
        claims_cls: None = None,  # noqa: ARG002 - the signature is Authlib's
        leeway: int = CLOCKS_DIFFER_SECONDS,
    ) -> UserInfo:
        """As Authlib does it, but for the choice of the key."""
        signed = self.verified(token["id_token"], may_ask_again=lambda: True)
        asked = {"nonce": nonce, "client_id": self.client_id}
        if "access_token" in token:
            asked["access_token"] = token["access_token"]
        kind = CodeIDToken if "access_token" in token else ImplicitIDToken
        # Nothing here hangs on how somebody signed in, and many providers say it as a word where it is to be a list.
        said = {name: value for name, value in signed.claims.items() if name != "amr"}
        claims = kind(said, signed.header, claims_options, asked)
        claims.validate(leeway=leeway)
        return UserInfo(claims)

    def userinfo(self, **asked: Any) -> UserInfo:
        """What the provider says when it is asked, also where it signs that (OpenID Connect Core, section 5.3.2)."""
        answer = self.get(self.server_metadata["userinfo_endpoint"], **asked)
        answer.raise_for_status()
        if not answer.headers.get("Content-Type", "").startswith("application/jwt"):
            return UserInfo(answer.json())
        said = self.verified(answer.text, may_ask_again=lambda: True).claims
        audience = said.get("aud", self.client_id)
        if self.client_id not in (audience if isinstance(audience, list) else [audience]):
            raise OAuthError(error="userinfo_for_another")
        if said.get("iss", self.server_metadata["issuer"]) != self.server_metadata["issuer"]:
            raise OAuthError(error="other_issuer")
        return UserInfo(said)

    def verified(self, text: str, *, may_ask_again: Callable[[], bool]) -> jwt.Token:
        """What the provider has signed with an algorithm of private keys.

        Raises:
            JoseError: it has not.
        """
        algorithms = self.server_metadata[ALGORITHMS_OFFERED]
        return keys.verified(text, algorithms=algorithms, told=self.fetch_jwk_set, may_ask_again=may_ask_again)


def init_app(app: Flask) -> None:
    """Makes every provider of the settings known. None of them is asked anything yet."""
    oauth = OAuth(app)
    place = app.extensions["lararportal"]
    for provider in place.settings.providers:
        by_key = provider.client_auth is ClientAuth.PRIVATE_KEY
        oauth.register(
            provider.name,
            client_cls=Client,
            client_id=provider.client_id,
            client_secret=providers.private_key(provider) if by_key else provider.client_secret,
            client_auth_methods=[Assertion(provider)] if by_key else [],
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": provider.scope,
                "token_endpoint_auth_method": provider.client_auth.value,
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE_SECONDS,
                # An access token is used the moment it comes or not at all, however short its life.
                "leeway": 0,
            },
        )
    app.extensions[_EXTENSION] = oauth


def offered() -> tuple[Provider, ...]:
    """The providers that somebody may choose between, in the order of the settings."""
    return edge.installation().settings.providers


def named(name: str) -> Provider:
    """The provider with that name.

    Raises:
        NotFound: there is none.
    """
    for provider in offered():
        if provider.name == name:
            return provider
    raise NotFound


def client(provider: Provider) -> Any:
    """The provider as Authlib knows it."""
    return current_app.extensions[_EXTENSION].create_client(provider.name)


def discovered(provider: Provider) -> Any:
    """The client once the provider has said what it is, which each process asks once an hour.

    Only part of it is believed.
    """
    found, now = client(provider), time.monotonic()
    if now - found.server_metadata.get(_KNOWN_SINCE, -math.inf) > KNOWN_FOR_SECONDS:
        found.server_metadata.clear()
        found.server_metadata |= _believed(provider, found.load_server_metadata()) | {_KNOWN_SINCE: now}
    return found


def _believed(provider: Provider, said: dict[str, Any]) -> dict[str, Any]:
    """What is believed of what a provider has just said of itself; the rest is forgotten."""
    told = dict(said)
    said.clear()
    if told.get("issuer") != provider.issuer:
        raise OAuthError(error="other_issuer")
    believed = {name: told[name] for name in BELIEVED if told.get(name)}
    wires = (urlsplit(provider.issuer).scheme, "https")
    if any(urlsplit(str(believed[name])).scheme not in wires for name in ENDPOINTS if name in believed):
        raise OAuthError(error="unsafe_address")
    # No form of ours may lead anywhere else, so that a browser would stand still there.
    led_to = {providers.origin(str(believed[name])) for name in SEEN_BY_BROWSERS if name in believed}
    if led_to - providers.origins(provider):
        raise OAuthError(error="other_host")
    # An empty list would be taken for whatever is usual, with shared secrets among it.
    signed = [name for name in believed.get(ALGORITHMS_OFFERED) or () if name in ALGORITHMS] or ["RS256"]
    return believed | {ALGORITHMS_OFFERED: signed, "_loaded_at": told["_loaded_at"]}


@contextmanager
def politely(provider: Provider) -> Iterator[None]:
    """Turns what can go wrong between us and a provider into a refusal, and logs neither code nor token."""
    asked = client(provider)
    if time.monotonic() - asked.silent_since < REST_SECONDS:
        raise Refused(Refusal.PROVIDER_DOWN)
    try:
        with patience.within(patience.EXCHANGE_SECONDS):
            yield
    except Refused as refusal:
        log.warning("sign-in refused", provider=provider.name, reason=refusal.reason.value)
        raise
    except (RequestException, patience.TooSlow) as fault:
        log.warning("provider down", provider=provider.name, fault=type(fault).__name__)
        if isinstance(fault, Timeout | patience.TooSlow):
            asked.silent_since = time.monotonic()
        raise Refused(Refusal.PROVIDER_DOWN) from fault
    except (AuthlibBaseError, JoseError, LookupError, TypeError, ValueError, ArithmeticError, RuntimeError) as fault:
        said = str(getattr(fault, "error", ""))
        code = said if _ERROR_CODE.fullmatch(said) else ""
        log.warning("sign-in failed", provider=provider.name, fault=type(fault).__name__, code=code)
        raise _refusal(code) from fault


def _refusal(code: str) -> Refused:
    if code in AWAY:
        return Refused(Refusal.PROVIDER_DOWN)
    return Refused(Refusal.ASSURANCE_TOO_LOW if code in TOO_LOW else Refusal.SIGN_IN_FAILED)
