"""What is asked about a course: which of the usual questions, and rows for its own."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from courses.forms.fields import choices_of, on_one_line, readable
from courses.forms.reports import Checkboxes
from courses.rules import evaluations
from courses.rules.evaluations import USUAL, Question
from courses.states import QuestionKind
from lararportal import pages
from lararportal.forms import Form

OWN = range(5)
"""Questions of its own that a course can have: an evaluation is answered in two minutes."""
PLACES = {str(row + 1): row + 1 for row in OWN}
KEYS = {each.key: each for each in USUAL}


def _choices(form: Any, field: Field) -> None:
    row = field.name.partition("-")[2]
    is_choice = form[f"kind-{row}"].data == QuestionKind.CHOICE
    if form[f"text-{row}"].data and is_choice and len(set(_split(field.data))) < 2:  # noqa: PLR2004 - one is no choice
        raise ValidationError("question_without_choices")
    if field.data and not is_choice:
        raise ValidationError("question_choices_not_wanted")


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, text.split("/")))))


class QuestionsForm(Form):
    """Which of the usual ones; the rows are added below."""

    usual = Checkboxes()

    def validate_usual(self, _field: Field) -> None:
        """Something is asked."""
        if not self.questions:
            raise ValidationError("questions_missing")

    @property
    def questions(self) -> list[Question]:
        """The usual ones in their order, and then its own."""
        kept = [each for each in USUAL if each.key in (self.usual.data or ())]
        own = [row for row in sorted(OWN, key=self._place) if self[f"text-{row}"].data]
        return [*kept, *dict.fromkeys(self._own(row) for row in own)]

    def _place(self, row: int) -> tuple[int, int, int]:
        """Where a row is to stand: what was moved up goes before the one that stood there, and down behind it."""
        stands = row + 1
        wanted = PLACES.get(self[f"place-{row}"].data, stands)
        return wanted, (wanted > stands) - (wanted < stands), row

    def _own(self, row: int) -> Question:
        kind = QuestionKind(self[f"kind-{row}"].data)
        options = _split(self[f"options-{row}"].data or "")
        return evaluations.own(self[f"text-{row}"].data, kind, options)


def question_form(found: Sequence[Question]) -> QuestionsForm:
    """The form with what was sent, or else with these."""
    fields: dict[str, Field] = {}
    data: dict[str, Any] = {"usual": [each.key for each in found if each.key in KEYS]}
    own = [each for each in found if each.key not in KEYS]
    for row in OWN:
        fields[f"text-{row}"] = StringField(filters=[on_one_line], validators=[Optional(), readable, Length(max=200)])
        fields[f"kind-{row}"] = SelectField()
        fields[f"place-{row}"] = SelectField(default=str(row + 1))
        fields[f"options-{row}"] = StringField(filters=[on_one_line], validators=[_choices, Length(max=200)])
        if row < len(own):
            said = {"text": own[row].text, "kind": own[row].kind, "options": " / ".join(own[row].options)}
            data |= {f"{part}-{row}": value for part, value in said.items()}
    made: QuestionsForm = type("WholeQuestionsForm", (QuestionsForm,), fields)(data=data)
    for row in OWN:
        made[f"kind-{row}"].choices = choices_of("question_kind")
        made[f"place-{row}"].choices = list(PLACES)
    made.usual.choices = [(each, pages.words()["asked"][each]) for each in KEYS]
    return made
