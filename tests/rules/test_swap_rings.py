"""Swap rings: who changes seats with whom in one course, and what holds of every answer."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from graphlib import CycleError, TopologicalSorter
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.line import Waiter, Wish
from bookings.rules.swap_rings import Mover, Venue, movers, rings
from bookings.states import Refusal

TODAY = date(2027, 1, 11)
FIRST = date(2027, 3, 15)
NORTH, SOUTH, EAST, WEST = 1, 2, 3, 4
COURSE, OTHER_COURSE = 10, 20


def wish(session: int, number: int, **facts) -> Wish:
    """A wish for a session of the course, or a seat in it; each session is on a day of its own."""
    return Wish(
        **{
            "booking_id": number,
            "session_id": session,
            "course_id": COURSE,
            "days": frozenset({FIRST + timedelta(days=7 * session)}),
            "rank": number,
            "is_held": False,
            **facts,
        }
    )


def mover(person: int, seat: int, *wanted: int, group: str | None = "ST", key: int | None = None) -> Mover:
    """Somebody with a seat who wants others, in this order; the smaller number has the better key."""
    return Mover(
        person_id=person,
        group=group,
        seat=wish(seat, 100 * person + 99, is_held=True),
        wanted=tuple(wish(each, 100 * person + number) for number, each in enumerate(wanted)),
        place=(1, (key or person,), datetime(2026, 12, 1, tzinfo=UTC), 100 * person),
    )


def venue(session: int, **facts) -> Venue:
    return Venue(**{"session_id": session, "is_published": True, "free_seats": 0, "starts_on": FIRST, **facts})


ALL_FULL = [venue(each) for each in (NORTH, SOUTH, EAST, WEST)]


def found(people, venues=ALL_FULL, today: date = TODAY) -> list[dict[int, int]]:
    """Ring by ring, who comes to which session."""
    return [
        {change.mover.person_id: change.wish.session_id for change in ring}
        for ring in rings(people, venues=venues, today=today)
    ]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([mover(1, NORTH, SOUTH)], [], id="one alone"),
        pytest.param([mover(1, NORTH, NORTH)], [], id="a session with itself"),
        pytest.param([mover(1, NORTH, SOUTH), mover(2, SOUTH, EAST)], [], id="no way back"),
        pytest.param(
            [mover(1, NORTH, SOUTH), mover(2, SOUTH, NORTH)], [{1: SOUTH, 2: NORTH}], id="two who want each other's"
        ),
        pytest.param(
            [mover(1, NORTH, SOUTH), mover(2, SOUTH, EAST), mover(3, EAST, NORTH)],
            [{1: SOUTH, 2: EAST, 3: NORTH}],
            id="three in a ring",
        ),
        pytest.param(
            [mover(1, NORTH, SOUTH), mover(2, EAST, WEST), mover(3, SOUTH, NORTH), mover(4, WEST, EAST)],
            [{1: SOUTH, 3: NORTH}, {2: WEST, 4: EAST}],
            id="two rings beside each other",
        ),
        pytest.param(
            [mover(1, NORTH, SOUTH), mover(2, NORTH, SOUTH), mover(3, SOUTH, NORTH), mover(4, SOUTH, NORTH)],
            [{1: SOUTH, 3: NORTH}, {2: SOUTH, 4: NORTH}],
            id="two pairs between the same sessions",
        ),
        pytest.param(
            [mover(2, NORTH, SOUTH), mover(1, NORTH, SOUTH), mover(3, SOUTH, NORTH)],
            [{1: SOUTH, 3: NORTH}],
            id="two for one seat: the better key",
        ),
        pytest.param(
            [mover(1, NORTH, SOUTH), mover(2, EAST, SOUTH), mover(3, SOUTH, EAST, NORTH)],
            [{2: SOUTH, 3: EAST}],
            id="in two possible rings: one's own ranking decides",
        ),
        pytest.param(
            [mover(1, NORTH, EAST, SOUTH), mover(2, SOUTH, NORTH), mover(3, EAST, WEST)],
            [{1: SOUTH, 2: NORTH}],
            id="the first wish leads nowhere, the second does",
        ),
        pytest.param(
            [mover(1, NORTH, SOUTH), mover(2, SOUTH, EAST, NORTH), mover(3, EAST, SOUTH, NORTH)],
            [{2: EAST, 3: SOUTH}],
            id="the best key gets nothing that others do not give",
        ),
        pytest.param(
            [mover(1, NORTH, SOUTH), mover(2, NORTH, EAST), mover(3, SOUTH, NORTH), mover(4, EAST, NORTH)],
            [{1: SOUTH, 3: NORTH}, {2: EAST, 4: NORTH}],
            id="one after the other from the same session",
        ),
    ],
)
def test_rings_are_found(people, expected):
    assert found(people) == expected


def test_a_better_key_in_an_earlier_wave_goes_first():
    late, early = mover(1, NORTH, SOUTH), mover(2, NORTH, SOUTH)
    early = replace(early, place=(0, (9,), *early.place[2:]))
    assert found([late, early, mover(3, SOUTH, NORTH)]) == [{2: SOUTH, 3: NORTH}]


PAIR = [mover(1, NORTH, SOUTH), mover(2, SOUTH, NORTH)]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"is_published": False}, id="called off"),
        pytest.param({"free_seats": 1}, id="a free seat, which belongs to the line"),
        pytest.param({"starts_on": TODAY}, id="begun"),
        pytest.param({"starts_on": TODAY + timedelta(days=20)}, id="so near that a yes beforehand holds no more"),
    ],
)
def test_a_session_takes_no_part(facts):
    assert found(PAIR, [venue(NORTH), venue(SOUTH, **facts)]) == []
    assert found(PAIR, [venue(NORTH, **facts), venue(SOUTH)]) == []
    assert found(PAIR, [venue(NORTH)]) == []
    assert found(PAIR, [venue(NORTH), venue(SOUTH)]) == [{1: SOUTH, 2: NORTH}]


def test_a_seat_goes_to_one_of_the_same_group_as_long_as_seats_are_reserved():
    people = [mover(1, NORTH, SOUTH), mover(2, SOUTH, NORTH, group="SPEC"), mover(3, SOUTH, NORTH)]
    reserved = [venue(NORTH), venue(SOUTH, has_reserves=True)]
    assert found(people[:2], reserved) == []
    assert found(people, reserved) == [{1: SOUTH, 3: NORTH}]
    assert found(people[:2], reserved, FIRST - timedelta(days=43)) == []
    assert found(people[:2], reserved, FIRST - timedelta(days=42)) == [{1: SOUTH, 2: NORTH}]


HERE = 7
"""The booking waited for."""


def waiter(*others: Wish, **facts) -> Waiter:
    """Somebody who waits for the south of the course."""
    return Waiter(
        **{
            "booking_id": HERE,
            "person_id": 1,
            "group": "ST",
            "wishes": (wish(SOUTH, HERE, rank=1), *others),
            "cap": 4,
            **facts,
        }
    )


HELD = wish(NORTH, 8, is_held=True, rank=1)
SAME_DAY = wish(50, 9, course_id=OTHER_COURSE, days=wish(SOUTH, 0).days, is_held=True, rank=5)
ON_A_LIST = {"list_id": 3}


@pytest.mark.parametrize(
    ("who", "may_move"),
    [
        pytest.param(waiter(HELD), True, id="a seat in the course"),
        pytest.param(waiter(), False, id="no seat at all"),
        pytest.param(waiter(replace(SAME_DAY, days=HELD.days)), False, id="a seat in another course"),
        pytest.param(waiter(replace(HELD, is_held=False)), False, id="only places in line"),
        pytest.param(waiter(replace(HELD, is_fixed=True)), False, id="too late to leave the seat"),
        pytest.param(waiter(HELD, barred=Refusal.NOT_IN_TARGET_GROUP), False, id="not eligible any more"),
        pytest.param(waiter(HELD, has_standing_yes=False), False, id="to be asked first"),
        pytest.param(waiter(replace(HELD, rank=0)), False, id="the seat is wanted more"),
        pytest.param(waiter(HELD, SAME_DAY), False, id="another seat that day"),
        pytest.param(waiter(HELD, replace(SAME_DAY, is_held=False)), True, id="another line that day"),
        pytest.param(
            waiter(HELD, replace(SAME_DAY, is_held=False, is_asked_about=True)),
            False,
            id="an offer elsewhere that is still to be answered",
        ),
        pytest.param(
            waiter(HELD, replace(SAME_DAY, days=HELD.days)), True, id="another seat, on the day that is left"
        ),
        pytest.param(
            waiter(
                replace(HELD, rank=2, **ON_A_LIST),
                replace(SAME_DAY, **ON_A_LIST),
                wishes=(
                    wish(SOUTH, HERE, rank=1, **ON_A_LIST),
                    replace(HELD, rank=2, **ON_A_LIST),
                    replace(SAME_DAY, **ON_A_LIST),
                ),
            ),
            False,
            id="another seat would have to be given up as well",
        ),
    ],
)
def test_who_may_move(who, may_move):
    place = (1, (), datetime(2026, 12, 1, tzinfo=UTC), HERE)
    assert [each.person_id for each in movers([[who]], places={HERE: place})] == [1] * may_move


def test_wishes_stand_in_the_persons_own_order_and_the_best_place_counts():
    seat = replace(HELD, rank=2)
    wanted = [wish(SOUTH, 21, rank=2), wish(EAST, 20, rank=2), wish(WEST, 22, rank=1)]
    lines = [
        [Waiter(booking_id=each.booking_id, person_id=1, group="ST", wishes=(*wanted, seat), cap=9)]
        for each in wanted
    ]
    places = {
        21: (1, (5,), datetime(2026, 12, 1, tzinfo=UTC), 21),
        20: (0, (9,), datetime(2026, 12, 1, tzinfo=UTC), 20),
        22: (1, (1,), datetime(2026, 12, 1, tzinfo=UTC), 22),
    }
    [only] = movers(lines, places=places)
    assert [each.session_id for each in only.wanted] == [WEST, EAST, SOUTH]
    assert (only.seat, only.place) == (seat, places[20])


SESSIONS = range(1, 6)
wanting = st.tuples(st.sampled_from(SESSIONS), st.permutations(SESSIONS), st.integers(1, 4), st.integers(1, 3))


@st.composite
def courses(draw):
    """Movers over five sessions, some of them reserved; groups, and keys that may be alike."""
    people = []
    for person, (seat, order, length, key) in enumerate(draw(st.lists(wanting, max_size=12)), start=1):
        wanted = [each for each in order if each != seat][:length]
        people.append(mover(person, seat, *wanted, key=key, group=draw(st.sampled_from(["ST", "SPEC"]))))
    reserved = draw(st.sets(st.sampled_from(SESSIONS)))
    return people, [venue(each, has_reserves=each in reserved) for each in SESSIONS]


def kind(session: int, who: Mover, venues) -> tuple:
    return session, who.group if venues[session - 1].has_reserves else None


def outcome(people, venues) -> dict[int, int]:
    """Where everybody has a seat afterwards."""
    moved = {person: session for ring in found(people, venues) for person, session in ring.items()}
    return {each.person_id: moved.get(each.person_id, each.seat.session_id) for each in people}


def better(who: Mover, session: int) -> list[int]:
    """What they want more than a seat there."""
    order = [each.session_id for each in who.wanted]
    return order[: order.index(session)] if session in order else order


def has_ring(edges: list[tuple]) -> bool:
    """Whether somebody could go round: from what each gives to what each would rather have."""
    graph = TopologicalSorter()
    for gives, wants in edges:
        graph.add(gives, wants)
    try:
        graph.prepare()
    except CycleError:
        return True
    return False


@given(courses())
def test_nobody_ends_worse_and_numbers_stay_as_they_were(course):
    people, venues = course
    after = outcome(people, venues)
    for each in people:
        allowed = [each.seat.session_id, *(wanted.session_id for wanted in each.wanted)]
        assert after[each.person_id] in allowed
    before = Counter(kind(each.seat.session_id, each, venues) for each in people)
    assert Counter(kind(after[each.person_id], each, venues) for each in people) == before


@given(courses(), st.randoms(use_true_random=False))
def test_the_answer_is_the_same_whatever_the_order_of_input(course, chance: Random):
    people, venues = course
    mixed, mixed_venues = chance.sample(people, len(people)), chance.sample(venues, len(venues))
    assert rings(mixed, venues=mixed_venues, today=TODAY) == rings(people, venues=venues, today=TODAY)


@given(courses())
def test_no_further_ring_is_left(course):
    people, venues = course
    after = outcome(people, venues)
    assert not has_ring(
        [
            (kind(after[each.person_id], each, venues), kind(wanted, each, venues))
            for each in people
            for wanted in better(each, after[each.person_id])
        ]
    )


@given(courses())
def test_no_others_could_have_done_better_among_themselves(course):
    people, venues = course
    after = outcome(people, venues)
    assert not has_ring(
        [
            (kind(each.seat.session_id, each, venues), kind(wanted, each, venues))
            for each in people
            for wanted in better(each, after[each.person_id])
        ]
    )


@given(courses(), st.integers(0, 11))
def test_it_never_pays_to_put_ones_wishes_in_another_order(course, number):
    people, venues = course
    if not people:
        return
    who = people[number % len(people)]
    honest = outcome(people, venues)[who.person_id]
    for order in permutations(who.wanted):
        others = [each for each in people if each is not who]
        assert outcome([*others, replace(who, wanted=order)], venues)[who.person_id] not in better(who, honest)
