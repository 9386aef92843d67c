"""What a text that somebody types may have in it: no more than a line, or lines that nothing else steers."""

import re
import unicodedata

TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""The characters that nobody sees and that turn the direction of writing (Unicode Standard Annex 9)."""

BREAKING = frozenset({"Cc", "Zl", "Zp"})
"""The general categories of line breaks and of what else steers a printer."""


UNSEEN = frozenset("ZC")
"""The first letters of the general categories of which nothing is seen: blanks of all kinds, and what steers."""


def is_blank(text: str) -> bool:
    """Whether there is nothing to read in it, as in blanks without a width."""
    return all(unicodedata.category(sign)[0] in UNSEEN for sign in text)


def turns_around(text: str) -> bool:
    """Whether it can make what stands after it read backwards, as in an address or a letter."""
    return TURNING.search(text) is not None


def steers(text: str) -> bool:
    """Whether it has what moves a terminal or printer about: any such character but line breaks and tabs."""
    return any(unicodedata.category(sign) == "Cc" for sign in text if sign not in "\r\n\t")


def breaks(text: str) -> bool:
    """Whether it stands on more than one line, or has a character in it that is no letter, sign or space."""
    return any(unicodedata.category(sign) in BREAKING for sign in text)
