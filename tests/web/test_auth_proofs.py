import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey, RSAKey
from lying_provider import ANNA, KEY, STRANGERS_KEY, Story, known_as_demo, lying_provider
from sqlalchemy import select
from structlog.testing import capture_logs

from auth.models import LoginSession, Person
from auth.sso import clients, proofs
from lararportal.config import Settings
from lararportal.providers import Provider


@pytest.fixture
def story() -> Iterator[Story]:
    """What the provider says."""
    with lying_provider() as told:
        yield told


@pytest.fixture
def settings(settings: Settings, story: Story) -> Settings:
    return replace(settings, providers=(known_as_demo(story),))


@pytest.fixture
def come_back(client, story):
    """Sets out and comes back with whatever the story has become."""

    def go():
        query = parse_qs(urlsplit(client.post("/logga-in/demo").location).query)
        story.nonce = query["nonce"][0]
        return client.get(f"/logga-in/demo/svar?code=abc&state={query['state'][0]}")

    return go


def test_a_story_that_holds_signs_in(come_back, story, db):
    answer = come_back()

    assert (answer.status_code, answer.location) == (302, "/profil")
    assert db.scalars(select(Person)).one().name == "Anna Stenberg"
    assert story.asked == ["/.well-known/openid-configuration", "/token", "/jwks"]


def test_a_provider_is_asked_about_itself_once_an_hour(come_back, story, monkeypatch):
    come_back()
    story.asked.clear()
    come_back()

    assert story.asked == ["/token"]
    monkeypatch.setattr("auth.sso.clients.KNOWN_FOR_SECONDS", 0)
    story.asked.clear()
    come_back()
    assert story.asked[-3:] == ["/.well-known/openid-configuration", "/token", "/jwks"]


def test_no_provider_is_asked_before_somebody_wants_to_sign_in(client, story):
    client.get("/")
    client.get("/logga-in")

    assert story.asked == []


