"""A session is moved while people are booked: they follow it, are told once, and nobody is in two places."""

from collections import Counter
from datetime import date, time, timedelta

import pytest
from bookings_room import (
    AFTER,
    BOOKED_AT,
    CLOSES,
    OPENS,
    days_of,
    fill,
    insist_on_invariants,
    letter,
    noted,
    occasions,
    place,
    refused,
    seat,
    sent,
    states,
    told,
)
from icalendar import Calendar
from session_changes_room import asked, change, changed, on
from sqlalchemy import select

import make
from auth.states import Role
from bookings import answers, cancellation, deadlines, freed, left_over_seats, seats
from bookings import queries as reads
from bookings.models import Booking
from bookings.states import BookingState, CancelGround, Origin, Refusal
from courses.concerned import Elsewhere, Touched
from courses.models import CourseDay, SessionLeader
from courses.rules import Day
from courses.states import Refusal as CourseRefusal
from lararportal import clock
from lararportal.audit import invariants

MARCH = [date(2027, 3, 15), date(2027, 3, 16)]
APRIL = [date(2027, 4, 12), date(2027, 4, 13)]
LATE = clock.parse("2027-03-10T10:00")
"""After the last day to cancel in March."""


def booked(db, session, person):
    left_over_seats.book(db, session_id=session.id, person_id=person.id, now=BOOKED_AT, by=person.id)
    db.flush()


def since(db, person=None):
    """The letters after those of the first seats."""
    return [each for each in occasions(db, person) if each != "seat_booked"]


@pytest.fixture
def anna(db):
    return make.person(db, given_name="Anna", family_name="Berg")


@pytest.fixture
def bo(db):
    return make.person(db, given_name="Bo", family_name="Dahl")


@pytest.fixture
def session(db, anna, bo):
    """A session in March that Anna and Bo come to."""
    made = make.session(db, seats=2)
    booked(db, made, anna)
    booked(db, made, bo)
    return made


@pytest.fixture
def other(db, anna):
    """Another course, in April, that Anna comes to."""
    made = make.session(db, days=APRIL)
    booked(db, made, anna)
    return made


EARLY = {"cancel_by": date(2026, 12, 21), "go_no_go_on": date(2026, 12, 14)}


def april(session):
    return {"days": on(*APRIL), "cancel_by": date(2027, 3, 22), "go_no_go_on": date(2027, 3, 15)}


def events(calendar):
    """Each event of a calendar: its uid after the number of the booking, day, sequence and status."""
    return [
        (str(each["uid"]).split("-")[2][:8], each["dtstart"].dt.date(), int(each["sequence"]), str(each["status"]))
        for each in Calendar.from_ical(calendar).walk("VEVENT")
    ]


def booking_of(db, session, person):
    return db.scalars(select(Booking).where(Booking.session_id == session.id, Booking.person_id == person.id)).one()


class TestEverybodyFollows:
    def test_the_seats_occupy_the_new_days_and_free_the_old(self, db, session, anna, bo):
        changed(db, session, **april(session))
        assert (days_of(db, anna), days_of(db, bo)) == (APRIL, APRIL)
        assert [each.day for each in session.days] == APRIL
        insist_on_invariants(db)
        assert invariants(db, now=AFTER) == []

    def test_the_question_names_everybody_and_what_they_have_elsewhere(self, db, session, other, anna, bo):
        facts = asked(db, session, **april(session))
        assert facts["touched"] == [
            Touched(anna.id, "Anna Berg", (Elsewhere(other.course.title, tuple(APRIL)),)),
            Touched(bo.id, "Bo Dahl"),
        ]

    def test_a_confirmation_is_asked_for_again_when_somebody_has_a_seat_elsewhere_since(self, db, session, bo):
        token = asked(db, session, **april(session))["token"]
        seat(db, make.session(db, days=APRIL), bo)
        with refused(CourseRefusal.CHANGE_NOT_CONFIRMED):
            change(db, session, confirmed=token, **april(session))

    def test_everybody_has_one_letter_and_an_entry_in_the_journal(self, db, session, anna, bo):
        waiting = make.person(db)
        place(db, session, waiting)
        changed(db, session, **april(session), place="Borås, Textile")
        assert Counter(since(db)) == {"session_changed": 3}
        assert [entry[0] for entry in noted(db)][2:] == ["session.changed", *["session.told"] * 3]
        assert "Borås, Textile" in told(db, anna)
        assert "Du har kvar din plats." in told(db, bo)
        assert "Du har kvar din plats i kön." in told(db, waiting)

    def test_saying_the_same_again_tells_nobody_anything(self, db, session):
        changed(db, session, **april(session))
        change(db, session)
        assert since(db) == ["session_changed"] * 2

    def test_who_has_applied_is_told_until_the_round_is_published(self, db):
        session, doctor = make.session(db), make.person(db)
        sent(db, make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES), doctor, session)
        changed(db, session, place="Borås, Textile", now=OPENS)
        assert occasions(db, doctor) == ["application_received", "session_changed_for_applicant"]
        assert all(each in told(db, doctor) for each in ("Plats: Borås, Textile", "blir du tillfrågad innan du får"))

    def test_other_dates_of_decision_are_told_and_move_nothing(self, db, session, anna):
        changed(db, session, cancel_by=date(2027, 2, 25))
        assert letter(db, anna).calendars == []
        assert "Sista avbokningsdag: torsdag 25 februari 2027" in told(db, anna)
        assert "utan att det räknas som sent" not in told(db, anna)
        assert session.moved_at is None

    def test_people_are_not_moved_into_the_past(self, db, session):
        with refused(CourseRefusal.SESSION_DAYS_PAST):
            change(db, session, **april(session) | {"days": on(date(2027, 1, 4), APRIL[0]), **EARLY})

    def test_twenty_follow_in_as_many_statements_as_one(self, db, queries):
        assert statements_of(db, queries, 20) == statements_of(db, queries, 1) == 29


