"""A seat of one's own: giving it back, and changing it for another."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from wtforms import BooleanField, Field, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from bookings.rules.late_fee import OWN_GROUNDS, what_ground_lacks
from bookings.states import CancelGround
from lararportal import pages
from lararportal.forms import Form, stripped


class CancelForm(Form):
    """Giving back a seat in good time: no ground is asked for; staff say in words why, and the person reads it."""

    text = TextAreaField(validators=[Length(max=400)], filters=[stripped])

    @property
    def ground(self) -> CancelGround | None:
        """What was chosen, if anything."""
        return None


class OfficeCancelForm(CancelForm):
    """Staff giving back somebody's seat in good time: it may be for a reason of the office, which is told."""

    is_ours = BooleanField()

    @property
    def ground(self) -> CancelGround | None:
        """What was chosen, if anything."""
        return CancelGround.OURS if self.is_ours.data else None

    def validate_text(self, field: Field) -> None:
        """The reason of the office is told in words."""
        lacks = what_ground_lacks(is_late=False, ground=self.ground, words=field.data or "")
        if lacks is not None:
            raise ValidationError(lacks)


class LateCancelForm(CancelForm):
    """Giving back a seat after the last day to cancel: the ground is asked for, in words when it is another one."""

    reason = RadioField(validators=[InputRequired()])
    grounds: ClassVar[Collection[CancelGround]] = OWN_GROUNDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(each.value, pages.words()["cancel_ground"][each]) for each in self.grounds]

    @property
    def ground(self) -> CancelGround | None:
        """What was chosen, if anything."""
        return CancelGround(self.reason.data) if self.reason.data in set(self.grounds) else None

    def validate_text(self, field: Field) -> None:
        """What the chosen ground needs to be told in words."""
        lacks = what_ground_lacks(is_late=True, ground=self.ground, words=field.data or "")
        if self.ground is not None and lacks is not None:
            raise ValidationError(lacks)


class LateOfficeCancelForm(LateCancelForm):
    """Staff giving back somebody's seat so late: it may be for a reason of the office."""

    grounds = tuple(CancelGround)


class TakeOffForm(Form):
    """Taking somebody off a line: they are told why."""

    reason = TextAreaField(filters=[stripped], validators=[InputRequired(), Length(max=400)])


class ConfirmForm(Form):
    """A button that asks once more; it has nothing to fill in."""


class RebookForm(Form):
    """The session to move to, among the other sessions of the course."""

    to_session = RadioField(coerce=int, validators=[InputRequired()])
    saw = HiddenField()

    def offer(self, session_ids: Iterable[int]) -> None:
        """Offers these sessions; the page says in words what each of them is."""
        self.to_session.choices = [(session_id, str(session_id)) for session_id in session_ids]


class LineForm(Form):
    """How one wants to have a seat from a line."""

    standing_yes = BooleanField()
    short_notice = BooleanField()
