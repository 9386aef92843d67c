"""What an answer is good for: said to what was shown, in time, and about a session that is still to be held."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, fill, place, refused, seat, set_free, states
from session_changes_room import changed, on

import make
from auth.states import Standing
from bookings import answers, queries, waitlist
from bookings.states import BookingState, Refusal
from courses.states import Publicity
from lararportal import clock

ANSWERS = [answers.accept, answers.decline]


def say(answer, db, session, person, now=AFTER):
    return answer(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


@pytest.fixture
def first(db):
    return make.person(db)


@pytest.fixture
def offered(db, full, first):
    """The one seat of the session is kept for somebody."""
    place(db, full, first, standing_yes=False)
    set_free(db, full)
    assert fill(db, full) == 1
    return full


def test_a_yes_is_said_to_what_was_shown_and_asked_again_when_it_means_something_else(db):
    first, second = (make.session(db, days=[date(2027, 5, 3)], seats=1) for _ in range(2))
    round_, anna = make.round_of(db, first, second), make.person(db)
    listed = {"round_id": round_.id, "wave": 0}
    place(db, first, anna, rank=1, standing_yes=False, **listed)
    fill(db, first)
    [shown] = queries.my_courses(db, anna.id, now=AFTER).offers
    since = seat(db, second, anna, rank=2, **listed)
    who = {"session_id": first.id, "person_id": anna.id, "now": AFTER, "by": anna.id}
    with refused(Refusal.ANSWER_MEANS_OTHER):
        answers.accept(db, saw=shown.saw, **who)
    assert since.state is BookingState.BOOKED
    [anew] = queries.my_courses(db, anna.id, now=AFTER).offers
    assert [row.session_id for row in anew.leaves] == [second.id]
    answers.accept(db, saw=anew.saw, **who)
    assert (states(db, first)[anna.id], since.state) == (BookingState.BOOKED, BookingState.MOVED)


def test_a_yes_is_said_to_the_days_and_the_place_that_were_shown(db, offered, first):
    who = {"session_id": offered.id, "person_id": first.id, "now": AFTER, "by": first.id}
    [shown] = queries.my_courses(db, first.id, now=AFTER).offers
    days, deadlines = on(date(2027, 6, 1)), {"cancel_by": date(2027, 5, 10), "go_no_go_on": date(2027, 5, 3)}
    changed(db, offered, place="Folkets hus, Kiruna", days=days, **deadlines)
    with refused(Refusal.ANSWER_MEANS_OTHER):
        answers.accept(db, saw=shown.saw, **who)
    [anew] = queries.my_courses(db, first.id, now=AFTER).offers
    assert anew.saw == answers.seen(db, session_id=offered.id, person_id=first.id, now=AFTER)
    answers.accept(db, saw=anew.saw, **who)
    assert states(db, offered)[first.id] is BookingState.BOOKED


def test_who_may_not_have_the_seat_any_more_is_told_why_their_yes_is_none(db, offered, first):
    first.standing = Standing.PENDING
    db.flush()
    with refused(Refusal.PROFILE_NOT_CONFIRMED):
        say(answers.accept, db, offered, first)


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_is_answered_about_a_session_that_is_held_no_more(db, offered, first, answer):
    offered.publicity = Publicity.ARCHIVED
    db.flush()
    with refused(Refusal.SESSION_NOT_OPEN):
        say(answer, db, offered, first)


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_is_answered_about_a_session_that_has_begun(db, offered, first, answer):
    booking = waitlist.live(db, session_id=offered.id, person_id=first.id)
    begins = clock.parse("2027-03-15T08:30")
    booking.answer_by = begins + timedelta(hours=1)
    with refused(Refusal.SESSION_STARTED):
        say(answer, db, offered, first, now=begins)
    assert booking.state is BookingState.OFFERED
