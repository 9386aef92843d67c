"""What a doctor sees of their own, and what the pages of courses and sessions say to them."""

import re
from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import last_run

import make
from auth.states import Category, Role, Standing
from bookings import allocation, applications, cancellation, left_over_seats, publication, waitlist
from bookings import queries as reads
from bookings.states import RoundState
from courses.states import Order, Publicity
from lararportal import clock

BEFORE = clock.parse("2026-12-16T08:00")


def book(db, session, person, *, now):
    return left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


def days_in(month: int, *days: int) -> list[date]:
    return [date(2027, month, day) for day in days]


def published(db, *wishes, now):
    """A round in which each (person, sessions) applied, closed, drawn up and published."""
    sessions = {each.id: each for _, wanted in wishes for each in wanted}
    round_ = make.round_of(db, *sessions.values(), title="Vinter 2027")
    for person, wanted in wishes:
        applications.apply(
            db,
            round_id=round_.id,
            person_id=person.id,
            choices=[each.id for each in wanted],
            cap=4,
            now=BEFORE,
            by=person.id,
        )
    make.closed_early(db, round_, at=now)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=now, by=None)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=now, by=None)
    db.flush()
    return round_


class TestMyCourses:
    def test_it_says_what_to_do_when_there_is_nothing(self, db, visit):
        answer = visit(make.person(db)).get("/mina-kurser")

        assert answer.status_code == 200
        assert "Du har ingen plats just nu" in words_of(answer)
        assert "Köer" not in words_of(answer)

    def test_a_visitor_is_asked_to_sign_in(self, visit):
        assert visit().get("/mina-kurser").location == "/logga-in?next=/mina-kurser"

    def test_a_seat_has_its_days_its_dates_and_its_ways_on(self, db, visit, now):
        anna = make.person(db)
        session = make.session(db, of=make.course(db, title="Dermatologi"), days=days_in(3, 15, 16))
        book(db, session, anna, now=now)

        answer = visit(anna).get("/mina-kurser")

        text = words_of(answer)
        assert "Dermatologi bokad 15 och 16 mars 2027 Göteborg, Konferens Aspen" in text
        assert "Klart: Bokad direkt" in text
        assert "måndag 22 februari 2027 Nu: Sista dag att avboka" in text
        assert "måndag 15 mars 2027 Kommer: Kursen börjar" in text
        for way in ("boka-om", "avboka", "kalender.ics"):
            assert f'href="/tillfallen/{session.id}/{way}"' in answer.text

    def test_a_seat_in_a_course_that_has_begun_has_no_ways_on(self, db, visit, now):
        anna = make.person(db)
        session = make.session(db, days=days_in(3, 15, 16))
        book(db, session, anna, now=now)

        browser = visit(anna, at=clock.parse("2027-03-15T07:00"))
        answer = browser.get("/mina-kurser")
        assert "Kursen har börjat, så platsen går inte att ändra längre." in words_of(answer)
        for way in (f"/tillfallen/{session.id}/avboka", f"/tillfallen/{session.id}/boka-om"):
            refused = browser.get(way)
            assert (way in answer.text, refused.status_code) == (False, 409)

    def test_a_place_in_line_has_its_number(self, db, visit, now):
        anna = make.person(db)
        session = make.session(db, of=make.course(db, seats=1))
        for person in (make.person(db), make.person(db), anna):
            book(db, session, person, now=now)

        answer = visit(anna).get("/mina-kurser")

        assert "Plats 2 just nu, av 2 i kö" in words_of(answer)
        assert f'href="/tillfallen/{session.id}/lamna-ko"' in answer.text

    def test_a_dormant_place_says_which_seat_stands_in_the_way(self, db, visit, now):
        anna, rival = make.person(db), make.person(db, planned_end=date(2027, 8, 1))
        wanted = make.session(db, of=make.course(db, seats=1), days=days_in(3, 16))
        held = make.session(db, of=make.course(db, title="Palliativ vård"), days=days_in(3, 16, 17))
        published(db, (rival, [wanted]), (anna, [held, wanted]), now=now)

        text = words_of(visit(anna).get("/mina-kurser"))

        assert "Du hoppas över så länge du har platsen på Palliativ vård, 16 och 17 mars 2027." in text

    def test_who_the_course_is_not_for_any_more_sees_why_they_are_passed_over(self, db, visit, now):
        anna = make.person(db)
        session = make.session(db, of=make.course(db, seats=1))
        for person in (make.person(db), anna):
            book(db, session, person, now=now)
        db.flush()
        anna.category = Category.SPECIALIST
        browser = visit(anna)
        for path in ("/mina-kurser", f"/tillfallen/{session.id}"):
            text = words_of(browser.get(path))
            assert "Du hoppas över. Kursen vänder sig till en annan målgrupp än din." in text
            assert "Din plats i ordningen är kvar." in text

    def test_seats_that_were_given_back_are_remembered(self, db, visit, now):
        anna = make.person(db)
        session = make.session(db, of=make.course(db, title="Etik"))
        book(db, session, anna, now=now)
        cancellation.cancel(db, session_id=session.id, person_id=anna.id, reason="", now=now, by=anna.id)

        text = words_of(visit(anna).get("/mina-kurser"))

        assert "Tidigare" in text
        assert "Avbokad 11 januari 2027 kl. 08.00" in text

    def test_who_waits_and_has_been_to_a_course_sees_both(self, db, visit, now):
        anna, been, ahead = make.person(db), make.session(db, days=days_in(1, 4)), make.session(db, seats=1)
        book(db, been, anna, now=BEFORE)
        for each in (make.person(db), anna):
            book(db, ahead, each, now=BEFORE)

        assert "Plats 1 just nu" in (text := words_of(visit(anna).get("/mina-kurser")))
        assert "Tidigare" in text

    def test_a_line_that_was_ended_is_remembered_with_the_reason(self, db, visit, now):
        anna, session = make.person(db), make.session(db, of=make.course(db, seats=1))
        for person in (make.person(db), anna):
            book(db, session, person, now=now)
        session.publicity = Publicity.CALLED_OFF
        db.flush()
        waitlist.end(db, session.id, now=now, by=None)
        db.flush()

        text = words_of(visit(anna).get("/mina-kurser"))

        assert "Du stod i kö. Det upphörde 11 januari 2027 kl. 08.00: kurstillfället är inställt." in text

    def test_others_are_nowhere_on_it(self, db, visit, now):
        anna, other = make.person(db), make.person(db)
        session = make.session(db, of=make.course(db, title="Etik"))
        book(db, session, other, now=now)

        assert "Etik" not in words_of(visit(anna).get("/mina-kurser"))

    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, db, visit, now, queries):
        def doctor(count: int):
            anna, rival = make.person(db), make.person(db, planned_end=date(2027, 8, 1))
            full = [make.session(db, of=make.course(db, seats=1), days=days_in(3, 1 + n)) for n in range(count)]
            free = [make.session(db, days=days_in(4, 1 + n)) for n in range(count)]
            published(db, (rival, full), (anna, [*full, *free]), now=now)
            for n in range(count):
                book(db, make.session(db, days=days_in(5, 1 + n)), anna, now=now)
            open_round = make.round_of(db, *(make.session(db, days=days_in(6, 1 + n)) for n in range(count)))
            given = [row.session_id for row in reads.round_sessions(db, open_round.id)]
            applications.apply(
                db, round_id=open_round.id, person_id=anna.id, choices=given, cap=1, now=now, by=anna.id
            )
            return anna

        counts = []
        for count in (1, 3):
            browser = visit(doctor(count))
            queries.reset()
            answer = browser.get("/mina-kurser")
            counts.append(queries.count)
            assert words_of(answer).count("just nu, av") == count

        assert counts == [6, 6]


