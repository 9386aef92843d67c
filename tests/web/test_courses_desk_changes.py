"""Coordinators change a course session; what concerns booked people is asked about first."""

import re
from datetime import time, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import CLOSES, OPENS, place, sent
from courses_desk import SECOND, days_of, deeds, form_of, session_with, the_session, typed

import make
from auth.states import Role
from courses.states import Publicity


@pytest.fixture
def olle(db, client, sign_in):
    """A coordinator who is signed in."""
    person = make.coordinator(db)
    sign_in(client, person)
    return person


def test_the_form_of_a_session_shows_it_and_sent_back_untouched_changes_nothing(db, client, olle):
    leader = make.holder(db, Role.LEADER)
    session = session_with(db, seats_taken=3, leaders=[leader])
    path = f"/samordning/tillfallen/{session.id}/andra"

    form = form_of(client.get(path))
    answer = client.post(path, data=form)

    assert (form["days-1-day"], form["place"], form["area"]) == (str(SECOND), session.place, "goteborg")
    assert (form["cancel_by"], form["prepare_by"]) == (str(session.cancel_by), "")
    assert form["leader_ids"] == str(leader.id)
    assert sum(name.endswith("-day") for name in form) == 5
    assert answer.status_code == 302
    assert deeds(db) == []


def test_a_session_that_nobody_has_booked_is_changed_at_once(db, client, olle):
    session = session_with(db)

    answer = client.post(f"/samordning/tillfallen/{session.id}/andra", data=typed())

    assert (answer.status_code, answer.location) == (302, f"/tillfallen/{session.id}")
    assert (the_session(db).place, the_session(db).seats) == ("Skövde, Billingehus", 24)
    assert days_of(db, session)[1] == (SECOND, time(9), time(15))


def test_fewer_seats_than_booked_are_refused_with_the_number(db, client, olle):
    session = session_with(db, seats_taken=3)

    answer = client.post(f"/samordning/tillfallen/{session.id}/andra", data=typed(seats="2", minimum="0"))

    assert answer.status_code == 409
    assert "Antalet platser kan inte vara lägre än antalet bokade och erbjudna (3)." in answer.text
    assert 'value="Skövde, Billingehus"' in answer.text


def test_other_days_are_refused_while_people_are_booked(db, client, olle):
    session = session_with(db, seats_taken=3)
    later = {"days-0-day": str(SECOND + timedelta(days=1))}

    answer = client.post(f"/samordning/tillfallen/{session.id}/andra", data=typed(**later))

    assert answer.status_code == 409
    assert "Kurstillfället har bokade eller erbjudna platser (3)." in answer.text
    assert days_of(db, session)[1][0] == SECOND


def test_a_change_that_concerns_the_booked_says_so_first_and_is_done_at_the_second_press(db, client, olle):
    session = session_with(db, seats_taken=3)
    path = f"/samordning/tillfallen/{session.id}/andra"

    asked = client.post(path, data=typed(cancel_by=str(session.cancel_by), go_no_go_on=str(session.go_no_go_on)))
    unchanged = the_session(db).place
    form = form_of(asked)
    done = client.post(path, data=form)

    assert asked.status_code == 200
    assert "3 personer är bokade" in asked.text
    assert "Inget brev går ut om ändringen." in asked.text
    assert re.findall(r'<th scope="row">([^<]+)</th>', asked.text) == ["Tider", "Plats", "Delområde"]
    assert '<td data-label="Nu">Göteborg, Konferens Aspen</td>' in asked.text
    assert '<td data-label="Efter ändringen">Skövde, Billingehus</td>' in asked.text
    assert unchanged == "Göteborg, Konferens Aspen"
    assert (done.status_code, the_session(db).place) == (302, "Skövde, Billingehus")
    assert deeds(db) == [("session.changed", olle.id)]


@pytest.fixture
def interested(db):
    """A session that two wait for and one has applied for."""
    session = session_with(db)
    for _ in range(2):
        place(db, session, make.person(db))
    sent(db, make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES), make.person(db), session)
    db.flush()
    return session


def test_other_days_are_asked_about_when_people_wait_or_have_applied(db, client, olle, interested):
    path = f"/samordning/tillfallen/{interested.id}/andra"
    later = SECOND + timedelta(days=1)

    form = client.get(path)
    asked = client.post(path, data=typed(**{"days-0-day": str(later)}))
    done = client.post(path, data=form_of(asked))

    assert "2 personer står i kö och 1 person har sökt" in form.text
    assert asked.status_code == 200
    assert "2 personer står i kö och 1 person har sökt. Det här ändras:" in asked.text
    assert (done.status_code, days_of(db, interested)[1][0]) == (302, later)


def test_archiving_is_asked_about_when_people_wait_or_have_applied(db, client, olle, interested):
    path = f"/samordning/tillfallen/{interested.id}/arkivera"

    asked = client.post(path)
    untouched = the_session(db).publicity
    done = client.post(path, data=form_of(asked))

    assert asked.status_code == 200
    assert "2 personer står i kö och 1 person har sökt." in words_of(asked)
    assert "Den som står i kö tas ur kön och ser det på Mina kurser." in words_of(asked)
    assert untouched is Publicity.PUBLISHED
    assert (done.status_code, the_session(db).publicity) == (302, Publicity.ARCHIVED)


def test_a_confirmation_made_for_fewer_booked_is_asked_again(db, client, olle):
    session = session_with(db, seats_taken=3)
    path = f"/samordning/tillfallen/{session.id}/andra"
    form = form_of(client.post(path, data=typed()))
    session.seats_taken = 4
    db.flush()

    again = client.post(path, data=form)

    assert (again.status_code, the_session(db).place) == (200, "Göteborg, Konferens Aspen")
    assert "4 personer är bokade" in again.text


def test_from_the_question_one_may_go_back_to_the_form_with_everything_typed(db, client, olle):
    session = session_with(db, seats_taken=3)
    path = f"/samordning/tillfallen/{session.id}/andra"
    form = form_of(client.post(path, data=typed()))

    back = client.post(path, data=form | {"back": "1"})

    assert back.status_code == 200
    assert form_of(back)["place"] == "Skövde, Billingehus"
    assert the_session(db).place == "Göteborg, Konferens Aspen"
