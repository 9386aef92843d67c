"""The providers of the settings as clients of Authlib: what they say of themselves, and what goes wrong with them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from requests import RequestException

from auth.states import Refusal
from lararportal import edge
from lararportal.config import Provider
from lararportal.errors import NotFound, Refused

log = structlog.get_logger("lararportal.auth.sso")

PATIENCE_SECONDS = 5
"""How long a provider may take for one answer."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures that only the holder of a private key can make: no shared secrets, and never "none"."""

_EXTENSION = "lararportal.sso"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


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


def client(provider: Provider) -> Any:
    """The provider as Authlib knows it."""
    return current_app.extensions[_EXTENSION].create_client(provider.name)


def discovered(provider: Provider) -> Any:
    """The client once the provider has said what it is, which is asked once in the life of a process.

    Only part of it is believed.
    """
    found = client(provider)
    metadata = found.load_server_metadata()
    if metadata.get("issuer") != provider.issuer:
        found.server_metadata.clear()
        raise OAuthError(error="other_issuer")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
    return found


@contextmanager
def politely(provider: Provider) -> Iterator[None]:
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
