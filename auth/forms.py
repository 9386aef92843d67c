"""The forms of the auth room: one's own profile, and what a director of studies confirms and corrects."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from auth import invitations, rules
from auth.invitations import Bound
from auth.people import NAME_LENGTH, WORKPLACE_LENGTH
from auth.rules import Facts
from auth.states import Area, Category, Refusal, Role
from lararportal import pages
from lararportal.forms import Form, PersonalNumberField, stripped

Word = TypeVar("Word", bound=StrEnum)

REASON_LENGTH = 500
NEEDED = "needed_for_category"


def one_of(words: type[Word]) -> Callable[[Any], Word | None]:
    """Reads a choice; nothing chosen is None."""
    return lambda text: words(text) if text else None


def plausible_email(_form: Form, field: Field) -> None:
    """An address that letters can be sent to."""
    if not rules.is_plausible_email(field.data or ""):
        raise ValidationError(Refusal.EMAIL_IMPLAUSIBLE)


def in_reach(_form: Form, field: Field) -> None:
    """The year is one in which residencies begin or end."""
    if field.data and not rules.is_in_reach(field.data):
        raise ValidationError(Refusal.RESIDENCY_YEAR_OUT_OF_REACH)


class NeededForCategory:
    """Must be filled in when the chosen category demands it; may be left empty otherwise."""

    def __call__(self, form: "FactsForm", field: Field) -> None:
        """Stops at an empty field, with a fault if it is needed."""
        if field.raw_data and str(field.raw_data[0]).strip():
            return
        field.errors = []
        if form.category.data is not None and field.short_name in rules.missing(form.facts, email="-"):
            raise StopValidation(NEEDED)
        raise StopValidation


class ContactForm(Form):
    """What everybody may change of their own profile at any time."""

    email = StringField(filters=[stripped], validators=[InputRequired(), plausible_email])
    workplace = StringField(filters=[stripped], validators=[Length(max=WORKPLACE_LENGTH)])
    next = HiddenField()


class MaybeParticipant(Form):
    """Who is here for other things than courses of their own need not say what kind of doctor they are."""

    category = SelectField(coerce=one_of(Category))
    area = SelectField(coerce=one_of(Area), validators=[NeededForCategory()])


class Participant(Form):
    """A participant has a category and an area."""

    category = SelectField(coerce=one_of(Category), validators=[InputRequired()])
    area = SelectField(coerce=one_of(Area), validators=[InputRequired()])


class FactsForm(Form):
    """What a director of studies confirms. The category and the area come from one of the forms above."""

    category: SelectField
    area: SelectField
    residency_start = DateField(validators=[NeededForCategory(), in_reach])
    planned_end = DateField(validators=[NeededForCategory(), in_reach])
    leave_months = IntegerField(validators=[Optional(), NumberRange(min=0, max=rules.LONGEST_LEAVE)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = pages.words()
        self.category.choices = [*words["no_choice"].items(), *words["category"].items()]
        self.area.choices = [*words["no_choice"].items(), *words["area"].items()]

    @property
    def facts(self) -> Facts:
        """What the form says."""
        return Facts(
            category=self.category.data,
            area=self.area.data,
            residency_start=self.residency_start.data,
            planned_end=self.planned_end.data,
            leave_months=self.leave_months.data or 0,
        ).settled()

    def validate_planned_end(self, _field: Field) -> None:
        """The end of a residency comes after its start."""
        if rules.may_be_true(self.facts) is Refusal.RESIDENCY_ENDS_BEFORE_START:
            raise ValidationError(Refusal.RESIDENCY_ENDS_BEFORE_START)

    def validate_leave_months(self, _field: Field) -> None:
        """No leave is longer than the residency."""
        if rules.may_be_true(self.facts) is Refusal.LEAVE_OUTLASTS_RESIDENCY:
            raise ValidationError(Refusal.LEAVE_OUTLASTS_RESIDENCY)


class ProfileForm(ContactForm, MaybeParticipant, FactsForm):
    """One's own profile until it is confirmed."""


class ConfirmForm(Participant, FactsForm):
    """What a director of studies confirms."""


class LookForm(Form):
    """Why somebody has to see a personal number."""

    reason = TextAreaField(filters=[stripped], validators=[InputRequired(), Length(max=REASON_LENGTH)])


class CorrectForm(ConfirmForm):
    """What a director of studies corrects afterwards, and why."""

    reason = TextAreaField(filters=[stripped], validators=[InputRequired(), Length(max=REASON_LENGTH)])


class InviteForm(Form):
    """What somebody is invited as, beside being a participant."""

    roles = SelectMultipleField(option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    number = PersonalNumberField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = [(role.value, pages.words()["role"][role]) for role in sorted(rules.INVITED_ROLES)]

    @property
    def wanted_roles(self) -> list[Role]:
        """What the form says."""
        return [Role(each) for each in self.roles.data or []]

    def bound(self, db: Session) -> Bound | None:
        """To whose number it is bound, if one was typed."""
        return invitations.by_number(db, self.number.data) if self.number.data is not None else None


class InviteSomebodyNewForm(InviteForm):
    """Who is invited, and as what."""

    given_name = StringField(filters=[stripped], validators=[InputRequired(), Length(max=NAME_LENGTH)])
    family_name = StringField(filters=[stripped], validators=[InputRequired(), Length(max=NAME_LENGTH)])
    email = StringField(filters=[stripped], validators=[InputRequired(), plausible_email])
    others = SelectMultipleField(
        coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), choices=[]
    )
