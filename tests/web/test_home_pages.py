import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask, abort, flash
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy.orm import Session

from auth.login_sessions import Visitor
from auth.models import Grant, Person
from auth.states import Area, Category, Refusal, Role, Standing
from lararportal import clock
from lararportal.app import create_app
from lararportal.config import Settings
from lararportal.db import Database, Patience, connect
from lararportal.edge import Installation
from lararportal.errors import Refused
from lararportal.home import Way, navigation
from make import coordinator, holder, person, round_of, session

SignIn = Callable[[FlaskClient, Person], None]
STYLESHEET = 10 * 1024
NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"


def visitor(*roles: Role, category: Category | None = Category.ST_2015) -> Visitor:
    return Visitor(
        person_id=1,
        login_session_id=1,
        name="Anna Stenberg",
        category=category,
        standing=Standing.CONFIRMED,
        roles=frozenset(roles),
        areas=frozenset(),
        provider="demo",
        proved_at=None,
        seen_at=clock.now(),
    )


def paths(ways: list[Way]) -> list[str]:
    return [way.path for way in ways]


def test_everybody_finds_the_courses():
    assert paths(navigation(None, "/")) == ["/kurser"]


@pytest.mark.parametrize(
    ("roles", "beside"),
    [
        ((), []),
        ((Role.LEADER,), ["/kursledare"]),
        ((Role.DIRECTOR,), ["/studierektor", "/personer"]),
        ((Role.COORDINATOR,), ["/samordning", "/personer"]),
        ((Role.REVIEWER,), ["/granskning"]),
        ((Role.ADMINISTRATOR,), []),
        ((Role.LEADER, Role.COORDINATOR), ["/kursledare", "/samordning", "/personer"]),
    ],
)
def test_the_navigation_shows_what_the_roles_may_open(roles: tuple[Role, ...], beside: list[str]):
    ways = navigation(visitor(*roles), "/")

    assert paths(ways) == ["/kurser", "/mina-kurser", "/ansokan", *beside, "/profil"]


@pytest.mark.parametrize(
    ("roles", "shown"),
    [
        ((), ["/kurser", "/mina-kurser", "/ansokan", "/profil"]),
        ((Role.COORDINATOR,), ["/kurser", "/samordning", "/personer", "/profil"]),
    ],
)
def test_who_is_no_doctor_but_holds_a_role_is_not_shown_what_doctors_do(roles: tuple[Role, ...], shown: list[str]):
    assert paths(navigation(visitor(*roles, category=None), "/")) == shown


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", []),
        ("/kurser", ["/kurser"]),
        ("/kurser/KX1", ["/kurser"]),
        ("/tillfallen/7", ["/kurser"]),
        ("/tillfallen/7/avboka", ["/mina-kurser"]),
        ("/tillfallen/7/boka-om", ["/mina-kurser"]),
        ("/tillfallen/7/lamna-ko", ["/mina-kurser"]),
        ("/kursledare", ["/kursledare"]),
        ("/samordning/omgangar/3", ["/samordning"]),
        ("/profil", ["/profil"]),
    ],
)
def test_the_navigation_knows_which_part_a_page_belongs_to(path: str, current: list[str]):
    ways = navigation(visitor(*Role), path)

    assert [way.path for way in ways if way.is_current] == current


def test_every_way_leads_to_a_page(client: FlaskClient, db: Session, sign_in: SignIn):
    everything = person(db)
    db.add_all(Grant(person_id=everything.id, role=role, area=None) for role in Role if role is not Role.DIRECTOR)
    db.add(Grant(person_id=everything.id, role=Role.DIRECTOR, area=Area.GOTEBORG))
    db.flush()
    sign_in(client, everything)

    answers = {way.path: client.get(way.path).status_code for way in navigation(visitor(*Role), "/")}

    assert answers == dict.fromkeys(answers, 200)


def test_the_page_one_is_on_is_marked(client: FlaskClient):
    assert re.findall(r'href="([^"]*)" aria-current="(\w+)"', client.get("/kurser").text) == [("/kurser", "page")]


def test_a_visitor_reads_what_the_portal_is_and_finds_the_way_in(client: FlaskClient):
    page = client.get("/").text

    assert "<h1>Kurser för dig som är läkare i primärvården</h1>" in page
    assert 'href="/logga-in"' in page
    assert '<form method="get" action="/kurser" role="search"' in page
    assert "Logga ut" not in page


def test_an_open_round_stands_on_the_first_page_with_its_dates(client: FlaskClient, db: Session):
    now = clock.now()
    round_of(
        db,
        session(db),
        title="Hösten 2031",
        opens_at=now.replace(year=now.year - 1),
        closes_at=clock.parse("2031-01-20T12:00"),
        decision_on=date(2031, 1, 29),
    )

    page = client.get("/").text

    assert "<h2>Hösten 2031</h2>" in page
    assert "20 januari 2031 kl. 12.00" in page
    assert "onsdag 29 januari 2031" in page
    assert 'href="/logga-in?next=/ansokan"' in page


def test_without_an_open_round_the_first_page_says_so(client: FlaskClient):
    assert "<h2>Ingen ansökan är öppen</h2>" in client.get("/").text


def test_the_signed_in_read_their_name_and_sign_out_by_a_form(client: FlaskClient, db: Session, sign_in: SignIn):
    sign_in(client, person(db, given_name="Anna", family_name="Stenberg"))

    page = client.get("/").text

    assert "Anna Stenberg" in page
    assert '<form method="post" action="/logga-ut">' in page
    assert 'href="/logga-in"' not in page


