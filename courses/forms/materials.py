"""What is said of a file or link of a session."""

from flask_wtf.file import FileField
from wtforms import Field, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from courses.forms.fields import FileForm, a_web_address, choices_of, on_one_line, readable
from courses.models import PART_ADDRESS_LENGTH, PART_TITLE_LENGTH
from courses.rules.materials import ENDINGS, LARGEST, fault_of
from courses.states import MaterialShown
from lararportal.forms import stripped


def a_file_that_is_taken(content: bytes) -> None:
    """No file, or one that is kept.

    Raises:
        ValidationError: why it is not taken.
    """
    fault = fault_of(content) if content else None
    if fault is not None:
        raise ValidationError(fault)


def only_taken(field: Field) -> None:
    """Lets browsers offer the kinds of files that are taken."""
    field.render_kw = {"accept": ",".join(f".{each}" for each in ENDINGS.values())}


class MaterialForm(FileForm):
    """A title, when it is shown, and either a file or an address."""

    title = StringField(filters=[on_one_line], validators=[DataRequired(), readable, Length(max=PART_TITLE_LENGTH)])
    shown = RadioField(coerce=MaterialShown, validators=[InputRequired()])
    file = FileField()
    address = StringField(filters=[stripped], validators=[Length(max=PART_ADDRESS_LENGTH), a_web_address])

    def offer(self) -> None:
        """Offers the times at which it can be shown, and the kinds of files that are taken."""
        self.shown.choices = choices_of("material_shown")
        only_taken(self.file)

    def validate_file(self, _field: Field) -> None:
        """One of both, and a file that is taken."""
        content = self.content
        if bool(content) == bool(self.address.data):
            raise ValidationError("material_file_or_address")
        a_file_that_is_taken(content)

    @property
    def content(self) -> bytes:
        """The bytes of the file, and one more than are taken where there are more."""
        return self.content_of(self.file, most=LARGEST)
