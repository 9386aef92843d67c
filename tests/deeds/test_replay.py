"""Replay: a published round done again is what was published, and whatever was changed since is said."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    CLOSES,
    OPENS,
    PUBLISHED_AT,
    drawn_up,
    last_run,
    plan_of,
    published,
    refused,
    seat,
    sent,
)
from common_ground import laid
from fairness_room import add_a_space, as_planned
from lottery_room import DRAW, EARLIER, KNOWN, SECRET, commit, enter
from sqlalchemy import delete, select, text

import make
from auth.states import Role, Standing
from bookings import allocation, exceptions, lottery, opening_and_closing, precedence, publication, rounds
from bookings.models import Application, Choice, Decision, Round, Run
from bookings.replay import Aside, replay
from bookings.rules.allocation import canonical_hash, verification, verification_remarks
from bookings.states import Ground, Outcome, Refusal
from lararportal.errors import NotFound


def two_seats_for_five(db):
    """A round that gave two seats to five."""
    session = make.session(db, seats=2)
    return as_planned(db, published(db, {make.person(db): [session] for _ in range(5)}))


WITHOUT = Aside("went on without the second secret", make.LONG_AGO, "", "Ingen annan part i provet")
"""Every round that `make.round_of` makes does."""


def differences(db, round_):
    db.flush()
    db.expire_all()
    return list(replay(db, round_.id).differences)


def test_a_published_round_is_what_comes_of_doing_it_again(db):
    round_ = two_seats_for_five(db)
    found = replay(db, round_.id)

    assert (found.differences, found.asides, found.applicants) == ([], [WITHOUT], 5)
    assert verification.faults(found.file) == []
    assert found.file["result_hash"] == canonical_hash(json.loads(found.run.result))
    assert found.file["frozen"] == [{"hash": round_.frozen_hash, "reason": None}]


def test_the_last_drawing_up_is_the_one_that_was_published(db):
    session = make.session(db, seats=2)
    round_ = as_planned(db, drawn_up(db, {make.person(db): [session] for _ in range(3)}))
    last = allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)

    assert (replay(db, round_.id).run.id, differences(db, round_)) == (last.id, [])


def test_a_round_that_is_not_published_is_not_replayed(db):
    session = make.session(db, seats=2)
    round_ = drawn_up(db, {make.person(db): [session]})

    with refused(Refusal.ROUND_STATE):
        replay(db, round_.id)
    with pytest.raises(NotFound):
        replay(db, round_.id + 1)


def change_the_result(db, round_):
    run = db.scalars(select(Run)).one()
    result = json.loads(run.result)
    seated, other = sorted(result["assign"], key=lambda name: result["assign"][name], reverse=True)[1:3]
    result["assign"][seated], result["assign"][other] = result["assign"][other], result["assign"][seated]
    run.result = json.dumps(result, sort_keys=True, separators=(",", ":"))


def change_the_frozen_input(db, round_):
    document = json.loads(round_.frozen)
    next(iter(document["applicants"].values()))["left"] += 1
    round_.frozen = json.dumps(document, sort_keys=True, separators=(",", ":"))


def change_the_hash_too(db, round_):
    change_the_frozen_input(db, round_)
    round_.frozen_hash = canonical_hash(json.loads(round_.frozen))


def change_the_seed(db, round_):
    round_.seed = "07" * 32


def change_the_portals_secret(db, round_):
    round_.secret = "07" * 32


def change_the_public_value(db, round_):
    round_.public_value = "07" * 32


def told(db, code):
    """A decision that says so."""
    return db.scalars(select(Decision).where(Decision.code == code).order_by(Decision.id)).first()


def change_what_is_told(where, /, **changed):
    def tamper(db, round_):
        row = told(db, where)
        for name, value in changed.items():
            setattr(row, name, value)

    return tamper


def delete_a_decision(db, round_):
    db.delete(told(db, Outcome.WAITLISTED))


def delete_a_decision_and_the_wish(db, round_):
    row = told(db, Outcome.WAITLISTED)
    wish = select(Application.id).where(Application.person_id == row.person_id)
    db.execute(delete(Choice).where(Choice.application_id.in_(wish)))
    db.delete(row)


def invent_a_decision(db, round_):
    row, other = told(db, Outcome.ADMITTED), make.person(db)
    facts = {"session_id": row.session_id, "rank": 1, "rules_version": "1", "code": Outcome.UNCONFIRMED}
    db.add(Decision(round_id=round_.id, person_id=other.id, **facts))


def sql(statement):
    def tamper(db, round_):
        db.execute(text(statement))

    return tamper


def claim_another_version(db, round_):
    db.execute(text("UPDATE runs SET rules_version = '0'"))
    db.execute(text("UPDATE decisions SET rules_version = '0'"))


FORMER = {"source": "X", "due": None, "at": "2027-01-12T09:00:00+00:00", "by": None, "reason": "Silent."}

TAMPERED = {
    "the result": (change_the_result, "The stored result is not what comes of doing it again; other are: assign."),
    "a space": (add_a_space, "The stored result is not what comes of doing it again; other are: letters."),
    "the frozen input": (change_the_frozen_input, "The frozen input is not the one that was published: "),
    "the input and its hash": (change_the_hash_too, "The journal noted the round otherwise, by frozen hash."),
    "the seed": (change_the_seed, "The seed is not the one that follows from the values, "),
    "the portal's secret": (change_the_portals_secret, "The journal noted the round otherwise, by secret."),
    "the public value": (change_the_public_value, "The seed is not the one that follows from the values, "),
    "a decision deleted": (delete_a_decision, "No decision was told to "),
    "a decision and its wish deleted": (delete_a_decision_and_the_wish, "No decision was told to "),
    "a decision invented": (invent_a_decision, ", and nobody asked for one."),
    "a key": (change_what_is_told("WAITLISTED", key=[0, 0, 0, 0, 0, 1]), " is another by key."),
    "no key": (change_what_is_told("WAITLISTED", key=None), " is another by key."),
    "a place in line": (change_what_is_told("WAITLISTED", position=77), " is another by place in line."),
    "a seat given": (change_what_is_told("WAITLISTED", code=Outcome.ADMITTED), " is another by code."),
    "a seat taken": (change_what_is_told("ADMITTED", code=Outcome.WAITLISTED), " is another by code."),
    "a seat called off": (change_what_is_told("ADMITTED", code=Outcome.CANCELLED), " is another by code."),
    "a seat made a conflict": (
        change_what_is_told("ADMITTED", code=Outcome.CONFLICT),
        "The journal noted other outcomes for ",
    ),
    "a last key": (change_what_is_told("WAITLISTED", last_key=[0, 1, 0]), " is another by last key."),
    "more of a last key": (
        change_what_is_told("WAITLISTED", last_key=[0, 1, 1, 24, 0, 7]),
        " is another by last key.",
    ),
    "no last key": (change_what_is_told("WAITLISTED", last_key=None), " is another by last key."),
    "a rank": (change_what_is_told("WAITLISTED", rank=2), " is another by rank."),
    "the public source": (
        sql("UPDATE rounds SET public_source = 'drand quicknet 7'"),
        "The journal noted the round otherwise, by public source.",
    ),
    "a former source": (
        lambda db, round_: setattr(round_, "former_sources", [FORMER]),
        "The journal noted the round otherwise, by former sources.",
    ),
    "why it went on without": (
        sql("UPDATE rounds SET waiver_reason = 'Another.'"),
        "The journal noted the round otherwise, by waiver reason.",
    ),
    "who entered the value": (
        sql("UPDATE rounds SET public_entered_by = 7"),
        "The journal noted the round otherwise, by public entered by.",
    ),
    "the version": (claim_another_version, "The run was made by version 0 of the rules, and these are version 1."),
}


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, lambda db: two_seats_for_five(db).id) as ground:
        yield ground


class TestTampering:
    """With one round, which every test finds as it was published."""

    @pytest.fixture
    def connection(self, ground):
        with ground.lent() as connection:
            yield connection

    @pytest.mark.parametrize(("tamper", "sentence"), TAMPERED.values(), ids=TAMPERED)
    def test_what_was_changed_since_is_said(self, ground, db, tamper, sentence):
        round_ = db.get_one(Round, ground.made)
        tamper(db, round_)
        found = differences(db, round_)

        assert [each for each in found if sentence in each] != []
        assert [each for each in found if not each.endswith(".")] == []


def test_what_was_decided_about_the_lottery_is_told_and_marked_in_the_file(db):
    office, eva, person = make.coordinator(db), make.holder(db, Role.DIRECTOR), make.person(db)
    session = make.session(db, seats=2)
    round_ = rounds.plan(db, wanted=plan_of(session, second_party_id=eva.id), now=EARLIER, by=office.id)
    former, late = round_.public_source, KNOWN + timedelta(days=1)
    commit(db, round_, eva)
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    sent(db, round_, person, session)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    lottery.replace_source(
        db, round_id=round_.id, source=replace(DRAW, at=late), reason="Silent.", now=KNOWN, by=office.id
    )
    lottery.open_copy(db, round_id=round_.id, secret=SECRET, now=late, by=office.id)
    enter(db, round_, office, now=late)
    allocation.draw_up(db, round_id=round_.id, now=late, by=office.id)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=late, by=office.id)
    found = replay(db, round_.id)

    assert list(found.differences) == []
    assert found.asides == [
        Aside("opened the sealed copy of the second secret", late, office.name, ""),
        Aside(f"replaced {former} as public source", KNOWN, office.name, "Silent."),
    ]
    assert verification_remarks.remarks(found.file) == [
        "The secret of the second party was read from its sealed copy; the party did not reveal it.",
        f"The public value was first to come from {former}, which was replaced: Silent.",
    ]


def test_what_was_decided_about_a_session_is_told_with_its_reason(db):
    office, thin, full = make.coordinator(db), make.session(db, seats=2), make.session(db, seats=2)
    round_ = as_planned(db, drawn_up(db, {make.person(db): [thin, full] for _ in range(2)}))
    opening_and_closing.close_session(
        db, round_id=round_.id, session_id=thin.id, reason="Too few.", now=CLOSES, by=office.id
    )
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=office.id)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=office.id)
    found = replay(db, round_.id)

    assert list(found.differences) == []
    assert found.asides == [WITHOUT, Aside(f"closed session {thin.id}", CLOSES, office.name, "Too few.")]
    assert [each["reason"] for each in found.file["frozen"]] == [None, "Too few."]

    opening_and_closing.decisions(db, round_.id)[0].input_hash = "07" * 32
    assert [each for each in differences(db, round_) if "makes another input than it said" in each] != []


@pytest.mark.parametrize("part", ["reason = 'Another.'", "made_by = NULL", "made_at = made_at + interval '1 hour'"])
def test_another_reason_or_person_than_the_journal_noted_is_said(db, part):
    office, thin, full = make.coordinator(db), make.session(db, seats=2), make.session(db, seats=2)
    round_ = as_planned(db, drawn_up(db, {make.person(db): [thin, full] for _ in range(2)}))
    decision = {"round_id": round_.id, "session_id": thin.id, "reason": "Too few."}
    opening_and_closing.close_session(db, **decision, now=CLOSES, by=office.id)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=office.id)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=office.id)
    db.execute(text(f"UPDATE session_decisions SET {part}"))

    assert differences(db, round_) == [
        f"The journal noted another decision about session {thin.id}, its reason or who took it."
    ]


def test_what_publication_honoured_or_left_out_is_no_difference(db):
    wanted, thin = make.session(db, seats=3), make.session(db, days=[date(2027, 5, 3)])
    elsewhere, unknown, office = make.session(db), make.person(db, standing=Standing.PENDING), make.coordinator(db)
    seated, colliding = make.person(db), make.session(db)
    seated_since = make.person(db, planned_end=date(2027, 6, 30))
    everybody = [unknown, seated, seated_since, *(make.person(db) for _ in range(4))]
    round_ = as_planned(db, make.round_of(db, wanted, colliding, thin, opens_at=OPENS, closes_at=CLOSES))
    for person in everybody:
        sent(db, round_, person, wanted, colliding, thin)
    seat(db, elsewhere, seated)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    opening_and_closing.close_session(
        db, round_id=round_.id, session_id=thin.id, reason="Too few.", now=CLOSES, by=office.id
    )
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    seat(db, elsewhere, seated_since)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)
    codes = {
        person.id: list(
            db.scalars(select(Decision.code).where(Decision.person_id == person.id).order_by(Decision.rank))
        )
        for person in (unknown, seated, seated_since)
    }

    assert codes == {
        unknown.id: [Outcome.UNCONFIRMED, Outcome.UNCONFIRMED, Outcome.CANCELLED],
        seated.id: [Outcome.CONFLICT, Outcome.CONFLICT, Outcome.CANCELLED],
        seated_since.id: [Outcome.CONFLICT, Outcome.CONFLICT, Outcome.CANCELLED],
    }
    assert differences(db, round_) == []


def test_who_went_before_others_by_a_decision_is_marked(db):
    office, course = make.coordinator(db), make.course(db)
    session = make.session(db, of=course, seats=1)
    chosen, other = make.person(db), make.person(db)
    round_ = as_planned(db, make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES))
    granted = precedence.grant(
        db, person_id=chosen.id, course_id=course.id, reason="Promised.", now=OPENS, by=office.id
    )
    for person in (chosen, other):
        sent(db, round_, person, session)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)
    placed = exceptions.place_for_hardship(
        db,
        session_id=session.id,
        person_id=(late := make.person(db, planned_end=date(2027, 6, 30))).id,
        ground=Ground.ILLNESS,
        reason="The end.",
        now=AFTER,
        by=office.id,
    )
    found = replay(db, round_.id)

    assert list(found.differences) == []
    assert found.asides == [
        WITHOUT,
        Aside(f"precedence of {chosen.pseudonym} for course {course.code}, granted", OPENS, office.name, "Promised."),
        Aside(
            f"exception for {late.pseudonym} in session {session.id}, hardship, illness",
            AFTER,
            office.name,
            "The end.",
        ),
    ]

    number = placed.id
    db.execute(text("UPDATE precedences SET reason = 'Another.'"))
    db.execute(text("UPDATE line_exceptions SET reason = 'Another.'"))
    assert differences(db, round_) == [
        f"The journal noted another decision to grant precedence {granted.id}, its reason or who took it.",
        f"The journal noted another exception {number} in a line, its reason or who made it.",
    ]

    db.execute(text("UPDATE precedences SET reason = 'Promised.', granted_at = granted_at + interval '1 year'"))
    db.execute(text("DELETE FROM line_exceptions"))
    assert differences(db, round_) == [
        f"The journal noted another decision to grant precedence {granted.id}, its reason or who took it.",
        f"The journal noted another exception {number} in a line, its reason or who made it.",
        f"No decision stands behind the precedence of {chosen.pseudonym} for {course.code}.",
    ]
