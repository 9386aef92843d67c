"""Replay: rows and entries of which somebody made what no deed writes are said, and hide nothing else."""

from datetime import date

import pytest
from bookings_room import AFTER, published
from common_ground import laid
from fairness_room import as_planned
from lottery_room import EARLIER
from sqlalchemy import text
from unkept import LIFTED

import make
from bookings import exceptions, precedence
from bookings.models import Round
from bookings.replay import replay
from bookings.states import Ground


def differences(db, round_):
    db.flush()
    db.expire_all()
    return list(replay(db, round_.id).differences)


DEEP = "[" * 100_000

UNREADABLE = {
    "the frozen input, nested": (f"UPDATE rounds SET frozen = '{DEEP}'", ["RecursionError"]),
    "the result, nested": (f"UPDATE runs SET result = '{DEEP}'", ["cannot be read", "drawing up "]),
    "the result, no object": ("UPDATE runs SET result = '[]'", ["it is no object", "drawing up "]),
    "a former source": ("UPDATE rounds SET former_sources = '[7]'", ["cannot be read", ", former sources."]),
}


def noted(deed, fact, value):
    """In the entries of a deed something else stands for a fact."""
    return f"UPDATE journal SET facts = jsonb_set(facts, '{{{fact}}}', '{value}') WHERE deed = '{deed}'"


UNREADABLE |= {
    f"{fact} {value}": (noted(deed, fact, value), [f"of the journal, {deed}, does not say what is noted of that."])
    for deed, fact, values in [
        ("round.planned", "sessions", ["null", "5", '[1, "a"]']),
        ("round.drawn_up", "run", ["[7]", "null", '"x"', "{}"]),
        ("application.sent", "choices", ["null", "3", "{}"]),
        ("precedence.granted", "precedence", ["null", "[]", '"x"']),
        ("line.exception", "exception", ["null", "[]", '"x"', "1.5"]),
    ]
    for value in values
}
UNREADABLE |= {
    f"round {value} of {deed}": (noted(deed, "round", value), [sentence])
    for deed, sentence in [
        ("round.drawn_up", "The journal has nothing of drawing up "),
        ("application.sent", "The journal has nothing of application of person "),
        ("round.decided", "The journal noted other outcomes for "),
    ]
    for value in ['"x"', "{}", "1.5", "99999999999999", "null", "[]"]
}


def with_exceptions(db):
    """A round with precedence and with an exception in a line after it."""
    office, course = make.coordinator(db), make.course(db)
    session, chosen = make.session(db, of=course, seats=1), make.person(db)
    precedence.grant(db, person_id=chosen.id, course_id=course.id, reason="Promised.", now=EARLIER, by=office.id)
    round_ = as_planned(db, published(db, {chosen: [session], make.person(db): [session]}))
    exceptions.place_for_hardship(
        db,
        session_id=session.id,
        person_id=make.person(db, planned_end=date(2027, 6, 30)).id,
        ground=Ground.ILLNESS,
        reason="The end.",
        now=AFTER,
        by=office.id,
    )
    return round_.id


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, with_exceptions) as ground:
        yield ground


@pytest.fixture
def connection(ground):
    with ground.lent() as connection:
        yield connection


@pytest.fixture
def round_with_exceptions(ground, db):
    """The same round, for every test as it was."""
    return db.get_one(Round, ground.made)


@pytest.mark.parametrize(("statement", "sentences"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_no_deed_writes_is_said_and_hides_nothing_else(db, round_with_exceptions, statement, sentences):
    assert differences(db, round_with_exceptions) == []
    for each in [*LIFTED, "UPDATE rounds SET waiver_reason = 'Another.'"]:
        db.execute(text(each))
    assert db.execute(text(statement)).rowcount > 0
    found = differences(db, round_with_exceptions)

    assert [sentence for sentence in sentences if not any(sentence in each for each in found)] == []
    assert [each for each in found if "waiver reason" in each] != []
    assert [each for each in found if not each.endswith(".")] == []
