"""Personnummer and samordningsnummer: read, checked, and shown to nobody by accident."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

COORDINATION = 60
"""Days more in the number of somebody who has no other: samordningsnummer."""

CENTURY = 100
HIDDEN = "****"
_TWELVE = re.compile(r"((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})-?([0-9]{4})", re.ASCII)
_TEN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+])([0-9]{4})", re.ASCII)
_GAP = r"[\s\u200b\u2060\ufeff]"
"""Space of any kind and width; `typed` takes numbers with it, so people write them so."""

_SIGN = r"(?:[-+\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]|%2[BDbd]|%20)"
"""As keyboards and word processors write it, and addresses."""

_ANYWHERE = (
    re.compile(
        rf"(?<![0-9])((?:18|19|20){_GAP}?[0-9]{{2}}){_GAP}?([0-9]{{2}}){_GAP}?([0-9]{{2}})"
        rf"{_GAP}{{,2}}{_SIGN}?{_GAP}{{,2}}([0-9]{{4}})(?![0-9])"
    ),
    re.compile(
        rf"(?<![0-9])([0-9]{{2}}){_GAP}?([0-9]{{2}}){_GAP}?([0-9]{{2}})"
        rf"(?:{_GAP}{{,2}}{_SIGN}{_GAP}{{,2}}|{_GAP}{{1,2}})([0-9]{{4}})(?![0-9])"
    ),
    re.compile(
        rf"(?<![0-9])((?:18|19|20)[0-9]{{2}}){_SIGN}([0-9]{{2}}){_SIGN}([0-9]{{2}})"
        rf"{_SIGN}([0-9]{{4}})(?!{_SIGN}?[0-9])"
    ),
)
"""Twelve digits, then ten, then twelve behind a date as it is written elsewhere, unless another date begins there.

Ten without anything before the last four may as well be a telephone number.
"""
_SOMEWHERE = re.compile(rf"[0-9]{{2}}(?:{_GAP}|{_SIGN})?[0-9]{{2}}(?:{_GAP}|{_SIGN}){{,5}}[0-9]{{4}}(?![0-9])")
"""The end of any of them: most texts have none, and one look tells it."""


class PersonalNumber:
    """A number that checks. Whatever shows it shows its mask, and only `reveal` says it."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        """The twelve digits, which have been checked."""
        self._digits = digits

    def reveal(self) -> str:
        """The twelve digits: for the eyes of who may see them, and for the seal."""
        return self._digits

    @property
    def mask(self) -> str:
        """The day of birth, as in 19850412-****."""
        return f"{self._digits[:8]}-{HIDDEN}"

    def __str__(self) -> str:
        """The mask."""
        return self.mask

    def __repr__(self) -> str:
        """The mask, for logs and whoever looks for faults."""
        return f"PersonalNumber({self.mask!r})"

    def __format__(self, how: str) -> str:
        """The mask, laid out as asked."""
        return format(self.mask, how)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same number."""
        return isinstance(other, PersonalNumber) and other._digits == self._digits

    def __hash__(self) -> int:
        """By its digits."""
        return hash(self._digits)

    def __reduce__(self) -> NoReturn:
        """It is laid down nowhere but sealed.

        Raises:
            TypeError: always.
        """
        raise TypeError("a personal number is not pickled")


def of(text: str) -> PersonalNumber | None:
    """The number in twelve digits, as other systems give it; None for what is none.

    It has a day of birth, in a samordningsnummer with 60 added, and a last digit that checks the nine before it
    (modulus 10), without the century.
    """
    found = _TWELVE.fullmatch(text.strip())
    if found is None:
        return None
    return PersonalNumber("".join(found.groups())) if _checks(*found.groups()) else None


def typed(text: str, *, today: date) -> PersonalNumber | None:
    """The number as somebody types it: twelve digits, or ten with `-`, or `+` from the year in which one is hundred.

    Nobody is born after today.
    """
    written = "".join(text.split())
    if (short := _TEN.fullmatch(written)) is not None:
        year, month, day, sign, last = short.groups()
        century = today.year // CENTURY - (1 if int(year) > today.year % CENTURY else 0) - (1 if sign == "+" else 0)
        written = f"{century:02}{year}{month}{day}{last}"
    found = of(written)
    return found if found is not None and born(found) <= today else None


def born(number: PersonalNumber) -> date:
    """The day of birth."""
    digits = number.reveal()
    return date(int(digits[:4]), int(digits[4:6]), _day(digits[6:8]))


def stands_in(text: str) -> bool:
    """Whether a text has such a number in it."""
    return redacted(text) != text


def redacted(text: str) -> str:
    """The text with the last digits of every such number hidden."""
    if _SOMEWHERE.search(text) is not None:
        for pattern in _ANYWHERE:
            text = _redacted(text, pattern)
    return text


def without(told: Any) -> Any:
    """What is told, with the last digits of every such number in it hidden, however deep in it."""
    match told:
        case str():
            return redacted(told)
        case Mapping():
            return {name: without(each) for name, each in told.items()}
        case list() | tuple():
            return [without(each) for each in told]
    return told


def _redacted(text: str, pattern: re.Pattern[str]) -> str:
    written, done, start = [], 0, 0
    while (found := pattern.search(text, start)) is not None:
        hidden = _hidden(*("".join(filter(str.isdecimal, each)) for each in found.groups()))
        start = found.end() if hidden else found.start() + 1  # What is none may begin before one.
        if hidden:
            written += [text[done : found.start()], hidden]
            done = start
    return "".join([*written, text[done:]])


def _hidden(year: str, month: str, day: str, last: str) -> str:
    """The day of birth of what is a number; of what is none, nothing."""
    years = [year] if len(year) > len(month) else [f"{century}{year}" for century in (19, 20)]
    return f"{year}{month}{day}-{HIDDEN}" if any(_checks(each, month, day, last) for each in years) else ""


def _checks(year: str, month: str, day: str, last: str) -> bool:
    try:
        date(int(year), int(month), _day(day))
    except ValueError:
        return False
    digits = [int(digit) * (2 - place % 2) for place, digit in enumerate((year + month + day + last)[2:])]
    return sum(each // 10 + each % 10 for each in digits) % 10 == 0


def _day(text: str) -> int:
    return int(text) - COORDINATION if int(text) > COORDINATION else int(text)
