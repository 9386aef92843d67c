"""What a leader says of the people in a session: rows of a page, of which a browser may send some or all."""

from collections.abc import Collection, Mapping

from courses.rules.days import Mark, Verdict
from courses.states import Presence, Refusal
from lararportal.errors import Refused
from lararportal.forms import Form

MOST_MINUTES = 9999


class RowsForm(Form):
    """A form whose fields are named after people; it has nothing of its own but its proof."""


def marks_in(sent: Mapping[str, str], people: Collection[int]) -> dict[int, Mark]:
    """What is said otherwise of these people than the page showed; what was shown may be old, and is not said anew.

    Raises:
        Refused: a number of minutes is none.
    """
    found = {}
    for each in people:
        said = (sent.get(f"state-{each}", ""), sent.get(f"minutes-{each}", "").strip())
        if said[0] in set(Presence) and f"{said[0]} {said[1]}".strip() != sent.get(f"was-{each}", ""):
            found[each] = Mark(Presence(said[0]), _minutes(said[1]))
    return found


def _minutes(typed: str) -> int | None:
    if typed and not (typed.isascii() and typed.isdecimal() and int(typed) <= MOST_MINUTES):
        raise Refused(Refusal.MINUTES_OUT_OF_RANGE)
    return int(typed) if typed else None


def verdicts_in(sent: Mapping[str, str], people: Collection[int]) -> dict[int, Verdict]:
    """What is ticked of these people: what is not is said too."""
    return {
        each: Verdict(competence_met=f"competence-{each}" in sent, prepared=f"prepared-{each}" in sent)
        for each in people
    }
