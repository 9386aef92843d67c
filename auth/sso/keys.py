"""What a provider has signed: by one of the keys that it shows, which may have changed since they were asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, InvalidKeyTypeError, JoseError
from joserfc.jwk import Key, import_key
from joserfc.jws import JWSRegistry

JWSRegistry.max_header_length = 8192
"""Characters: some providers put the certificates of their key into what they sign, which takes more than 512."""

BY_ANOTHER = (InvalidKeyIdError, BadSignatureError, InvalidKeyTypeError)
"""What is found of a token that another key may have signed; the last where a key is one to agree on secrets with."""


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
    except BY_ANOTHER:
        if not may_ask_again():
            raise
    return _by_one_of(told(force=True), text, algorithms)


def _by_one_of(told: Mapping[str, Any], text: str, algorithms: list[str]) -> jwt.Token:
    if not isinstance(text, str):
        raise TypeError
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    header = jws.extract_compact(text.encode(), None, registry).headers()
    fault: JoseError = InvalidKeyIdError("no key fits")
    for key in _fitting(told, header, registry.get_alg(header["alg"])):
        try:
            return jwt.decode(text, key, registry=registry)
        except BY_ANOTHER as found:
            fault = found
    raise fault


def _fitting(told: Mapping[str, Any], header: Mapping[str, Any], algorithm: Any) -> list[Key]:
    """The key that the token names; where it names none, or the keys have no names, all that sign so.

    Several may have one name, each of another kind (RFC 7517, section 4.5).
    """
    shown = list(_usable(told, algorithm))
    if "kid" in header and (named := [key for data, key in shown if data.get("kid") == header["kid"]]):
        return named
    return [key for data, key in shown if "kid" not in header or "kid" not in data]


def _usable(told: Mapping[str, Any], algorithm: Any) -> Iterator[tuple[Mapping[str, Any], Key]]:
    """The keys of its kind and curve that sign; what else is shown is no reason to do without them.

    A secret is never among them: whoever it is shown to could sign.
    """
    for data in told["keys"]:
        if not isinstance(data, dict):
            continue  # The library also takes text for a key.
        try:
            key = import_key(data)
            algorithm.check_key(key)
            key.check_key_op("verify")
        except (JoseError, LookupError, TypeError, ValueError, AttributeError):
            continue
        yield data, key
