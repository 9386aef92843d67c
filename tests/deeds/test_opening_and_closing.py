"""Between two dry runs: reserve sessions are opened, thin ones closed, by name, with a reason and a hash."""

import json
from datetime import date, timedelta

import pytest
from bookings_room import (
    CLOSES,
    OPENS,
    PUBLISHED_AT,
    drawn_up,
    last_facts,
    last_run,
    noted,
    refused,
    sent,
    states,
    told,
)
from sqlalchemy import select

import make
from bookings import allocation, opening_and_closing, publication, rounds
from bookings.models import Decision, SessionDecision
from bookings.queries import dry_run as reads
from bookings.queries import sessions_for_round
from bookings.rules.allocation import canonical_hash, check
from bookings.states import BookingState, Outcome, Refusal, RoundState, SessionFate
from courses.states import Publicity
from lararportal.errors import NotFound

NEAR, FAR = date(2028, 1, 11), date(2031, 1, 11)


@pytest.fixture
def office(db):
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def course(db):
    return make.course(db, title="Hud")


def in_reserve(db, course, **facts):
    return make.session(db, of=course, publicity=Publicity.DRAFT, is_reserve=True, **facts)


def decide(db, deed, round_, session, office, *, reason="Många sökande."):
    return deed(db, round_id=round_.id, session_id=session.id, reason=reason, now=CLOSES, by=office.id)


def draw_up(db, round_, office):
    return json.loads(allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=office.id).result)


def publish(db, round_, office):
    return publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=office.id)


def codes(db, person):
    found = select(Decision.code).where(Decision.person_id == person.id).order_by(Decision.rank)
    return list(db.scalars(found))


def test_a_session_in_reserve_may_be_asked_for_and_is_closed_until_somebody_opens_it(db, course, office):
    session, spare = make.session(db, of=course, seats=1), in_reserve(db, course, seats=1)
    near, far = make.person(db, planned_end=NEAR), make.person(db, planned_end=FAR)
    round_ = drawn_up(db, {near: [session, spare], far: [session, spare]})
    frozen = json.loads(round_.frozen)
    assert frozen["policy"]["closed"] == [str(spare.id)]
    publish(db, round_, office)
    assert codes(db, far) == [Outcome.WAITLISTED, Outcome.CANCELLED]
    assert (spare.publicity, spare.is_reserve) == (Publicity.DRAFT, True)


def test_an_opened_session_gives_its_seats_in_the_next_run_and_is_for_all_at_publication(db, course, office):
    session, spare = make.session(db, of=course, seats=1), in_reserve(db, course, seats=1)
    near, far = make.person(db, planned_end=NEAR), make.person(db, planned_end=FAR)
    round_ = drawn_up(db, {near: [session, spare], far: [session, spare]})
    decide(db, opening_and_closing.open_session, round_, spare, office)
    assert (spare.publicity, spare.is_reserve) == (Publicity.DRAFT, True)
    assert draw_up(db, round_, office)["assign"][far.pseudonym] == [str(spare.id)]
    publish(db, round_, office)
    assert states(db, spare) == {far.id: BookingState.BOOKED}
    assert (spare.publicity, spare.is_reserve) == (Publicity.PUBLISHED, False)


def test_a_closed_session_gives_no_seats_and_is_called_off_at_publication(db, course, office):
    session, other = make.session(db, of=course, seats=2), make.session(db, of=course, seats=2)
    person = make.person(db)
    round_ = drawn_up(db, {person: [session, other]})
    decide(db, opening_and_closing.close_session, round_, session, office, reason="En sökande.")
    assert session.publicity is Publicity.PUBLISHED
    draw_up(db, round_, office)
    publish(db, round_, office)
    assert (session.publicity, other.publicity) == (Publicity.CALLED_OFF, Publicity.PUBLISHED)
    assert codes(db, person) == [Outcome.CANCELLED, Outcome.ADMITTED]
    assert states(db, session) == {}
    assert "Tillfället hålls inte." in told(db, person)
    assert ("session.called_off", office.id, None, session.id) in noted(db)


def test_each_decision_has_a_hash_of_its_own_and_the_seed_keeps_the_first(db, course, office):
    session, spare = make.session(db, of=course), in_reserve(db, course)
    round_ = drawn_up(db, {make.person(db): [session, spare]})
    first, seed = round_.frozen_hash, round_.seed
    made = decide(db, opening_and_closing.open_session, round_, spare, office)
    document = json.loads(round_.frozen)
    document["policy"]["closed"] = []
    assert made.input_hash == canonical_hash(document)
    assert made.input_hash != first
    assert (round_.frozen_hash, round_.seed) == (first, seed)
    assert noted(db)[-1] == ("round.session_opened", office.id, None, spare.id)
    assert last_facts(db) == {"round": round_.id, "reason": "Många sökande.", "hash": made.input_hash}


