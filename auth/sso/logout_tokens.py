"""A provider says that somebody has signed out there: the token it says so with, checked (back-channel logout).

OpenID Connect Back-Channel Logout 1.0, section 2.6. Anybody can send something to that address, so that nothing is
believed before the signature.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.integrations.base_client import OAuthError
from joserfc import jwt

from auth.sso import clients
from auth.sso.clients import CLOCKS_DIFFER_SECONDS
from lararportal.providers import Provider

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = ("logout+jwt", "application/logout+jwt", "jwt")
"""What a token may call itself; many say nothing."""

LONGEST = 8192
"""Characters."""

OLDEST_SECONDS = 600
"""How long ago a token may have been made."""

KEYS_EVERY_SECONDS = 60
"""How often strangers can make the portal ask for a provider's keys anew, by naming or using one that nobody has."""

_ASKED_FOR_KEYS = "_asked_for_keys"


@dataclass(frozen=True, kw_only=True)
class SignOut:
    """Who has signed out at a provider: of one sign-in there (`sid`), or of every one."""

    subject: str | None
    sid: str | None
    jti: str
    until: datetime
    """When the token is worth nothing any more by itself."""


def read(provider: Provider, text: str, *, now: datetime) -> SignOut:
    """What the token says, once everything in it holds but that it is used for the first time.

    Raises:
        Refused: something does not hold, or the provider does not tell its keys.
    """
    with clients.politely(provider):
        if len(text) > LONGEST:
            raise OAuthError(error="too_long")
        token = _verified(clients.discovered(provider), text)
        _insist(provider, token, now=now.timestamp())
        claims = token.claims
        until = datetime.fromtimestamp(claims["iat"] + OLDEST_SECONDS + CLOCKS_DIFFER_SECONDS, tz=UTC)
        return SignOut(subject=claims.get("sub"), sid=claims.get("sid"), jti=claims["jti"], until=until)


def _verified(client: Any, text: str) -> jwt.Token:
    def may_ask_again() -> bool:
        asked, now = client.server_metadata.get(_ASKED_FOR_KEYS), time.monotonic()
        if asked is not None and now - asked < KEYS_EVERY_SECONDS:
            return False
        client.server_metadata[_ASKED_FOR_KEYS] = now
        return True

    token: jwt.Token = client.verified(text, may_ask_again=may_ask_again)
    return token


def _insist(provider: Provider, token: jwt.Token, *, now: float) -> None:
    claims, audience, events = token.claims, token.claims.get("aud"), token.claims.get("events")
    made, ends = _moment(claims, "iat"), _moment(claims, "exp")
    holds = {
        "type": str(token.header.get("typ", TYPES[0])).lower() in TYPES,
        "issuer": claims.get("iss") == provider.issuer,
        "audience": provider.client_id in (audience if isinstance(audience, list) else [audience]),
        "iat": -CLOCKS_DIFFER_SECONDS <= now - made <= OLDEST_SECONDS + CLOCKS_DIFFER_SECONDS,
        "exp": ends > now - CLOCKS_DIFFER_SECONDS,
        "events": isinstance(events, Mapping) and isinstance(events.get(EVENT), Mapping),
        # An id token has one, and must never sign anybody out.
        "nonce": "nonce" not in claims,
        "jti": _is_name(claims.get("jti")),
        "subject": ("sub" in claims or "sid" in claims)
        and all(_is_name(claims[name]) for name in ("sub", "sid") if name in claims),
    }
    if faults := [name for name, is_so in holds.items() if not is_so]:
        raise OAuthError(error=f"logout_token_{faults[0]}")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    """Seconds, long ago for what is none."""
    value = claims.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _is_name(value: object) -> bool:
    """Also what cannot be kept is none: nobody is known here by it."""
    return isinstance(value, str) and value != "" and value.isprintable()
