"""As noted: what the journal has of a round, its applications and the decisions about it, laid beside the rows.

The journal is written once, in the transaction of the deed, and no code of the portal changes it. Somebody with the
rights of the database can: what is found here was changed in one of the two places, and not in both.
"""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings import lots
from bookings.models import Application, LineException, Precedence, Round, RoundSession, Run, SessionDecision
from bookings.retold import UNREADABLE, Story, number_in, readable, retold
from bookings.rules.allocation import canonical_hash
from bookings.states import ApplicationState, PrecedenceKind
from lararportal.journal import Entry

FATE = "round.session_"
_WHICH = "precedence"
"""The fact by which an entry says of which precedence it tells."""
SENT = ("cap", "standing_yes", "short_notice", "version")
"""What an application says beside its list."""
Parts = Mapping[str, Any]
"""What a row, or an entry, says, by name."""


def differences(db: Session, round_: Round, decided: Sequence[SessionDecision]) -> Iterator[str]:
    """Where rows and journal disagree about a round; `decided` is what was decided about its sessions."""
    entries = _of_round(db, round_, "round.", "lottery.")
    story = retold(entries)
    yield from map(_unreadable, story.unreadable)
    yield from readable(_about_round(db, round_, story))
    yield from readable(_about_runs(db, round_, story))
    yield from readable(_about_sessions(entries, decided))
    yield from readable(_about_applications(db, round_))
    if story.columns["closed_at"] is not None:
        yield from readable(_about_precedences(db, closed_at=story.columns["closed_at"]))
    yield from readable(_about_exceptions(db, round_))


def so_far(db: Session, round_: Round, decided: Sequence[SessionDecision]) -> Iterator[str]:
    """As `differences`, of a round that is not published yet, and whose plan was noted; needs `frozen` loaded."""
    entries = _of_round(db, round_, "round.")
    if any(each.deed == "round.planned" for each in entries):
        yield from differences(db, round_, decided)
        if (state := retold(entries).state) is not round_.state:
            yield f"The journal noted that the round is {state}, and not {round_.state}."
    if round_.frozen is not None:
        yield from readable(_about_input(round_, round_.frozen))


def _about_input(round_: Round, stored: str) -> Iterator[str]:
    found = canonical_hash(json.loads(stored))
    if found != round_.frozen_hash:
        yield f"The frozen input is not the one whose hash was published: it is {found}."


def _unreadable(entry: Entry) -> str:
    return f"Entry {entry.id} of the journal, {entry.deed}, does not say what is noted of that."


def _of_round(db: Session, round_: Round, *deeds: str) -> Sequence[Entry]:
    """The entries about a round, in order, but for what each person was told, of which there are very many."""
    return db.scalars(
        select(Entry)
        .where(
            or_(*(Entry.deed.startswith(each, autoescape=True) for each in deeds)),
            Entry.deed != "round.decided",
            Entry.facts.contains({"round": round_.id}),
        )
        .order_by(Entry.id)
    ).all()


def _about_round(db: Session, round_: Round, story: Story) -> Iterator[str]:
    """Its plan, its lottery and its moments, and which sessions it gives; its secret when that was revealed."""
    columns = story.columns if story.columns["revealed_at"] else {**story.columns, "secret": round_.secret}
    other = [name for name, noted in columns.items() if getattr(round_, name) != noted]
    if other:
        yield f"The journal noted the round otherwise, by {_in_words(other)}."
    if round_.secret == columns["secret"] and story.commitments != {lots.commitment(round_)}:
        yield f"The journal noted another commitment of the portal: {', '.join(sorted(story.commitments)) or 'none'}."
    given = select(RoundSession.session_id).where(RoundSession.round_id == round_.id)
    if sorted(db.scalars(given)) != story.sessions:
        yield "The journal noted other sessions than the round gives."


