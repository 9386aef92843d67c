"""Publishing a round: the question with its figures, and the work that is handed over or done at once."""

from datetime import timedelta

import pytest
from bookings_pages import shown_run, words_of
from redis import Redis
from sqlalchemy import select

import make
from auth.states import Standing
from bookings import applications
from bookings.models import Booking, Round, Run
from bookings.states import BookingState, RoundState
from lararportal import clock
from lararportal.app import create_app
from lararportal.edge import Installation, enqueue, work
from lararportal.outbox import Letter

BEFORE = clock.parse("2026-12-16T08:00")


def state_of(db, round_id) -> RoundState:
    return db.scalars(select(Round.state).where(Round.id == round_id)).one()


@pytest.fixture
def olle(db, visit):
    """A coordinator's browser."""
    return visit(make.coordinator(db))


def drawn_up_for(db, olle, session, *people) -> Round:
    """A round in which these people wanted one session, closed and drawn up by the coordinator."""
    round_ = make.round_of(db, session)
    for person in people:
        applications.apply(
            db, round_id=round_.id, person_id=person.id, choices=[session.id], cap=4, now=BEFORE, by=person.id
        )
    db.flush()
    olle.post(f"/samordning/omgangar/{round_.id}/stang", data={"reason": "Alla har sökt."})
    make.revealed(db, round_)
    olle.post(f"/samordning/omgangar/{round_.id}/fordela")
    return round_


def confirmed(browser, round_):
    """What is answered when the question is, about the drawing up that its page shows."""
    path = f"/samordning/omgangar/{round_.id}/publicera"
    return browser.post(path, data={"run_id": shown_run(browser.get(path).text)})


@pytest.fixture
def drawn_up(db, olle):
    return drawn_up_for(db, olle, make.session(db), *(make.person(db) for _ in range(3)))


def test_the_question_says_to_how_many(olle, drawn_up):
    text = words_of(olle.get(f"/samordning/omgangar/{drawn_up.id}/publicera"))

    assert "3 personer får var sitt brev med besked och skäl." in text
    assert "3 av dem får minst en plats, sammanlagt 3 platser. 0 blir utan." in text
    assert "räknades inte med" not in text


def test_the_figures_add_up_to_everybody_who_gets_a_letter(db, olle):
    standings = (Standing.CONFIRMED, Standing.CONFIRMED, Standing.PENDING)
    round_ = drawn_up_for(
        db, olle, make.session(db, seats=1), *(make.person(db, standing=each) for each in standings)
    )

    text = words_of(olle.get(f"/samordning/omgangar/{round_.id}/publicera"))

    assert "3 personer får var sitt brev med besked och skäl." in text
    assert "1 av dem får minst en plats, sammanlagt 1 plats. 1 blir utan." in text
    assert "1 räknades inte med när ansökan stängde, och får veta varför i sitt brev." in text
    page = words_of(olle.get(f"/samordning/omgangar/{round_.id}"))
    assert "Personer utan plats 1 Ansökningar som inte räknades med 1" in page


def test_a_round_in_which_nobody_applied_is_published_to_nobody(db, olle, at_once):
    round_ = drawn_up_for(db, olle, make.session(db))

    text = words_of(olle.get(f"/samordning/omgangar/{round_.id}/publicera"))

    assert "Ingen har sökt, så inga brev skickas." in text
    assert "0 personer" not in text
    confirmed(at_once, round_)
    assert state_of(db, round_.id) is RoundState.PUBLISHED


def test_it_is_handed_to_the_workers_and_its_progress_shown(db, app, olle, drawn_up):
    answer = confirmed(olle, drawn_up)

    page = olle.get(answer.location)
    assert (answer.status_code, page.status_code) == (302, 200)
    assert page.headers["Refresh"] == "2"
    assert "Publiceringen står på tur" in words_of(page)
    assert state_of(db, drawn_up.id) is RoundState.ALLOCATED
    with app.app_context():
        handed = work(answer.location.rpartition("/")[2])
    assert handed.function == "lararportal.workers.publish_round"
    run = db.scalars(select(Run.id)).one()
    assert handed.args[:2] == (drawn_up.id, run)


@pytest.fixture
def at_once(db, settings, database, now, visit):
    """A coordinator's browser while Redis is away."""
    app = create_app(
        settings, Installation(settings=settings, database=database, redis=Redis.from_url("redis://127.0.0.1:1"))
    )
    app.config.update(WTF_CSRF_ENABLED=False)
    return visit(make.coordinator(db), at=now + timedelta(minutes=1), of=app)


def test_while_redis_is_away_it_is_done_at_once(db, at_once, drawn_up):
    answer = confirmed(at_once, drawn_up)

    assert (answer.status_code, answer.location) == (302, f"/samordning/omgangar/{drawn_up.id}")
    assert state_of(db, drawn_up.id) is RoundState.PUBLISHED
    assert db.scalars(select(Booking.state)).all() == [BookingState.BOOKED] * 3
    assert db.scalars(select(Letter.occasion).where(Letter.occasion == "decision")).all() == ["decision"] * 3
    assert "Beskeden är publicerade. 3 brev är på väg." in words_of(at_once.get(answer.location))


@pytest.mark.parametrize("run_id", ["", "x", "-1", str(10**30)])
def test_without_what_was_looked_at_it_asks_again(db, olle, drawn_up, run_id):
    answer = olle.post(f"/samordning/omgangar/{drawn_up.id}/publicera", data={"run_id": run_id})

    assert answer.status_code == 400
    assert shown_run(answer.text) == str(db.scalars(select(Run.id)).one())
    assert state_of(db, drawn_up.id) is RoundState.ALLOCATED


@pytest.mark.parametrize("name", ["unknown", "x:y", "rq:job", "two words", "%00"])
def test_progress_of_nothing_is_not_there(olle, name):
    assert olle.get(f"/samordning/jobb/{name}").status_code == 404


def test_progress_of_other_work_is_not_there(app, olle):
    with app.app_context():
        name = enqueue("lararportal.workers.see_to_it")

    assert olle.get(f"/samordning/jobb/{name}").status_code == 404
