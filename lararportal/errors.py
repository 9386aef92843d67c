"""The polite no: what a deed raises when a rule or a constraint forbids it."""

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


class NotFound(Exception):  # noqa: N818 - as Refused
    """What was asked for does not exist, or not for this person. The edge answers 404."""
