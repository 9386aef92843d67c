"""Who may change a session, and what of it is changed by a deed of its own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bookings_room import AFTER, CLOSES, OPENS, place, refused, seat, sent
from session_changes_room import change, changed, on

import make
from bookings import cancellation, impartiality, rebooking, waitlist
from bookings.minimum import cases
from bookings.states import Refusal
from courses import catalogue, closing, sessions
from courses.states import Kind, Order
from lararportal import clock


class TestWhoMayChangeIt:
    """Nobody with something to gain."""

    def sits(self, db, session, olle):
        seat(db, session, olle)

    def waits(self, db, session, olle):
        place(db, session, olle)

    def has_applied(self, db, session, olle):
        sent(db, make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES), olle, session)

    @pytest.mark.parametrize("gain", [sits, waits, has_applied])
    def test_a_coordinator_with_something_to_gain_changes_nothing(self, db, gain):
        session, olle = make.session(db), make.person(db)
        gain(self, db, session, olle)
        who = {"session_id": session.id, "impartial": impartiality.insist, "now": AFTER, "by": olle.id}
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            change(db, session, seats=session.seats + 1, by=olle.id)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            closing.close_booking(db, reason="Fullt", **who)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            closing.reopen_booking(db, **who)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            sessions.archive(db, **who)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            sessions.open_reserve(db, **who)

    @pytest.mark.parametrize("gain", [sits, waits, has_applied])
    @pytest.mark.parametrize(
        "fact",
        [{"targets": {"ST": 0}}, {"swap_rings": False}, {"order": Order.REVERSED}, {"kind": Kind.CLINICAL}],
    )
    def test_nor_who_gets_the_seats_of_the_course(self, db, gain, fact):
        course, olle = make.course(db, targets={"ST": 0, "SPEC": 0}), make.person(db)
        gain(self, db, make.session(db, of=course), olle)
        about = {"course_id": course.id, "impartial": impartiality.insist, "now": AFTER, "by": olle.id}
        said = catalogue.facts_of(course)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            catalogue.change(db, facts=replace(said, **fact), **about)
        catalogue.change(db, facts=replace(said, title="Akutmedicin"), **about)
        assert catalogue.facts_of(course) == replace(said, title="Akutmedicin")

    @pytest.mark.parametrize("gain", [sits, waits, has_applied])
    def test_nor_the_seat_of_somebody_else(self, db, gain):
        course, anna, olle = make.course(db), make.person(db), make.person(db)
        session = make.session(db, of=course)
        sister = make.session(db, of=course, days=[date(2027, 5, 4)])
        seat(db, session, anna)
        gain(self, db, session, olle)
        whose = {"person_id": anna.id, "now": AFTER, "by": olle.id}
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            cancellation.cancel(db, session_id=session.id, reason="", **whose)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            cancellation.undo(db, session_id=session.id, **whose)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            rebooking.rebook(db, from_session_id=session.id, to_session_id=sister.id, **whose)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            waitlist.join(db, session_id=sister.id, **whose)
        waitlist.join(db, session_id=sister.id, **whose | {"by": anna.id})

    def test_one_gives_back_a_seat_of_ones_own(self, db):
        session, olle = make.session(db), make.person(db)
        seat(db, session, olle)
        cancellation.cancel(db, session_id=session.id, person_id=olle.id, reason="", now=AFTER, by=olle.id)
        assert session.seats_taken == 0

    def test_what_they_went_through_long_ago_is_no_gain(self, db):
        olle, course = make.person(db), make.course(db)
        past = make.session(db, of=course, days=[date(2026, 3, 2)])
        seat(db, past, olle, at=clock.parse("2026-01-10T08:00"))
        assert change(db, make.session(db, of=course), seats=11, by=olle.id).seats == 11


class TestTheDayOfDecision:
    @pytest.fixture
    def few(self, db):
        """A session that one has booked and needs more; its leaders have been asked on the go/no-go day."""
        made = make.session(db, minimum=5)
        seat(db, made, make.person(db))
        db.flush()
        day = clock.at(made.go_no_go_on, 9)
        cases.ask_for_decision(db, made.id, now=day, by=None)
        made.asked = day
        return made

    def test_it_is_moved_by_its_own_deed_while_a_case_is_open(self, db, few):
        with refused(Refusal.DAY_OF_OPEN_CASE):
            change(db, few, go_no_go_on=few.go_no_go_on + timedelta(days=2), now=few.asked)

    def test_on_other_days_the_case_begins_anew(self, db, few):
        august = {"days": on(date(2027, 8, 23)), "cancel_by": date(2027, 8, 2), "go_no_go_on": date(2027, 7, 1)}
        changed(db, few, **august, now=few.asked)
        assert cases.open_case(db, few.id) is None
        assert cases.to_warn(db, now=few.asked) == []
        assert cases.to_warn(db, now=clock.parse("2027-06-17T08:00")) == [few.id]
        assert cases.due(db, now=clock.parse("2027-07-01T08:00")) == [few.id]
