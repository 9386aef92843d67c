"""By when an offer is answered: hours by the days left, moved into office hours, whatever the calendar has."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules import answer_time
from bookings.rules.answer_time import Start, Way, call_out_until, needs_short_notice, way_of
from courses.rules import is_working_day

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def at(text: str) -> datetime:
    """A wall-clock time in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def wall(moment: datetime) -> str:
    return moment.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


def answer_by(begins: Start, *, now: datetime) -> datetime:
    return answer_time.answer_by(begins, now=now, is_working_day=is_working_day)


def start(text: str) -> Start:
    return Start(at(f"{text} 08:30"))


@pytest.mark.parametrize(
    ("starts", "now", "deadline"),
    [
        pytest.param("2027-03-15", "2027-02-14 10:00", "2027-02-19 10:00", id="29 days left: 120 hours"),
        pytest.param("2027-03-15", "2027-02-15 10:00", "2027-02-18 10:00", id="28 days left: 72 hours"),
        pytest.param("2027-03-15", "2027-02-27 10:00", "2027-03-02 10:00", id="16 days left: 72 hours"),
        pytest.param("2027-03-15", "2027-03-01 10:00", "2027-03-02 10:00", id="14 days left: 24 hours"),
        pytest.param("2027-03-15", "2027-03-09 10:00", "2027-03-10 10:00", id="6 days left: 24 hours"),
        pytest.param("2027-03-15", "2027-03-09 08:00", "2027-03-10 08:00", id="ends when the office opens"),
        pytest.param("2027-03-15", "2027-03-09 07:59", "2027-03-10 12:00", id="ends just before it opens"),
        pytest.param("2027-03-15", "2027-03-08 18:00", "2027-03-09 18:00", id="ends when it closes"),
        pytest.param("2027-03-15", "2027-03-08 18:01", "2027-03-10 12:00", id="ends just after it closes"),
        pytest.param("2027-03-15", "2027-03-08 03:00", "2027-03-09 12:00", id="ends at night, before a working day"),
        pytest.param("2027-03-15", "2027-03-04 19:00", "2027-03-08 12:00", id="ends on a Friday evening"),
        pytest.param("2027-03-15", "2027-03-05 10:00", "2027-03-08 12:00", id="ends on a Saturday"),
        pytest.param("2027-03-15", "2027-03-06 10:00", "2027-03-08 12:00", id="ends on a Sunday"),
        # The clocks go forward on Sunday 28 March 2027 and back on Sunday 31 October.
        pytest.param("2027-06-01", "2027-03-25 16:30", "2027-03-30 17:30", id="over the lost hour"),
        pytest.param("2027-06-01", "2027-03-25 17:30", "2027-03-31 12:00", id="over the lost hour, into the evening"),
        pytest.param("2027-06-01", "2027-03-25 07:00", "2027-03-30 08:00", id="over the lost hour, into the morning"),
        pytest.param("2027-12-01", "2027-10-28 08:59", "2027-11-02 12:00", id="over the hour that comes twice"),
        pytest.param("2027-12-01", "2027-10-28 19:00", "2027-11-02 18:00", id="the same, in the evening"),
        pytest.param("2027-12-01", "2027-10-28 10:00", "2027-11-02 09:00", id="an hour earlier by the wall"),
        pytest.param("2027-04-20", "2027-03-27 10:00", "2027-03-30 11:00", id="72 hours over the lost hour"),
        pytest.param("2027-04-08", "2027-03-27 10:00", "2027-03-30 12:00", id="24 hours into the day of 23 hours"),
        pytest.param("2027-11-20", "2027-10-29 10:00", "2027-11-01 09:00", id="72 hours over that hour"),
        pytest.param("2027-11-10", "2027-10-30 10:00", "2027-11-01 12:00", id="24 hours into the day of 25 hours"),
        pytest.param("2027-11-10", "2027-10-31 02:30", "2027-11-01 12:00", id="in the hour that comes twice"),
        # Good Friday is 26 March 2027, Easter Monday the 29th.
        pytest.param("2027-05-10", "2027-03-21 10:00", "2027-03-30 12:00", id="ends on Good Friday"),
        pytest.param("2027-05-10", "2027-03-24 10:00", "2027-03-30 12:00", id="ends on Easter Monday"),
        pytest.param("2027-05-10", "2027-03-20 10:00", "2027-03-25 10:00", id="ends on Maundy Thursday"),
        pytest.param("2027-05-10", "2027-03-20 19:00", "2027-03-30 12:00", id="the evening before Good Friday"),
        pytest.param("2027-05-10", "2027-03-22 10:00", "2027-03-30 12:00", id="ends on Holy Saturday"),
        pytest.param("2027-05-10", "2027-03-23 10:00", "2027-03-30 12:00", id="ends on Easter Day"),
        pytest.param("2027-05-10", "2027-03-25 10:00", "2027-03-30 11:00", id="over all of Easter and the lost hour"),
        pytest.param("2027-04-08", "2027-03-25 10:00", "2027-03-30 12:00", id="24 hours from Maundy Thursday"),
        pytest.param("2027-09-10", "2027-05-01 10:00", "2027-05-07 12:00", id="ends on Ascension Day"),
        pytest.param("2027-09-10", "2027-05-02 10:00", "2027-05-07 10:00", id="ends on the day after Ascension Day"),
        pytest.param("2026-09-10", "2026-04-26 10:00", "2026-05-04 12:00", id="ends on the First of May"),
        pytest.param("2028-09-10", "2028-06-01 10:00", "2028-06-07 12:00", id="ends on the National Day, a Tuesday"),
        # Midsummer Eve is Friday 25 June 2027.
        pytest.param("2027-09-10", "2027-06-19 10:00", "2027-06-24 10:00", id="ends the day before Midsummer Eve"),
        pytest.param("2027-07-08", "2027-06-24 10:00", "2027-06-28 12:00", id="24 hours into Midsummer Eve"),
        pytest.param("2027-09-10", "2027-06-20 10:00", "2027-06-28 12:00", id="ends on Midsummer Eve"),
        pytest.param("2027-09-10", "2027-06-21 10:00", "2027-06-28 12:00", id="ends on Midsummer Day"),
        pytest.param("2027-09-10", "2027-06-01 10:00", "2027-06-07 12:00", id="ends on the National Day, a Sunday"),
        # 24-26 December 2026 are Thursday to Saturday, 6 January 2027 is a Wednesday.
        pytest.param("2027-03-15", "2026-12-19 10:00", "2026-12-28 12:00", id="ends on Christmas Eve"),
        pytest.param("2027-03-15", "2026-12-18 10:00", "2026-12-23 10:00", id="ends the day before Christmas Eve"),
        pytest.param("2027-03-15", "2026-12-20 10:00", "2026-12-28 12:00", id="ends on Christmas Day"),
        pytest.param("2027-03-15", "2026-12-21 10:00", "2026-12-28 12:00", id="ends on Boxing Day"),
        pytest.param("2027-01-12", "2026-12-23 10:00", "2026-12-28 12:00", id="72 hours over Christmas"),
        pytest.param("2027-01-13", "2026-12-30 10:00", "2027-01-04 12:00", id="24 hours into New Year's Eve"),
        pytest.param("2027-03-15", "2026-12-31 10:00", "2027-01-05 10:00", id="ends on the eve of Epiphany"),
        pytest.param("2027-03-15", "2026-12-26 10:00", "2027-01-04 12:00", id="ends on New Year's Eve"),
        pytest.param("2027-03-15", "2026-12-27 10:00", "2027-01-04 12:00", id="ends on New Year's Day"),
        pytest.param("2027-03-15", "2027-01-01 10:00", "2027-01-07 12:00", id="ends on Epiphany"),
        pytest.param("2027-03-15", "2026-12-30 10:00", "2027-01-04 10:00", id="ends on the first working day"),
    ],
)
def test_when_an_offer_lapses(starts, now, deadline):
    assert wall(answer_by(start(starts), now=at(now))) == deadline


