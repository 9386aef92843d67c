from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from portals import SAFE
from psycopg.errors import DeadlockDetected
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from auth import login_sessions
from auth.models import Identity, LoginSession, Person
from auth.states import Role, Standing
from lararportal.config import Settings
from lararportal.journal import Entry
from lararportal.providers import AuthTime, Provider
from make import holder, person

PORTAL = "http://portal.test"


@pytest.fixture
def settings(settings: Settings, issuer: str) -> Settings:
    secret = {"client_secret": "not a secret", "auth_time": AuthTime.ASSUMED}
    demo = Provider(name="demo", title="Demo", issuer=issuer, client_id="portal", **secret)
    return replace(settings, providers=(demo,))


@dataclass
class Browser:
    """A browser between the portal and the provider."""

    client: FlaskClient

    def set_out(self, came_for: str = "") -> str:
        """Where the portal sends the browser."""
        answer = self.client.post("/logga-in/demo", data={"next": came_for})
        assert answer.status_code == 302
        return answer.location

    def choose(self, address: str, subject: str = "anna.st") -> str:
        """What the provider sends the browser back with, as a path of the portal."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
        assert answer.headers["Location"].startswith(PORTAL + "/logga-in/demo/svar?")
        return answer.headers["Location"].removeprefix(PORTAL)

    def sign_in(self, subject: str = "anna.st", came_for: str = "") -> str:
        """Where somebody stands who has signed in."""
        answer = self.client.get(self.choose(self.set_out(came_for), subject))
        assert answer.status_code == 302
        return answer.location


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    return Browser(client)


def changed(address: str, **parameters: str | None) -> str:
    """The address with other parameters in its query; None takes one away."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | parameters
    return parts._replace(
        query=urlencode({name: value for name, value in query.items() if value is not None})
    ).geturl()


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/profil").status_code == 200


def deeds(db) -> list[str]:
    return list(db.scalars(select(Entry.deed).order_by(Entry.id)))


def sign_ins(db) -> list[LoginSession]:
    return list(db.scalars(select(LoginSession).order_by(LoginSession.id).execution_options(populate_existing=True)))


def test_the_way_there_carries_state_nonce_and_pkce(browser, issuer):
    parts = urlsplit(browser.set_out())
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{issuer}/oauth2/authorize"
    assert {name: len(value) for name, value in query.items() if name in ("state", "nonce", "code_challenge")} == {
        "state": 30,
        "nonce": 20,
        "code_challenge": 43,
    }
    assert query["code_challenge_method"] == "S256"
    assert query["response_type"] == "code"
    assert query["scope"] == "openid profile email"
    assert query["redirect_uri"] == PORTAL + "/logga-in/demo/svar"


def test_somebody_new_lands_on_their_profile_as_a_pending_person(browser, db, issuer):
    assert browser.sign_in("anna.st") == "/profil"

    anna = db.scalars(select(Person)).one()
    identity = db.scalars(select(Identity)).one()
    assert (anna.name, anna.email, anna.standing) == ("Anna Stenberg", "anna.st@example.org", Standing.PENDING)
    assert (identity.person_id, identity.issuer, identity.kind, identity.value) == (anna.id, issuer, "sub", "anna.st")
    assert deeds(db) == ["person.arrived", "login_session.begun"]
    assert is_signed_in(browser.client)


def test_the_cookie_holds_the_token_and_the_row_its_hash_and_the_proof(browser, db):
    browser.sign_in()
    (row,) = sign_ins(db)

    with browser.client.session_transaction() as cookie:
        token = cookie[login_sessions.COOKIE_KEY]
        assert set(cookie) == {login_sessions.COOKIE_KEY, "csrf_token"}
    assert row.token_hash == login_sessions._hash(token)
    assert SAFE.open(row.id_token, place=row.place).count(".") == 2


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(browser):
    answer = browser.client.get(browser.choose(browser.set_out()))
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("session=")]

    assert cookie.split("; ")[1:] == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_somebody_known_comes_back_to_the_page_they_came_for(browser, db, issuer):
    anna = person(db)
    db.add(Identity(person_id=anna.id, issuer=issuer, kind="sub", value="anna.st", linked_at=anna.created_at))
    db.flush()

    assert browser.sign_in(came_for="/tillganglighet?a=1&b=2") == "/tillganglighet?a=1&b=2"
    assert browser.client.get("/logga-in?next=/om").location == "/om"
    assert [row.person_id for row in sign_ins(db)] == [anna.id]
    assert db.scalars(select(Person.id)).all() == [anna.id]


