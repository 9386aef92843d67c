"""Why something is done that others do not see: booking is closed before its time, or a text is masked."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from courses.forms.fields import readable, unfolded
from courses.models import REASON_LENGTH
from lararportal.forms import Form


class CloseBookingForm(Form):
    """The reason, which everybody reads on the page of the session."""

    reason = TextAreaField(filters=[unfolded], validators=[DataRequired(), Length(max=REASON_LENGTH)])


class MaskingForm(Form):
    """Why a text is masked, or shown again; coordinators read it, and the journal keeps it."""

    reason = TextAreaField(filters=[unfolded], validators=[DataRequired(), readable, Length(max=REASON_LENGTH)])
