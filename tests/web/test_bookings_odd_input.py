"""What no browser sends to the forms of the bookings room: it is ignored, or answered with a sentence."""

import re
from datetime import date

import pytest
from bookings_pages import words_of
from sqlalchemy import select

import make
from bookings import left_over_seats, rounds
from bookings.models import Application, Round, RoundSession
from bookings.states import PublicKind

ODD = ["x", "", "-1", "²", "٩٩٩٩٩٩", "1.5", "999999999999", "9" * 5000]


def answers(send):
    """What is answered to each of them."""
    return {send(odd).status_code for odd in ODD}


@pytest.mark.parametrize("name", ["session_ids", "cap", "opens_at"])
def test_no_round_is_planned_of_it(db, visit, name):
    browser = visit(make.coordinator(db))

    assert answers(lambda odd: browser.post("/samordning/omgangar/ny", data={name: odd})) == {400}


def test_a_list_is_rearranged_without_it_and_none_is_made_of_it(db, visit):
    round_ = make.round_of(db, make.session(db))
    browser, path = visit(make.person(db)), f"/ansokan/{round_.id}"

    for verb in ("add", "up", "remove"):
        page = [browser.post(path, data={"action": f"{verb}:{odd}", "choices": odd}).text for odd in ODD]
        assert ["Du har inte valt något än." in each for each in page] == [True] * len(ODD)
    assert answers(lambda odd: browser.get(path, query_string={"val": odd})) == {200}
    assert answers(lambda odd: browser.post(path, data={"choices": odd, "cap": "1"})) == {400}
    assert answers(lambda odd: browser.post(path, data={"cap": f"9{odd}"})) == {400}


def test_a_list_that_could_not_be_kept_whole_is_not_sent_in_and_that_is_said(db, visit):
    session = make.session(db)
    browser, path = visit(make.person(db)), f"/ansokan/{make.round_of(db, session).id}"
    odd = browser.post(path, data={"choices": [session.id, "x"], "cap": "1"})
    twice = browser.post(path, data={"choices": [session.id, session.id], "cap": "1"})
    far = browser.post(path, data={"choices": [session.id, 2**31], "cap": "1"})

    assert [odd.status_code, twice.status_code, far.status_code] == [400, 400, 400]
    assert "Ett av kurstillfällena går inte att söka" in words_of(odd)
    assert "Samma kurstillfälle står två gånger" in words_of(twice)
    assert "Ett av kurstillfällena går inte att söka" in words_of(far)
    assert db.scalar(select(Application)) is None


def test_a_list_that_is_too_long_is_not_sent_in_and_is_kept_whole(db, visit):
    course = make.course(db)
    every = [make.session(db, of=course).id for _ in range(101)]
    round_ = make.round_of(db)
    db.add_all(RoundSession(round_id=round_.id, session_id=each) for each in every)
    db.flush()
    browser, path = visit(make.person(db)), f"/ansokan/{round_.id}"

    answer = browser.post(path, data={"choices": every, "cap": "1"})
    shorter = browser.post(path, data={"choices": every, "action": f"remove:{every[0]}"})

    assert answer.status_code == 400
    assert "Du har valt 101 kurstillfällen, och en ansökan har högst 100." in words_of(answer)
    assert re.findall(r'name="choices" value="(\d+)"', answer.text) == list(map(str, every))
    assert "en ansökan har högst" not in words_of(shorter)
    assert db.scalar(select(Application)) is None
    assert browser.post(path, data={"choices": every[1:], "cap": "1"}).status_code == 302


def test_no_seat_is_changed_for_it(db, visit, now):
    anna, session = make.person(db), make.session(db)
    make.session(db, course_id=session.course_id, days=[date(2027, 5, 3)])
    left_over_seats.book(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)
    browser, path = visit(anna), f"/tillfallen/{session.id}/boka-om"

    assert answers(lambda odd: browser.post(path, data={"to_session": odd})) == {400}


def test_a_draw_is_copied_into_the_public_value_with_whatever_blanks_its_table_has(db, visit):
    round_ = make.round_of(db, make.session(db), public_kind=PublicKind.NAMED, public_source="Lotto")
    rounds.close_round(db, round_.id, now=round_.closes_at, by=None)
    path = f"/samordning/omgangar/{round_.id}/lottning/varde"
    browser = visit(make.coordinator(db), at=round_.public_at)

    answer = browser.post(path, data={"value": "3\t7\t12\t", "again": "3 7\r\n12"})
    assert (answer.status_code, answer.location) == (302, f"/samordning/omgangar/{round_.id}")
    assert db.scalars(select(Round.public_value)).one() == "3712"
