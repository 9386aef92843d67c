"""A session is changed when some of its days, or all, are over."""

from datetime import date

from bookings_room import BOOKED_AT, days_of, letter, occasions, seat, told
from icalendar import Calendar
from session_changes_room import changed, on

import make
from bookings import left_over_seats
from lararportal import clock
from lararportal.audit import invariants


def days_in(calendar):
    return [(each["dtstart"].dt.date(), str(each["status"])) for each in Calendar.from_ical(calendar).walk("VEVENT")]


def test_a_session_that_is_over_is_corrected_without_letters(db):
    first, second = date(2026, 11, 2), date(2026, 11, 3)
    session, doctor = make.session(db, days=[first, second]), make.person(db)
    seat(db, session, doctor)
    dates = {"cancel_by": date(2026, 10, 12), "go_no_go_on": date(2026, 10, 5)}
    changed(db, session, place="Borås, Textile", days=on(second), **dates)
    assert (occasions(db), days_of(db, doctor)) == ([], [second])


def test_who_was_there_hears_that_the_only_day_ahead_is_taken_off(db):
    begun, ahead = date(2027, 5, 4), date(2027, 5, 25)
    session, doctor = make.session(db, days=[begun, ahead]), make.person(db)
    left_over_seats.book(db, session_id=session.id, person_id=doctor.id, now=BOOKED_AT, by=doctor.id)
    db.flush()
    changed(db, session, days=on(begun), now=clock.parse("2027-05-08T10:00"))
    assert (occasions(db, doctor)[1:], days_of(db, doctor)) == (["session_changed"], [begun])
    assert "25 maj" in told(db, doctor)
    assert "avboka" not in told(db, doctor)
    assert [days_in(each) for each in letter(db, doctor).calendars] == [
        [(begun, "CONFIRMED")],
        [(ahead, "CANCELLED")],
    ]
    assert invariants(db, now=clock.parse("2027-05-08T10:00")) == []
