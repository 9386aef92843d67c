"""Forms: Swedish messages, labels that the template gives, faults that lead to their field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FormField, StringField
from wtforms.fields import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectFieldBase
from wtforms.i18n import get_translations
from wtforms.widgets import CheckboxInput, TextArea

from lararportal import clock, edge, pages, personal_number
from lararportal.errors import Refused
from lararportal.lines import breaks, steers, turns_around


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a form: the id to go to, the label that stands there, and what to do."""

    target: str
    label: str
    message: str


class Messages:
    """The messages of WTForms: in our words where `templates/words/forms.html` has them, else as WTForms says it."""

    def __init__(self) -> None:
        self._builtin: Any = get_translations(["sv"])
        self._ours = pages.words()["form_messages"]

    def gettext(self, text: str) -> str:
        """The Swedish of a message."""
        return self._ours.get(text) or str(self._builtin.gettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The Swedish of a message with a number in it."""
        return self._ours.get(plural) or str(self._builtin.ngettext(singular, plural, number))


class PersonalNumberField(StringField):
    """The one field in which a personal number is typed; `data` is the number, and shows its mask."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads what was typed.

        Raises:
            ValueError: it is no such number; the key of the sentence that says so.
        """
        typed = valuelist[0].strip() if valuelist else ""
        number = personal_number.typed(typed, today=clock.day_of(edge.moment()))
        self.data: Any = number
        if typed and number is None:
            raise ValueError("personal_number_impossible")

    def _value(self) -> str:
        """What was typed, when it has to be put right; a number that is kept stands in no field."""
        return self.raw_data[0] if self.raw_data else ""


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form.

    Labels are given where the field is shown, in the template. A validator of our own raises `ValidationError`
    with a key of `templates/sentences/`.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How fields are bound and which language they speak."""

        locales = ("sv",)

        def get_translations(self, form: Any) -> Messages:  # noqa: ARG002 - the signature is WTForms'
            """Our messages; made per form, so that nothing is read before the templates are there."""
            return Messages()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent in as a form; on a page that somebody comes back to, what they had sent there before.

            A file, or JSON, in the place of a text is none, and no form of ours asks for any.
            """
            if (request.files or request.is_json) and form.is_submitted() and not isinstance(formdata, MultiDict):
                return request.form
            sent = super().wrap_formdata(form, formdata)
            return sent if sent is not None else g.get("begun_with")

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """A field without the label that WTForms would make of its name."""
            field: Field = super().bind_field(form, unbound_field, options)
            field.label.text = ""
            return field

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether nothing is wrong, the text of any field among it.

        A field has one fault at a time: what follows from the first only confuses.
        """
        sound = bool(super().validate(extra_validators))
        plain = [field for field in self if not isinstance(field, FormField | FieldList)]
        for field in plain:
            field.errors = (_of_text(field) or list(field.errors))[:1]
        return sound and not any(field.errors for field in plain)

    def explain(self, refusal: Refused) -> None:
        """Puts the sentence of a refusal among the faults of the form."""
        self.form_errors.append(pages.sentence(refusal.reason, **refusal.facts))

    @property
    def faults(self) -> list[Fault]:
        """Everything that is wrong, the form as a whole first, then field by field."""
        whole = [Fault("", "", in_words(error)) for error in self.form_errors]
        return whole + [fault for field in self for fault in _faults(field)]


def stripped(text: str | None) -> str:
    """What was typed, without the blanks around it, which nobody sees."""
    return (text or "").strip()


def begin_with(fields: Mapping[str, Sequence[str]]) -> None:
    """The form of this request's page stands there with these texts, as if they had just been typed."""
    g.begun_with = MultiDict(fields)


def has_begun() -> bool:
    """Whether it does, so that nothing else is to be filled in."""
    return "begun_with" in g


def _faults(field: Field) -> Iterator[Fault]:
    if isinstance(field, FormField | FieldList):
        for inner in field:
            yield from _faults(inner)
        return
    for error in field.errors:
        yield Fault(anchor(field), str(field.label.text), in_words(error))


def _of_text(field: Field) -> list[str]:
    """What is wrong with the characters of a text, whatever the field asks of it; nobody types in a hidden one."""
    text = field.data if isinstance(field.data, str) and not isinstance(field, HiddenField) else ""
    if personal_number.stands_in(text):
        return ["text_tells_number"]
    if turns_around(text):
        return ["text_turns_around"]
    if shape(field) == "input":
        return ["text_breaks"] if breaks(text) else []
    return ["text_steers"] if shape(field) == "textarea" and steers(text) else []


def in_words(error: object) -> str:
    """The sentence of an error: a key of `templates/sentences/` is looked up, a message stands for itself."""
    try:
        return pages.sentence(str(error))
    except KeyError:
        return str(error)


def anchor(field: Field) -> str:
    """The id that a link to the field leads to: of a group of choices it is the first one's."""
    identity = str(field.id)
    return f"{identity}-0" if shape(field) == "choices" else identity


def shape(field: Field) -> str:
    """How the field is laid out: "checkbox", "choices", "select", "textarea" or "input"."""
    if isinstance(field, BooleanField):
        return "checkbox"
    if isinstance(field, RadioField) or (
        isinstance(field, SelectMultipleField) and isinstance(field.option_widget, CheckboxInput)
    ):
        return "choices"
    if isinstance(field, SelectFieldBase):
        return "select"
    return "textarea" if isinstance(field.widget, TextArea) else "input"


def name_field(field: Field, label: str) -> str:
    """Remembers the label of a field, so that the error summary can call it what the page calls it."""
    field.label.text = label
    return ""


def init_app(app: Flask) -> None:
    """Gives the form macros of `components.html` what they ask of a field."""
    app.jinja_env.globals.update(field_shape=shape, name_field=name_field, in_words=in_words)
