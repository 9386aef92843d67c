"""Certificates: which form somebody's has, what it says, what makes another version of it, and what its code is.

The fields are those of Socialstyrelsen's forms, SOSFS 2015:8 Bilaga 5 and HSLF-FS 2021:8 Bilaga 10.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from courses.states import COURSE_BEARING_2015, COURSE_BEARING_2021, CertificateKind, Refusal

FORMS = {
    "st_2015": (CertificateKind.A_2015, COURSE_BEARING_2015),
    "st_2021": (CertificateKind.A_2021, COURSE_BEARING_2021),
}
"""The form of a resident by the rules that they follow, and the objectives that it is for."""

ALPHABET = "CDFHJKMNPQRTVWXY34679"
"""What codes are made of: nothing that looks like something else in it, and no vowels, so that it makes no words."""

CODE_LENGTH = 12
"""21 signs to the power of 12 is 52 bits: nobody finds one of some ten thousand at the pace that is allowed."""

GROUP = 4
LONGEST_DESCRIPTION = 700
"""Signs of a course's description that leave room for the rest on one page."""

PRINTED = (
    *((" ", "\u04ff"), ("\u1e00", "\u1fff"), ("\u2010", "\u2027"), ("\u2030", "\u2040"), ("\u2070", "\u20bf")),
    *(("\u2190", "\u22ff"), ("\u25a0", "\u25ff"), ("\u2713", "\u2714")),
)
"""Signs that the fonts of the typesetter have: of Latin, Greek and Cyrillic, of reckoning, money and lists."""

OF_THE_SIGNATORY = "signatory"
OF_THE_COURSE = frozenset({"course", "description", "place", "leaders", "objectives"})
"""What says nothing of the person: a certificate is not wrong because the catalogue says it otherwise since."""

NUMBER = "number"
"""How a personal number is called among what differs; the content has none."""

Content = Mapping[str, Any]


def kind_of(category: str | None, objectives_2015: Sequence[str], objectives_2021: Sequence[str]) -> CertificateKind:
    """The form for who is in residency, if the course bears an objective that their rules demand a course for."""
    if category not in FORMS:
        return CertificateKind.B
    kind, bearing = FORMS[category]
    own = objectives_2015 if kind is CertificateKind.A_2015 else objectives_2021
    return kind if set(own) & set(bearing) else CertificateKind.B


def objectives_on(kind: CertificateKind, objectives_2015: Sequence[str], objectives_2021: Sequence[str]) -> list[str]:
    """What the certificate is for: by kind A what demands a course, by kind B whatever the course is about."""
    match kind:
        case CertificateKind.A_2015:
            return [each for each in COURSE_BEARING_2015 if each in objectives_2015]
        case CertificateKind.A_2021:
            return [each for each in COURSE_BEARING_2021 if each in objectives_2021]
    return [*objectives_2015, *objectives_2021]


def kept_kind(now: CertificateKind, before: CertificateKind | None, category: str | None) -> CertificateKind:
    """Who had a certificate of kind A and is no resident any more keeps its kind in a version that corrects it."""
    return before if before is not None and category not in FORMS else now


def fitted(text: str, limit: int = LONGEST_DESCRIPTION) -> str:
    """The text in one paragraph; one that is too long ends with a sentence, or else with a word and three dots."""
    whole = " ".join(text.split())
    if len(whole) <= limit:
        return whole
    cut = whole[:limit]
    ends = [each.end() for each in re.finditer(r"[.!?](?= )", cut)]
    if ends and ends[-1] > limit // 2:
        return cut[: ends[-1]]
    return f"{cut[: limit - 1].rpartition(' ')[0] or cut[: limit - 1]}…"


def printed(said: Any) -> Any:
    """The same with what the fonts have no sign for as a question mark, which whoever reads the paper sees.

    A file that shows nothing for a sign is not fit to be kept (PDF/A), so that the typesetter would refuse it.
    """
    if isinstance(said, str):
        return "".join(each if _is_printed(each) else " " if each.isspace() else "?" for each in said)
    if isinstance(said, Mapping):
        return {name: printed(each) for name, each in said.items()}
    return [printed(each) for each in said] if isinstance(said, list) else said


def _is_printed(sign: str) -> bool:
    is_there = any(first <= sign <= last for first, last in PRINTED)
    return is_there and unicodedata.category(sign)[0] != "C"


def differing(wanted: Content, said: Content) -> list[str]:
    """What would stand otherwise in another version; who signs it makes none."""
    names = sorted((wanted.keys() | said.keys()) - {OF_THE_SIGNATORY})
    return [name for name in names if wanted.get(name) != said.get(name)]


def calls_for_version(differs: Iterable[str]) -> bool:
    """Whether what differs is about the person: then another version is proposed, else only possible."""
    return bool(set(differs) - OF_THE_COURSE)


def code_of(drawn: Sequence[int]) -> str:
    """The code of random numbers, each below the number of signs."""
    return "".join(ALPHABET[each] for each in drawn)


def typed_code(text: str) -> str | None:
    """The code that somebody has typed, however they group it; None when no code can read so."""
    code = "".join(each for each in text.upper() if each.isalnum())
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def grouped(code: str) -> str:
    """The code as it is printed, in groups that one can keep in mind."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def initials(given: str, family: str) -> str:
    """What the public is told of a name; of somebody who has one name, of that."""
    return " ".join(f"{each.strip()[0].upper()}." for each in (given, family) if each.strip())


def may_be_signed(on: date, *, made: date, today: date) -> Refusal | None:
    """A certificate is signed when it is there, and nobody says so beforehand."""
    if on > today:
        return Refusal.SIGNED_AHEAD
    return Refusal.SIGNED_BEFORE_MADE if on < made else None
