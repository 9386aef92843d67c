"""One place in line of one's own: what is offered, yes and no, and how a seat is wanted."""

import pytest
from bookings_pages import words_of
from bookings_room import fill, place, seat, states

import make
from auth.states import Category
from bookings.models import Booking
from bookings.states import BookingState
from lararportal import clock


@pytest.fixture
def anna(db):
    return make.person(db)


@pytest.fixture
def waited_for(db, anna, now):
    """A session with one seat that is free, and Anna in its line, who wants to be asked."""
    session = make.session(db, of=make.course(db, title="Dermatologi", seats=1))
    place(db, session, anna, standing_yes=False)
    return session


@pytest.fixture
def offered(db, waited_for, now):
    """And it is offered to her."""
    assert fill(db, waited_for, now=now) == 1
    db.flush()
    return waited_for


def test_an_offer_is_shown_with_its_last_moment(db, visit, anna, offered):
    booking = db.query(Booking).filter_by(person_id=anna.id).one()

    page = visit(anna).get("/mina-kurser")

    assert "Erbjudanden Dermatologi" in words_of(page)
    at = booking.answer_by.astimezone(clock.STOCKHOLM)
    assert f"{at:%H.%M}" in words_of(page)
    assert "Platsen hålls åt dig." in words_of(page)
    assert "Svara på Mina kurser" in words_of(visit(anna).get(f"/tillfallen/{offered.id}"))


def test_yes_is_one_press(db, visit, anna, offered):
    browser = visit(anna)

    answer = browser.post(f"/tillfallen/{offered.id}/tacka-ja")

    assert (answer.status_code, answer.location) == (302, "/mina-kurser")
    assert states(db, offered) == {anna.id: BookingState.BOOKED}
    assert "Platsen är din." in words_of(browser.get("/mina-kurser"))


def test_no_is_asked_once_more(db, visit, anna, offered):
    browser = visit(anna)

    page = browser.get(f"/tillfallen/{offered.id}/tacka-nej")
    answer = browser.post(f"/tillfallen/{offered.id}/tacka-nej")

    assert "Platsen går till nästa i kön" in words_of(page)
    assert answer.status_code == 302
    assert states(db, offered) == {anna.id: BookingState.DECLINED}
    assert "Tackade nej" in words_of(browser.get("/mina-kurser"))


def test_an_answer_to_nothing_is_refused_with_its_sentence(visit, anna, waited_for):
    answer = visit(anna).post(f"/tillfallen/{waited_for.id}/tacka-ja")

    assert answer.status_code == 409
    assert "Det finns inget erbjudande att svara på." in words_of(answer)


def test_how_a_seat_is_wanted_is_chosen_and_shown(db, visit, anna, waited_for):
    browser = visit(anna)

    page = browser.get(f"/tillfallen/{waited_for.id}/ko-val")
    answer = browser.post(f"/tillfallen/{waited_for.id}/ko-val", data={"standing_yes": "y", "short_notice": "y"})

    assert "Hur vill du få platsen?" in words_of(page)
    assert answer.location == "/mina-kurser"
    booking = db.query(Booking).filter_by(person_id=anna.id).one()
    assert (booking.standing_yes, booking.short_notice) == (True, True)
    assert "Ditt val är sparat." in words_of(browser.get("/mina-kurser"))


def test_a_line_of_several_groups_shows_both_places(db, visit, anna, now):
    session = make.session(db, of=make.course(db, seats=1, targets={"ST": 0, "SPEC": 0}))
    seat(db, session, make.person(db))
    place(db, session, make.person(db, category=Category.SPECIALIST))
    place(db, session, anna)

    page = visit(anna).get("/mina-kurser")

    assert "Plats 2 just nu (1 i din grupp), av 2 i kön" in words_of(page)


def test_the_office_sees_who_has_an_offer(db, visit, anna, offered):
    page = visit(make.coordinator(db)).get(f"/samordning/tillfallen/{offered.id}")

    assert f"{anna.name} tillfrågad, svar senast" in words_of(page)
