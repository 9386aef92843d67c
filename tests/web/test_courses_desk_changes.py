"""Coordinators change a course session; what concerns booked people is asked about first."""

import re
from datetime import time, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import CLOSES, OPENS, line_of, occasions, place, seat, sent, states
from courses_desk import SECOND, days_of, deeds, form_of, session_with, the_session, typed

import make
from auth.states import Role
from bookings.models import Precedence
from bookings.states import BookingState
from courses.states import Publicity
from lararportal import clock, tick


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


def test_fewer_seats_than_booked_are_allowed_and_shown_as_over_to_staff_only(db, client, olle, sign_in):
    session = session_with(db, seats_taken=3)
    kept = form_of(client.get(f"/samordning/tillfallen/{session.id}/andra"))

    answer = client.post(f"/samordning/tillfallen/{session.id}/andra", data=kept | {"seats": "2", "minimum": "0"})

    assert (answer.status_code, the_session(db).seats_over) == (302, 1)
    for page in ("", "/tillfallen", f"/tillfallen/{session.id}"):
        assert "1 över" in words_of(client.get(f"/samordning{page}"))
    assert "1 fler än platserna" in words_of(client.get(f"/samordning/tillfallen/{session.id}"))
    assert "1 över" in words_of(client.get(f"/tillfallen/{session.id}"))
    sign_in(client, make.person(db))
    assert "över" not in words_of(client.get(f"/tillfallen/{session.id}")).replace("överst", "")


def test_more_seats_are_filled_from_the_line(db, client, olle, database):
    session = session_with(db, seats=1)
    seat(db, session, make.person(db))
    waiting = [make.person(db) for _ in range(3)]
    for person in waiting:
        place(db, session, person)
    kept = form_of(client.get(f"/samordning/tillfallen/{session.id}/andra"))

    answer = client.post(f"/samordning/tillfallen/{session.id}/andra", data=kept | {"seats": "3"})
    filled = tick.run_due(database, now=clock.now())["seats filled"]

    assert (answer.status_code, filled, line_of(db, session)) == (302, 2, [waiting[2].id])
    assert occasions(db) == ["seat_from_line"] * 2


def heart(db):
    """Another session, on the day after the second of ours."""
    return make.session(db, of=make.course(db, title="Hjärtsvikt"), days=[SECOND + timedelta(days=1)])


def test_other_days_are_asked_about_with_who_is_elsewhere_then(db, client, olle):
    session, other = session_with(db), heart(db)
    anna = make.person(db, given_name="Anna", family_name="Berg")
    bo = make.person(db, given_name="Bo", family_name="Dahl")
    for person, where in ((anna, session), (bo, session), (anna, other)):
        seat(db, where, person)
    later = typed(**{"days-0-day": str(SECOND + timedelta(days=1))})

    asked = client.post(f"/samordning/tillfallen/{session.id}/andra", data=later)
    done = client.post(f"/samordning/tillfallen/{session.id}/andra", data=form_of(asked))

    text = words_of(asked)
    assert "1 person har redan plats någon annanstans någon av dagarna" in text
    assert "Anna Berg: Hjärtsvikt" in text
    assert "Båda platserna är kvar tills valet är gjort." in text
    assert "Väljer senast" in text
    assert "Anna Berg, Bo Dahl" in text
    assert done.status_code == 302
    assert (days_of(db, session)[1][0], states(db, session)[anna.id]) == (
        SECOND + timedelta(days=1),
        BookingState.MUST_CHOOSE,
    )
    assert occasions(db) == ["session_changed"] * 2


