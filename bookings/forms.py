"""The forms of the bookings room: their shape only - what a wish, a round or a cancellation must look like."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from bookings.rounds import RoundPlan
from courses.forms.fields import FIRST_DAY, LAST_DAY, a_day
from lararportal import pages
from lararportal.clock import STOCKHOLM
from lararportal.forms import Form

MOST_CHOICES = 100
"""A list longer than this was not made with the form."""

MOMENT_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")
"""What a browser sends and is sent, and what somebody types where the browser knows no such field."""


LONGEST_NUMBER = 10
"""Digits: no row has a longer number, and Python does not read numbers of any length."""


def _is_row_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


class RankedField(Field):
    """Session ids in the order of the person's wish: one hidden input each, in that order."""

    data: list[int]

    def process_data(self, value: Iterable[int] | None) -> None:
        """Takes the list that is remembered."""
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Takes the list that the page carried; a choice that stands there twice is kept where it stands first."""
        ids = [int(value) for value in valuelist if _is_row_number(value)]
        self.data = list(dict.fromkeys(ids))[:MOST_CHOICES]


class ApplicationForm(Form):
    """A ranked list, how many seats at most, and what the list of sessions is narrowed to."""

    choices = RankedField()
    cap = SelectField(coerce=int)
    text = StringField(filters=[lambda text: (text or "").strip()])

    def offer(self, cap: int) -> None:
        """Offers 1 up to the cap of the round."""
        self.cap.choices = [(number, str(number)) for number in range(1, cap + 1)]


def rearranged(choices: list[int], action: str) -> list[int]:
    """The list after `add:7`, `remove:7`, `up:7` or `down:7`; anything else leaves it as it is."""
    verb, _, text = action.partition(":")
    if not _is_row_number(text):
        return choices
    chosen = int(text)
    if verb == "add" and chosen not in choices:
        return [*choices, chosen]
    if chosen not in choices:
        return choices
    place = choices.index(chosen)
    others = choices[:place] + choices[place + 1 :]
    if verb == "remove":
        return others
    if verb in {"up", "down"}:
        place = max(0, place + (1 if verb == "down" else -1))
        return [*others[:place], chosen, *others[place:]]
    return choices


REASONS = ("illness", "care", "other")


class CancelForm(Form):
    """Giving back a seat in good time: a reason is welcome but not asked for."""

    reason = RadioField(validators=[Optional()])
    text = TextAreaField(validators=[Length(max=400)], filters=[lambda text: (text or "").strip()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = pages.words()["cancel_reason"]
        self.reason.choices = [(reason, words[reason]) for reason in REASONS]

    @property
    def in_words(self) -> str:
        """The reason as the staff reads it, such as "sjukdom: feber sedan i går"; empty when none was given."""
        chosen = pages.words()["cancel_reason"].get(self.reason.data or "", "")
        return ": ".join(filter(None, [chosen, self.text.data]))


class LateCancelForm(CancelForm):
    """Giving back a seat after the last day to cancel: the reason is asked for, in words when it is another one."""

    reason = RadioField(validators=[InputRequired()])

    def validate_text(self, field: Field) -> None:
        """Another reason must be told."""
        if self.reason.data == "other" and not field.data:
            raise ValidationError("reason_in_words")


class ConfirmForm(Form):
    """A button that asks once more; it has nothing to fill in."""


class RebookForm(Form):
    """The session to move to, among the other sessions of the course."""

    to_session = RadioField(coerce=int, validators=[InputRequired()])

    def offer(self, session_ids: Iterable[int]) -> None:
        """Offers these sessions; the page says in words what each of them is."""
        self.to_session.choices = [(session_id, str(session_id)) for session_id in session_ids]


def a_moment(_form: Any, field: Field) -> None:
    """Like `a_day`, of a day with its time."""
    if field.data and not FIRST_DAY <= field.data.date() <= LAST_DAY:
        raise ValidationError("year_out_of_reach")


class RoundForm(Form):
    """A round: when it is open, what is promised, and the sessions whose seats it gives."""

    title = StringField(validators=[InputRequired(), Length(max=100)])
    term = StringField(validators=[InputRequired(), Length(max=10)])
    opens_at = DateTimeLocalField(format=list(MOMENT_FORMATS), validators=[InputRequired(), a_moment])
    closes_at = DateTimeLocalField(format=list(MOMENT_FORMATS), validators=[InputRequired(), a_moment])
    decision_on = DateField(validators=[InputRequired(), a_day])
    cap = IntegerField(validators=[InputRequired(), NumberRange(1, 20)])
    respite_hours = IntegerField(validators=[InputRequired(), NumberRange(0, 24 * 14)])
    session_ids = SelectMultipleField(
        coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validators=[InputRequired()]
    )

    def offer(self, session_ids: Iterable[int]) -> None:
        """Offers these sessions; the page says in words what each of them is."""
        self.session_ids.choices = [(session_id, str(session_id)) for session_id in session_ids]

    @property
    def plan(self) -> RoundPlan:
        """What the deeds take, with aware moments."""
        assert self.decision_on.data is not None, "the form demands it"
        return RoundPlan(
            title=self.title.data or "",
            term=self.term.data or "",
            opens_at=_in_stockholm(self.opens_at.data),
            closes_at=_in_stockholm(self.closes_at.data),
            decision_on=self.decision_on.data,
            cap=self.cap.data or 1,
            respite_hours=self.respite_hours.data or 0,
            session_ids=self.session_ids.data or [],
        )


def _in_stockholm(wall_clock: datetime | None) -> datetime:
    assert wall_clock is not None, "the form demands it"
    return wall_clock.replace(tzinfo=STOCKHOLM).astimezone(UTC)


def wall_clock(moment: datetime) -> datetime:
    """A moment as a clock on the wall in Stockholm shows it, for a form."""
    return moment.astimezone(STOCKHOLM).replace(tzinfo=None)
