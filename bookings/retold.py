"""Retold: how a round stands by its entries in the journal alone, one after the other, column by column."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from bookings.states import RoundState
from lararportal.journal import Entry

UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What comes of reading a row into which somebody has written what no deed writes."""

STATES = {
    "round.planned": RoundState.PLANNED,
    "round.opened": RoundState.OPEN,
    "round.closed": RoundState.CLOSED,
    "round.revealed": RoundState.REVEALED,
    "round.drawn_up": RoundState.ALLOCATED,
    "round.published": RoundState.PUBLISHED,
}
"""Where a round stands after a deed; the others leave it where it was."""
PLANNED = ("term", "title", "cap", "respite_hours")
EMPTY = (
    *PLANNED,
    *(
        "opens_at",
        "closes_at",
        "decision_on",
        "opened_at",
        "closed_at",
        "closed_early_by",
        "published_at",
        "booking_opens_at",
    ),
    *("second_party_id", "second_commitment", "second_committed_at"),
    *("second_secret", "second_revealed_at", "second_revealed_by", "waived_at", "waived_by"),
    *("public_kind", "public_at", "public_value", "public_entered_at", "public_entered_by"),
    *("frozen_hash", "seed", "revealed_at", "secret"),
)


@dataclass
class Story:
    """A round as its entries tell it."""

    columns: dict[str, Any] = field(
        default_factory=lambda: (
            dict.fromkeys(EMPTY)
            | {"public_source": "", "waiver_reason": "", "early_reason": ""}
            | {"former_sources": [], "former_second_parties": []}
        )
    )
    """What the row of the round has, by its name there."""
    state: RoundState | None = None
    """Where the last of its deeds has left it."""
    commitments: set[str] = field(default_factory=set)
    """What the portal was said to be bound by, whenever the round was planned or changed."""
    sessions: list[int] = field(default_factory=list)
    """Those whose seats it gives."""
    runs: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """What each drawing up read and made."""
    published_run: int | None = None
    unreadable: list[Entry] = field(default_factory=list)
    """The entries that say what no deed notes."""


def retold(entries: Iterable[Entry]) -> Story:
    """The story of a round, from its entries in order. What an entry lacks is told as nothing."""
    story = Story()
    for each in entries:
        if each.deed in TELLS:
            try:
                TELLS[each.deed](story, each)
                story.state = STATES.get(each.deed, story.state)
            except UNREADABLE:
                story.unreadable.append(each)
    return story


def number_in(each: Entry, fact: str) -> int:
    """A number that an entry has among its facts.

    Raises:
        TypeError: something else stands there.
    """
    found = each.facts.get(fact)
    if type(found) is not int:
        raise TypeError(f"{found!r} is no number")
    return found


def readable(found: Iterator[str]) -> Iterator[str]:
    """What is found, and that something could not be read, where it is so."""
    try:
        yield from found
    except UNREADABLE as fault:
        yield unread(fault)


def unread(fault: Exception) -> str:
    """That something could not be read, and why."""
    return f"What is stored cannot be read, so not everything was done again: {type(fault).__name__}, {fault}."


def _read(written: object, reader: Callable[[str], date] = datetime.fromisoformat) -> object:
    """A moment, or day, as an entry has it in its facts; what stands there, if it is none."""
    try:
        return reader(written) if isinstance(written, str) else written
    except ValueError:
        return written


def _planned(story: Story, each: Entry) -> None:
    """Another second party than before ends what came of the former, and a decision to go on without."""
    facts, told = each.facts, story.columns
    if facts.get("second_party") != told["second_party_id"]:
        _replace_party(told, each)
    told |= {name: facts.get(name) for name in PLANNED}
    told |= {name: _read(facts.get(name)) for name in ("opens_at", "closes_at")}
    told["decision_on"] = _read(facts.get("decision_on"), date.fromisoformat)
    told["second_party_id"] = facts.get("second_party")
    _name_source(told, facts)
    story.sessions = sorted(facts.get("sessions", []))
    story.commitments.add(str(facts.get("commitment")))


def _replace_party(told: dict[str, Any], each: Entry) -> None:
    if told["second_commitment"] is not None:
        former = {"party": told["second_party_id"], "commitment": told["second_commitment"]}
        former |= {"at": each.at.astimezone(UTC).isoformat(), "by": each.by}
        told["former_second_parties"] = [*told["former_second_parties"], former]
    told |= {"second_commitment": None, "second_committed_at": None}
    told |= {"waived_at": None, "waived_by": None, "waiver_reason": ""}


def _name_source(told: dict[str, Any], facts: Mapping[str, Any]) -> None:
    told |= {"public_kind": facts.get("kind"), "public_source": facts.get("source")}
    told["public_at"] = _read(facts.get("due"))


def _opened(story: Story, each: Entry) -> None:
    story.columns["opened_at"] = each.at


def _closed(story: Story, each: Entry) -> None:
    """A reason stands there only when it was before the announced time."""
    story.columns |= {"closed_at": each.at, "frozen_hash": each.facts.get("hash")}
    if "reason" in each.facts:
        story.columns |= {"closed_early_by": each.by, "early_reason": each.facts["reason"]}


def _committed(story: Story, each: Entry) -> None:
    """Who is bound is not gone on without."""
    story.columns |= {"second_commitment": each.facts.get("commitment"), "second_committed_at": each.at}
    story.columns |= {"waived_at": None, "waived_by": None, "waiver_reason": ""}


def _waived(story: Story, each: Entry) -> None:
    story.columns |= {"waived_at": each.at, "waived_by": each.by, "waiver_reason": each.facts.get("reason")}


def _source_replaced(story: Story, each: Entry) -> None:
    _name_source(story.columns, each.facts)
    story.columns["former_sources"] = [*story.columns["former_sources"], each.facts.get("former")]


def _shown(story: Story, each: Entry) -> None:
    story.columns |= {"second_secret": each.facts.get("secret")}
    story.columns |= {"second_revealed_at": each.at, "second_revealed_by": each.by}


def _value_entered(story: Story, each: Entry) -> None:
    story.columns |= {"public_value": each.facts.get("value")}
    story.columns |= {"public_entered_at": each.at, "public_entered_by": each.by}


def _revealed(story: Story, each: Entry) -> None:
    story.columns |= {"seed": each.facts.get("seed"), "secret": each.facts.get("secret"), "revealed_at": each.at}


def _drawn_up(story: Story, each: Entry) -> None:
    what = {name: each.facts.get(name) for name in ("input", "result", "rules", "would_close")}
    story.runs[number_in(each, "run")] = {"made_at": each.at, "by": each.by, **what}


def _published(story: Story, each: Entry) -> None:
    story.columns |= {"published_at": each.at, "booking_opens_at": _read(each.facts.get("booking_opens"))}
    story.published_run = each.facts.get("run")


TELLS: Mapping[str, Callable[[Story, Entry], None]] = {
    "round.planned": _planned,
    "round.changed": _planned,
    "round.opened": _opened,
    "round.closed": _closed,
    "round.revealed": _revealed,
    "round.drawn_up": _drawn_up,
    "round.published": _published,
    "lottery.committed": _committed,
    "lottery.waived": _waived,
    "lottery.source_replaced": _source_replaced,
    "lottery.secret_revealed": _shown,
    "lottery.copy_opened": _shown,
    "lottery.value_entered": _value_entered,
}
