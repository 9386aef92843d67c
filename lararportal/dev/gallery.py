"""The gallery: every component in every state on one page, to look at and to test. For development only."""

from datetime import date

from flask import Blueprint, abort, render_template
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from auth.access import public
from auth.states import Area, Category
from lararportal import pages
from lararportal.edge import installation
from lararportal.forms import Form
from lararportal.paging import Page

blueprint = Blueprint("gallery", __name__, url_prefix="/dev/galleri")

PREFIX = "faulty-"
TYPED = {
    "email": "anna",
    "seats": "700",
    "area": "skaraborg",
    "description": "lorem ipsum " * 2,
}
"""What was sent in with the faulty form."""


class Everything(Form):
    """One field of each kind."""

    name = StringField(validators=[InputRequired(), Length(max=40)])
    email = StringField(validators=[InputRequired(), Length(min=6)])
    seats = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=60)])
    first_day = DateField(validators=[InputRequired()])
    starts = TimeField()
    area = SelectField(validators=[InputRequired()])
    category = RadioField(validators=[InputRequired()])
    areas = SelectMultipleField(option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    description = TextAreaField(validators=[Length(max=20)])
    agreed = BooleanField(validators=[InputRequired()])

    class Meta(Form.Meta):
        """Nothing is ever sent in from the gallery."""

        csrf = False


@blueprint.before_request
def refuse_outside_development() -> None:
    """The blueprint is not registered in production; should it be, it still does not answer."""
    if not installation().settings.is_development:
        abort(404)


@blueprint.get("")
@public
def index() -> str:
    """All components: an untouched form, and one that was sent in with faults."""
    untouched = _form(None)
    faulty = _form(TYPED)
    faulty.validate()
    page: Page[None] = Page(rows=[], number=2, size=50, total=124)
    return render_template("dev/gallery.html", untouched=untouched, faulty=faulty, page=page, a_day=date(2027, 3, 2))


@blueprint.get("/bekrafta")
@public
def confirm() -> str:
    """The page before something that cannot be undone."""
    return render_template("dev/gallery_confirm.html")


@blueprint.get("/nej")
@public
def refused() -> str:
    """The page of a polite refusal."""
    return render_template("refused.html", sentence=pages.sentence("sign_in_failed"))


@blueprint.get("/fel/<int:code>")
@public
def error(code: int) -> str:
    """The page of an error, as it looks."""
    return render_template("error.html", code=code)


def _form(typed: dict[str, str] | None) -> Everything:
    sent = MultiDict({PREFIX + name: value for name, value in typed.items()}) if typed else None
    form = Everything(sent, prefix=PREFIX if typed else "")
    words = pages.words()
    areas = [(area.value, words["area"][area]) for area in Area]
    form.area.choices = [("", ""), *areas]
    form.areas.choices = areas
    form.category.choices = [(each.value, words["category"][each]) for each in Category]
    return form