class TestDecisions:
    def test_each_has_its_reason_in_words(self, db, visit, now):
        near = [make.person(db, planned_end=date(2028, month, 1)) for month in (1, 2, 3)]
        anna = make.person(db, planned_end=date(2028, 8, 1))
        full = make.session(db, of=make.course(db, title="Full", seats=3), days=days_in(3, 1))
        skin = make.course(db, title="Hud")
        first, second = make.session(db, of=skin, days=days_in(3, 8)), make.session(db, of=skin, days=days_in(3, 9))
        clash = make.session(db, of=make.course(db, title="Krock"), days=days_in(3, 8))
        published(db, *((each, [full]) for each in near), (anna, [full, first, second, clash]), now=now)

        text = words_of(visit(anna).get("/mina-kurser"))

        assert (
            "1. Full 1 mars 2027, Göteborg, Konferens Aspen i kö Platserna räckte inte. När beskedet kom stod du "
            "på plats 1 i kön. Den som har kortast tid kvar av sin ST går först: sist antagna i din grupp hade "
            "14 månader kvar; du har 19." in text
        )
        assert "2. Hud 8 mars 2027, Göteborg, Konferens Aspen antagen Du har fått platsen." in text
        assert "Du fick ett tillfälle av samma kurs som stod högre på din lista: Hud, 8 mars 2027." in text
        assert "en plats som stod högre på din lista och som du fick: Hud, 8 mars 2027." in text

    def test_the_reason_stays_the_one_of_the_order_that_was_frozen(self, db, visit, now):
        course, anna = make.course(db, seats=3), make.person(db, planned_end=date(2028, 8, 1))
        session = make.session(db, of=course)
        near = [make.person(db, planned_end=date(2028, month, 1)) for month in (1, 2, 3)]
        published(db, *((each, [session]) for each in (*near, anna)), now=now)
        course.order = Order.STRAIGHT
        db.flush()

        text = words_of(visit(anna).get("/mina-kurser"))

        assert "sist antagna i din grupp hade 14 månader kvar; du har 19." in text

    def test_equal_merits_are_told_by_their_lots(self, db, visit, now):
        session = make.session(db, of=make.course(db, seats=3))
        people = [make.person(db) for _ in range(4)]
        published(db, *((each, [session]) for each in people), now=now)
        texts = [words_of(visit(each).get("/mina-kurser")) for each in people]

        [loser] = [text for text in texts if "Platserna räckte inte" in text]
        last, own = re.search(
            r"sist antagna i din grupp hade ([0-9a-f]{12}); du har ([0-9a-f]{12})\.", loser
        ).groups()
        assert int(last, 16) < int(own, 16)

    def test_two_rounds_of_one_name_stay_apart(self, db, visit, now):
        anna = make.person(db)
        one, other = make.session(db, days=days_in(3, 1)), make.session(db, days=days_in(4, 1))
        published(db, (anna, [one]), now=now)
        published(db, (anna, [other]), now=now + timedelta(days=1))

        text = words_of(visit(anna).get("/mina-kurser"))

        assert re.findall(r"Besked: Vinter 2027 Beskedet gäller hur det var (\d+) januari", text) == ["12", "11"]

    def test_too_few_admitted_to_be_told_apart(self, db, visit, now):
        session = make.session(db, of=make.course(db, seats=1))
        near, far = make.person(db, planned_end=date(2028, 1, 1)), make.person(db, planned_end=date(2030, 1, 1))
        published(db, (near, [session]), (far, [session]), now=now)

        text = words_of(visit(far).get("/mina-kurser"))

        assert "Färre än tre i din grupp blev antagna" in text
        assert "månader kvar" not in text