def test_an_offer_that_ends_on_a_holiday_right_before_the_start_is_not_moved_past_it():
    """Six days before Tuesday after Easter, in the evening: the next working day is the day itself."""
    assert wall(answer_by(start("2027-03-30"), now=at("2027-03-24 19:00"))) == "2027-03-25 19:00"


@pytest.mark.parametrize(
    ("starts", "was", "until"),
    [
        pytest.param("2027-05-10", "2027-03-16 10:00", "2027-03-22 12:00", id="five days from now are later"),
        pytest.param("2027-03-30", "2027-03-19 10:00", "2027-03-19 10:00", id="what was said is later"),
        pytest.param("2027-03-18", "2027-03-19 10:00", "2027-03-17 20:30", id="what was said is too late"),
    ],
)
def test_an_offer_of_a_changed_session_ends_no_sooner_than_was_said_if_there_is_time(starts, was, until):
    deadline = answer_time.answer_anew(
        start(starts), was=at(was), now=at("2027-03-15 17:00"), is_working_day=is_working_day
    )
    assert wall(deadline) == until


def test_an_offer_of_a_changed_session_is_over_where_fewer_hours_than_those_of_a_call_out_are_left():
    def anew(now: str):
        return answer_time.answer_anew(
            start("2027-03-16"), was=at("2027-03-19 10:00"), now=at(now), is_working_day=is_working_day
        )

    assert wall(anew("2027-03-15 14:30")) == "2027-03-15 20:30"
    assert anew("2027-03-15 14:31") is None