def statements_of(db, queries, people):
    session = make.session(db, seats=people)
    for _ in range(people):
        seat(db, session, make.person(db))
    token = asked(db, session, **april(session))["token"]
    queries.reset()
    change(db, session, confirmed=token, **april(session))
    return queries.apart


class TestTheCalendar:
    def test_moved_days_keep_their_names_and_have_a_higher_sequence(self, db, session, anna):
        changed(db, session, **april(session))
        [update] = letter(db, anna).calendars
        assert events(update) == [
            ("20270315", APRIL[0], 1, "CONFIRMED"),
            ("20270316", APRIL[1], 1, "CONFIRMED"),
        ]

    def test_a_day_that_stays_is_the_same_event_and_one_that_is_lost_is_taken_out(self, db, session, anna):
        changed(db, session, days=on(MARCH[1]))
        assert [events(each) for each in letter(db, anna).calendars] == [
            [("20270316", MARCH[1], 1, "CONFIRMED")],
            [("20270315", MARCH[0], 1, "CANCELLED")],
        ]

    def test_a_day_that_comes_beside_them_has_a_name_of_its_own(self, db, session, anna):
        changed(db, session, days=on(MARCH[1], MARCH[1] + timedelta(days=1)))
        changed(db, session, days=on(*MARCH, MARCH[1] + timedelta(days=1)), now=AFTER + timedelta(hours=1))
        named = [(each.day, each.known_as) for each in session.days]
        assert [day for day, _ in named] == [*MARCH, MARCH[1] + timedelta(days=1)]
        assert len({name for _, name in named}) == 3
        [update] = letter(db, anna).calendars
        assert {sequence for *_, sequence, _ in events(update)} == {2}

    def test_the_file_for_the_calendar_and_a_cancellation_know_the_same_events(self, db, session, anna):
        changed(db, session, **april(session))
        file = reads.my_calendar(db, session_id=session.id, person_id=anna.id, now=AFTER)
        assert [each[2] for each in events(file)] == [1, 1]
        cancellation.cancel(db, session_id=session.id, person_id=anna.id, reason="", now=AFTER, by=anna.id)
        assert [events(each) for each in letter(db, anna).calendars] == [
            [("20270315", APRIL[0], 2, "CANCELLED")],
            [("20270316", APRIL[1], 2, "CANCELLED")],
        ]

    def test_other_hours_are_an_update_too(self, db, session, anna):
        later = [Day(day, time(10), time(16, 30)) for day in MARCH]
        changed(db, session, days=later)
        [update] = letter(db, anna).calendars
        assert [(name, sequence) for name, _, sequence, _ in events(update)] == [("20270315", 1), ("20270316", 1)]


class TestFreeCancellation:
    def cancel(self, db, session, person, now=LATE):
        done = cancellation.cancel(
            db,
            session_id=session.id,
            person_id=person.id,
            reason="",
            ground=CancelGround.ILLNESS,
            now=now,
            by=person.id,
        )
        return done.ended_late

    def test_whoever_was_booked_then_may_cancel_however_late(self, db, session, anna, bo):
        booking_of(db, session, bo).bound_days = 3
        changed(db, session, place="Borås, Textile")
        assert reads.my_seat(db, session_id=session.id, person_id=anna.id, now=LATE).is_free
        assert not self.cancel(db, session, anna)
        assert not self.cancel(db, session, bo)
        assert "Avbokningen räknas inte som sen." in told(db, anna)

    def test_who_comes_afterwards_knew_the_new_place(self, db, session, bo):
        changed(db, session, place="Borås, Textile")
        self.cancel(db, session, bo)
        late_comer = make.person(db)
        seat(db, session, late_comer, at=AFTER + timedelta(seconds=1))
        assert self.cancel(db, session, late_comer)

    def test_other_dates_of_decision_alone_free_nobody(self, db, session, anna):
        changed(db, session, go_no_go_on=date(2027, 2, 16))
        assert self.cancel(db, session, anna)


