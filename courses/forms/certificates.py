"""Certificates: whose are to be made, which are signed and when, and the code that somebody has typed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import DateField, Field, StringField
from wtforms.validators import InputRequired, ValidationError

from courses.forms.fields import a_day
from courses.rules.certificates import typed_code
from lararportal.forms import Form, stripped


class SigningForm(Form):
    """The day of the signatures; which certificates are meant stands in rows of the page."""

    on = DateField(validators=[InputRequired(), a_day])

    @property
    def day(self) -> date:
        """What was typed."""
        assert isinstance(self.on.data, date)
        return self.on.data


def chosen_in(sent: Mapping[str, str], people: Iterable[int]) -> set[int]:
    """Who of these is ticked."""
    return {each for each in people if f"chosen-{each}" in sent}


def signed_in(sent: Mapping[str, str], certificates: Iterable[int]) -> dict[int, bool]:
    """What is said otherwise of these than the page showed; what was shown may be old, and is not said anew."""
    shown = {each: sent[f"was-{each}"] == "1" for each in certificates if f"was-{each}" in sent}
    said = {each: f"signed-{each}" in sent for each in shown}
    return {each: is_signed for each, is_signed in said.items() if is_signed != shown[each]}


def _a_code(_form: Any, field: Field) -> None:
    if typed_code(field.data or "") is None:
        raise ValidationError("certificate_code_impossible")


class CodeForm(Form):
    """The code of a certificate, however it is typed."""

    code = StringField(filters=[stripped], validators=[InputRequired(), _a_code])

    @property
    def read(self) -> str:
        """As rows have it."""
        found = typed_code(self.code.data or "")
        assert found is not None
        return found