def test_who_must_choose_does_so_on_their_own_page(db, client, olle, sign_in, now):
    session, other = session_with(db), heart(db)
    anna = make.person(db)
    for where in (session, other):
        held = seat(db, where, anna)
        since = {"person_id": anna.id, "course_id": where.course_id, "term": "2026-2", "granted_at": now}
        db.add(Precedence(**since, kind="called_off", reason="", used_by=held.id))
    db.flush()
    path = f"/samordning/tillfallen/{session.id}/andra"
    client.post(path, data=form_of(client.post(path, data=typed(**{"days-0-day": str(SECOND + timedelta(days=1))}))))
    assert "väljer mellan två platser väljer senast" in words_of(client.get(f"/samordning/tillfallen/{session.id}"))
    sign_in(client, anna)

    mine, page = words_of(client.get("/mina-kurser")), words_of(client.get(f"/tillfallen/{session.id}"))
    leave = words_of(client.get(f"/tillfallen/{session.id}/lamna-platsen"))
    cancel = words_of(client.get(f"/tillfallen/{other.id}/avboka"))
    first = words_of(client.get("/"))
    cancel_moved = words_of(client.get(f"/tillfallen/{session.id}/avboka"))
    asked = client.post(f"/tillfallen/{session.id}/behall-platsen")
    answer = client.post(f"/tillfallen/{session.id}/behall-platsen", data=form_of(asked))

    assert asked.status_code == 409
    again = "gäller igen, till och med höstterminen 2027."
    left = re.search("Du lämnar din plats på Hjärtsvikt.*", words_of(asked))[0]
    assert f"utan att det räknas som sent. Förturen som gav den {again}" in left
    assert f"Det räknas inte som en sen avbokning. Förturen som gav platsen {again}" in leave
    assert mine.count("Lämnar du den gäller förturen igen, till och med höstterminen 2027.") == 2
    assert re.search("Välj mellan dina platser: .* Gör det på Mina kurser senast", first)
    assert "du har plats på något annat då: Hjärtsvikt" in mine
    assert "Väljer du inte i tid behåller du den andra, och den här går till nästa i kön." in mine
    assert "Kurstillfället har fått nya dagar, och du har redan plats på något annat då. Välj senast" in page
    assert "Du behåller: Hjärtsvikt" in leave
    assert "Du behåller då platsen på det som flyttades, om den inte krockar med ännu en plats." in cancel
    assert "så avbokningen räknas inte som sen. Du behåller den andra platsen." in cancel_moved
    for each in (cancel, cancel_moved):
        assert "Avbokningen går inte att ångra, eftersom du har plats på något annat samma dag." in each
    assert (answer.status_code, client.get(f"/tillfallen/{session.id}/lamna-platsen").status_code) == (302, 404)
    assert (states(db, session)[anna.id], states(db, other)[anna.id]) == (BookingState.BOOKED, BookingState.MOVED)
    assert "Lämnad för en annan plats" in words_of(client.get("/mina-kurser"))


def test_who_must_choose_may_leave_the_moved_seat_after_a_question(db, client, olle, sign_in):
    session, other = session_with(db), heart(db)
    anna = make.person(db)
    for where in (session, other):
        seat(db, where, anna)
    path = f"/samordning/tillfallen/{session.id}/andra"
    client.post(path, data=form_of(client.post(path, data=typed(**{"days-0-day": str(SECOND + timedelta(days=1))}))))
    sign_in(client, anna)

    answer = client.post(f"/tillfallen/{session.id}/lamna-platsen")

    assert answer.status_code == 302
    assert (states(db, session)[anna.id], states(db, other)[anna.id]) == (BookingState.MOVED, BookingState.BOOKED)


def test_a_coordinator_who_waits_for_the_session_reads_why_they_may_not_change_it(db, client, olle):
    session = session_with(db, of=make.course(db, code="KL29"))
    place(db, session, olle)
    page = f"/samordning/tillfallen/{session.id}"

    answers = [client.post(f"{page}/andra", data=typed(seats="20"))]
    deeds_ = ("stang-bokningen", "oppna-bokningen", "oppna", "arkivera")
    answers += [client.post(f"{page}/{deed}", data={"reason": "Fullt."}) for deed in deeds_]
    course = "/samordning/kurser/KL29/andra"
    answers.append(client.post(course, data=form_of(client.get(course)) | {"swap_rings": ""}))

    assert [each.status_code for each in answers] == [409] * len(answers)
    assert all("får därför inte besluta om det här" in words_of(each) for each in answers)


