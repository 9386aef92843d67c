"""What cannot be undone asks for a proof that is minutes old, and believes a provider only so far."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from access_words import FRESH
from fairness_room import two_party_round
from lying_provider import Story, known_as_demo, lying_provider
from sqlalchemy import select

import make
from auth.access import leads_back_to, proved_anew, signed_in
from auth.models import Grant, LoginSession, Person
from auth.states import Area, Role
from bookings.states import RoundState
from lararportal.config import Settings
from lararportal.outbox import Letter
from lararportal.providers import AuthTime

NOW = int(time.time())


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


@pytest.fixture
def prove_anew(client, story):
    """Is asked to prove anew who they are, and comes back with whatever the story has become."""

    def go(came_for="/profil"):
        query = parse_qs(urlsplit(client.post("/logga-in/demo/igen", data={"next": came_for}).location).query)
        story.nonce, story.claims = query["nonce"][0], {"auth_time": int(time.time())} | story.claims
        return query, client.get(f"/logga-in/demo/svar?code=abc&state={query['state'][0]}")

    return go


def proofs(db) -> list[datetime | None]:
    """When each living sign-in was proved."""
    living = select(LoginSession.proved_at).where(LoginSession.ended_at.is_(None))
    return list(db.scalars(living.order_by(LoginSession.id)))


def test_an_ordinary_sign_in_believes_what_the_provider_says_of_when(come_back, story, db):
    story.claims = {"auth_time": NOW - 7200}
    come_back()

    assert proofs(db) == [datetime.fromtimestamp(NOW - 7200, tz=UTC)]


def test_an_ordinary_sign_in_does_not_know_when_somebody_proved_who_they_are(come_back, db):
    come_back()

    assert proofs(db) == [None]


def test_a_proof_in_the_future_is_one_of_now(come_back, story, db):
    story.claims = {"auth_time": NOW + 86400}
    come_back()

    (proved_at,) = proofs(db)
    assert abs(proved_at.timestamp() - time.time()) < 60


@pytest.mark.parametrize("moment", [-1, 1e300, "soon", 2**40, [1]])
def test_a_proof_at_no_moment_signs_nobody_in(come_back, story, db, moment):
    story.claims = {"auth_time": moment}

    assert come_back().status_code == 400
    assert proofs(db) == []


def test_proving_anew_asks_the_provider_to_ask(come_back, prove_anew, db):
    come_back()
    query, answer = prove_anew(came_for="/tillganglighet")

    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    assert answer.location == "/profil?next=/tillganglighet"
    (proved_at,) = proofs(db)
    assert abs(proved_at.timestamp() - time.time()) < 60


def test_a_provider_that_ought_to_have_asked_and_has_not_is_not_believed(app, come_back, story, prove_anew, db):
    come_back()
    for said in (NOW - 600, None):
        story.claims = {"auth_time": said}
        answer = prove_anew()[1]
        assert (answer.status_code, "svaret visar inte att den gjorde det" in answer.text) == (400, True)
    assert proofs(db) == [None]

    # Of one that never says when, the settings say so.
    place = app.extensions["lararportal"]
    settings = replace(place.settings, providers=(replace(known_as_demo(story), auth_time=AuthTime.ASSUMED),))
    app.extensions["lararportal"] = replace(place, settings=settings)
    assert prove_anew()[1].status_code == 302
    (proved_at,) = proofs(db)
    assert abs(proved_at.timestamp() - time.time()) < 60


def test_another_address_takes_a_fresh_sign_in_and_the_rest_does_not(client, come_back, prove_anew, db):
    come_back()
    same, other = ({"email": each, "workplace": "Ny"} for each in ("Anna@example.org", "intruder@example.org"))
    assert client.post("/profil", data=same).location == "/profil"
    assert client.post("/profil", data=other).location == "/logga-in/igen?next=/profil"
    assert db.scalars(select(Person.email)).all() == ["Anna@example.org"]

    prove_anew()
    assert 'value="intruder@example.org"' in client.get("/profil").text
    assert client.post("/profil", data=other).location == "/profil"
    assert db.execute(select(Letter.occasion, Letter.address)).all() == [("address_changed", "Anna@example.org")]


def test_who_has_not_signed_in_cannot_prove_it_anew(client, story):
    assert client.post("/logga-in/demo/igen").location == "/logga-in"
    assert client.get("/logga-in/igen").location == "/logga-in?next=/logga-in/igen"
    assert story.asked == []


@pytest.fixture
def round_(db):
    """A round that has closed, whose second party is who the provider says has come."""
    return two_party_round(db, {make.person(db): [make.session(db)]}, until=RoundState.CLOSED)


@pytest.fixture
def form(client, come_back, db, round_):
    """The address where Anna, the second party, shows her secret; she signed in a while ago."""
    come_back()
    anna = db.query(Person).filter_by(given_name="Anna").one()
    db.add(Grant(person_id=anna.id, role=Role.DIRECTOR, area=Area.GOTEBORG))
    round_.second_party_id = anna.id
    db.flush()
    return f"/studierektor/lottning/{round_.id}/hemlighet"


KEPT = "Det du skrev finns kvar här, men är inte inskickat."
TYPED = {"secret": make.OWN_SECRET, "csrf_token": "none"}


def cookie_of(client) -> dict:
    with client.session_transaction() as cookie:
        return dict(cookie)


class TestWhatWasSentIn:
    def test_stands_in_the_form_once_when_the_same_person_is_back(self, client, prove_anew, db, form, round_):
        assert client.post(form, data=TYPED).location == f"/logga-in/igen?next={form}"
        db.refresh(round_)
        assert round_.second_secret is None
        prove_anew(came_for=form)
        page = client.get(form).text

        assert f'value="{make.OWN_SECRET}"' in page
        assert KEPT in page
        assert "sent" not in cookie_of(client)
        assert make.OWN_SECRET not in client.get(form).text
        client.post(form, data=TYPED)
        db.refresh(round_)
        assert round_.second_secret == make.OWN_SECRET

    def test_is_for_nobody_else_in_the_same_browser(self, client, story, prove_anew, form):
        client.post(form, data=TYPED)
        assert cookie_of(client)["sent"]["fields"] == {"secret": [make.OWN_SECRET]}
        story.claims = {"sub": "bea", "given_name": "Bea"}
        prove_anew(came_for=form)

        assert "sent" not in cookie_of(client)

    def test_is_for_no_other_page(self, client, prove_anew, db, form, round_):
        other = two_party_round(db, {make.person(db): [make.session(db)]}, until=RoundState.CLOSED, title="En annan")
        other.second_party_id = round_.second_party_id
        db.flush()
        client.post(form, data=TYPED)
        prove_anew(came_for=form)
        pages = [client.get(path).text for path in (form.replace(str(round_.id), str(other.id)), form)]

        assert [make.OWN_SECRET in page for page in pages] == [False, True]

    def test_is_gone_after_signing_out(self, client, come_back, form):
        client.post(form, data=TYPED)
        client.post("/logga-ut")
        come_back()

        assert "sent" not in cookie_of(client)

    def test_that_no_cookie_could_hold_is_not_kept_and_that_is_said(self, client, form):
        answer = client.post(form, data={"secret": "å" * 300})

        assert "sent" not in cookie_of(client)
        assert "Det du skrev kunde inte sparas" in client.get(answer.location).text


def test_the_page_before_says_why_and_keeps_where_one_was_going(come_back, client):
    come_back()
    page = client.get("/logga-in/igen?next=/om").text

    assert "Det du ska göra nu får betydelse för många" in page
    assert '<input type="hidden" name="next" value="/om">' in page
    assert 'value="https://evil.example"' not in client.get("/logga-in/igen?next=https://evil.example").text


def test_no_page_asks_for_a_proof_of_somebody_who_need_not_have_signed_in(app):
    asking = [view for view in app.view_functions.values() if getattr(view, "asks_for_proof", False)]

    assert len(asking) == len(FRESH)
    assert [view for view in asking if view.access == "public"] == []


def test_a_proof_is_asked_for_below_the_decorator_that_lets_the_visitor_in():
    with pytest.raises(TypeError, match="stands below"):

        @proved_anew
        @signed_in
        def page():
            """Whoever wrote this thought that it asks for a proof."""

    with pytest.raises(TypeError, match="stands below"):
        leads_back_to("home.start")(proved_anew(lambda: ""))
