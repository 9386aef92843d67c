"""The forms of the courses room: their shape only - what a search, a course or a session must look like."""

from collections.abc import Callable, Sequence
from datetime import date, time
from enum import StrEnum
from typing import Any, TypeVar

from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from auth.models import Person
from auth.states import Area
from courses import rules
from courses.course_import import RANGES, TITLE_LENGTH
from courses.models import Course, CourseSession
from courses.queries import DeskFilters, Filters
from courses.rules import CourseFacts, Day
from courses.sessions import SessionPlan
from courses.states import (
    GROUPS,
    OBJECTIVES_2015,
    OBJECTIVES_2021,
    ImportFault,
    Kind,
    Order,
    Publicity,
    Refusal,
)
from lararportal import pages
from lararportal.forms import Form

Word = TypeVar("Word", bound=StrEnum)

DAY_ROWS = 5
"""Rows for days in the form of a session; what is left empty is not counted."""

STARTS, ENDS = time(8, 30), time(16, 30)
"""The hours that a day has until somebody says otherwise."""

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""Outside of these a date is a slip of the finger in the year."""


def stripped(text: str | None) -> str:
    """What was typed, without blanks around it."""
    return (text or "").strip()


def a_day(_form: Any, field: Field) -> None:
    """The year is one in which courses are given."""
    if field.data and not FIRST_DAY <= field.data <= LAST_DAY:
        raise ValidationError("year_out_of_reach")


def unfolded(text: str | None) -> str:
    """What was typed in a large field, with plain line ends and no blanks around it."""
    return stripped(text).replace("\r\n", "\n")


def word_or_none(kind: type[Word]) -> Callable[[str], Word | None]:
    """Reads a choice among the members of an enum, where nothing chosen is None."""
    return lambda value: kind(value) if value else None


def choices_of(words: str, *, any_of: str = "") -> list[tuple[str, str]]:
    """The choices that a list of Swedish words gives, and before them one that stands for all of them."""
    found = list(pages.words()[words].items())
    return [("", pages.words()["any_of"][any_of]), *found] if any_of else found


def month_of(value: str) -> date | None:
    """The first day of a month such as "2027-03"; None when nothing is chosen."""
    return date.fromisoformat(f"{value}-01") if value else None


class GetForm(Form):
    """A form whose answers stand in the address, so that a search can be shared and needs no token."""

    class Meta(Form.Meta):
        """Nothing is changed by reading."""

        csrf = False


class SearchForm(GetForm):
    """What to look for in the catalogue."""

    text = StringField(name="q", filters=[stripped], validators=[Length(max=200)])
    kind = SelectField(name="typ", coerce=word_or_none(Kind))
    objective = SelectField(name="delmal", coerce=lambda value: value or None)
    area = SelectField(name="omrade", coerce=word_or_none(Area))
    month = SelectField(name="manad", coerce=month_of)
    only_free = BooleanField(name="lediga")
    preparatory = BooleanField(name="forberedelse")

    def offer(self, months: Sequence[date]) -> None:
        """Offers these months, and all kinds, objectives and areas."""
        self.kind.choices = choices_of("kind", any_of="kind")
        self.area.choices = choices_of("area", any_of="area")
        every = pages.words()["any_of"]
        self.month.choices = [("", every["month"]), *((f"{month:%Y-%m}", pages.month(month)) for month in months)]
        older = [(objective, f"{objective} (2015)") for objective in OBJECTIVES_2015]
        newer = [(objective, f"{objective} (2021)") for objective in OBJECTIVES_2021]
        self.objective.choices = [("", every["objective"]), *older, *newer]

    @property
    def filters(self) -> Filters:
        """The search itself; a field with a fault is left out of it."""
        sound = {name: field.data for name, field in self._fields.items() if not field.errors}
        return Filters(**sound)


class DeskSearchForm(GetForm):
    """What a coordinator looks for among courses or sessions."""

    text = StringField(name="q", filters=[stripped], validators=[Length(max=200)])
    publicity = SelectField(name="lage", coerce=word_or_none(Publicity))
    area = SelectField(name="omrade", coerce=word_or_none(Area))
    when = SelectField(name="nar", default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publicity.choices = choices_of("publicity", any_of="publicity")
        self.area.choices = choices_of("area", any_of="area")
        self.when.choices = list(pages.words()["when"].items())

    @property
    def filters(self) -> DeskFilters:
        """The search itself; a field with a fault is left out of it."""
        sound = {name: field.data for name, field in self._fields.items() if not field.errors}
        past = sound.pop("when", "") == "past"
        return DeskFilters(past=past, **sound)


class ObjectivesField(StringField):
    """Learning objectives of one list, written with blanks between them; `found` has them in order."""

    def __init__(self, known: Sequence[str], **kwargs: Any) -> None:
        super().__init__(filters=[stripped], **kwargs)
        self.known = known

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - the signature is WTForms'
        """Names every word that is no objective."""
        _, unknown = rules.objectives_in(self.data or "", self.known)
        if unknown:
            raise ValidationError(pages.sentence(ImportFault.UNKNOWN_OBJECTIVE, value=", ".join(unknown)))

    @property
    def found(self) -> tuple[str, ...]:
        """The objectives that are named."""
        return rules.objectives_in(self.data or "", self.known)[0]


def _number(field: str) -> IntegerField:
    return IntegerField(validators=[InputRequired(), NumberRange(*RANGES[field])])


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
    day_count = _number("days")
    seats = _number("seats")
    minimum = _number("min_participants")
    preparatory_parts = _number("preparatory")
    sessions_per_year = _number("sessions_per_year")
    order = SelectField(coerce=Order, validators=[InputRequired()])
    target_st = SelectField(coerce=rank_or_none)
    target_spec = SelectField(coerce=rank_or_none)
    target_pre = SelectField(coerce=rank_or_none)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of("kind")
        self.order.choices = choices_of("order")
        for field in self.targets.values():
            field.choices = choices_of("target_rank")

    @property
    def targets(self) -> dict[str, SelectField]:
        """The field of each group."""
        return {"ST": self.target_st, "SPEC": self.target_spec, "PRE": self.target_pre}

    @property
    def facts(self) -> CourseFacts:
        """What the deeds take."""
        plain = ("title", "kind", "description", "day_count", "seats", "minimum", "order")
        return CourseFacts(
            **{name: self[name].data for name in (*plain, "preparatory_parts", "sessions_per_year")},
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
        return plain | {f"target_{group.lower()}": facts.targets.get(group) for group in GROUPS}


class NewCourseForm(CourseForm):
    """A course that is not in the catalogue yet: it needs a code."""

    code = StringField(filters=[lambda text: stripped(text).upper()], validators=[DataRequired()])

    def validate_code(self, field: Field) -> None:
        """A code has a shape, because it stands in addresses."""
        if rules.code_of(field.data) is None:
            raise ValidationError(pages.sentence(ImportFault.BAD_CODE, value=field.data))


def hours_of_a_day(form: Any, field: Field) -> None:
    """A row with a date needs its hours; a row without is empty, whatever else stands there."""
    if form.day.data and any(field.raw_data or []):
        return
    field.errors = []
    raise StopValidation("hours_missing" if form.day.data else "")


class DayForm(GetForm):
    """A row for one day."""

    day = DateField(validators=[Optional(), a_day])
    starts = TimeField(validators=[hours_of_a_day])
    ends = TimeField(validators=[hours_of_a_day])


class SessionForm(Form):
    """All that is said of a session, except its course and who may see it."""

    days = FieldList(FormField(DayForm), max_entries=40)
    place = StringField(filters=[stripped], validators=[DataRequired(), Length(max=200)])
    area = SelectField(coerce=Area, validators=[InputRequired()])
    seats = _number("seats")
    minimum = _number("min_participants")
    leader_ids = SelectMultipleField(coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    cancel_by = DateField(validators=[Optional(), a_day])
    go_no_go_on = DateField(validators=[Optional(), a_day])
    prepare_by = DateField(validators=[Optional(), a_day])
    confirmed = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area.choices = choices_of("area")

    def offer(self, leaders: Sequence[Person]) -> None:
        """Offers these leaders."""
        self.leader_ids.choices = [(person.id, person.name) for person in leaders]

    def fill_up(self, rows: int = DAY_ROWS) -> None:
        """Adds empty rows for days until there are so many, and one is free."""
        while len(self.days) < rows or self.days[-1].day.data:
            self.days.append_entry({"day": None, "starts": STARTS, "ends": ENDS})

    @property
    def chosen_days(self) -> list[Day]:
        """The rows that have a date."""
        rows: list[dict[str, Any]] = self.days.data
        return [Day(row["day"], row["starts"], row["ends"]) for row in rows if row["day"]]

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside its fields, the form needs a day: everything else is counted from it."""
        sound = bool(super().validate(extra_validators))
        if sound and not self.chosen_days:
            self.form_errors.append(Refusal.SESSION_WITHOUT_DAYS)
        return sound and bool(self.chosen_days)

    @property
    def plan(self) -> SessionPlan:
        """What the deeds take; a date of decision that was left empty is the default one."""
        typed: dict[str, Any] = self.data
        defaults = rules.default_dates(self.chosen_days)
        return SessionPlan(
            days=self.chosen_days,
            place=typed["place"],
            area=typed["area"],
            seats=typed["seats"],
            minimum=typed["minimum"],
            leader_ids=typed["leader_ids"] or [],
            cancel_by=typed["cancel_by"] or defaults.cancel_by,
            go_no_go_on=typed["go_no_go_on"] or defaults.go_no_go_on,
            prepare_by=typed["prepare_by"],
        )

    @staticmethod
    def answers(session: CourseSession) -> dict[str, Any]:
        """What the form shows of a session that has its days and leaders loaded."""
        plain = ("place", "area", "seats", "minimum", "cancel_by", "go_no_go_on", "prepare_by")
        return {name: getattr(session, name) for name in plain} | {
            "days": [{"day": each.day, "starts": each.starts, "ends": each.ends} for each in session.days],
            "leader_ids": [leader.id for leader in session.leaders],
        }


class NewSessionForm(SessionForm):
    """A session that is not planned yet: it may be held in reserve, and prepares as its course does."""

    in_reserve = BooleanField()

    def plan_for(self, course: Course) -> SessionPlan:
        """As `plan`; a course with preparatory parts gets a day for them, if none was typed."""
        wanted = self.plan
        if course.preparatory_parts and wanted["prepare_by"] is None:
            wanted["prepare_by"] = rules.default_dates(self.chosen_days).prepare_by
        return wanted
