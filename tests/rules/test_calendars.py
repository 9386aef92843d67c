"""What is put into a calendar is read there as it was meant."""

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from lararportal import calendars
from lararportal.calendars import LONGEST_LINE, CourseEvent

NOW = datetime(2027, 1, 11, 7, tzinfo=UTC)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters='\n\\;,:"'), max_size=200)


@given(title=TEXTS, place=TEXTS)
def test_a_calendar_reads_what_was_written(title: str, place: str):
    told = CourseEvent(
        uid="seat-7-20270330@lararportal",
        day=date(2027, 3, 30),
        starts=time(8, 30),
        ends=time(16, 30),
        title=title,
        place=place,
        url="https://portal.example.org/tillfallen/7",
        sequence=3,
    )

    written = calendars.invitation([told], now=NOW)
    [event] = Calendar.from_ical(written).events

    assert max(len(line.encode()) for line in written.split("\r\n")) <= LONGEST_LINE
    assert {name: str(event[name]) for name in ("summary", "location", "uid", "url", "status", "sequence")} == {
        "summary": title,
        "location": place,
        "uid": told.uid,
        "url": told.url,
        "status": "CONFIRMED",
        "sequence": "3",
    }
    assert (event.start, event.end, event.stamp) == (
        datetime(2027, 3, 30, 6, 30, tzinfo=UTC),
        datetime(2027, 3, 30, 14, 30, tzinfo=UTC),
        NOW,
    )
