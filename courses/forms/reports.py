"""A course that was taken elsewhere, with its document, and what is said of it."""

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import DateField, Field, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from courses.forms.fields import FileForm, a_day, on_one_line, readable, unfolded
from courses.models import REASON_LENGTH
from courses.models.reports import TEXT_LENGTH
from courses.rules.reports import BEGINNINGS, LARGEST, document_fault
from lararportal.forms import Form


class Checkboxes(SelectMultipleField):
    """Several of a list, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ReportForm(FileForm):
    """What a resident says of the course; the page says whether it is taken."""

    title = StringField(filters=[on_one_line], validators=[InputRequired(), readable, Length(max=TEXT_LENGTH)])
    provider = StringField(filters=[on_one_line], validators=[InputRequired(), readable, Length(max=TEXT_LENGTH)])
    finished_on = DateField(validators=[InputRequired(), a_day])
    objectives = Checkboxes()
    document = FileField()

    def offer(self, objectives: Sequence[str]) -> None:
        """Offers these objectives."""
        self.objectives.choices = [(each, each) for each in objectives]
        self.document.render_kw = {"accept": ",".join(BEGINNINGS.values())}

    def validate_objectives(self, field: Field) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError("objective_not_demanded")

    def validate_document(self, _field: Field) -> None:
        """There is one, of a kind and size that is taken."""
        if not self.content:
            raise ValidationError("document_missing")
        fault = document_fault(self.content)
        if fault is not None:
            raise ValidationError(fault)

    @property
    def content(self) -> bytes:
        """The bytes of the document, and one more than are taken where there are more."""
        return self.content_of(self.document, most=LARGEST)


class DeclineForm(Form):
    """Why it does not count; the person reads it."""

    reason = TextAreaField(filters=[unfolded], validators=[InputRequired(), Length(max=REASON_LENGTH)])
