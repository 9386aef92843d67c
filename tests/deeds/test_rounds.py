"""Rounds: planned, changed, opened and closed, and what is frozen when they close."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from bookings_room import CLOSES, OPENS, last_facts, noted, place, plan_of, refused, seat, sent
from sqlalchemy import select

import make
from auth.states import Category, Standing
from bookings import applications, queries, rounds
from bookings.lottery_plan import PublicSource
from bookings.models import Round, RoundSession
from bookings.states import PublicKind, Refusal, RoundState
from courses.states import Kind, Order, Publicity
from lararportal.errors import NotFound

EARLIER = OPENS - timedelta(days=9)


def sessions_of(db, round_) -> list[int]:
    return sorted(db.scalars(select(RoundSession.session_id).where(RoundSession.round_id == round_.id)))


def test_a_planned_round_stands_with_its_sessions(db):
    office, first, second = make.coordinator(db), make.session(db), make.session(db)
    round_ = rounds.plan(db, wanted=plan_of(first, second), now=EARLIER, by=office.id)
    assert (round_.state, round_.title, round_.cap) == (RoundState.PLANNED, "Vårterminen 2027", 4)
    assert sessions_of(db, round_) == [first.id, second.id]
    assert noted(db) == [("round.planned", office.id, None, None)]
    bound = hashlib.sha256(bytes.fromhex(round_.secret)).hexdigest()
    facts = {"round": round_.id, "sessions": [first.id, second.id], "commitment": bound, "second_party": None}
    facts |= {"source": round_.public_source, "kind": "drand", "due": "2027-01-11T12:00:00+00:00"}
    facts |= {"opens_at": "2026-12-01T07:00:00+00:00", "closes_at": "2027-01-11T11:00:00+00:00"}
    facts |= {"term": "2027-1", "title": "Vårterminen 2027", "decision_on": "2027-01-29"}
    assert last_facts(db) == facts | {"cap": 4, "respite_hours": 48}


def test_a_session_that_is_named_twice_is_planned_and_noted_once(db):
    first, second = make.session(db), make.session(db)
    wanted = plan_of(second, first, second)
    round_ = rounds.plan(db, wanted=wanted, now=EARLIER, by=None)
    rounds.change(db, round_id=round_.id, wanted=wanted, now=EARLIER, by=None)
    assert last_facts(db)["sessions"] == [first.id, second.id] == sessions_of(db, round_)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        pytest.param({"opens_at": CLOSES}, Refusal.ROUND_DATES, id="closes when it opens"),
        pytest.param({"decision_on": date(2027, 1, 10)}, Refusal.ROUND_DATES, id="decided before it closes"),
        pytest.param({"opens_at": CLOSES - timedelta(days=20, hours=23)}, Refusal.ROUND_TOO_SHORT, id="too short"),
        pytest.param({"session_ids": []}, Refusal.ROUND_WITHOUT_SESSIONS),
    ],
)
def test_a_round_that_cannot_be_is_not_planned(db, facts, reason):
    with refused(reason):
        rounds.plan(db, wanted=plan_of(make.session(db), **facts), now=EARLIER, by=None)


def test_a_round_may_be_decided_on_the_day_it_closes(db):
    wanted = plan_of(make.session(db), decision_on=date(2027, 1, 11))
    assert rounds.plan(db, wanted=wanted, now=EARLIER, by=None).decision_on == date(2027, 1, 11)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"publicity": Publicity.DRAFT}, id="a draft"),
        pytest.param({"publicity": Publicity.ARCHIVED}, id="archived"),
        pytest.param({"days": [date(2027, 1, 29)]}, id="begins on the day of the decisions"),
    ],
)
def test_a_session_that_is_not_fit_is_named(db, facts):
    session = make.session(db, of=make.course(db, title="Hud"), **facts)
    with refused(Refusal.SESSION_UNFIT_FOR_ROUND, course="Hud"):
        rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)


def test_a_session_with_seats_taken_is_not_given_in_a_round(db):
    session = make.session(db, of=make.course(db, title="Hud"))
    seat(db, session, make.person(db))
    with refused(Refusal.SESSION_HAS_SEATS_TAKEN, course="Hud"):
        rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)


def test_a_session_that_somebody_waits_for_is_not_given_in_a_round(db):
    """Who waits would be given a seat while the round runs, and what was frozen at closing would be untrue."""
    session = make.session(db, of=make.course(db, title="Hud"))
    place(db, session, make.person(db))
    with refused(Refusal.SESSION_HAS_SEATS_TAKEN, course="Hud"):
        rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)
    assert queries.sessions_for_round(db, None, now=EARLIER) == []


def test_a_session_is_in_one_round_only(db, database):
    session = make.session(db)
    make.round_of(db, session)
    with refused(Refusal.SESSION_IN_OTHER_ROUND), database.transaction() as own:
        rounds.plan(own, wanted=plan_of(session), now=EARLIER, by=None)


def test_a_round_of_unknown_sessions_is_not_found(db):
    with pytest.raises(NotFound):
        rounds.plan(db, wanted=plan_of(session_ids=[10**6]), now=EARLIER, by=None)


def test_a_planned_round_can_become_another(db):
    kept, gone, new = make.session(db), make.session(db), make.session(db)
    round_ = rounds.plan(db, wanted=plan_of(kept, gone), now=EARLIER, by=None)
    wanted = plan_of(kept, new, title="Våren", closes_at=CLOSES - timedelta(days=3), cap=2)
    rounds.change(db, round_id=round_.id, wanted=wanted, now=EARLIER, by=None)
    assert (round_.title, round_.cap, round_.closes_at) == ("Våren", 2, CLOSES - timedelta(days=3))
    assert sessions_of(db, round_) == [kept.id, new.id]
    assert last_facts(db)["sessions"] == [kept.id, new.id]


def test_an_open_round_can_grow(db):
    session, new = make.session(db), make.session(db)
    source = PublicSource(kind=PublicKind.DRAND, at=CLOSES + timedelta(days=4))
    round_ = rounds.plan(db, wanted=plan_of(session, source=source), now=EARLIER, by=None)
    make.bound(db, round_)
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    wanted = plan_of(session, new, source=source, closes_at=CLOSES + timedelta(days=3), cap=5)
    rounds.change(db, round_id=round_.id, wanted=wanted, now=OPENS, by=None)
    assert (round_.cap, round_.closes_at) == (5, CLOSES + timedelta(days=3))
    assert sessions_of(db, round_) == [session.id, new.id]
    assert last_facts(db)["changed"] == {
        "closes_at": ["2027-01-11T11:00:00+00:00", "2027-01-14T11:00:00+00:00"],
        "cap": [4, 5],
    }


def test_an_open_round_can_promise_decisions_sooner_and_a_longer_respite(db):
    session = make.session(db)
    round_ = rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)
    make.bound(db, round_)
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    wanted = plan_of(session, decision_on=date(2027, 1, 28), respite_hours=49)
    rounds.change(db, round_id=round_.id, wanted=wanted, now=OPENS, by=None)
    assert (round_.decision_on, round_.respite_hours) == (date(2027, 1, 28), 49)
    assert last_facts(db)["changed"] == {
        "decision_on": ["2027-01-29", "2027-01-28"],
        "respite_hours": [48, 49],
    }


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"session_ids": ["second"]}, id="a session goes"),
        pytest.param({"closes_at": CLOSES - timedelta(seconds=1)}, id="less time"),
        pytest.param({"cap": 3}, id="fewer seats"),
        pytest.param({"decision_on": date(2027, 1, 30)}, id="decisions later"),
        pytest.param({"respite_hours": 47}, id="a shorter respite"),
        pytest.param({"term": "2026-2"}, id="another term, and so another lot"),
        pytest.param({"opens_at": OPENS + timedelta(minutes=1)}, id="opened at another time"),
    ],
)
def test_nothing_that_applicants_rely_on_is_taken_from_an_open_round(db, facts):
    first, second = make.session(db), make.session(db)
    round_ = rounds.plan(db, wanted=plan_of(first, second), now=EARLIER, by=None)
    make.bound(db, round_)
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    if "session_ids" in facts:
        facts = {"session_ids": [second.id]}
    with refused(Refusal.ROUND_IS_OPEN):
        rounds.change(db, round_id=round_.id, wanted=plan_of(first, second, **facts), now=OPENS, by=None)


def test_the_decisions_of_a_changed_round_come_before_its_sessions_begin(db):
    session = make.session(db, of=make.course(db, title="Hud"))
    round_ = rounds.plan(db, wanted=plan_of(session), now=EARLIER, by=None)
    with refused(Refusal.SESSION_UNFIT_FOR_ROUND, course="Hud"):
        rounds.change(
            db, round_id=round_.id, wanted=plan_of(session, decision_on=session.starts_on), now=EARLIER, by=None
        )


@pytest.mark.parametrize("state", [RoundState.CLOSED, RoundState.ALLOCATED, RoundState.PUBLISHED])
def test_a_closed_round_stands(db, state):
    session = make.session(db)
    round_ = make.round_of(db, session, state=state)
    with refused(Refusal.ROUND_STATE):
        rounds.change(db, round_id=round_.id, wanted=plan_of(session), now=OPENS, by=None)


def test_no_two_rounds_have_the_same_secret(db):
    made = [rounds.plan(db, wanted=plan_of(make.session(db)), now=EARLIER, by=None) for _ in range(2)]
    assert [len(bytes.fromhex(each.secret)) for each in made] == [32, 32]
    assert made[0].secret != made[1].secret


def test_a_session_that_was_withdrawn_does_not_hold_the_decisions_back(db):
    withdrawn, session = make.session(db, days=[date(2027, 2, 1)]), make.session(db)
    source = PublicSource(kind=PublicKind.DRAND, at=CLOSES + timedelta(days=4))
    round_ = rounds.plan(db, wanted=plan_of(withdrawn, session, source=source), now=EARLIER, by=None)
    withdrawn.publicity = Publicity.ARCHIVED
    db.flush()
    wanted = plan_of(withdrawn, session, source=source, decision_on=date(2027, 2, 12))
    assert rounds.change(db, round_id=round_.id, wanted=wanted, now=OPENS, by=None).decision_on == date(2027, 2, 12)


def test_an_opened_round_is_open(db):
    round_ = make.round_of(db, make.session(db), state=RoundState.PLANNED)
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    assert (round_.state, last_facts(db)) == (RoundState.OPEN, {"round": round_.id})


def test_a_round_whose_time_is_over_does_not_open(db):
    round_ = make.round_of(db, make.session(db), state=RoundState.PLANNED)
    with refused(Refusal.ROUND_DATES):
        rounds.open_round(db, round_.id, now=round_.closes_at, by=None)


@pytest.mark.parametrize(
    ("state", "deed"),
    [
        *((state, rounds.open_round) for state in RoundState if state is not RoundState.PLANNED),
        *((state, rounds.close_round) for state in RoundState if state is not RoundState.OPEN),
    ],
)
def test_a_round_takes_its_steps_in_order(db, state, deed):
    round_ = make.round_of(db, make.session(db), state=state)
    with refused(Refusal.ROUND_STATE, state=state):
        deed(db, round_.id, now=OPENS, by=None)


@pytest.mark.parametrize("deed", [rounds.open_round, rounds.close_round])
def test_a_round_that_does_not_exist_is_not_found(db, deed):
    with pytest.raises(NotFound):
        deed(db, 10**6, now=OPENS, by=None)


def frozen(db, round_) -> dict:
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    return json.loads(round_.frozen)


def test_a_closed_round_has_frozen_what_counts_and_its_hash_is_public(db):
    course = make.course(db, code="HUD", kind=Kind.MANDATORY, order=Order.REVERSED, targets={"ST": 0, "SPEC": 1})
    session = make.session(db, of=course, days=[date(2027, 4, 12), date(2027, 4, 13)], seats=8, minimum=3)
    session.reserves = {"SPEC": 2}
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES, cap=3)
    person = make.person(db, residency_start=date(2025, 1, 11), planned_end=date(2030, 1, 12), leave_months=2)
    sent(db, round_, person, session, cap=2)
    assert frozen(db, round_) == {
        "format": "alloc-instance/1",
        "term": "2027-1",
        "policy": {
            "cap": 3,
            "last_chance_months": 6,
            "tiebreak": "lottery",
            "lot_scope": "person",
            "rejections": "auto",
            "auto_close": False,
            "closed": [],
        },
        "courses": {"HUD": {"mandatory": True, "order": "reversed", "targets": {"ST": 0, "SPEC": 1}}},
        "sessions": {
            str(session.id): {
                "course": "HUD",
                "days": [date(2027, 4, 12).toordinal(), date(2027, 4, 13).toordinal()],
                "capacity": 8,
                "min": 3,
                "reserves": {"SPEC": 2},
            }
        },
        "applicants": {
            person.pseudonym: {
                "group": "ST",
                "served": 22,
                "left": 37,
                "cap": 2,
                "passed": [],
                "displaced": [],
                "rejections": {},
                "applied_at": 0,
                "requests": [["HUD", [str(session.id)]]],
            }
        },
    }
    assert round_.frozen_hash == hashlib.sha256(round_.frozen.encode()).hexdigest()
    assert (round_.state, round_.closed_at) == (RoundState.CLOSED, CLOSES)
    assert last_facts(db) == {"round": round_.id, "hash": round_.frozen_hash, "applicants": 1}


def test_wishes_are_frozen_in_their_order_and_a_course_may_come_back(db):
    skin, heart = make.course(db, code="HUD"), make.course(db, code="HJARTA")
    one, two = make.session(db, of=skin), make.session(db, of=skin, days=[date(2027, 5, 3)])
    three = make.session(db, of=heart, days=[date(2027, 5, 4)])
    round_ = make.round_of(db, one, two, three, opens_at=OPENS, closes_at=CLOSES)
    person = make.person(db)
    sent(db, round_, person, two, three, one)
    [applicant] = frozen(db, round_)["applicants"].values()
    assert applicant["requests"] == [["HUD", [str(two.id)]], ["HJARTA", [str(three.id)]], ["HUD", [str(one.id)]]]


def test_specialists_are_frozen_without_a_planned_end(db):
    session = make.session(db, of=make.course(db, targets={"SPEC": 0}))
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    sent(db, round_, make.person(db, category=Category.SPECIALIST, residency_start=None, planned_end=None), session)
    [applicant] = frozen(db, round_)["applicants"].values()
    assert (applicant["group"], applicant["served"], applicant["left"]) == ("SPEC", 0, 999)


def test_the_register_of_the_closing_day_counts_and_not_that_of_applying(db):
    session = make.session(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    person = make.person(db, standing=Standing.PENDING, planned_end=date(2029, 1, 11))
    sent(db, round_, person, session)
    person.standing, person.planned_end = Standing.CONFIRMED, date(2028, 1, 11)
    [applicant] = frozen(db, round_)["applicants"].values()
    assert applicant["left"] == 12


def test_who_is_left_out_of_what_is_frozen(db):
    session = make.session(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    pending, withdrawn, counted = make.person(db, standing=Standing.PENDING), make.person(db), make.person(db)
    for person in (pending, withdrawn, counted):
        sent(db, round_, person, session)
    applications.withdraw(db, round_id=round_.id, person_id=withdrawn.id, now=OPENS, by=withdrawn.id)
    assert list(frozen(db, round_)["applicants"]) == [counted.pseudonym]


def test_somebody_whom_no_course_is_for_any_more_is_left_out(db):
    session = make.session(db, of=make.course(db, targets={"ST": 0, "PRE": 1}))
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    person = make.person(db, category=Category.PRE_ST)
    sent(db, round_, person, session)
    session.course.targets = {"ST": 0}
    assert frozen(db, round_)["applicants"] == {}


def test_a_wish_that_collides_with_a_seat_taken_since_is_left_out(db):
    course = make.course(db)
    sister = make.session(db, of=course, days=[date(2027, 6, 1)])
    in_course, same_day = make.session(db, of=course, days=[date(2027, 5, 3)]), make.session(db)
    fine = make.session(db, days=[date(2027, 5, 4)])
    elsewhere = make.session(db)
    round_ = make.round_of(db, in_course, same_day, fine, opens_at=OPENS, closes_at=CLOSES)
    person = make.person(db)
    sent(db, round_, person, in_course, same_day, fine)
    seat(db, sister, person)
    seat(db, elsewhere, person)
    [applicant] = frozen(db, round_)["applicants"].values()
    assert applicant["requests"] == [[fine.course.code, [str(fine.id)]]]


def test_somebody_who_can_come_to_nothing_any_more_is_left_out(db):
    session, elsewhere = make.session(db), make.session(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    person = make.person(db)
    sent(db, round_, person, session)
    seat(db, elsewhere, person)
    assert frozen(db, round_)["applicants"] == {}


def test_a_course_that_was_taken_meanwhile_is_frozen_as_passed(db):
    course = make.course(db)
    before = make.session(db, of=course, days=[date(2027, 1, 4)])
    session = make.session(db, of=course)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    person = make.person(db)
    sent(db, round_, person, session)
    seat(db, before, person)
    [applicant] = frozen(db, round_)["applicants"].values()
    assert (applicant["passed"], applicant["requests"]) == ([course.code], [[course.code, [str(session.id)]]])


def test_a_session_that_was_withdrawn_is_not_frozen(db):
    gone, kept = make.session(db), make.session(db, days=[date(2027, 5, 4)])
    round_ = make.round_of(db, gone, kept, opens_at=OPENS, closes_at=CLOSES)
    person = make.person(db)
    sent(db, round_, person, gone, kept)
    gone.publicity = Publicity.ARCHIVED
    document = frozen(db, round_)
    assert list(document["sessions"]) == [str(kept.id)]
    assert document["applicants"][person.pseudonym]["requests"] == [[kept.course.code, [str(kept.id)]]]


def test_the_same_rows_freeze_to_the_same_document(db):
    session = make.session(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    for _ in range(3):
        sent(db, round_, make.person(db), session)
    first = replace_state(db, round_)
    second = replace_state(db, round_)
    assert first == second


def replace_state(db, round_: Round) -> str:
    """Closes the round, opens it again behind everybody's back, and says what was frozen."""
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    round_.state = RoundState.OPEN
    db.flush()
    return round_.frozen
