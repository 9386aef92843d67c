"""Replay: a published round is done again from what was frozen, and laid beside what was stored and published.

Nothing is changed and nothing is locked. Everything that differs is said in a sentence; the decisions that named
persons took beside the rules, about the lottery, sessions and applicants, are listed whether anything differs or not.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session, undefer

from auth.models import Person
from bookings import as_noted, opening_and_closing, told
from bookings.allocation import last_run
from bookings.models import Round, Run, SessionDecision
from bookings.queries.exceptions import RoundExceptions, exceptions
from bookings.queries.fairness import verification_file
from bookings.queries.lottery import lottery
from bookings.retold import UNREADABLE, readable, unread
from bookings.rules.allocation import RULES_VERSION, allocate, canonical, canonical_hash, check, verification
from bookings.states import Refusal, RoundState
from lararportal.errors import NotFound, Refused

Part = TypeVar("Part")


@dataclass(frozen=True)
class Aside:
    """What a named person decided beside the rules, when and why; nobody is named where the portal did it."""

    what: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A published round beside what comes of doing it again."""

    round_: Round
    run: Run | None
    """None, if it is gone."""
    differences: Sequence[str]
    """What is not as it was stored or published; nothing, if all is well."""
    applicants: int = 0
    file: dict[str, Any] | None = None
    """The verification file of the round; None, if what is stored could not be read."""
    asides: Sequence[Aside] = ()


def replay(db: Session, round_id: int) -> Replay:
    """Return the round done again beside what was published.

    Raises:
        NotFound: there is no such round.
        Refused: it is not published yet.
    """
    round_ = db.get(Round, round_id, options=[undefer(Round.frozen)])
    if round_ is None:
        raise NotFound
    if round_.state is not RoundState.PUBLISHED:
        raise Refused(Refusal.ROUND_STATE, state=round_.state)
    decided = opening_and_closing.decisions(db, round_id)
    noted = list(as_noted.differences(db, round_, decided))
    run = db.scalars(last_run(round_id)).one_or_none()
    if run is None:
        return Replay(round_=round_, run=None, differences=noted)
    return _done_again(db, Replay(round_=round_, run=run, differences=noted), run, decided)


def _done_again(db: Session, found: Replay, run: Run, decided: Sequence[SessionDecision]) -> Replay:
    """Every part by itself, so that one which cannot be read keeps nothing of the others back."""
    round_, amiss = found.round_, _Amiss()
    document = amiss.of(lambda: _document(round_, decided))
    result = amiss.of(lambda: _object(run.result))
    file = amiss.of(lambda: verification_file(db, round_.id))
    marked = amiss.of(lambda: exceptions(db, round_.id))
    amiss.hear(_of_input(round_, run, decided))
    amiss.said.extend(found.differences)
    if file is not None:
        amiss.hear(_of_file(file))
    if document is not None and result is not None:
        amiss.hear(_of_result(document, result, run))
        amiss.hear(told.differences(db, run, document=document, result=result))
    asides = [amiss.of(lambda: list(_about_lottery(db, round_.id))), list(_about_sessions(db, decided))]
    if marked is not None:
        amiss.hear(
            f"No decision stands behind the precedence of {who} for {course}." for who, course in marked.unexplained
        )
        asides.append(list(_about_persons(marked)))
    return replace(
        found,
        applicants=len(document["applicants"]) if document is not None else 0,
        file=file,
        differences=list(dict.fromkeys(amiss.said)),
        asides=[each for part in asides for each in part or []],
    )


