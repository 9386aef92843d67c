"""The words of decisions, the same on the page and in the letter."""

import pytest
from flask import render_template_string

from bookings.rules.reasons import Deciding, Explanation
from bookings.states import ApplicationState, BookingState, Origin, Outcome, Refusal, RoundState
from lararportal import clock, pages

IMPORT = '{% from "bookings/_decision.html" import reason %}'


def on_the_page(app, *args) -> str:
    with app.test_request_context():
        return render_template_string(IMPORT + "{{ reason(*args) }}", args=args)


def in_the_letter(*args) -> str:
    template = pages.letters().from_string(IMPORT + "{{ reason(*args) }}")
    return template.render(args=args)


FIRST = "Platserna räckte inte. "
COMPARED = {
    Explanation(Deciding.MONTHS_LEFT, 19, 14): "Den som har kortast tid kvar av sin ST går först: sist antagna i din "
    "grupp hade 14 månader kvar; du har 19.",
    Explanation(Deciding.MONTHS_LEFT, 2, 1): "Den som har kortast tid kvar av sin ST går först: sist antagna i din "
    "grupp hade 1 månad kvar; du har 2.",
    Explanation(Deciding.MONTHS_SERVED, 10, 30): "Den som har gått längst av sin ST går först: sist antagna i din "
    "grupp hade gått 30 månader; du har gått 10.",
    Explanation(
        Deciding.MONTHS_SERVED, 20, 8
    ): "Den som är ny i sin ST går först: sist antagna i din grupp hade gått 8 månader; du har gått 20.",
    Explanation(
        Deciding.REFUSALS, 0, 1
    ): "Den som har fått nej tidigare går först: sist antagna i din grupp hade fått "
    "nej 1 gång; du har fått nej 0 gånger.",
    Explanation(
        Deciding.REFUSALS, 2, 9
    ): "Den som har fått nej tidigare går först: sist antagna i din grupp hade fått "
    "nej minst 9 gånger; du har fått nej 2 gånger.",
    Explanation(Deciding.LAST_CHANCE, 1, 0): "Den som blir klar med sin ST inom kort går först: sist antagna i din "
    "grupp gör det; du har längre tid kvar.",
    Explanation(Deciding.PRECEDENCE, 1, 0): "Den som har förtur till kursen går först: sist antagna i din grupp "
    "hade förtur.",
    Explanation(Deciding.TARGET, 1, 0): "Kursen har en målgrupp som går före din, och platserna räckte inte längre.",
    Explanation(Deciding.LOTTERY, 0x91AB, 0x3F00): "Ni hade lika meriter och lotten avgjorde. Lägst lottnummer går "
    "först: sist antagna i din grupp hade 000000003f00; du har 0000000091ab.",
    Explanation(Deciding.HIDDEN, 0, 0): "Färre än tre i din grupp blev antagna, och därför visas inte vad som skilde "
    "er åt.",
}


class TestReasons:
    @pytest.mark.parametrize(("explanation", "sentence"), COMPARED.items())
    def test_what_decided_is_said_with_both_values(self, app, explanation, sentence):
        assert on_the_page(app, "WAITLISTED", explanation) == FIRST + sentence

    def test_everything_that_can_decide_has_words(self):
        assert {explanation.deciding for explanation in COMPARED} == set(Deciding)

    @pytest.mark.parametrize("code", Outcome)
    def test_every_outcome_has_words(self, app, code):
        assert on_the_page(app, code, None, None, "Hud, 2 mars 2027").endswith(".")

    @pytest.mark.parametrize(
        ("args", "sentence"),
        [
            (
                ("WAITLISTED", None, 3, "Hud, 2 mars"),
                (
                    f"{FIRST}När beskedet kom stod du på plats 3 i kön. Ingen i din grupp blev antagen. "
                    "Så länge behåller du platsen på Hud, 2 mars."
                ),
            ),
            (
                ("HELD_BACK", None, 1, ""),
                "En plats är ledig och går till den som står först i kön. När beskedet kom stod du på plats 1.",
            ),
            (
                ("BETTER_SESSION", None, None, "Hud, 2 mars 2027"),
                "Du fick ett tillfälle av samma kurs som stod högre på din lista: Hud, 2 mars 2027.",
            ),
            (
                ("CONFLICT", None, None, ""),
                "Du har redan en plats på kursen, eller på en annan kurs någon av de dagarna.",
            ),
        ],
    )
    def test_where_one_stands_and_what_one_has_is_part_of_it(self, app, args, sentence):
        assert on_the_page(app, *args) == sentence

    @pytest.mark.parametrize("code", Outcome)
    def test_the_letter_says_what_the_page_says(self, app, code):
        args = (code.value, Explanation(Deciding.MONTHS_LEFT, 19, 14), 2, "Hud, 2 mars 2027")

        assert in_the_letter(*args) == on_the_page(app, *args)


def test_a_course_name_is_no_markup(app):
    assert "&lt;b&gt;" in on_the_page(app, "BETTER_SESSION", None, None, "<b>")


def test_a_timeline_word_stands_for_every_way_to_a_seat():
    assert set(pages.words()["seat_came"]) == set(Origin)


@pytest.mark.parametrize("reason", Refusal)
def test_every_no_has_a_sentence_that_needs_no_more_than_the_facts_it_comes_with(reason):
    then = clock.parse("2027-01-13T08:00")
    facts = {"course": "Hud", "other": "Diabetes", "other_days": "2 mars 2027", "why": "Kursen flyttas."}
    facts |= {"opens": then, "known": then, "until": then, "who": "Anna Ek"}

    assert pages.sentence(reason, **facts).endswith(".")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("round_state", RoundState),
        ("application_state", ApplicationState),
        ("booking_state", BookingState),
        ("origin", Origin),
        ("outcome", Outcome),
    ],
)
def test_every_state_has_its_word(name, kind):
    assert set(pages.words()[name]) == set(kind)
