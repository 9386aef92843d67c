"""Who is next in line: who would take the seat, what they would leave for it, and whom a reserve lets go first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.line import Move, Waiter, Wish, active_places, next_in_line, seats_go_to, would_leave
from bookings.states import Refusal

TODAY = date(2027, 1, 11)
FIRST = date(2027, 3, 15)
HERE, ROUND, OTHER_ROUND = 1, 7, 8
"""The booking waited for, and the lists of two rounds."""


def wish(booking_id: int, *, course: int, day: int, rank: int, list_id: int | None = ROUND, **facts) -> Wish:
    return Wish(
        **{
            "booking_id": booking_id,
            "session_id": 100 + booking_id,
            "course_id": course,
            "days": frozenset({FIRST + timedelta(days=day)}),
            "rank": rank,
            "list_id": list_id,
            "is_held": True,
            **facts,
        }
    )


def waiter(*held: Wish, rank: int = 2, list_id: int | None = ROUND, cap: int = 4, group: str | None = "ST") -> Waiter:
    """Somebody who waits for a session of course 10 on the first day, with rank 2."""
    wanted = wish(HERE, course=10, day=0, rank=rank, list_id=list_id, is_held=False)
    return Waiter(booking_id=HERE, person_id=1, group=group, wishes=(wanted, *held), cap=cap)


@pytest.mark.parametrize(
    ("who", "leaves"),
    [
        pytest.param(waiter(), [], id="with nothing else"),
        pytest.param(waiter(wish(2, course=20, day=9, rank=1)), [], id="with a seat of no concern"),
        pytest.param(waiter(wish(2, course=10, day=9, rank=3)), [2], id="a less wanted session of the course"),
        pytest.param(waiter(wish(2, course=10, day=9, rank=1)), None, id="a more wanted session of the course"),
        pytest.param(waiter(wish(2, course=20, day=0, rank=3)), [2], id="a less wanted seat that day"),
        pytest.param(waiter(wish(2, course=20, day=0, rank=1)), None, id="a more wanted seat that day"),
        pytest.param(
            waiter(wish(2, course=10, day=9, rank=3), wish(3, course=20, day=0, rank=4)), [2, 3], id="both at once"
        ),
        pytest.param(
            waiter(wish(2, course=10, day=9, rank=3, is_fixed=True)), None, id="too late to leave the course"
        ),
        pytest.param(waiter(wish(2, course=20, day=0, rank=3, is_fixed=True)), None, id="too late to leave that day"),
        pytest.param(
            waiter(wish(2, course=20, day=0, rank=3, list_id=None)),
            None,
            id="a seat that day that was booked directly",
        ),
        pytest.param(
            waiter(wish(2, course=20, day=0, rank=3, list_id=OTHER_ROUND)),
            None,
            id="a seat that day of another round",
        ),
        pytest.param(
            waiter(wish(2, course=10, day=9, rank=3, list_id=None)), [2], id="a seat in the course that was booked"
        ),
        pytest.param(
            waiter(wish(2, course=10, day=9, rank=2, list_id=None), rank=2, list_id=None),
            [2],
            id="a seat that is kept until this one is certain",
        ),
        pytest.param(waiter(wish(2, course=20, day=0, rank=1, is_held=False)), [], id="another line that day"),
        pytest.param(waiter(wish(2, course=20, day=9, rank=1), cap=1), None, id="as many as wanted, all more wanted"),
        pytest.param(waiter(wish(2, course=20, day=9, rank=3), cap=1), [2], id="as many as wanted, one less wanted"),
        pytest.param(
            waiter(wish(2, course=20, day=9, rank=1, is_fixed=True), cap=1),
            None,
            id="as many as wanted, more and fixed",
        ),
        pytest.param(
            waiter(wish(2, course=20, day=9, rank=3, is_fixed=True), cap=1),
            None,
            id="as many as wanted, less but fixed",
        ),
        pytest.param(
            waiter(wish(2, course=20, day=9, rank=1, is_fixed=True), wish(3, course=30, day=8, rank=3), cap=2),
            [3],
            id="as many as wanted, one fixed and one less wanted",
        ),
        pytest.param(
            waiter(wish(2, course=20, day=9, rank=1, list_id=None), cap=1),
            [],
            id="a seat of its own is not in the cap",
        ),
        pytest.param(
            waiter(wish(2, course=20, day=9, rank=1), list_id=None, cap=1), [], id="a wish of its own knows no cap"
        ),
    ],
)
def test_who_would_take_the_seat_and_what_they_would_leave(who, leaves):
    assert would_leave(who) == leaves


def test_two_seats_that_are_still_to_be_chosen_between_are_both_held_and_given_up_only_for_what_excludes_them():
    other = wish(2, course=20, day=5, rank=1)
    moved = replace(wish(3, course=30, day=5, rank=9), must_choose=True)
    assert would_leave(waiter(other, moved)) == []
    of_the_course = replace(wish(3, course=10, day=5, rank=9), must_choose=True)
    assert would_leave(waiter(other, of_the_course)) == [3]
    of_its_own = replace(wish(3, course=30, day=0, rank=9, list_id=None), must_choose=True)
    assert would_leave(waiter(of_its_own)) is None
    less_wanted, wanted_most = wish(2, course=20, day=0, rank=9), wish(3, course=30, day=0, rank=1, must_choose=True)
    assert would_leave(waiter(less_wanted, wanted_most)) is None
    wanted_less = replace(wanted_most, rank=8)
    assert would_leave(waiter(less_wanted, wanted_less)) == [2, 3]


def consistent(wishes: list[Wish]) -> list[Wish]:
    """As many of the held seats as one person can hold: a course once, a day once."""
    kept: list[Wish] = []
    for each in wishes:
        if not any(each.course_id == other.course_id or each.days & other.days for other in kept):
            kept.append(each)
    return kept


held_seats = st.lists(
    st.builds(
        Wish,
        booking_id=st.integers(2, 40),
        session_id=st.integers(102, 140),
        course_id=st.sampled_from([10, 20, 30, 40]),
        days=st.frozensets(st.integers(0, 5).map(lambda n: FIRST + timedelta(days=n)), min_size=1, max_size=2),
        rank=st.integers(1, 5),
        is_held=st.just(value=True),
        is_fixed=st.booleans(),
        list_id=st.sampled_from([None, ROUND, OTHER_ROUND]),
    ),
    max_size=4,
    unique_by=(lambda each: each.booking_id, lambda each: each.session_id),
).map(consistent)


@given(held_seats, st.integers(1, 5), st.sampled_from([None, ROUND]), st.integers(1, 3))
def test_a_move_leaves_one_person_in_one_place_a_day_and_within_their_cap(held, rank, list_id, cap):
    who = waiter(*held, rank=rank, list_id=list_id, cap=cap)
    leaves = would_leave(who)
    if leaves is not None:
        after = [*(each for each in held if each.booking_id not in leaves), who.wanted]
        assert consistent(after) == after
        on_list = [each for each in held if each.list_id == ROUND]
        on_list_after = [each for each in after if each.list_id == ROUND]
        assert len(on_list_after) <= max(cap, len(on_list))


@given(held_seats, st.integers(1, 5), st.sampled_from([None, ROUND]), st.integers(1, 3))
def test_a_move_never_takes_a_seat_that_is_fixed_or_was_booked_by_itself(held, rank, list_id, cap):
    who = waiter(*held, rank=rank, list_id=list_id, cap=cap)
    left = [each for each in held if each.booking_id in (would_leave(who) or [])]
    assert [each for each in left if each.is_fixed] == []
    for each in left:
        assert each.course_id == who.wanted.course_id or each.list_id == list_id == ROUND


@given(held_seats, st.integers(1, 5), st.sampled_from([None, ROUND]))
def test_nobody_leaves_what_they_want_more(held, rank, list_id):
    who = waiter(*held, rank=rank, list_id=list_id)
    left = [each for each in held if each.booking_id in (would_leave(who) or [])]
    assert [each.rank for each in left if each.rank < rank] == []


def in_line(number: int, *, group: str | None = "ST", active: bool = True) -> Waiter:
    wanted = wish(number, course=10, day=0, rank=2, is_held=False)
    held = [] if active else [wish(1000 + number, course=10, day=9, rank=1)]
    return Waiter(booking_id=number, person_id=number, group=group, wishes=(wanted, *held), cap=4)


def next_of(line, *, reserves=None, booked=None, days_ahead=43):
    move = next_in_line(
        line,
        reserves=reserves or {},
        booked=booked or {},
        starts_on=TODAY + timedelta(days=days_ahead),
        today=TODAY,
    )
    return move and move.waiter.booking_id


RESIDENT, DORMANT = in_line(1), in_line(2, active=False)
SPECIALIST, SECOND = in_line(3, group="SPEC"), in_line(4)
BARRED = replace(in_line(5, group="SPEC"), barred=Refusal.NOT_IN_TARGET_GROUP)


@pytest.mark.parametrize(
    ("line", "facts", "booking_id"),
    [
        pytest.param([], {}, None, id="nobody"),
        pytest.param([RESIDENT, SECOND], {}, 1, id="the first"),
        pytest.param([DORMANT, SECOND], {}, 4, id="the first who would take it"),
        pytest.param([DORMANT], {}, None, id="nobody who would take it"),
        pytest.param([RESIDENT, SPECIALIST], {"reserves": {"SPEC": 1}}, 3, id="of a group short of its reserve"),
        pytest.param(
            [RESIDENT, SPECIALIST], {"reserves": {"SPEC": 1}, "booked": {"SPEC": 1}}, 1, id="whose reserve is full"
        ),
        pytest.param(
            [RESIDENT, SPECIALIST], {"reserves": {"SPEC": 1}, "booked": {None: 1}}, 3, id="the unconfirmed fill none"
        ),
        pytest.param([RESIDENT, SPECIALIST], {"reserves": {"PRE": 1}}, 1, id="short of nobody who waits"),
        pytest.param(
            [RESIDENT, SPECIALIST], {"reserves": {"SPEC": 1}, "days_ahead": 43}, 3, id="43 days before it holds"
        ),
        pytest.param(
            [RESIDENT, SPECIALIST], {"reserves": {"SPEC": 1}, "days_ahead": 42}, 1, id="42 days before it is open"
        ),
        pytest.param(
            [RESIDENT, in_line(5, group="SPEC", active=False)],
            {"reserves": {"SPEC": 1}},
            1,
            id="dormant in its group",
        ),
        pytest.param(
            [SPECIALIST, RESIDENT], {"reserves": {"SPEC": 1, "ST": 1}, "booked": {"SPEC": 0}}, 3, id="both short"
        ),
        pytest.param([BARRED, SECOND], {}, 4, id="who is still eligible"),
        pytest.param(
            [BARRED, SECOND], {"reserves": {"SPEC": 1}}, 4, id="who is still eligible, whatever is reserved"
        ),
        pytest.param([BARRED], {}, None, id="nobody who is still eligible"),
    ],
)
def test_who_is_next(line, facts, booking_id):
    assert next_of(line, **facts) == booking_id


def test_who_is_next_says_what_they_leave():
    who = waiter(wish(2, course=10, day=9, rank=3))
    move = next_in_line([who], reserves={}, booked={}, starts_on=FIRST, today=TODAY)
    assert move == Move(who, (2,))


def test_a_dormant_place_is_passed_over_and_counts_for_nobody():
    assert active_places([RESIDENT, DORMANT, SPECIALIST, BARRED, SECOND]) == {1: 1, 2: None, 3: 2, 5: None, 4: 3}


def test_an_empty_line_has_no_places():
    assert active_places([]) == {}


@given(st.lists(st.tuples(st.sampled_from(["ST", "SPEC"]), st.booleans()), max_size=8))
def test_without_reserves_the_first_active_place_is_the_next(shape):
    line = [in_line(number, group=group, active=active) for number, (group, active) in enumerate(shape, start=1)]
    places = active_places(line)
    first = [number for number, place in places.items() if place == 1]
    assert next_of(line) == (first[0] if first else None)
    assert sorted(place for place in places.values() if place) == list(range(1, sum(a for _, a in shape) + 1))


@pytest.mark.parametrize(
    ("groups", "room", "reserves", "booked", "found"),
    [
        pytest.param(["ST", "ST", "SPEC"], 2, {"SPEC": 1}, {}, [2, 0], id="the reserved seat first"),
        pytest.param(["ST", "ST", "SPEC"], 2, {"SPEC": 1}, {"SPEC": 1}, [0, 1], id="the reserve is filled"),
        pytest.param(["ST", None], 3, {"SPEC": 1}, {}, [0, 1], id="nobody of the group waits"),
        pytest.param(["ST"], 0, {}, {}, [], id="no room"),
        pytest.param([], 2, {"SPEC": 1}, {}, [], id="nobody waits"),
    ],
)
def test_to_whom_several_seats_go(groups, room, reserves, booked, found):
    assert seats_go_to(groups, room=room, reserves=reserves, booked=booked) == found
