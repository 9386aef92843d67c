"""What a participant needs on the days of a session."""

from wtforms import TextAreaField
from wtforms.validators import Length

from courses.forms.fields import choices_of, unfolded
from courses.forms.reports import Checkboxes
from courses.models import NEED_LENGTH
from courses.states import Diet
from lararportal.forms import Form


class NeedsForm(Form):
    """All of it may be left empty."""

    diets = Checkboxes(coerce=Diet)
    other_food = TextAreaField(filters=[unfolded], validators=[Length(max=NEED_LENGTH)])
    access = TextAreaField(filters=[unfolded], validators=[Length(max=NEED_LENGTH)])

    def offer(self) -> None:
        """Offers the usual diets."""
        self.diets.choices = choices_of("diet")
