"""The funding of a resident's seat: recorded by who answers for them, and never missing in silence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bookings_room import AFTER, last_facts, letter, noted, occasions, place, refused, seat, states, told
from session_changes_room import change, changed

import make
from auth.states import Area, Category, Role
from auth.states import Refusal as PeopleRefusal
from bookings import cancellation, funding, rebooking
from bookings import queries as reads
from bookings.models import Booking
from bookings.rules.funding import Unfunded
from bookings.states import BookingState, Refusal
from lararportal import clock, tick
from lararportal.cli.serving import one_tick
from lararportal.errors import NotFound

FIRST, SECOND = clock.parse("2027-02-02T08:00"), clock.parse("2027-02-17T08:00")
"""Fourteen and three working days before the last day to cancel of a session in the middle of March."""
EVENING = clock.parse("2027-02-22T18:00")
A_SECOND, A_DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def anna(db):
    return make.person(db, area=Area.GOTEBORG)


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture
def hers(db, session, anna):
    """Anna's seat."""
    return seat(db, session, anna)


@pytest.fixture
def eva(db):
    """The director of studies where Anna works."""
    return make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG)


def settle(db, *bookings, by, now=AFTER) -> int:
    db.flush()
    count = funding.settle(db, booking_ids=[each.id for each in bookings], now=now, by=by.id)
    db.flush()
    return count


def reminded(database, now, unfunded=Unfunded.KEEP) -> int:
    return tick.run_due(database, now=now, unfunded=unfunded)["funding reminded of"]


class TestSettling:
    def test_a_director_of_the_area_or_a_coordinator_records_it_with_name_and_time(self, db, hers, eva):
        assert settle(db, hers, by=eva) == 1
        assert (hers.funded_at, hers.funded_by) == (AFTER, eva.id)
        assert noted(db)[-1] == ("funding.settled", eva.id, hers.person_id, hers.session_id)
        assert settle(db, hers, by=make.coordinator(db), now=AFTER + A_DAY) == 0
        assert (hers.funded_at, hers.funded_by) == (AFTER, eva.id)

    def test_nobody_who_waits_for_the_course_takes_it_back(self, db, session, hers, eva):
        eva.category = Category.SPECIALIST
        place(db, session, eva)
        settle(db, hers, by=eva)
        with refused(Refusal.DECIDES_OVER_OWN_SESSION):
            funding.unsettle(db, booking_id=hers.id, now=AFTER, by=eva.id)
        assert hers.funded_by == eva.id

    def test_many_are_recorded_at_once_and_nothing_if_one_is_refused(self, db, database, session, hers, eva):
        elsewhere = seat(db, session, make.person(db, area=Area.SKARABORG))
        db.flush()
        with refused(PeopleRefusal.OUTSIDE_OWN_AREA), database.transaction() as other:
            funding.settle(other, booking_ids=[hers.id, elsewhere.id], now=AFTER, by=eva.id)
        db.refresh(hers)
        assert hers.funded_at is None
        assert settle(db, hers, elsewhere, by=make.coordinator(db)) == 2

    def test_nobody_records_it_for_themselves_or_without_the_role(self, db, session, hers):
        director = make.holder(db, Role.DIRECTOR, category=Category.ST_2015)
        own = seat(db, session, director)
        with refused(PeopleRefusal.NOT_ONESELF):
            settle(db, own, by=director)
        with refused(PeopleRefusal.NOT_YOURS_TO_CONFIRM):
            settle(db, hers, by=make.person(db))

    @pytest.mark.parametrize("category", [Category.SPECIALIST, Category.PRE_ST])
    def test_who_is_no_resident_needs_none(self, db, session, category):
        theirs = seat(db, session, make.person(db, category=category))
        with refused(Refusal.FUNDING_NOT_NEEDED):
            settle(db, theirs, by=make.coordinator(db))

    def test_only_a_seat_can_be_paid_for(self, db, session, hers, eva):
        waiting = place(db, session, make.person(db))
        with refused(Refusal.PERSON_HAS_NO_SEAT):
            settle(db, waiting, by=eva)
        cancellation.cancel(db, session_id=session.id, person_id=hers.person_id, reason="", now=AFTER, by=None)
        with refused(Refusal.PERSON_HAS_NO_SEAT):
            settle(db, hers, by=eva)
        with pytest.raises(NotFound):
            funding.settle(db, booking_ids=[hers.id, 10**6], now=AFTER, by=eva.id)

    def test_what_was_recorded_by_mistake_is_taken_back_and_reminded_of_again(self, db, database, hers, eva):
        assert reminded(database, FIRST) == 1
        settle(db, hers, by=eva, now=FIRST)
        funding.unsettle(db, booking_id=hers.id, now=FIRST + A_DAY, by=eva.id)
        db.flush()
        assert noted(db)[-1][0] == "funding.unsettled"
        with refused(Refusal.FUNDING_NOT_SETTLED):
            funding.unsettle(db, booking_id=hers.id, now=FIRST + A_DAY, by=eva.id)
        assert reminded(database, FIRST + A_DAY) == 1

    def test_it_follows_to_another_session_of_the_course(self, db, session, hers, eva, anna):
        settle(db, hers, by=eva)
        other = make.session(db, of=session.course, days=[date(2027, 5, 3)])
        new = rebooking.rebook(
            db, from_session_id=session.id, to_session_id=other.id, person_id=anna.id, now=AFTER, by=anna.id
        )
        assert (new.funded_at, new.funded_by) == (AFTER, eva.id)

    def test_for_another_course_it_is_asked_anew(self, db, session, hers, eva):
        settle(db, hers, by=eva)
        new = Booking()
        elsewhere = make.session(db)
        funding.carry_over(hers, new, session=elsewhere, left=session)
        assert new.funded_at is None


