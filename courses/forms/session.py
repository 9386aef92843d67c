"""What a coordinator says of a course session: its days row by row, its place, seats, leaders and dates."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from auth.models import Person
from auth.states import Area
from courses import rules, seen
from courses.forms.fields import GetForm, a_day, a_number, choices_of, word_or_none
from courses.models import Course, CourseSession
from courses.rules import Day
from courses.sessions import SessionPlan, said_of
from courses.states import Refusal
from lararportal import pages
from lararportal.forms import Form, stripped

DAY_ROWS = 5
"""Rows for days in the form of a session; what is left empty is not counted."""

MOST_DAYS = 40
"""More than any course has, and few enough for one form."""

STARTS, ENDS = time(8, 30), time(16, 30)
"""The hours that a day has until somebody says otherwise."""


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


class DayRows(FieldList):  # type: ignore[type-arg]  # Types only: at run time it takes no argument.
    """The rows for days, by the numbers that a page gives them; a field of any other name belongs to no row."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        found = (re.fullmatch(rf"{prefix}-([0-9]{{1,2}})-(day|starts|ends)", name) for name in formdata)
        return (int(name.group(1)) for name in found if name is not None)


class SessionForm(Form):
    """All that is said of a session, except its course and who may see it."""

    days = DayRows(FormField(DayForm))
    place = StringField(filters=[stripped], validators=[DataRequired(), Length(max=200)])
    area = SelectField(coerce=word_or_none(Area), validators=[InputRequired()])
    seats = a_number("seats")
    minimum = a_number("min_participants")
    leader_ids = SelectMultipleField(coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    cancel_by = DateField(validators=[Optional(), a_day])
    go_no_go_on = DateField(validators=[Optional(), a_day])
    prepare_by = DateField(validators=[Optional(), a_day])
    saw = HiddenField()
    confirmed = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area.choices = choices_of("area", any_of="none")

    def offer(self, leaders: Sequence[Person]) -> None:
        """Offers these leaders."""
        self.leader_ids.choices = [(person.id, person.name) for person in leaders]

    def fill_up(self, rows: int = DAY_ROWS) -> None:
        """Adds empty rows for days until there are so many, and one is free if there can be one."""
        while len(self.days) < rows or (self.days[-1].day.data and len(self.days) < MOST_DAYS):
            self.days.append_entry({"day": None, "starts": STARTS, "ends": ENDS})

    @property
    def chosen_days(self) -> list[Day]:
        """The rows that have a date."""
        rows: list[dict[str, Any]] = self.days.data
        return [Day(row["day"], row["starts"], row["ends"]) for row in rows if row["day"]]

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside its fields, the form needs a day: everything else is counted from it."""
        sound = bool(super().validate(extra_validators))
        if len(self.chosen_days) > MOST_DAYS:
            self.form_errors.append(pages.sentence("too_many_days", most=MOST_DAYS))
        elif sound and not self.chosen_days:
            self.form_errors.append(Refusal.SESSION_WITHOUT_DAYS)
        return sound and 0 < len(self.chosen_days) <= MOST_DAYS

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
            "saw": seen.token(said_of(session)),
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
