"""Sealing: what nobody may read who has only the rows is encrypted with keys that the settings hold.

A sealed text says by which key it was sealed, and opens only in the place that it was sealed for: in another row it
is worth nothing. What has to be looked up without being read has an imprint, made with a key of its own.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

KEY_BYTES = 32
NONCE_BYTES = 12
"""As AES-GCM wants it (NIST SP 800-38D): drawn anew for every text."""

SEALED = "sealed"
_KEY = re.compile(r"([a-z0-9-]{1,20}):([A-Za-z0-9+/]{43}=)")


class CannotOpen(Exception):  # noqa: N818 - what is said
    """The text was sealed with a key that is not in the settings, or for another place, or is damaged."""


@dataclass(frozen=True)
class Key:
    """A key and the name by which texts say that it sealed them."""

    name: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Ring:
    """The keys that texts are sealed with: the first seals, all of them open."""

    keys: tuple[Key, ...]

    @property
    def newest(self) -> Key:
        """The one that seals."""
        return self.keys[0]


@dataclass(frozen=True)
class Safe:
    """What seals and opens texts and makes their imprints."""

    ring: Ring
    index_key: Key

    def seal(self, text: str, *, place: str) -> str:
        """The text, sealed by the newest key for that place: a table and what the row is known by there."""
        key, nonce = self.ring.newest, secrets.token_bytes(NONCE_BYTES)
        closed = AESGCM(key.secret).encrypt(nonce, text.encode(), _bound(key.name, place))
        return f"{SEALED}:{key.name}:{base64.urlsafe_b64encode(nonce + closed).decode()}"

    def open(self, sealed: str, *, place: str) -> str:
        """The text that was sealed for that place.

        Raises:
            CannotOpen: its key is not known, it was sealed for another place, or it is damaged.
        """
        name = key_of(sealed)
        key = next((each for each in self.ring.keys if each.name == name), None)
        if key is None:
            raise CannotOpen
        try:
            whole = base64.urlsafe_b64decode(sealed.rpartition(":")[2])
            closed = AESGCM(key.secret).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], _bound(key.name, place))
        except (InvalidTag, ValueError) as fault:
            raise CannotOpen from fault
        return closed.decode()

    def imprint(self, text: str, *, kind: str) -> str:
        """What the text is found by: the same for the same text, and made by nobody who lacks the key."""
        return hmac.new(self.index_key.secret, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()


def safe_of(db: Session) -> Safe:
    """What the database's keys open.

    Raises:
        LookupError: it was opened without any.
    """
    found = db.info.get("safe")
    if isinstance(found, Safe):
        return found
    raise LookupError("this database was opened without keys")


def key_of(text: str) -> str | None:
    """The name of the key by which a text was sealed; None when it is not sealed."""
    word, _, rest = text.partition(":")
    name, colon, _ = rest.partition(":")
    return name if word == SEALED and colon else None


def read_ring(text: str) -> Ring:
    """The keys of "2027:BASE64,2026:BASE64", the newest first.

    Raises:
        ValueError: they do not read like that; what is said repeats no key.
    """
    found = [_KEY.fullmatch(each.strip()) for each in text.split(",")]
    if not all(found):
        raise ValueError("does not read like NAME:KEY,NAME:KEY, with keys of 32 bytes in Base64, the newest first")
    keys = tuple(Key(each[1], _bytes(each[2])) for each in found if each is not None)
    for what in (sorted(key.name for key in keys), sorted(key.secret for key in keys)):
        if any(one == other for one, other in pairwise(what)):
            raise ValueError("has the same name or the same key twice")
    return Ring(keys)


def read_key(text: str) -> Key:
    """The one key of a text in Base64.

    Raises:
        ValueError: it is no key; what is said does not repeat it.
    """
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}=", text):
        raise ValueError("is no key of 32 bytes in Base64")
    return Key("index", _bytes(text))


def _bytes(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except binascii.Error:
        found = b""
    if len(set(found)) < KEY_BYTES // 4:
        raise ValueError("has a key that is no random 32 bytes: openssl rand -base64 32")
    return found


def _bound(key: str, place: str) -> bytes:
    return f"{SEALED}:{key}:{place}".encode()
