"""Publishing with a worker: handed over by the page, done by the worker, and seen on the page of its progress."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from bookings_pages import shown_run, words_of
from portals import KEYS, made
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

import make
from auth import login_sessions
from bookings import allocation, applications, rounds
from bookings.models import Round, Run
from bookings.states import RoundState
from lararportal import clock, workers
from lararportal.edge import QUEUE, install
from lararportal.outbox import Letter

APPLICANTS = 3


@pytest.fixture
def place(settings, fresh_database_url, redis, monkeypatch):
    """An installation whose commits the worker sees, and the environment that configures the worker for it."""
    settings = replace(settings, database_url=fresh_database_url)
    variables = {
        "LARARPORTAL_ENV": settings.env,
        "LARARPORTAL_SECRET_KEY": settings.secret_key,
        **KEYS,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_PROVIDERS": json.dumps([{**asdict(each), "claims": {}} for each in settings.providers]),
        "LARARPORTAL_SMTP_URL": settings.smtp_url,
        "LARARPORTAL_MAIL_FROM": settings.mail_from,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    workers._place.cache_clear()
    place = install(settings)
    yield place
    place.database.dispose()
    workers._place().database.dispose()
    workers._place().redis.close()
    place.redis.close()
    workers._place.cache_clear()


@pytest.fixture
def drawn_up(place) -> tuple[int, str]:
    """A round that can be published, and a coordinator's login token."""
    now = clock.now()
    first = clock.day_of(now) + timedelta(days=60)
    with place.database.transaction() as db:
        office, session = make.coordinator(db), make.session(db, days=[first], seats=2)
        round_ = make.round_of(
            db,
            session,
            opens_at=now - timedelta(days=30),
            closes_at=now - timedelta(days=1),
            decision_on=clock.day_of(now) + timedelta(days=5),
        )
        for _ in range(APPLICANTS):
            person = make.person(db, planned_end=first + timedelta(days=700))
            applications.apply(
                db,
                round_id=round_.id,
                person_id=person.id,
                choices=[session.id],
                cap=1,
                now=now - timedelta(days=2),
                by=person.id,
            )
        db.flush()
        rounds.close_round(db, round_.id, now=now, by=office.id)
        make.revealed(db, round_)
        allocation.draw_up(db, round_id=round_.id, now=now, by=office.id)
        token = login_sessions.begin(db, person_id=office.id, provider="demo", id_token="", proved_at=now, now=now)
        return round_.id, token


@pytest.fixture
def browser(place, drawn_up, compiled):
    browser = made(place, compiled=compiled).test_client()
    with browser.session_transaction() as cookie:
        cookie[login_sessions.COOKIE_KEY] = drawn_up[1]
    return browser


class Undisturbed(SimpleWorker):
    """A worker that listens to no commands: none is sent, and to stop listening takes half a second."""

    def subscribe(self) -> None:
        """Not at all."""


def work_once(place) -> None:
    worker = Undisturbed([QUEUE], connection=place.redis, serializer=JSONSerializer)
    worker.work(burst=True, max_jobs=1, logging_level="CRITICAL")


def confirmed(browser, round_id):
    """What is answered when the question is, about the drawing up that its page shows."""
    path = f"/samordning/omgangar/{round_id}/publicera"
    return browser.post(path, data={"run_id": shown_run(browser.get(path).text)})


def test_the_worker_publishes_and_the_page_says_how_many_letters_there_are(place, drawn_up, browser):
    round_id, _ = drawn_up
    path = confirmed(browser, round_id).location
    assert browser.get(path).headers["Refresh"] == "2"

    work_once(place)
    page = browser.get(path)

    assert "Refresh" not in page.headers
    assert f"Beskeden är publicerade. {APPLICANTS} brev är på väg." in words_of(page)
    assert f'href="/samordning/omgangar/{round_id}"' in page.text
    with place.database.transaction() as db:
        assert db.get_one(Round, round_id).state is RoundState.PUBLISHED
        decided = db.scalar(select(func.count()).where(Letter.occasion == "decision"))
    assert decided == APPLICANTS


def test_pressed_twice_it_is_published_once_and_both_pages_say_so(place, drawn_up, browser):
    round_id, _ = drawn_up
    first, second = (confirmed(browser, round_id).location for _ in range(2))

    work_once(place)
    work_once(place)

    assert f"Beskeden är publicerade. {APPLICANTS} brev är på väg." in words_of(browser.get(first))
    page = words_of(browser.get(second))
    assert "Beskeden var redan publicerade." in page
    assert "Inget publicerades" not in page
    with place.database.transaction() as db:
        assert db.scalar(select(func.count()).where(Letter.occasion == "decision")) == APPLICANTS


def test_what_cannot_be_published_is_a_no_with_its_sentence(place, drawn_up, browser):
    round_id, _ = drawn_up
    path = confirmed(browser, round_id).location
    with place.database.transaction() as db:
        db.get_one(Round, round_id).state = RoundState.REVEALED

    work_once(place)
    page = words_of(browser.get(path))

    assert "Inget publicerades" in page
    assert "Omgången är i ett annat läge" in page


def test_a_page_from_before_the_seats_were_drawn_up_again_publishes_nothing(place, drawn_up, browser):
    round_id, _ = drawn_up
    with place.database.transaction() as db:
        stale = db.scalars(select(Run.id)).one()
        allocation.draw_up(db, round_id=round_id, now=clock.now(), by=None)
    path = browser.post(f"/samordning/omgangar/{round_id}/publicera", data={"run_id": stale}).location
    work_once(place)

    page = words_of(browser.get(path))

    assert "Inget publicerades" in page
    assert "Platserna har fördelats om sedan du öppnade sidan." in page
    with place.database.transaction() as db:
        assert db.get_one(Round, round_id).state is RoundState.ALLOCATED


def test_a_fault_of_the_worker_is_shown_and_nothing_is_published(place, drawn_up, browser):
    round_id, _ = drawn_up
    path = confirmed(browser, round_id).location
    with place.database.transaction() as db:
        db.get_one(Round, round_id).frozen = "not JSON"

    work_once(place)
    page = browser.get(path)

    assert "Något gick fel, så inget publicerades och inga brev skickas." in words_of(page)
    assert "Refresh" not in page.headers
    with place.database.transaction() as db:
        assert db.get_one(Round, round_id).state is RoundState.ALLOCATED


def test_work_of_which_nobody_can_read_what_it_was_is_not_found(place, drawn_up, browser):
    path = confirmed(browser, drawn_up[0]).location
    place.redis.hset(f"rq:job:{path.rpartition('/')[2]}", "data", b"\xff")

    assert browser.get(path).status_code == 404
