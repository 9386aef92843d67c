"""Which residents' seats are paid for: the desks and lists of who answers for them, and the doctor's own page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bookings_pages import words_of
from bookings_room import place, seat

import make
from auth.states import Area, Category, Role
from bookings.models import Booking
from lararportal import clock

TODAY = clock.day_of(clock.now())


@pytest.fixture
def session(db):
    """A session in two months, whose last day to cancel is in six weeks."""
    return make.session(db, of=make.course(db, title="Hjärtsvikt"), days=[TODAY + timedelta(days=60)])


@pytest.fixture
def anna(db):
    return make.person(db, given_name="Anna", family_name="Berg", area=Area.GOTEBORG)


@pytest.fixture
def hers(db, session, anna):
    return seat(db, session, anna)


@pytest.fixture
def theirs(db, session):
    """The seat of somebody in another area."""
    return seat(db, session, make.person(db, given_name="Bo", family_name="Dahl", area=Area.SKARABORG))


@pytest.fixture
def eva(db, client, sign_in):
    """A director of studies in Göteborg, signed in."""
    person = make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG, given_name="Eva", family_name="Nordin")
    sign_in(client, person)
    return person


@pytest.fixture
def olle(db, client, sign_in):
    """A coordinator who is signed in."""
    person = make.coordinator(db)
    sign_in(client, person)
    return person


def funded(db, booking) -> int | None:
    db.expire_all()
    return db.get_one(Booking, booking.id).funded_by


class TestADirector:
    def test_finds_the_way_and_the_count_of_the_own_area_on_the_own_desk(self, client, eva, hers, theirs):
        desk = client.get("/studierektor")
        assert "1 plats utan klar finansiering" in words_of(desk)
        assert "0 profiler att bekräfta" in words_of(desk)
        assert "Det som väntar på dig i Göteborg." in words_of(desk)
        assert 'href="/finansiering"' in desk.text

    def test_records_the_chosen_ones_and_takes_one_back(self, db, client, eva, hers, theirs):
        page = words_of(client.get("/finansiering"))
        assert "1 plats utan klar finansiering" in page
        assert "Anna Berg" in page
        assert "Bo Dahl" not in page
        assert "Ingen förlorar sin plats för att medlen inte är klara." in page

        done = client.post("/finansiering", data={"bookings": [hers.id]}, follow_redirects=True)

        assert "Noterat. Antal platser med klar finansiering: 1." in words_of(done)
        assert "Allt är klart" in words_of(done)
        assert funded(db, hers) == eva.id
        assert "av Eva Nordin" in words_of(client.get("/finansiering/klara"))

        undone = client.post(f"/finansiering/{hers.id}/ta-tillbaka", follow_redirects=True)

        assert "Finansieringen är inte längre noterad som klar." in words_of(undone)
        assert "Inget är noterat än" in words_of(undone)
        assert funded(db, hers) is None
        assert client.post(f"/finansiering/{hers.id}/ta-tillbaka").status_code == 409

    def test_knows_nothing_of_seats_elsewhere(self, db, client, eva, hers, theirs):
        answers = [
            client.post("/finansiering", data={"bookings": [hers.id, theirs.id]}),
            client.post(f"/finansiering/{theirs.id}/ta-tillbaka"),
        ]
        assert [each.status_code for each in answers] == [404, 404]
        assert funded(db, hers) is None

    def test_is_asked_to_choose_something(self, client, eva, hers):
        answer = client.post("/finansiering", data={})
        assert answer.status_code == 400
        assert "Välj minst en plats i listan." in words_of(answer)

    @pytest.mark.parametrize("sent", ["x", "999999999999999999999999"])
    def test_is_not_believed_about_what_is_no_seat(self, client, eva, hers, sent):
        assert client.post("/finansiering", data={"bookings": [sent]}).status_code in (400, 404)


class TestACoordinator:
    def test_finds_all_areas_with_the_count_on_the_desk(self, client, olle, hers, theirs):
        assert "2 platser utan klar finansiering" in words_of(client.get("/samordning"))
        page = words_of(client.get("/finansiering"))
        assert "Vårdcentralen Eken, Göteborg" in page
        assert "Bo Dahl" in page

    def test_sees_on_the_roster_whose_seat_is_not_paid_for(self, db, client, olle, session, hers):
        specialist = make.person(db, category=Category.SPECIALIST, given_name="Sara", family_name="Ek")
        seat(db, session, specialist)
        place(db, session, make.person(db))
        page = words_of(client.get(f"/samordning/tillfallen/{session.id}"))
        assert page.count("ST-medel inte klara") == 1
        assert "Anna Berg ST-medel inte klara" in page

    def test_is_told_of_a_seat_that_is_gone_meanwhile(self, db, client, olle, session):
        waiting = place(db, session, make.person(db))
        answer = client.post("/finansiering", data={"bookings": [waiting.id]})
        assert answer.status_code == 409
        assert "Personen har inte kvar sin plats på kurstillfället." in words_of(answer)


class TestTheDoctor:
    def test_sees_on_the_seat_whether_it_is_paid_for(self, db, client, sign_in, hers, anna):
        sign_in(client, anna)
        page = words_of(client.get("/mina-kurser"))
        assert "ST-medel inte klara De ska vara klara senast" in page
        assert "Annars släpps platsen" not in page
        hers.funded_at, hers.funded_by = clock.parse("2026-11-20T09:00"), anna.id
        db.flush()
        assert "ST-medel klara noterat 20 november 2026 kl. 09.00" in words_of(client.get("/mina-kurser"))

    @pytest.mark.parametrize("category", [Category.SPECIALIST, Category.PRE_ST])
    def test_who_is_no_resident_reads_nothing_of_it(self, db, client, sign_in, session, category):
        person = make.person(db, category=category)
        seat(db, session, person)
        sign_in(client, person)
        assert "ST-medel" not in words_of(client.get("/mina-kurser"))

    class TestWhereSeatsAreReleased:
        @pytest.fixture
        def settings(self, usual_settings):
            return replace(usual_settings, unfunded_seats="release")

        def test_the_page_says_so_beforehand(self, client, sign_in, hers, anna):
            sign_in(client, anna)
            assert "Annars släpps platsen kl. 18 den dagen." in words_of(client.get("/mina-kurser"))

        def test_whom_no_reminder_told_in_time_is_not_threatened(self, db, client, sign_in, hers, anna):
            hers.funding_reminders = 2
            db.flush()
            sign_in(client, anna)
            assert "Annars släpps platsen" not in words_of(client.get("/mina-kurser"))

        def test_who_records_it_reads_so_too(self, client, olle, hers):
            text = "släpps en plats som ingen har noterat, om ST-läkaren har fått veta det i en påminnelse"
            assert text in words_of(client.get("/finansiering"))
