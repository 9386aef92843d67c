"""The group beside each place in line: PostgreSQL reckons it as the rule does, and keeps it as the person is."""

from itertools import product

import pytest
from bookings_room import AFTER, place, published
from sqlalchemy import select

import make
from auth.models import Person
from auth.states import Category, Standing
from bookings import in_line, waitlist
from bookings.models import Booking
from bookings.register import seat_group_of
from lararportal.clock import day_of

KINDS = [
    {"category": category, "standing": standing, "erased_at": erased_at}
    for category, standing, erased_at in product([None, *Category], Standing, [None, AFTER])
]


def test_whatever_somebody_becomes_the_rule_and_both_rows_say_the_same_group(db):
    session = make.session(db)
    persons = [make.person(db, **kind) for kind in KINDS]
    for each in persons:
        place(db, session, each)
    rows = select(Booking.person_id, Person.seat_group, Booking.seat_group).join(Booking.person)
    for turn in range(len(KINDS)):
        for number, each in enumerate(persons):
            for name, value in KINDS[number - turn].items():
                setattr(each, name, value)
        db.flush()
        expected = {each.id: seat_group_of(each) for each in persons}
        assert {who: (of, beside) for who, of, beside in db.execute(rows)} == {
            who: (group, group) for who, group in expected.items()
        }
    assert set(expected.values()) == {"", *(each.group for each in Category)}


@pytest.mark.parametrize(
    "change",
    [{"category": Category.SPECIALIST}, {"standing": Standing.PENDING}, {"erased_at": AFTER}],
    ids=lambda change: next(iter(change)),
)
def test_who_is_somebody_else_now_does_not_count_before_others_any_more(db, change):
    session, first, last = make.session(db, of=make.course(db, targets={"ST": 0})), make.person(db), make.person(db)
    place(db, session, first)

    def before() -> tuple[int, int]:
        line, _ = in_line.outlook(db, session.id, person_id=last.id, today=day_of(AFTER))
        return line.counted_before.total(), line.comers_before

    assert before() == (1, 1)
    for name, value in change.items():
        setattr(first, name, value)
    assert before() == (0, 0)


def test_deeds_tell_the_group_of_whoever_gets_a_place(db):
    session = make.session(db, seats=1, of=make.course(db, targets={"ST": 0, "SPEC": 0}))
    specialist = make.person(db, category=Category.SPECIALIST)
    published(db, {make.person(db): [session], make.person(db): [session]})
    waitlist.join(db, session_id=session.id, person_id=specialist.id, now=AFTER, by=specialist.id)
    groups = db.scalars(select(Booking.seat_group).order_by(Booking.id)).all()
    assert groups == ["ST", "ST", "SPEC"]