def test_an_offer_of_a_session_that_was_moved_near_ends_twelve_hours_before_the_start():
    assert wall(answer_by(start("2027-03-16"), now=at("2027-03-15 17:00"))) == "2027-03-15 20:30"


@pytest.mark.parametrize(
    ("now", "has_standing_yes", "way"),
    [
        pytest.param("2027-02-22 23:59", True, Way.AT_ONCE, id="yes beforehand, 21 days left"),
        pytest.param("2027-02-23 00:00", True, Way.OFFER, id="yes beforehand, 20 days left"),
        pytest.param("2027-01-15 10:00", False, Way.OFFER, id="no yes beforehand"),
        pytest.param("2027-03-09 23:59", True, Way.OFFER, id="6 days left"),
        pytest.param("2027-03-10 00:00", True, Way.CALL_OUT, id="5 days left"),
        pytest.param("2027-03-14 20:29", False, Way.CALL_OUT, id="a minute more than 12 hours left"),
        pytest.param("2027-03-14 20:30", False, Way.TOO_LATE, id="12 hours left"),
        pytest.param("2027-03-15 09:00", False, Way.TOO_LATE, id="begun"),
    ],
)
def test_how_a_free_seat_comes_to_the_line(now, has_standing_yes, way):
    assert way_of(start("2027-03-15"), has_standing_yes=has_standing_yes, now=at(now)) is way


@pytest.mark.parametrize(
    ("starts", "now", "way"),
    [
        pytest.param("2027-04-01", "2027-03-11 23:59", Way.AT_ONCE, id="21 days, one of 23 hours"),
        pytest.param("2027-04-01", "2027-03-12 00:00", Way.OFFER, id="20 days, one of 23 hours"),
        pytest.param("2027-04-01", "2027-03-26 23:59", Way.OFFER, id="6 days, one of 23 hours"),
        pytest.param("2027-04-01", "2027-03-27 00:00", Way.CALL_OUT, id="5 days, one of 23 hours"),
        pytest.param("2027-03-28", "2027-03-27 19:29", Way.CALL_OUT, id="more than 12 hours over the lost hour"),
        pytest.param("2027-03-28", "2027-03-27 19:30", Way.TOO_LATE, id="12 hours over the lost hour"),
        pytest.param("2027-11-03", "2027-10-28 23:59", Way.OFFER, id="6 days, one of 25 hours"),
        pytest.param("2027-11-03", "2027-10-29 00:00", Way.CALL_OUT, id="5 days, one of 25 hours"),
        pytest.param("2027-10-31", "2027-10-30 21:29", Way.CALL_OUT, id="more than 12 hours over that hour"),
        pytest.param("2027-10-31", "2027-10-30 21:30", Way.TOO_LATE, id="12 hours over that hour"),
        pytest.param("2027-01-04", "2026-12-14 23:59", Way.AT_ONCE, id="21 days over New Year"),
        pytest.param("2027-01-04", "2026-12-30 00:00", Way.CALL_OUT, id="5 days over New Year"),
    ],
)
def test_days_left_are_those_of_the_calendar_whatever_the_clocks_do(starts, now, way):
    assert way_of(start(starts), has_standing_yes=True, now=at(now)) is way


