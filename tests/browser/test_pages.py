"""Every page that somebody can reach by following links, in everybody's eyes."""

import html
import re
from datetime import timedelta
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect
from sqlalchemy import func, select
from werkzeug.routing import MapAdapter

from auth.models import IdentityPutAside, LoginSession
from browser.browsing import CROSSED, HARDEST, NARROW_DESK, House, Looks, Visit
from browser.world import World
from lararportal import clock, config
from lararportal.app import create_app
from lararportal.outbox import Letter

FILES = {
    *("mine.calendar", "mine.followed", "mine.my_data_file", "fairness.verification_file"),
    *("bookings_desk.invoice_file", "certificates.file", "certificates.own_file"),
    *("materials.file", "materials.own_file", "preparation.file", "preparation.own_file"),
    "preparation.session_file",
    *("reports.file", "reports.own_file", "evaluations.document", "evaluations.spreadsheet", "reviews.document"),
}
"""Answers that are no pages."""
ALIKE = 4
"""Pages of one kind that a walk goes on from, and from the last one: a hundred people have the same links."""
ON_A_DESK: Looks = [("light", NARROW_DESK)]


@pytest.fixture(scope="module")
def routes(house: House) -> MapAdapter:
    app = create_app(config.from_environment(house.environment))
    return app.url_map.bind("127.0.0.1")


@pytest.fixture(scope="module")
def shared_visit(shared_visit: Visit) -> Visit:
    """With axe in every page from its beginning: all are checked, and so the browser compiles it once."""
    shared_visit.context.add_init_script(AXE_SCRIPT)
    return shared_visit


@pytest.fixture(scope="module")
def checked() -> set[str]:
    """The kinds of pages that have been checked already."""
    return set()


def links_of(visit: Visit, path: str) -> list[str]:
    """The links of a page that stay in the portal, in the order they stand; the page answers 200."""
    answer = visit.context.request.get(visit.house.url + path)
    assert (path, answer.status) == (path, 200)
    links = (html.unescape(link) for link in re.findall(r'<a [^>]*href="([^"]+)"', answer.text()))
    inside = (urldefrag(urljoin(visit.house.url + path, link)).url for link in links)
    return [link.removeprefix(visit.house.url) for link in inside if link.startswith(visit.house.url + "/")]


def endpoint_of(routes: MapAdapter, path: str) -> str:
    endpoint, values = routes.match(urlsplit(path).path, method="GET")
    return f"{endpoint} {values['name']}" if "name" in values else endpoint


def ends(seen: dict[str, str]) -> list[str]:
    """The first pages of each kind in the order they were seen, and the last one."""
    kinds: dict[str, list[str]] = {}
    for path, endpoint in seen.items():
        kinds.setdefault(endpoint, []).append(path)
    return [path for paths in kinds.values() for path in dict.fromkeys([*paths[:ALIKE], paths[-1]])]


def walk(visit: Visit, routes: MapAdapter, checked: set[str], *, leave: tuple[str, ...] = ()) -> set[str]:
    """Follows the links from the first page on, and checks the first and the last page of each kind.

    The start page is checked for everybody, the other kinds once: they are the same for all who reach them.
    """
    seen, gone_on_from = {"/": "home.start"}, set()
    while ahead := [path for path in ends(seen) if path not in gone_on_from]:
        for path in ahead:
            gone_on_from.add(path)
            for link in links_of(visit, path):
                endpoint = endpoint_of(routes, link)
                if link not in seen and endpoint not in FILES and not endpoint.startswith(leave):
                    seen[link] = endpoint
    first = {endpoint: path for path, endpoint in reversed(seen.items())}
    last = {endpoint: path for path, endpoint in seen.items()}
    fresh = first.keys() - checked | {"home.start"}
    pages = {first[endpoint]: HARDEST for endpoint in sorted(fresh)}
    pages |= {last[endpoint]: CROSSED if first[endpoint] == last[endpoint] else ON_A_DESK for endpoint in fresh}
    for path, looks in pages.items():
        answer = visit.page.goto(visit.house.url + path)
        assert answer is not None
        assert (path, answer.status) == (path, 200)
        visit.check_in_passing(looks)
    checked.update(fresh)
    return set(first)


def reachable(routes: MapAdapter, *rooms: str) -> set[str]:
    """The pages of these blueprints that are opened by a link."""
    rules = [rule for rule in routes.map.iter_rules() if "GET" in (rule.methods or ())]
    return {rule.endpoint for rule in rules if rule.endpoint.startswith(rooms)} - FILES


DEVELOPMENT = ("dev_letters.", "gallery.")
DECISIONS = {
    f"bookings_desk.{each}"
    for each in ("precedences", "person_counts", "grant_precedence", "revoke_precedence", "make_exception")
}
FUNDING = {f"bookings_desk.{each}" for each in ("director_desk", "unsettled", "settled")}
INVITING = {f"auth.{each}" for each in ("invited_people", "invite_somebody_new", "invite", "withdraw_invitation")}
SECOND_PARTY = {f"bookings_desk.{name}" for name in ("own_lotteries", "own_lottery", "commit", "reveal")}


