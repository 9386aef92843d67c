"""The forms of a review: which half-year, what a reviewer says of a course, and what the unit answers."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation

from courses import seen
from courses.forms.fields import a_day, choices_of, on_one_line, unfolded
from courses.models import Review
from courses.models.reviews import ACTION_LENGTH, RESPONSIBLE_LENGTH, STATEMENT_LENGTH
from courses.reviews import stating
from courses.reviews.answering import Promise
from courses.rules.reviews import MOST_ACTIONS, Criterion
from lararportal.forms import Form

NOT_SAID = ""


class OpeningForm(Form):
    """Which half-year is to be reviewed."""

    half = SelectField()


class StatementForm(Form):
    """A judgement of each criterion, and a text; with the last box it is given for good."""

    text = TextAreaField(filters=[unfolded], validators=[Length(max=STATEMENT_LENGTH)])
    final = BooleanField()
    saw = HiddenField()

    @property
    def criteria(self) -> dict[str, str]:
        """The criteria that are judged."""
        return {each: self[each].data for each in Criterion if self[each].data}

    @property
    def typed(self) -> str:
        """What would be lost with the form."""
        return self.text.data or ""

    def looks_again(self, review: Review) -> bool:
        """Whether another draft has been saved since it was opened; from now on that is the one that was seen."""
        before, self.saw.data = self.saw.data, draft_of(review)
        return bool(before != self.saw.data)


def draft_of(review: Review) -> str:
    """Stands for what the draft says now."""
    return seen.token(stating.written(review.criteria, review.statement))


def statement_form(review: Review) -> StatementForm:
    """The form of a statement, with what was sent or else the draft."""
    fields = {each.value: SelectField(default=NOT_SAID) for each in Criterion}
    draft: Mapping[str, Any] = {**review.criteria, "text": review.statement, "saw": draft_of(review)}
    made: StatementForm = type("CriteriaForm", (StatementForm,), fields)(data=draft)
    for each in Criterion:
        made[each].choices = [*choices_of("not_judged"), *choices_of("judgement")]
    return made


class AnswerForm(Form):
    """What the unit answers."""

    text = TextAreaField(filters=[unfolded], validators=[InputRequired(), Length(max=STATEMENT_LENGTH)])

    @property
    def promises(self) -> list[Promise]:
        """The actions that are filled in."""
        rows = [[self[f"{part}{number}"].data for part in PARTS] for number in range(MOST_ACTIONS)]
        return [Promise(*row) for row in rows if all(row)]

    @property
    def typed(self) -> str:
        """What would be lost with the form."""
        actions = [each.what for each in self.promises]
        return "\n".join([self.text.data or "", *actions])


PARTS = ("what", "responsible", "due_on")


def answer_form() -> AnswerForm:
    """The form of an answer, with a row for each action that it may have."""
    fields = {f"{part}{number}": _part(part, number) for number in range(MOST_ACTIONS) for part in PARTS}
    made: AnswerForm = type("ActionsForm", (AnswerForm,), fields)()
    return made


def _part(part: str, number: int) -> Field:
    def whole(form: Form, field: Field) -> None:
        """An action has all of its parts or none."""
        if not _typed(field):
            field.errors = []
            raise StopValidation(
                "review_action_incomplete" if any(_typed(form[f"{each}{number}"]) for each in PARTS) else ""
            )

    if part == "due_on":
        return DateField(validators=[whole, a_day])
    length = ACTION_LENGTH if part == "what" else RESPONSIBLE_LENGTH
    return StringField(filters=[on_one_line], validators=[whole, Length(max=length)])


def _typed(field: Field) -> bool:
    return any(str(each).strip() for each in field.raw_data or [])
