"""As noted: what the journal has of a round's decisions and their persons, laid beside the rows that pages read.

The journal is written once, in the transaction of the deed, and no code of the portal changes it. Somebody with the
rights of the database can: what is found here was changed in one of the two places, and not in both.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from bookings import lots
from bookings.models import LineException, Precedence, Round, RoundSession, SessionDecision
from bookings.states import PrecedenceKind
from lararportal.journal import Entry

FATE = "round.session_"


def differences(db: Session, round_: Round, decided: Sequence[SessionDecision]) -> Iterator[str]:
    """Where rows and journal disagree about a round; `decided` is what was decided about its sessions."""
    entries = db.scalars(
        select(Entry)
        .where(
            or_(Entry.deed.startswith("round.", autoescape=True), Entry.deed.startswith("lottery.", autoescape=True)),
            Entry.deed != "round.decided",
            Entry.facts["round"].as_integer() == round_.id,
        )
        .order_by(Entry.id)
    ).all()
    yield from _about_hashes(round_, entries)
    yield from _about_lottery(round_, entries)
    yield from _about_sessions(entries, decided)
    yield from _about_precedences(db, round_)
    yield from _about_exceptions(db, round_)


def _about_hashes(round_: Round, entries: Sequence[Entry]) -> Iterator[str]:
    noted = {str(each.facts.get("hash")) for each in entries if each.deed == "round.closed"}
    if noted != {round_.frozen_hash}:
        yield f"The journal noted another hash at closing: {', '.join(noted) or 'none'}."
    noted = {str(each.facts.get("commitment")) for each in entries if each.deed == "round.planned"}
    if noted := noted - {lots.commitment(round_)}:
        yield f"The journal noted another commitment of the portal: {', '.join(noted)}."


def _about_lottery(round_: Round, entries: Sequence[Entry]) -> Iterator[str]:
    """Source, second party and public value, and who did what about them, as one entry after the other made them."""
    noted = _retold(entries)
    rows = {
        "source": round_.public_source,
        "list of former sources": round_.former_sources,
        "second party": round_.second_party_id,
        "second commitment": round_.second_commitment,
        "waiver": (round_.waived_at, round_.waived_by, round_.waiver_reason) if round_.waived_at else None,
        "second secret": round_.second_secret and (round_.second_secret, round_.second_revealed_by),
        "public value": round_.public_value and (round_.public_value, round_.public_entered_by),
    }
    for part, row in rows.items():
        if noted[part] != row:
            yield f"The journal noted another {part} of the lottery than the round has."


def _retold(entries: Sequence[Entry]) -> dict[str, Any]:
    """The lottery of a round as its entries tell it; another second party, or commitment, ends a waiver."""
    told: dict[str, Any] = dict.fromkeys(
        ("second party", "second commitment", "waiver", "second secret", "public value")
    )
    told |= {"source": "", "list of former sources": []}
    for each in entries:
        facts = each.facts
        if each.deed in ("round.planned", "round.changed"):
            if facts.get("second_party") != told["second party"]:
                told["second commitment"] = told["waiver"] = None
            told["source"], told["second party"] = facts.get("source", ""), facts.get("second_party")
        elif each.deed == "lottery.committed":
            told["second commitment"], told["waiver"] = facts["commitment"], None
        elif each.deed == "lottery.waived":
            told["waiver"] = each.at, each.by, facts["reason"]
        elif each.deed == "lottery.source_replaced":
            told["source"] = facts["source"]
            told["list of former sources"] = [*told["list of former sources"], facts["former"]]
        elif each.deed in ("lottery.secret_revealed", "lottery.copy_opened"):
            told["second secret"] = facts["secret"], each.by
        elif each.deed == "lottery.value_entered":
            told["public value"] = facts["value"], each.by
    return told


def _about_sessions(entries: Sequence[Entry], decided: Sequence[SessionDecision]) -> Iterator[str]:
    noted = [
        (each.session_id, each.deed.removeprefix(FATE), each.facts["reason"], each.at, each.by, each.facts["hash"])
        for each in entries
        if each.deed.startswith(FATE)
    ]
    rows = [
        (each.session_id, each.fate.value, each.reason, each.made_at, each.made_by, each.input_hash)
        for each in decided
    ]
    about = {each[0]: None for each in [*noted, *rows]}
    for session_id in about:
        if [each for each in noted if each[0] == session_id] != [each for each in rows if each[0] == session_id]:
            yield f"The journal noted another decision about session {session_id}, its reason or who took it."


def _about_precedences(db: Session, round_: Round) -> Iterator[str]:
    """Every precedence that was granted before the round closed, whether or not it came to count there."""
    before_closing = Precedence.granted_at <= round_.closed_at
    rows = {each.id: each for each in db.scalars(select(Precedence).where(before_closing))}
    noted = _by_number(db, "precedence.granted", "precedence", Entry.at <= round_.closed_at)
    for number in sorted(rows.keys() | noted.keys()):
        row, entry = rows.get(number), noted.get(number)
        found = row and (row.person_id, row.granted_at, row.granted_by, row.term, row.reason)
        due = entry and (entry.person_id, entry.at, entry.by, entry.facts["term"], entry.facts["reason"])
        was_granted = row is None or row.kind is PrecedenceKind.GRANTED
        if found != due and (entry or was_granted):
            yield f"The journal noted another decision to grant precedence {number}, its reason or who took it."


def _about_exceptions(db: Session, round_: Round) -> Iterator[str]:
    """Every exception in the lines of the round's sessions, and every one that the journal has of them."""
    sessions = select(RoundSession.session_id).where(RoundSession.round_id == round_.id)
    made = {each.id: each for each in db.scalars(select(LineException).where(LineException.round_id == round_.id))}
    noted = _by_number(db, "line.exception", "exception", Entry.session_id.in_(sessions))
    for number in sorted(made.keys() | noted.keys()):
        row, entry = made.get(number), noted.get(number)
        if row is None or entry is None or _of_exception(row) != _of_entry(entry):
            yield f"The journal noted another exception {number} in a line, its reason or who made it."


def _of_exception(row: LineException) -> tuple[Any, ...]:
    what = row.kind.value, row.ground.value, row.reason, row.key
    return row.person_id, row.session_id, row.made_at, row.made_by, *what


def _of_entry(entry: Entry) -> tuple[Any, ...]:
    facts = entry.facts
    return entry.person_id, entry.session_id, entry.at, entry.by, *(facts[each] for each in WHAT_WAS_DECIDED)


WHAT_WAS_DECIDED = ("kind", "ground", "reason", "key")


def _by_number(db: Session, deed: str, fact: str, *conditions: ColumnElement[bool]) -> Mapping[int, Entry]:
    """The entries of a deed by the number of what came of it."""
    entries = db.scalars(select(Entry).where(Entry.deed == deed, *conditions).order_by(Entry.id))
    return {each.facts[fact]: each for each in entries}
