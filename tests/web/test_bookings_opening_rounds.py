"""A coordinator opens a round, and reads why one has not opened by itself."""

from datetime import timedelta

import pytest
from bookings_pages import words_of
from courses_desk import form_of
from sqlalchemy import select

import make
from bookings.models import Round
from bookings.states import RoundState
from lararportal import clock, tick

THREE_WEEKS_ON = clock.parse("2027-02-01T08:00")


def state_of(db, round_id) -> RoundState:
    return db.scalars(select(Round.state).where(Round.id == round_id)).one()


@pytest.fixture
def olle(db, visit):
    """A coordinator's browser."""
    return visit(make.coordinator(db))


def test_opening(db, olle):
    round_ = make.round_of(db, make.session(db), state=RoundState.PLANNED, closes_at=THREE_WEEKS_ON)
    path = f"/samordning/omgangar/{round_.id}/oppna"

    assert "1 kurstillfällen ingår." not in words_of(olle.get(path))
    assert "Ett kurstillfälle ingår." in words_of(olle.get(path))
    assert state_of(db, round_.id) is RoundState.PLANNED
    answer = olle.post(path)

    assert (answer.status_code, answer.location) == (302, f"/samordning/omgangar/{round_.id}")
    assert state_of(db, round_.id) is RoundState.OPEN
    text = words_of(olle.get(answer.location))
    assert "Omgången är öppen för ansökan." in text
    assert "Öppnade 11 januari 2027 kl. 08.00" in text


def test_one_that_would_be_too_short_says_so_and_opens_once_it_closes_later(db, olle, database, now):
    session = make.session(db)
    late = {"opens_at": now - timedelta(days=2), "closes_at": now + timedelta(days=19)}
    round_ = make.round_of(db, session, state=RoundState.PLANNED, **late)
    page = f"/samordning/omgangar/{round_.id}"

    text = words_of(olle.get(page))
    assert "Skulle ha öppnat 9 januari 2027 kl. 08.00" in text
    assert "Kan inte öppna, det är för kort tid tills ansökan stänger." in text
    assert "Omgången öppnar inte Alla ska ha minst tre veckor på sig att söka" in text
    assert "Kan inte öppna, det är för kort tid" in words_of(olle.get("/samordning"))
    assert (f'href="{page}/oppna"' in olle.get(page).text, f'href="{page}/andra"' in olle.get(page).text) == (
        False,
        True,
    )
    for answer in (olle.get(f"{page}/oppna"), olle.post(f"{page}/oppna")):
        assert (answer.status_code, "minst tre veckor, räknat från nu" in words_of(answer)) == (409, True)
    tick.run_due(database, now=now)
    assert state_of(db, round_.id) is RoundState.PLANNED

    form = form_of(olle.get(f"{page}/andra")) | {"session_ids": [session.id], "source_kind": "drand"}
    later = {"closes_at": "2027-02-01T08:00", "decision_on": "2027-02-09", "source_at": "2027-02-01T09:00"}
    assert olle.post(f"{page}/andra", data=form | later).status_code == 302
    tick.run_due(database, now=now)
    assert state_of(db, round_.id) is RoundState.OPEN


def test_one_that_waits_says_how_long_it_can(db, olle):
    round_ = make.round_of(db, make.session(db), state=RoundState.PLANNED, waived_at=None, closes_at=THREE_WEEKS_ON)

    text = words_of(olle.get(f"/samordning/omgangar/{round_.id}"))
    assert "Kan öppna senast 12 januari 2027 kl. 08.00" in text
    assert "Omgången öppnar inte" not in text


def test_a_page_with_nothing_to_do_has_no_room_for_buttons(db, olle):
    closed, planned = (make.round_of(db, state=state) for state in (RoundState.CLOSED, RoundState.PLANNED))

    pages = [olle.get(f"/samordning/omgangar/{each.id}").text for each in (closed, planned)]
    assert ['<div class="actions mb-4">' in page for page in pages] == [False, True]
