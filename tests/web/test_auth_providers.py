"""Providers are unlike each other, and all of it is settings: who the portal is there, what it asks and believes."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from lying_provider import ANNA, Story, known_as_demo, lying_provider
from sqlalchemy import select
from structlog.testing import capture_logs

from auth import personal_numbers
from auth.models import Identity, LoginSession, Person
from auth.sso import clients
from lararportal.personal_number import PersonalNumber
from lararportal.providers import ClientAuth, IdentityKind

KEY = ECKey.generate_key("P-256", private=True)
LOA3 = "http://id.sambi.se/loa/loa3"
HSA_ID = "SE2321000131-P000000000001"


@pytest.fixture
def story() -> Iterator[Story]:
    """What the provider says."""
    with lying_provider() as told:
        yield told


@pytest.fixture
def known_as(app, settings, story):
    """Makes the provider known to the portal with what is said of it."""

    def go(**described) -> None:
        place = app.extensions["lararportal"]
        provider = replace(known_as_demo(story), **described)
        other = replace(provider, name="other", title="Den andra")
        app.extensions["lararportal"] = replace(place, settings=replace(settings, providers=(provider, other)))
        clients.init_app(app)

    return go


@pytest.fixture
def set_out(client, story):
    """What the browser is sent to the provider with."""

    def go(came_for="", to="demo"):
        asked = parse_qs(urlsplit(client.post(f"/logga-in/{to}", data={"next": came_for}).location).query)
        story.nonce = asked["nonce"][0]
        return {name: values[0] for name, values in asked.items()}

    return go


@pytest.fixture
def come_back(client, set_out):
    """Sets out and comes back, to this provider or another, with more in the answer if need be."""

    def go(to="demo", came_for="", **more):
        return client.get(
            f"/logga-in/{to}/svar", query_string={"code": "abc", "state": set_out(came_for)["state"], **more}
        )

    return go


def nobody_is_in(db) -> bool:
    return db.scalars(select(LoginSession)).all() == [] and db.scalars(select(Person)).all() == []


class TestWhoThePortalIs:
    def test_is_shown_by_a_secret_in_the_header(self, known_as, come_back, story):
        known_as(client_secret="hush")
        assert come_back().status_code == 302

        [shown] = story.shown
        assert b64decode(shown["Authorization"].removeprefix("Basic ")) == b"portal:hush"
        assert "client_secret" not in shown

    def test_is_shown_by_a_secret_in_the_form(self, known_as, come_back, story):
        known_as(client_auth=ClientAuth.POST, client_secret="hush")
        assert come_back().status_code == 302

        [shown] = story.shown
        assert (shown["client_id"], shown["client_secret"], shown["Authorization"]) == ("portal", "hush", "")

    def test_is_signed_with_the_portals_own_key_anew_each_time(self, known_as, come_back, story, tmp_path):
        path = tmp_path / "key.pem"
        path.write_bytes(KEY.as_pem(private=True))
        by_key = {"client_auth": ClientAuth.PRIVATE_KEY, "client_secret": "", "key_file": str(path)}
        known_as(**by_key, key_algorithm="ES256", key_id="portal-1")
        assert [come_back().status_code, come_back().status_code] == [302, 302]

        signed = [jwt.decode(shown["client_assertion"], KEY, algorithms=["ES256"]) for shown in story.shown]
        assert [token.header for token in signed] == [{"typ": "JWT", "alg": "ES256", "kid": "portal-1"}] * 2
        one, other = [token.claims for token in signed]
        assert (one["iss"], one["sub"], one["aud"]) == ("portal", "portal", story.issuer)
        assert (one["exp"] - one["iat"], one["jti"] != other["jti"]) == (60, True)
        assert {"client_secret", "code_verifier"} & set(story.shown[0]) == {"code_verifier"}

    def test_is_not_for_the_provider_to_choose(self, known_as, come_back, story):
        known_as(client_secret="hush")
        story.metadata = {"token_endpoint_auth_method": "none", "scope": "openid", "leeway": 9, "verify": False}

        assert come_back().status_code == 302
        assert story.shown[0]["Authorization"].startswith("Basic ")


class TestAssurance:
    def test_and_claims_are_asked_for_in_the_providers_own_words(self, known_as, set_out):
        known_as(claims='{"id_token":{"employeeHsaId":null}}', acr_values=(LOA3, "two"), accepted_acr=(LOA3,))
        asked = set_out()

        assert asked["claims"] == '{"id_token":{"employeeHsaId":null}}'
        assert asked["acr_values"] == f"{LOA3} two"

    def test_is_not_asked_for_where_the_settings_say_nothing(self, known_as, set_out):
        known_as()

        assert {"claims", "acr_values"} & set(set_out()) == set()

    def test_that_is_accepted_lets_in(self, known_as, come_back, story, db):
        known_as(accepted_acr=("two", LOA3))
        story.claims = {"acr": LOA3}

        assert come_back().status_code == 302
        assert len(db.scalars(select(LoginSession)).all()) == 1

    @pytest.mark.parametrize("acr", [None, "", f"{LOA3}x", LOA3.upper(), "http://id.sambi.se/loa/loa2", [LOA3], 3])
    def test_of_any_other_name_does_not(self, known_as, come_back, story, db, client, acr):
        known_as(accepted_acr=(LOA3,))
        story.claims, story.userinfo = {"acr": acr}, {**ANNA, "acr": LOA3}
        with capture_logs() as logs:
            answer = come_back(came_for="/om")

        assert answer.status_code == 403
        assert "Så är det till exempel med ett reservkort. Logga in med ditt ordinarie kort" in answer.text
        assert 'href="/logga-in?next=/om"' in answer.text
        assert [entry["reason"] for entry in logs] == ["assurance_too_low"]
        assert nobody_is_in(db)

    def test_that_the_provider_cannot_give_is_told_alike(self, known_as, come_back):
        known_as(accepted_acr=(LOA3,))

        assert come_back(error="unmet_authentication_requirements").status_code == 403


class TestClaims:
    def test_are_read_where_the_settings_say(self, known_as, come_back, story, db):
        known_as(
            identity_kind=IdentityKind.HSA_ID,
            identity_claim="employeeHsaId",
            given_name_claim="first",
            family_name_claim="last",
            email_claim="mail",
        )
        said = {"employeeHsaId": HSA_ID.lower(), "first": "Anna Maria", "last": "Stenberg", "mail": "a@example.org"}
        story.claims = {"given_name": "Fel", "family_name": "Fel", **said}
        come_back()

        [anna], [identity] = db.scalars(select(Person)).all(), db.scalars(select(Identity)).all()
        assert (anna.name, anna.email) == ("Anna Maria Stenberg", "a@example.org")
        assert (identity.issuer, identity.kind, identity.value) == (story.issuer, "hsa_id", HSA_ID)

    def test_may_be_as_long_as_the_standard_lets_them_be(self, known_as, come_back, story, db):
        known_as(identity_kind=IdentityKind.SUB, identity_claim="who")
        story.claims = {**ANNA, "who": "x" * 255}
        come_back()

        assert db.scalars(select(Identity.value)).all() == ["x" * 255]

    def test_that_identify_are_asked_for_when_the_proof_lacks_them(self, known_as, come_back, story, db):
        known_as(identity_kind=IdentityKind.PERSONAL_NUMBER, identity_claim="pnr")
        story.userinfo = {**ANNA, "pnr": "19121212-1212"}
        come_back()

        identity = db.scalars(select(Identity)).one()
        number = PersonalNumber("191212121212")
        assert (identity.kind, identity.value) == ("personal_number", personal_numbers.imprint(db, number))
        assert personal_numbers.number_of(db, identity.person_id) == number

    @pytest.mark.parametrize(
        ("kind", "claims", "sentence"),
        [
            (IdentityKind.HSA_ID, {}, "Inloggningstjänsten lämnade inte ut ditt HSA-id"),
            (IdentityKind.HSA_ID, {"who": ""}, "Inloggningstjänsten lämnade inte ut ditt HSA-id"),
            (IdentityKind.PERSONAL_NUMBER, {}, "Inloggningstjänsten lämnade inte ut ditt personnummer"),
            (
                IdentityKind.PERSONAL_NUMBER,
                {"who": "191212121213"},
                "lämnade ut ett personnummer som inte kan stämma",
            ),
            (IdentityKind.HSA_ID, {"who": "191212121212"}, "lämnade ut ett HSA-id som inte kan stämma"),
            (IdentityKind.HSA_ID, {"who": [HSA_ID]}, "lämnade ut ett HSA-id som inte kan stämma"),
            (IdentityKind.SUB, {"who": "x" * 256}, "lämnade ut ett användar-id som inte kan stämma"),
            (IdentityKind.SUB, {"who": "anna\nbo"}, "lämnade ut ett användar-id som inte kan stämma"),
        ],
    )
    def test_that_identify_nobody_are_told_of_and_not_repeated(
        self, known_as, come_back, story, db, kind, claims, sentence
    ):
        known_as(identity_kind=kind, identity_claim="who")
        story.claims, story.userinfo = claims, ANNA
        with capture_logs() as logs:
            answer = come_back()

        assert (answer.status_code, sentence in answer.text) == (400, True)
        assert [value for value in claims.values() if value and str(value) in f"{answer.text}{logs}"] == []
        assert nobody_is_in(db)

    def test_without_a_name_are_told_of(self, known_as, come_back, story):
        known_as()
        story.claims, story.userinfo = {"given_name": None, "family_name": None, "email": None}, {"sub": "anna"}

        assert "Inloggningstjänsten talade inte om vad du heter." in come_back().text


class TestMixedUp:
    """An answer counts only when it is from the provider that was asked, to this browser, a short while ago."""

    def test_a_provider_that_names_itself_is_the_one_that_was_asked(self, known_as, come_back, story):
        known_as()
        story.metadata = {"authorization_response_iss_parameter_supported": True}

        assert come_back(iss=story.issuer).status_code == 302

    @pytest.mark.parametrize("says", [True, False])
    @pytest.mark.parametrize("iss", [None, "", "https://other.example"])
    def test_another_one_is_not_asked_for_the_token(self, known_as, come_back, story, db, says, iss):
        known_as()
        story.metadata = {"authorization_response_iss_parameter_supported": says}
        answer = come_back(iss=iss)

        may_be_silent = not says and iss is None
        assert answer.status_code == (302 if may_be_silent else 400)
        assert ("/token" in story.asked, nobody_is_in(db)) == (may_be_silent, not may_be_silent)

    def test_an_answer_to_a_question_to_another_is_none(self, known_as, come_back, story, db):
        known_as()

        assert come_back(to="other").status_code == 400
        assert ("/token" in story.asked, nobody_is_in(db)) == (False, True)

    def test_an_answer_that_took_more_than_an_hour_comes_too_late(self, known_as, come_back, story, monkeypatch):
        known_as()
        monkeypatch.setattr("auth.sso.journeys.LONGEST_SECONDS", -1)
        with capture_logs() as logs:
            answer = come_back()

        assert (answer.status_code, [entry["code"] for entry in logs]) == (400, ["too_late"])
        assert "/token" not in story.asked

    def test_a_refused_answer_has_used_up_its_question(self, known_as, set_out, client, story):
        known_as()
        state = set_out()["state"]
        client.get("/logga-in/demo/svar", query_string={"error": "access_denied", "state": state})
        answer = client.get("/logga-in/demo/svar", query_string={"code": "abc", "state": state})

        assert (answer.status_code, "/token" in story.asked) == (400, False)


def test_a_safe_provider_has_no_unsafe_address(known_as, client, story, monkeypatch):
    known_as()
    monkeypatch.setattr(
        "auth.sso.clients.urlsplit", lambda address: urlsplit(address.replace(story.issuer, "https:", 1))
    )
    story.metadata = {"token_endpoint": "http://127.0.0.1:1/token"}

    assert client.post("/logga-in/demo").status_code == 400


@pytest.mark.parametrize(
    ("endpoint", "sends_to", "status"),
    [
        ("authorization_endpoint", (), 400),
        ("end_session_endpoint", (), 400),
        ("authorization_endpoint", ("https://cards.example.org",), 302),
    ],
)
def test_browsers_are_led_to_no_host_that_the_settings_do_not_name(
    known_as, client, story, endpoint, sends_to, status
):
    known_as(sends_to=sends_to)
    story.metadata = {endpoint: "https://cards.example.org/x"}

    assert client.post("/logga-in/demo").status_code == status


def test_the_sign_in_page_shows_what_has_been_tried_until_somebody_is_in(known_as, set_out, come_back, client, story):
    known_as(accepted_acr=(LOA3,))
    come_back()
    story.status = 500
    clients_known = client.application.extensions["lararportal.sso"]
    clients_known.create_client("other").server_metadata.clear()
    client.post("/logga-in/other")
    page = client.get("/logga-in").text

    assert page.index("inloggningen var inte säker nog") < page.index("Logga in med Den andra")
    assert page.index("Logga in med Den andra") < page.index("men inloggningstjänsten svarade inte.")
    story.status, story.claims = 200, {"acr": LOA3}
    # Who has shown too little is asked again, whatever the provider remembers of them.
    assert [set_out(to=name).get("prompt") for name in ("demo", "other")] == ["login", None]
    come_back()
    client.post("/logga-ut")
    assert "Du försökte här nyss" not in client.get("/logga-in").text


def test_what_was_tried_is_not_told_for_ever(known_as, set_out, come_back, client, monkeypatch):
    known_as(accepted_acr=(LOA3,))
    come_back()
    assert "Du försökte här nyss" in client.get("/logga-in").text
    monkeypatch.setattr("auth.sso.journeys.LONGEST_SECONDS", -1)

    assert "Du försökte här nyss" not in client.get("/logga-in").text
    assert set_out().get("prompt") is None


def test_a_provider_that_says_it_is_away_is_believed(known_as, come_back):
    known_as()

    assert come_back(error="temporarily_unavailable").status_code == 503


def test_how_somebody_signed_in_may_be_said_in_a_word(known_as, come_back, story):
    known_as()
    story.claims = {"amr": "pwd"}

    assert come_back().status_code == 302


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"])
def test_where_a_provider_sends_the_portal_on_to_is_not_asked(known_as, client, come_back, story, db, path):
    known_as()
    story.moved, story.claims = {path}, {"given_name": None, "family_name": None}
    answer = client.post("/logga-in/demo") if path.startswith("/.well") else come_back()

    assert (answer.status_code, story.asked[-1]) == (503, path)
    assert nobody_is_in(db)
