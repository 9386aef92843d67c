"""The providers that doctors sign in through, as the settings describe them, and what cannot be meant there."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey


class IdentityKind(StrEnum):
    """What a provider knows somebody by, for good."""

    SUB = "sub"
    HSA_ID = "hsa_id"
    PERSONAL_NUMBER = "personal_number"


class ClientAuth(StrEnum):
    """How the portal proves to a provider who it is."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    PRIVATE_KEY = "private_key_jwt"


class AuthTime(StrEnum):
    """What shows that somebody has proved anew who they are, when a provider was told to ask them."""

    DEMANDED = "demanded"
    """The answer says when they did."""
    ASSUMED = "assumed"
    """The provider never says when, and is believed to have asked."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One OpenID Connect provider that doctors may sign in through; `docs/sign-in.md` tells what each part is for.

    `identity_kind` and `identity_claim` say which claim identifies a person for good: at some providers `sub`
    is made anew at every sign-in and must not be used.
    """

    name: str
    title: str
    issuer: str
    client_id: str
    client_auth: ClientAuth = ClientAuth.BASIC
    client_secret: str = ""
    key_file: str = ""
    key_id: str = ""
    key_algorithm: str = "RS256"
    assertion_audience: str = ""
    scope: str = "openid profile email"
    claims: str = ""
    acr_values: tuple[str, ...] = ()
    accepted_acr: tuple[str, ...] = ()
    auth_time: AuthTime = AuthTime.DEMANDED
    identity_kind: IdentityKind = IdentityKind.SUB
    identity_claim: str = "sub"
    given_name_claim: str = "given_name"
    family_name_claim: str = "family_name"
    email_claim: str = "email"
    personal_number_claim: str = ""
    sends_to: tuple[str, ...] = ()


NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""A name stands in addresses and in the rows of sign-ins."""

HOST = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")
"""Another host of a provider, as browsers name it."""

KINDS_OF_KEYS: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}
"""By how the name of the algorithm begins."""

ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
LISTS = ("acr_values", "accepted_acr", "sends_to")
WORDS: dict[str, type[StrEnum]] = {"client_auth": ClientAuth, "identity_kind": IdentityKind, "auth_time": AuthTime}
PLACES_OF_CLAIMS = {"id_token", "userinfo"}


def read(text: str) -> tuple[Provider, ...]:
    """The providers of the JSON list, in its order.

    Raises:
        ValueError: something in it cannot be meant; what is said repeats no value, for some are secret.
    """
    entries = json.loads(text)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("is not a JSON list with at least one provider")
    faults = [fault for entry in entries for fault in _of_shape(entry)]
    if faults:
        raise ValueError("; ".join(faults))
    providers = tuple(_provider(entry) for entry in entries)
    if len({provider.name for provider in providers}) != len(providers):
        raise ValueError("names the same provider twice")
    if faults := [f"{provider.name} {fault}" for provider in providers for fault in _of_meaning(provider)]:
        raise ValueError("; ".join(faults))
    return providers


def private_key(provider: Provider) -> Key:
    """The key by which the portal proves at the provider who it is, read from its file: PEM or a JSON Web Key.

    Raises:
        OSError: the file cannot be read.
        ValueError: there is no private key in it that signs with the provider's algorithm.
    """
    text, kind = Path(provider.key_file).read_text("utf-8").strip(), KINDS_OF_KEYS[provider.key_algorithm[:2]]
    try:
        key = kind.import_key(json.loads(text) if text.startswith("{") else text)
        jws.serialize_compact({"alg": provider.key_algorithm}, b"", key, algorithms=[provider.key_algorithm])
    except (JoseError, ValueError, TypeError, LookupError, AttributeError) as fault:
        raise ValueError("has a key_file without a private key for its key_algorithm") from fault
    return key


def origins(provider: Provider) -> set[str]:
    """Where browsers go to sign in there, and out: the issuer's own host, and what else the settings name."""
    return {origin(provider.issuer), *provider.sends_to}


def origin(address: str) -> str:
    """Scheme, host and port of an address, as browsers compare them."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _of_shape(entry: Mapping[str, Any]) -> Iterator[str]:
    """What is missing, unknown, or not of the kind that it should be."""
    called = entry["name"] if isinstance(entry.get("name"), str) else "a provider"
    known = {each.name: each for each in fields(Provider)}
    if missing := [name for name, each in known.items() if each.default is MISSING and name not in entry]:
        yield f"{called} lacks {', '.join(missing)}"
    if unknown := sorted(set(entry) - set(known)):
        yield f"{called} has {', '.join(unknown)}, which is not known"
    for name, value in entry.items():
        if name == "claims" and not (isinstance(value, dict) and set(value) <= PLACES_OF_CLAIMS):
            yield f"{called} has claims that are no object with id_token and userinfo"
        elif name in LISTS:
            if not (
                isinstance(value, list) and all(isinstance(each, str) and each.split() == [each] for each in value)
            ):
                yield f"{called} has {name} that are no list of words"
        elif name != "claims" and not isinstance(value, str):
            yield f"{called} has a {name} that is no text"
    for name, words in WORDS.items():
        if name in entry and entry[name] not in list(words):
            yield f"{called} has a {name} that is none of {', '.join(words)}"


def _provider(entry: Mapping[str, Any]) -> Provider:
    values = dict(entry)
    if "claims" in values:
        values["claims"] = json.dumps(values["claims"], separators=(",", ":"))
    for name, words in WORDS.items():
        if name in values:
            values[name] = words(values[name])
    for name in LISTS:
        values[name] = tuple(values.get(name, ()))
    return Provider(**values)


def _of_meaning(provider: Provider) -> Iterator[str]:
    """What is readable, and cannot be meant."""
    if not NAME.fullmatch(provider.name):
        yield "is not named in small letters, digits and hyphens"
    if blank := [name for name in ("title", "client_id", "identity_claim") if not getattr(provider, name).strip()]:
        yield f"has nothing as its {', '.join(blank)}"
    if not _is_address_of_issuer(provider.issuer):
        yield "has an issuer that is no plain address with https://"
    if not all(HOST.fullmatch(each) for each in provider.sends_to):
        yield "has a sends_to with what is no host with https:// before it, and nothing behind"
    if "openid" not in provider.scope.split():
        yield "has a scope without openid"
    if provider.acr_values and not provider.accepted_acr:
        yield "has acr_values and no accepted_acr: nobody would look at what comes back"
    if provider.identity_kind is not IdentityKind.SUB and provider.identity_claim == "sub":
        yield f"knows people by {provider.identity_kind} and does not say in which identity_claim"
    yield from _of_authentication(provider)


def _of_authentication(provider: Provider) -> Iterator[str]:
    if provider.client_auth is not ClientAuth.PRIVATE_KEY:
        if not provider.client_secret:
            yield "lacks client_secret"
        if provider.key_file:
            yield f"has a key_file, which is for {ClientAuth.PRIVATE_KEY}"
        return
    if provider.client_secret:
        yield f"has a client_secret, which is not for {ClientAuth.PRIVATE_KEY}"
    if provider.key_algorithm[:2] not in KINDS_OF_KEYS:
        yield "has a key_algorithm that is made with no private key"
    elif not provider.key_file:
        yield "lacks key_file"
    else:
        try:
            private_key(provider)
        except OSError:
            yield "has a key_file that cannot be read"
        except ValueError as fault:
            yield str(fault)


def _is_address_of_issuer(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or parts.username is not None or address.split() != [address]:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in ON_THIS_MACHINE)