def test_the_run_that_is_published_can_be_drawn_up_again_from_what_was_decided(db, course, office):
    session, spare = make.session(db, of=course, seats=1), in_reserve(db, course, seats=1)
    round_ = drawn_up(db, {make.person(db): [session, spare] for _ in range(3)})
    decide(db, opening_and_closing.open_session, round_, spare, office)
    result = draw_up(db, round_, office)
    publish(db, round_, office)
    assert check(allocation.instance(db, round_), result) == []


def test_a_decision_taken_back_makes_the_first_input_again(db, course, office):
    session, other = make.session(db, of=course), make.session(db, of=course)
    round_ = drawn_up(db, {make.person(db): [session, other]})
    decide(db, opening_and_closing.close_session, round_, session, office)
    back = decide(db, opening_and_closing.open_session, round_, session, office)
    assert back.input_hash == round_.frozen_hash
    publish(db, round_, office)
    assert session.publicity is Publicity.PUBLISHED


def test_what_was_drawn_up_before_a_decision_is_not_published(db, course, office):
    session, other = make.session(db, of=course), make.session(db, of=course)
    round_ = drawn_up(db, {make.person(db): [session, other]})
    decide(db, opening_and_closing.close_session, round_, session, office)
    with refused(Refusal.DRAWN_UP_BEFORE_DECISION):
        publish(db, round_, office)
    round_.state = RoundState.ALLOCATED
    draw_up(db, round_, office)
    assert publish(db, round_, office) == 1


def test_a_session_that_went_away_by_another_door_stops_the_publication_until_it_is_closed(db, course, office):
    session, other = make.session(db, of=course), make.session(db, of=course)
    person = make.person(db)
    round_ = drawn_up(db, {person: [session, other]})
    session.publicity = Publicity.ARCHIVED
    db.flush()
    with refused(Refusal.SESSION_GONE_SINCE, course="Hud"):
        publish(db, round_, office)
    round_.state = RoundState.ALLOCATED
    decide(db, opening_and_closing.close_session, round_, session, office, reason="Inget rum.")
    draw_up(db, round_, office)
    publish(db, round_, office)
    assert codes(db, person) == [Outcome.CANCELLED, Outcome.ADMITTED]


def test_a_decision_needs_a_reason_and_must_change_something(db, course, office):
    session, spare = make.session(db, of=course), in_reserve(db, course)
    round_ = drawn_up(db, {make.person(db): [session, spare]})
    with refused(Refusal.DECISION_WITHOUT_REASON):
        decide(db, opening_and_closing.open_session, round_, spare, office, reason="  ")
    with refused(Refusal.SESSION_DECIDED_SO):
        decide(db, opening_and_closing.open_session, round_, session, office)
    with refused(Refusal.SESSION_DECIDED_SO):
        decide(db, opening_and_closing.close_session, round_, spare, office)
    assert db.scalars(select(SessionDecision)).all() == []


def test_a_session_of_another_round_is_not_found(db, course, office):
    round_ = drawn_up(db, {make.person(db): [make.session(db, of=course)]})
    with pytest.raises(NotFound):
        decide(db, opening_and_closing.close_session, round_, make.session(db), office)


def test_who_applied_does_not_decide(db, course):
    applicant = make.person(db)
    session = make.session(db, of=course)
    round_ = drawn_up(db, {applicant: [session]})
    with refused(Refusal.DECIDES_OVER_OWN_SEAT):
        decide(db, opening_and_closing.close_session, round_, session, applicant)


@pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.OPEN, RoundState.CLOSED, RoundState.PUBLISHED])
def test_nothing_is_decided_before_the_lottery_or_after_publication(db, course, office, state):
    session = make.session(db, of=course)
    round_ = drawn_up(db, {make.person(db): [session]})
    round_.state = state
    with refused(Refusal.ROUND_STATE):
        decide(db, opening_and_closing.close_session, round_, session, office)


def test_a_round_may_hold_a_session_in_reserve_from_the_plan_on(db, course):
    session, spare = make.session(db, of=course), in_reserve(db, course)
    offered = sessions_for_round(db, None, now=OPENS - timedelta(days=1))
    assert {row.session_id for row in offered} == {session.id, spare.id}


