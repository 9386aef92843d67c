"""The stories of signing in at a certified server, which knows the portal by its key and says who has signed out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from certified_provider import There, certified_provider, relay
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import select
from structlog.testing import capture_logs

from auth import invitations
from auth.models import Identity, LoginSession, Person
from auth.states import Role
from lararportal import clock
from lararportal.config import Settings
from lararportal.journal import Entry
from lararportal.outbox import Letter
from lararportal.providers import ClientAuth, IdentityKind, Provider
from make import coordinator

pytestmark = pytest.mark.certified

PORTAL = "http://portal.test"
KEY = ECKey.generate_key("P-256", {"kid": "portal-1"}, private=True)
HSA_ID = "SE2321000131-P000000000001"
LOA2, LOA3 = "http://id.sambi.se/loa/loa2", "http://id.sambi.se/loa/loa3"
PEOPLE = {
    "anna": {"given_name": "Anna", "family_name": "Stenberg", "email": "a@example.org", "employeeHsaId": HSA_ID},
    "bo": {"given_name": "Bo", "family_name": "Ek", "email": "bo@example.org", "email_verified": True},
}


def registered(client_id: str, provider: str, told_at: str, **more: object) -> dict:
    return {
        "client_id": client_id,
        "redirect_uris": [f"{PORTAL}/logga-in/{provider}/svar"],
        "post_logout_redirect_uris": [f"{PORTAL}/utloggad"],
        "backchannel_logout_uri": f"{told_at}/logga-ut/{provider}/besked",
        "backchannel_logout_session_required": True,
        **more,
    }


@dataclass
class Between:
    """Where the server's own words go: to the portal of the test that runs."""

    issuer: str
    answered: list[int]
    portals: list[FlaskClient]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    portals: list[FlaskClient] = []

    def hand_on(body: bytes, content_type: str) -> int:
        return portals[-1].post("/logga-ut/siths/besked", data=body, content_type=content_type).status_code

    log = tmp_path_factory.mktemp("certified") / "log"
    with relay(hand_on) as (told_at, answered):
        clients = [
            registered(
                "by-key",
                "siths",
                told_at,
                token_endpoint_auth_method="private_key_jwt",
                jwks={"keys": [KEY.as_dict(private=False)]},
            ),
            registered(
                "by-secret", "clinics", told_at, client_secret="hush", token_endpoint_auth_method="client_secret_post"
            ),
        ]
        with certified_provider(log, clients=clients, people=PEOPLE, acr=[LOA2, LOA3]) as issuer:
            yield Between(issuer, answered, portals)


