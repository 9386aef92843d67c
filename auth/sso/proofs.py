"""The proof that somebody comes back with: who the provider says they are, and when they showed it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from authlib.integrations.base_client import OAuthError

from auth import rules
from auth.sso.clients import CLOCKS_DIFFER_SECONDS
from auth.states import Refusal
from lararportal import pages, personal_number
from lararportal.errors import Refused
from lararportal.personal_number import PersonalNumber
from lararportal.providers import AuthTime, IdentityKind, Provider

VALUE_LENGTH = 255
"""The longest `sub` (OpenID Connect Core, section 2), and as much as an identity has room for."""

VERIFIES, VERIFIED = "email", "email_verified"
"""What OpenID Connect calls it that an address is known to be the person's; true, and not the word for it."""

END_OF_TIME = 2**33
"""Seconds that no clock shows."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a provider says of somebody, checked."""

    kind: str
    value: str = field(repr=False)
    given_name: str
    family_name: str
    is_makeshift: bool
    """Whether the name is made of something else, since the provider tells none."""
    email: str
    verified_email: str
    """The same in small letters, where the provider says that it is the person's; else empty."""
    number: PersonalNumber | None
    """Theirs, where the provider tells it."""
    id_token: str = field(repr=False)
    nonce: str
    """Of which question it is the answer."""
    subject: str | None
    """What the provider calls the person in this sign-in."""
    sid: str | None
    """What it calls the sign-in, if anything."""
    proved_at: datetime | None
    """When the person last proved at the provider who they are; None when nobody can tell."""


def expected(provider: Provider) -> dict[str, dict[str, Any]]:
    """What an id token must say beside what Authlib demands: who made it, and for whom."""
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }


def insist_on_assurance(provider: Provider, claims: Mapping[str, Any]) -> None:
    """The provider says in the id token that it is as sure of the person as the portal demands, in its very words.

    Raises:
        Refused: it is less sure, or says nothing of it.
    """
    if provider.accepted_acr and claims.get("acr") not in provider.accepted_acr:
        raise Refused(Refusal.ASSURANCE_TOO_LOW)


def is_complete(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether the claims say who somebody is and what they are called, so that nobody has to be asked for more."""
    return bool(claims.get(provider.identity_claim) and _names(provider, claims))


def tells_whose(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether the claims say all that an invitation may be bound to: an address that is theirs, and the number."""
    said = claims.get(provider.email_claim) and VERIFIES in claims and VERIFIED in claims
    return bool(said) and (not provider.personal_number_claim or provider.personal_number_claim in claims)


def proof(provider: Provider, claims: Mapping[str, Any], *, id_token: str, proved_at: datetime | None) -> Proof:
    """The proof that the claims of an id token make, which has been looked through before.

    Raises:
        Refused: the provider has not said who it is, or what they are called, or says what nobody is known by.
    """
    value = _identity(provider, claims)
    told = _names(provider, claims)
    called = told or _makeshift_names(provider, claims)
    if called is None:
        raise Refused(Refusal.NAME_MISSING)
    given_name, family_name = called
    return Proof(
        kind=provider.identity_kind.value,
        value=value,
        given_name=given_name,
        family_name=family_name,
        is_makeshift=told is None,
        email=_text(claims, provider.email_claim),
        verified_email=_verified_email(provider, claims),
        number=_number(provider, claims),
        id_token=id_token,
        nonce=claims["nonce"],
        subject=_subject(claims["sub"]),
        sid=_subject(claims.get("sid")),
        proved_at=proved_at,
    )


def _identity(provider: Provider, claims: Mapping[str, Any]) -> str:
    said, what = claims.get(provider.identity_claim), pages.words()["identity_kind"][provider.identity_kind]
    if said is None or said == "":
        raise Refused(Refusal.IDENTITY_MISSING, what=what)
    value = FORMS[provider.identity_kind](said) if isinstance(said, str) else None
    if value is None:
        raise Refused(Refusal.IDENTITY_IMPOSSIBLE, what=what)
    return value


def _verified_email(provider: Provider, claims: Mapping[str, Any]) -> str:
    """Letters beside ASCII are no part of an address here, and some of them have a small one that is."""
    said = _text(claims, provider.email_claim)
    return said.lower() if _vouches(provider, claims) and said.isascii() else ""


def _vouches(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """OpenID Connect Core, section 5.1: what is verified is the address in `email`, and in no other claim."""
    return claims.get(VERIFIED) is True and claims.get(provider.email_claim) == claims.get(VERIFIES)


def _number(provider: Provider, claims: Mapping[str, Any]) -> PersonalNumber | None:
    is_identity = provider.identity_kind is IdentityKind.PERSONAL_NUMBER
    said = claims.get(provider.identity_claim if is_identity else provider.personal_number_claim)
    return personal_number.of(said) if isinstance(said, str) else None


def _digits(said: str) -> str | None:
    found = personal_number.of(said)
    return None if found is None else found.reveal()


def _subject(said: object) -> str | None:
    """Whatever a provider calls somebody or something, if it can be kept."""
    return said if isinstance(said, str) and len(said) <= VALUE_LENGTH and said.isprintable() else None


FORMS: dict[IdentityKind, Callable[[str], str | None]] = {
    IdentityKind.SUB: _subject,
    IdentityKind.HSA_ID: rules.hsa_id,
    IdentityKind.PERSONAL_NUMBER: _digits,
}
"""What a value of each kind looks like, as it is kept."""


def proved_at(
    provider: Provider, claims: Mapping[str, Any], *, demanded: int | None, now: datetime
) -> datetime | None:
    """When the person proved who they are, as the provider says; None when nobody can tell.

    OpenID Connect Core, section 2: a provider that was asked with `max_age` says it. One that does not may have
    answered by what it remembered; the settings say whether it is believed.

    Raises:
        Refused: it was demanded anew, and the answer does not show that it was.
    """
    said = claims.get("auth_time")
    if said is None:
        if demanded is not None and provider.auth_time is AuthTime.DEMANDED:
            raise Refused(Refusal.NOT_PROVED_ANEW)
        return now if demanded is not None else None
    if not 0 <= said < END_OF_TIME:
        raise OAuthError(error="no_such_moment")
    if demanded is not None and said < demanded - CLOCKS_DIFFER_SECONDS:
        raise Refused(Refusal.NOT_PROVED_ANEW)
    return min(datetime.fromtimestamp(said, tz=UTC), now)


def _names(provider: Provider, claims: Mapping[str, Any]) -> tuple[str, str] | None:
    """Given and family name, also where a provider has them in one piece."""
    if family_name := _text(claims, provider.family_name_claim):
        return _text(claims, provider.given_name_claim), family_name
    given_name, _, family_name = _text(claims, "name").rpartition(" ")
    return (given_name, family_name) if family_name else None


def _makeshift_names(provider: Provider, claims: Mapping[str, Any]) -> tuple[str, str] | None:
    """What to call somebody whose name nobody has told us. Never the identity: it may be a secret number."""
    called = _text(claims, "preferred_username") or _text(claims, provider.email_claim).partition("@")[0]
    return ("", called) if called else None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return rules.one_line(value, longest=VALUE_LENGTH) if isinstance(value, str) else ""
