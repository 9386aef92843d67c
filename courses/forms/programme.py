"""The programme of a session, typed as lines."""

from typing import Any

from wtforms import Field, TextAreaField
from wtforms.validators import Length, ValidationError

from courses.forms.fields import unfolded
from courses.rules.programme import Item, items_in
from lararportal import pages
from lararportal.forms import Form


class ProgrammeForm(Form):
    """All of it, so that it can be pasted from where it was written."""

    programme = TextAreaField(filters=[unfolded], validators=[Length(max=10_000)])

    def __init__(self, *args: Any, days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days

    def validate_programme(self, field: Field) -> None:
        """Every line can be read."""
        found = items_in(field.data or "", days=self.days)
        if isinstance(found, int):
            raise ValidationError(pages.sentence("programme_unreadable", number=found))

    @property
    def items(self) -> list[Item]:
        """What was typed."""
        found = items_in(self.programme.data or "", days=self.days)
        assert not isinstance(found, int)
        return found