class TestWhoWaits:
    def test_who_said_yes_beforehand_is_asked_about_the_new_days(self, db, session, bo):
        waiting = make.person(db)
        mine = place(db, session, waiting)
        changed(db, session, **april(session))
        assert not mine.standing_yes
        cancellation.cancel(db, session_id=session.id, person_id=bo.id, reason="", now=AFTER, by=bo.id)
        assert fill(db, session) == 1
        assert states(db, session)[waiting.id] is BookingState.OFFERED

    def test_who_said_yes_beforehand_is_asked_about_another_place_and_not_about_other_hours(self, db, session, bo):
        waiting = make.person(db)
        mine = place(db, session, waiting)
        changed(db, session, days=[Day(day, time(10), time(15)) for day in MARCH])
        assert mine.standing_yes
        assert "blir du tillfrågad" not in told(db, waiting)
        changed(db, session, place="Kiruna, Folkets hus", now=AFTER + timedelta(minutes=1))
        assert "Eftersom kursen ges på ett annat ställe blir du tillfrågad" in told(db, waiting)
        cancellation.cancel(db, session_id=session.id, person_id=bo.id, reason="", now=AFTER, by=bo.id)
        fill(db, session)
        assert mine.state is BookingState.OFFERED
        changed(db, session, place="Borås, Textile", now=AFTER + timedelta(days=3))
        assert mine.answer_by == clock.parse("2027-01-25T12:00")

    def test_an_offer_stands_with_the_time_that_the_new_days_leave(self, db, session, bo):
        waiting = make.person(db)
        mine = place(db, session, waiting, standing_yes=False)
        cancellation.cancel(db, session_id=session.id, person_id=bo.id, reason="", now=AFTER, by=bo.id)
        fill(db, session)
        later = AFTER + timedelta(days=3)  # A Monday; five days later it is Saturday.
        changed(db, session, **april(session), now=later)
        assert (mine.state, mine.answer_by) == (BookingState.OFFERED, clock.parse("2027-01-25T12:00"))
        assert "Erbjudandet gäller fortfarande." in told(db, waiting)

    def test_what_could_be_left_for_an_offer_when_it_was_made_can_be_left_until_the_answer(self, db, session, anna):
        sister = make.session(db, of=session.course, days=[date(2027, 3, 1)], cancel_by=date(2027, 2, 8))
        cancellation.cancel(db, session_id=session.id, person_id=anna.id, reason="", now=AFTER, by=anna.id)
        seat(db, sister, anna)
        mine = place(db, session, anna, standing_yes=False)
        fill(db, session, now=clock.parse("2027-02-08T10:00"))
        moved_on = clock.parse("2027-02-09T10:00")
        changed(db, session, **april(session), now=moved_on)
        assert fill(db, session, now=moved_on) == 0
        assert (mine.state, mine.answer_by) == (BookingState.OFFERED, clock.parse("2027-02-15T12:00"))
        half_way = moved_on + (mine.answer_by - moved_on) / 2
        assert deadlines.half_way(db, state=BookingState.OFFERED, now=half_way - timedelta(seconds=1)) == []
        assert deadlines.half_way(db, state=BookingState.OFFERED, now=half_way) == [mine.id]
        saw = answers.seen(db, session_id=session.id, person_id=anna.id, now=mine.answer_by)
        answers.accept(db, session_id=session.id, person_id=anna.id, saw=saw, now=mine.answer_by, by=anna.id)
        assert (states(db, sister)[anna.id], mine.bound_days) == (BookingState.MOVED, None)

    def test_an_offer_of_a_day_on_which_they_are_elsewhere_ends_in_the_same_letter(
        self, db, session, other, anna, bo
    ):
        cancellation.cancel(db, session_id=session.id, person_id=anna.id, reason="", now=AFTER, by=anna.id)
        again = place(db, session, anna, standing_yes=False)
        fill(db, session)
        changed(db, session, **april(session))
        assert (again.state, session.seats_offered) == (BookingState.WAITING, 0)
        assert occasions(db, anna)[-2:] == ["seat_offered", "session_changed"]
        assert "så erbjudandet gäller inte längre. Du står kvar i kön" in told(db, anna)
        assert fill(db, session) == 0

    @pytest.mark.parametrize(
        ("moved_on", "until", "said"),
        [
            pytest.param(
                "2027-02-02T14:30", "2027-02-02T20:30", "Svara på Mina kurser senast 2 februari 2027 kl. 20.30."
            ),
            pytest.param("2027-02-02T14:31", None, "så erbjudandet gäller inte längre. Du står kvar i kön. "),
        ],
    )
    def test_an_offer_of_a_session_that_begins_soon_is_answered_in_six_hours_or_is_over(
        self, db, session, bo, moved_on, until, said
    ):
        waiting = make.person(db)
        mine = place(db, session, waiting, standing_yes=False)
        cancellation.cancel(db, session_id=session.id, person_id=bo.id, reason="", now=AFTER, by=bo.id)
        fill(db, session, now=clock.parse("2027-02-01T10:00"))
        soon = {"days": on(date(2027, 2, 3)), "cancel_by": date(2027, 2, 2), "go_no_go_on": date(2027, 2, 2)}
        changed(db, session, **soon, now=clock.parse(moved_on))
        assert (mine.state, session.seats_offered) == (
            (BookingState.OFFERED, 1) if until else (BookingState.WAITING, 0)
        )
        assert until is None or mine.answer_by == clock.parse(until)
        assert said in told(db, waiting)

    def test_who_was_asked_in_a_call_out_hears_that_the_question_is_void(self, db):
        session = make.session(db, seats=2)
        seat(db, session, make.person(db))
        waiting = make.person(db)
        mine = place(db, session, waiting, short_notice=True)
        soon = clock.parse("2027-03-11T09:00")
        fill(db, session, now=soon)
        assert mine.state is BookingState.ASKED
        changed(db, session, **april(session), now=soon)
        assert mine.state is BookingState.WAITING
        assert "gällde kurstillfället som det var förut och gäller inte längre." in told(db, waiting)


