"""What visitors look for in the catalogue, and coordinators at their desk."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length

from auth.states import Area
from courses.forms.fields import GetForm, choices_of, month_of, word_or_none
from courses.queries import DeskFilters, Filters
from courses.states import OBJECTIVES_2015, OBJECTIVES_2021, Kind, Publicity
from lararportal import pages
from lararportal.forms import stripped


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