class TestTheSessionPage:
    def test_a_visitor_is_told_to_sign_in(self, db, visit):
        session = make.session(db)

        answer = visit().get(f"/tillfallen/{session.id}")

        assert "Logga in för att boka" in words_of(answer)
        assert f'href="/logga-in?next=/tillfallen/{session.id}"' in answer.text

    def test_a_visitor_is_told_of_the_open_round(self, db, visit):
        session = make.session(db)
        round_ = make.round_of(db, session)

        answer = visit().get(f"/tillfallen/{session.id}")

        assert "Platserna fördelas i omgången Vårterminen 2027." in words_of(answer)
        assert f'href="/logga-in?next=/ansokan/{round_.id}?val%3D{session.id}"' in answer.text

    def test_a_free_seat_can_be_booked(self, db, visit):
        session = make.session(db)

        answer = visit(make.person(db)).get(f"/tillfallen/{session.id}")

        assert f'action="/tillfallen/{session.id}/boka"' in answer.text

    def test_a_full_one_can_be_waited_for(self, db, visit, now):
        session = make.session(db, of=make.course(db, seats=1))
        book(db, session, make.person(db), now=now)

        answer = visit(make.person(db)).get(f"/tillfallen/{session.id}")

        assert "Alla platser är bokade eller erbjudna." in words_of(answer)
        assert f'action="/tillfallen/{session.id}/ko"' in answer.text

    def test_a_free_seat_that_others_wait_for_is_not_offered(self, db, visit, now):
        session = make.session(db, of=make.course(db, seats=1))
        first = make.person(db)
        book(db, session, first, now=now)
        book(db, session, make.person(db), now=now)
        cancellation.cancel(db, session_id=session.id, person_id=first.id, reason="", now=now, by=first.id)

        text = words_of(visit(make.person(db)).get(f"/tillfallen/{session.id}"))

        assert "En plats är ledig, men andra står i kö och får den först." in text
        assert "Boka plats" not in text

    def test_ones_own_seat_is_shown_with_its_ways_on(self, db, visit, now):
        anna, session = make.person(db), make.session(db)
        book(db, session, anna, now=now)

        answer = visit(anna).get(f"/tillfallen/{session.id}")

        assert "Du har en plats" in words_of(answer)
        assert f'href="/tillfallen/{session.id}/avboka"' in answer.text

    def test_ones_own_place_in_line_is_shown_with_its_number(self, db, visit, now):
        anna, session = make.person(db), make.session(db, of=make.course(db, seats=1))
        book(db, session, make.person(db), now=now)
        waitlist.join(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)

        assert "Just nu har du plats 1." in words_of(visit(anna).get(f"/tillfallen/{session.id}"))

    def test_why_not_is_one_sentence(self, db, visit):
        session = make.session(db)
        specialist = make.person(db, category=Category.SPECIALIST)

        text = words_of(visit(specialist).get(f"/tillfallen/{session.id}"))

        assert "Kursen vänder sig till en annan målgrupp än din." in text
        assert "Boka plats" not in text

    def test_a_day_that_is_taken_already_is_said_before_the_button_would_be(self, db, visit, now):
        anna = make.person(db)
        book(db, make.session(db, of=make.course(db, title="Etik"), days=days_in(3, 15, 16)), anna, now=now)
        session = make.session(db, days=days_in(3, 16, 17))

        text = words_of(visit(anna).get(f"/tillfallen/{session.id}"))

        assert "Du har redan en plats på Etik, 15 och 16 mars 2027, och dagarna krockar." in text

    def test_when_booking_opens_is_said_with_its_moment(self, db, visit, now):
        session = make.session(db)
        published(db, (make.person(db), [session]), now=now)

        text = words_of(visit(make.person(db)).get(f"/tillfallen/{session.id}"))

        assert "går att boka från 13 januari 2027 kl. 08.00." in text

    def test_a_session_of_an_open_round_leads_to_the_application(self, db, visit):
        session = make.session(db)
        round_ = make.round_of(db, session)

        answer = visit(make.person(db, standing=Standing.PENDING)).get(f"/tillfallen/{session.id}")

        assert f'href="/ansokan/{round_.id}?val={session.id}"' in answer.text

    def test_staff_that_is_no_doctor_is_asked_nothing(self, db, visit, queries):
        session = make.session(db)

        text = words_of(visit(make.holder(db, Role.LEADER)).get(f"/tillfallen/{session.id}"))

        assert "Din plats" not in text

    def test_a_visitor_costs_one_statement(self, db, visit, queries):
        session = make.session(db)
        visit().get(f"/tillfallen/{session.id}")
        queries.reset()

        visit().get(f"/tillfallen/{session.id}")

        assert len([each for each in queries.statements if "rounds" in each]) == 1
        assert not [each for each in queries.statements if "bookings" in each]


