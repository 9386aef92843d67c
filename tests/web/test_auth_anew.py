"""What cannot be undone asks for a proof that is minutes old, and believes a provider only so far."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from lying_provider import Story, known_as_demo, lying_provider
from sqlalchemy import select

from auth.models import LoginSession
from lararportal.config import Settings

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
        story.nonce = query["nonce"][0]
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


def test_a_provider_that_ought_to_have_asked_and_has_not_is_not_believed(come_back, story, prove_anew, db):
    come_back()
    story.claims = {"auth_time": NOW - 600}

    assert prove_anew()[1].status_code == 400
    assert proofs(db) == [None]


def test_who_has_not_signed_in_cannot_prove_it_anew(client, story):
    assert client.post("/logga-in/demo/igen").location == "/logga-in"
    assert client.get("/logga-in/igen").location == "/logga-in?next=/logga-in/igen"
    assert story.asked == []


def test_the_page_before_says_why_and_keeps_where_one_was_going(come_back, client):
    come_back()
    page = client.get("/logga-in/igen?next=/om").text

    assert "Det du ska göra nu går inte att ta tillbaka" in page
    assert '<input type="hidden" name="next" value="/om">' in page
    assert 'value="https://evil.example"' not in client.get("/logga-in/igen?next=https://evil.example").text
