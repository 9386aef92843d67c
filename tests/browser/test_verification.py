"""A lottery recomputed in the browser: by its own arithmetic, and never content with a value that is not right."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bookings.models import Round
from bookings.rules.allocation import lottery
from bookings.states import RoundState
from browser.browsing import CROSSED, House, Visit
from browser.stage import LIGHTEST_STYLES, PAGE_WEIGHT, weigh
from browser.world import World

PRESS = "Räkna om i min webbläsare"
STEPS = ("portal", "second", "seed", "lot", "line", "file")
VECTORS = {
    "term": "2027-1",
    "portal_secret": "01" * 32,
    "portal_commitment": "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793",
    "second_secret": "02" * 32,
    "second_commitment": "75877bb41d393b5fb8455ce60ecd8dda001d06316496b14dfa7f895656eeca4a",
    "public_value": "03" * 32,
    "frozen_hash": "04" * 32,
    "seed": "c3607527e2e79fc27b16b7c465b00c1e4d446ced1e01d812def509a2612996ce",
}
"""Those of the allocation rules, section 2.7."""
NUMBERS = {"p0001": 156098657607440, "p0002": 278011107650344, "å": 174538221479358}
"""Those of everybody by the seed of 32 bytes of zero."""
TAMPERED = {"portal_secret": "portal", "seed": "seed", "pseudonym": "lot", "lot": "lot", "line": "line"}
"""A value, and the step that must notice it."""
RIGHT, WRONG, SKIPPED = "stämmer", "stämmer inte", "hoppas över, värdet saknas"
RECKONED, UNREADABLE = "uträknat", "går inte att läsa"
WELL, NOT_WELL = "Allt som gick att räkna om stämmer.", "Något stämmer inte. Se stegen."
NOTHING = "Inget räknades om. Fyll i värdena först."


@pytest.fixture
def published(house: House, world: World) -> int:
    """The round in which Anna has her decision."""
    with house.rows() as db:
        return db.scalars(select(Round.id).where(Round.state == RoundState.PUBLISHED)).one()


def fill(page: Page, **values: str) -> None:
    page.locator("#verifier details").evaluate("each => { each.open = true; }")
    for name, value in values.items():
        field = page.locator(f"#verifier [name={name}]")
        field.select_option(value) if name == "public_form" else field.fill(value)


def verdicts(page: Page) -> list[str]:
    """What each step says once the button has been pressed."""
    page.locator("#verifier").evaluate("each => { each.ariaBusy = null; }")
    page.get_by_role("button", name=PRESS).click()
    expect(page.locator("#verifier")).to_have_attribute("aria-busy", "false")
    return [page.locator(f"[data-step={name}] span[data-verdict]").inner_text().strip() for name in STEPS]


def found(page: Page, step: str) -> str:
    return page.locator(f"[data-step={step}] [data-value]").inner_text()


def summed_up(page: Page) -> str:
    return page.locator("p[data-summary]").inner_text()


class TestTheArithmetic:
    def test_is_that_of_the_rules(self, visit: Visit):
        page = visit.go("/regler/kontrollera")
        fill(page, **VECTORS, pseudonym="p0001")

        assert verdicts(page) == [RIGHT, RIGHT, RIGHT, RECKONED, SKIPPED, SKIPPED]
        assert (found(page, "portal"), found(page, "seed")) == (VECTORS["portal_commitment"], VECTORS["seed"])
        assert summed_up(page) == WELL

    def test_of_nothing_is_not_called_right(self, visit: Visit):
        page = visit.go("/regler/kontrollera")

        assert verdicts(page) == [SKIPPED] * 6
        assert summed_up(page) == NOTHING
        fill(page, portal_secret=VECTORS["portal_secret"], portal_commitment=VECTORS["portal_commitment"])
        assert verdicts(page) == [RIGHT, *[SKIPPED] * 5]
        assert summed_up(page) == WELL

    def test_gives_everybody_the_number_of_the_rules(self, visit: Visit):
        page = visit.go("/regler/kontrollera")
        numbers = {}
        for pseudonym in NUMBERS:
            fill(page, seed="00" * 32, term="2027-1", pseudonym=pseudonym)
            verdicts(page)
            numbers[pseudonym] = int(found(page, "lot"), 16)

        assert numbers == NUMBERS

    def test_takes_a_public_value_in_words_and_leaves_out_what_was_never_shown(self, visit: Visit):
        page = visit.go("/regler/kontrollera")
        drawn = "2 531,42 på kvällen"
        seed = lottery.seed_from(b"\1" * 32, b"", drawn.encode(), term="våren", frozen_hash=b"\4" * 32).hex()
        without = {"second_secret": "", "public_value": drawn, "public_form": "text", "term": "våren", "seed": seed}
        fill(page, **VECTORS | without)

        assert verdicts(page) == [RIGHT, SKIPPED, RIGHT, SKIPPED, SKIPPED, SKIPPED]

    def test_says_no_as_soon_as_one_character_is_another(self, visit: Visit):
        page = visit.go("/regler/kontrollera")
        told = {}
        for name, value in VECTORS.items():
            fill(page, **VECTORS | {name: value[:-1] + ("5" if value[-1] != "5" else "7")})
            told[name] = WRONG in verdicts(page)[:3] and summed_up(page) == NOT_WELL

        assert told == dict.fromkeys(VECTORS, True)

    def test_says_what_it_cannot_read(self, visit: Visit):
        page = visit.go("/regler/kontrollera")
        for name in ("portal_secret", "public_value", "frozen_hash"):
            fill(page, **VECTORS | {name: "inte hexadecimalt"})

            assert UNREADABLE in verdicts(page)[:3]
            assert summed_up(page) == NOT_WELL


class TestOnesOwnDecision:
    def test_everything_in_it_is_right_and_the_page_is_whole(self, visit: Visit, published: int):
        visit.is_let_in_as("anna.st")
        page = visit.go(f"/mina-kurser/besked/{published}")

        assert verdicts(page) == [RIGHT] * 6
        assert summed_up(page) == WELL
        fill(page)
        assert LIGHTEST_STYLES < weigh(visit) < PAGE_WEIGHT
        visit.check_page()
        visit.screenshot("besked", CROSSED)

    def test_a_value_that_was_tampered_with_is_noticed(self, visit: Visit, published: int):
        visit.is_let_in_as("anna.st")
        page = visit.go(f"/mina-kurser/besked/{published}")
        values = {name: page.locator(f"#verifier [name={name}]").input_value() for name in TAMPERED}
        told = {}
        for name, step in TAMPERED.items():
            changed = values[name].replace('"left":', '"left":1') if name == "line" else values[name][::-1]
            fill(page, **values | {name: changed})
            told[name] = dict(zip(STEPS, verdicts(page), strict=True))[step]

        assert told == dict.fromkeys(TAMPERED, WRONG)
        assert summed_up(page) == NOT_WELL

    def test_the_line_of_somebody_else_is_no_proof(self, visit: Visit, published: int):
        visit.is_let_in_as("anna.st")
        page = visit.go(f"/mina-kurser/besked/{published}")
        fill(page, pseudonym="0123456789abcdef", lot="")

        assert dict(zip(STEPS, verdicts(page), strict=True))["line"] == WRONG


class TestWhereItCannotReckon:
    def test_without_a_safe_connection_it_says_so(self, visit: Visit, world: World):
        visit.context.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });")
        page = visit.go("/regler/kontrollera")

        expect(page.get_by_text("Det går inte att räkna här")).to_be_visible()
        expect(page.get_by_role("button", name=PRESS)).to_be_hidden()
        visit.check_page(CROSSED)

    def test_without_script_the_values_and_the_commands_stand_there(
        self, visit_without_script: Visit, published: int
    ):
        page = visit_without_script.go(f"/regler/kontrollera?omgang={published}")

        expect(page.get_by_text("Här är JavaScript avstängt.")).to_be_visible()
        expect(page.get_by_role("button", name=PRESS)).to_be_hidden()
        expect(page.get_by_text("lararportal lottery verify verifiering.json")).to_be_visible()
        page.locator("#verifier details").evaluate("each => { each.open = true; }")
        page.locator("#verifier [name=pseudonym]").press("Enter")
        assert page.url.endswith(f"/regler/kontrollera?omgang={published}")


@pytest.mark.parametrize(
    "path", ["/regler", "/regler/omgang/{}", "/regler/soktryck", "/regler/kontrollera?omgang={}"]
)
def test_the_public_pages_are_light(visit: Visit, published: int, path: str):
    page = visit.go(path.format(published))

    assert LIGHTEST_STYLES < weigh(visit) < PAGE_WEIGHT
    visit.screenshot(page.url.removeprefix(visit.house.url).strip("/").replace("/", "-").partition("?")[0], CROSSED)
