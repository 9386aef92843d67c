"""The polite no: what a deed raises when a rule or a constraint forbids it, and what an edge hears of lost work."""

from enum import StrEnum
from typing import Any


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A deed that may not be done. The edge answers 409 with the sentence of the reason.

    The reason is a member of a package's `Refusal` enum; its Swedish sentence stands in
    `templates/sentences.html`, where the facts may be used.
    """

    def __init__(self, reason: StrEnum, **facts: Any) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts


def insist(refusal: StrEnum | None, **facts: Any) -> None:
    """Goes on where a rule says nothing against it.

    Raises:
        Refused: it says this, with these facts.
    """
    if refusal is not None:
        raise Refused(refusal, **facts)


class NotFound(Exception):  # noqa: N818 - as Refused
    """What was asked for does not exist, or not for this person. The edge answers 404."""


class Undone(Exception):  # noqa: N818 - as Refused
    """The database undid the transaction through no fault of whoever asked, and may be asked again.

    The edge answers 503. `why` is one word of `database_faults`: a deadlock, a race, a lost connection.
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"the database undid it, {why}: nothing was changed")
        self.why = why


class Unclear(Exception):  # noqa: N818 - as Refused
    """The connection was lost while a transaction was committed, and the database could not be asked about it.

    Nobody may do it again before they have looked whether it was done. The edge answers 503.
    """

    def __init__(self) -> None:
        super().__init__("the connection was lost at the commit: see whether it was done before it is done again")


class RecipientError(OSError):
    """The mail server is there, and does not take a letter for this one; the message is what it said."""

    def __init__(self, said: str, *, for_good: bool) -> None:
        super().__init__(said)
        self.for_good = for_good
