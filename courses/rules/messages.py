"""What may stand in a letter to participants, whom it can be for, and which drafts there are."""

import re
from enum import StrEnum

SUBJECT_LENGTH = 150
"""Characters: more is cut off by the programs that show it."""
TEXT_LENGTH = 4000
"""Characters: two pages, and nobody reads more."""
KEY = re.compile("[0-9a-f]{32}")
"""What names a form that is filled in, so that it counts once."""

_GAP = re.compile(r"\[fyll i[^\]\n]*\]?", re.IGNORECASE)


class Addressed(StrEnum):
    """Whom a letter is for."""

    SEATED = "seated"
    UNPREPARED = "unprepared"
    THERE = "there"


class Draft(StrEnum):
    """What a letter begins with: a text of `templates/drafts/`, or nothing."""

    PRACTICAL = "practical"
    CHANGED = "changed"
    BRING = "bring"
    THANKS = "thanks"
    FREE = "free"


def gap_in(text: str) -> str | None:
    """What a draft asks for that nobody has filled in."""
    found = _GAP.search(text)
    return found[0] if found else None


def usual(draft: Draft) -> Addressed:
    """Whom a draft is mostly for."""
    return Addressed.THERE if draft is Draft.THANKS else Addressed.SEATED