class TestReminding:
    def test_there_are_two_reminders_each_once(self, db, database, hers, anna):
        moments = (
            FIRST - A_SECOND - timedelta(hours=8),
            FIRST,
            FIRST + A_DAY,
            SECOND - A_DAY,
            SECOND,
            SECOND + A_DAY,
        )
        assert [reminded(database, now) for now in moments] == [0, 1, 0, 0, 1, 0]
        assert occasions(db, anna) == ["funding_missing"] * 2
        assert "senast måndag 22 februari 2027" in told(db, anna)
        assert "släpper vi platsen" not in told(db, anna)

    def test_a_tick_that_comes_late_reminds_once(self, db, database, hers, anna):
        assert [reminded(database, now) for now in (SECOND, SECOND + A_SECOND)] == [1, 0]
        assert occasions(db, anna) == ["funding_missing"]

    def test_nobody_is_reminded_after_the_last_day_to_cancel_or_of_what_is_settled(self, db, database, hers, eva):
        assert reminded(database, clock.parse("2027-02-23T08:00")) == 0
        settle(db, hers, by=eva)
        assert [reminded(database, now) for now in (FIRST, SECOND)] == [0, 0]

    @pytest.mark.parametrize("category", [Category.SPECIALIST, Category.PRE_ST])
    def test_only_residents_are_reminded(self, db, database, session, category):
        seat(db, session, make.person(db, category=category))
        place(db, session, make.person(db))
        db.flush()
        assert reminded(database, FIRST) == 0

    def test_who_has_just_got_the_seat_is_left_alone_until_tomorrow(self, db, database, session):
        late = seat(db, session, make.person(db), at=SECOND)
        db.flush()
        assert [reminded(database, now) for now in (SECOND + A_SECOND, SECOND + A_DAY)] == [0, 1]
        db.refresh(late)
        assert late.funding_reminders == 2

    def test_another_last_day_to_cancel_is_reminded_of_as_well(self, db, database, session, hers, anna):
        assert [reminded(database, now) for now in (FIRST, SECOND)] == [1, 1]
        db.expire_all()
        db.refresh(session, ["days"])
        changed(db, session, cancel_by=date(2027, 3, 8), now=SECOND)
        again = clock.parse("2027-02-18T08:00")
        assert reminded(database, again) == 1
        assert occasions(db, anna) == ["funding_missing", "funding_missing", "session_changed", "funding_missing"]

    def test_many_are_found_in_two_statements(self, db, session, queries):
        for _ in range(5):
            seat(db, session, make.person(db))
        db.flush()
        queries.reset()
        assert len(funding.to_remind(db, now=FIRST)) == 5
        assert queries.count == 2


