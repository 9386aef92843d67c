"""Who goes where when a session is called off: in the course's order, where there is room and they can come."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.calling_off import Ahead, Displaced, Sister, Unplaced, fates, may_be_called_off
from bookings.states import Refusal

TODAY = date(2027, 2, 15)
SINCE = datetime(2027, 1, 12, 8, tzinfo=UTC)
APRIL, MAY = date(2027, 4, 12), date(2027, 5, 10)


def one(number: int, *, left: int = 12, **facts) -> Displaced:
    return Displaced(
        **{
            "booking_id": number,
            "person_id": number,
            "is_late": False,
            "key": (0, 1, 1, left, 0, number),
            "group": "ST",
            "since": SINCE,
            "busy": frozenset(),
            "wishes": {},
            **facts,
        }
    )


def sister(number: int, day: date = APRIL, *, free: int = 1, **facts) -> Sister:
    return Sister(session_id=number, days=frozenset({day}), starts_on=day, free_seats=free, **facts)


def waits(wave: int, key: tuple[int, ...], group: str = "ST") -> Ahead:
    return Ahead((wave, key), group)


def gone(displaced, sisters) -> dict[int, int | Unplaced | None]:
    return {each.person.person_id: each.to or each.why_not for each in fates(displaced, sisters, today=TODAY)}


@pytest.mark.parametrize(
    ("displaced", "sisters", "found"),
    [
        pytest.param([one(1)], [], {1: Unplaced.NO_SISTER}, id="no other session"),
        pytest.param([one(1, left=20), one(2, left=5)], [sister(7)], {2: 7, 1: Unplaced.FULL}, id="order"),
        pytest.param(
            [one(1, is_late=True, left=1), one(2, left=30)], [sister(7)], {2: 7, 1: Unplaced.FULL}, id="in time first"
        ),
        pytest.param([one(1)], [sister(7, MAY), sister(8, APRIL)], {1: 8}, id="the earlier one"),
        pytest.param([one(1, wishes={7: 2})], [sister(7, MAY), sister(8, APRIL)], {1: 7}, id="the one asked for"),
        pytest.param(
            [one(1, wishes={7: 2, 8: 1})], [sister(7, APRIL), sister(8, MAY)], {1: 8}, id="the most wanted of them"
        ),
        pytest.param(
            [one(1, wishes={7: 1})], [sister(7, APRIL, free=0), sister(8, MAY)], {1: 8}, id="full, so the next"
        ),
        pytest.param([one(1, busy=frozenset({APRIL}))], [sister(7)], {1: Unplaced.DAYS_TAKEN}, id="elsewhere"),
        pytest.param(
            [one(1, busy=frozenset({APRIL}))], [sister(7), sister(8, MAY, free=0)], {1: Unplaced.FULL}, id="no room"
        ),
        pytest.param([one(1, is_eligible=False)], [sister(7)], {1: Unplaced.NOT_ELIGIBLE}, id="not eligible"),
        pytest.param(
            [one(1)], [sister(7, TODAY + timedelta(days=5))], {1: Unplaced.TOO_SOON}, id="begins in five days"
        ),
        pytest.param([one(1)], [sister(7, TODAY + timedelta(days=6))], {1: 7}, id="begins in six days"),
        pytest.param(
            [one(1), one(2, kept_in=frozenset({7}))],
            [sister(7, free=0)],
            {1: Unplaced.FULL, 2: 7},
            id="kept for them",
        ),
        pytest.param([one(1)], [sister(7, in_line=[waits(0, (0, 1, 0, 1, 0, 0))])], {1: 7}, id="before who waits"),
        pytest.param(
            [one(1)],
            [sister(7, in_line=[waits(0, (0, 0, 0, 1, 0, 0))])],
            {1: Unplaced.FULL},
            id="behind who has precedence too",
        ),
        pytest.param(
            [one(1)], [sister(7, in_line=[waits(1, (0, 0, 0, 1, 0, 0))])], {1: 7}, id="before who came late"
        ),
    ],
)
def test_where_everybody_goes(displaced, sisters, found):
    assert gone(displaced, sisters) == found
    assert list(gone(displaced, sisters)) == list(found)


FAR_OFF, SOON_ENOUGH = TODAY + timedelta(days=43), TODAY + timedelta(days=42)
WAITS = [waits(0, (0, 1, 1, 3, 0, 0), "SPEC")]


@pytest.mark.parametrize(
    ("day", "facts", "found"),
    [
        pytest.param(FAR_OFF, {"in_line": WAITS}, Unplaced.FULL, id="the group that is short of its reserve has it"),
        pytest.param(FAR_OFF, {"in_line": WAITS, "booked": {"SPEC": 1}}, 7, id="the reserve is filled"),
        pytest.param(FAR_OFF, {"in_line": []}, 7, id="nobody of the group waits"),
        pytest.param(FAR_OFF, {"in_line": WAITS, "free": 2}, 7, id="there is another seat"),
        pytest.param(SOON_ENOUGH, {"in_line": WAITS}, 7, id="reserves hold no more"),
    ],
)
def test_reserved_seats_in_the_other_session_go_to_their_group(day, facts, found):
    assert gone([one(1)], [sister(7, day, reserves={"SPEC": 1}, **facts)]) == {1: found}


def test_a_seat_that_is_given_fills_the_reserve_of_its_group():
    displaced = [one(1, group="SPEC", left=1), one(2, left=2)]
    assert gone(displaced, [sister(7, FAR_OFF, free=2, reserves={"SPEC": 1}, in_line=WAITS)]) == {1: 7, 2: 7}


def test_who_finds_no_room_stands_in_every_line_they_could_come_to():
    [fate] = fates([one(1, busy=frozenset({MAY}))], [sister(7, free=0), sister(8, MAY, free=0)], today=TODAY)
    assert (fate.to, fate.lines) == (None, (7,))


@pytest.mark.parametrize(
    ("facts", "told_of"),
    [
        pytest.param({}, (7,), id="room"),
        pytest.param({"free": 0}, (), id="none"),
        pytest.param({"in_line": [waits(0, (0, 0, 0, 1, 0, 0))]}, (), id="it goes to somebody who said so"),
    ],
)
def test_of_what_begins_within_five_days_they_are_told_when_there_is_room(facts, told_of):
    full, soon = sister(8, MAY, free=0), sister(7, TODAY + timedelta(days=2), **facts)
    [fate] = fates([one(1)], [soon, full], today=TODAY)
    assert (fate.to, fate.why_not, fate.lines, fate.soon) == (None, Unplaced.FULL, (8,), told_of)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"starts_on": TODAY}, None),
        ({"starts_on": TODAY - timedelta(days=1)}, Refusal.NOT_TO_BE_CALLED_OFF),
        ({"is_published": False}, Refusal.NOT_TO_BE_CALLED_OFF),
        ({"is_to_be_given": True}, Refusal.SESSION_TO_BE_GIVEN),
    ],
)
def test_what_may_be_called_off(facts, refusal):
    usual = {"is_published": True, "is_to_be_given": False, "starts_on": APRIL}
    assert may_be_called_off(**{**usual, **facts}, today=TODAY) is refusal


DAYS = [APRIL + timedelta(days=number) for number in range(4)]
PEOPLE = st.lists(
    st.tuples(
        st.integers(0, 3), st.frozensets(st.sampled_from(DAYS)), st.dictionaries(st.integers(1, 4), st.integers(1, 4))
    ),
    max_size=8,
)
SISTERS = st.lists(st.tuples(st.sampled_from(DAYS), st.integers(0, 3)), max_size=4)


@given(PEOPLE, SISTERS, st.randoms())
def test_nobody_is_put_where_there_is_no_room_and_nobody_envies_who_stood_behind(people, offered, random):
    displaced = [one(n, left=left, busy=busy, wishes=wishes) for n, (left, busy, wishes) in enumerate(people)]
    sisters = [sister(n, day, free=free) for n, (day, free) in enumerate(offered, start=1)]
    found = fates(displaced, sisters, today=TODAY)
    shuffled = random.sample(displaced, len(displaced))
    assert gone(shuffled, sisters) == gone(displaced, sisters)
    by_id = {each.session_id: each for each in sisters}
    taken = dict.fromkeys(by_id, 0)
    for fate in found:
        roomy = [s for s in sisters if s.free_seats > taken[s.session_id] and s.days.isdisjoint(fate.person.busy)]
        assert (fate.to is not None) is bool(roomy)
        if fate.to is not None:
            best = min(roomy, key=lambda s: (fate.person.wishes.get(s.session_id, 99), s.starts_on, s.session_id))
            assert fate.to == best.session_id
            taken[fate.to] += 1
    assert all(taken[number] <= each.free_seats for number, each in by_id.items())
