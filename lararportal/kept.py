"""What is kept of people for a time only: each kind with the days that it is kept, unless the settings say others."""

import re
from collections.abc import Mapping
from enum import StrEnum


class Kept(StrEnum):
    """A kind of data that goes by itself; `retention` says of each which rows they are and what becomes of them."""

    SIGN_INS = "sign_ins"
    PROOFS = "proofs"
    USED_TOKENS = "used_tokens"
    PUT_ASIDE = "put_aside"
    INVITATIONS = "invitations"
    LETTERS = "letters"
    DOCUMENTS = "documents"
    NEEDS = "needs"
    MESSAGES = "messages"
    ACCOUNTS = "accounts"


DAYS: Mapping[Kept, int] = {
    Kept.SIGN_INS: 90,
    Kept.PROOFS: 1,
    Kept.USED_TOKENS: 1,
    Kept.PUT_ASIDE: 1,
    Kept.INVITATIONS: 180,
    Kept.LETTERS: 730,
    Kept.DOCUMENTS: 180,
    Kept.NEEDS: 14,
    Kept.MESSAGES: 730,
    Kept.ACCOUNTS: 730,
}

_STEP = re.compile(r"([a-z_]{1,30}):([0-9]{1,5})")

Days = tuple[tuple[Kept, int], ...]


def read(text: str) -> Days:
    """The days of "letters:365,sign_ins:30"; what is not named is kept as long as it usually is.

    Raises:
        ValueError: it does not read like that, names what is not known or something twice, or would keep it no day.
    """
    found = [_STEP.fullmatch(each.strip()) for each in text.split(",")] if text.strip() else []
    if any(each is None for each in found):
        raise ValueError("does not read like letters:365,sign_ins:30 (what, and how many days)")
    said = [(each[1], int(each[2])) for each in found if each is not None]
    if unknown := sorted({name for name, _ in said} - set(Kept)):
        raise ValueError(f"names {', '.join(unknown)}, and there are {', '.join(Kept)}")
    if len({name for name, _ in said}) != len(said) or any(days < 1 for _, days in said):
        raise ValueError("names something twice, or keeps something for less than a day")
    return tuple((Kept(name), days) for name, days in said)


def days(said: Days) -> dict[Kept, int]:
    """How many days everything is kept."""
    return {**DAYS, **dict(said)}
