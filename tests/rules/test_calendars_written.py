"""Calendars are put together of pieces that are remembered, and are what the library writes of the whole."""

from datetime import UTC, date, datetime, time

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event, vDuration

from lararportal import calendars
from lararportal.calendars import ASKED_EVERY, CourseEvent
from lararportal.clock import STOCKHOLM

URL = "http://portal.test/tillfallen/1"
PLANTED = "x\r\nDTSTAMP:19700101T000000Z\r\nUID:-\r\nSEQUENCE:0\r\n"
TEXTS = st.text("ab åö€,;:\\\"'=\r\n", max_size=300)
HOURS = st.times().map(lambda at: at.replace(microsecond=0))
ZONES = st.sampled_from([UTC, STOCKHOLM])
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - aware
EVENTS = st.builds(
    CourseEvent,
    uid=st.builds("seat-{}-{:%Y%m%d}@lararportal".format, st.integers(1, 2**31 - 1), st.dates(date(1000, 1, 1))),
    day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    starts=HOURS,
    ends=HOURS,
    title=TEXTS.map(lambda text: f"x{text}"),
    place=st.just("") | TEXTS,
    url=st.sampled_from([URL, f"https://{'portal.' * 20}test/tillfallen/2147483647"]),
    sequence=st.integers(0, 2**31 - 1),
    organizer=st.sampled_from(["", "kurser@example.org"]),
)
HOSTILE = CourseEvent("seat-1-20270301@lararportal", date(2027, 3, 1), time(8), time(16), PLANTED, PLANTED, URL, 3)


def written(*events: tuple[CourseEvent, datetime, str], **about: str) -> str:
    calendar = Calendar()
    for name, value in ({"prodid": "-//lararportal//seats//SV", "version": "2.0"} | about).items():
        calendar.add(name, value)
    if "name" in about:
        calendar.add("refresh-interval", ASKED_EVERY, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", vDuration(ASKED_EVERY))
    for told, stamp, status in events:
        hours = (datetime.combine(told.day, at, STOCKHOLM).astimezone(UTC) for at in (told.starts, told.ends))
        facts = {"uid": told.uid, "dtstamp": stamp, "sequence": told.sequence, "url": told.url, "status": status}
        facts |= dict(zip(("dtstart", "dtend"), hours, strict=True))
        facts |= {"summary": told.title, "location": told.place}
        facts["organizer"] = f"mailto:{told.organizer}" if told.organizer else ""
        event = Event()
        for name, value in facts.items():
            if value != "":
                event.add(name, value)
        calendar.add_component(event)
    return calendar.to_ical().decode()


@given(st.lists(EVENTS, max_size=4), MOMENTS)
@example([HOSTILE], datetime(2026, 12, 1, tzinfo=UTC))
def test_what_is_written_in_pieces_is_what_the_library_writes_of_the_whole(events, now):
    whole = written(*((each, now, "CONFIRMED") for each in events), method="PUBLISH")
    ended = [written((each, now, "CANCELLED"), method="CANCEL") for each in events]
    followed = written(*((each, now, "TENTATIVE") for each in events), **{"name": "Kurser", "x-wr-calname": "Kurser"})

    for _ in ("at first", "as remembered"):
        assert calendars.invitation(events, now=now) == whole
        assert calendars.cancellations(events, now=now) == ended
        assert calendars.subscription([(each, now, False) for each in events], name="Kurser") == followed
