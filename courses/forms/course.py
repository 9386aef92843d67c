"""What a coordinator says of a course."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, StopValidation, ValidationError

from courses import rules, seen
from courses.course_file import TITLE_LENGTH
from courses.forms.fields import a_number, choices_of, unfolded
from courses.rules import CourseFacts
from courses.states import (
    COURSE_BEARING_2015,
    GROUPS,
    OBJECTIVES_2015,
    OBJECTIVES_2021,
    ImportFault,
    Kind,
    Order,
    Refusal,
)
from lararportal import pages
from lararportal.forms import Form, stripped


class ObjectivesField(StringField):
    """Learning objectives of one list, written with blanks between them; `found` has them in order."""

    def __init__(self, known: Sequence[str], **kwargs: Any) -> None:
        super().__init__(filters=[stripped], **kwargs)
        self.known = known

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - the signature is WTForms'
        """Names every word that is no objective; nothing else is said of them then."""
        _, unknown = rules.objectives_in(self.data or "", self.known)
        if unknown:
            raise StopValidation(pages.sentence(ImportFault.UNKNOWN_OBJECTIVE, value=", ".join(unknown)))

    @property
    def found(self) -> tuple[str, ...]:
        """The objectives that are named."""
        return rules.objectives_in(self.data or "", self.known)[0]


def rank_or_none(value: str) -> int | None:
    """Reads the place of a group in the order of precedence; None is a group that the course is not for."""
    return int(value) if value != "" else None


class CourseForm(Form):
    """All that is said of a course, except its code and who may see it."""

    title = StringField(filters=[stripped], validators=[DataRequired(), Length(max=TITLE_LENGTH)])
    kind = SelectField(coerce=Kind, validators=[InputRequired()])
    description = TextAreaField(filters=[unfolded], validators=[Length(max=20_000)])
    objectives_2015 = ObjectivesField(OBJECTIVES_2015)
    objectives_2021 = ObjectivesField(OBJECTIVES_2021)
    day_count = a_number("days")
    seats = a_number("seats")
    minimum = a_number("min_participants")
    preparatory_parts = a_number("preparatory")
    sessions_per_year = a_number("sessions_per_year")
    order = RadioField(coerce=Order, validators=[InputRequired()])
    target_st = SelectField(coerce=rank_or_none)
    target_spec = SelectField(coerce=rank_or_none)
    target_pre = SelectField(coerce=rank_or_none)
    swap_rings = BooleanField()
    required_share = IntegerField(validators=[InputRequired(), NumberRange(0, 100)])
    needs_preparation = BooleanField()
    saw = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of("kind")
        self.order.choices = choices_of("order")
        for field in self.targets.values():
            field.choices = choices_of("target_rank")

    def validate_objectives_2015(self, field: ObjectivesField) -> None:
        """A mandatory course is one that the objectives demand."""
        if not self.kind.errors and rules.only_looks_mandatory(self.kind.data, field.found):
            demanding = ", ".join(COURSE_BEARING_2015)
            raise ValidationError(pages.sentence(Refusal.ONLY_LOOKS_MANDATORY, value=demanding))

    @property
    def targets(self) -> dict[str, SelectField]:
        """The field of each group."""
        return {"ST": self.target_st, "SPEC": self.target_spec, "PRE": self.target_pre}

    @property
    def facts(self) -> CourseFacts:
        """What the deeds take."""
        plain = ("title", "kind", "description", "day_count", "seats", "minimum", "order", "swap_rings")
        demanded = ("required_share", "needs_preparation")
        return CourseFacts(
            **{name: self[name].data for name in (*plain, *demanded, "preparatory_parts", "sessions_per_year")},
            objectives_2015=self.objectives_2015.found,
            objectives_2021=self.objectives_2021.found,
            targets={group: field.data for group, field in self.targets.items() if field.data is not None},
        )

    @staticmethod
    def answers(facts: CourseFacts) -> dict[str, Any]:
        """What the form shows of a course."""
        plain = {name: value for name, value in vars(facts).items() if name != "targets"}
        plain["objectives_2015"] = " ".join(facts.objectives_2015)
        plain["objectives_2021"] = " ".join(facts.objectives_2021)
        plain["saw"] = seen.token(facts)
        return plain | {f"target_{group.lower()}": facts.targets.get(group) for group in GROUPS}


class NewCourseForm(CourseForm):
    """A course that is not in the catalogue yet: it needs a code."""

    code = StringField(filters=[lambda text: stripped(text).upper()], validators=[DataRequired()])

    def validate_code(self, field: Field) -> None:
        """A code has a shape, because it stands in addresses."""
        if rules.code_of(field.data) is None:
            raise ValidationError(pages.sentence(ImportFault.BAD_CODE, value=field.data))
