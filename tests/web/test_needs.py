"""What people need in a session: numbers for the caterer, and names only for who prepares the room."""

from datetime import timedelta

import pytest
from bookings_room import AFTER, noted, refused, seat
from sqlalchemy import select

import make
from auth import protection
from auth.states import Role
from bookings import cancellation
from bookings.queries import seated
from courses.models import Need
from courses.needs import saying
from courses.states import Diet, Refusal
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.journal import Entry
from lararportal.kept import DAYS

OVER = clock.parse("2027-03-16T16:30")
SECRET = "Hörslinga"


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture
def leader(db, session):
    return make.leader(db, session)


def test_it_is_said_counted_without_names_and_told_to_who_prepares_the_room(db, session, leader, visit, queries):
    anna, bo = (make.person(db, family_name=name) for name in ("Alm", "Berg"))
    for each in (anna, bo):
        seat(db, session, each)
    own, desk = f"/tillfallen/{session.id}/behov", f"/kurstillfallen/{session.id}/behov"
    browser, led = visit(anna, at=AFTER), visit(leader, at=AFTER)
    long = browser.post(own, data={"other_food": "x" * 301, "access": SECRET})
    assert (long.status_code, SECRET in long.text) == (400, True)
    sent = {"diets": ["vegan", "no_nuts"], "other_food": "Ingen selleri", "access": SECRET}
    assert [browser.post(own, data=sent).status_code for _ in range(2)] == [302, 302]
    led.get(desk)
    queries.reset()
    page = led.get(desk)
    few = queries.count
    assert page.headers["Cache-Control"] == "private, no-store"
    caterer, _, room = page.text.partition("För att kunna delta")
    assert ("Veganskt" in caterer, "Ingen selleri" in caterer, "Alm" in caterer) == (True, True, False)
    assert (SECRET in room, "Alm" in room) == (True, True)
    assert visit(bo, at=AFTER).post(own, data={"diets": ["vegan"], "access": "Plats långt fram"}).status_code == 302
    protection.protect(db, person_id=bo.id, now=AFTER, by=make.coordinator(db).id)
    db.flush()
    queries.reset()
    page = led.get(desk).text
    assert (queries.count, "Berg" in page, "Plats långt fram" in page) == (few, False, True)
    assert SECRET in browser.get(own).text
    assert [visit(who, at=AFTER).get(path).status_code for who, path in (
        (make.person(db), own), (make.holder(db, Role.LEADER), desk), (make.coordinator(db), desk)
    )] == [404, 404, 200]  # fmt: skip
    deeds = [deed for deed, by, *_ in noted(db) if by in (anna.id, bo.id) and deed.startswith("needs.")]
    assert deeds == ["needs.said", "needs.said"]
    facts = db.scalars(select(Entry.facts).where(Entry.deed == "needs.said")).all()
    assert all("vegan" not in str(each) and SECRET not in str(each) for each in facts)
    assert browser.post(own, data={"other_food": "", "access": ""}).status_code == 302
    assert db.scalars(select(Need.person_id)).all() == [bo.id]
    assert {each.check for each in invariants(db, now=AFTER)} - {"seat_not_noted"} == set()


def test_nobody_is_asked_what_they_need_in_what_is_over(db, session, visit):
    anna = make.person(db)
    seat(db, session, anna)
    own, ways = f"/tillfallen/{session.id}/behov", f"/tillfallen/{session.id}/forberedelse"
    asked, after = visit(anna, at=AFTER), visit(anna, at=OVER)
    assert [own in browser.get(ways).text for browser in (asked, after)] == [True, False]
    assert [browser.get(own).status_code for browser in (asked, after)] == [200, 409]


def test_it_is_over_with_the_session_and_goes_two_weeks_after_it(db, database, session):
    anna, bo = make.person(db), make.person(db)
    for each in (anna, bo):
        seat(db, session, each)
        about = {"session_id": session.id, "roster": seated, "now": AFTER, "by": each.id}
        saying.say(db, diets=[Diet.VEGAN], other_food="", access="", **about)
    with refused(Refusal.NEEDS_TOO_LATE):
        saying.say(db, diets=[], other_food="", access="", **{**about, "now": OVER})
    cancellation.cancel(db, session_id=session.id, person_id=bo.id, reason="", now=AFTER, by=bo.id)
    db.flush()

    def left(moment) -> list[int]:
        tick.forget(database, now=moment, kept=DAYS)
        return list(db.scalars(select(Need.person_id).order_by(Need.person_id)))

    assert left(AFTER + timedelta(days=13)) == [anna.id, bo.id]
    assert left(AFTER + timedelta(days=15)) == [anna.id]
    assert left(clock.parse("2027-03-30T23:00")) == [anna.id]
    assert left(clock.parse("2027-03-31T01:30")) == []
