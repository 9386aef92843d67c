"""Somebody is elsewhere on the days that a session is moved to: they choose, and always have a seat."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    BOOKED_AT,
    days_of,
    fill,
    insist_on_invariants,
    letter,
    line_of,
    noted,
    occasions,
    place,
    refused,
    seat,
    states,
    told,
)
from icalendar import Calendar
from session_changes_room import asked, change, changed, keep, on
from sqlalchemy import select

import make
from bookings import cancellation, choices, left_over_seats, rebooking, waitlist
from bookings import queries as reads
from bookings.minimum import calling_off, cases
from bookings.models import Booking, Precedence
from bookings.states import BookingState, CancelGround, Refusal
from courses import sessions
from courses.states import Refusal as CourseRefusal
from lararportal import clock, journal, tick
from lararportal.audit import invariants

MARCH = [date(2027, 3, 15), date(2027, 3, 16)]
APRIL = [date(2027, 4, 12), date(2027, 4, 13)]
MAY = [date(2027, 5, 10), date(2027, 5, 11)]
TO_APRIL = {"days": on(*APRIL), "cancel_by": date(2027, 3, 22), "go_no_go_on": date(2027, 3, 15)}
TO_MAY = {"days": on(*MAY), "cancel_by": date(2027, 4, 19), "go_no_go_on": date(2027, 4, 12)}
BACK = {"days": on(*MARCH), "cancel_by": date(2027, 2, 22), "go_no_go_on": date(2027, 2, 15)}
SOON = AFTER + timedelta(hours=2)
BOOKED, CHOOSES, MOVED = BookingState.BOOKED, BookingState.MUST_CHOOSE, BookingState.MOVED


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
    for person in (anna, bo):
        booked(db, made, person)
    return made


@pytest.fixture
def other(db, anna):
    """Another course, in April, that Anna comes to."""
    made = make.session(db, days=APRIL)
    booked(db, made, anna)
    return made


@pytest.fixture
def moved(db, session, other):
    """The session in March, moved to April, where Anna is already."""
    changed(db, session, **TO_APRIL)
    return session


@pytest.fixture(autouse=True)
def _what_holds(db):
    """Whatever was done, the seats add up and everybody who chooses has both of theirs."""
    yield
    db.flush()
    insist_on_invariants(db)
    unnoted = {"seat_not_noted", "place_not_noted"}
    assert [each for each in invariants(db, now=AFTER) if each.check not in unnoted] == []


def booked(db, session, person):
    left_over_seats.book(db, session_id=session.id, person_id=person.id, now=BOOKED_AT, by=person.id)
    db.flush()


def since(db, person):
    """The letters after those of the first seats."""
    return [each for each in occasions(db, person) if each != "seat_booked"]


def has(db, person, *found):
    return tuple(states(db, session)[person.id] for session in found)


def booking_of(db, session, person):
    return db.scalars(select(Booking).where(Booking.session_id == session.id, Booking.person_id == person.id)).one()


def answer(deed, db, session, person, now=SOON):
    done = deed(db, session_id=session.id, person_id=person.id, now=now, by=person.id)
    db.flush()
    return done


def cancel(db, session, person, now=SOON, **facts):
    about = {"session_id": session.id, "person_id": person.id, "reason": "", "now": now, "by": person.id}
    done = cancellation.cancel(db, **about | facts)
    db.flush()
    return done


def called_off(db, session, office, now=SOON):
    db.flush()
    saw = calling_off.foreseen(db, session_id=session.id, now=now).token
    calling_off.call_off(db, session_id=session.id, reason="Sjukdom.", saw=saw, now=now, by=office.id)
    db.flush()


def events(calendar):
    return [
        (each["dtstart"].dt.date(), int(each["sequence"]), str(each["status"]))
        for each in Calendar.from_ical(calendar).walk("VEVENT")
    ]


class TestBeingAsked:
    def test_both_seats_are_theirs_and_the_other_occupies_the_day(self, db, moved, other, anna, bo):
        assert has(db, anna, moved, other) == (CHOOSES, BOOKED)
        assert booking_of(db, moved, anna).answer_by == clock.parse("2027-01-20T09:00")
        assert (days_of(db, anna), days_of(db, bo)) == (APRIL, APRIL)
        assert (moved.seats_taken, moved.seats_offered, moved.free_seats) == (2, 0, 0)
        assert invariants(db, now=AFTER) == []

    def test_one_letter_says_what_they_choose_between_and_what_silence_means(self, db, moved, other, anna):
        assert since(db, anna) == ["session_changed"]
        assert "ett kurstillfälle som du har plats på" in told(db, anna)
        assert other.course.title in told(db, anna)
        assert "Du har kvar dina platser till 20 januari 2027 kl. 09.00" in told(db, anna)
        removals = letter(db, anna).calendars
        assert [events(each) for each in removals] == [[(day, 1, "CANCELLED")] for day in MARCH]

    def test_the_page_says_it_too(self, db, moved, other, anna):
        mine = reads.my_courses(db, anna.id, now=AFTER)
        [choice] = mine.choosing
        assert ([each.session_id for each in choice.others], mine.offers) == ([other.id], [])
        assert [each.session.session_id for each in mine.seats] == [other.id]
        assert reads.my_situation(db, moved, person_id=anna.id, now=AFTER).state is CHOOSES
        assert [each.answer_by for each in reads.roster(db, moved.id, now=AFTER).booked] == [choice.answer_by, None]

    def test_who_chooses_still_has_the_seat_when_it_is_counted(self, db, moved, bo, anna):
        moved.minimum = 2
        db.flush()
        assert cases.to_warn(db, now=clock.parse("2027-03-02T08:00")) == []
        assert reads.interested(db, moved.id).waiting == 0
        with refused(CourseRefusal.SESSION_NOT_OVER, booked=2):
            sessions.archive(db, session_id=moved.id, interested=reads.interested, now=AFTER, by=None)

    def test_the_line_does_not_take_the_seat_meanwhile(self, db, moved, anna):
        place(db, moved, make.person(db))
        assert (fill(db, moved), has(db, anna, moved)) == (0, (CHOOSES,))

    def test_nothing_else_is_booked_on_those_days_meanwhile(self, db, session, anna):
        booked(db, make.session(db, days=APRIL[:1]), anna)
        changed(db, session, **TO_APRIL)
        with refused(Refusal.DAY_TAKEN):
            answer(waitlist.join, db, make.session(db, days=APRIL[1:]), anna)


class TestChoosing:
    def test_a_yes_gives_up_the_other_seat_at_one_stroke(self, db, moved, other, anna):
        answer(keep, db, moved, anna)
        assert has(db, anna, moved, other) == (BOOKED, MOVED)
        assert (days_of(db, anna), moved.seats_taken, other.seats_taken) == (APRIL, 2, 0)
        assert since(db, anna) == ["session_changed", "seat_chosen"]
        put_in, *taken_out = letter(db, anna).calendars
        assert events(put_in) == [(day, 2, "CONFIRMED") for day in APRIL]
        assert [said for each in taken_out for *_, said in events(each)] == ["CANCELLED"] * 2

    def test_a_no_keeps_the_other_and_the_line_gets_this_one(self, db, moved, other, anna):
        waiting = make.person(db)
        place(db, moved, waiting)
        answer(choices.give_up, db, moved, anna)
        assert has(db, anna, moved, other) == (MOVED, BOOKED)
        assert f"du behåller din plats på: {other.course.title}" in told(db, anna)
        assert (letter(db, anna).calendars, fill(db, moved), line_of(db, moved)) == ([], 1, [])

    def test_silence_keeps_the_other_and_they_are_reminded_and_told(self, db, database, moved, other, anna):
        until = booking_of(db, moved, anna).answer_by
        for now in (until - timedelta(hours=1), until, until + timedelta(seconds=1), until + timedelta(hours=1)):
            tick.run_due(database, now=now)
        db.expire_all()
        assert has(db, anna, moved, other) == (BookingState.LAPSED, BOOKED)
        assert since(db, anna) == ["session_changed", "choice_reminder", "choice_lapsed"]
        assert "Du behåller din plats på:" in told(db, anna)
        assert [each for each in noted(db) if each[0].startswith("choice.")] == [
            ("choice.reminded", None, anna.id, moved.id),
            ("choice.lapsed", None, anna.id, moved.id),
        ]

    def test_it_is_done_once_by_who_has_to_and_in_time(self, db, moved, anna, bo):
        with refused(Refusal.NOTHING_TO_CHOOSE):
            answer(keep, db, moved, bo)
        with refused(Refusal.CHOSEN_TOO_LATE):
            answer(choices.give_up, db, moved, anna, now=clock.parse("2027-01-20T09:01"))
        answer(keep, db, moved, anna)
        with refused(Refusal.NOTHING_TO_CHOOSE):
            answer(choices.give_up, db, moved, anna)

    def test_it_is_never_possible_once_one_of_the_sessions_is_about_to_begin(self, db, moved, anna):
        booking_of(db, moved, anna).answer_by = late = clock.at(APRIL[0] - timedelta(days=1), 19)
        for deed in (keep, choices.give_up):
            with refused(Refusal.CHOSEN_TOO_LATE):
                answer(deed, db, moved, anna, now=late)
        booking_of(db, moved, anna).answer_by = clock.parse("2027-01-20T09:00")

    def test_precedence_that_led_to_what_is_given_up_holds_again(self, db, moved, other, anna):
        held = Precedence(
            person_id=anna.id,
            course_id=moved.course_id,
            kind="called_off",
            term="2027-1",
            reason="",
            granted_at=BOOKED_AT - timedelta(days=1),
            used_by=booking_of(db, moved, anna).id,
        )
        db.add(held)
        db.flush()
        journal.note(db, "precedence.displaced", now=AFTER, by=None, precedence=held.id)
        answer(choices.give_up, db, moved, anna)
        assert (held.used_by, "Förturen som gav dig den platsen gäller igen" in told(db, anna)) == (None, True)
        assert ("precedence.kept", anna.id, anna.id, moved.id) in noted(db)


class TestWhatEndsTheChoice:
    """The two seats collide no more, and both are theirs."""

    def test_the_session_is_moved_back(self, db, moved, other, anna):
        changed(db, moved, **BACK, now=SOON)
        assert (has(db, anna, moved, other), days_of(db, anna)) == ((BOOKED, BOOKED), MARCH + APRIL)
        assert "så du behöver inte välja" in told(db, anna)
        assert [events(each) for each in letter(db, anna).calendars] == [[(day, 2, "CONFIRMED") for day in MARCH]]
        assert since(db, anna) == ["session_changed"] * 2
        assert invariants(db, now=SOON) == []

    def test_the_other_session_is_moved_away(self, db, moved, other, anna):
        changed(db, other, **TO_MAY, now=SOON)
        assert (has(db, anna, moved, other), days_of(db, anna)) == ((BOOKED, BOOKED), APRIL + MAY)
        assert since(db, anna)[1:] == ["seat_had_again", "session_changed"]
        assert invariants(db, now=SOON) == []

    def test_the_other_session_is_called_off(self, db, moved, other, anna, office):
        called_off(db, other, office)
        assert (has(db, anna, moved), days_of(db, anna)) == ((BOOKED,), APRIL)
        assert since(db, anna)[1:] == ["session_called_off", "seat_had_again"]

    def test_they_give_up_the_other_seat_and_that_is_not_late(self, db, moved, other, anna):
        late = clock.parse("2027-01-19T10:00")
        other.cancel_by = date(2027, 1, 18)
        db.flush()
        assert reads.my_seat(db, session_id=other.id, person_id=anna.id, now=late).is_chosen_against
        done = cancel(db, other, anna, now=late, fee=((30, 50),))
        assert (done.ended_late, done.fee_percent) == (False, 0)
        assert (has(db, anna, moved), days_of(db, anna)) == ((BOOKED,), APRIL)
        assert since(db, anna)[1:] == ["seat_cancelled", "seat_had_again"]
        assert "Du behöver inte välja längre" in letter(db, anna).subject
        assert invariants(db, now=late) == []

    def test_they_change_the_other_seat_for_one_on_other_days(self, db, moved, other, anna):
        later = make.session(db, of=other.course, days=MAY)
        about = {"person_id": anna.id, "now": SOON, "by": anna.id}
        rebooking.rebook(db, from_session_id=other.id, to_session_id=later.id, **about)
        assert (has(db, anna, moved, later), days_of(db, anna)) == ((BOOKED, BOOKED), APRIL + MAY)

    def test_they_change_the_moved_seat_for_one_on_other_days(self, db, moved, other, anna):
        later = make.session(db, of=moved.course, days=MAY)
        about = {"person_id": anna.id, "now": SOON, "by": anna.id}
        rebooking.rebook(db, from_session_id=moved.id, to_session_id=later.id, **about)
        assert (has(db, anna, moved, other), days_of(db, anna)) == ((MOVED, BOOKED), APRIL + MAY)

    def test_the_line_gives_them_another_session_of_the_other_course(self, db, moved, other, anna):
        later = make.session(db, of=other.course, days=MAY)
        place(db, later, anna)
        assert fill(db, later, now=SOON) == 1
        assert (has(db, anna, moved, other, later), days_of(db, anna)) == ((BOOKED, MOVED, BOOKED), APRIL + MAY)

    def test_a_lapse_that_comes_too_late_finds_nothing_to_lapse(self, db, moved, other, anna):
        until = booking_of(db, moved, anna).answer_by + timedelta(seconds=1)
        changed(db, moved, **BACK, now=SOON)
        choices.lapse(db, booking_of(db, moved, anna).id, now=until, by=None)
        assert has(db, anna, moved) == (BOOKED,)


class TestBeingMovedAgain:
    def test_the_time_to_choose_is_reckoned_anew(self, db, moved, other, anna):
        early = [date(2027, 1, 21)]
        third = make.session(db, days=early)
        seat(db, third, anna)
        dates = {"cancel_by": date(2027, 1, 15), "go_no_go_on": date(2027, 1, 15)}
        changed(db, moved, days=on(*early), **dates, now=SOON)
        assert booking_of(db, moved, anna).answer_by == clock.parse("2027-01-18T12:00")
        assert third.course.title in told(db, anna)

    def test_another_place_alone_tells_them_once_more_that_they_choose(self, db, moved, other, anna):
        facts = asked(db, moved, place="Borås, Textile", now=SOON)
        assert (facts["booked"], facts["interested"].waiting, len(facts["touched"][0].elsewhere)) == (2, 0, 1)
        until = booking_of(db, moved, anna).answer_by
        changed(db, moved, place="Borås, Textile", now=SOON)
        assert "du behöver välja" in told(db, anna)
        assert (other.course.title in told(db, anna), letter(db, anna).calendars) == (True, [])
        assert booking_of(db, moved, anna).answer_by == until

    def test_the_other_session_comes_nearer_and_so_does_the_last_moment_to_choose(self, db, moved, other, anna):
        third = make.session(db, days=MAY)
        seat(db, third, anna)
        near = [date(2027, 1, 18), APRIL[0]]
        dates = {"cancel_by": date(2027, 1, 15), "go_no_go_on": date(2027, 1, 15)}
        changed(db, other, days=on(*near), **dates, now=SOON)
        assert booking_of(db, moved, anna).answer_by == clock.parse("2027-01-17T18:00")
        assert since(db, anna)[-2:] == ["choice_reminder", "session_changed"]


class TestNoTimeToChoose:
    DAY_ONE = date(2027, 1, 14)
    DATES = {"cancel_by": date(2027, 1, 4), "go_no_go_on": date(2027, 1, 4)}  # noqa: RUF012 - read only

    def begun(self, db, person, *later):
        made = make.session(db, days=[self.DAY_ONE, *later], **self.DATES)
        seat(db, made, person)
        return made

    def test_nobody_is_thrown_out_in_the_middle_of_a_course(self, db, other, anna):
        begun = self.begun(db, anna, date(2027, 3, 1))
        with refused(Refusal.NO_TIME_TO_CHOOSE, who="Anna Berg"):
            change(db, begun, days=on(self.DAY_ONE, APRIL[0]))
        assert has(db, anna, begun, other) == (BOOKED, BOOKED)

    def test_nor_when_it_is_the_other_course_that_has_begun(self, db, session, anna):
        self.begun(db, anna, APRIL[0])
        with refused(Refusal.NO_TIME_TO_CHOOSE, who="Anna Berg"):
            change(db, session, **TO_APRIL)
        assert has(db, anna, session) == (BOOKED,)

    def test_less_than_a_day_is_no_time(self, db, anna, bo):
        tomorrow = [clock.day_of(AFTER) + timedelta(days=1)]
        near = make.session(db, days=tomorrow, **self.DATES)
        seat(db, near, anna)
        far = make.session(db)
        seat(db, far, anna)
        with refused(Refusal.NO_TIME_TO_CHOOSE):
            change(db, far, days=on(*tomorrow), **self.DATES)

    def test_whoever_comes_to_a_seat_meanwhile_counts_too(self, db, session, anna):
        mine, others = [booking_of(db, session, anna)], {anna.id: [self.begun(db, anna, APRIL[0])]}
        with refused(Refusal.NO_TIME_TO_CHOOSE):
            choices.ask(db, session, mine, others, persons={anna.id: anna}, now=AFTER)


class TestCallingOff:
    """A session that somebody chooses about is called off or merged: they had a seat in it."""

    def test_they_get_a_seat_in_a_sister_session_as_everybody_else(self, db, moved, other, anna, bo, office):
        sister = make.session(db, of=moved.course, days=MAY)
        called_off(db, moved, office)
        assert has(db, anna, moved, sister) == (BookingState.CALLED_OFF, BOOKED)
        assert has(db, bo, moved, sister) == (BookingState.CALLED_OFF, BOOKED)
        assert "kurstillfället som du hade en plats på är inställt" in told(db, anna)
        assert days_of(db, anna) == APRIL + MAY
        assert invariants(db, now=SOON) == []

    def test_they_have_precedence_where_there_is_no_room(self, db, moved, other, anna, bo, office):
        called_off(db, moved, office)
        assert {each.person_id for each in db.scalars(select(Precedence))} == {anna.id, bo.id}

    def test_a_merger_is_for_everybody_or_nobody(self, db, moved, other, anna, office):
        into = make.session(db, of=moved.course, days=MAY, seats=1).id
        about = {"session_id": moved.id, "into": into, "now": SOON}
        saw = calling_off.foreseen_merger(db, **about).token
        with refused(Refusal.MERGE_LEAVES_SOMEBODY, left=1):
            calling_off.merge(db, **about, reason="För få.", saw=saw, by=office.id)


def test_a_seat_that_is_to_be_chosen_can_be_given_back_and_had_again_while_nothing_collides(db, moved, other, anna):
    cancel(db, moved, anna, ground=CancelGround.OTHER)
    assert has(db, anna, moved, other) == (BookingState.CANCELLED, BOOKED)
    with refused(Refusal.DAY_TAKEN):
        answer(cancellation.undo, db, moved, anna)
    cancel(db, other, anna)
    answer(cancellation.undo, db, moved, anna)
    assert has(db, anna, moved) == (BOOKED,)
