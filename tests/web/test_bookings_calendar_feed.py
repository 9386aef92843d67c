"""A calendar that follows one's own courses: the address, what two programs read there, and what becomes of it."""

import html
import json
import re
from datetime import date, datetime, time, timedelta

import pytest
from bookings_room import AFTER, place, seat
from calendar_programs import PROGRAMS

import make
from auth import protection
from auth.states import Role
from bookings import calendar_feeds, cancellation
from bookings.models import CalendarFeed
from bookings.queries import own_feed
from bookings.states import BookingState
from courses.models import SessionLeader
from lararportal.audit import invariants
from lararportal.clock import STOCKHOLM
from lararportal.errors import NotFound

SOON = AFTER + timedelta(days=2)


@pytest.fixture
def anna(db):
    return make.person(db, given_name="Annika", family_name="Bergqvist")


@pytest.fixture
def address(db, anna):
    """Where a calendar follows Anna's courses."""
    calendar_feeds.open_anew(db, person_id=anna.id, now=AFTER, by=anna.id)
    return f"/kalender/{own_feed(db, anna.id).token}.ics"


def on(db, day, **facts):
    return make.session(db, days=[date(2027, 4, day)], **facts)


def test_the_address_is_made_shown_changed_and_closed_by_its_owner(db, anna, visit, queries):
    browser, outside = visit(anna, at=AFTER), visit(at=AFTER)
    seen = []

    def shown() -> str | None:
        page = browser.get("/mina-kurser/kalender").text
        found = re.search(r'value="http[^"]*(/kalender/[0-9a-f]{64}\.ics)"', page)
        return found and found[1]

    assert shown() is None
    for _ in range(2):
        assert browser.post("/mina-kurser/kalender/adress").status_code == 302
        seen.append(shown())
        assert shown() == seen[-1]
    assert [outside.get(each).status_code for each in seen] == [404, 200]
    [row] = db.query(CalendarFeed)
    token = seen[1].rpartition("/")[2].removesuffix(".ics")
    assert token not in json.dumps([row.salt, row.token_hash])
    assert invariants(db, now=AFTER) == []
    browser.post("/mina-kurser/kalender/stang")
    browser.post("/mina-kurser/kalender/stang")
    answers = [outside.get(f"/kalender/{each}.ics") for each in (token, "0" * 64, "x", "%C3%A5")]
    assert ({each.status_code for each in answers}, shown()) == ({404}, None)
    assert invariants(db, now=AFTER) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_has_every_seat_once_where_it_is_now_and_no_name(db, anna, address, visit, program):
    courses = [make.course(db) for _ in range(4)]
    booked, held, waited, left = (on(db, day, of=each) for day, each in enumerate(courses, 5))
    for each in (booked, left):
        seat(db, each, anna)
    held.seats_offered = 1
    place(db, held, anna, state=BookingState.OFFERED, asked_at=AFTER, answer_by=SOON)
    place(db, waited, anna)
    place(db, on(db, 9), make.person(db))
    about = {"session_id": left.id, "person_id": anna.id, "now": AFTER, "by": anna.id}
    cancellation.cancel(db, reason="", **about)
    leader = make.holder(db, Role.LEADER, family_name="Ledarsson")
    db.add(SessionLeader(session_id=booked.id, person_id=leader.id))
    db.flush()
    due = [(course.title, each.place) for course, each in zip(courses[:2], (booked, held), strict=True)]

    text = visit(at=AFTER).get(address).text

    read = list(PROGRAMS[program](text))
    assert [(each.title, each.place) for each in read] == due
    assert [each.status for each in read] == ["CONFIRMED", "TENTATIVE"]
    assert (read[0].starts, read[0].ends) == tuple(
        datetime.combine(date(2027, 4, 5), each, STOCKHOLM) for each in (time(8, 30), time(16, 30))
    )
    assert not [each for each in ("Annika", "Bergqvist", "Ledarsson", anna.email) if each in text]


def test_a_program_that_has_it_already_is_told_so_until_something_changes(db, anna, address, visit, queries):
    counts = []
    for day in (5, 6, 7):
        seat(db, on(db, day), anna)
        db.flush()
        db.expire_all()
        queries.reset()
        first = visit(at=AFTER).get(address)
        counts.append(queries.count)
        headers = {"If-None-Match": first.headers["ETag"]}
        later = visit(at=AFTER + timedelta(days=1)).get(address, headers=headers)
        assert (first.status_code, later.status_code, later.data) == (200, 304, b"")
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (first.headers["Cache-Control"], "Set-Cookie" in first.headers) == ("private, no-cache", False)
    assert counts == [3, 3, 3]
    seat(db, on(db, 8), anna)
    db.flush()
    assert visit(at=AFTER).get(address, headers=headers).status_code == 200


def test_whose_identity_is_protected_is_busy_and_nothing_more(db, anna, address, visit):
    there = on(db, 5, of=make.course(db, title="Hudsjukdomar"), place="Trollhättan")
    seat(db, there, anna)
    office = make.coordinator(db)
    protection.protect(db, person_id=anna.id, now=AFTER, by=office.id)
    db.flush()

    text = visit(at=AFTER).get(address).text

    assert ("Trollh" in text, "Hud" in text, "tillfallen" in text) == (False, False, False)
    assert [each.title for each in PROGRAMS["ical"](text)] == ["Kurs"]
    page = html.unescape(visit(anna, at=AFTER).get("/mina-kurser/kalender").text)
    assert "inte med vad eller var" in page


def test_nobody_is_nobodys_calendar(db):
    with pytest.raises(NotFound):
        calendar_feeds.open_anew(db, person_id=2_000_000, now=AFTER, by=1)
