"""Giving a seat back when it costs, or is late meanwhile, and taking it back: the doctor's pages and the desk's."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import place
from sqlalchemy import select

import make
from bookings import cancellation, left_over_seats, waitlist
from bookings.models import Booking, Precedence
from bookings.states import BookingState, CancelGround
from lararportal import clock
from lararportal.outbox import Letter

TWO_WEEKS = clock.parse("2027-03-01T08:00")
"""Before a session of 15 March, a week after the last day to cancel."""


@pytest.fixture
def anna(db):
    return make.person(db, given_name="Anna", family_name="Ek")


@pytest.fixture
def session(db, anna, now):
    session = make.session(db, of=make.course(db, title="Dermatologi", seats=1))
    left_over_seats.book(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)
    return session


def cancel(db, session, person, *, now, **facts) -> Booking:
    return cancellation.cancel(
        db, session_id=session.id, person_id=person.id, now=now, by=person.id, **{"reason": "", **facts}
    )


def the_booking(db, person) -> Booking:
    booking = db.scalars(select(Booking).where(Booking.person_id == person.id)).one()
    db.refresh(booking)
    return booking


def letters(db, person) -> list[str]:
    return list(db.scalars(select(Letter.occasion).where(Letter.person_id == person.id).order_by(Letter.id)))


class TestWhatItCosts:
    @pytest.fixture
    def settings(self, usual_settings):
        return replace(usual_settings, late_fee=((30, 50), (14, 100)))

    @pytest.mark.parametrize(
        ("at", "sentence"),
        [
            ("2027-02-22T23:59", "så avbokningen är i tid och kostar ingenting."),
            ("2027-02-23T00:00", "Avbokningen kostar 50 procent av kursavgiften."),
            ("2027-02-28T23:59", "Avbokningen kostar 50 procent av kursavgiften."),
            ("2027-03-01T00:00", "Avbokningen kostar 100 procent av kursavgiften."),
        ],
    )
    def test_the_page_says_it_beforehand(self, visit, anna, session, at, sentence):
        text = words_of(visit(anna, at=clock.parse(at)).get(f"/tillfallen/{session.id}/avboka"))

        assert sentence in text
        assert ("Vid sjukdom eller vård av barn kostar den ingenting." in text) is ("procent" in text)

    @pytest.mark.parametrize(
        ("sent", "percent", "told"),
        [
            (
                {"reason": "other", "text": "Jour"},
                100,
                "Skäl: Jour. Det kostar 100 procent av kursavgiften.",
            ),
            ({"reason": "illness"}, 0, "Skäl: sjukdom. Det kostar ingenting."),
        ],
    )
    def test_it_is_kept_with_the_ground_and_told_afterwards(self, db, visit, anna, session, sent, percent, told):
        browser = visit(anna, at=TWO_WEEKS)

        browser.post(f"/tillfallen/{session.id}/avboka", data=sent)

        booking = the_booking(db, anna)
        assert (booking.cancel_ground, booking.fee_percent) == (sent["reason"], percent)
        assert f"Avbokad 1 mars 2027 kl. 08.00, antecknad som sen. {told}" in words_of(browser.get("/mina-kurser"))

    def test_the_desk_sees_the_same(self, db, visit, anna, session):
        browser = visit(make.coordinator(db), at=TWO_WEEKS)
        path = f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/avboka"

        assert "Avbokningen kostar 100 procent av kursavgiften." in words_of(browser.get(path))
        browser.post(path, data={"reason": "other", "text": "Tjänstgör"})
        assert the_booking(db, anna).fee_percent == 100

    def test_only_the_desk_can_say_that_the_reason_is_its_own(self, db, visit, anna, session):
        own, office = visit(anna, at=TWO_WEEKS), visit(make.coordinator(db), at=TWO_WEEKS)
        paths = f"/tillfallen/{session.id}/avboka", f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/avboka"
        sent = {"reason": "ours", "text": "Vi bokade fel."}

        pages = [words_of(own.get(paths[0])), words_of(office.get(paths[1]))]
        answers = [own.post(paths[0], data=sent), office.post(paths[1], data=sent)]

        assert ["vårt skäl, inte deltagarens" in page for page in pages] == [False, True]
        assert [answer.status_code for answer in answers] == [400, 302]
        assert (the_booking(db, anna).ended_late, the_booking(db, anna).fee_percent) == (False, 0)


def test_the_reason_of_the_office_is_told_also_in_time(db, visit, anna, session, now):
    office = visit(make.coordinator(db))
    path = f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/avboka"
    about = {"person_id": anna.id, "course_id": session.course_id, "granted_at": now}
    db.add(Precedence(kind="called_off", term="2027-1", reason="", used_by=the_booking(db, anna).id, **about))
    db.flush()
    pages = [words_of(visit(anna).get(f"/tillfallen/{session.id}/avboka")), words_of(office.get(path))]
    assert ["förturen som gav platsen gäller igen" in page for page in pages] == [False, True]
    lacking = office.post(path, data={"is_ours": "y"})
    assert (lacking.status_code, the_booking(db, anna).state) == (400, BookingState.BOOKED)
    office.post(path, data={"is_ours": "y", "text": "Vi bokade fel"})
    assert the_booking(db, anna).cancel_ground is CancelGround.OURS
    said = "Avbokad 11 januari 2027 kl. 08.00, av skäl som är våra och inte dina. Skäl: Vi bokade fel."
    assert said in words_of(visit(anna).get("/mina-kurser"))


def test_who_may_not_decide_over_the_seat_is_told_so_beside_what_they_wrote(db, visit, anna, session):
    office = make.coordinator(db)
    place(db, session, office)
    path = f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/avboka"
    answer = visit(office).post(path, data={"text": "Anna ringde i morse"})
    assert (answer.status_code, the_booking(db, anna).state) == (409, BookingState.BOOKED)
    assert ["Du har själv en plats på kursen" in words_of(answer), "Anna ringde" in words_of(answer)] == [True, True]


def test_a_seat_that_is_booked_after_the_last_day_to_cancel_is_new_for_five_days(db, visit, anna):
    browser, late = visit(anna, at=TWO_WEEKS), make.session(db)
    path = f"/tillfallen/{late.id}"
    assert "Sista avbokningsdag har varit. Du kan ändå lämna tillbaka platsen inom fem dygn" in words_of(
        browser.get(path)
    )
    browser.post(f"{path}/boka")
    until = "6 mars 2027 kl. 08.00"
    assert f"Platsen är ny. Till {until} räknas en avbokning inte som sen." in words_of(browser.get(f"{path}/avboka"))
    mine = words_of(browser.get("/mina-kurser"))
    assert f"Till {until} kan du avboka utan att det räknas som sent." in mine
    assert "Klart: Sista dag att avboka 1 mars 2027 kl. 08.00 Klart: Bokad direkt" in mine
    assert "Du fick platsen efter sista avbokningsdag, så ordna dem så snart du kan." in mine


def test_where_nothing_is_charged_nothing_is_said_of_it(db, visit, anna, session):
    browser = visit(anna, at=TWO_WEEKS)

    asked = words_of(browser.get(f"/tillfallen/{session.id}/avboka"))
    browser.post(f"/tillfallen/{session.id}/avboka", data={"reason": "other", "text": "Jour"})

    told = words_of(browser.get("/mina-kurser"))
    assert "antecknad som sen. Skäl: Jour." in told
    assert [text for text in (asked, told) if "kostar" in text] == []
    assert the_booking(db, anna).fee_percent is None


def test_a_page_that_was_opened_before_midnight_asks_for_the_ground_after_it(db, visit, anna, session):
    before, after = clock.parse("2027-02-22T23:59"), clock.parse("2027-02-23T00:01")
    assert "avbokningen är i tid." in words_of(visit(anna, at=before).get(f"/tillfallen/{session.id}/avboka"))

    answer = visit(anna, at=after).post(f"/tillfallen/{session.id}/avboka", data={"text": "Har jour"})

    assert answer.status_code == 400
    assert "Avbokningen är sen" in words_of(answer)
    assert "Varför avbokas platsen: Det här behöver fyllas i." in words_of(answer)
    assert "Har jour</textarea>" in answer.text
    assert the_booking(db, anna).state is BookingState.BOOKED


class TestUndoing:
    def test_the_page_after_cancelling_has_the_way_back(self, db, visit, anna, session, now):
        browser = visit(anna)
        browser.post(f"/tillfallen/{session.id}/avboka")

        page = browser.get("/mina-kurser")
        assert "Du kan få tillbaka den till 11 januari 2027 kl. 08.10." in words_of(page)
        [path] = re.findall(r'action="([^"]+/angra-avbokning)"', page.text)
        answer = browser.post(path)

        assert (answer.status_code, answer.location) == (302, "/mina-kurser")
        assert (the_booking(db, anna).state, the_booking(db, anna).booked_at) == (BookingState.BOOKED, now)
        assert letters(db, anna) == ["seat_booked", "seat_cancelled", "cancellation_undone"]
        after = words_of(browser.get("/mina-kurser"))
        assert "Avbokningen är ångrad, och platsen är kvar." in after
        assert "Nyss avbokat" not in after

    @pytest.mark.parametrize(("minutes", "there"), [(10, True), (11, False)])
    def test_for_ten_minutes(self, db, visit, anna, session, now, minutes, there):
        cancel(db, session, anna, now=now)
        browser = visit(anna, at=now + timedelta(minutes=minutes))

        assert ("Ångra avbokningen" in words_of(browser.get("/mina-kurser"))) is there
        answer = browser.post(f"/tillfallen/{session.id}/angra-avbokning")

        assert answer.status_code == (302 if there else 409)
        assert ("En avbokning går att ångra i tio minuter" in answer.text) is not there

    def test_not_once_somebody_else_has_the_seat(self, db, visit, anna, session, now):
        waitlist.join(db, session_id=session.id, person_id=make.person(db).id, now=now, by=None)
        cancel(db, session, anna, now=now)
        browser = visit(anna)
        assert "Ångra avbokningen" in words_of(browser.get("/mina-kurser"))
        waitlist.fill(db, session_id=session.id, now=now)
        db.flush()

        assert "Ångra avbokningen" not in words_of(browser.get("/mina-kurser"))
        answer = browser.post(f"/tillfallen/{session.id}/angra-avbokning")
        assert answer.status_code == 409
        assert "Platsen är inte ledig längre" in words_of(answer)

    def test_pressed_twice_it_is_undone_once(self, db, visit, anna, session, now):
        cancel(db, session, anna, now=now)
        browser = visit(anna)

        answers = [browser.post(f"/tillfallen/{session.id}/angra-avbokning") for _ in range(2)]

        assert [each.status_code for each in answers] == [302, 409]
        assert "Den kan redan vara ångrad: se Mina kurser." in words_of(answers[1])
        assert letters(db, anna).count("cancellation_undone") == 1

    def test_the_seat_of_somebody_else_is_not_theirs_to_have_back(self, db, visit, anna, session, now):
        cancel(db, session, anna, now=now)

        assert visit(make.person(db)).post(f"/tillfallen/{session.id}/angra-avbokning").status_code == 409
        assert the_booking(db, anna).state is BookingState.CANCELLED

    def test_a_coordinator_takes_back_what_they_cancelled_for_somebody(self, db, visit, anna, session):
        browser = visit(make.coordinator(db))
        browser.post(f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/avboka")

        roster = browser.get(f"/samordning/tillfallen/{session.id}")
        assert "Nyss avbokade" in words_of(roster)
        assert 'aria-label="Ångra avbokningen för Anna Ek"' in roster.text
        answer = browser.post(f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/angra-avbokning")

        assert (answer.status_code, answer.location) == (302, f"/samordning/tillfallen/{session.id}")
        assert the_booking(db, anna).state is BookingState.BOOKED
        assert "Nyss avbokade" not in words_of(browser.get(f"/samordning/tillfallen/{session.id}"))

    def test_both_pages_ask_the_database_as_often_for_one_as_for_many(self, db, visit, now, queries):
        olle, counts = make.coordinator(db), []
        for count in (1, 30):
            anna, days = make.person(db), [date(2027, 3, 1) + timedelta(days=n) for n in range(count)]
            for session in [make.session(db, days=[day]) for day in days]:
                left_over_seats.book(db, session_id=session.id, person_id=anna.id, now=now, by=None)
                cancel(db, session, anna, now=now, ground=CancelGround.OTHER)
            crowded = make.session(db, of=make.course(db, seats=count), days=[date(2027, 5, 3)])
            for person in [make.person(db) for _ in range(count)]:
                left_over_seats.book(db, session_id=crowded.id, person_id=person.id, now=now, by=None)
                cancel(db, crowded, person, now=now)
            for who, path in ((anna, "/mina-kurser"), (olle, f"/samordning/tillfallen/{crowded.id}")):
                browser = visit(who)
                queries.reset()
                answer = browser.get(path)
                counts.append(queries.count)
                assert answer.text.count("angra-avbokning") == count

        assert counts[:2] == counts[2:]