def test_somebody_new_goes_on_to_the_page_they_came_for_once_they_have_described_themselves(browser):
    assert browser.sign_in(came_for="/om") == "/profil?next=/om"

    page = browser.client.get("/profil?next=/om").text
    assert 'name="next" type="hidden" value="/om"' in page
    answer = browser.client.post("/profil", data={"email": "anna@example.org", "next": "/om"})
    assert (answer.status_code, answer.location) == (302, "/om")


def test_staff_without_a_category_is_not_asked_for_one(browser, db, issuer):
    olle = holder(db, Role.COORDINATOR, standing=Standing.PENDING)
    db.add(Identity(person_id=olle.id, issuer=issuer, kind="sub", value="olle.samordnare", linked_at=olle.created_at))
    db.flush()

    assert browser.sign_in("olle.samordnare") == "/"


def test_somebody_whose_name_nobody_knows_is_called_what_they_signed_in_as(browser, db):
    browser.sign_in("nisse")

    assert db.scalars(select(Person)).one().name == "nisse"


def test_signing_in_as_somebody_else_ends_the_first_sign_in(browser, db):
    browser.sign_in("anna.st")
    browser.sign_in("sara.specialist")

    assert [row.ended_at is None for row in sign_ins(db)] == [False, True]
    assert "Sara Lindqvist" in browser.client.get("/profil").text


class TestRefusals:
    """Whatever does not hold ends on a page that says so, signs nobody in and leaks nothing."""

    @pytest.fixture
    def refused(self, browser, db):
        def go(path: str, *, fault: str, code: str = "") -> None:
            with capture_logs() as logs:
                answer = browser.client.get(path)

            assert answer.status_code == 400
            assert "Inloggningen gick inte att genomföra. Försök igen." in answer.text
            secrets = [*parse_qs(urlsplit(path).query).get("code", []), "id_token", "access_token", "Traceback"]
            assert [secret for secret in secrets if secret in answer.text] == []
            assert logs == [
                {
                    "event": "sign-in failed",
                    "log_level": "warning",
                    "provider": "demo",
                    "fault": fault,
                    "code": code,
                }
            ]
            assert not is_signed_in(browser.client)
            assert db.scalars(select(LoginSession)).all() == []

        return go

    def test_an_answer_with_another_state(self, browser, refused):
        path = browser.choose(browser.set_out())

        refused(changed(path, state="x" * 30), fault="MismatchingStateError", code="mismatching_state")

    def test_an_answer_without_state(self, browser, refused):
        path = browser.choose(browser.set_out())

        refused(changed(path, state=None), fault="MismatchingStateError", code="mismatching_state")

    def test_an_answer_to_another_browsers_question(self, app, browser, refused):
        stranger = Browser(app.test_client())
        path = stranger.choose(stranger.set_out())

        refused(path, fault="MismatchingStateError", code="mismatching_state")

    def test_an_answer_to_another_question_about_the_proof(self, browser, refused):
        address = changed(browser.set_out(), nonce="another-nonce-than-ours")

        refused(browser.choose(address), fault="InvalidClaimError", code="invalid_claim")

    def test_a_code_asked_for_with_another_verifier(self, browser, refused):
        address = changed(browser.set_out(), code_challenge="x" * 43)

        refused(browser.choose(address), fault="OAuthError", code="invalid_grant")

    def test_a_code_that_the_provider_never_gave(self, browser, refused):
        path = browser.choose(browser.set_out())

        refused(changed(path, code="made-up"), fault="OAuthError", code="invalid_grant")

    def test_an_answer_without_code(self, browser, refused):
        path = browser.choose(browser.set_out())

        refused(changed(path, code=None), fault="MissingCodeException", code="missing_code")

    def test_a_person_who_says_no_at_the_provider(self, browser, refused):
        address = browser.set_out()
        answer = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=5)

        # The answer has to have the state (RFC 6749, section 4.1.2.1), which this provider leaves out of a no.
        state = parse_qs(urlsplit(address).query)["state"][0]

        path = changed(answer.headers["Location"].removeprefix(PORTAL), state=state)
        refused(path, fault="OAuthError", code="access_denied")

    def test_an_error_that_would_like_to_be_read(self, refused):
        query = urlencode({"error": "<script>alert(1)</script>\n", "error_description": "Ring 08-123"})

        refused(f"/logga-in/demo/svar?{query}", fault="MismatchingStateError", code="mismatching_state")


