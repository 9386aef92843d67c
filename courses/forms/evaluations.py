"""The form of an evaluation: a field for each question, named after its place among them."""

from collections.abc import Sequence

from wtforms import Field, RadioField, TextAreaField
from wtforms.validators import Length

from courses.forms.fields import unfolded
from courses.rules.evaluations import LONGEST_TEXT, NO_ANSWER, Question
from courses.states import QuestionKind
from lararportal.forms import Form
from lararportal.lines import is_blank


class AnswerForm(Form):
    """Nothing of its own but its proof."""

    def answers(self, questions: Sequence[Question]) -> dict[str, str]:
        """What is answered, by the keys of the questions; signs that nobody sees answer nothing."""
        said = {each.key: self[name_of(number)].data or "" for number, each in enumerate(questions)}
        return {key: NO_ANSWER if is_blank(text) else text for key, text in said.items()}

    @property
    def typed(self) -> str:
        """What would be lost with the form."""
        return "\n".join(each.data or "" for each in self if isinstance(each, TextAreaField))


def answer_form(questions: Sequence[Question]) -> AnswerForm:
    """The form of these questions, with what was sent."""
    fields = {name_of(number): _field(each) for number, each in enumerate(questions)}
    made: AnswerForm = type("AskedForm", (AnswerForm,), fields)()
    return made


def name_of(number: int) -> str:
    """What the field of a question is called."""
    return f"q{number}"


def _field(question: Question) -> Field:
    if question.kind is QuestionKind.TEXT:
        return TextAreaField(filters=[unfolded], validators=[Length(max=LONGEST_TEXT)])
    choices = [*question.choices, NO_ANSWER]
    return RadioField(choices=choices, default=NO_ANSWER)  # type: ignore[arg-type]