@pytest.fixture
def key_file(tmp_path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(KEY.as_pem(private=True))
    return path


@pytest.fixture
def settings(settings: Settings, running: Between, key_file: Path) -> Settings:
    siths = Provider(
        name="siths",
        title="SITHS-kort",
        issuer=running.issuer,
        client_id="by-key",
        client_auth=ClientAuth.PRIVATE_KEY,
        key_file=str(key_file),
        key_id="portal-1",
        key_algorithm="ES256",
        scope="openid",
        claims='{"id_token":{"given_name":null,"family_name":null,"employeeHsaId":null}}',
        acr_values=(LOA3,),
        accepted_acr=(LOA3,),
        identity_kind=IdentityKind.HSA_ID,
        identity_claim="employeeHsaId",
    )
    clinics = Provider(
        name="clinics",
        title="e-legitimation",
        issuer=running.issuer,
        client_id="by-secret",
        client_auth=ClientAuth.POST,
        client_secret="hush",
    )
    return replace(settings, providers=(siths, clinics))


@pytest.fixture
def here(app, client: FlaskClient, running: Between) -> FlaskClient:
    """The same browser at the portal; what the server has to say goes to this portal."""
    running.portals[:] = [app.test_client()]
    running.answered.clear()
    return client


@pytest.fixture
def there(running: Between) -> Iterator[There]:
    """The browser at the provider."""
    visitor = There(running.issuer)
    yield visitor
    visitor.cookies.close()


def come_back(here, there, *, provider="siths", came_for="", begun_at="", **form):
    """Through the provider and back to the portal."""
    form = {"person": "anna", "acr": LOA3} | form
    address = here.post(begun_at or f"/logga-in/{provider}", data={"next": came_for}).location
    onward = there.follow(address, **{name: value for name, value in form.items() if value is not None})
    assert onward.startswith(f"{PORTAL}/logga-in/{provider}/svar?")
    return here.get(onward.removeprefix(PORTAL))


def lasting(db) -> list[bool]:
    rows = db.scalars(select(LoginSession).order_by(LoginSession.id).execution_options(populate_existing=True))
    return [row.ended_at is None for row in rows]


def test_somebody_signs_in_and_is_known_by_their_hsa_id(here, there, running, db):
    answer = come_back(here, there, came_for="/om")

    assert (answer.status_code, answer.location) == (302, "/profil?next=/om")
    anna, identity = db.scalars(select(Person)).one(), db.scalars(select(Identity)).one()
    assert anna.name == "Anna Stenberg"
    assert (identity.issuer, identity.kind, identity.value) == (running.issuer, "hsa_id", HSA_ID)
    row = db.scalars(select(LoginSession)).one()
    assert (row.provider, row.subject, len(row.sid or "") > 10) == ("siths", "anna", True)
    assert here.get("/profil").status_code == 200


def test_the_provider_names_itself_in_its_answer(here, there):
    onward = there.follow(here.post("/logga-in/siths").location, person="anna", acr=LOA3)
    answer = parse_qs(urlsplit(onward).query)
    assert answer["iss"] == [there.issuer]

    other = onward.replace(urlsplit(there.issuer).netloc.replace(":", "%3A"), "other.example")
    assert other != onward
    assert here.get(other.removeprefix(PORTAL)).status_code == 400


def test_somebody_signs_in_by_a_secret_and_is_asked_about_at_userinfo(here, there, db):
    assert come_back(here, there, provider="clinics", person="bo", acr=None).status_code == 302

    [bo], [identity] = db.scalars(select(Person)).all(), db.scalars(select(Identity)).all()
    assert (bo.name, bo.email) == ("Bo Ek", "bo@example.org")
    assert (identity.kind, identity.value) == ("sub", "bo")


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"acr": LOA2}, 403, "Så är det till exempel med ett reservkort."),
        ({"person": "bo"}, 400, "Inloggningstjänsten lämnade inte ut ditt HSA-id"),
        ({"person": None}, 400, "Inloggningen gick inte att genomföra."),
    ],
    ids=["with a reserve card", "without a post", "who thinks better of it"],
)
def test_somebody_is_turned_away_and_reads_why(here, there, db, form, status, sentence):
    answer = come_back(here, there, came_for="/om", **form)

    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert 'href="/logga-in?next=/om"' in answer.text
    assert db.scalars(select(Person)).all() == []
    # The provider remembers them, and asks again all the same: as somebody else, or with another card, they are in.
    assert come_back(here, there, came_for="/om").location == "/profil?next=/om"


class TestAStrangersKey:
    @pytest.fixture
    def key_file(self, key_file) -> Path:
        key_file.write_bytes(ECKey.generate_key("P-256", private=True).as_pem(private=True))
        return key_file

    def test_opens_nothing(self, here, there, db):
        with capture_logs() as logs:
            answer = come_back(here, there)

        assert (answer.status_code, [entry["code"] for entry in logs]) == (400, ["invalid_client"])
        assert db.scalars(select(LoginSession)).all() == []