def test_booking_is_closed_with_a_reason_that_everybody_reads_and_opened_again(db, client, olle):
    session = session_with(db)
    page = f"/samordning/tillfallen/{session.id}"

    assert "Ingen står i kö nu." in words_of(client.get(f"{page}/stang-bokningen"))
    without = client.post(f"{page}/stang-bokningen", data={"reason": " "})
    closed = client.post(f"{page}/stang-bokningen", data={"reason": "Kursen flyttas till hösten."})
    twice = client.post(f"{page}/stang-bokningen", data={"reason": "En gång till."})
    shown = words_of(client.get(f"/tillfallen/{session.id}"))
    listed = [words_of(client.get(where)) for where in ("/samordning/tillfallen", page)]
    opened = client.post(f"{page}/oppna-bokningen")
    again = client.post(f"{page}/oppna-bokningen")

    assert [each.status_code for each in (without, closed, twice, opened, again)] == [400, 302, 409, 302, 409]
    assert "Bokningen är stängd Kursen flyttas till hösten." in shown
    assert [said in text for said, text in zip(("Bokning stängd", "bokningen är stängd"), listed, strict=True)] == [
        True,
        True,
    ]
    assert deeds(db) == [("session.booking_closed", olle.id), ("session.booking_reopened", olle.id)]


def test_a_change_that_concerns_the_booked_says_so_first_and_is_done_at_the_second_press(db, client, olle):
    session = session_with(db, seats_taken=3)
    path = f"/samordning/tillfallen/{session.id}/andra"

    asked = client.post(path, data=typed(cancel_by=str(session.cancel_by), go_no_go_on=str(session.go_no_go_on)))
    sooner = str(session.cancel_by - timedelta(days=1))
    less_time = client.post(path, data=form_of(client.get(path)) | {"cancel_by": sooner})
    unchanged = the_session(db).place
    form = form_of(asked)
    done = client.post(path, data=form)

    assert asked.status_code == 200
    assert "3 personer är bokade" in asked.text
    assert "För dem gäller fortfarande den senare dagen" in less_time.text
    assert "Alla som berörs får ett brev om ändringen, även kursledarna." in asked.text
    assert re.findall(r'<th scope="row">([^<]+)</th>', asked.text) == ["Tider", "Plats", "Delområde", "Antal platser"]
    assert '<td data-label="Nu">Göteborg, Konferens Aspen</td>' in asked.text
    assert '<td data-label="Efter ändringen">Skövde, Billingehus</td>' in asked.text
    assert unchanged == "Göteborg, Konferens Aspen"
    assert (done.status_code, the_session(db).place) == (302, "Skövde, Billingehus")
    assert deeds(db) == [("session.changed", olle.id)]


@pytest.fixture
def interested(db):
    """A session that two wait for and one has applied for."""
    session = session_with(db)
    session.prepare_by = SECOND - timedelta(days=8)
    for _ in range(2):
        place(db, session, make.person(db))
    sent(db, make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES), make.person(db), session)
    db.flush()
    return session


def test_other_days_are_asked_about_when_people_wait_or_have_applied(db, client, olle, interested):
    path = f"/samordning/tillfallen/{interested.id}/andra"
    later = SECOND + timedelta(days=1)

    form = client.get(path)
    hours = client.post(path, data=form_of(form) | {"days-0-starts": "10:00"})
    days = client.post(path, data=form_of(form) | {"days-1-day": str(later)})
    asked = client.post(path, data=typed(**{"days-0-day": str(later)}))
    done = client.post(path, data=form_of(asked))

    assert "2 personer står i kö och 1 person har sökt" in form.text
    assert ["blir tillfrågad innan den får en plats" in each.text for each in (hours, asked)] == [False, True]
    left_behind = re.findall("(Sista avbokningsdag|Dag för beslut|Förberedelser klara)[^:]*: ", words_of(days))
    assert left_behind == ["Sista avbokningsdag", "Dag för beslut", "Förberedelser klara"]
    assert "De här datumen ändras inte" not in hours.text
    assert asked.status_code == 200
    assert "2 personer står i kö och 1 person har sökt. Det här ändras:" in asked.text
    assert (done.status_code, days_of(db, interested)[1][0]) == (302, later)


def test_a_leap_in_seats_is_asked_about_while_somebody_waits(db, client, olle, interested):
    path, seats = f"/samordning/tillfallen/{interested.id}/andra", interested.seats

    asked = client.post(path, data=form_of(client.get(path)) | {"seats": str(10 * seats)})
    untouched = the_session(db).seats
    done = client.post(path, data=form_of(asked))

    assert "den som står i kö får eller erbjuds en plats direkt" in words_of(asked)
    assert "får ett brev om ändringen" not in words_of(asked)
    assert (asked.status_code, untouched, done.status_code, the_session(db).seats) == (200, seats, 302, 10 * seats)


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
