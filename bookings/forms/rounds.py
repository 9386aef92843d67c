"""Rounds as a coordinator plans them; once one is open, its lottery is not asked for any more."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Regexp, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from bookings.lottery_plan import PublicSource
from bookings.round_plan import RoundPlan
from bookings.states import PublicKind
from courses import seen
from courses.forms.fields import FIRST_DAY, LAST_DAY, a_day, readable
from lararportal import pages
from lararportal.clock import STOCKHOLM
from lararportal.forms import Form, stripped

MOMENT_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")
"""What a browser sends and is sent, and what somebody types where the browser knows no such field."""

TERM = re.compile(r"[0-9]{4}-[12]\Z")
"""A half-year: the term is hashed into the lottery, and a precedence is counted in terms."""

A_LITTLE_LATER = timedelta(hours=1)
"""After closing: when drand's number becomes known unless somebody says otherwise."""


def number_or_none(value: str | int | None) -> int | None:
    """Reads a choice among rows, where nothing chosen is None."""
    return int(value) if value else None


def a_moment(_form: Any, field: Field) -> None:
    """Like `a_day`, of a day with its time."""
    if field.data and not FIRST_DAY <= field.data.date() <= LAST_DAY:
        raise ValidationError("year_out_of_reach")


class RoundFacts(Form):
    """When a round is open, what is promised, and the sessions whose seats it gives."""

    title = StringField(filters=[stripped], validators=[InputRequired(), readable, Length(max=100)])
    term = StringField(filters=[stripped], validators=[InputRequired(), Regexp(TERM, message="term_malformed")])
    opens_at = DateTimeLocalField(format=list(MOMENT_FORMATS), validators=[InputRequired(), a_moment])
    closes_at = DateTimeLocalField(format=list(MOMENT_FORMATS), validators=[InputRequired(), a_moment])
    decision_on = DateField(validators=[InputRequired(), a_day])
    cap = IntegerField(validators=[InputRequired(), NumberRange(1, 20)])
    respite_hours = IntegerField(validators=[InputRequired(), NumberRange(0, 24 * 14)])
    session_ids = SelectMultipleField(
        coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validators=[InputRequired()]
    )

    saw = HiddenField()

    def offer(self, session_ids: Iterable[int]) -> None:
        """Offers these sessions; the page says in words what each of them is."""
        self.session_ids.choices = [(session_id, str(session_id)) for session_id in session_ids]

    def plan_with(self, *, second_party_id: int | None, source: PublicSource | None) -> RoundPlan:
        """What the deeds take, with aware moments and this lottery."""
        assert self.decision_on.data is not None, "the form demands it"
        return RoundPlan(
            title=self.title.data or "",
            term=self.term.data or "",
            opens_at=in_stockholm(self.opens_at.data),
            closes_at=in_stockholm(self.closes_at.data),
            decision_on=self.decision_on.data,
            cap=self.cap.data or 1,
            respite_hours=self.respite_hours.data or 0,
            session_ids=self.session_ids.data or [],
            second_party_id=second_party_id,
            source=source,
        )

    def has_seen(self, planned: RoundPlan) -> None:
        """Whoever is shown this form again has been told what is planned now."""
        self.saw.data = seen.token(planned)

    @staticmethod
    def answers(planned: RoundPlan) -> dict[str, Any]:
        """What the form shows of a round; its lottery only where it asks for it."""
        plain = ("title", "term", "decision_on", "cap", "respite_hours", "session_ids", "second_party_id")
        source = planned.source
        return {name: getattr(planned, name) for name in plain} | {
            "opens_at": wall_clock(planned.opens_at),
            "closes_at": wall_clock(planned.closes_at),
            "source_kind": source.kind if source else None,
            "source_name": source.name if source else "",
            "source_at": wall_clock(source.at) if source else None,
            "saw": seen.token(planned),
        }


class PublishForm(Form):
    """A button that asks once more, about the drawing up that the page showed."""

    run_id = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 2**31 - 1)])


class NeededForNamed:
    """Must be filled in when the public value is a draw or a price; drand needs no more than a moment."""

    def __call__(self, form: "SourceFields", field: Field) -> None:
        """Stops at an empty field, with a fault if it is needed."""
        if field.raw_data and str(field.raw_data[0]).strip():
            return
        field.errors = []
        if form.source_kind.data is PublicKind.NAMED:
            raise StopValidation("needed_for_named")
        raise StopValidation


class SourceFields(Form):
    """Where the lottery's public value comes from, and when."""

    source_kind = RadioField(coerce=PublicKind, validators=[InputRequired()])
    source_name = StringField(filters=[stripped], validators=[NeededForNamed(), Length(max=200)])
    source_at = DateTimeLocalField(format=list(MOMENT_FORMATS), validators=[NeededForNamed(), a_moment])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source_kind.choices = list(pages.words()["public_kind"].items())

    def source(self, *, otherwise: datetime) -> PublicSource:
        """What was chosen; a moment that was left out is an hour after another one."""
        at = in_stockholm(self.source_at.data) if self.source_at.data else otherwise + A_LITTLE_LATER
        return PublicSource(kind=self.source_kind.data, name=self.source_name.data or "", at=at)


class RoundForm(RoundFacts, SourceFields):
    """A round that is not open yet, with its lottery."""

    second_party_id = SelectField(coerce=number_or_none)

    def offer_second_parties(self, people: Iterable[tuple[int, str]]) -> None:
        """Offers these people, by id and name, and nobody yet."""
        self.second_party_id.choices = [*pages.words()["no_second_party"].items(), *people]

    @property
    def plan(self) -> RoundPlan:
        """What the deeds take."""
        source = self.source(otherwise=in_stockholm(self.closes_at.data))
        return self.plan_with(second_party_id=self.second_party_id.data, source=source)


def in_stockholm(wall_clock: datetime | None) -> datetime:
    """The moment that a clock on the wall in Stockholm shows; the form has seen to it that there is one."""
    assert wall_clock is not None, "the form demands it"
    return wall_clock.replace(tzinfo=STOCKHOLM).astimezone(UTC)


def wall_clock(moment: datetime) -> datetime:
    """A moment as a clock on the wall in Stockholm shows it, for a form."""
    return moment.astimezone(STOCKHOLM).replace(tzinfo=None)
