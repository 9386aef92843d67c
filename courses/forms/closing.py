"""Why booking of a session is closed before its time."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from courses.forms.fields import unfolded
from courses.models import REASON_LENGTH
from lararportal.forms import Form


class CloseBookingForm(Form):
    """The reason, which everybody reads on the page of the session."""

    reason = TextAreaField(filters=[unfolded], validators=[DataRequired(), Length(max=REASON_LENGTH)])
