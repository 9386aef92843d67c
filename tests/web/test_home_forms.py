import re
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.i18n import get_builtin_gnu_translations
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from lararportal import pages
from lararportal.errors import Refused
from lararportal.forms import Fault, Form
from lararportal.paging import Page

RARE = {
    "Choices cannot be None.",
    "Invalid IP address.",
    "Invalid Mac address.",
    "Invalid UUID.",
    "Invalid field name '%s'.",
    "This field cannot be edited.",
    "This field is disabled and cannot have a value.",
}
"""What no form of ours can say: WTForms' own Swedish will do."""


class Reason(StrEnum):
    FAILED = "sign_in_failed"


class Inner(Form):
    title = StringField(validators=[InputRequired()])

    class Meta(Form.Meta):
        csrf = False


class Asked(Form):
    name = StringField(validators=[InputRequired(), Length(max=5)])
    seats = IntegerField(validators=[NumberRange(min=1, max=60)])
    kind = RadioField(choices=[SelectChoice("a", "Ett"), SelectChoice("b", "Två")], validators=[InputRequired()])
    agreed = BooleanField()
    days = FieldList(FormField(Inner), min_entries=1)

    def validate_agreed(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError("provider_down")


@pytest.fixture
def sent(app: Flask):
    """A form as it comes back with faults, inside a request."""
    with app.test_request_context("/", method="POST"):
        form = Asked(MultiDict({"name": "Försäkring", "seats": "700", "days-0-title": ""}))
        form.validate()
        yield form


def test_every_message_that_a_form_can_give_has_our_words():
    catalogue = get_builtin_gnu_translations(["sv"])._catalog
    messages = {key[0] if isinstance(key, tuple) else key for key in catalogue} - {""}

    assert messages - set(pages.words()["form_messages"]) == RARE


def test_faults_come_in_the_order_of_the_fields_and_lead_to_them(sent: Asked):
    assert sent.faults == [
        Fault("name", "", "Skriv högst 5 tecken."),
        Fault("seats", "", "Talet behöver vara mellan 1 och 60."),
        Fault("kind-0", "", "Det här behöver fyllas i."),
        Fault("agreed", "", "Inloggningstjänsten svarar inte just nu. Försök igen om en stund."),
        Fault("days-0-title", "", "Det här behöver fyllas i."),
    ]


class Written(Form):
    place = StringField(validators=[Length(max=20)])
    reason = TextAreaField()

    class Meta(Form.Meta):
        csrf = False


def faults(app: Flask, **texts: str) -> list[Fault]:
    with app.test_request_context("/", method="POST"):
        form = Written(MultiDict(texts))
        assert form.validate() is not bool(form.faults)
        return form.faults


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\t", "\x0b", "\x85", "\u2028", "\u2029", "\x1b"], ids=repr)
def test_a_text_of_one_line_has_no_line_break_in_it(app: Flask, sign: str):
    broken = [Fault("place", "", "Skriv allt på en rad, utan radbrytningar och tabbar.")]

    assert faults(app, place=f"Skövde{sign}Aspen") == broken
    assert faults(app, place=f"Skövde{sign}{'Konferens Aspen' * 2}") == broken


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\t", "\u2028", "\u2029", "\xa0", "\xad"], ids=ascii)
def test_a_text_of_several_lines_may_have_breaks_and_tabs_in_it(app: Flask, sign: str):
    assert faults(app, reason=f"Skövde{sign}Aspen") == []


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9b"], ids=ascii)
def test_a_text_of_several_lines_has_nothing_else_in_it_that_steers(app: Flask, sign: str):
    assert faults(app, reason=f"Skövde{sign}[2KAspen") == [
        Fault("reason", "", "Texten har osynliga styrtecken. Skriv den för hand i stället för att klistra in.")
    ]


@pytest.mark.parametrize("sign", ["\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"], ids=ascii)
@pytest.mark.parametrize("name", ["place", "reason"])
def test_nothing_that_turns_the_direction_of_writing_is_in_any_text(app: Flask, name: str, sign: str):
    assert faults(app, **{name: f"Aspen {sign}edvökS"}) == [
        Fault(
            name,
            "",
            "Texten har osynliga tecken som vänder på skrivriktningen. "
            "Skriv den för hand i stället för att klistra in.",
        )
    ]


@pytest.mark.parametrize("text", ["Åsa-Märta", "naïve œuvre", "Vårdcentralen\xa0Eken", "👩\u200d⚕️", ""])
def test_letters_signs_and_spaces_of_all_kinds_are_kept(app: Flask, text: str):
    assert faults(app, place=text, reason=text) == []


def forms(kind: type[Form] = Form) -> Iterator[type[Form]]:
    """Every form of the portal: the application has imported them all."""
    for each in kind.__subclasses__():
        yield each
        yield from forms(each)


@pytest.mark.parametrize("typed", ["3.5", "3,5", "många", "1e3", "9" * 5000], ids=lambda typed: typed[:5])
def test_a_number_that_is_no_whole_one_is_one_fault_in_every_form(app: Flask, typed: str):
    fields = {
        (form.__name__, name): field
        for form in forms()
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and issubclass(field.field_class, IntegerField)
    }
    assert {"CourseForm", "SessionForm", "FactsForm"} < {form for form, _ in fields}
    for (_, name), field in fields.items():
        alone = type("Alone", (Form,), {name: field})
        with app.test_request_context("/", method="POST"):
            form = alone(MultiDict({name: typed}), meta={"csrf": False})
            form.validate()
            assert form.faults == [Fault(name, "", "Skriv ett heltal med siffror.")]


def test_a_refusal_stands_first_among_the_faults(sent: Asked):
    sent.explain(Refused(Reason.FAILED))

    assert sent.faults[0] == Fault("", "", "Inloggningen gick inte att genomföra. Försök igen.")


PAGE = """
{%- from "components.html" import form_for, field -%}
{%- call form_for(form, "Spara", back="/kurser") %}{{ field(form.name, "Kursens namn", hint="Kort.") }}
{{ field(form.kind, "Vad är du?") }}{% endcall %}
"""


@pytest.fixture
def page(sent: Asked) -> str:
    return render_template_string(PAGE, form=sent)


def test_the_summary_calls_fields_by_their_labels_and_links_to_them(page: str):
    summary = page[page.index('id="error-summary"') : page.index("</ul>")]

    assert re.findall(r'<a href="(#[^"]+)">([^<]+)</a>', summary)[:3] == [
        ("#name", "Kursens namn: Skriv högst 5 tecken."),
        ("#seats", "Talet behöver vara mellan 1 och 60."),
        ("#kind-0", "Vad är du: Det här behöver fyllas i."),
    ]
    assert page.index('role="alert"') < page.index('name="name"')


def test_what_was_typed_is_kept_and_tied_to_hint_and_fault(page: str):
    typed = re.search(r'<input[^>]*name="name"[^>]*>', page).group()

    assert 'value="Försäkring"' in typed
    assert 'aria-describedby="name-hint name-error"' in typed
    assert 'aria-invalid="true"' in typed
    assert 'id="name-hint"' in page
    assert 'id="name-error"' in page


def test_a_required_field_says_so_in_words(page: str):
    label = re.search(r'<label class="form-label" for="name">(.*?)</label>', page).group(1)

    assert re.sub("<[^>]+>", "", label) == "Kursens namn (måste fyllas i)"


def test_a_group_of_choices_is_a_fieldset_with_its_legend(page: str):
    group = page[page.index("<fieldset") : page.index("</fieldset>")]

    assert 'aria-describedby="kind-error"' in group
    assert re.sub("<[^>]+>", "", re.search("<legend.*?</legend>", group).group()) == "Vad är du? (måste fyllas i)"
    assert re.findall(r'<label class="form-check-label" for="([^"]+)">([^<]+)<', group) == [
        ("kind-0", "Ett"),
        ("kind-1", "Två"),
    ]


def test_a_form_without_faults_has_no_summary(app: Flask):
    with app.test_request_context("/"):
        assert "error-summary" not in render_template_string(PAGE, form=Asked())


def test_the_pages_of_a_list_keep_the_search(app: Flask):
    template = '{% from "components.html" import pagination %}{{ pagination(page) }}'
    with app.test_request_context("/personer?q=anna&q=olle&sida=2"):
        text = render_template_string(template, page=Page(rows=[], number=2, size=50, total=101))

    assert re.findall(r'href="([^"]+)"', text) == [
        "?q=anna&amp;q=olle&amp;sida=1",
        "?q=anna&amp;q=olle&amp;sida=3",
    ]
    assert "Sida 2 av 3" in text


def test_a_list_of_one_page_has_no_pages(app: Flask):
    template = '{% from "components.html" import pagination %}{{ pagination(page) }}'
    with app.test_request_context("/"):
        assert render_template_string(template, page=Page(rows=[], number=1, size=50, total=50)).strip() == ""


@pytest.mark.parametrize(
    ("taken", "total", "extra", "text"),
    [
        (0, 20, {}, "20 lediga av 20"),
        (19, 20, {}, "1 ledig av 20"),
        (20, 20, {"waiting": 7}, "Fullt, 20 platser, 7 i kö"),
        (1, 1, {}, "Fullt, 1 plats"),
        (5, 20, {"minimum": 12}, "15 lediga av 20, 7 till behövs"),
        (12, 20, {"minimum": 12}, "8 lediga av 20"),
        (20, 20, {"over": 2}, "Fullt, 20 platser 2 över"),
    ],
)
def test_seats_are_told_in_words(app: Flask, taken: int, total: int, extra: dict[str, int], text: str):
    template = '{% from "components.html" import seats %}{{ seats(taken, total, **extra) }}'
    with app.test_request_context("/"):
        shown = render_template_string(template, taken=taken, total=total, extra=extra)

    assert " ".join(re.sub("<[^>]+>", "", shown).split()) == text


def test_the_page_about_the_look_tells_of_every_component():
    components = (pages.folder() / "components.html").read_text()
    look = (pages.folder().parent / "docs" / "look.md").read_text()
    rows = "".join(line.split("|")[1] for line in look.splitlines() if line.startswith("| `"))

    macros = set(re.findall(r"{% macro ([a-z]\w*)", components))

    assert macros == set(re.findall(r"`(\w+)`", rows))


@pytest.mark.parametrize(
    "sent",
    [{"data": {"place": (BytesIO(b"x"), "x.txt"), "reason": "Skäl"}}, {"json": {"place": 5, "reason": ["x"]}}],
    ids=["a file", "json"],
)
def test_what_is_no_text_does_not_come_into_a_field(app: Flask, sent: dict):
    with app.test_request_context("/", method="POST", **sent):
        form = Written()

        assert (form.validate(), form.place.data or "") == (True, "")
        assert (form.reason.data or "") == ("Skäl" if "data" in sent else "")
