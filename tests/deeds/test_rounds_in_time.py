"""A round is open for three weeks at least, and nobody ends it early without a reason that stands in public."""

from datetime import date, timedelta

import pytest
from bookings_room import CLOSES, OPENS, last_facts, plan_of, refused, sent

import make
from auth.states import Role
from bookings import queries, rounds
from bookings.lottery_plan import PublicSource
from bookings.round_plan import is_offered
from bookings.states import PublicKind, Refusal, RoundState
from courses.states import Publicity
from lararportal import clock

EARLIER = OPENS - timedelta(days=9)
LATEST = CLOSES - timedelta(days=20)
"""When a round that closes then can still be opened."""
DOCTOR = {"category": "st_2015", "residency_start": date(2024, 1, 1), "planned_end": date(2029, 1, 1)}
"""What a coordinator is beside, who may apply."""


def test_three_weeks_are_three_weeks_though_an_hour_is_lost_on_the_way(db):
    opens, closes = clock.parse("2027-03-08T08:00"), clock.parse("2027-03-29T08:00")
    source = PublicSource(kind=PublicKind.DRAND, at=closes + timedelta(hours=1))
    session = make.session(db, days=[date(2027, 6, 1)])
    wanted = plan_of(session, opens_at=opens, closes_at=closes, decision_on=date(2027, 4, 9), source=source)
    assert closes - opens == timedelta(days=20, hours=23)
    assert rounds.plan(db, wanted=wanted, now=EARLIER, by=None).closes_at == closes


def test_nobody_closes_a_round_before_its_time_without_a_reason(db):
    office, round_ = make.coordinator(db), make.round_of(db, opens_at=OPENS, closes_at=CLOSES)
    early = CLOSES - timedelta(minutes=1)
    with refused(Refusal.ROUND_CLOSES_LATER, until=CLOSES), db.begin_nested():
        rounds.close_round(db, round_.id, now=early, by=office.id)
    with refused(Refusal.GOING_ON_WITHOUT_REASON), db.begin_nested():
        rounds.close_early(db, round_id=round_.id, reason=" ", now=early, by=office.id)
    rounds.close_early(db, round_id=round_.id, reason=" Kurserna börjar snart. ", now=early, by=office.id)
    assert (round_.closed_at, round_.closed_early_by, round_.early_reason) == (
        early,
        office.id,
        "Kurserna börjar snart.",
    )
    assert last_facts(db) == {
        "round": round_.id,
        "hash": round_.frozen_hash,
        "applicants": 0,
        "reason": "Kurserna börjar snart.",
        "announced": CLOSES.isoformat(),
    }


def test_who_applied_closes_the_round_at_its_time_but_neither_before_nor_later(db):
    """Whoever is in the list may gain by who else comes to be in it, by more seats for each, by other sessions."""
    office, session = make.coordinator(db, **DOCTOR), make.session(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    sent(db, round_, office, session)
    early = CLOSES - timedelta(minutes=1)
    with refused(Refusal.DECIDES_OVER_OWN_SEAT), db.begin_nested():
        rounds.close_early(db, round_id=round_.id, reason="Alla har sökt.", now=early, by=office.id)
    with refused(Refusal.DECIDES_OVER_OWN_SEAT), db.begin_nested():
        rounds.change(db, round_id=round_.id, wanted=plan_of(session, cap=9), now=early, by=office.id)
    db.refresh(round_)
    assert (round_.state, round_.closed_at, round_.early_reason) == (RoundState.OPEN, None, "")
    assert rounds.close_round(db, round_.id, now=CLOSES, by=office.id).closed_at == CLOSES


def test_a_reason_that_comes_when_the_time_has_come_is_not_needed(db):
    round_ = make.round_of(db, opens_at=OPENS, closes_at=CLOSES)
    rounds.close_early(db, round_id=round_.id, reason="Alla har sökt.", now=CLOSES, by=None)
    assert (round_.state, round_.early_reason, round_.closed_early_by) == (RoundState.CLOSED, "", None)


def test_a_round_that_is_planned_late_gives_its_weeks_from_now(db):
    """What was typed as its opening may lie in the past, and nobody could apply then."""
    late, session = CLOSES - timedelta(weeks=3), make.session(db)
    with refused(Refusal.ROUND_TOO_SHORT), db.begin_nested():
        rounds.plan(db, wanted=plan_of(session), now=late + timedelta(minutes=1), by=None)
    assert rounds.plan(db, wanted=plan_of(session), now=late, by=None).state is RoundState.PLANNED


def test_a_late_round_that_keeps_its_times_can_have_another_second_party(db):
    """It waits for one who is late: that is what the day is for."""
    session, eva = make.session(db), make.holder(db, Role.DIRECTOR)
    round_ = rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)
    wanted = plan_of(session, second_party_id=eva.id, title="Våren")
    with refused(Refusal.ROUND_TOO_SHORT), db.begin_nested():
        rounds.change(db, round_id=round_.id, wanted=wanted, now=LATEST + timedelta(seconds=1), by=None)
    rounds.change(db, round_id=round_.id, wanted=wanted, now=LATEST, by=None)
    assert (round_.second_party_id, round_.title) == (eva.id, "Våren")


