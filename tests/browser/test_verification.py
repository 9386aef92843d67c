"""A lottery recomputed in the browser: by its own arithmetic, and never content with a value that is not right."""

import pytest
from browser.browsing import CROSSED, House, Visit
from browser.stage import LIGHTEST_STYLES, PAGE_WEIGHT, weigh
from browser.world import World
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bookings.models import Round
from bookings.rules.allocation import lottery
from bookings.states import RoundState

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
RIGHT, WRONG, SKIPPED = "stämmer", "stämmer inte", "hoppas över, värdet saknas"
RECKONED, UNREADABLE = "uträknat", "går inte att läsa"
WELL, NOT_WELL = "Allt som gick att räkna om stämmer.", "Något stämmer inte. Se stegen."


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

    @pytest.mark.parametrize(
        ("pseudonym", "number"), [("p0001", 156098657607440), ("p0002", 278011107650344), ("å", 174538221479358)]
    )
    def test_gives_everybody_the_number_of_the_rules(self, visit: Visit, pseudonym: str, number: int):
        page = visit.go("/regler/kontrollera")
        fill(page, seed="00" * 32, term="2027-1", pseudonym=pseudonym, lot=f"{number:012X}")

        assert verdicts(page)[3] == RIGHT
        assert found(page, "lot") == f"{number:012x}"

    def test_takes_a_public_value_in_words_and_leaves_out_what_was_never_shown(self, visit: Visit):
        page = visit.go("/regler/kontrollera")
        drawn = "2 531,42 på kvällen"
        seed = lottery.seed_from(b"\1" * 32, b"", drawn.encode(), term="våren", frozen_hash=b"\4" * 32).hex()
        without = VECTORS | {"second_secret": "", "public_value": drawn, "public_form": "text", "term": "våren"}
        fill(page, **without | {"seed": seed})

        assert verdicts(page) == [RIGHT, SKIPPED, RIGHT, SKIPPED, SKIPPED, SKIPPED]

    @pytest.mark.parametrize("name", VECTORS)
    def test_says_no_as_soon_as_one_character_is_another(self, visit: Visit, name: str):
        page = visit.go("/regler/kontrollera")
        other = ("2" if VECTORS[name][0] != "2" else "3") + VECTORS[name][1:]
        fill(page, **VECTORS | {name: other})

        assert WRONG in verdicts(page)[:3]
        assert summed_up(page) == NOT_WELL

    @pytest.mark.parametrize("name", ["portal_secret", "public_value", "frozen_hash"])
    def test_says_what_it_cannot_read(self, visit: Visit, name: str):
        page = visit.go("/regler/kontrollera")
        fill(page, **VECTORS | {name: "inte hexadecimalt"})

        assert UNREADABLE in verdicts(page)[:3]
        assert summed_up(page) == NOT_WELL


class TestOnesOwnDecision:
    def test_everything_in_it_is_right(self, visit: Visit, published: int):
        visit.sign_in_as("anna.st")
        page = visit.go(f"/mina-kurser/besked/{published}")

        assert verdicts(page) == [RIGHT] * 6
        assert summed_up(page) == WELL
        assert weigh(visit) < PAGE_WEIGHT

    @pytest.mark.parametrize(
        ("name", "step"), [("seed", "seed"), ("pseudonym", "lot"), ("line", "line"), ("portal_secret", "portal")]
    )
    def test_a_value_that_was_tampered_with_is_noticed(self, visit: Visit, published: int, name: str, step: str):
        visit.sign_in_as("anna.st")
        page = visit.go(f"/mina-kurser/besked/{published}")
        value = page.locator(f"#verifier [name={name}]").input_value()
        last = value.rfind("4") if name == "line" else -1
        changed = (
            value[:last] + "5" + value[last:][1:] if last != -1 else value[:-1] + ("0" if value[-1] != "0" else "1")
        )
        fill(page, **{name: changed})

        told = dict(zip(STEPS, verdicts(page), strict=True))

        assert told[step] == WRONG
        assert summed_up(page) == NOT_WELL

    def test_another_persons_line_is_no_proof(self, visit: Visit, published: int):
        visit.sign_in_as("anna.st")
        page = visit.go(f"/mina-kurser/besked/{published}")
        fill(page, pseudonym="0123456789abcdef", lot="")

        assert dict(zip(STEPS, verdicts(page), strict=True))["line"] == WRONG

    def test_the_page_is_whole_for_everybody(self, visit: Visit, published: int):
        visit.sign_in_as("anna.st")
        page = visit.go(f"/mina-kurser/besked/{published}")
        verdicts(page)
        fill(page)

        assert LIGHTEST_STYLES < weigh(visit) < PAGE_WEIGHT
        visit.check_page()
        visit.screenshot("besked", CROSSED)


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
def test_the_public_pages_are_whole(visit: Visit, published: int, path: str):
    page = visit.go(path.format(published))

    assert LIGHTEST_STYLES < weigh(visit) < PAGE_WEIGHT
    visit.check_page()
    visit.screenshot(page.url.removeprefix(visit.house.url).strip("/").replace("/", "-").partition("?")[0], CROSSED)