NOW = int(time.time())
WRONG_CLAIMS = {
    "made by another": {"iss": "https://other.example"},
    "made by nobody": {"iss": None},
    "made by almost the same": {"iss": "http://127.0.0.1"},
    "for another": {"aud": "other"},
    "for another, though we may use it": {"aud": "other", "azp": "portal"},
    "for several, used by another": {"aud": ["portal", "other"], "azp": "other"},
    "for several, used by nobody in particular": {"aud": ["portal", "other"]},
    "for us in other letters": {"aud": "PORTAL"},
    "for nobody": {"aud": None},
    "about nobody": {"sub": None},
    "about a number": {"sub": 7},
    "about an empty name": {"sub": ""},
    "too old": {"iat": NOW - 7200, "exp": NOW - 3600},
    "over for three minutes": {"iat": NOW - 600, "exp": NOW - 180},
    "never ending": {"exp": None},
    "ending some time": {"exp": "soon"},
    "made at no time": {"iat": None},
    "made some time": {"iat": "now"},
    "made tomorrow": {"iat": NOW + 86_400, "exp": NOW + 90_000},
    "not yet valid": {"nbf": NOW + 3600},
    "from another question": {"nonce": "another"},
    "from no question": {"nonce": None},
    "from an empty question": {"nonce": ""},
    "with another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_a_proof_that_does_not_hold_signs_nobody_in(come_back, story, db, claims):
    story.claims = claims
    answer = come_back()

    assert answer.status_code == 400
    assert "Inloggningen gick inte att genomföra" in answer.text
    assert db.scalars(select(LoginSession)).all() == []
    assert db.scalars(select(Person)).all() == []


OTHER, BOTH = ECKey.generate_key("P-256", private=True), {"id_token_signing_alg_values_supported": ["RS256", "ES256"]}
FOR_SECRETS = SimpleNamespace(as_dict=lambda **_: {**KEY.as_dict(private=False), "use": "enc"})
FORGERIES = {
    "signed by a stranger": ({"key": STRANGERS_KEY}, "BadSignatureError"),
    "signed with what everybody knows": (
        {"key": KEY.as_pem(private=False), "header": {"alg": "HS256", "kid": "one"}},
        "UnsupportedAlgorithmError",
    ),
    "signed with the client's secret": ({"key": b"s", "header": {"alg": "HS256"}}, "UnsupportedAlgorithmError"),
    "not signed": ({"key": b"", "header": {"alg": "none"}}, "UnsupportedAlgorithmError"),
    "signed with an unknown key": ({"header": {"alg": "RS256", "kid": "two"}}, "InvalidKeyIdError"),
    "signed with a key that it brings": (
        {
            "key": OTHER,
            "metadata": BOTH,
            "header": {"alg": "ES256", "kid": "one", "jwk": OTHER.as_dict(private=False)},
        },
        "InvalidKeyIdError",
    ),
    "signed with a long key that it brings": (
        {"key": STRANGERS_KEY, "header": {"alg": "RS256", "kid": "one", "jwk": STRANGERS_KEY.as_dict(private=False)}},
        "BadSignatureError",
    ),
    "signed with a key that lies elsewhere": (
        {"key": STRANGERS_KEY, "header": {"alg": "RS256", "kid": "one", "jku": "http://127.0.0.1:1/jwks"}},
        "BadSignatureError",
    ),
    "signed with a key for something else": (
        {"key": OTHER, "metadata": BOTH, "header": {"alg": "ES256", "kid": "one"}},
        "InvalidKeyIdError",
    ),
    "signed with a key for enciphering": ({"keys": [FOR_SECRETS]}, "InvalidKeyIdError"),
    "not signed, in other letters": ({"key": b"", "header": {"alg": "nOnE"}}, "UnsupportedAlgorithmError"),
    "with what must be understood, and is not": (
        {"header": {"alg": "RS256", "kid": "one", "crit": ["must"], "must": "be"}},
        "UnsupportedHeaderError",
    ),
    "no proof at all": ({"token": {"id_token": None}}, "KeyError"),
    "no proof but text": ({"token": {"id_token": "text"}}, "DecodeError"),
    "the token endpoint says no": ({"token": {"error": "invalid_client", "id_token": None}}, "OAuthError"),
}


@pytest.mark.parametrize(("forgery", "fault"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_proof_signs_nobody_in(come_back, story, db, forgery, fault):
    for name, value in forgery.items():
        setattr(story, name, value)
    with capture_logs() as logs:
        answer = come_back()

    assert answer.status_code == 400
    assert [entry["fault"] for entry in logs] == [fault]
    assert db.scalars(select(LoginSession)).all() == []


def test_a_proof_may_bring_the_certificates_of_its_key_which_nobody_looks_at(come_back, story):
    story.header |= {"x5c": ["MIIC" * 400, "MIID" * 400]}

    assert come_back().status_code == 302


NAMELESS, SECOND = (RSAKey.generate_key(2048, private=True) for _ in range(2))
BRAINPOOL = SimpleNamespace(as_dict=lambda **_: {"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"})
SETS_OF_KEYS = {
    "no names": ([NAMELESS, SECOND], SECOND, {"alg": "RS256"}),
    "a token without a name": ([OTHER, SECOND, KEY], KEY, {"alg": "RS256"}),
    "a name that no key has": ([NAMELESS, OTHER], NAMELESS, {"alg": "RS256", "kid": "one"}),
    "another kind first": ([OTHER, NAMELESS], NAMELESS, {"alg": "RS256"}),
    "what is not known here": ([BRAINPOOL, KEY], KEY, {"alg": "RS256", "kid": "one"}),
    "a key of that name for something else": ([FOR_SECRETS, KEY], KEY, {"alg": "RS256", "kid": "one"}),
}


@pytest.mark.parametrize(("keys", "key", "header"), SETS_OF_KEYS.values(), ids=SETS_OF_KEYS.keys())
def test_the_key_is_found_among_those_that_a_provider_shows(come_back, story, keys, key, header):
    story.keys, story.key, story.header = keys, key, header

    assert come_back().status_code == 302
    story.key = STRANGERS_KEY
    assert come_back().status_code == 400


def test_a_provider_may_give_its_new_key_the_old_ones_name(come_back, story):
    assert come_back().status_code == 302
    story.keys = [STRANGERS_KEY]
    story.key = STRANGERS_KEY

    assert come_back().status_code == 302


def test_a_provider_may_change_its_keys_and_what_it_takes_back_is_soon_worth_nothing(come_back, story, monkeypatch):
    assert come_back().status_code == 302
    new = RSAKey.generate_key(2048, {"kid": "two"}, private=True)
    story.keys, story.key, story.header = [new], new, {"alg": "RS256", "kid": "two"}
    assert come_back().status_code == 302
    story.key, story.header = KEY, {"alg": "RS256", "kid": "one"}
    assert come_back().status_code == 400

    # Nor when nobody has named a new one: all is asked anew every hour.
    story.keys, story.key, story.header = [STRANGERS_KEY], new, {"alg": "RS256", "kid": "two"}
    assert come_back().status_code == 302
    monkeypatch.setattr("auth.sso.clients.KNOWN_FOR_SECONDS", -1)
    assert come_back().status_code == 400


ODD = ["7", "[]", '"text"', "null", "{}", "[7]", "", "<p>", '{"keys": 7}', '{"keys": [7]}', '{"keys": [{"kty": 7}]}']
ODD += ['{"issuer": "ISSUER", "token_endpoint": 7}', '{"id_token": 7, "access_token": "a", "token_type": "b"}']
ODD += ['{"access_token": 7, "token_type": 7, "expires_in": "x", "id_token": "a.b.c"}', '{"expires_in": 1e999}']
ODD += ['{"sub": "anna", "family_name": {}}']


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"])
def test_whatever_a_provider_answers_ends_in_a_sentence_and_nobody_is_in(client, story, db, path):
    story.claims = {"given_name": None, "family_name": None, "email": None}
    for said in ODD:
        clients.init_app(client.application)
        query = parse_qs(urlsplit(client.post("/logga-in/demo").location).query)
        story.nonce, story.instead = query["nonce"][0], {path: said.replace("ISSUER", story.issuer)}
        if path.startswith("/."):
            clients.init_app(client.application)
        answers = [
            client.get(f"/logga-in/demo/svar?code=abc&state={query['state'][0]}"),
            client.post("/logga-ut/demo/besked", data={"logout_token": story.id_token()}),
        ]
        story.instead = {}

        assert [answer.status_code in (400, 503) for answer in answers] == [True, True], said
    assert db.scalars(select(LoginSession)).all() == []


def test_names_that_are_not_in_the_proof_are_asked_for(come_back, story, db):
    story.claims = {"given_name": None, "family_name": None, "email": None}
    story.userinfo = ANNA
    come_back()
    anna = db.scalars(select(Person)).one()

    assert story.asked[-1] == "/userinfo"
    assert (anna.name, anna.email) == ("Anna Stenberg", "anna@example.org")


def test_what_is_asked_for_may_be_signed_by_the_provider_for_the_portal(come_back, story):
    answers = []
    for claims, key in (({}, KEY), ({"aud": "other"}, KEY), ({"iss": "https://x.example"}, KEY), ({}, STRANGERS_KEY)):
        story.key, story.claims = key, claims
        story.instead = {"/userinfo": story.id_token()}
        story.key, story.claims = KEY, {"given_name": None, "family_name": None, "email": None}
        answers.append(come_back().status_code)

    assert answers == [302, 400, 400, 400]


def test_a_name_in_one_piece_is_taken_apart(come_back, story, db):
    story.claims = {"given_name": None, "family_name": None, "name": "Anna Maria Stenberg"}
    come_back()
    anna = db.scalars(select(Person)).one()

    assert (anna.given_name, anna.family_name) == ("Anna Maria", "Stenberg")


DEMO = Provider(name="demo", title="D", issuer="https://idp.example", client_id="c", client_secret="not a secret")
WHO, UNSEEN = {"sub": "anna", "nonce": "n"}, {"id_token": "", "proved_at": None}


def proved(**claims) -> proofs.Proof:
    return proofs.proof(DEMO, WHO | claims, **UNSEEN)


def test_a_name_that_is_made_of_an_address_is_known_as_that():
    found = [proved(email="anna@example.org"), proved(email="anna@example.org", name="Anna Stenberg")]

    assert [(each.family_name, each.is_makeshift) for each in found] == [("anna", True), ("Stenberg", False)]


def test_an_address_is_verified_in_small_letters_and_no_other_sign_becomes_one_of_them():
    said = ["Karin@Example.org", "\N{KELVIN SIGN}arin@example.org"]

    assert [proved(email=each, email_verified=True).verified_email for each in said] == ["karin@example.org", ""]
    assert proved(email=said[0], email_verified="true").verified_email == ""
    # Another claim is not what is verified, unless it has the same address.
    written = {"work_email": "office@example.org", "email_verified": True, "family_name": "Ek"}
    told = [{}, {"email": "karin@example.org"}, {"email": "office@example.org"}]
    by_work = [proofs.proof(replace(DEMO, email_claim="work_email"), WHO | written | more, **UNSEEN) for more in told]
    assert {each.email for each in by_work} == {"office@example.org"}
    assert [each.verified_email for each in by_work] == ["", "", "office@example.org"]


@pytest.mark.parametrize("said", [{**ANNA, "sub": "bo"}, {}])
def test_what_is_said_of_somebody_else_is_not_believed(come_back, story, db, said):
    story.claims = {"given_name": None, "family_name": None}
    story.userinfo = said

    assert come_back().status_code == 400
    assert db.scalars(select(Person)).all() == []


def test_the_identity_never_becomes_a_name(come_back, story, db):
    story.claims = {"given_name": None, "family_name": None, "email": None}
    story.userinfo = {"sub": "anna"}

    assert come_back().status_code == 400
    assert db.scalars(select(Person)).all() == []


def test_a_provider_that_claims_to_be_another_is_not_believed_until_it_is_itself(client, come_back, story):
    story.metadata = {"issuer": "https://other.example"}
    assert client.post("/logga-in/demo").status_code == 400

    story.metadata = {}
    assert come_back().status_code == 302


class TestAway:
    """A provider that is away is said to be, in plain words, and the portal goes on."""

    @staticmethod
    def is_polite(answer) -> bool:
        assert answer.status_code == 503
        assert "Inloggningstjänsten svarar inte just nu. Försök igen om en stund." in answer.text
        assert "Du försökte logga in med Demo." in answer.text
        return True

    @pytest.mark.parametrize("status", [404, 500, 503])
    def test_a_provider_with_a_fault(self, client, story, status):
        story.status = status

        assert self.is_polite(client.post("/logga-in/demo"))

    def test_a_provider_that_answers_something_else(self, client, story):
        story.metadata = {"issuer": None}

        assert client.post("/logga-in/demo").status_code == 400

    def test_a_provider_that_goes_away_on_the_way(self, client, story, db):
        query = parse_qs(urlsplit(client.post("/logga-in/demo").location).query)
        story.status = 500
        with capture_logs() as logs:
            answer = client.get(f"/logga-in/demo/svar?code=secret-code&state={query['state'][0]}")

        assert self.is_polite(answer)
        assert logs == [{"event": "provider down", "log_level": "warning", "provider": "demo", "fault": "HTTPError"}]
        assert db.scalars(select(LoginSession)).all() == []

    @pytest.mark.parametrize(("slow_seconds", "drips"), [(0.5, False), (0, True)], ids=["silent", "dripping"])
    def test_a_provider_that_is_silent_keeps_nobody_waiting_again_for_a_while(
        self, client, story, monkeypatch, slow_seconds, drips
    ):
        oauth = client.application.extensions["lararportal.sso"]
        assert oauth.create_client("demo").client_kwargs["default_timeout"] == 5
        monkeypatch.setitem(oauth.create_client("demo").client_kwargs, "default_timeout", 0.1)
        monkeypatch.setattr("auth.sso.patience.EXCHANGE_SECONDS", 0.3)
        story.slow_seconds, story.drips = slow_seconds, drips

        assert [self.is_polite(client.post("/logga-in/demo")) for _ in range(2)] == [True, True]
        assert story.asked == ["/.well-known/openid-configuration"]
        story.slow_seconds, story.drips = 0, False
        monkeypatch.setattr("auth.sso.clients.REST_SECONDS", 0)
        assert client.post("/logga-in/demo").status_code == 302

    def test_signing_out_does_not_wait_for_a_provider_that_is_away(self, client, come_back, story, db):
        come_back()
        client.application.extensions["lararportal.sso"].create_client("demo").server_metadata.clear()
        story.status = 500

        assert client.post("/logga-ut").location == "/utloggad"
        assert db.scalars(select(LoginSession.ended_at)).one() is not None


class TestNobodyThere:
    """Nothing listens where the provider should be."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            issuer = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        gone = Provider(name="demo", title="Demo", issuer=issuer, client_id="portal", client_secret="s")
        other = replace(gone, name="other", title="Den andra")
        return replace(settings, providers=(gone, other))

    def test_the_portal_serves_its_pages_and_says_so(self, client):
        assert TestAway.is_polite(client.post("/logga-in/demo"))
        page = client.get("/logga-in")
        assert page.status_code == 200
        assert [title in page.text for title in ("Logga in med Demo", "Logga in med Den andra")] == [True, True]


def test_a_provider_without_farewell_ends_on_a_page_of_ours(client, come_back):
    come_back()

    assert client.post("/logga-ut").location == "/utloggad"
