"""What a coordinator says of a part of the preparation, and what a participant answers."""

import re
from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from courses.forms.fields import FileForm, a_web_address, on_one_line, readable, unfolded
from courses.forms.materials import a_file_that_is_taken, only_taken
from courses.models import PART_ADDRESS_LENGTH, PART_TITLE_LENGTH
from courses.preparation.parts import PartFacts
from courses.rules.materials import LARGEST
from courses.rules.preparation import Question, QuizFault, questions_in, typed
from lararportal import pages
from lararportal.forms import stripped

LONGEST = 6000
"""Minutes: four working days and a night."""


def _questions(_form: Any, field: Field) -> None:
    found = questions_in(field.data or "")
    if isinstance(found, QuizFault):
        raise ValidationError(pages.sentence(found.why, number=found.number))


class PartForm(FileForm):
    """All that is said of a part, and its file if it gets one, or loses the one that it has."""

    title = StringField(filters=[on_one_line], validators=[DataRequired(), readable, Length(max=PART_TITLE_LENGTH)])
    about = TextAreaField(filters=[unfolded], validators=[Length(max=5000)])
    address = StringField(filters=[stripped], validators=[Length(max=PART_ADDRESS_LENGTH), a_web_address])
    file = FileField()
    without_file = BooleanField()
    minutes = IntegerField(validators=[InputRequired(), NumberRange(1, LONGEST)])
    place = IntegerField(validators=[InputRequired(), NumberRange(1, 99)])
    questions = TextAreaField(filters=[unfolded], validators=[Length(max=10_000), _questions])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only_taken(self.file)

    def validate_file(self, _field: Field) -> None:
        """It is taken, if there is one."""
        a_file_that_is_taken(self.content)

    @property
    def content(self) -> bytes:
        """The bytes of the file, and one more than are taken where there are more."""
        return self.content_of(self.file, most=LARGEST)

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