class TestReleasing:
    def released(self, database, now) -> int:
        return tick.run_due(database, now=now, unfunded=Unfunded.RELEASE)["unfunded seats released"]

    def test_where_the_setting_says_nothing_no_seat_is_released(self, db, database, session, hers, anna):
        for now in (FIRST, SECOND, EVENING, EVENING + A_DAY):
            tick.run_due(database, now=now)
        assert states(db, session) == {anna.id: BookingState.BOOKED}

    def test_where_it_says_so_the_seat_goes_to_the_next_with_a_letter_and_a_reason(
        self, db, database, session, hers, anna
    ):
        waiting = make.person(db)
        session.seats = 1
        place(db, session, waiting)
        db.flush()
        assert reminded(database, SECOND, Unfunded.RELEASE) == 1
        assert "Är de inte klara 22 februari 2027 kl. 18.00 släpper vi platsen" in told(db, anna)
        assert [self.released(database, now) for now in (EVENING - A_SECOND, EVENING, EVENING)] == [0, 1, 0]
        db.expire_all()
        assert states(db, session) == {anna.id: BookingState.UNFUNDED, waiting.id: BookingState.BOOKED}
        assert occasions(db, anna) == ["funding_missing", "seat_unfunded"]
        assert letter(db, anna).booking_id == hers.id
        assert not hers.ended_late
        assert ("seat.unfunded", None, anna.id, session.id) in noted(db)
        with refused(Refusal.NOTHING_TO_UNDO):
            cancellation.undo(db, session_id=session.id, person_id=anna.id, now=EVENING, by=anna.id)

    def test_who_was_never_reminded_or_is_paid_for_keeps_the_seat(self, db, database, session, hers, eva, anna):
        late = make.person(db)
        seat(db, session, late, at=EVENING - A_SECOND)
        db.flush()
        assert reminded(database, SECOND, Unfunded.RELEASE) == 1
        settle(db, hers, by=eva, now=SECOND)
        assert self.released(database, EVENING) == 0
        assert states(db, session) == {anna.id: BookingState.BOOKED, late.id: BookingState.BOOKED}

    def test_who_was_reminded_while_no_seat_was_released_keeps_it_when_that_is_changed(
        self, db, database, session, hers, anna
    ):
        assert [reminded(database, now) for now in (FIRST, SECOND)] == [1, 1]
        assert self.released(database, EVENING) == 0
        assert states(db, session) == {anna.id: BookingState.BOOKED}

    def test_a_letter_that_comes_too_late_for_it_says_nothing_of_a_release_and_there_is_none(
        self, db, database, session
    ):
        late = make.person(db)
        seat(db, session, late, at=EVENING - A_DAY)
        db.flush()
        assert reminded(database, EVENING - timedelta(hours=10), Unfunded.RELEASE) == 1
        assert "släpper vi platsen" not in told(db, late)
        assert self.released(database, EVENING) == 0

    def test_another_last_day_is_announced_anew(self, db, database, session, hers):
        reminded(database, SECOND, Unfunded.RELEASE)
        db.expire_all()
        db.refresh(session, ["days"])
        changed(db, session, cancel_by=date(2027, 2, 25), now=EVENING - A_DAY)
        assert self.released(database, clock.parse("2027-02-25T18:00")) == 0

    def test_what_was_announced_does_not_hold_for_who_had_given_the_seat_back_when_the_last_day_came_nearer(
        self, db, database, session, hers, anna
    ):
        minute, whose = timedelta(minutes=1), {"session_id": session.id, "person_id": anna.id, "by": anna.id}
        reminded(database, SECOND, Unfunded.RELEASE)
        db.expire_all()
        cancellation.cancel(db, **whose, reason="", now=SECOND + minute)
        db.refresh(session, ["days"])
        change(db, session, cancel_by=date(2027, 2, 18), now=SECOND + 2 * minute)
        cancellation.undo(db, **whose, now=SECOND + 3 * minute)
        assert reminded(database, SECOND + A_DAY, Unfunded.RELEASE) == 1
        assert "släpper vi platsen" not in told(db, anna)
        assert self.released(database, clock.parse("2027-02-18T18:00")) == 0

    def test_a_tick_a_day_later_releases_nothing_any_more(self, db, database, session, hers):
        reminded(database, SECOND, Unfunded.RELEASE)
        assert self.released(database, EVENING + A_DAY) == 0

    def test_somebody_who_is_quicker_than_the_tick_wins(self, db, database, hers, eva):
        reminded(database, SECOND, Unfunded.RELEASE)
        settle(db, hers, by=eva, now=EVENING)
        db.flush()
        funding.release(db, hers.id, now=EVENING, by=None)
        funding.warn(db, hers.id, now=EVENING, by=None)
        assert (hers.state, last_facts(db)["booking"]) == (BookingState.BOOKED, hers.id)
        assert noted(db)[-1][0] == "funding.settled"

    def test_the_tick_asks_the_setting(self, installation, settings):
        place = replace(installation, settings=replace(settings, unfunded_seats="release"))
        told_at_once = {"now": FIRST, "told": lambda: True}
        assert "unfunded seats released" in one_tick(place, **told_at_once)
        assert "unfunded seats released" not in one_tick(installation, **told_at_once)


class TestLists:
    def test_a_director_finds_the_unsettled_seats_of_the_own_area_the_most_urgent_first(self, db, session, hers, eva):
        sooner = make.session(db, days=[date(2027, 3, 1)])
        first = seat(db, sooner, make.person(db, area=Area.GOTEBORG))
        seat(db, session, make.person(db, area=Area.SKARABORG))
        seat(db, session, make.person(db, category=Category.SPECIALIST))
        db.flush()
        today = clock.day_of(AFTER)
        mine = {"areas": {Area.GOTEBORG}, "today": today}
        assert [row.booking_id for row in reads.unsettled(db, **mine, number=1).rows] == [first.id, hers.id]
        assert [reads.unsettled_count(db, areas=areas, today=today) for areas in ({Area.GOTEBORG}, None)] == [2, 3]
        settle(db, hers, by=eva)
        [row] = reads.settled(db, **mine, number=1).rows
        assert (row.booking_id, row.settled_at, row.settled_by) == (hers.id, AFTER, eva.name)
        assert reads.unsettled_count(db, **mine) == 1

    def test_a_page_is_read_in_as_many_statements_with_one_seat_as_with_thirty(self, db, session, queries):
        def statements(more):
            for _ in range(more):
                seat(db, session, make.person(db))
            db.flush()
            db.expunge_all()
            queries.reset()
            page = reads.unsettled(db, areas=None, number=1, today=clock.day_of(AFTER))
            assert page.total == len(page.rows)
            return queries.count

        session.seats = 31
        assert statements(1) == statements(29) == 3