def test_an_answer_is_used_once(browser, db):
    path = browser.choose(browser.set_out())
    assert browser.client.get(path).status_code == 302
    again = browser.client.get(path)

    assert again.status_code == 400
    assert len(sign_ins(db)) == 1


def test_a_replayed_code_is_refused_even_where_its_state_is_known(browser, app, db):
    path = browser.choose(browser.set_out())
    with browser.client.session_transaction() as cookie:
        remembered = dict(cookie)
    browser.client.get(path)

    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(remembered)
    answer = thief.get(path)

    assert answer.status_code == 400
    assert not is_signed_in(thief)
    assert len(sign_ins(db)) == 1


def test_who_was_turned_away_keeps_the_page_they_came_for(browser):
    path = browser.choose(browser.set_out(came_for="/om"))

    assert 'href="/logga-in?next=/om"' in browser.client.get(changed(path, code="made-up")).text


def test_a_browser_may_begin_many_times_and_still_arrive(browser):
    for _ in range(10):
        address = browser.set_out(came_for="/kurser/" + "x" * 300)
    with browser.client.session_transaction() as cookie:
        begun = [key for key in cookie if key.startswith("_state_")]

    assert len(begun) == 3
    assert browser.client.get(browser.choose(address)).status_code == 302


@pytest.mark.parametrize("evil", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"])
def test_a_sign_in_never_leads_away_from_the_portal(browser, db, issuer, evil):
    anna = person(db)
    db.add(Identity(person_id=anna.id, issuer=issuer, kind="sub", value="anna.st", linked_at=anna.created_at))
    db.flush()

    assert "evil" not in browser.client.get("/logga-in", query_string={"next": evil}).text
    assert browser.sign_in(came_for=evil) == "/"
    assert browser.client.get("/logga-in", query_string={"next": evil}).location == "/"
    saved = browser.client.post("/profil", data={"email": "anna@example.org", "next": evil})
    assert (saved.status_code, saved.location) == (302, "/profil")


def test_signing_out_ends_the_row_and_goes_on_to_the_provider(browser, db, issuer):
    browser.sign_in()
    [row] = sign_ins(db)
    proof = SAFE.open(row.id_token, place=row.place)
    answer = browser.client.post("/logga-ut")
    parts = urlsplit(answer.location)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{issuer}/oauth2/end_session"
    assert (query["id_token_hint"], query["client_id"]) == (proof, "portal")
    assert query["post_logout_redirect_uri"] == PORTAL + "/utloggad"
    (row,) = sign_ins(db)
    assert (row.ended_at is None, row.id_token) == (False, "")
    assert deeds(db) == ["person.arrived", "login_session.begun", "login_session.ended"]
    assert not is_signed_in(browser.client)
    assert requests.get(answer.location, timeout=5).status_code == 200
    assert "Du är utloggad" in browser.client.get("/utloggad?state=x").text


def test_a_token_that_was_signed_out_is_worth_nothing(browser, app):
    browser.sign_in()
    with browser.client.session_transaction() as cookie:
        kept = dict(cookie)
    browser.client.post("/logga-ut")

    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(kept)
    assert not is_signed_in(thief)


def test_a_form_of_another_site_neither_begins_a_sign_in_nor_ends_one(app, browser, db):
    browser.sign_in()
    app.config["WTF_CSRF_ENABLED"] = True

    assert browser.client.post("/logga-in/demo").status_code == 400
    assert browser.client.post("/logga-ut").status_code == 400
    assert sign_ins(db)[0].ended_at is None


def test_a_provider_that_nobody_knows_is_not_found(client):
    assert client.post("/logga-in/other").status_code == 404
    assert client.get("/logga-in/other/svar?code=x&state=y").status_code == 404


def test_a_sign_in_that_the_database_undoes_is_done_anew_though_the_provider_takes_its_code_once(
    browser: Browser, db, engine: Engine
):
    undone = []

    def deadlock(_connection, _cursor, statement: str, parameters, *_rest) -> None:
        if statement.startswith("INSERT INTO login_sessions") and not undone:
            undone.append(statement)
            raise OperationalError(statement, parameters, DeadlockDetected())

    event.listen(engine, "before_cursor_execute", deadlock)
    assert browser.sign_in() == "/profil"
    event.remove(engine, "before_cursor_execute", deadlock)

    assert (len(undone), is_signed_in(browser.client)) == (1, True)
    assert (len(sign_ins(db)), deeds(db).count("person.arrived")) == (1, 1)
