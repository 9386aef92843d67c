"""My objectives: how near each is by what the person has done, has and has asked for, and what to ask for next."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, place, seat, sent
from certificates_room import completed

import make
from auth.states import Area, Category, Role
from bookings import queries as reads
from bookings.rules.goals import GoalState, GoalWay
from courses.states import COURSE_BEARING_2015, Kind

LATER = AFTER + timedelta(days=90)


def given(db, day, *objectives, **facts):
    """A session of a course of its own with these objectives."""
    of_course = {"objectives_2015": [*objectives], "objectives_2021": [], "kind": facts.pop("kind", Kind.MANDATORY)}
    return make.session(db, of=make.course(db, **of_course), days=[date(2027, 5, day)], **facts)


@pytest.fixture
def anna(db):
    """Who has passed a course with c3, has a seat in one with a1, waits for a2 and has applied for a5."""
    anna = completed(db).people[0]
    seat(db, given(db, 3, "a1", "c3"), anna)
    place(db, given(db, 4, "a2", "a1"), anna)
    wanted = given(db, 5, "a5")
    round_ = make.round_of(db, wanted, closes_at=LATER + timedelta(days=9))
    sent(db, round_, anna, wanted)
    given(db, 6, "b1", "b2")
    given(db, 7, "b1", kind=Kind.CLINICAL)
    given(db, 8, "b1", place="Full", seats=1, seats_taken=1)
    given(db, 3, "b3", place="Same day")
    make.round_of(db, given(db, 9, "b4"), closes_at=LATER + timedelta(days=9))
    anna.planned_end = date(2027, 5, 8)
    db.flush()
    return anna


def test_each_objective_is_as_near_as_what_the_rows_say_and_the_rest_is_proposed(db, anna, visit):
    found = reads.my_goals(db, anna.id, now=LATER)
    states = {each.objective: each.state for each in found.rows}
    assert tuple(states) == COURSE_BEARING_2015
    near = {"c3": GoalState.DONE, "a1": GoalState.BOOKED, "a2": GoalState.WAITING, "a5": GoalState.WAITING}
    assert {key: state for key, state in states.items() if state is not GoalState.MISSING} == near
    assert (found.done, found.left) == (1, 1)
    proposed = [(each.session.days[0].day, [*each.covers], each.way, each.is_in_time) for each in found.next]
    assert proposed == [(6, ["b1", "b2"], GoalWay.BOOK, True), (9, ["b4"], GoalWay.APPLY, False)]

    page = visit(anna, at=LATER).get("/mina-delmal").text
    assert ("1 av 12" in page, "efter planerat slut" in page, "Vi ger ingen kurs" in page) == (True, True, True)
    director = make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG)
    elsewhere = make.holder(db, Role.DIRECTOR, area=Area.SKARABORG)
    address = f"/personer/{anna.id}/delmal"
    assert [visit(each, at=LATER).get(address).status_code for each in (director, elsewhere)] == [200, 404]
    assert address in visit(director, at=LATER).get(f"/personer/{anna.id}").text


def test_who_is_no_resident_has_none_and_who_follows_2021_reads_whose_list_it_is(db, visit):
    new, specialist = make.person(db, category=Category.ST_2021), make.person(db, category=Category.SPECIALIST)
    assert "vår tolkning" in visit(new, at=LATER).get("/mina-delmal").text
    assert "Sidan gäller" in visit(specialist, at=LATER).get("/mina-delmal").text
    assert "/mina-delmal" not in visit(specialist, at=LATER).get("/mina-kurser").text


def test_it_takes_as_many_statements_for_many_as_for_few(db, queries):
    counts = []
    for number in (1, 3):
        anna = make.person(db)
        for each in range(number):
            seat(db, given(db, 10 + each, "a1"), anna)
            place(db, given(db, 20 + each, "a2"), anna)
            make.round_of(db, given(db, 25 + each, "b1"), closes_at=LATER)
        db.flush()
        db.expire_all()
        queries.reset()
        assert reads.my_goals(db, anna.id, now=AFTER).next
        counts.append(queries.count)
    assert counts[0] == counts[1] <= 11
