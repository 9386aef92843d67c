"""The period of an invoice basis."""

from wtforms import DateField, Field
from wtforms.validators import InputRequired, ValidationError

from bookings.queries.invoicing import Period
from courses.forms.fields import GetForm, a_day


class PeriodForm(GetForm):
    """From one day to another, both of them included."""

    first = DateField(name="fran", validators=[InputRequired(), a_day])
    last = DateField(name="till", validators=[InputRequired(), a_day])

    def validate_last(self, field: Field) -> None:
        """The last day does not come before the first."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError("period_reversed")

    @property
    def period(self) -> Period:
        """What was asked for, once it is valid."""
        assert self.first.data is not None
        assert self.last.data is not None
        return Period(first=self.first.data, last=self.last.data)
