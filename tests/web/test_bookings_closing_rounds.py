"""A coordinator closes a round: before its time by name and with a reason, and freshly signed in."""

import re
from datetime import timedelta

from bookings_pages import words_of
from courses_desk import form_of
from portals import STOPPED
from sqlalchemy import select

import make
from bookings.models import Round
from bookings.states import RoundState


def state_of(db, round_id) -> RoundState:
    return db.scalars(select(Round.state).where(Round.id == round_id)).one()


def test_closing_early_asks_for_a_reason_that_everybody_reads(db, visit):
    round_ = make.round_of(db, make.session(db))
    browser = visit(make.coordinator(db, given_name="Olle", family_name="Sandberg"))
    path = f"/samordning/omgangar/{round_.id}/stang"

    assert "Du stänger före utsatt tid Alla har fått veta att de kan söka till 20 januari" in words_of(
        browser.get(path)
    )
    answer = browser.post(path, data={"reason": " "})
    assert (answer.status_code, state_of(db, round_.id)) == (409, RoundState.OPEN)
    assert "Skriv skälet. Det visas för alla." in words_of(answer)
    browser.post(path, data={"reason": "Kurserna börjar tidigare än vi trodde."})

    assert state_of(db, round_.id) is RoundState.CLOSED
    told = (
        "Ansökan stängde före utsatt tid Den skulle ha stängt 20 januari 2027 kl. 12.00. Olle Sandberg stängde "
        "den 11 januari 2027 kl. 08.00. Skäl: Kurserna börjar tidigare än vi trodde."
    )
    for page in ("/regler/omgang/", "/samordning/omgangar/", "/ansokan/"):
        assert told in words_of(browser.get(f"{page}{round_.id}"))


def test_closing_asks_for_a_sign_in_that_is_minutes_old(db, visit, now):
    round_ = make.round_of(db, make.session(db))
    browser = visit(make.coordinator(db), at=now)
    browser.environ_base[STOPPED] = now + timedelta(minutes=11)
    path = f"/samordning/omgangar/{round_.id}/stang"

    assert browser.get(path).location == f"/logga-in/igen?next={path}"
    assert browser.post(path, data={"reason": "Alla har sökt."}).location == f"/logga-in/igen?next={path}"
    assert state_of(db, round_.id) is RoundState.OPEN


def test_closing_when_its_time_has_come_needs_no_reason(db, visit):
    round_ = make.round_of(db, make.session(db))
    browser = visit(make.coordinator(db), at=round_.closes_at)
    path = f"/samordning/omgangar/{round_.id}/stang"

    assert "Du stänger före utsatt tid" not in words_of(browser.get(path))
    browser.post(path)

    assert state_of(db, round_.id) is RoundState.CLOSED
    assert "före utsatt tid" not in words_of(browser.get(f"/regler/omgang/{round_.id}"))


def test_who_looked_when_its_time_had_come_is_asked_for_a_reason_when_it_was_extended_since(db, visit):
    round_ = make.round_of(db, make.session(db))
    browser = visit(make.coordinator(db), at=round_.closes_at)
    path = f"/samordning/omgangar/{round_.id}/stang"
    form = form_of(browser.get(path))
    round_.closes_at, round_.public_at = round_.closes_at + timedelta(days=1), round_.public_at + timedelta(days=1)
    db.flush()

    answer = browser.post(path, data=form)

    assert (answer.status_code, state_of(db, round_.id)) == (409, RoundState.OPEN)
    assert "Ansökan stänger 21 januari 2027 kl. 12.00. För att stänga den tidigare" in words_of(answer)
    assert re.search('<textarea[^>]* name="reason"', answer.text)
    assert browser.post(path, data=form_of(answer) | {"reason": "Alla har sökt."}).status_code == 302
    assert state_of(db, round_.id) is RoundState.CLOSED


def test_who_gave_a_reason_in_time_that_came_too_late_closes_as_announced(db, visit):
    round_ = make.round_of(db, make.session(db))
    browser = visit(make.coordinator(db), at=round_.closes_at)

    browser.post(f"/samordning/omgangar/{round_.id}/stang", data={"reason": "Alla har sökt."})

    assert state_of(db, round_.id) is RoundState.CLOSED
    assert "före utsatt tid" not in words_of(browser.get(f"/regler/omgang/{round_.id}"))
