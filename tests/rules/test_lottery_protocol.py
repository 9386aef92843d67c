"""Whose turn it is in a lottery: every step in every state of the round, and each reason to say no."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.lottery_protocol import (
    TIME_TO_REVEAL,
    TURNS,
    Actor,
    Lottery,
    is_complete,
    is_own_secret_shown,
    may,
    may_open,
    waits_until,
    wanted,
)
from bookings.states import LotteryAct, Refusal, RoundState

CLOSED_AT = datetime(2027, 2, 1, 11, tzinfo=UTC)
KNOWN_AT = CLOSED_AT + timedelta(hours=1)
NOW = CLOSED_AT + TIME_TO_REVEAL
PLANNED = Lottery(
    state=RoundState.PLANNED,
    closed_at=None,
    is_committed=False,
    is_waived=False,
    is_revealed=False,
    public_at=KNOWN_AT,
    has_value=False,
)
BOUND = replace(PLANNED, is_committed=True)
OPEN = replace(BOUND, state=RoundState.OPEN)
CLOSED = replace(OPEN, state=RoundState.CLOSED, closed_at=CLOSED_AT)
WAIVED = replace(CLOSED, is_committed=False, is_waived=True)
SHOWN = replace(CLOSED, is_revealed=True)
DRAWN = replace(SHOWN, state=RoundState.REVEALED, has_value=True)
PUBLISHED = replace(DRAWN, state=RoundState.PUBLISHED)

SECOND = Actor(is_second_party=True, has_applied=False)
OFFICE = Actor(is_second_party=False, has_applied=False)
COMMIT, REVEAL, OPEN_COPY = LotteryAct.COMMIT, LotteryAct.REVEAL, LotteryAct.OPEN_COPY
WITHOUT, VALUE, SOURCE = LotteryAct.GO_ON_WITHOUT, LotteryAct.ENTER_VALUE, LotteryAct.REPLACE_SOURCE

STANDINGS = {
    "planned": PLANNED,
    "bound": BOUND,
    "open": OPEN,
    "closed": CLOSED,
    "waived": WAIVED,
    "shown": SHOWN,
    "drawn": DRAWN,
    "published": PUBLISHED,
}
LATE, EARLY, DONE = Refusal.COMMITTED_TOO_LATE, Refusal.REVEALED_TOO_EARLY, Refusal.LOTTERY_SETTLED
EXPECTED = {
    "planned": {COMMIT: None, WITHOUT: None, REVEAL: EARLY, OPEN_COPY: EARLY, VALUE: EARLY, SOURCE: EARLY},
    "bound": {
        COMMIT: None,
        WITHOUT: Refusal.SECOND_PARTY_IS_BOUND,
        REVEAL: EARLY,
        OPEN_COPY: EARLY,
        VALUE: EARLY,
        SOURCE: EARLY,
    },
    "open": {COMMIT: LATE, WITHOUT: EARLY, REVEAL: EARLY, OPEN_COPY: EARLY, VALUE: EARLY, SOURCE: EARLY},
    "closed": {COMMIT: LATE, WITHOUT: None, REVEAL: None, OPEN_COPY: None, VALUE: None, SOURCE: None},
    "waived": {COMMIT: LATE, WITHOUT: DONE, REVEAL: DONE, OPEN_COPY: DONE, VALUE: None, SOURCE: None},
    "shown": {COMMIT: LATE, WITHOUT: DONE, REVEAL: DONE, OPEN_COPY: DONE, VALUE: None, SOURCE: None},
    "drawn": {COMMIT: LATE, WITHOUT: DONE, REVEAL: DONE, OPEN_COPY: DONE, VALUE: DONE, SOURCE: DONE},
    "published": {COMMIT: LATE, WITHOUT: DONE, REVEAL: DONE, OPEN_COPY: DONE, VALUE: DONE, SOURCE: DONE},
}


def actor_of(act: LotteryAct) -> Actor:
    return SECOND if TURNS[act].by_second_party else OFFICE


@pytest.mark.parametrize("standing", STANDINGS)
def test_every_step_has_its_time(standing):
    found = {act: may(act, STANDINGS[standing], actor_of(act), now=NOW) for act in LotteryAct}

    assert found == EXPECTED[standing]


@pytest.mark.parametrize("act", LotteryAct)
def test_who_applied_takes_no_step(act):
    standing = PLANNED if act is COMMIT else CLOSED

    assert may(act, standing, actor_of(act), now=NOW) is None
    assert may(act, standing, replace(actor_of(act), has_applied=True), now=NOW) is Refusal.DECIDES_OVER_OWN_SEAT


@pytest.mark.parametrize(("act", "standing"), [(COMMIT, PLANNED), (REVEAL, CLOSED)])
def test_only_the_second_party_draws_and_shows_the_second_secret(act, standing):
    assert may(act, standing, OFFICE, now=NOW) is Refusal.NOT_THE_SECOND_PARTY


def test_a_bound_second_party_has_two_days_before_anybody_goes_on_without_them():
    just_before = NOW - timedelta(seconds=1)

    assert waits_until(CLOSED) == NOW
    assert may(WITHOUT, CLOSED, OFFICE, now=just_before) is Refusal.SECOND_PARTY_HAS_TIME
    assert may(WITHOUT, CLOSED, OFFICE, now=NOW) is None
    assert may(WITHOUT, replace(CLOSED, is_committed=False), OFFICE, now=just_before) is None


def test_nobody_shows_a_secret_that_nothing_binds():
    unbound = replace(CLOSED, is_committed=False)

    assert may(REVEAL, unbound, SECOND, now=NOW) is Refusal.NOTHING_COMMITTED
    assert may(OPEN_COPY, unbound, OFFICE, now=NOW) is Refusal.NOTHING_COMMITTED


def test_the_public_value_is_entered_and_its_source_replaced_when_it_can_be_known():
    just_before = KNOWN_AT - timedelta(seconds=1)

    assert may(VALUE, CLOSED, OFFICE, now=just_before) is Refusal.VALUE_NOT_YET_KNOWN
    assert may(SOURCE, CLOSED, OFFICE, now=just_before) is Refusal.VALUE_NOT_YET_KNOWN
    assert may(VALUE, CLOSED, OFFICE, now=KNOWN_AT) is None
    assert may(SOURCE, CLOSED, OFFICE, now=KNOWN_AT) is None


def test_a_value_can_be_put_right_until_the_seed_is_there_and_its_source_not_replaced_any_more():
    entered = replace(CLOSED, has_value=True)

    assert may(VALUE, entered, OFFICE, now=NOW) is None
    assert may(SOURCE, entered, OFFICE, now=NOW) is Refusal.VALUE_IS_THERE


def test_without_a_source_there_is_no_value_and_one_can_be_named():
    sourceless = replace(CLOSED, public_at=None)

    assert may(VALUE, sourceless, OFFICE, now=NOW) is Refusal.LOTTERY_WITHOUT_SOURCE
    assert may(SOURCE, sourceless, OFFICE, now=NOW) is None


@pytest.mark.parametrize(
    ("standing", "refusal"),
    [
        (PLANNED, Refusal.LOTTERY_UNBOUND),
        (BOUND, None),
        (replace(PLANNED, is_waived=True), None),
        (replace(BOUND, public_at=None), Refusal.LOTTERY_WITHOUT_SOURCE),
    ],
)
def test_what_a_round_needs_to_open(standing, refusal):
    assert may_open(standing) is refusal


@pytest.mark.parametrize(
    ("standing", "steps"),
    [
        (PLANNED, [COMMIT]),
        (BOUND, []),
        (OPEN, []),
        (CLOSED, [REVEAL, VALUE]),
        (SHOWN, [VALUE]),
        (WAIVED, [VALUE]),
        (replace(CLOSED, has_value=True), [REVEAL]),
        (replace(SHOWN, has_value=True), []),
        (DRAWN, []),
        (PUBLISHED, []),
    ],
)
def test_what_a_round_waits_for(standing, steps):
    assert wanted(standing) == steps


def standings():
    flags = st.booleans()
    return st.builds(
        Lottery,
        state=st.sampled_from(RoundState),
        closed_at=st.just(CLOSED_AT),
        is_committed=flags,
        is_waived=flags,
        is_revealed=flags,
        public_at=st.sampled_from([None, KNOWN_AT]),
        has_value=flags,
    )


@given(standings())
def test_the_portal_shows_its_secret_never_before_the_second_party_is_through(standing):
    if standing.state in (RoundState.PLANNED, RoundState.OPEN):
        assert not is_own_secret_shown(standing)
    if standing.state is RoundState.CLOSED:
        assert is_own_secret_shown(standing) == (standing.is_revealed or standing.is_waived)


@given(standings(), st.sampled_from(LotteryAct), st.booleans())
def test_once_the_seed_can_be_reckoned_no_step_changes_what_it_is_made_of(standing, act, is_second_party):
    actor = Actor(is_second_party=is_second_party, has_applied=False)
    drawn = replace(standing, state=RoundState.REVEALED)

    assert may(act, drawn, actor, now=NOW) is not None
    assert is_complete(standing) == (
        standing.state is RoundState.CLOSED and standing.is_settled and standing.has_value
    )