class TestTheCoursePageAndTheFirstPage:
    def test_a_course_of_an_open_round_leads_there(self, db, visit):
        session = make.session(db, of=make.course(db, code="HUD1"))
        round_ = make.round_of(db, session)
        make.round_of(db, make.session(db), title="En annan omgång")

        answer = visit().get("/kurser/HUD1")

        assert f'href="/ansokan/{round_.id}"' in answer.text
        assert "En annan omgång" not in answer.text

    def test_a_course_of_no_open_round_says_nothing_of_it(self, db, visit):
        session = make.session(db, of=make.course(db, code="HUD1"))
        make.round_of(db, session, state=RoundState.PLANNED)

        assert "ansökningsomgång" not in words_of(visit().get("/kurser/HUD1"))

    def test_the_first_page_shows_what_is_open_and_what_comes_next(self, db, visit, now):
        anna = make.person(db)
        make.round_of(db, make.session(db))
        book(db, make.session(db, of=make.course(db, title="Senare"), days=days_in(5, 3)), anna, now=now)
        book(db, make.session(db, of=make.course(db, title="Närmast"), days=days_in(4, 5)), anna, now=now)

        text = words_of(visit(anna).get("/"))

        assert "Vårterminen 2027" in text
        assert "Närmast" in text
        assert "Senare" not in text

    @pytest.mark.parametrize("path", ["/", "/mina-kurser", "/ansokan"])
    def test_staff_that_is_no_doctor_may_look(self, db, visit, path):
        assert visit(make.coordinator(db)).get(path).status_code == 200
