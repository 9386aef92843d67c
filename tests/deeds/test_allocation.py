"""Drawing up: a closed round is run as often as wanted, by the rule, under its check, by nobody who applied."""

import json
from datetime import date

import pytest
from bookings_room import CLOSES, OPENS, drawn_up, last_facts, noted, occasions, refused, sent
from sqlalchemy import select

import make
from bookings import allocation, applications, queries, rounds
from bookings.models import Booking, Decision, Run
from bookings.rules.allocation import RULES_VERSION, allocate, canonical_hash
from bookings.states import Refusal, RoundState
from lararportal.errors import NotFound


def closed(db, *applicants, session=None):
    session = session or make.session(db, seats=1)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    for person in applicants:
        sent(db, round_, person, session)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    return make.revealed(db, round_)


def test_what_is_drawn_up_is_kept_and_told_to_nobody(db):
    office, session, persons = make.coordinator(db), make.session(db, seats=2), [make.person(db) for _ in range(3)]
    round_ = closed(db, *persons, session=session)
    told = len(occasions(db))
    run = allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=office.id)
    result = json.loads(run.result)
    assert (run.made_at, run.by, round_.state) == (CLOSES, office.id, RoundState.ALLOCATED)
    assert run.rules_version == RULES_VERSION
    assert sorted(len(ids) for ids in result["assign"].values()) == [0, 1, 1]
    assert noted(db)[-1] == ("round.drawn_up", office.id, None, None)
    assert last_facts(db) == {
        "round": round_.id,
        "run": run.id,
        "input": run.input_hash,
        "result": canonical_hash(result),
        "rules": RULES_VERSION,
        "would_close": [],
        "admitted": 2,
    }
    assert len(occasions(db)) == told
    assert db.scalars(select(Booking)).all() == []
    assert db.scalars(select(Decision)).all() == []
    assert session.seats_taken == 0


def test_the_same_round_is_drawn_up_the_same_every_time(db):
    round_ = drawn_up(db, {make.person(db): [session] for session in [make.session(db, seats=2)] for _ in range(5)})
    again = allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    first, second = db.scalars(select(Run).order_by(Run.id))
    assert (first.result, second.id) == (second.result, again.id)


def test_anybody_can_draw_it_up_again_from_what_is_published(db):
    session = make.session(db, seats=2)
    round_ = drawn_up(db, {make.person(db): [session] for _ in range(4)})
    document = json.loads(round_.frozen) | {"lottery": {"seed": round_.seed}}
    assert allocate(document) == json.loads(db.scalars(select(Run.result)).one())


def test_the_register_after_closing_moves_nobody(db):
    session, near, far = make.session(db, seats=1), make.person(db), make.person(db)
    round_ = closed(db, near, far, session=session)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    near.planned_end, far.planned_end = far.planned_end, near.planned_end
    near.leave_months = 11
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    first, second = db.scalars(select(Run.result).order_by(Run.id))
    assert first == second


def test_who_applied_does_not_draw_up(db):
    office = make.coordinator(db)
    applicant = make.person(db)
    round_ = closed(db, applicant)
    with refused(Refusal.DECIDES_OVER_OWN_SEAT):
        allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=applicant.id)
    assert allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=office.id).by == office.id


def test_who_took_their_application_back_may_draw_up(db):
    session, person = make.session(db), make.person(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    sent(db, round_, person, session)
    applications.withdraw(db, round_id=round_.id, person_id=person.id, now=OPENS, by=person.id)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    assert allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=person.id).by == person.id


@pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.OPEN, RoundState.CLOSED, RoundState.PUBLISHED])
def test_only_a_round_whose_lottery_is_revealed_is_drawn_up(db, state):
    round_ = make.round_of(db, make.session(db), state=state)
    with refused(Refusal.ROUND_STATE, state=state):
        allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)


def test_a_round_that_does_not_exist_is_not_drawn_up(db):
    with pytest.raises(NotFound):
        allocation.draw_up(db, round_id=10**6, now=CLOSES, by=None)


def test_a_round_that_nobody_applied_in_is_drawn_up(db):
    round_ = closed(db)
    run = allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    assert json.loads(run.result)["assign"] == {}


def test_a_result_that_the_check_finds_fault_with_is_not_kept(db, monkeypatch):
    round_ = closed(db, make.person(db))

    def generous(document):
        result = allocate(document)
        return result | {"assign": {name: [] for name in result["assign"]}}

    monkeypatch.setattr(allocation, "allocate", generous)
    with refused(Refusal.CHECK_FAILED):
        allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    assert db.scalars(select(Run)).all() == []


def test_what_was_drawn_up_in_figures(db):
    course = make.course(db, seats=1)
    first, second = make.session(db, of=course), make.session(db, of=course, days=[date(2027, 5, 3)])
    winner, other, loser = (make.person(db, family_name=name) for name in ("Alm", "Berg", "Ceder"))
    winner.planned_end, loser.planned_end = date(2028, 1, 1), date(2031, 1, 1)
    round_ = drawn_up(db, {winner: [first], other: [first, second], loser: [first]})
    found = queries.run_summary(db, round_.id)
    assert (found.applicants, found.admitted, found.seated, found.first_choice) == (3, 2, 2, 1)
    assert found.without_any == [(loser.id, loser.name)]
    assert [(each.session.session_id, each.admitted, each.waiting) for each in found.sessions] == [
        (first.id, 1, 2),
        (second.id, 1, 0),
    ]
