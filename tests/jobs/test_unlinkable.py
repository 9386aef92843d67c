"""Who answered what cannot be found out by somebody who has the whole database and its keys, and the logs.

Two worlds differ only in who says what: the same people answer in the same order, with the same answers dealt out
otherwise. Whatever an attacker can read must be the same in both, for then nothing that they compute from it tells
one from the other. The same attacks tell at once where an answer is a row of its own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import pytest
from bookings_room import seat
from sqlalchemy import text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

import make
from bookings.queries import seated
from courses.evaluations import answering, box, closing, masking, opening
from courses.models import AnswerBox, CourseSession
from lararportal import clock, tick
from lararportal.config import Settings
from lararportal.db import Database, connect

PEOPLE = 8
OVER, LATER = clock.parse("2027-03-16T16:30"), clock.parse("2027-03-27T09:00")
CLOSED = clock.parse("2027-04-07T00:00")
ANSWERS = [{"overall": str(1 + each % 6), "keep": f"Text {each * 7919 % 100}"} for each in range(PEOPLE)]
Dealt = list[dict[str, str]]
Dump = dict[str, Any]
Answer = Callable[[Session, int, int, dict[str, str]], None]


def as_it_is(db: Session, session_id: int, person_id: int, given: dict[str, str]) -> None:
    answering.answer(db, session_id=session_id, given=given, now=OVER, by=person_id)


def naively(db: Session, session_id: int, person_id: int, given: dict[str, str]) -> None:
    """As many systems do it: an answer is a row without a name, and the mark that somebody has answered another."""
    db.execute(text("CREATE TABLE IF NOT EXISTS naive (id serial, session_id int, said jsonb)"))
    db.execute(
        text("UPDATE evaluations_asked SET has_answered = true WHERE person_id = :person"), {"person": person_id}
    )
    said = {"session": session_id, "said": json.dumps(given)}
    db.execute(text("INSERT INTO naive (session_id, said) VALUES (:session, :said)"), said)


def asked(database: Database) -> tuple[int, list[int]]:
    """People are asked about a session; it, and they in the order in which they will answer, which is chance."""
    with database.transaction() as db:
        session = make.session(db, days=[date(2027, 3, 15), date(2027, 3, 16)])
        people = [make.person(db) for _ in range(PEOPLE + 1)]
        for each in people:
            seat(db, session, each)
        session_id, order = session.id, [each.id for each in people[:-1]]
    with database.transaction() as db:
        opening.open_(db, session_id, roster=seated, now=OVER, by=None)
    Random(4711).shuffle(order)
    return session_id, order


def answered(database: Database, answer: Answer, session_id: int, people: list[int], dealt: Dealt) -> None:
    """They answer one after the other, each in a transaction, and later somebody is reminded."""
    for person_id, given in zip(people, dealt, strict=True):
        with database.transaction() as db:
            answer(db, session_id, person_id, given)
    tick.run_due(database, now=LATER)


def masked(database: Database, session_id: int, by: int) -> None:
    """Somebody hides the first text that can be read, if there is any."""
    with database.transaction() as db:
        course_id = db.get_one(CourseSession, session_id).course_id
        for each in masking.comments(db, course_id)[:1]:
            masking.mask(db, session_id=session_id, imprint=each.imprint, reason="Namn", now=CLOSED, by=by)


def everything(database: Database) -> Dump:
    """All that there is to read: rows in their order on the disk with who wrote them when, and where counters stand.

    Of a box it is what is in it, and how long it is sealed: an attacker may have the keys, and its nonce is chance.
    """
    found: Dump = {}
    with database.transaction() as db:
        tables = db.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in sorted(tables):
            rows = db.execute(text(f'SELECT xmin::text, ctid::text, t.* FROM "{name}" t ORDER BY ctid')).mappings()
            found[name] = [_read(db, name, dict(row)) for row in rows]
        found["counters"] = db.execute(text("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")).all()
    # Two databases count their transactions from somewhere else: what they tell is which came first.
    order = sorted({row["xmin"] for rows in found.values() for row in rows if isinstance(row, dict)}, key=int)
    for rows in found.values():
        for row in rows:
            if isinstance(row, dict):
                row["xmin"] = order.index(row["xmin"])
    return found


def _read(db: Session, table: str, row: dict[str, Any]) -> dict[str, Any]:
    if table != "answer_boxes":
        return row
    opened = box.opened(db, AnswerBox(session_id=row["session_id"], sealed=row["sealed"]))
    return {**row, "sealed": len(row["sealed"]), "opened": repr(opened)}


def matched(dump: Dump, table: str, order: str) -> dict[int, str]:
    """The attack: whoever marked themselves first wrote what stands first, by transaction or by place on the disk."""
    marked = sorted((row for row in dump["evaluations_asked"] if row["has_answered"]), key=lambda row: row[order])
    if table == "naive":
        texts = [row["said"]["keep"] for row in sorted(dump[table], key=lambda row: row[order])]
    else:
        [row] = dump[table]
        texts = [each for each in row["opened"].split("'") if each.startswith("Text")]
    return {row["person_id"]: text for row, text in zip(marked, texts, strict=True)}


@dataclass
class Worlds:
    """Databases that are all alike until somebody answers."""

    like: str
    copies: Callable[[str], str]
    settings: Settings
    session_id: int
    people: list[int]

    def after(self, answer: Answer, dealt: Dealt) -> tuple[Dump, Dump, list[Any]]:
        """What there is to read when these have answered, and when it has closed with a text masked; and the logs."""
        engine = connect(self.copies(self.like), pool_size=1)
        database = Database(engine, portal_url=self.settings.base_url, safe=self.settings.safe)
        with capture_logs() as logs:
            answered(database, answer, self.session_id, self.people, dealt)
        dump = everything(database)
        database.run(lambda db: closing.close(db, self.session_id, now=CLOSED, by=None))
        masked(database, self.session_id, by=self.people[0])
        closed = everything(database)
        engine.dispose()
        return dump, closed, logs


@pytest.fixture
def worlds(fresh_database_url: str, copies: Callable[..., str], settings: Settings) -> Worlds:
    url = fresh_database_url
    first = connect(url)
    found = asked(Database(first, portal_url=settings.base_url, safe=settings.safe))
    first.dispose()
    return Worlds(url, copies, settings, *found)


OTHERWISE = ANSWERS[3:] + ANSWERS[:3]
OF_CHANCE = {("letters", "message_id")}
"""What is drawn anew in every world, and by nobody who answers."""


def differences(one: Dump, other: Dump) -> set[tuple[str, str]]:
    """The tables and columns in which two dumps differ."""
    assert one.keys() == other.keys()
    found = {("counters", "")} if one["counters"] != other["counters"] else set()
    for table in one.keys() - {"counters"}:
        if len(one[table]) != len(other[table]):
            found.add((table, ""))
        pairs = zip(one[table], other[table], strict=False)
        found |= {(table, column) for a, b in pairs for column in a if a[column] != b[column]}
    return found


def test_whoever_said_what_everything_that_there_is_to_read_is_the_same(worlds: Worlds):
    one, one_closed, told = worlds.after(as_it_is, ANSWERS)
    other, other_closed, told_otherwise = worlds.after(as_it_is, OTHERWISE)

    assert [row["has_answered"] for row in one["evaluations_asked"]].count(True) == PEOPLE
    assert differences(one, other) == OF_CHANCE
    assert differences(one_closed, other_closed) == OF_CHANCE
    assert told == told_otherwise
    assert [len(each["maskings"]) for each in (one_closed, other_closed)] == [1, 1]


def test_the_same_comparison_and_attack_find_everything_where_an_answer_is_a_row(worlds: Worlds):
    (one, *_), (other, *_), (as_is, *_) = (
        worlds.after(*way) for way in ((naively, ANSWERS), (naively, OTHERWISE), (as_it_is, ANSWERS))
    )
    truth = {person: given["keep"] for person, given in zip(worlds.people, ANSWERS, strict=True)}

    assert ("naive", "said") in differences(one, other)
    for order in ("xmin", "ctid"):
        assert matched(one, "naive", order) == truth
        by_chance = matched(as_is, "answer_boxes", order)
        assert sum(truth[person] == said for person, said in by_chance.items()) <= 2