def test_the_preview_says_who_is_short_and_what_opening_would_give(db, course, office):
    session, spare = make.session(db, of=course, seats=1, minimum=0), in_reserve(db, course, seats=1, minimum=0)
    near = make.person(db, planned_end=NEAR, given_name="Nea", family_name="Nord")
    far = make.person(db, planned_end=FAR, given_name="Finn", family_name="Fors")
    round_ = drawn_up(db, {near: [session, spare], far: [session, spare]})
    found = reads.preview(db, round_.id)
    assert [(each.session.session_id, each.without, each.is_reserve) for each in found.closed] == [
        (spare.id, 1, True)
    ]
    assert (found.is_stale, found.since_last, found.decided) == (False, None, [])
    wanted = reads.effect(db, round_.id, spare.id, fate=SessionFate.OPENED)
    assert (wanted.changes.gained, wanted.changes.lost, wanted.admitted) == ([("Finn Fors", "Hud")], [], 1)
    decide(db, opening_and_closing.open_session, round_, spare, office)
    assert reads.preview(db, round_.id).is_stale
    draw_up(db, round_, office)
    again = reads.preview(db, round_.id)
    assert (again.is_stale, again.closed, again.since_last.gained) == (False, [], [("Finn Fors", "Hud")])
    assert [(each.fate, each.made_by, each.reason) for each in again.decided] == [
        (SessionFate.OPENED, "Olle Sandberg", "Många sökande.")
    ]


def test_the_preview_names_the_thin_sessions_and_what_closing_would_take(db, course, office):
    session = make.session(db, of=course, seats=9, minimum=3)
    person = make.person(db, given_name="Anna", family_name="Ek")
    round_ = drawn_up(db, {person: [session]})
    (thin,) = reads.preview(db, round_.id).thin
    assert (thin.session.session_id, thin.admitted, thin.would_close) == (session.id, 1, True)
    assert reads.effect(db, round_.id, session.id, fate=SessionFate.CLOSED).changes.lost == [("Anna Ek", "Hud")]


def test_drawing_up_the_same_input_again_does_not_hide_what_a_decision_changed(db, course, office):
    session, spare = make.session(db, of=course, seats=1, minimum=0), in_reserve(db, course, seats=1, minimum=0)
    near = make.person(db, planned_end=NEAR)
    far = make.person(db, planned_end=FAR, given_name="Finn", family_name="Fors")
    round_ = drawn_up(db, {near: [session, spare], far: [session, spare]})
    draw_up(db, round_, office)
    assert reads.preview(db, round_.id).since_last is None
    decide(db, opening_and_closing.open_session, round_, spare, office)
    draw_up(db, round_, office)
    draw_up(db, round_, office)
    assert reads.preview(db, round_.id).since_last.gained == [("Finn Fors", "Hud")]


def test_what_is_so_already_would_change_nothing(db, course, office):
    session, spare = make.session(db, of=course, seats=1, minimum=0), in_reserve(db, course, seats=1, minimum=0)
    round_ = drawn_up(db, {make.person(db): [session, spare] for _ in range(2)})
    opened = reads.effect(db, round_.id, session.id, fate=SessionFate.OPENED)
    assert (opened.is_so_already, bool(opened.changes), opened.admitted) == (True, False, 1)
    closed = reads.effect(db, round_.id, spare.id, fate=SessionFate.CLOSED)
    assert (closed.is_so_already, bool(closed.changes), closed.admitted) == (True, False, 0)


def test_the_preview_asks_as_many_questions_for_one_applicant_as_for_many(db, course, office, queries):
    counts = []
    for size in (1, 4):
        sessions = [make.session(db, of=make.course(db), days=[make_day(size, n)]) for n in range(size)]
        round_ = drawn_up(db, {make.person(db): sessions for _ in range(size)})
        db.expire_all()
        queries.reset()
        reads.preview(db, round_.id)
        counts.append(queries.count)
    assert counts[0] == counts[1]


def make_day(size, number):
    return OPENS.date() + timedelta(days=90 + 7 * size + number)


def test_effect_of_nothing_that_can_be_run_is_not_found(db, course):
    session = make.session(db, of=course)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    sent(db, round_, make.person(db), session)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    with pytest.raises(NotFound):
        reads.effect(db, round_.id, session.id, fate=SessionFate.CLOSED)
