"""What coordinators and leaders see: the desk, rosters with what can be done for others, sessions below minimum."""

import re
from datetime import date

import pytest
from bookings_pages import words_of
from bookings_room import place
from sqlalchemy import select

import make
from auth.models import Person
from auth.states import Category, Role, Standing
from bookings import left_over_seats, waitlist
from bookings.minimum import cases
from bookings.models import Booking
from bookings.states import BookingState, RoundState
from courses.models import SessionLeader
from lararportal.journal import Entry


def take(db, session, person, *, now) -> Booking:
    return left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


def state_in(db, session, person) -> BookingState:
    return db.scalars(
        select(Booking.state)
        .where(Booking.session_id == session.id, Booking.person_id == person.id)
        .order_by(Booking.id.desc())
    ).first()


def lead(db, session, person) -> None:
    db.add(SessionLeader(session_id=session.id, person_id=person.id))
    db.flush()


class TestTheDesk:
    def test_it_shows_in_figures_what_needs_attention(self, db, visit, now):
        olle = make.coordinator(db)
        make.person(db, standing=Standing.PENDING)
        make.session(db, of=make.course(db, title="Läkemedel", minimum=5), days=[date(2027, 2, 8)])
        make.round_of(db, make.session(db, days=[date(2027, 6, 1)]), title="Sommar 2027", state=RoundState.CLOSED)

        answer = visit(olle).get("/samordning")

        text = words_of(answer)
        assert re.search(r"\b1 profil att bekräfta Bekräfta profiler\b", text)
        assert "1 kurstillfälle med för få bokade Se vilka" in text
        assert "0 brev som inte gick fram" in text
        waits = "Väntar på det offentliga värdet, känt från 20 januari 2027 kl. 13.00."
        assert f"Sommar 2027 stängd {waits} Besked är utlovat senast fredag 29 januari 2027" in text
        assert "Läkemedel 8 februari 2027, Göteborg, Konferens Aspen" in text

    def test_with_nothing_to_do_it_says_so(self, db, visit):
        text = words_of(visit(make.coordinator(db)).get("/samordning"))

        assert "Ingen omgång pågår" in text
        assert "Inget publicerat kurstillfälle börjar inom fyra veckor." in text

    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, db, visit, queries):
        browser, counts = visit(make.coordinator(db)), []
        for count in (1, 2):
            for number in range(count):
                make.session(db, of=make.course(db, minimum=5), days=[date(2027, 2, 1 + number)])
                make.round_of(db, make.session(db))
                make.person(db, standing=Standing.PENDING)
            queries.reset()
            assert browser.get("/samordning").status_code == 200
            counts.append(queries.count)

        assert counts[0] == counts[1]


def roster(session) -> str:
    return f"/samordning/tillfallen/{session.id}"


class TestBelowMinimum:
    def test_it_lists_what_is_to_be_decided_nearest_first(self, db, visit, now):
        course = make.course(db, title="Etik", minimum=3)
        later = make.session(db, of=course, days=[date(2027, 3, 1)], place="Borås")
        due = make.session(db, of=course, days=[date(2027, 2, 1)], place="Skövde")
        take(db, due, make.person(db), now=now)
        cases.ask_for_decision(db, due.id, now=now, by=None)

        answer = visit(make.coordinator(db)).get("/samordning/minimum")

        text = words_of(answer)
        assert (
            "Etik 1 februari 2027, Skövde måndag 4 januari 2027 dags att besluta 9 lediga av 10, 2 till behövs "
            "2 0 1 av 3 väntas komma beslut begärt 11 januari 2027 kl. 08.00" in text
        )
        assert (
            "Etik 1 mars 2027, Borås måndag 1 februari 2027 10 lediga av 10, 3 till behövs 3 0 0 av 3 väntas komma "
            "varnas 18 jan. 2027" in text
        )
        assert "Prognosen är antalet bokade minus de återbud som brukar komma" in text
        assert (
            "Prognos: 1 av 3 väntas komma Kursen har inga tidigare tillfällen att räkna på, så vi räknar med att en "
            "av tjugo lämnar återbud. Av 1 bokade väntas därför ingen lämna återbud, och en komma. Det fattas 2, och "
            "ingen väntar på andra tillfällen av kursen." in words_of(visit(make.coordinator(db)).get(roster(due)))
        )
        assert answer.text.index(f"/samordning/minimum/{due.id}") < answer.text.index(
            f"/samordning/minimum/{later.id}"
        )

    def test_with_enough_everywhere_it_says_so(self, db, visit):
        text = words_of(visit(make.coordinator(db)).get("/samordning/minimum"))

        assert "Inget kurstillfälle har för få bokade" in text

    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, db, visit, queries):
        browser, counts = visit(make.coordinator(db)), []
        for count in (1, 2):
            for number in range(count):
                make.session(db, of=make.course(db, minimum=5), days=[date(2027, 2, 1 + number)])
            queries.reset()
            browser.get("/samordning/minimum")
            counts.append(queries.count)

        assert counts[0] == counts[1]


