"""Calendars that follow a seat: two programs read every letter, and have each day of it once, where it is now."""

from datetime import date, datetime, time, timedelta

import pytest
from bookings_room import AFTER, BOOKED_AT
from calendar_programs import PROGRAMS, Shelf
from session_changes_room import changed, on
from sqlalchemy import select

import make
from bookings import cancellation, left_over_seats
from courses.rules import Day
from lararportal.calendars import method_of
from lararportal.clock import STOCKHOLM
from lararportal.outbox import Letter

MARCH = [date(2027, 3, 15), date(2027, 3, 29)]
"""In Stockholm the clocks go forward between them."""


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_update_moves_the_events_of_a_seat_and_a_cancellation_takes_them_out(db, program):
    shelf, read = Shelf(PROGRAMS[program]), set()
    db.info["contact"] = "kurser@example.org"
    session, anna = make.session(db, days=MARCH, place="Göteborg; sal 2, våning 3"), make.person(db)
    about = {"session_id": session.id, "person_id": anna.id, "by": anna.id}

    def has(*days: date, hours: tuple[time, time] = (time(8, 30), time(16, 30))) -> None:
        """After the letters since, the calendar has these days and no other."""
        for each in db.scalars(select(Letter).order_by(Letter.id)):
            for text in each.calendars if each.id not in read else ():
                shelf.take(text)
                events = text.count("BEGIN:VEVENT")
                assert text.count("ORGANIZER:mailto:kurser@example.org") == events
                assert (method_of(text), events == 1) in {("PUBLISH", events == 1), ("CANCEL", True)}
            read.add(each.id)
        assert shelf.moments == [tuple(datetime.combine(day, hour, STOCKHOLM) for hour in hours) for day in days]
        assert {(each.title, each.place) for each in shelf.events.values()} <= {(session.course.title, session.place)}

    left_over_seats.book(db, now=BOOKED_AT, **about)
    db.flush()
    has(*MARCH)
    names = set(shelf.events)
    changed(db, session, days=on(date(2027, 3, 22), MARCH[1]))
    has(date(2027, 3, 22), MARCH[1])
    assert set(shelf.events) == names
    changed(db, session, days=[Day(MARCH[1], time(10), time(15))], now=AFTER + timedelta(hours=1))
    has(MARCH[1], hours=(time(10), time(15)))
    cancellation.cancel(db, reason="", now=AFTER + timedelta(hours=2), **about)
    has()
    cancellation.undo(db, now=AFTER + timedelta(hours=2, minutes=5), **about)
    has(MARCH[1], hours=(time(10), time(15)))