@pytest.mark.parametrize("path", ["/", "/om", "/tillganglighet", "/kurser", "/logga-in", "/finns-inte"])
def test_every_page_is_swedish_and_leads_to_content_statement_and_contact(client: FlaskClient, path: str):
    page = client.get(path).text

    assert '<html lang="sv">' in page
    assert page.index('href="#innehall"') < page.index("<header")
    assert 'id="innehall"' in page
    assert 'href="/tillganglighet"' in page
    assert 'href="mailto:portal@example.org"' in page


@pytest.mark.parametrize(
    ("category", "role", "kind"),
    [("message", "status", "success"), ("info", "status", "info"), ("error", "alert", "danger")],
)
def test_a_message_is_announced_and_worded_in_the_templates(own_app: Flask, category: str, role: str, kind: str):
    @own_app.get("/test-flash")
    def say() -> str:
        flash("profile_saved", category)
        return ""

    client = own_app.test_client()
    client.get("/test-flash")
    page = client.get("/").text

    assert f'<div role="{role}"><div class="notice is-{kind} ' in " ".join(page.split())
    assert "Din profil är sparad." in page
    assert "Din profil är sparad." not in client.get("/").text


@pytest.mark.parametrize(
    ("path", "code", "title"),
    [
        ("/finns-inte", 404, "Sidan finns inte"),
        ("/tillfallen/999999", 404, "Sidan finns inte"),
        ("/logga-ut", 405, "Sidan kan inte öppnas på det här sättet"),
        ("/test-broken", 500, "Något gick fel hos oss"),
        ("/test-503", 503, "Portalen är inte tillgänglig just nu"),
        ("/test-418", 418, "Det gick inte att läsa det som skickades"),
    ],
)
def test_an_error_says_in_swedish_what_happened_and_where_to_go(own_app: Flask, path: str, code: int, title: str):
    @own_app.get("/test-broken")
    def broken() -> str:
        raise RuntimeError("a secret of the code")

    @own_app.get("/test-<int:status>")
    def error(status: int) -> None:
        abort(status)

    answer = own_app.test_client().get(path)

    assert answer.status_code == code
    assert f"<h1>{title}</h1>" in answer.text
    assert 'href="/">Till startsidan</a>' in answer.text
    assert "a secret of the code" not in answer.text
    assert "Traceback" not in answer.text


def test_who_lacks_the_role_reads_why(client: FlaskClient, db: Session, sign_in: SignIn):
    sign_in(client, person(db))

    answer = client.get("/samordning")

    assert answer.status_code == 403
    assert "<h1>Du har inte behörighet till den här sidan</h1>" in answer.text


def test_with_the_database_away_the_page_still_says_so(settings: Settings, redis: Redis):
    nobody = Database(connect(NOBODY), portal_url="http://p", patience=Patience(attempts=2, first_rest=0.01))
    client = create_app(settings, Installation(settings=settings, database=nobody, redis=redis)).test_client()
    with client.session_transaction() as cookie:
        cookie["login"] = "a token that nobody can look up"

    answer = client.get("/mina-kurser")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "<h1>Det gick inte just nu</h1>" in answer.text


def test_a_refusal_is_answered_with_its_sentence(own_app: Flask):
    @own_app.get("/test-refused")
    def refuse() -> None:
        raise Refused(Refusal.SIGN_IN_FAILED)

    answer = own_app.test_client().get("/test-refused", headers={"Referer": "http://localhost/kurser"})

    assert answer.status_code == 409
    assert "Inloggningen gick inte att genomföra." in answer.text
    assert 'href="http://localhost/kurser">Tillbaka</a>' in answer.text


def test_the_way_back_from_a_refusal_never_leads_out_of_the_portal(app: Flask):
    client = app.test_client()

    assert "elsewhere" not in client.get("/dev/galleri/nej", headers={"Referer": "http://elsewhere.example/"}).text
    assert (
        "elsewhere"
        not in client.get("/dev/galleri/nej", headers={"Referer": "http://localhost.elsewhere.example/"}).text
    )


def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content(client: FlaskClient):
    addresses = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get("/").text)

    assert [address.partition("?")[0] for address in addresses] == [
        "/bootstrap/static/css/bootstrap.min.css",
        "/static/portal.css",
    ]
    for address in addresses:
        assert re.fullmatch(r".*\?v=[0-9a-f]{12}", address)
        answer = client.get(address, buffered=True)
        assert (answer.status_code, answer.cache_control.max_age) == (200, 31_536_000)


def test_the_stylesheet_stays_small_enough_to_read(client: FlaskClient):
    assert len(client.get("/static/portal.css", buffered=True).data) < STYLESHEET


def test_pages_need_no_script(client: FlaskClient):
    for path in ("/", "/kurser", "/dev/galleri"):
        assert "<script" not in client.get(path).text


def test_the_gallery_is_not_there_in_production(settings: Settings, database: Database, redis: Redis):
    production = replace(settings, env="production", base_url="https://portal.test")
    app = create_app(production, Installation(settings=production, database=database, redis=redis))

    assert app.test_client().get("/dev/galleri").status_code == 404
    assert "Utveckling:" not in app.test_client().get("/").text


def test_a_coordinator_reaches_the_desk(client: FlaskClient, db: Session, sign_in: SignIn):
    sign_in(client, coordinator(db))

    assert client.get("/samordning").status_code == 200


def test_a_director_reaches_the_people(client: FlaskClient, db: Session, sign_in: SignIn):
    sign_in(client, holder(db, Role.DIRECTOR))

    assert client.get("/personer").status_code == 200
