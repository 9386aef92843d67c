"""One seat of one's own: booked, waited for, given back, changed for another, put into the calendar."""

import re
from datetime import date

import pytest
from bookings_pages import words_of
from bookings_room import place
from courses_desk import form_of
from sqlalchemy import select

import make
from auth.states import Category
from bookings import left_over_seats, waitlist
from bookings.models import Booking
from bookings.states import BookingState
from lararportal import clock
from lararportal.outbox import Letter

LATE = clock.parse("2027-03-08T08:00")
"""After the last day to cancel a session of 15 March, and long after any seat was taken."""


def take(db, session, person, *, now) -> Booking:
    return left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


def states(db, person) -> dict[int, BookingState]:
    rows = db.execute(select(Booking.session_id, Booking.state).where(Booking.person_id == person.id))
    return dict(rows.all())


def letters(db, person) -> list[str]:
    return list(db.scalars(select(Letter.occasion).where(Letter.person_id == person.id).order_by(Letter.id)))


@pytest.fixture
def anna(db):
    return make.person(db)


@pytest.fixture
def course(db):
    return make.course(db, title="Dermatologi", seats=1)


@pytest.fixture
def session(db, course):
    return make.session(db, of=course)


class TestBooking:
    def test_a_free_seat_is_taken(self, db, visit, anna, session):
        browser = visit(anna)

        answer = browser.post(f"/tillfallen/{session.id}/boka")

        assert (answer.status_code, answer.location) == (302, f"/tillfallen/{session.id}")
        assert states(db, anna) == {session.id: BookingState.BOOKED}
        assert letters(db, anna) == ["seat_booked"]
        page = words_of(browser.get(answer.location))
        assert ("Du har fått platsen." in page, "Du har en plats" in page) == (True, True)

    def test_a_full_session_gives_a_place_in_line(self, db, visit, anna, session, now):
        take(db, session, make.person(db), now=now)
        browser = visit(anna)

        page = words_of(browser.post(f"/tillfallen/{session.id}/boka", follow_redirects=True))

        assert states(db, anna) == {session.id: BookingState.WAITING}
        assert ("Du står i kö, och ett brev" in page, "Just nu har du plats 1." in page) == (True, True)

    def test_a_no_is_answered_with_its_sentence(self, db, visit, session):
        specialist = make.person(db, category=Category.SPECIALIST)

        answer = visit(specialist).post(f"/tillfallen/{session.id}/boka")

        assert answer.status_code == 409
        assert "Kursen vänder sig till en annan målgrupp än din." in words_of(answer)
        assert states(db, specialist) == {}

    def test_twice_is_refused(self, db, visit, anna, session):
        browser = visit(anna)
        browser.post(f"/tillfallen/{session.id}/boka")

        answer = browser.post(f"/tillfallen/{session.id}/boka")

        assert answer.status_code == 409
        assert "Du har redan en plats på det kurstillfället." in words_of(answer)

    def test_a_session_that_is_not_there(self, visit, anna):
        assert visit(anna).post("/tillfallen/999999/boka").status_code == 404


class TestTheLine:
    def test_one_may_join_it(self, db, visit, anna, session, now):
        take(db, session, make.person(db), now=now)

        answer = visit(anna).post(f"/tillfallen/{session.id}/ko")

        assert (answer.status_code, answer.location) == (302, f"/tillfallen/{session.id}")
        assert states(db, anna) == {session.id: BookingState.WAITING}
        assert letters(db, anna) == ["place_in_line"]

    def test_but_not_twice(self, db, visit, anna, session, now):
        take(db, session, make.person(db), now=now)
        waitlist.join(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)

        answer = visit(anna).post(f"/tillfallen/{session.id}/ko")

        assert answer.status_code == 409
        assert "Du står redan i kö till det kurstillfället." in words_of(answer)

    def test_one_may_leave_it_after_a_page_that_asks(self, db, visit, anna, session, now):
        take(db, session, make.person(db), now=now)
        waitlist.join(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)
        browser = visit(anna)

        asked = words_of(browser.get(f"/tillfallen/{session.id}/lamna-ko"))
        assert "Vill du lämna kön? Dermatologi, 15 och 16 mars 2027" in asked
        assert "Du står på plats 1 i kön just nu och mister den." in asked
        assert states(db, anna) == {session.id: BookingState.WAITING}
        answer = browser.post(f"/tillfallen/{session.id}/lamna-ko")

        assert (answer.status_code, answer.location) == (302, "/mina-kurser")
        assert states(db, anna) == {session.id: BookingState.LEFT}
        assert "Du har lämnat kön." in words_of(browser.get("/mina-kurser"))

    def test_a_line_that_one_is_not_in(self, db, visit, anna, session, now):
        take(db, session, make.person(db), now=now)
        waitlist.join(db, session_id=session.id, person_id=make.person(db).id, now=now, by=None)
        browser = visit(anna)

        assert browser.get(f"/tillfallen/{session.id}/lamna-ko").status_code == 404
        assert browser.post(f"/tillfallen/{session.id}/lamna-ko").status_code == 409


