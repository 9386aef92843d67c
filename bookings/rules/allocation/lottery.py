"""The lottery that anybody can recompute: commitments, one seed out of three values, one lot per person and term."""

import hashlib
import hmac
import re
import unicodedata

SEED_LABEL = b"lp-seed-1"
LOT_LABEL = b"lp-lot-1"
SEPARATOR = b"\x1f"
LOT_BYTES = 6
HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
FORMS = ("hex", "text")
"""How a public value is written: as digits that stand for bytes, such as that of drand, or as a text."""


def commitment(secret: bytes) -> str:
    """Return what a party publishes before the window opens, so that its secret cannot change later (2.7.1)."""
    return hashlib.sha256(secret).hexdigest()


def one_spelling(text: str) -> str:
    """Return a public value in words as everybody writes it: small letters and digits, and nothing between them.

    Of how a source sets a number apart, by blanks, points or commas, nothing is left that could be chosen to suit
    somebody. Zeros that numbers begin with, the number of decimals and the order are for the source's name to say.
    """
    small = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", "".join(each for each in small if each.isalnum()))


def is_spelt(value: str, *, form: str) -> bool:
    """Return whether a public value is written as its form says; two spellings would make two seeds (2.7.3)."""
    return bool(HEX.fullmatch(value)) if form == "hex" else one_spelling(value) == value


def public_bytes(value: str, *, form: str) -> bytes:
    """Return the bytes of a public value that enter the seed (2.7.3)."""
    return bytes.fromhex(value) if form == "hex" else value.encode()


def seed_from(secret1: bytes, secret2: bytes, public: bytes, *, term: str, frozen_hash: bytes) -> bytes:
    """Return the seed of a run: no single party can steer it, and the frozen input is bound into it (2.7.2).

    Each part enters behind its own length, so no two sets of parts make the same message. A secret that is
    never revealed, and has no escrowed copy either, enters as empty bytes (2.7.4).
    """
    message = SEED_LABEL
    for part in (secret1, secret2, public, term.encode(), frozen_hash):
        message += len(part).to_bytes(4, "big") + part
    return hashlib.sha256(message).digest()


def lot(seed: bytes, *, term: str, person: str, course: str = "") -> int:
    """Return a person's lottery number, smaller is better; with a course, the number for that course (2.7.3).

    It hangs on the person and never on an application, which can be withdrawn and made again until it wins.
    """
    message = SEPARATOR.join((LOT_LABEL, term.encode(), course.encode(), person.encode()))
    return int.from_bytes(hmac.digest(seed, message, "sha256")[:LOT_BYTES], "big")
