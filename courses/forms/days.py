"""What is said of the people in a session: rows of a page, of which a browser may send some or all."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeVar

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from courses.forms.fields import unfolded
from courses.models import REASON_LENGTH
from courses.rules.days import Mark, Verdict
from courses.states import Presence, Refusal
from lararportal.errors import Refused
from lararportal.forms import Form

MOST_DIGITS = 4
"""Of the minutes that are typed: what is longer is no number of them, and Python reads none of thousands."""

Name = TypeVar("Name", int, str)
"""What a row is known by: a person's number on a leader's sheet, a half day's name where it is about one person."""


class Typed(NamedTuple):
    """What stands in a row, as a browser sent it."""

    state: str
    minutes: str


class RowsForm(Form):
    """A form whose fields are named after its rows; it has nothing of its own but its proof."""


class CompletionForm(RowsForm):
    """Rows for everybody with a seat, and what stands for what was said of them when the page was opened."""

    saw = HiddenField()


class CorrectionForm(CompletionForm):
    """Rows for the half days of one person or for everybody, and why a coordinator says so and not the leader."""

    reason = TextAreaField(filters=[unfolded], validators=[DataRequired(), Length(max=REASON_LENGTH)])


def typed_in(sent: Mapping[str, str], rows: Collection[Name]) -> dict[Name, Typed]:
    """What was typed in these rows, so that a page that says no keeps it."""
    return {
        each: Typed(sent[f"state-{each}"], sent.get(f"minutes-{each}", "").strip())
        for each in rows
        if f"state-{each}" in sent
    }


def marks_in(sent: Mapping[str, str], rows: Collection[Name]) -> dict[Name, Mark]:
    """What is said otherwise in these rows than the page showed; what was shown may be old, and is not said anew.

    Raises:
        Refused: a number of minutes is none.
    """
    return {
        each: Mark(Presence(said.state), _minutes(said.minutes))
        for each, said in typed_in(sent, rows).items()
        if said.state in set(Presence) and " ".join(said).strip() != sent.get(f"was-{each}", "")
    }


def _minutes(typed: str) -> int | None:
    if typed and not (typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS):
        raise Refused(Refusal.MINUTES_OUT_OF_RANGE)
    return int(typed) if typed else None


def verdicts_in(sent: Mapping[str, str], people: Collection[int]) -> dict[int, Verdict]:
    """What is ticked of these people: what is not is said too."""
    return {
        each: Verdict(competence_met=f"competence-{each}" in sent, prepared=f"prepared-{each}" in sent)
        for each in people
    }