def _about_runs(db: Session, round_: Round, story: Story) -> Iterator[str]:
    """Every drawing up, and that the last of them is the published one."""
    runs = db.scalars(select(Run).where(Run.round_id == round_.id).order_by(Run.id)).all()
    rows = {each.id: _of_run(each) for each in runs}
    yield from _compared("drawing up", rows, story.runs)
    if round_.published_at and story.published_run != max(rows, default=None):
        yield f"The journal noted that drawing up {story.published_run} was published, which is not the last."


def _of_run(row: Run) -> Parts:
    return {
        "made_at": row.made_at,
        "by": row.by,
        "input": row.input_hash,
        "result": hashlib.sha256(row.result.encode()).hexdigest(),
        "rules": row.rules_version,
        "would_close": row.would_close,
    }


def _about_sessions(entries: Sequence[Entry], decided: Sequence[SessionDecision]) -> Iterator[str]:
    noted = [
        (
            each.session_id,
            each.deed.removeprefix(FATE),
            _facts(each, "reason"),
            each.at,
            each.by,
            _facts(each, "hash"),
        )
        for each in entries
        if each.deed.startswith(FATE)
    ]
    rows = [
        (each.session_id, each.fate.value, (each.reason,), each.made_at, each.made_by, (each.input_hash,))
        for each in decided
    ]
    about = {each[0]: None for each in [*noted, *rows]}
    for session_id in about:
        if [each for each in noted if each[0] == session_id] != [each for each in rows if each[0] == session_id]:
            yield f"The journal noted another decision about session {session_id}, its reason or who took it."


def _about_applications(db: Session, round_: Round) -> Iterator[str]:
    """Every list that was sent in, as it was last, whether it was withdrawn or counts."""
    applications = db.scalars(
        select(Application)
        .where(Application.round_id == round_.id)
        .order_by(Application.person_id)
        .options(selectinload(Application.choices))
    )
    rows = {
        each.person_id: {
            "state": each.state,
            **{name: getattr(each, name) for name in SENT},
            "submitted_at": each.submitted_at,
            "choices": [[choice.rank, choice.session_id] for choice in each.choices],
        }
        for each in applications
    }
    noted: dict[int, Parts] = {}
    for each in _of_round(db, round_, "application."):
        whose = each.person_id or 0
        if each.deed == "application.withdrawn":
            noted[whose] = {**noted.get(whose, {}), "state": ApplicationState.WITHDRAWN}
            continue
        choices = each.facts.get("choices")
        if not isinstance(choices, list):
            yield _unreadable(each)
            continue
        noted[whose] = {
            "state": ApplicationState.SUBMITTED,
            **{name: each.facts.get(name) for name in SENT},
            "submitted_at": each.at,
            "choices": [[rank, chosen] for rank, chosen in enumerate(choices, start=1)],
        }
    yield from _compared("application of person", rows, noted)


def _about_precedences(db: Session, *, closed_at: datetime) -> Iterator[str]:
    """Every precedence that was granted before the round closed, whether or not it came to count there.

    One that the portal gave by itself has no entry that says so; how it ended has.
    """
    before_closing = Precedence.granted_at <= closed_at
    held = db.scalars(select(Precedence).where(before_closing).options(joinedload(Precedence.course)))
    rows = {each.id: each for each in held}
    entries = _of_deeds(db, [f"precedence.{each}" for each in ("granted", "used", "kept", "revoked")])
    granted = yield from _by_number((each for each in entries["precedence.granted"] if each.at <= closed_at), _WHICH)
    used = yield from _used(entries)
    revoked = yield from _by_number(entries["precedence.revoked"], _WHICH)
    for number in sorted(rows.keys() | granted.keys()):
        row, entry = rows.get(number), granted.get(number)
        is_own = row is not None and row.kind is PrecedenceKind.CALLED_OFF and entry is None
        if not is_own and (row and _of_grant(row)) != (entry and _of_granting(entry)):
            yield f"The journal noted another decision to grant precedence {number}, its reason or who took it."
        if row is not None and _of_end(row) != _of_ending(used.get(number), revoked.get(number)):
            yield f"The journal noted another end of precedence {number}, its reason or who took it."


