"""The lottery of a round: what both sides fill in, step by step."""

from typing import Any

from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from bookings.forms.rounds import SourceFields
from bookings.rules.lottery_values import LONGEST_VALUE, hex_of, public_value
from bookings.states import PublicKind, Refusal
from courses.forms.fields import on_one_line
from lararportal.forms import Form, stripped

LONGEST_REASON = 500


def digits(_form: Any, field: Field) -> None:
    """32 bytes in hex, with whatever blanks a copy brings along."""
    if hex_of(field.data or "") is None:
        raise ValidationError("digits_malformed")


class CommitForm(Form):
    """The SHA-256 of a secret that stays with the second party, and the one that it takes the place of."""

    commitment = StringField(filters=[on_one_line], validators=[InputRequired(), digits])
    replaces = HiddenField()
    is_kept = BooleanField(validators=[InputRequired()])


class RevealForm(Form):
    """The secret itself, after closing."""

    secret = StringField(filters=[on_one_line], validators=[InputRequired(), digits])


class ReasonForm(Form):
    """Why the lottery goes another way than was planned; everybody can read it."""

    reason = TextAreaField(filters=[stripped], validators=[InputRequired(), Length(max=LONGEST_REASON)])


class WithoutForm(ReasonForm):
    """Going on without a second secret."""


class SourceForm(ReasonForm, SourceFields):
    """Another source of the public value."""


class ValueForm(Form):
    """The public value, twice: once it is in the seed it stands. And the one that it takes the place of."""

    value = StringField(filters=[on_one_line], validators=[InputRequired(), Length(max=LONGEST_VALUE)])
    again = StringField(filters=[on_one_line], validators=[InputRequired()])
    replaces = HiddenField()

    def __init__(self, kind: PublicKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind

    def validate_value(self, field: Field) -> None:
        """Written as its source writes it."""
        if public_value(field.data or "", kind=self._kind) is None:
            raise ValidationError(Refusal.VALUE_MALFORMED)

    def validate_again(self, field: Field) -> None:
        """The same once more, whatever blanks came along."""
        both = [public_value(text or "", kind=self._kind) for text in (self.value.data, field.data)]
        if both[0] != both[1]:
            raise ValidationError("values_differ")
