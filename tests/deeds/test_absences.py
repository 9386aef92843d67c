"""Who never came is in the basis for invoices from the tick after it was decided, and a correction takes it back."""

from datetime import date

import pytest
from bookings_room import last_facts
from held_room import AWAY, ILL, THERE, held

import make
from auth.states import Category
from bookings.queries import seated
from bookings.queries.invoicing import Period, invoice_rows
from bookings.states import Charge
from courses.days import correcting, half_days
from courses.rules.days import Verdict
from courses.states import GROUPS
from lararportal import clock, tick
from lararportal.audit import invariants

NOVEMBER = Period(first=date(2026, 11, 1), last=date(2026, 11, 30))
JANUARY = Period(first=date(2027, 1, 1), last=date(2027, 1, 31))
OVER, CORRECTED = clock.parse("2026-11-03T00:01"), clock.parse("2027-01-14T09:00")
NO_SHOW, CREDIT, SEAT = Charge.NO_SHOW, Charge.CREDIT, Charge.SEAT


class Room:
    """A session in which somebody was there, ill and away of those who pay themselves and whose employer does."""

    def __init__(self, db, database):
        course = make.course(db, targets=dict.fromkeys(GROUPS, 0))
        before = {"category": Category.PRE_ST, "residency_start": None, "planned_end": None}
        self.db, self.database = db, database
        self.names = {}
        for name, marks in {"there": [THERE, AWAY], "ill": [ILL, AWAY], "away": [AWAY, AWAY]}.items():
            for kind, facts in {"": {}, "paid_": before}.items():
                self.names[kind + name] = (make.person(db, **facts), marks)
        self.session = held(db, course, dict(self.names.values()))
        self.office = make.coordinator(db)

    def ticks(self, now, fee=50) -> int:
        return tick.run_due(self.database, now=now, no_show_fee=fee)["absences charged"]

    def of(self, period) -> dict[str, tuple]:
        self.db.flush()
        who = {person.id: name for name, (person, _) in self.names.items()}
        return {who[row.person_id]: (row.charge, row.percent) for row in invoice_rows(self.db, period, number=1).rows}

    def correct(self, name, mark, now=CORRECTED):
        about = {"session_id": self.session.id, "person_id": self.names[name][0].id, "reason": "Fel i listan."}
        noted = {each.key: mark for each in half_days.halves_of(self.session)}
        by = {"roster": seated, "now": now, "by": self.office.id}
        correcting.correct(self.db, noted=noted, verdict=Verdict(competence_met=True), **about, **by)


@pytest.fixture
def room(db, database):
    return Room(db, database)


def test_who_stayed_away_pays_and_who_was_ill_does_not(room):
    assert (room.ticks(OVER), room.ticks(OVER)) == (1, 0)
    assert room.of(NOVEMBER) == {"away": (NO_SHOW, 50), "paid_there": (SEAT, 100), "paid_away": (SEAT, 100)}
    facts = last_facts(room.db)
    assert (facts["absence"], facts["percent"], facts["on"]) == ("no_show", 0, "2026-11-03")


@pytest.mark.parametrize("fee", [50, None])
def test_a_correction_counts_from_its_day_and_not_by_the_fee_of_that_day(room, fee):
    room.ticks(OVER, fee=fee)
    before = room.of(NOVEMBER)
    assert before["away"] == (NO_SHOW, fee)
    for name, mark in {"away": THERE, "paid_away": ILL, "paid_ill": THERE, "there": AWAY}.items():
        room.correct(name, mark)
    assert (room.ticks(CORRECTED, fee=20), room.ticks(CORRECTED, fee=20)) == (1, 0)
    assert room.of(NOVEMBER) == before
    back = {"away": (CREDIT, -50)} if fee else {}
    now = {"paid_away": (CREDIT, -100), "paid_ill": (SEAT, 100), "there": (NO_SHOW, 20)}
    assert room.of(JANUARY) == {**back, **now}
    # What is said wrongly and put right on one day comes to nothing.
    room.correct("there", THERE)
    room.correct("paid_ill", ILL)
    room.ticks(CORRECTED, fee=20)
    assert room.of(JANUARY) == {**back, "paid_away": (CREDIT, -100)}
    wrong = {each.check for each in invariants(room.db, now=clock.parse("2027-01-20T09:00"))}
    assert wrong.isdisjoint({"absence_not_charged", "absence_charge_not_noted", "booking_not_as_noted"})


def test_the_audit_misses_what_no_tick_has_put_down(room):
    room.ticks(OVER)
    room.correct("away", THERE)
    room.db.flush()
    assert "absence_not_charged" in {each.check for each in invariants(room.db, now=clock.parse("2027-01-20T09:00"))}