def test_everybody_can_read_the_catalogue_and_the_rules(
    visit: Visit, routes: MapAdapter, checked: set[str], world: World
):
    seen = walk(visit, routes, checked, leave=DEVELOPMENT)

    assert reachable(routes, "catalogue.", "fairness.") <= seen
    assert not [endpoint for endpoint in seen if endpoint.startswith(("bookings_desk.", "courses_desk."))]


def test_a_resident_reaches_every_page_of_their_own(
    visit: Visit, routes: MapAdapter, checked: set[str], world: World
):
    visit.is_let_in_as("anna.st")

    seen = walk(visit, routes, checked, leave=DEVELOPMENT)

    of_sign_ins = {"auth.own_sign_ins", "auth.add_identity", "auth.remove_identity"}
    assert reachable(routes, "mine.") | {"reports.send"} | of_sign_ins <= seen


def test_a_leader_reaches_their_sessions(visit: Visit, routes: MapAdapter, checked: set[str], world: World):
    visit.is_let_in_as("karin.kursledare")

    seen = walk(visit, routes, checked, leave=(*DEVELOPMENT, "catalogue."))

    assert {f"bookings_desk.{each}" for each in ("led_sessions", "led_session", "group_list")} <= seen


def test_a_director_reaches_the_people_of_their_area(
    visit: Visit, routes: MapAdapter, checked: set[str], world: World
):
    visit.is_let_in_as("eva.studierektor")

    seen = walk(visit, routes, checked, leave=(*DEVELOPMENT, "catalogue."))

    people = {"auth.directory", "auth.person", "auth.confirm", "auth.correct"}
    reports = {"reports.waiting", "reports.report", "bookings_desk.goals_of"}
    assert people | DECISIONS | FUNDING | SECOND_PARTY | reports <= seen


def test_a_coordinator_reaches_every_page_of_the_desk(
    visit: Visit, routes: MapAdapter, checked: set[str], world: World
):
    visit.is_let_in_as("olle.samordnare")

    seen = {
        endpoint.partition(" ")[0] for endpoint in walk(visit, routes, checked, leave=(*DEVELOPMENT, "catalogue."))
    }

    led_or_reached_by_a_deed = {
        "bookings_desk.led_sessions",
        "bookings_desk.led_session",
        "bookings_desk.group_list",
        "bookings_desk.progress",
        # Only when the second party is bound: `test_story` looks at it.
        "bookings_desk.open_now",
        # Between two dry runs only, and alike: `test_story` looks at the first.
        "bookings_desk.open_session",
        "bookings_desk.close_session",
        "bookings_desk.director_desk",
    } | SECOND_PARTY
    assert (
        reachable(routes, "bookings_desk.", "courses_desk.", "audit.", "letter_log.") | INVITING
    ) - led_or_reached_by_a_deed <= seen


@pytest.mark.parametrize("subject", ["gunnar.granskare", "system.admin", "sara.specialist"])
def test_the_others_find_no_page_that_they_may_not_open(
    visit: Visit, routes: MapAdapter, checked: set[str], world: World, subject: str
):
    visit.is_let_in_as(subject)

    assert walk(visit, routes, checked, leave=(*DEVELOPMENT, "catalogue."))


def test_whoever_opens_the_link_of_an_invitation_reads_how_to_come_in(visit: Visit, house: House, world: World):
    with house.rows() as db:
        letters = db.scalars(select(Letter.body).where(Letter.occasion == "invited").order_by(Letter.id)).all()
    open_, too_old = ("/inbjudan/" + body.partition("/inbjudan/")[2].split()[0] for body in letters)

    page = visit.go(open_)
    expect(page.get_by_role("heading", level=1)).to_have_text("Du är inbjuden")
    visit.check_in_passing(HARDEST)
    answer = visit.page.goto(visit.house.url + too_old)
    assert answer is not None
    assert answer.status == 409
    visit.check_in_passing(HARDEST)


def test_who_has_proved_another_identity_too_reads_what_linking_it_means(visit: Visit, house: House, world: World):
    visit.is_let_in_as("anna.st")
    now = clock.now()
    proved = {"issuer": "https://other.example.org", "kind": "sub", "value": "anna", "provider": "other"}
    with house.rows() as db:
        newest = db.scalars(select(func.max(LoginSession.id))).one()
        db.add(IdentityPutAside(**proved, login_session_id=newest, name="Anna Ek", until=now + timedelta(minutes=9)))

    page = visit.go("/profil/inloggningar/bekrafta")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lägg till inloggningen?")
    visit.check_in_passing(HARDEST)


def test_signing_out_leaves_nothing_behind(visit: Visit, world: World):
    visit.sign_in_as("anna.st")
    page = visit.go("/mina-kurser")
    expect(page.get_by_text("Anna Stenberg")).to_be_visible()

    visit.sign_out()

    visit.go("/mina-kurser")
    expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")
