"""The proof that somebody comes back with: who the provider says they are, and when they showed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.integrations.base_client import OAuthError

from auth import rules
from lararportal.config import Provider

VALUE_LENGTH = 250
"""As much as an identity has room for."""

CLOCKS_DIFFER_SECONDS = 60
"""How far a provider's clock may be behind ours."""

END_OF_TIME = 2**33
"""Seconds that no clock shows."""


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


def expected(provider: Provider) -> dict[str, dict[str, Any]]:
    """What an id token must say beside what Authlib demands: who made it, and for whom."""
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }


def proof(provider: Provider, claims: Mapping[str, Any], *, id_token: str, proved_at: datetime | None) -> Proof:
    """The proof that the claims of an id token make, which has been looked through before."""
    value, called = claims.get(provider.identity_claim), names(claims) or _makeshift_names(claims)
    if not isinstance(value, str) or not 0 < len(value) <= VALUE_LENGTH or not value.isprintable():
        raise OAuthError(error="identity_missing")
    if called is None:
        raise OAuthError(error="name_missing")
    given_name, family_name = called
    return Proof(
        kind=provider.identity_kind,
        value=value,
        given_name=given_name,
        family_name=family_name,
        email=_text(claims, "email"),
        id_token=id_token,
        proved_at=proved_at,
    )


def proved_at(claims: Mapping[str, Any], *, demanded: int | None, now: datetime) -> datetime | None:
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


def names(claims: Mapping[str, Any]) -> tuple[str, str] | None:
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
