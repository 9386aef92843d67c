"""What the forms of the courses room share: how choices, days, numbers and texts are read."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, IntegerField
from wtforms.validators import InputRequired, NumberRange, StopValidation, ValidationError

from courses.course_file import RANGES
from lararportal import pages
from lararportal.forms import Form, stripped
from lararportal.lines import is_blank

Word = TypeVar("Word", bound=StrEnum)

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""Outside of these a date is a slip of the finger in the year."""


def on_one_line(text: str | None) -> str:
    """What was copied, with one blank wherever it brought blanks, tabs or line breaks along."""
    return " ".join((text or "").split())


def readable(_form: Any, field: Field) -> None:
    """There is something to read in it, and not only characters that nobody sees."""
    if is_blank(field.data or ""):
        raise StopValidation(field.gettext("This field is required."))


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


ADDRESS = re.compile(r"https?://[^\s/?#@\\]+\.[^\s/?#@\\]+([/?#]\S*)?", re.ASCII)


def a_web_address(_form: Any, field: Field) -> None:
    """A whole address of the web, or nothing."""
    if field.data and not ADDRESS.fullmatch(field.data):
        raise ValidationError("address_of_web")


class FileForm(Form):
    """A form that a file may come with; `lararportal.uploads` names its view."""

    class Meta(Form.Meta):
        """What was sent in has files beside texts."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed, and the file; a file in the place of a text is none."""
            if form.is_submitted() and request.files and not request.is_json:
                asked = {each.name for each in form if isinstance(each, FileField)}
                files = MultiDict(sent for sent in request.files.items(multi=True) if sent[0] in asked)
                return CombinedMultiDict((files, request.form))
            return super().wrap_formdata(form, formdata)

    @staticmethod
    def content_of(field: Field, *, most: int) -> bytes:
        """The bytes of a file, and one more than so many where there are more; none where there is no file."""
        sent = field.data
        if not hasattr(sent, "stream"):
            return b""
        sent.stream.seek(0)
        return bytes(sent.stream.read(most + 1))


def month_of(value: str) -> date | None:
    """The first day of a month such as "2027-03"; None when nothing is chosen."""
    return date.fromisoformat(f"{value}-01") if value else None


class GetForm(Form):
    """A form whose answers stand in the address, so that a search can be shared and needs no token."""

    class Meta(Form.Meta):
        """Nothing is changed by reading."""

        csrf = False


def a_number(field: str) -> IntegerField:
    """A whole number within the range that a catalogue file allows for the column."""
    return IntegerField(validators=[InputRequired(), NumberRange(*RANGES[field])])