@pytest.mark.parametrize(("today", "needed"), [(date(2027, 3, 9), False), (date(2027, 3, 10), True)])
def test_from_five_days_before_only_those_are_asked_who_said_so(today, needed):
    assert needs_short_notice(starts_on=date(2027, 3, 15), today=today) is needed


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2027-03-28 00:30", "2027-03-28 07:30", id="over the lost hour"),
        pytest.param("2027-10-31 00:30", "2027-10-31 05:30", id="over the hour that comes twice"),
        pytest.param("2026-12-31 20:00", "2027-01-01 02:00", id="over New Year"),
        pytest.param("2027-06-25 10:00", "2027-06-25 16:00", id="on Midsummer Eve"),
    ],
)
def test_a_call_out_ends_after_six_hours_whatever_day_it_is(now, until):
    assert wall(call_out_until(now=at(now))) == until


moments = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware
ahead = st.integers(6 * 24, 200 * 24).map(lambda hours: timedelta(hours=hours))


@given(moments, ahead)
def test_nobody_has_less_time_than_the_days_left_promise_and_the_answer_comes_before_the_course(now, until_start):
    begins = Start(now + until_start)
    if begins.days_left(now) <= 5:
        return
    deadline = answer_by(begins, now=now)
    promised = 120 if begins.days_left(now) > 28 else 72 if begins.days_left(now) > 14 else 24
    local = deadline.astimezone(STOCKHOLM)

    assert deadline - now >= timedelta(hours=promised)
    assert begins.moment - deadline > timedelta(hours=12)
    in_office_hours = is_working_day(local.date()) and time(8) <= local.time() <= time(18)
    assert in_office_hours or deadline - now == timedelta(hours=promised)
    if deadline - now != timedelta(hours=promised):
        assert local.time() == time(12)


@given(moments, st.integers(0, 60 * 24).map(lambda hours: timedelta(hours=hours)), st.booleans())
def test_there_is_one_way_and_it_follows_the_days_left(now, until_start, has_standing_yes):
    begins = Start(now + until_start)
    way = way_of(begins, has_standing_yes=has_standing_yes, now=now)

    assert (way in {Way.CALL_OUT, Way.TOO_LATE}) == (begins.days_left(now) <= 5)
    assert has_standing_yes or way is not Way.AT_ONCE


@pytest.mark.parametrize(
    ("asked", "until", "reminded"),
    [
        pytest.param("2027-03-26 10:00", "2027-03-30 12:00", "2027-03-28 11:30", id="over the lost hour"),
        pytest.param("2027-10-29 10:00", "2027-11-02 12:00", "2027-10-31 10:30", id="over the hour that comes twice"),
        pytest.param("2026-12-30 10:00", "2027-01-04 10:00", "2027-01-01 22:00", id="over New Year"),
    ],
)
def test_a_reminder_comes_half_way_whatever_the_clocks_do(asked, until, reminded):
    assert wall(answer_time.remind_at(asked_at=at(asked), answer_by=at(until))) == reminded


@pytest.mark.parametrize(
    ("starts", "others", "now", "until"),
    [
        pytest.param("2027-04-12", "2027-04-12", "2027-01-15 10:00", "2027-01-20 10:00", id="as long as an offer"),
        pytest.param("2027-03-22", "2027-03-22", "2027-03-12 10:00", "2027-03-15 12:00", id="not on a Saturday"),
        pytest.param("2027-04-12", "2027-01-18", "2027-01-15 10:00", "2027-01-17 18:00", id="until the other begins"),
        pytest.param("2027-03-30", "2027-03-30", "2027-03-25 12:00", "2027-03-29 18:00", id="over all of Easter"),
        pytest.param("2027-03-15", "2027-03-15", "2027-03-12 12:00", "2027-03-14 18:00", id="over the weekend"),
        pytest.param("2027-03-15", "2027-03-15", "2027-03-13 18:00", "2027-03-14 18:00", id="a whole day"),
        pytest.param("2027-03-15", "2027-03-15", "2027-03-13 18:01", None, id="less than a day"),
    ],
)
def test_a_choice_is_made_in_office_hours_and_by_the_evening_before(starts, others, now, until):
    found = answer_time.choose_by(start(starts), [start(others)], now=at(now), is_working_day=is_working_day)
    assert (wall(found) if found else None) == until
