"""What a provider has signed: by one of the keys that it shows, which may have changed since they were asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import Key, OctKey, import_key
from joserfc.jws import JWSRegistry

from lararportal.providers import KINDS_OF_KEYS

JWSRegistry.max_header_length = 8192
"""Characters: some providers put the certificates of their key into what they sign, which takes more than 512."""


def verified(
    text: str, *, algorithms: list[str], told: Callable[..., Mapping[str, Any]], may_ask_again: Callable[[], bool]
) -> jwt.Token:
    """The token, signed by one of the keys that are `told` with one of the algorithms.

    `told(force=True)` asks the provider anew, where none fits or the signature is not that of the key by that name:
    keys are exchanged, and some providers give the new one no other name.

    Raises:
        JoseError: it is not, or is no token at all.
    """
    try:
        return _by_one_of(told(), text, algorithms)
    except (InvalidKeyIdError, BadSignatureError):
        if not may_ask_again():
            raise
    return _by_one_of(told(force=True), text, algorithms)


def _by_one_of(told: Mapping[str, Any], text: str, algorithms: list[str]) -> jwt.Token:
    if not isinstance(text, str):
        raise TypeError
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    header = jws.extract_compact(text.encode(), None, registry).headers()
    registry.get_alg(header["alg"])
    fault: JoseError = InvalidKeyIdError("no key fits")
    for key in _fitting(told, header):
        try:
            return jwt.decode(text, key, registry=registry)
        except BadSignatureError as found:
            fault = found
    raise fault


def _fitting(told: Mapping[str, Any], header: Mapping[str, Any]) -> list[Key]:
    """The key that the token names; where it names none, or the keys have no names, those of its kind."""
    shown = [(data, key) for data, key in _usable(told) if data.get("alg") in (None, header["alg"])]
    if "kid" in header and (named := [key for data, key in shown if data.get("kid") == header["kid"]]):
        return named
    kind = KINDS_OF_KEYS.get(header["alg"][:2], ())
    return [key for data, key in shown if isinstance(key, kind) and ("kid" not in header or "kid" not in data)]


def _usable(told: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Key]]:
    """Keys that sign, of kinds and curves that are known here; what is not is no reason to do without the others."""
    for data in told["keys"]:
        try:
            key = import_key(data)
        except (JoseError, LookupError, TypeError, ValueError, AttributeError):
            continue
        # A secret that is shown to everybody signs nothing.
        if data.get("use") != "enc" and not isinstance(key, OctKey):
            yield data, key
