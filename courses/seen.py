"""What somebody saw before they changed it: no change is undone by a page that was opened before it."""

from hashlib import sha256

from courses.states import Refusal
from lararportal.errors import Refused


def token(facts: object) -> str:
    """Stands for what is said now, in the form that shows it."""
    return sha256(repr(facts).encode()).hexdigest()


def insist(facts: object, *, seen: str | None, wanted: object) -> None:
    """Who changes what they saw has seen what is said now; None is somebody who never looked, as an import.

    Whoever wants what is said already undoes nothing: they have pressed twice.

    Raises:
        Refused: something else is said now than when they looked.
    """
    if seen is not None and seen != token(facts) and wanted != facts:
        raise Refused(Refusal.CHANGED_MEANWHILE)