class TestCancelling:
    def test_in_good_time_no_reason_is_needed(self, db, visit, anna, session, now):
        take(db, session, anna, now=now)
        browser = visit(anna)

        asked = words_of(browser.get(f"/tillfallen/{session.id}/avboka"))
        assert "Sista dag att avboka är måndag 22 februari 2027, så avbokningen är i tid." in asked
        assert "Du behöver inte ange något skäl." in asked
        assert states(db, anna) == {session.id: BookingState.BOOKED}
        answer = browser.post(f"/tillfallen/{session.id}/avboka")

        assert (answer.status_code, answer.location) == (302, "/mina-kurser")
        booking = db.scalars(select(Booking).where(Booking.person_id == anna.id)).one()
        assert (booking.state, booking.ended_late, booking.end_reason) == (BookingState.CANCELLED, False, "")
        assert letters(db, anna) == ["seat_booked", "seat_cancelled"]
        assert "Platsen på Dermatologi är avbokad." in words_of(browser.get("/mina-kurser"))

    def test_late_the_reason_is_asked_for_and_kept(self, db, visit, anna, session, now):
        take(db, session, anna, now=now)
        browser = visit(anna, at=LATE)

        assert "Avbokningen är sen" in words_of(browser.get(f"/tillfallen/{session.id}/avboka"))
        browser.post(f"/tillfallen/{session.id}/avboka", data={"reason": "care", "text": " dottern "})

        booking = db.scalars(select(Booking).where(Booking.person_id == anna.id)).one()
        assert (booking.ended_late, booking.cancel_ground, booking.end_reason) == (True, "care", "dottern")

    @pytest.mark.parametrize(
        ("sent", "message"),
        [
            ({}, "Varför avbokas platsen: Det här behöver fyllas i."),
            ({"reason": "other", "text": " "}, "Berätta kort: Berätta kort vad skälet är."),
            ({"reason": "boredom", "text": "x"}, "Varför avbokas platsen: Välj ett av alternativen."),
            ({"reason": "illness", "text": "x" * 401}, "Berätta kort: Skriv högst 400 tecken."),
        ],
    )
    def test_late_without_a_reason_the_seat_stays_and_what_was_typed_too(
        self, db, visit, anna, session, now, sent, message
    ):
        take(db, session, anna, now=now)

        answer = visit(anna, at=LATE).post(f"/tillfallen/{session.id}/avboka", data=sent)

        assert answer.status_code == 400
        assert message in words_of(answer)
        assert ("checked" in answer.text) == (sent.get("reason") in {"other", "illness"})
        assert sent.get("text", "").strip() in answer.text
        assert states(db, anna) == {session.id: BookingState.BOOKED}

    def test_the_seat_of_somebody_else_is_not_there(self, db, visit, anna, session, now):
        take(db, session, make.person(db), now=now)
        browser = visit(anna)

        assert browser.get(f"/tillfallen/{session.id}/avboka").status_code == 404
        assert browser.post(f"/tillfallen/{session.id}/avboka").status_code == 404

    def test_once_the_session_has_begun_it_is_refused(self, db, visit, anna, session, now):
        take(db, session, anna, now=now)
        browser = visit(anna, at=clock.parse("2027-03-15T06:00"))

        answer = browser.post(f"/tillfallen/{session.id}/avboka", data={"reason": "illness"})

        assert answer.status_code == 409
        assert "Kurstillfället har börjat" in words_of(answer)
        assert states(db, anna) == {session.id: BookingState.BOOKED}


