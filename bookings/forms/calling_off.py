"""Deciding about a session: why, and what was looked at before."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from bookings.models.precedence import REASON_LENGTH
from courses.forms.fields import unfolded
from lararportal.forms import Form


class OutlookForm(Form):
    """Why a session is called off; everybody whom it concerns reads it."""

    reason = TextAreaField(filters=[unfolded], validators=[InputRequired(), Length(max=REASON_LENGTH)])
    saw = HiddenField()