@pytest.mark.parametrize("time", ["opens_at", "closes_at"])
def test_a_late_round_with_other_times_gives_its_weeks_from_now(db, time):
    session = make.session(db)
    round_ = rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)
    planned = {"opens_at": OPENS, "closes_at": CLOSES}[time]
    wanted = plan_of(session, **{time: planned + timedelta(minutes=1)})
    with refused(Refusal.ROUND_TOO_SHORT):
        rounds.change(db, round_id=round_.id, wanted=wanted, now=CLOSES - timedelta(weeks=3, minutes=-2), by=None)


def test_an_open_round_is_not_measured_anew(db):
    session = make.session(db)
    round_ = rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)
    make.bound(db, round_)
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    late = CLOSES - timedelta(days=1)
    assert rounds.change(db, round_id=round_.id, wanted=plan_of(session, cap=5), now=late, by=None).cap == 5


def test_a_late_round_opens_while_three_weeks_but_a_day_are_left(db):
    planned = {"state": RoundState.PLANNED, "opens_at": OPENS, "closes_at": CLOSES}
    one, other = (make.round_of(db, **planned) for _ in range(2))
    with refused(Refusal.ROUND_TOO_SHORT), db.begin_nested():
        rounds.open_round(db, one.id, now=LATEST + timedelta(seconds=1), by=None)
    assert rounds.open_round(db, other.id, now=LATEST, by=None).opened_at == LATEST


def test_the_day_is_one_on_the_wall_though_an_hour_is_lost_on_the_way(db):
    round_ = make.round_of(db, state=RoundState.PLANNED, closes_at=clock.parse("2027-03-29T08:00"))
    latest = clock.parse("2027-03-09T08:00")
    assert rounds.due_to_open(db, now=latest) == [round_.id]
    assert rounds.due_to_open(db, now=latest + timedelta(seconds=1)) == []


def test_what_is_due_to_open_and_close(db):
    planned = make.round_of(db, state=RoundState.PLANNED, opens_at=OPENS, closes_at=CLOSES)
    opened = make.round_of(db, state=RoundState.OPEN, opens_at=OPENS, closes_at=CLOSES)
    moments = [OPENS - timedelta(seconds=1), OPENS, LATEST, LATEST + timedelta(seconds=1), CLOSES]
    assert [rounds.due_to_open(db, now=at) for at in moments] == [[], [planned.id], [planned.id], [], []]
    assert [rounds.due_to_close(db, now=at) for at in moments] == [[], [], [], [], [opened.id]]


@pytest.mark.parametrize("publicity", Publicity)
@pytest.mark.parametrize("is_reserve", [False, True])
def test_a_course_leads_to_a_round_while_one_of_its_sessions_can_be_asked_for(db, publicity, is_reserve):
    session = make.session(db, publicity=publicity, is_reserve=is_reserve)
    round_ = make.round_of(db, session, make.session(db))

    found = queries.open_rounds_with_course(db, session.course_id, now=round_.opens_at)

    assert [each.id for each in found] == ([round_.id] if is_offered(session) else [])