class TestTheRoster:
    @pytest.fixture
    def course(self, db):
        return make.course(db, title="Dermatologi", seats=1)

    @pytest.fixture
    def session(self, db, course):
        return make.session(db, of=course)

    def test_it_has_who_comes_who_waits_and_addresses_to_copy(self, db, visit, session, now):
        anna = make.person(db, given_name="Anna", family_name="Ek", email="anna@example.org", workplace="VC Linden")
        bo = make.person(db, given_name="Bo", family_name="Al", email="bo@example.org")
        take(db, session, anna, now=now)
        take(db, session, bo, now=now)

        answer = visit(make.coordinator(db)).get(f"/samordning/tillfallen/{session.id}")

        text = words_of(answer)
        assert (
            "Anna Ek ST-medel inte klara ST-läkare (2015 års regler) VC Linden, Göteborg 11 januari 2027 kl. 08.00"
            in text
        )
        assert "1. Bo Al ST-läkare (2015 års regler)" in text
        assert re.findall(r"<textarea[^>]*>(.*?)</textarea>", answer.text) == ["anna@example.org", "bo@example.org"]

    def test_the_line_has_the_numbers_that_those_in_it_see(self, db, visit, session, now):
        for name in ("Anna", "Bo", "Cia"):
            take(db, session, make.person(db, given_name=name, family_name="Ek"), now=now)
        db.scalars(select(Person).where(Person.given_name == "Bo")).one().category = Category.SPECIALIST
        db.flush()

        text = words_of(visit(make.coordinator(db)).get(f"/samordning/tillfallen/{session.id}"))

        assert "Bo Ek hoppas över just nu" in text
        assert "1. Cia Ek" in text

    def test_each_of_them_leads_to_the_letters_about_their_booking(self, db, visit, session, now):
        for name in ("Anna", "Bo"):
            take(db, session, make.person(db, given_name=name, family_name="Ek"), now=now)
        browser = visit(make.coordinator(db))

        page = browser.get(f"/samordning/tillfallen/{session.id}").text
        anna, bo = (words_of(browser.get(path)) for path in re.findall(r'href="(/samordning/brev[^"]+)"', page))

        assert ("Anna Ek" in anna, "Bo Ek" in anna, "Bo Ek" in bo, "Anna Ek" in bo) == (True, False, True, False)

    def test_an_empty_one_says_so(self, db, visit, session):
        text = words_of(visit(make.coordinator(db)).get(f"/samordning/tillfallen/{session.id}"))

        assert "Ingen är bokad än." in text
        assert "Ingen står i kö." in text

    def test_a_session_that_is_not_there(self, db, visit):
        assert visit(make.coordinator(db)).get("/samordning/tillfallen/999999").status_code == 404

    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, db, visit, queries, now):
        browser, counts = visit(make.coordinator(db)), []
        for count in (1, 3):
            session = make.session(db, of=make.course(db, seats=count))
            for _ in range(2 * count):
                take(db, session, make.person(db), now=now)
            db.flush()
            queries.reset()
            answer = browser.get(f"/samordning/tillfallen/{session.id}")
            assert len(re.findall(r'href="/personer/\d+"', answer.text)) == 2 * count
            counts.append(queries.count)

        assert counts[0] == counts[1]

    def test_a_coordinator_cancels_for_somebody(self, db, visit, session, now):
        olle, anna = make.coordinator(db), make.person(db, given_name="Anna", family_name="Ek")
        take(db, session, anna, now=now)
        browser = visit(olle)
        path = f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/avboka"

        assert "Vill du avboka åt Anna Ek?" in words_of(browser.get(path))
        answer = browser.post(path, data={"reason": "illness"})

        assert (answer.status_code, answer.location) == (302, f"/samordning/tillfallen/{session.id}")
        assert state_in(db, session, anna) is BookingState.CANCELLED
        done = db.scalars(select(Entry).where(Entry.deed == "seat.cancelled")).one()
        assert (done.by, done.person_id) == (olle.id, anna.id)

    def test_a_coordinator_rebooks_for_somebody(self, db, visit, course, session, now):
        olle, anna = make.coordinator(db), make.person(db, given_name="Anna", family_name="Ek")
        sister = make.session(db, of=course, days=[date(2027, 4, 5)])
        take(db, session, anna, now=now)
        browser = visit(olle)
        path = f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/boka-om"

        assert "Boka om Dermatologi åt Anna Ek" in words_of(browser.get(path))
        answer = browser.post(path, data={"to_session": sister.id})

        assert (answer.status_code, answer.location) == (302, f"/samordning/tillfallen/{session.id}")
        assert state_in(db, sister, anna) is BookingState.BOOKED
        assert db.scalars(select(Entry.by).where(Entry.deed == "seat.moved")).one() == olle.id

    def test_a_no_says_whom_it_is_about(self, db, visit, course, session, now):
        anna = make.person(db, given_name="Anna", family_name="Ek")
        sister = make.session(db, of=course, days=[date(2027, 4, 5)])
        take(db, session, anna, now=now)
        take(db, sister, make.person(db), now=now)

        answer = visit(make.coordinator(db)).post(
            f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/boka-om", data={"to_session": sister.id}
        )

        assert answer.status_code == 409
        assert "Anna Ek: Kurstillfället är fullt." in words_of(answer)

    def test_a_coordinator_puts_somebody_into_the_line_of_a_full_sister(self, db, visit, course, session, now):
        olle, anna = make.coordinator(db), make.person(db)
        sister = make.session(db, of=course, days=[date(2027, 4, 5)])
        take(db, session, anna, now=now)
        take(db, sister, make.person(db), now=now)
        browser = visit(olle)
        path = f"/samordning/tillfallen/{sister.id}/deltagare/{anna.id}/ko"

        page = browser.get(f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/boka-om")
        assert f'action="{path}"' in page.text
        answer = browser.post(path)

        assert (answer.status_code, answer.location) == (302, f"/samordning/tillfallen/{sister.id}")
        assert (state_in(db, session, anna), state_in(db, sister, anna)) == (
            BookingState.BOOKED,
            BookingState.WAITING,
        )
        assert browser.post(path).status_code == 409

    def test_a_coordinator_takes_somebody_off_the_line_and_says_why(self, db, visit, session, now):
        for person in (make.person(db), make.person(db)):
            take(db, session, person, now=now)
        anna = make.person(db, given_name="Anna", family_name="Ek")
        waitlist.join(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)
        browser, path = (
            visit(make.coordinator(db)),
            f"/samordning/tillfallen/{session.id}/deltagare/{anna.id}/ur-kon",
        )

        page = browser.get(path)
        unreasoned = browser.post(path, data={"reason": ""})
        place(db, session, who_waits := make.coordinator(db))
        partial = visit(who_waits).post(path, data={"reason": "Anna har slutat."})
        done = browser.post(path, data={"reason": "Anna ringde och har slutat."})

        assert "Vill du ta bort Anna Ek ur kön?" in words_of(page)
        assert (unreasoned.status_code, partial.status_code, done.status_code) == (400, 409, 302)
        assert ["Anna har slutat." in partial.text, "Du söker själv kursen eller står i kö" in words_of(partial)] == [
            True,
            True,
        ]
        assert state_in(db, session, anna) is BookingState.LEFT
        assert "Anna Ek står inte längre i kön" in words_of(browser.get(done.location))
        assert "Det upphörde 11 januari 2027 kl. 08.00: Anna ringde och har slutat." in words_of(
            visit(anna).get("/mina-kurser")
        )

    @pytest.mark.parametrize("way", ["avboka", "boka-om"])
    def test_who_has_no_seat_there_is_not_there(self, db, visit, session, way):
        nobody = make.person(db)

        answer = visit(make.coordinator(db)).get(f"/samordning/tillfallen/{session.id}/deltagare/{nobody.id}/{way}")

        assert answer.status_code == 404


class TestLeading:
    def test_a_leader_sees_the_own_sessions_and_who_comes(self, db, visit, now):
        karin = make.holder(db, Role.LEADER)
        session = make.session(db, of=make.course(db, title="Dermatologi"))
        make.session(db, of=make.course(db, title="En annans kurs"))
        lead(db, session, karin)
        take(db, session, make.person(db, given_name="Anna", family_name="Ek", workplace="VC Linden"), now=now)
        browser = visit(karin)

        text = words_of(browser.get("/kursledare"))
        assert "Dermatologi 15 och 16 mars 2027" in text
        assert "En annans kurs" not in text
        answer = browser.get(f"/kursledare/tillfallen/{session.id}")

        assert "Anna Ek ST-läkare (2015 års regler) VC Linden" in words_of(answer)
        assert "@example.org" not in words_of(answer)

    def test_sessions_of_the_last_months_stay_on_the_list(self, db, visit):
        karin = make.holder(db, Role.LEADER)
        past = make.session(db, of=make.course(db, title="Nyss"), days=[date(2026, 12, 1)])
        lead(db, past, karin)
        lead(db, make.session(db, of=make.course(db, title="För länge sedan"), days=[date(2026, 3, 2)]), karin)

        text = words_of(visit(karin).get("/kursledare"))

        assert "Du leder inget kommande kurstillfälle" in text
        assert "De senaste tre månaderna Kurstillfällen de senaste tre månaderna" in text
        assert "Nyss" in text
        assert "För länge sedan" not in text

    def test_the_session_of_another_leader_is_not_there(self, db, visit):
        session = make.session(db)
        lead(db, session, make.holder(db, Role.LEADER))

        assert visit(make.holder(db, Role.LEADER)).get(f"/kursledare/tillfallen/{session.id}").status_code == 404

    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, db, visit, queries, now):
        counts = []
        for count in (1, 3):
            karin = make.holder(db, Role.LEADER)
            for number in range(count):
                lead(db, make.session(db, days=[date(2027, 3, 1 + number)]), karin)
            browser = visit(karin)
            queries.reset()
            browser.get("/kursledare")
            counts.append(queries.count)

        assert counts[0] == counts[1]


def test_waiting_is_shown_in_the_order_of_the_line(db, visit, now):
    session = make.session(db, of=make.course(db, seats=1))
    take(db, session, make.person(db), now=now)
    names = ["Åsa", "Bo", "Cia"]
    for name in names:
        person = make.person(db, given_name=name, family_name="Ek")
        waitlist.join(db, session_id=session.id, person_id=person.id, now=now, by=person.id)
    order = db.scalars(
        select(Booking.person_id)
        .where(Booking.state == BookingState.WAITING)
        .order_by(Booking.wave, Booking.key, Booking.joined_at, Booking.id)
    ).all()

    answer = visit(make.coordinator(db)).get(f"/samordning/tillfallen/{session.id}")

    kept = answer.text[answer.text.index(">Kö</h2>") :]
    assert [int(found) for found in re.findall(r'href="/personer/(\d+)"', kept)] == list(order)
