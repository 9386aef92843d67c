"""The programme: put there, shown to everybody, and told once to who has a seat."""

import pytest
from bookings_room import AFTER, letter, noted, occasions, seat

import make
from auth.states import Role
from courses.models import SessionLeader
from lararportal import clock, tick
from lararportal.audit import invariants

BEFORE, DUE, LATER, OVER = (clock.parse(f"2027-{day}T08:00") for day in ("02-28", "03-01", "03-02", "03-16"))
TYPED = "Dag 1\n08.30 Inledning / Anna Ek\nDag 2\n09.00 Fall"


@pytest.fixture
def session(db):
    return make.session(db)


def test_who_has_a_seat_is_told_once_of_a_programme_and_who_comes_later_then(db, database, session, visit):
    leader, anna, bo = make.holder(db, Role.LEADER), make.person(db), make.person(db)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    seat(db, session, anna)
    db.flush()
    assert tick.run_due(database, now=DUE)["summons sent"] == 0
    browser, address = visit(leader, at=AFTER), f"/kurstillfallen/{session.id}/program"
    refused = browser.post(address, data={"programme": "08.30 Inledning\nnågot"})
    assert (refused.status_code, "Rad 2 går inte att läsa" in refused.text) == (400, True)
    assert [browser.post(address, data={"programme": TYPED}).status_code for _ in range(2)] == [302, 302]
    assert visit(make.holder(db, Role.LEADER), at=AFTER).get(address).status_code == 404
    public = visit(at=AFTER).get(f"/tillfallen/{session.id}").text
    assert ("Inledning" in public, "Anna Ek" in public) == (True, True)
    db.flush()
    told = [tick.run_due(database, now=each)["summons sent"] for each in (BEFORE, DUE, LATER)]
    assert told == [0, 1, 0]
    assert "08.30 Inledning, Anna Ek" in letter(db, anna).body
    db.refresh(session, ["days"])
    seat(db, session, bo)
    db.flush()
    assert [tick.run_due(database, now=each)["summons sent"] for each in (OVER, LATER, LATER)] == [0, 1, 0]
    assert [occasions(db, each).count("summons") for each in (anna, bo)] == [1, 1]
    deeds = [deed for deed, *_ in noted(db) if deed in ("programme.put", "summons.sent")]
    assert deeds == ["programme.put", "summons.sent", "summons.sent"]
    assert {each.check for each in invariants(db, now=LATER)} - {"seat_not_noted"} == set()
