"""Replay, column by column: whatever is changed in a row of a published round is said, or carries nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum

import pytest
from bookings_room import AFTER, CLOSES, OPENS, last_run, plan_of, sent
from common_ground import laid
from lottery_room import DRAW, EARLIER, KNOWN, SECRET, commit, enter
from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError

import make
from auth.models import Person
from auth.states import Role
from bookings import (
    allocation,
    applications,
    as_noted,
    exceptions,
    lottery,
    opening_and_closing,
    precedence,
    publication,
    rounds,
)
from bookings.models import (
    Application,
    Choice,
    Decision,
    LineException,
    Precedence,
    Round,
    RoundSession,
    Run,
    SessionDecision,
)
from bookings.replay import replay
from bookings.rules.allocation import verification_remarks
from bookings.states import Ground
from lararportal.errors import Refused

EARLY = CLOSES - timedelta(days=2)
LATE = KNOWN + timedelta(days=3)

CARRY_NOTHING = {
    ("decisions", "id"): "only tells rows apart; a decision is found by round, person and session",
    ("session_decisions", "id"): "only tells rows apart; what they were decided after is bound by their hashes",
    ("applications", "id"): "only tells rows apart; the database lets no choice lose its application",
    ("rounds", "id"): "is how a round is asked for; the database lets nothing of a round lose it",
    ("rounds", "second_commitment"): "is bound to the secret; the database lets neither change without the other",
}
"""The columns that cannot be changed alone or say nothing, with the reason of each; every other must be found."""


def eventful(db):
    """A round in which everything happened that can: parties, source and sessions exchanged, and exceptions made."""
    office, eva, former = make.coordinator(db), make.holder(db, Role.DIRECTOR), make.holder(db, Role.DIRECTOR)
    course = make.course(db)
    session, thin = make.session(db, of=course, seats=1), make.session(db, days=[date(2027, 5, 3)])
    chosen, spared, other, third, late = (make.person(db, planned_end=date(2027, 6, 30)) for _ in range(5))
    round_ = rounds.plan(db, wanted=plan_of(session, second_party_id=former.id), now=EARLIER, by=office.id)
    commit(db, round_, former)
    wanted = plan_of(session, thin, second_party_id=eva.id, title="Våren")
    rounds.change(db, round_id=round_.id, wanted=wanted, now=EARLIER, by=office.id)
    commit(db, round_, eva)
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    facts = {"course_id": course.id, "reason": "Promised.", "now": OPENS, "by": office.id}
    precedence.grant(db, person_id=chosen.id, **facts)
    taken_back = precedence.grant(db, person_id=spared.id, **facts)
    precedence.revoke(db, precedence_id=taken_back.id, reason="A mistake.", now=OPENS, by=office.id)
    for person in (chosen, other, third):
        sent(db, round_, person, session, thin)
    sent(db, round_, third, session)
    sent(db, round_, spared, session, thin)
    applications.withdraw(db, round_id=round_.id, person_id=spared.id, now=OPENS, by=spared.id)
    rounds.close_early(db, round_id=round_.id, reason="All have applied.", now=EARLY, by=office.id)
    there = replace(DRAW, at=LATE)
    lottery.replace_source(db, round_id=round_.id, source=there, reason="Silent.", now=KNOWN, by=office.id)
    lottery.open_copy(db, round_id=round_.id, secret=SECRET, now=LATE, by=office.id)
    enter(db, round_, office, now=LATE)
    allocation.draw_up(db, round_id=round_.id, now=LATE, by=office.id)
    decided = {"round_id": round_.id, "session_id": thin.id, "now": LATE, "by": office.id}
    opening_and_closing.close_session(db, reason="Too few.", **decided)
    opening_and_closing.open_session(db, reason="Enough.", **decided)
    allocation.draw_up(db, round_id=round_.id, now=LATE, by=office.id)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=LATE, by=office.id)
    exceptions.place_for_hardship(
        db,
        session_id=session.id,
        person_id=late.id,
        ground=Ground.ILLNESS,
        reason="The end.",
        now=AFTER + timedelta(days=3),
        by=office.id,
    )
    make.round_of(db)
    make.session(db)
    return round_.id


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, eventful) as ground:
        yield ground


@pytest.fixture
def connection(ground):
    with ground.lent() as connection:
        yield connection


@pytest.fixture
def round_(ground, db):
    """The same round, for every test as it was."""
    return db.get_one(Round, ground.made)


OF_A_ROUND = {
    Round: lambda number: Round.id == number,
    RoundSession: lambda number: RoundSession.round_id == number,
    Run: lambda number: Run.round_id == number,
    Decision: lambda number: Decision.round_id == number,
    SessionDecision: lambda number: SessionDecision.round_id == number,
    Application: lambda number: Application.round_id == number,
    Choice: lambda number: Choice.application_id.in_(select(Application.id).where(Application.round_id == number)),
    Precedence: lambda number: Precedence.id > 0,
    LineException: lambda number: LineException.round_id == number,
}
"""Every row of a round that replay answers for; no other precedence is in these tests."""

SAMPLES = {str: "07" * 32, int: 7, datetime: datetime(2027, 2, 1, tzinfo=UTC), date: date(2027, 2, 1), list: [7]}


def others(db, column, value) -> Iterator[object]:
    """Values that somebody could write instead of this one."""
    if column.nullable and value is not None:
        yield None
    if column.foreign_keys:
        [key] = column.foreign_keys
        yield from db.scalars(
            select(key.column).where(key.column.is_distinct_from(value)).order_by(key.column.desc()).limit(2)
        )
        return
    kind = column.type.python_type
    if issubclass(kind, Enum):
        yield from (each for each in kind if each != value)
    elif value is None:
        yield SAMPLES[kind]
    elif kind is bool:
        yield not value
    elif kind is str:
        yield from {"", f"x{value}"[: column.type.length], SAMPLES[str][: column.type.length]} - {value}
    elif kind is int:
        yield value + 1_000_000
    elif kind in (datetime, date):
        yield value + timedelta(days=1)
    else:
        yield from ([*value, 7], [] if value else [7])
    if isinstance(column.type, JSONB):
        yield from ({}, [{"x": 1}])


def is_found(db, number: int) -> bool:
    """Whether replay says that the round is not as it was."""
    db.expire_all()
    try:
        return list(replay(db, number).differences) != []
    except Refused:
        return True


def is_found_soon(db, number: int) -> bool:
    """The same, but what replay only passes on from the journal is asked first: mostly a fraction is enough.

    Of what each person was told the journal says nothing there.
    """
    db.expire_all()
    noted = as_noted.differences(db, db.get_one(Round, number), opening_and_closing.decisions(db, number))
    return next(noted, None) is not None or is_found(db, number)


def outcomes(db, number: int, statement, looked: Callable[..., bool] = is_found) -> Iterator[bool]:
    """Whether it is found when that is done; nothing, if the database refuses it. It is undone after."""
    nested = db.begin_nested()
    try:
        changed = db.execute(statement).rowcount
    except (DataError, IntegrityError):
        nested.rollback()
        return
    if changed:
        yield looked(db, number)
    nested.rollback()


def rows_of(db, model: type, number: int) -> list[tuple[list, dict]]:
    """What tells a row of a table apart, and its values: of the first row and of the last, if there are several."""
    table: Table = model.__table__
    of_round = select(table).where(OF_A_ROUND[model](number)).order_by(*table.primary_key)
    found = db.execute(of_round).mappings().all()
    return [
        ([each == row[each.name] for each in table.primary_key], dict(row)) for row in (found[0], *found[1:][-1:])
    ]


@pytest.mark.parametrize("model", OF_A_ROUND, ids=lambda model: model.__tablename__)
def test_whatever_is_changed_in_a_row_is_found_or_carries_nothing(db, round_, model):
    number, table = round_.id, model.__table__
    rows = rows_of(db, model, number)
    seen: dict[str, list[bool]] = {each.name: [] for each in table.columns}
    assert not is_found(db, number)
    for this, row in rows:
        for column in table.columns:
            for value in others(db, column, row[column.name]):
                change = update(table).where(*this).values({column.name: value})
                looked = is_found_soon if seen[column.name] and model is not Decision else is_found
                seen[column.name] += outcomes(db, number, change, looked)

    assert rows != []
    assert [name for name, found in seen.items() if not found or not all(found)] == [
        name for where, name in CARRY_NOTHING if where == table.name
    ]


HELD = {"rounds": "its sessions, runs, lists and decisions hang on it"}
"""The tables of which the database lets no row go, with the reason of each."""


def test_a_row_that_is_gone_is_found(db, round_):
    number = round_.id
    gone = {
        model.__tablename__: [
            list(outcomes(db, number, delete(model).where(*this))) for this, _ in rows_of(db, model, number)
        ]
        for model in OF_A_ROUND
    }

    assert gone == {name: [[] if name in HELD else [True]] * len(rows) for name, rows in gone.items()}
    assert [name for name, rows in gone.items() if not rows] == []


def test_what_deviated_from_the_plan_is_told_and_marked_in_the_file(db, round_):
    found = replay(db, round_.id)
    [former] = round_.former_second_parties
    by = found.asides[0].by
    announced = "the announced time, 2027-01-11T11:00:00+00:00"

    assert [(each.what, each.at, each.by, each.reason) for each in found.asides[:2]] == [
        (f"replaced {party_of(db, former)} as second party, bound to {former['commitment']}", EARLIER, by, ""),
        (f"closed the round before {announced}", EARLY, by, "All have applied."),
    ]
    assert found.file["window"] == {
        "opened": "2026-12-01T07:00:00+00:00",
        "announced": "2027-01-11T11:00:00+00:00",
        "closed": "2027-01-09T11:00:00+00:00",
        "early_reason": "All have applied.",
    }
    assert found.file["beside"]["former_seconds"] == [
        {"commitment": former["commitment"], "replaced": "2026-11-22T07:00:00+00:00"}
    ]
    remarks = verification_remarks.remarks(found.file)
    assert [each for each in remarks if "closed at" in each or "bound to" in each] != []


def party_of(db, former) -> str:
    """The name of a second party that was replaced."""
    return db.get(Person, former["party"]).name


def test_a_round_whose_runs_are_gone_is_not_done_again_and_that_is_said(db, round_):
    runs = sorted(db.scalars(select(Run.id)))
    db.execute(delete(Run))
    db.expire_all()
    found = replay(db, round_.id)

    assert (found.run, found.file, list(found.asides)) == (None, None, [])
    assert list(found.differences) == [
        *(f"The journal noted drawing up {each}, which is not there." for each in runs),
        f"The journal noted that drawing up {runs[-1]} was published, which is not the last.",
    ]
