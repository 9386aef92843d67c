"""Replay: a published round done again is what was published, and whatever was changed since is said."""

import json
from datetime import date

import pytest
from bookings_room import AFTER, CLOSES, OPENS, PUBLISHED_AT, drawn_up, published, refused, sent
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import make
from bookings import allocation, exceptions, lots, opening_and_closing, precedence, publication, rounds
from bookings.models import Decision, Run
from bookings.replay import Aside, replay
from bookings.rules.allocation import canonical_hash, verification
from bookings.states import Ground, Refusal
from lararportal import journal
from lararportal.cli import main
from lararportal.db import connect
from lararportal.errors import NotFound


@pytest.fixture
def round_(db):
    """A round that gave two seats to five."""
    session = make.session(db, seats=2)
    made = published(db, {make.person(db): [session] for _ in range(5)})
    journal.note(db, "round.planned", now=OPENS, by=None, round=made.id, commitment=lots.commitment(made))
    return made


def differences(db, round_):
    db.flush()
    db.expire_all()
    return list(replay(db, round_.id).differences)


def test_a_published_round_is_what_comes_of_doing_it_again(db, round_):
    found = replay(db, round_.id)

    assert (found.differences, found.asides, found.applicants) == ([], [], 5)
    assert verification.faults(found.file) == []
    assert found.file["result_hash"] == canonical_hash(json.loads(found.run.result))
    assert found.file["frozen"] == [{"hash": round_.frozen_hash, "reason": None}]


def test_the_last_drawing_up_is_the_one_that_was_published(db):
    session = make.session(db, seats=2)
    round_ = drawn_up(db, {make.person(db): [session] for _ in range(3)})
    last = allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    publication.publish(db, round_id=round_.id, now=PUBLISHED_AT, by=None)

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


def add_a_space(db, round_):
    run = db.scalars(select(Run)).one()
    run.result = run.result.replace('"format":', '"format": ')


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


def change_what_somebody_was_told(db, round_):
    db.scalars(select(Decision).order_by(Decision.id)).first().key = [0, 0, 0, 0, 0, 1]


def claim_another_version(db, round_):
    db.execute(text("UPDATE runs SET rules_version = '0'"))
    db.execute(text("UPDATE decisions SET rules_version = '0'"))


TAMPERED = {
    "the result": (change_the_result, "The stored result is not what comes of doing it again; other are: assign."),
    "a space": (add_a_space, "The stored result is not what comes of doing it again; other are: letters."),
    "the frozen input": (change_the_frozen_input, "The frozen input is not the one that was published: "),
    "the input and its hash": (change_the_hash_too, "The journal noted another hash at closing: "),
    "the seed": (change_the_seed, "The seed is not the one that follows from the values, "),
    "the portal's secret": (change_the_portals_secret, "The journal noted another commitment of the portal: "),
    "the public value": (change_the_public_value, "The seed is not the one that follows from the values, "),
    "what somebody was told": (change_what_somebody_was_told, " is not the run's."),
    "the version": (claim_another_version, "The run was made by version 0 of the rules, and these are version 1."),
}


@pytest.mark.parametrize(("tamper", "sentence"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_since_is_said(db, round_, tamper, sentence):
    tamper(db, round_)
    found = differences(db, round_)

    assert [each for each in found if sentence in each] != []
    assert [each for each in found if not each.endswith(".")] == []


def test_what_was_decided_about_a_session_is_told_with_its_reason(db):
    office, thin, full = make.coordinator(db), make.session(db, seats=2), make.session(db, seats=2)
    round_ = drawn_up(db, {make.person(db): [thin, full] for _ in range(2)})
    opening_and_closing.close_session(
        db, round_id=round_.id, session_id=thin.id, reason="Too few.", now=CLOSES, by=office.id
    )
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=office.id)
    publication.publish(db, round_id=round_.id, now=PUBLISHED_AT, by=office.id)
    found = replay(db, round_.id)

    assert list(found.differences) == []
    assert found.asides == [Aside(f"closed session {thin.id}", CLOSES, office.name, "Too few.")]
    assert [each["reason"] for each in found.file["frozen"]] == [None, "Too few."]

    opening_and_closing.decisions(db, round_.id)[0].input_hash = "07" * 32
    assert [each for each in differences(db, round_) if "makes another input than it said" in each] != []


def test_who_went_before_others_by_a_decision_is_marked(db):
    office, course = make.coordinator(db), make.course(db)
    session = make.session(db, of=course, seats=1)
    chosen, other = make.person(db), make.person(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    precedence.grant(db, person_id=chosen.id, course_id=course.id, reason="Promised.", now=OPENS, by=office.id)
    for person in (chosen, other):
        sent(db, round_, person, session)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    publication.publish(db, round_id=round_.id, now=PUBLISHED_AT, by=None)
    exceptions.place_for_hardship(
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
        Aside(f"precedence of {chosen.pseudonym} for course {course.code}, granted", OPENS, office.name, "Promised."),
        Aside(
            f"exception for {late.pseudonym} in session {session.id}, hardship, illness",
            AFTER,
            office.name,
            "The end.",
        ),
    ]

    db.execute(text("UPDATE precedences SET granted_at = granted_at + interval '1 year'"))
    assert differences(db, round_) == [
        f"No decision stands behind the precedence of {chosen.pseudonym} for {course.code}."
    ]


@pytest.fixture
def command(fresh_database_url, redis_url, monkeypatch):
    """The command line on a database of its own, with a round that is committed there; and a way to change it."""
    environment = {
        "LARARPORTAL_SECRET_KEY": "x" * 32,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": redis_url,
        "LARARPORTAL_BASE_URL": "http://portal.test",
        "LARARPORTAL_PROVIDERS": '[{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", '
        '"client_id": "c", "client_secret": "s"}]',
        "LARARPORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "LARARPORTAL_MAIL_FROM": "portal@example.org",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    engine = connect(fresh_database_url)
    with Session(engine, expire_on_commit=False, info={"portal_url": "http://portal.test"}) as db:
        session = make.session(db, seats=2)
        done = published(db, {make.person(db): [session] for _ in range(5)})
        made = make.round_of(db, make.session(db), opens_at=OPENS, closes_at=CLOSES)
        db.commit()

        def run(number, *, after=None):
            if after:
                after(db, done)
                db.commit()
            return CliRunner().invoke(main, ["replay", str(number)])

        yield run, done, made
    engine.dispose()


def test_the_command_says_that_all_is_as_it_was_or_what_is_not(command):
    run, done, planned = command
    well = run(done.id)

    assert (well.exit_code, well.stderr) == (0, "")
    assert f"frozen input  {done.frozen_hash}\nseed          {done.seed}\nresult        " in well.stdout
    assert well.stdout.endswith(
        "The seed follows from the values of the lottery.\n"
        "Decisions beside the rules: 0.\n"
        "Done again, everything is the same byte for byte, and the check finds nothing.\n"
    )

    ill = run(done.id, after=add_a_space)

    assert (ill.exit_code, ill.stderr) == (1, f"Error: round {done.id} is not as it was: 1 differences.\n")
    assert ill.stdout.endswith(
        "Decisions beside the rules: 0.\nThe stored result is not what comes of doing it again; other are: letters.\n"
    )
    assert (run(planned.id).exit_code, run(planned.id).stdout) == (1, "")
    assert run(planned.id + 1).stderr == f"Error: there is no round {planned.id + 1}\n"
