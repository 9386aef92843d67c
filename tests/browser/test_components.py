import re

import pytest
from playwright.sync_api import Browser, expect

from browser.axe import findings, findings_at_another_width
from browser.browsing import CROSSED, EVERY_LOOK, PHONE, House, Visit, visiting

TOUCH = 44
WIRE = 60_000
GALLERY = [
    "/dev/galleri",
    "/dev/galleri/bekrafta",
    "/dev/galleri/nej",
    *(f"/dev/galleri/fel/{code}" for code in (403, 404, 503)),
]
PICTURED = {"/dev/galleri": "gallery", "/": "start"}
PUBLIC = ["/", "/om", "/tillganglighet", "/kurser", "/logga-in", "/utloggad", "/dev/letters", "/finns-inte"]


@pytest.mark.parametrize("path", [*GALLERY, *PUBLIC])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit: Visit, path: str):
    visit.go(path)

    # Every component stands in the gallery; what else there is, is made of them.
    visit.check_page(EVERY_LOOK if path == "/dev/galleri" else CROSSED)

    if path in PICTURED:
        visit.screenshot(PICTURED[path])


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("heading => { heading.style.color = '#767676'; heading.style.background = '#666' }", "color-contrast"),
        ("heading => heading.append(new Image())", "image-alt"),
    ],
)
def test_axe_finds_what_goes_wrong_on_a_page_that_was_right(visit: Visit, wrong: str, rule: str):
    page = visit.go("/om")
    assert findings(page) == []

    page.locator("h1").evaluate(wrong)

    assert [found.partition(":")[0] for found in findings(page)] == [rule]


def test_what_is_hidden_or_too_small_at_another_width_alone_is_found(visit: Visit):
    page = visit.go("/om")
    assert findings_at_another_width(page) == []
    page.set_viewport_size(PHONE)

    def found(selector: str, style: str) -> set[str]:
        page.locator(selector).evaluate_all(
            "(all, style) => all.forEach(each => { each.style.cssText = style })", style
        )
        return {each.partition(":")[0] for each in findings_at_another_width(page)}

    assert found("h1", "display: none") == {"page-has-heading-one"}
    assert found("h1", "display: block") == set()
    assert found(".site-nav a", "display: block; min-height: 0; height: 9px; padding: 0") == {"target-size"}


@pytest.mark.parametrize("path", ["/", "/dev/galleri", "/tillganglighet"])
def test_at_320_pixels_everything_fits(visit: Visit, path: str):
    visit.page.set_viewport_size({"width": 320, "height": 640})

    visit.go(path)

    assert visit.page.evaluate("document.documentElement.scrollWidth") == 320


def test_paper_is_white_for_who_prefers_the_dark(visit: Visit):
    page = visit.go("/")

    page.emulate_media(media="print", color_scheme="dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="screen")

    assert paper == "rgb(245, 246, 244)"


def test_the_first_tab_offers_to_skip_to_the_content(visit: Visit):
    page = visit.go("/")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Till innehållet")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator(":focus")).to_have_attribute("type", "search")


def test_every_step_of_the_keyboard_is_seen(visit: Visit):
    page = visit.go("/dev/galleri")
    stops = page.locator("a[href], button, input:not([type=hidden]), select, textarea").count()
    seen = []

    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """() => { const s = getComputedStyle(document.activeElement);
                return [document.activeElement.type, s.outlineStyle, parseFloat(s.outlineWidth)]; }"""
            )
        )

    # Inside a field for a day or a time the browser draws its own mark around the part in focus.
    unseen = [stop for stop in seen if stop[0] not in (None, "date", "time") and stop[1:] != ["solid", 3]]
    assert unseen == []
    assert len(seen) > 50


def test_what_a_finger_touches_is_44_pixels_high(visit: Visit):
    page = visit.go("/dev/galleri")
    page.set_viewport_size(PHONE)

    too_small = page.evaluate(
        """least => [...document.querySelectorAll(
            '.btn, .form-control, .form-select, .form-check, .site-nav a, .brand')]
            .map(each => [each.className, each.getBoundingClientRect().height])
            .filter(([, height]) => height < least)""",
        TOUCH,
    )

    assert too_small == []


def test_a_form_with_faults_puts_the_summary_in_focus_without_script(visit_without_script: Visit):
    page = visit_without_script.go("/dev/galleri")

    expect(page.locator("#error-summary")).to_be_focused()


def test_a_link_of_the_summary_leads_to_its_field(visit_without_script: Visit):
    page = visit_without_script.go("/dev/galleri")

    page.locator("#error-summary a", has_text="Vad är du").click()

    expect(page.locator("#faulty-category-0")).to_be_focused()


def test_a_table_is_cards_on_a_phone(visit: Visit):
    page = visit.go("/dev/galleri")
    cell = page.locator("td[data-label=Delområde]").first
    label = "cell => getComputedStyle(cell, '::before').content"
    assert [cell.evaluate(label), page.locator("thead").is_visible()] == ["none", True]

    page.set_viewport_size(PHONE)

    assert [cell.evaluate(label), page.locator("thead").is_visible()] == ['"Delområde"', False]


@pytest.mark.parametrize(("scheme", "background"), [("light", "rgb(245, 246, 244)"), ("dark", "rgb(16, 24, 27)")])
def test_the_page_follows_the_wish_for_light_or_dark(visit: Visit, scheme: str, background: str):
    visit.page.emulate_media(color_scheme=scheme)
    page = visit.go("/")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background


def test_who_wants_no_motion_gets_none(visit: Visit):
    page = visit.go("/")

    assert page.locator(".btn").first.evaluate("each => getComputedStyle(each).transitionDuration") == "0s"


@pytest.mark.parametrize("path", ["/", "/kurser", "/dev/galleri"])
def test_a_first_visit_is_under_60_kilobytes_on_the_wire(house: House, browser: Browser, path: str):
    with visiting(house, browser) as visit:
        network = visit.context.new_cdp_session(visit.page)
        network.send("Network.enable")
        sizes: list[float] = []
        network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        visit.go(path)
        visit.page.wait_for_load_state("networkidle")

    assert len(sizes) >= 3
    assert sum(sizes) < WIRE


def test_a_second_page_fetches_nothing_but_itself(visit: Visit):
    visit.go("/")
    fetched: list[str] = []
    visit.page.on("response", lambda response: fetched.append(response.url))
    network = visit.context.new_cdp_session(visit.page)
    network.send("Network.enable")
    cached: list[str] = []
    network.on("Network.requestServedFromCache", lambda event: cached.append(event["requestId"]))

    visit.go("/om")

    assert len([address for address in fetched if "favicon" not in address]) - len(cached) == 1


def test_what_a_page_may_not_load_or_send_is_stopped_and_complained_of(visit: Visit):
    page = visit.go("/om")
    assert visit.complaints == []

    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: 'window.run = 1'}))")
    with page.expect_console_message(lambda message: "form-action" in message.text):
        page.evaluate(
            "const form = Object.assign(document.createElement('form'), {action: 'http://127.0.0.2:1/'});"
            "document.body.append(form); form.submit()"
        )

    stopped = [re.findall(r"directive:? ['\"]([a-z-]+)", complaint) for complaint in visit.complaints]
    assert (stopped, page.evaluate("window.run")) == ([["style-src"], ["script-src"], ["form-action"]], None)