class TestRebooking:
    @pytest.fixture
    def sister(self, db, course):
        return make.session(db, of=course, days=[date(2027, 4, 12), date(2027, 4, 13)], place="Skövde")

    def test_a_free_sister_is_moved_to_at_once(self, db, visit, anna, session, sister, now):
        take(db, session, anna, now=now)
        browser = visit(anna)

        page = browser.get(f"/tillfallen/{session.id}/boka-om")
        assert "Platsen nu: 15 och 16 mars 2027" in words_of(page)
        assert "12 och 13 april 2027 Skövde 1 ledig av 1 Flytta hit" in words_of(page)
        answer = browser.post(f"/tillfallen/{session.id}/boka-om", data={"to_session": sister.id})

        assert (answer.status_code, answer.location) == (302, "/mina-kurser")
        assert states(db, anna) == {session.id: BookingState.MOVED, sister.id: BookingState.BOOKED}
        assert "seat_moved" in letters(db, anna)
        assert "Platsen på Dermatologi är ombokad." in words_of(browser.get("/mina-kurser"))

    def test_who_pressed_on_a_page_from_before_a_move_is_asked_anew(self, db, visit, anna, session, sister, now):
        browser, book, rebook = visit(anna), f"/tillfallen/{session.id}/boka", f"/tillfallen/{session.id}/boka-om"
        session.moved_at = sister.moved_at = now
        db.flush()

        anew = browser.post(book)
        assert (anew.status_code, states(db, anna)) == (409, {})
        assert "Vill du fortfarande boka? Dermatologi, 15 och 16 mars 2027" in words_of(anew)
        assert browser.post(book, data=form_of(anew)).status_code == 302

        anew = browser.post(f"/tillfallen/{sister.id}/ko")
        assert (anew.status_code, states(db, anna)) == (409, {session.id: BookingState.BOOKED})
        assert browser.post(f"/tillfallen/{sister.id}/ko", data=form_of(anew)).status_code == 302
        browser.post(f"/tillfallen/{sister.id}/lamna-ko")

        anew = browser.post(rebook, data={"to_session": sister.id})
        assert (anew.status_code, states(db, anna)[session.id]) == (409, BookingState.BOOKED)
        assert "har ändrats sedan du öppnade sidan" in words_of(anew)
        [saw] = re.findall(r'name="saw" value="([^"]+)"', anew.text)
        assert browser.post(rebook, data={"to_session": sister.id, "saw": saw}).status_code == 302

    def test_late_it_says_what_that_means_before_and_afterwards(self, db, visit, anna, session, sister, now):
        take(db, session, anna, now=now)
        browser = visit(anna, at=LATE)

        asked = words_of(browser.get(f"/tillfallen/{session.id}/boka-om"))
        browser.post(f"/tillfallen/{session.id}/boka-om", data={"to_session": sister.id})

        assert "men avbokas den nya platsen sedan noteras det som sent." in asked
        mine = words_of(browser.get("/mina-kurser"))
        assert "Platsen bokades om efter sista avbokningsdag, så en avbokning noteras som sen." in mine
        assert "Sista dag att avboka" not in mine
        cancelling = words_of(browser.get(f"/tillfallen/{sister.id}/avboka"))
        assert "Platsen bokades om efter sista avbokningsdag. Avbokningen noteras därför som sen" in cancelling

    def test_a_full_sister_is_waited_for_while_the_seat_is_kept(self, db, visit, anna, session, sister, now):
        take(db, session, anna, now=now)
        take(db, sister, make.person(db), now=now)
        browser = visit(anna)

        page = browser.get(f"/tillfallen/{session.id}/boka-om")
        assert f'action="/tillfallen/{sister.id}/ko"' in page.text
        assert "Flytta hit" not in words_of(page)
        browser.post(f"/tillfallen/{sister.id}/ko")

        assert states(db, anna) == {session.id: BookingState.BOOKED, sister.id: BookingState.WAITING}

    def test_a_wish_for_a_full_sister_has_its_place_and_can_be_taken_back(
        self, db, visit, anna, session, sister, now
    ):
        take(db, session, anna, now=now)
        take(db, sister, make.person(db), now=now)
        browser = visit(anna)
        browser.post(f"/tillfallen/{sister.id}/ko")

        pages = [words_of(browser.get(path)) for path in ("/mina-kurser", f"/tillfallen/{sister.id}")]
        again = browser.get(f"/tillfallen/{session.id}/boka-om")
        browser.post(f"/tillfallen/{sister.id}/lamna-ko")

        kept = "Du behåller platsen 15 och 16 mars 2027 tills du får den här."
        changed = "Går det att byta med andra deltagare sker det direkt, även om tillfällena är fulla, så länge"
        assert [f"{kept} {changed}" in page for page in pages] == [True, True]
        assert "Plats 1 just nu, av 1 i kön." in pages[0]
        assert "ingen plats blir ledig, och ingen utan plats på kursen hade kunnat vara med." in words_of(again)
        assert f'href="/tillfallen/{sister.id}/lamna-ko"' in again.text
        assert f'action="/tillfallen/{sister.id}/ko"' not in again.text
        assert states(db, anna) == {session.id: BookingState.BOOKED, sister.id: BookingState.LEFT}

    def test_whoever_is_to_be_asked_first_reads_that_others_change_without_them(
        self, db, visit, anna, session, sister, now
    ):
        take(db, session, anna, now=now)
        take(db, sister, make.person(db), now=now)
        place(db, sister, anna, standing_yes=False)

        answers = [visit(anna).get(path) for path in ("/mina-kurser", f"/tillfallen/{sister.id}")]

        said = "och är därför inte med när deltagare byter platser direkt. Vill du vara med ändrar du ditt val."
        assert [said in words_of(each) for each in answers] == [True, True]
        assert [f'href="/tillfallen/{sister.id}/ko-val">ändrar' in each.text for each in answers] == [True, True]

    def test_nothing_is_said_of_changing_where_it_is_switched_off(
        self, db, visit, anna, course, session, sister, now
    ):
        course.swap_rings = False
        take(db, session, anna, now=now)
        take(db, sister, make.person(db), now=now)
        browser = visit(anna)
        browser.post(f"/tillfallen/{sister.id}/ko")

        for path in ("/mina-kurser", f"/tillfallen/{sister.id}", f"/tillfallen/{session.id}/boka-om"):
            page = words_of(browser.get(path))
            assert "behåll" in page
            assert "byta med andra" not in page
            assert "byter alla" not in page

    def test_a_sister_that_filled_up_meanwhile_is_refused_and_its_line_offered(
        self, db, visit, anna, session, sister, now
    ):
        take(db, session, anna, now=now)
        take(db, sister, make.person(db), now=now)

        answer = visit(anna).post(f"/tillfallen/{session.id}/boka-om", data={"to_session": sister.id})

        assert answer.status_code == 409
        assert "Kurstillfället är fullt. Ställ dig i kö dit" in words_of(answer)
        assert f'action="/tillfallen/{sister.id}/ko"' in answer.text
        assert states(db, anna) == {session.id: BookingState.BOOKED}

    def test_another_course_is_no_choice(self, db, visit, anna, session, sister, now):
        take(db, session, anna, now=now)
        other = make.session(db, days=[date(2027, 5, 3)])

        answer = visit(anna).post(f"/tillfallen/{session.id}/boka-om", data={"to_session": other.id})

        assert answer.status_code == 400
        assert states(db, anna) == {session.id: BookingState.BOOKED}

    def test_without_a_sister_it_says_so(self, db, visit, anna, session, now):
        take(db, session, anna, now=now)

        assert "Det finns inget annat tillfälle att boka om till" in words_of(
            visit(anna).get(f"/tillfallen/{session.id}/boka-om")
        )

    def test_a_sister_whose_seats_a_round_has_still_to_give_is_not_offered(
        self, db, visit, anna, session, sister, now
    ):
        take(db, session, anna, now=now)
        make.round_of(db, sister)

        assert "Skövde" not in words_of(visit(anna).get(f"/tillfallen/{session.id}/boka-om"))

    def test_the_seat_of_somebody_else_is_not_there(self, db, visit, anna, session, sister, now):
        take(db, session, make.person(db), now=now)

        answer = visit(anna).post(f"/tillfallen/{session.id}/boka-om", data={"to_session": sister.id})

        assert answer.status_code == 404


