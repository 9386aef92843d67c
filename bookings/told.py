"""What everybody was told of a published round, laid beside their lists, the run and what the journal noted of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import frozen
from bookings.models import Decision, Run
from bookings.rules.reasons import shown_of_last
from bookings.states import Outcome
from lararportal.journal import Entry

Pair = tuple[str, int]
"""Whose decision, by pseudonym, and about which session."""

LEFT_OUT = frozenset({Outcome.CONFLICT, Outcome.INELIGIBLE, Outcome.UNCONFIRMED})
"""What somebody can be told of a session that the run did not judge for them."""


@dataclass(frozen=True, kw_only=True)
class _Round:
    """A published round by what its run read and made, and by the lists that were sent in."""

    version: str
    document: Mapping[str, Any]
    decided: Mapping[Pair, Mapping[str, Any]]
    last_keys: Mapping[tuple[int, str], list[int]]
    ranks: Mapping[Pair, int]


def differences(db: Session, run: Run, *, document: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    """Where the decisions that people read are not what was asked for, decided, and noted; `document` is the input.

    The code may be another than the run's in two cases only, because what changed between closing and publication is
    honoured then: a seat whose day was taken is a conflict, and a session that is not held is called off for all.
    """
    rows = {
        (pseudonym, row.session_id): row
        for row, pseudonym in db.execute(
            select(Decision, Person.pseudonym)
            .join(Person, Person.id == Decision.person_id)
            .where(Decision.round_id == run.round_id)
            .order_by(Decision.id)
        )
    }
    groups = {pseudonym: facts["group"] for pseudonym, facts in document["applicants"].items()}
    round_ = _Round(
        version=run.rules_version,
        document=document,
        decided={(entry["a"], int(entry["s"])): entry for entry in result["decisions"]},
        last_keys=shown_of_last(result, groups),
        ranks={
            (each.person.pseudonym, choice.session_id): choice.rank
            for each in frozen.submitted(db, run.round_id)
            for choice in each.choices
        },
    )
    due = round_.ranks.keys() | round_.decided.keys()
    for pseudonym, session_id in sorted(due - rows.keys()):
        yield f"No decision was told to {pseudonym} about session {session_id}."
    for pseudonym, session_id in sorted(rows.keys() - due):
        yield f"A decision was told to {pseudonym} about session {session_id}, and nobody asked for one."
    for pair in sorted(rows.keys() & due):
        if other := _other_parts(round_, pair, rows[pair]):
            yield f"The decision that {pair[0]} was told about session {pair[1]} is another by {', '.join(other)}."
    yield from _beside_the_journal(db, run.round_id, rows)


def _other_parts(round_: _Round, pair: Pair, row: Decision) -> list[str]:
    """The parts of a decision that are not as they were decided."""
    pseudonym, session_id = pair
    entry = round_.decided.get(pair, {})
    group = round_.document["applicants"].get(pseudonym, {}).get("group", "")
    due = {
        "rank": (row.rank, round_.ranks.get(pair)),
        "key": (row.key, entry.get("key")),
        "place in line": (row.position, entry.get("pos")),
        "other session": (row.other_session_id, int(entry["ref"]) if "ref" in entry else None),
        "last key": (row.last_key, round_.last_keys.get((session_id, group))),
        "version": (row.rules_version, round_.version),
    }
    other = [part for part, (told, decided) in due.items() if told != decided]
    return other if row.code in _codes(round_, pair) else ["code", *other]


def _codes(round_: _Round, pair: Pair) -> frozenset[Outcome]:
    """What somebody can have been told about a session."""
    pseudonym, session_id = pair
    if str(session_id) in round_.document["policy"]["closed"]:
        return frozenset({Outcome.CANCELLED})
    if pair in round_.decided:
        code = Outcome(round_.decided[pair]["code"])
        return frozenset({code, Outcome.CONFLICT} if code is Outcome.ADMITTED else {code})
    left_out = {Outcome.CONFLICT} if pseudonym in round_.document["applicants"] else LEFT_OUT
    is_frozen = str(session_id) in round_.document["sessions"]
    return frozenset(left_out if is_frozen else {*left_out, Outcome.CANCELLED})


def _beside_the_journal(db: Session, round_id: int, rows: Mapping[Pair, Decision]) -> Iterator[str]:
    """The journal noted for each person how every wish of theirs ended, in the moment of publication."""
    told: dict[str, dict[str, str]] = {}
    for (pseudonym, session_id), row in rows.items():
        told.setdefault(pseudonym, {})[str(session_id)] = row.code.value
    noted: dict[str, object] = {
        pseudonym: facts.get("outcomes")
        for facts, pseudonym in db.execute(
            select(Entry.facts, Person.pseudonym)
            .join(Person, Person.id == Entry.person_id)
            .where(Entry.deed == "round.decided", Entry.facts.contains({"round": round_id}))
            .order_by(Entry.id)
        )
    }
    for pseudonym in sorted(told.keys() | noted.keys()):
        if told.get(pseudonym) != noted.get(pseudonym):
            yield f"The journal noted other outcomes for {pseudonym} than the decisions say."
