"""What a coordinator says of a part of the preparation, and what a participant answers."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import Field, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from courses.forms.fields import a_web_address, on_one_line, readable, stripped, unfolded
from courses.models import PART_ADDRESS_LENGTH, PART_TITLE_LENGTH
from courses.preparation.parts import PartFacts
from courses.rules.preparation import Question, QuizFault, questions_in, typed
from lararportal import pages
from lararportal.forms import Form

LONGEST = 6000
"""Minutes: four working days and a night."""


def _questions(_form: Any, field: Field) -> None:
    found = questions_in(field.data or "")
    if isinstance(found, QuizFault):
        raise ValidationError(pages.sentence(found.why, number=found.number))


class PartForm(Form):
    """All that is said of a part."""

    title = StringField(filters=[on_one_line], validators=[DataRequired(), readable, Length(max=PART_TITLE_LENGTH)])
    about = TextAreaField(filters=[unfolded], validators=[Length(max=5000)])
    address = StringField(filters=[stripped], validators=[Length(max=PART_ADDRESS_LENGTH), a_web_address])
    minutes = IntegerField(validators=[InputRequired(), NumberRange(1, LONGEST)])
    place = IntegerField(validators=[InputRequired(), NumberRange(1, 99)])
    questions = TextAreaField(filters=[unfolded], validators=[Length(max=10_000), _questions])

    @property
    def facts(self) -> PartFacts:
        """What was typed."""
        return PartFacts(
            place=self.place.data or 1,
            title=self.title.data or "",
            about=self.about.data or "",
            address=self.address.data or "",
            minutes=self.minutes.data or 1,
            questions=self._found(),
        )

    def _found(self) -> list[Question]:
        found = questions_in(self.questions.data or "")
        assert not isinstance(found, QuizFault)
        return found

    @staticmethod
    def answers(facts: PartFacts) -> dict[str, Any]:
        """What stands in the form for these facts."""
        return {**facts.columns, "questions": typed(facts.questions)}


def answers_in(sent: Mapping[str, str], questions: int) -> dict[int, int]:
    """What is chosen of so many questions."""
    found = ((place, sent.get(f"answer-{place}", "")) for place in range(questions))
    return {place: int(said) for place, said in found if re.fullmatch("[0-9]{1,3}", said)}
