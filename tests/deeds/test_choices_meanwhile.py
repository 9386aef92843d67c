"""Somebody has to choose between two seats, and meanwhile something else happens to them."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, fill, insist_on_invariants, letter, occasions, place, refused, seat, states, told
from session_changes_room import asked, change, changed, keep, on

import make
from bookings import cancellation, choices, rebooking
from bookings import queries as reads
from bookings.models import Booking, Precedence
from bookings.states import BookingState, Refusal
from lararportal import clock, journal
from lararportal.outbox import Letter

APRIL = [date(2027, 4, 12), date(2027, 4, 13)]
MAY = [date(2027, 5, 10)]
TO_APRIL = {"days": on(*APRIL), "cancel_by": date(2027, 3, 22), "go_no_go_on": date(2027, 3, 15)}
SOON = AFTER + timedelta(hours=2)
BOOKED, CHOOSES, MOVED = BookingState.BOOKED, BookingState.MUST_CHOOSE, BookingState.MOVED


@pytest.fixture
def anna(db):
    return make.person(db, given_name="Anna", family_name="Berg")


@pytest.fixture
def other(db, anna):
    """A course on one day in April, that Anna comes to."""
    made = make.session(db, days=APRIL[:1])
    seat(db, made, anna)
    return made


@pytest.fixture
def moved(db, other, anna):
    """Another course, moved from March to that day and the next: until 20 January she chooses."""
    made = make.session(db)
    seat(db, made, anna)
    changed(db, made, **TO_APRIL)
    return made


@pytest.fixture(autouse=True)
def _what_holds(db):
    """Whatever was done, the seats add up."""
    yield
    db.flush()
    insist_on_invariants(db)


def has(db, person, *found):
    return [states(db, session)[person.id] for session in found]


def chosen_by(db, session):
    return db.query(Booking).filter_by(session_id=session.id, state=CHOOSES).one().answer_by


class TestTheOtherSessionComesNearer:
    def test_not_so_near_that_there_is_less_than_a_day_to_choose(self, db, moved, other, anna):
        now = clock.parse("2027-01-16T19:00")
        days = {"cancel_by": date(2027, 1, 16), "go_no_go_on": date(2027, 1, 16), "now": now}
        for first in (date(2027, 1, 17), date(2027, 1, 18)):
            with refused(Refusal.NO_TIME_TO_CHOOSE, who="Anna Berg"):
                change(db, other, days=on(first, APRIL[0]), **days)
        [she] = asked(db, other, days=on(date(2027, 1, 19), APRIL[0]), **days)["touched"]
        assert (she.elsewhere, [each.title for each in she.against]) == ((), [moved.course.title])
        changed(db, other, days=on(date(2027, 1, 19), APRIL[0]), **days)
        assert has(db, anna, moved, other) == [CHOOSES, BOOKED]
        assert chosen_by(db, moved) == clock.parse("2027-01-18T18:00")

    def test_what_does_not_cut_the_choice_short_is_done_however_late_it_is(self, db, moved, other):
        late = chosen_by(db, moved) - timedelta(hours=1)
        changed(db, other, days=on(APRIL[1]), now=late)
        assert chosen_by(db, moved) == late + timedelta(hours=1)


def test_a_third_session_is_moved_into_the_choice_and_both_sides_are_told_so(db, moved, other, anna):
    third = make.session(db, days=MAY)
    seat(db, third, anna)
    days = {"days": on(APRIL[1]), "cancel_by": date(2027, 3, 22), "go_no_go_on": date(2027, 3, 15), "now": SOON}
    [she] = asked(db, third, **days)["touched"]
    assert [each.title for each in she.against] == [moved.course.title]
    changed(db, third, **days)
    assert has(db, anna, moved, other, third) == [CHOOSES, BOOKED, BOOKED]
    assert occasions(db, anna) == ["session_changed"] * 2
    assert f"Du har inte valt än om du behåller platsen på: {moved.course.title}" in told(db, anna)


@pytest.fixture
def again(db, moved, other, anna):
    """One more session that is moved to the day of the other, and is to be chosen against it as well."""
    made = make.session(db, days=MAY)
    seat(db, made, anna)
    changed(db, made, **TO_APRIL, now=SOON)
    return made


class TestThreeSeatsOnADay:
    def test_what_is_kept_is_what_the_other_choice_is_against_now_and_the_letter_says_so(
        self, db, moved, other, again, anna
    ):
        keep(db, session_id=moved.id, person_id=anna.id, now=SOON, by=anna.id)
        assert has(db, anna, moved, again, other) == [BOOKED, CHOOSES, MOVED]
        assert f"Du har inte valt än om du behåller platsen på {again.course.title}" in told(db, anna)
        assert "senast 20 januari 2027 kl. 11.00" in told(db, anna)

    def test_so_does_the_letter_when_it_is_had_again_by_itself(self, db, moved, other, again, anna):
        about = {"person_id": anna.id, "reason": "", "now": SOON, "by": anna.id}
        cancellation.cancel(db, session_id=other.id, **about)
        assert (has(db, anna, moved, again), letter(db, anna).occasion) == ([BOOKED, CHOOSES], "seat_had_again")
        assert f"Du har inte valt än om du behåller platsen på {again.course.title}" in told(db, anna)
        assert ("krockar inte" in told(db, anna), "lämnar du den här platsen" in told(db, anna)) == (False, True)

    def test_the_other_is_moved_onto_one_more_and_the_letter_names_all_that_keeping_it_gives_up(
        self, db, moved, other, anna
    ):
        third = make.session(db, days=MAY)
        seat(db, third, anna)
        days = {"days": on(APRIL[0], MAY[0]), "cancel_by": date(2027, 3, 22)}
        changed(db, other, now=SOON, **days)
        assert has(db, anna, moved, other, third) == [BOOKED, CHOOSES, BOOKED]
        assert occasions(db, anna) == ["session_changed", "seat_had_again", "session_changed"]
        assert [each.course.title in told(db, anna) for each in (moved, third)] == [True, True]
        keep(db, session_id=other.id, person_id=anna.id, now=SOON, by=anna.id)
        assert has(db, anna, moved, other, third) == [MOVED, BOOKED, MOVED]


@pytest.mark.parametrize("which", ["moved", "other"])
def test_cancelling_either_seat_gives_back_the_precedence_that_choosing_would(db, moved, other, anna, which):
    session = {"moved": moved, "other": other}[which]
    used_by = db.query(Booking).filter_by(session_id=session.id).one().id
    about = {"person_id": anna.id, "course_id": session.course_id, "granted_at": SOON}
    held = Precedence(kind="called_off", term="2027-1", reason="", used_by=used_by, **about)
    db.add(held)
    db.flush()
    journal.note(db, "precedence.displaced", now=SOON, by=None, precedence=held.id)
    mine = reads.my_seat(db, session_id=session.id, person_id=anna.id, now=SOON)
    assert (mine.precedence_until, mine.keeps_precedence) == ("2028-1", True)
    cancellation.cancel(db, session_id=session.id, person_id=anna.id, reason="", now=SOON, by=anna.id)
    said = " ".join(db.query(Letter).filter_by(occasion="seat_cancelled").one().body.split())
    assert "Förturen som gav dig platsen gäller igen, till och med vårterminen 2028." in said
    assert held.used_by is None


class TestTheOtherSeatIsChangedForAnother:
    """After its last day to cancel, which is no more late than to choose against it."""

    LATE = clock.parse("2027-01-19T10:00")

    @pytest.fixture
    def sister(self, db, moved, other):
        other.cancel_by = date(2027, 1, 18)
        return make.session(db, of=other.course, days=MAY, seats=1)

    def test_by_booking_another_session_of_the_course(self, db, moved, other, sister, anna):
        about = {"from_session_id": other.id, "to_session_id": sister.id, "person_id": anna.id}
        made = rebooking.rebook(db, **about, now=self.LATE, by=anna.id)
        assert (made.is_bound, has(db, anna, moved, other)) == (False, [BOOKED, MOVED])

    def test_by_their_place_in_its_line(self, db, moved, other, sister, anna):
        made = place(db, sister, anna)
        assert fill(db, sister, now=self.LATE) == 1
        assert (made.is_bound, has(db, anna, moved, other, sister)) == (False, [BOOKED, MOVED, BOOKED])


def test_a_yes_gives_up_no_more_than_what_was_shown(db, moved, other, anna):
    third = make.session(db, days=MAY)
    seat(db, third, anna)
    about = {"session_id": moved.id, "person_id": anna.id, "now": SOON, "by": anna.id}
    [shown] = reads.my_courses(db, anna.id, now=SOON).choosing
    changed(db, third, days=on(APRIL[1]), cancel_by=date(2027, 3, 22), go_no_go_on=date(2027, 3, 15))
    with refused(Refusal.ANSWER_MEANS_OTHER):
        choices.keep(db, saw=shown.saw, **about)
    [shown] = reads.my_courses(db, anna.id, now=SOON).choosing
    choices.keep(db, saw=shown.saw, **about)
    assert has(db, anna, moved, other, third) == [BOOKED, MOVED, MOVED]


def test_a_yes_keeps_no_seat_on_other_days_than_were_shown(db, moved, other, anna):
    about = {"session_id": moved.id, "person_id": anna.id, "now": SOON, "by": anna.id}
    [shown] = reads.my_courses(db, anna.id, now=SOON).choosing
    changed(db, moved, now=SOON, days=on(APRIL[0]), place="Folkets hus, Kiruna")
    with refused(Refusal.ANSWER_MEANS_OTHER):
        choices.keep(db, saw=shown.saw, **about)
    assert has(db, anna, moved, other) == [CHOOSES, BOOKED]
    [shown] = reads.my_courses(db, anna.id, now=SOON).choosing
    choices.keep(db, saw=shown.saw, **about)
    assert has(db, anna, moved, other) == [BOOKED, MOVED]
