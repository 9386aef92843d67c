"""A letter to participants, as it is written."""

from collections.abc import Mapping

from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from courses.forms.fields import on_one_line, readable, unfolded
from courses.messages.sending import Written
from courses.rules.messages import SUBJECT_LENGTH, TEXT_LENGTH, Addressed, gap_in
from lararportal import pages
from lararportal.forms import Form


class MessageForm(Form):
    """To whom, about what, and the text; what names the form, and what stands for the recipients that were shown."""

    addressed = RadioField(coerce=Addressed, validators=[InputRequired()])
    subject = StringField(filters=[on_one_line], validators=[DataRequired(), readable, Length(max=SUBJECT_LENGTH)])
    text = TextAreaField(filters=[unfolded], validators=[DataRequired(), readable, Length(max=TEXT_LENGTH)])
    key = HiddenField()
    saw = HiddenField()

    def offer(self, found: Mapping[Addressed, int]) -> None:
        """Offers those of whom there is somebody, and all with a seat even if there is nobody."""
        words = pages.words()
        whom = {Addressed.SEATED: 0, **found}
        named = {each: words["addressed"][each] for each in whom}
        self.addressed.choices = [
            (each, words["message"]["choice"].format(whom=named[each], count=count)) for each, count in whom.items()
        ]

    def validate_text(self, field: Field) -> None:
        """Nothing of a draft is left to fill in."""
        gap = gap_in(field.data or "")
        if gap is not None:
            raise ValidationError(pages.sentence("message_has_gap", gap=gap))

    @property
    def written(self) -> Written:
        """What was typed."""
        return Written(
            addressed=Addressed(self.addressed.data), subject=self.subject.data or "", text=self.text.data or ""
        )