def test_a_code_is_taken_once(here, there, app, db):
    onward = there.follow(here.post("/logga-in/siths").location, person="anna", acr=LOA3).removeprefix(PORTAL)
    with here.session_transaction() as cookie:
        remembered = dict(cookie)
    assert here.get(onward).status_code == 302

    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(remembered)
    assert thief.get(onward).status_code == 400
    assert len(lasting(db)) == 1


def test_signing_out_here_signs_out_there_and_comes_back(here, there, running, db):
    come_back(here, there)
    answer = here.post("/logga-ut")

    assert answer.location.startswith(f"{there.issuer}/session/end?")
    assert urlsplit(there.sign_out(answer.location))._replace(query="").geturl() == f"{PORTAL}/utloggad"
    # The server tells the portal, too, which knows it already.
    assert (running.answered, lasting(db)) == ([200], [False])
    # Nobody is remembered there: the next who comes is asked.
    assert "/interaction/" in there.cookies.get(here.post("/logga-in/siths").location, timeout=5).url


def test_signing_out_there_signs_out_here(here, there, running, db):
    come_back(here, there)
    come_back(running.portals[0], There(there.issuer))
    assert (lasting(db), here.get("/profil").status_code) == ([True, True], 200)
    there.sign_out()

    assert running.answered == [200]
    assert (lasting(db), here.get("/profil").status_code) == ([False, True], 302)
    last = db.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert (last.deed, last.by, last.facts) == ("login_session.ended", None, {"provider": "siths"})


def test_what_cannot_be_undone_asks_for_a_proof_that_the_provider_asks_for_again(here, there, db):
    come_back(here, there)
    asked = here.post("/logga-in/siths/igen", data={"next": "/profil"}).location
    assert parse_qs(urlsplit(asked).query)["max_age"] == ["0"]
    answer = here.get(there.follow(asked, person="anna", acr=LOA3).removeprefix(PORTAL))

    assert answer.status_code == 302
    assert lasting(db) == [False, True]


def test_somebody_links_what_they_have_proved_at_both_and_comes_in_by_either(here, there, db):
    come_back(here, there)
    anna = db.scalars(select(Person)).one()
    anna.email = "a@example.org"
    db.flush()
    page = "/profil/inloggningar/ny"
    assert here.get(page).location == f"/logga-in/igen?next={page}"
    assert come_back(here, there, begun_at="/logga-in/siths/igen", came_for=page).status_code == 302
    db.expire_all()
    # Of one browser the server would say that Anna has signed out when Bo comes.
    elsewhere = There(there.issuer)
    shown = come_back(here, elsewhere, provider="clinics", begun_at=f"{page}/clinics", person="bo", acr=None)

    assert shown.location == "/profil/inloggningar/bekrafta"
    assert "e-legitimation, som Bo Ek" in here.get(shown.location).text
    here.post(shown.location)
    assert [each.value for each in db.scalars(select(Identity).order_by(Identity.id))] == [HSA_ID, "bo"]
    come_back(here, elsewhere, provider="clinics", person="bo", acr=None)
    elsewhere.cookies.close()
    assert {row.person_id for row in db.scalars(select(LoginSession))} == {anna.id}


def test_somebody_is_invited_by_the_address_that_the_provider_vouches_for(here, there, db):
    olle = coordinator(db)
    wanted = {"given_name": "Bo", "family_name": "E", "email": "bo@example.org", "roles": [Role.REVIEWER]}
    about = {"bound": invitations.by_email("bo@example.org"), "lasts": timedelta(days=1)}
    made = invitations.invite_somebody_new(db, **wanted, **about, now=clock.now(), by=olle.id)
    db.flush()
    path = "/inbjudan/" + db.scalars(select(Letter.body)).one().partition("/inbjudan/")[2].split()[0]

    assert come_back(here, there, begun_at=f"{path}/siths").status_code == 409
    answer = come_back(here, there, provider="clinics", begun_at=f"{path}/clinics", person="bo", acr=None)
    assert answer.location == "/"
    assert db.get_one(Person, made.person_id).name == "Bo Ek"
