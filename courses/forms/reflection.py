"""What a leader thinks of their session, and what is to be done about it: a text, and rows for what is to be done."""

from typing import Any

from wtforms import DateField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from courses import seen
from courses.evaluations.reflecting import Action, Reflected
from courses.forms.fields import a_day, on_one_line, readable, unfolded
from lararportal.forms import Form, stripped

ROWS = range(5)
"""What can be done in all: more is a plan, and is kept elsewhere."""
PARTS = ("what", "who", "due")


def _whole(form: Any, field: Field) -> None:
    """Of a row with anything in it, everything is said."""
    row = field.name.partition("-")[2]
    if any(map(stripped, field.raw_data or ())):
        return
    field.errors = []
    raise StopValidation("action_not_whole" if any(form[f"{part}-{row}"].data for part in PARTS) else "")


class ReflectionForm(Form):
    """A text; the rows are added below."""

    text = TextAreaField(filters=[unfolded], validators=[DataRequired(), readable, Length(max=5000)])
    saw = HiddenField()

    @property
    def actions(self) -> list[Action]:
        """What is to be done, of the rows that say something."""
        rows = [[self[f"{part}-{row}"].data for part in PARTS] for row in ROWS]
        return [Action(*each) for each in rows if all(each)]


def reflection_form(found: Reflected) -> ReflectionForm:
    """The form with what was sent, or else with this."""
    fields: dict[str, Field] = {}
    data: dict[str, Any] = {"text": found.text, "saw": seen.token(found)}
    for row in ROWS:
        fields[f"what-{row}"] = StringField(filters=[on_one_line], validators=[_whole, readable, Length(max=300)])
        fields[f"who-{row}"] = StringField(filters=[on_one_line], validators=[_whole, readable, Length(max=100)])
        fields[f"due-{row}"] = DateField(validators=[_whole, a_day])
        if row < len(found.actions):
            data |= {f"{part}-{row}": getattr(found.actions[row], part) for part in PARTS}
    made: ReflectionForm = type("WholeReflectionForm", (ReflectionForm,), fields)(data=data)
    return made
