"""The programme: put there, shown to everybody, told with the summons, and told anew when somebody says so."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, letter, noted, occasions, seat

import make
from auth.states import Role
from bookings.ahead import Before
from lararportal import clock, tick
from lararportal.audit import invariants

BEFORE, DUE, LATER, OVER = (clock.parse(f"2027-{day}T08:00") for day in ("02-28", "03-01", "03-02", "03-16"))
TYPED = "Dag 1\n08.30 Inledning / Anna Ek\nDag 2\n09.00 Fall"


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture
def leader(db, session):
    return make.leader(db, session)


def called(db, database, now, **settings) -> int:
    db.flush()
    return tick.run_due(database, now=now, **settings)["summons sent"]


def test_who_has_a_seat_is_called_once_with_or_without_a_programme_and_who_comes_later_then(
    db, database, session, leader, visit
):
    anna, bo, bare = make.person(db), make.person(db), make.session(db)
    seat(db, session, anna)
    seat(db, bare, bo)
    browser, address = visit(leader, at=AFTER), f"/kurstillfallen/{session.id}/program"
    refused = browser.post(address, data={"programme": "08.30 Inledning\nnågot"})
    assert (refused.status_code, "Rad 2 går inte att läsa" in refused.text) == (400, True)
    assert [browser.post(address, data={"programme": TYPED}).status_code for _ in range(2)] == [302, 302]
    assert visit(make.holder(db, Role.LEADER), at=AFTER).get(address).status_code == 404
    public = visit(at=AFTER).get(f"/tillfallen/{session.id}").text
    assert ("Inledning" in public, "Anna Ek" in public) == (True, True)
    assert [called(db, database, each) for each in (BEFORE, DUE, LATER)] == [0, 2, 0]
    assert "14 dagar före första kursdagen" in browser.get(address).text
    early = Before(summons=timedelta(days=30))
    sooner = make.session(db, days=[date(2027, 4, 1)])
    seat(db, sooner, make.person(db))
    assert [called(db, database, each, before=early) for each in (DUE, LATER)] == [0, 1]
    assert ["08.30 Inledning, Anna Ek" in letter(db, each).body for each in (anna, bo)] == [True, False]
    assert "Programmet är inte inlagt än" in letter(db, bo).body
    db.refresh(session, ["days"])
    cilla = make.person(db)
    seat(db, session, cilla)
    assert [called(db, database, each) for each in (OVER, LATER, LATER)] == [0, 1, 0]
    assert [occasions(db, each).count("summons") for each in (anna, bo, cilla)] == [1, 1, 1]
    deeds = [deed for deed, *_ in noted(db) if deed in ("programme.put", "summons.sent")]
    assert deeds == ["programme.put", *["summons.sent"] * 4]
    assert {each.check for each in invariants(db, now=LATER)} - {"seat_not_noted"} == set()


def test_a_changed_programme_is_sent_when_somebody_says_so_and_once_to_who_had_another(
    db, database, session, leader, visit
):
    anna, bo = make.person(db), make.person(db)
    seat(db, session, anna)
    address = f"/kurstillfallen/{session.id}/program"

    def puts(typed: str, minutes: int) -> str:
        browser = visit(leader, at=LATER + timedelta(minutes=minutes))
        browser.post(address, data={"programme": typed})
        return browser.get(address).text

    def sends(minutes: int) -> list[str]:
        browser = visit(leader, at=LATER + timedelta(minutes=minutes))
        assert [browser.post(f"{address}/skicka").status_code for _ in range(2)] == [302, 302]
        return [occasions(db, each).count("programme_changed") for each in (anna, bo)]

    assert called(db, database, DUE) == 1
    assert "Skicka programmet till 1 deltagare" in puts(TYPED, 0)
    assert sends(1) == [1, 0]
    assert letter(db, anna).subject.startswith("Programmet är klart")
    assert "Skicka programmet" not in visit(leader, at=LATER + timedelta(minutes=2)).get(address).text
    db.refresh(session, ["days"])
    seat(db, session, bo)
    # Who is called after the change has read it there.
    assert "Har inte fått det ändrade programmet" not in visit(leader, at=LATER).get("/kursledare").text
    puts(TYPED + "\n10.00 Nytt", 3)
    assert called(db, database, LATER + timedelta(minutes=4)) == 1
    puts(TYPED + "\n10.00 Nytt", 5)
    assert "Har inte fått det ändrade programmet: 1" in visit(leader, at=LATER).get("/kursledare").text
    assert sends(6) == [2, 0]
    assert letter(db, anna).subject.startswith("Ändrat program")
    puts(TYPED, 7)
    assert sends(8) == [3, 1]
    puts("", 9)
    assert (sends(10), visit(make.person(db)).post(f"{address}/skicka").status_code) == ([3, 1], 403)
    assert [deed for deed, *_ in noted(db) if deed == "programme.told"] == ["programme.told"] * 3
    assert {each.check for each in invariants(db, now=OVER)} - {"seat_not_noted"} == set()
