"""Deciding about a session: why, and what was looked at before."""

from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from bookings.models.precedence import REASON_LENGTH
from courses.forms.fields import a_day, unfolded
from lararportal.forms import Form


class RunForm(Form):
    """Why a session is given although too few have booked; its leaders read it."""

    reason = TextAreaField(filters=[unfolded], validators=[InputRequired(), Length(max=REASON_LENGTH)])


class MoveDayForm(RunForm):
    """When it is decided instead, and why; everybody who is booked reads it."""

    day = DateField(validators=[InputRequired(), a_day])


class SeenForm(Form):
    """A deed in one press, done to exactly those who were shown."""

    saw = HiddenField()


class OutlookForm(Form):
    """Why a session is called off; everybody whom it concerns reads it."""

    reason = TextAreaField(filters=[unfolded], validators=[InputRequired(), Length(max=REASON_LENGTH)])
    saw = HiddenField()
