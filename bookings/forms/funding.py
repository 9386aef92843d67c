"""Which residents' seats are paid for."""

from typing import Any

from wtforms import Field, SelectMultipleField
from wtforms.validators import ValidationError

from lararportal.forms import Form


class FundingForm(Form):
    """The chosen seats, by booking; the page says in words whose each of them is."""

    bookings = SelectMultipleField(coerce=int, validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bookings.choices = []

    def validate_bookings(self, field: Field) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError("choose_a_seat")