class _Amiss:
    """What is not as it was, gathered part by part, whatever can be read of each."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def of(self, read: Callable[[], Part]) -> Part | None:
        """What is read; None, if it cannot be, which is said."""
        try:
            return read()
        except UNREADABLE as fault:
            self.said.append(unread(fault))
            return None

    def hear(self, found: Iterator[str]) -> None:
        """Everything that is found in a part, as far as it can be read."""
        self.said.extend(readable(found))


def _document(round_: Round, decided: Sequence[SessionDecision]) -> dict[str, Any]:
    """What the run read, of which the applicants at least are a table."""
    document = opening_and_closing.decided_input(round_.frozen or "{}", decided) | {"lottery": {"seed": round_.seed}}
    document["applicants"].keys()
    return document


def _object(text: str) -> dict[str, Any]:
    """A stored document.

    Raises:
        ValueError: it is none.
    """
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - it is read as any other document that is none
    return found


def _of_input(round_: Round, run: Run, decided: Sequence[SessionDecision]) -> Iterator[str]:
    """What was frozen has the hash that was published then, and so has what staff have made of it since."""
    stored = round_.frozen or "{}"
    document = json.loads(stored)
    found = canonical_hash(document)
    if found != round_.frozen_hash or canonical(document) != stored:
        yield f"The frozen input is not the one that was published: its hash is {found}."
    for number, each in enumerate(decided, start=1):
        found = canonical_hash(opening_and_closing.decided_input(stored, decided[:number]))
        if found != each.input_hash:
            yield f"What was decided about session {each.session_id} makes another input than it said: {found}."
    found = canonical_hash(opening_and_closing.decided_input(stored, decided))
    if found != run.input_hash:
        yield f"The run read another input than what was frozen and decided: {run.input_hash}, not {found}."


def _of_file(file: dict[str, Any]) -> Iterator[str]:
    """The file that anybody can check the round by holds."""
    yield from map(str, verification.faults(file))


def _of_result(document: dict[str, Any], result: dict[str, Any], run: Run) -> Iterator[str]:
    """The same input gives the same result, byte for byte, and the independent check finds nothing."""
    if run.rules_version != RULES_VERSION:
        yield f"The run was made by version {run.rules_version} of the rules, and these are version {RULES_VERSION}."
    again = allocate(document)
    if canonical(again) != run.result:
        parts = [part for part in again if again[part] != result.get(part)]
        yield f"The stored result is not what comes of doing it again; other are: {', '.join(parts) or 'letters'}."
    yield from map(str, check(document, result))


def _about_lottery(db: Session, round_id: int) -> Iterator[Aside]:
    """Other parties and sources than were named first, closing early, and going on without the second secret."""
    found = lottery(db, round_id)
    for party in found.former_parties:
        what = f"replaced {party.name} as second party, bound to {party.commitment}"
        yield Aside(what, party.replaced_at, party.by, "")
    if found.early_closing is not None and found.closed_at is not None:
        announced = found.closes_at.astimezone(UTC).isoformat()
        what = f"closed the round before the announced time, {announced}"
        yield Aside(what, found.closed_at, found.early_closing.by, found.early_closing.reason)
    if found.waiver is not None:
        yield Aside("went on without the second secret", found.waiver.at, found.waiver.by, found.waiver.reason)
    if found.copy_opened_by is not None and found.second_revealed_at is not None:
        yield Aside("opened the sealed copy of the second secret", found.second_revealed_at, found.copy_opened_by, "")
    for each in found.former_sources:
        yield Aside(f"replaced {each.name} as public source", each.replaced_at, each.by, each.reason)


def _about_sessions(db: Session, decided: Sequence[SessionDecision]) -> Iterator[Aside]:
    """The sessions that were opened or closed between two runs."""
    for each in decided:
        person = db.get(Person, each.made_by) if each.made_by is not None else None
        by = person.name if person is not None else ""
        yield Aside(f"{each.fate} session {each.session_id}", each.made_at, by, each.reason)


def _about_persons(marked: RoundExceptions) -> Iterator[Aside]:
    """Who went before others in the run by a decision, and who was put into a line beside the rules after it."""
    for each in marked.frozen:
        what = f"precedence of {each.pseudonym} for course {each.course_code}, {each.kind}"
        yield Aside(what, each.decided_at, each.decided_by, each.reason)
    for placed in marked.afterwards:
        what = (
            f"exception for {placed.pseudonym} in session {placed.session.session_id}, {placed.kind}, {placed.ground}"
        )
        yield Aside(what, placed.decided_at, placed.decided_by, placed.reason)