def _used(entries: Mapping[str, Sequence[Entry]]) -> Generator[str, None, Mapping[int, Entry]]:
    """By what seat each precedence was used, and was not kept afterwards when that seat was given back."""
    used = yield from _by_number(entries["precedence.used"], _WHICH)
    kept = yield from _by_number(entries["precedence.kept"], _WHICH)
    return {number: each for number, each in used.items() if number not in kept or kept[number].id < each.id}


def _of_grant(row: Precedence) -> tuple[Any, ...]:
    return row.kind, row.person_id, row.granted_at, row.granted_by, (row.course.code, row.term, row.reason)


def _of_granting(entry: Entry) -> tuple[Any, ...]:
    what = _facts(entry, "course", "term", "reason")
    return PrecedenceKind.GRANTED, entry.person_id, entry.at, entry.by, what


def _of_end(row: Precedence) -> tuple[Any, ...]:
    return row.used_by, row.revoked_at, row.revoked_by, row.revoke_reason


def _of_ending(used: Entry | None, revoked: Entry | None) -> tuple[Any, ...]:
    seat = used.facts.get("booking") if used is not None else None
    if revoked is None:
        return seat, None, None, ""
    return seat, revoked.at, revoked.by, revoked.facts.get("reason")


def _about_exceptions(db: Session, round_: Round) -> Iterator[str]:
    """Every exception in the lines of the round's sessions, and every one that the journal has of them."""
    sessions = select(RoundSession.session_id).where(RoundSession.round_id == round_.id)
    made = {each.id: each for each in db.scalars(select(LineException).where(LineException.round_id == round_.id))}
    entries = _of_deeds(db, ["line.exception"], Entry.session_id.in_(sessions))
    noted = yield from _by_number(entries["line.exception"], "exception")
    for number in sorted(made.keys() | noted.keys()):
        row, entry = made.get(number), noted.get(number)
        if row is None or entry is None or _of_exception(row) != _of_entry(entry):
            yield f"The journal noted another exception {number} in a line, its reason or who made it."


def _of_exception(row: LineException) -> tuple[Any, ...]:
    what = row.booking_id, row.kind.value, row.ground.value, row.reason, row.key
    return row.person_id, row.session_id, row.made_at, row.made_by, what


def _of_entry(entry: Entry) -> tuple[Any, ...]:
    what = _facts(entry, "booking", "kind", "ground", "reason", "key")
    return entry.person_id, entry.session_id, entry.at, entry.by, what


def _facts(entry: Entry, *names: str) -> tuple[Any, ...]:
    return tuple(entry.facts.get(name) for name in names)


def _compared(what: str, rows: Mapping[int, Parts], noted: Mapping[int, Parts]) -> Iterator[str]:
    """What is missing, invented, or another in one of its parts; all of it by number."""
    for number in sorted(noted.keys() - rows.keys()):
        yield f"The journal noted {what} {number}, which is not there."
    for number in sorted(rows.keys() - noted.keys()):
        yield f"The journal has nothing of {what} {number}."
    for number in sorted(rows.keys() & noted.keys()):
        row, entry = rows[number], noted[number]
        if other := [part for part in row if row[part] != entry.get(part)]:
            yield f"The journal noted {what} {number} otherwise, by {_in_words(other)}."


def _in_words(names: Sequence[str]) -> str:
    return ", ".join(names).replace("_", " ")


def _of_deeds(db: Session, deeds: Sequence[str], *conditions: ColumnElement[bool]) -> Mapping[str, Sequence[Entry]]:
    """The entries of these deeds, in order, by deed."""
    found: dict[str, list[Entry]] = {deed: [] for deed in deeds}
    for each in db.scalars(select(Entry).where(Entry.deed.in_(deeds), *conditions).order_by(Entry.id)):
        found[each.deed].append(each)
    return found


def _by_number(entries: Iterable[Entry], fact: str) -> Generator[str, None, Mapping[int, Entry]]:
    """The entries of a deed by the number of what came of it; of one that has none, it says so."""
    found: dict[int, Entry] = {}
    for each in entries:
        try:
            found[number_in(each, fact)] = each
        except UNREADABLE:
            yield _unreadable(each)
    return found