class TestTheCalendar:
    def test_it_has_the_days_of_the_seat(self, db, visit, anna, session, now):
        booking = take(db, session, anna, now=now)

        answer = visit(anna).get(f"/tillfallen/{session.id}/kalender.ics")

        assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="kurs-{session.id}.ics"'
        assert re.findall(r"^UID:(.*?)\r$", answer.text, re.MULTILINE) == [
            f"seat-{booking.id}-20270315@lararportal",
            f"seat-{booking.id}-20270316@lararportal",
        ]
        assert "SUMMARY:Dermatologi" in answer.text

    def test_it_is_for_the_holder_only(self, db, visit, anna, session, now):
        take(db, session, make.person(db), now=now)

        assert visit(anna).get(f"/tillfallen/{session.id}/kalender.ics").status_code == 404


class TestThePage:
    def test_it_asks_the_database_three_times_however_much_the_doctor_has(self, db, visit, anna, now, queries):
        free = make.session(db, days=[date(2027, 4, day) for day in (1, 2, 3)])
        counts = []
        for month in (5, 6):
            browser = visit(anna)
            queries.reset()
            answer = browser.get(f"/tillfallen/{free.id}")
            counts.append((answer.status_code, queries.count))
            take(db, make.session(db, days=[date(2027, month, day) for day in (1, 2)]), anna, now=now)

        assert counts == [(200, 3), (200, 3)]