class TestWhoLeads:
    @pytest.fixture
    def karin(self, db, session):
        leader = make.holder(db, Role.LEADER, given_name="Karin", family_name="Ek")
        db.add(SessionLeader(session_id=session.id, person_id=leader.id))
        db.flush()
        db.refresh(session, ["leaders"])
        return leader

    def test_leaders_have_a_letter_about_days_hours_place_and_the_day_of_decision_and_nothing_else(
        self, db, session, karin
    ):
        keep = {"leader_ids": [karin.id]}
        changed(db, session, **april(session), **keep)
        assert occasions(db, karin) == ["session_changed_for_leader"]
        assert "måndag 12 april 2027" in told(db, karin)
        changed(db, session, place="Borås, Textile", now=AFTER + timedelta(hours=1), **keep)
        changed(db, session, go_no_go_on=date(2027, 3, 16), now=AFTER + timedelta(hours=2), **keep)
        changed(db, session, prepare_by=date(2027, 4, 8), now=AFTER + timedelta(hours=3), **keep)
        assert len(occasions(db, karin)) == 3
        assert invariants(db, now=AFTER) == []

    def test_the_question_names_leaders_who_lead_something_else_then_or_sit_in_it(self, db, session, karin):
        others = make.session(db, days=APRIL, leaders=[karin]), make.session(db, days=APRIL)
        seat(db, others[1], karin)
        facts = asked(db, session, **april(session), leader_ids=[karin.id])
        elsewhere = tuple(Elsewhere(each.course.title, tuple(APRIL)) for each in others)
        assert facts["leading"] == [Touched(karin.id, "Karin Ek", elsewhere)]


def test_the_database_lets_nobody_follow_to_a_day_on_which_they_are_elsewhere(database, db, session, other, anna):
    booking = booking_of(db, session, anna)
    db.flush()
    with refused(Refusal.DAY_TAKEN_MEANWHILE), database.transaction() as mine:
        there = mine.get_one(type(session), session.id)
        mine.refresh(there, ["days"])
        there.days = [CourseDay(day=APRIL[0], starts=time(9), ends=time(15))]
        seats.occupy_other_days(mine, [mine.get_one(Booking, booking.id)], there)


def test_a_seat_in_the_line_of_a_moved_session_is_given_by_the_same_origin(db, session, bo):
    changed(db, session, **april(session))
    assert booking_of(db, session, bo).origin is Origin.DIRECT
    assert freed.to_fill(db, now=AFTER) == []
    assert deadlines.passed(db, state=BookingState.OFFERED, now=AFTER) == []
