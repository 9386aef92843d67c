"""Decisions about one person: precedence granted and revoked, an exception in a line, and erasure."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from bookings.models.precedence import REASON_LENGTH
from bookings.states import GROUNDS_FOR_ONE, ExceptionKind, Ground
from courses.forms.fields import unfolded, word_or_none
from lararportal import pages
from lararportal.forms import Form

Choice = tuple[int, str]


def number_or_none(text: str | int | None) -> int | None:
    """Reads a chosen row, where nothing chosen is None."""
    return int(text) if text else None


class ReasonForm(Form):
    """No decision about one person is without its reason; the person reads it."""

    reason = TextAreaField(filters=[unfolded], validators=[InputRequired(), Length(max=REASON_LENGTH)])


class EraseForm(Form):
    """Why somebody is erased; it is kept when nobody knows any more who it was."""

    reason = TextAreaField(filters=[unfolded], validators=[InputRequired(), Length(max=REASON_LENGTH)])


class RevokeForm(ReasonForm):
    """Why a precedence does not count any more."""


class GrantForm(ReasonForm):
    """The course that precedence is granted for, and why."""

    course_id = SelectField(coerce=number_or_none, validators=[InputRequired()])

    def offer(self, courses: Sequence[Choice]) -> None:
        """Offers these courses."""
        self.course_id.choices = [("", pages.words()["no_choice"][""]), *courses]


class ExceptionForm(ReasonForm):
    """The session in whose line somebody is put among those who applied in time, and why."""

    session_id = SelectField(coerce=number_or_none, validators=[InputRequired()])
    kind = RadioField(coerce=word_or_none(ExceptionKind), validators=[InputRequired()])
    ground = RadioField(coerce=word_or_none(Ground), validators=[InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = pages.words()
        self.kind.choices = [(each, words["exception_choice"][each]) for each in ExceptionKind]
        self.ground.choices = [(each, words["ground"][each]) for each in GROUNDS_FOR_ONE]

    def offer(self, sessions: Sequence[Choice]) -> None:
        """Offers these sessions."""
        self.session_id.choices = [("", pages.words()["no_choice"][""]), *sessions]
