"""One place in line of one's own: what is offered, yes and no, and how a seat is wanted."""

import re
from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import BOOKED_AT, fill, place, seat, states

import make
from auth.states import Category
from bookings.models import Booking
from bookings.states import BookingState, Origin
from courses.states import Publicity
from lararportal import clock, pages


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


def test_the_first_page_says_what_must_be_answered_first_and_until_when(db, visit, anna, offered, queries, now):
    browser, counts = visit(anna), []
    first = db.query(Booking).filter_by(person_id=anna.id).one()
    later = make.session(db, of=make.course(db, title="Senare"), days=[date(2027, 6, 1)])
    place(db, later, anna, state=BookingState.ASKED, answer_by=first.answer_by + timedelta(hours=1), asked_at=now)

    def shown():
        db.flush()
        queries.reset()
        said = words_of(browser.get("/"))
        counts.append(queries.count)
        return said

    until = pages.moment(first.answer_by)
    assert f"Svara om du vill ha platsen: Dermatologi Gör det på Mina kurser senast {until}." in shown()
    first.answer_by = now - timedelta(minutes=1)
    assert "Svara om du vill ha platsen: Senare" in shown()
    db.query(Booking).filter_by(session_id=later.id).one().yes_at = now
    assert "Svara om du vill ha platsen" not in shown()
    assert len(set(counts)) == 1


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

    assert f"{anna.name} tillfrågad svar senast" in words_of(page)


def test_the_order_of_several_places_of_a_course_is_changed_with_plain_buttons(db, visit, anna):
    course = make.course(db, title="Etik", seats=1)
    first, second = (make.session(db, of=course, days=[date(2027, 5, day)]) for day in (3, 10))
    for each in (first, second):
        seat(db, each, make.person(db))
        place(db, each, anna)
    browser = visit(anna)

    before = words_of(browser.get("/mina-kurser"))
    answers = [browser.post(f"/tillfallen/{second.id}/{way}").location for way in ("ko-upp", "ko-ner", "ko-upp")]
    page = browser.get("/mina-kurser")

    assert re.findall(r"Önskan (\d av \d) på kursen", before) == ["1 av 2", "2 av 2"]
    assert answers == ["/mina-kurser"] * 3
    assert re.findall(r"Önskan (\d av \d) på kursen", words_of(page)) == ["2 av 2", "1 av 2"]
    assert "Ordningen mellan dina önskemål är ändrad." in words_of(page)
    assert 'aria-label="Flytta ner önskan om Etik, 10 maj 2027"' in page.text


def test_a_single_place_has_no_order(db, visit, anna, waited_for):
    page = visit(anna).get("/mina-kurser").text

    assert "Önskan" not in page
    assert "ko-upp" not in page


def test_how_far_the_line_moved_last_term_is_told_of_the_course(db, visit, anna, waited_for):
    browser = visit(anna)
    told = ["Förra terminen" in words_of(browser.get("/mina-kurser"))]
    for day, from_line in ((5, 0), (12, 2)):
        former = make.session(db, course_id=waited_for.course_id, days=[date(2026, 10, day)], seats=3)
        seat(db, former, make.person(db))
        for _ in range(from_line):
            seat(db, former, make.person(db), origin=Origin.LINE, at=BOOKED_AT + timedelta(days=1))
        former.publicity = Publicity.ARCHIVED
        db.flush()
        told.append(
            "Förra terminen fick 0 i kön plats på kursens tillfälle." in words_of(browser.get("/mina-kurser"))
        )
    seat(
        db,
        make.session(db, course_id=waited_for.course_id, days=[date(2026, 6, 1)]),
        make.person(db),
        origin=Origin.LINE,
    )

    assert told == [False, True, False]
    assert "Förra terminen fick mellan 0 och 2 i kön plats på kursens 2 tillfällen." in words_of(
        browser.get("/mina-kurser")
    )


def test_it_asks_the_database_as_often_for_one_offer_as_for_thirty(db, visit, now, queries):
    counts = []
    for count in (1, 30):
        person = make.person(db)
        for number in range(count):
            session = make.session(db, days=[date(2027, 5, 1) + timedelta(days=number)], seats=1)
            place(db, session, person, standing_yes=False)
            assert fill(db, session, now=now) == 1
        browser = visit(person)
        queries.reset()
        page = browser.get("/mina-kurser")
        counts.append(queries.count)
        assert page.text.count("tacka-ja") == count

    assert counts[0] == counts[1]


def test_a_yes_that_means_something_else_by_now_is_asked_once_more(db, visit, anna, offered):
    later = make.session(db, course_id=offered.course_id, days=[date(2027, 5, 31)])
    seat(db, later, anna, rank=2)
    browser, path = visit(anna), f"/tillfallen/{offered.id}/tacka-ja"

    page = browser.post(path)
    [saw] = re.findall(r'name="saw" value="(.+)"', page.text)

    assert (page.status_code, states(db, offered)) == (409, {anna.id: BookingState.OFFERED})
    assert "ett ja betyder något annat nu" in words_of(page)
    assert "Du lämnar din plats på Dermatologi, 31 maj 2027." in words_of(page)
    assert browser.post(path, data={"saw": saw}).status_code == 302
    assert states(db, offered) == {anna.id: BookingState.BOOKED}


@pytest.mark.parametrize(
    ("others", "words", "state", "said"),
    [
        pytest.param(0, "Du kan boka den direkt.", BookingState.BOOKED, "Du har fått platsen.", id="nobody before"),
        pytest.param(1, "Bokar du räknas det som ett ja", BookingState.ASKED, "Du har tackat ja.", id="others asked"),
    ],
)
def test_in_the_last_days_whoever_waits_books_a_free_seat_themselves(
    db, visit, anna, now, others, words, state, said
):
    session = make.session(db, days=[now.date() + timedelta(days=4)], seats=1)
    for _ in range(others):
        place(db, session, make.person(db), short_notice=True)
    place(db, session, anna)
    fill(db, session, now=now)
    browser = visit(anna)

    lines = words_of(browser.get("/mina-kurser"))
    page = words_of(browser.get(f"/tillfallen/{session.id}"))
    browser.post(f"/tillfallen/{session.id}/boka")

    assert "Finns det en ledig plats kan du boka den själv" in lines
    assert "det finns en ledig plats. " in page
    assert words in page
    assert states(db, session)[anna.id] is state
    assert said in words_of(browser.get("/mina-kurser"))


def test_in_the_last_days_it_is_said_why_a_free_seat_cannot_be_taken(db, visit, anna, now):
    session = make.session(db, days=[now.date() + timedelta(days=4)], seats=1)
    elsewhere = make.session(db, of=make.course(db, title="Etik"), days=[session.starts_on])
    for each in (session, elsewhere):
        place(db, each, anna)

    page = visit(anna).get(f"/tillfallen/{session.id}")

    assert "det finns en ledig plats. Du står i kö till Etik" in words_of(page)
    assert f"/tillfallen/{session.id}/boka" not in page.text
