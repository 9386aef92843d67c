"""What an audit found, in Swedish: one sentence each, with whom it concerns."""

from collections.abc import Mapping
from typing import Any

from lararportal import pages
from lararportal.checks import Finding

KINDS = {
    **{kind: kind for kind in ("person", "session", "booking", "course", "round", "letter")},
    **{kind: kind for kind in ("precedence", "exception", "case")},
    "other": "person",
}
"""The facts that are numbers of rows, and what kind of row each is: whom or what a finding concerns."""

Names = Mapping[tuple[str, int], str]
"""What a row is called, by its kind and number; for whoever may read it."""


def sentence(finding: Finding, names: Names | None = None) -> str:
    """The finding in words. Rows are called by their numbers, unless they have names."""
    told = pages.words()["finding"][finding.check].format_map(_wordy(finding.facts, names or {}))
    return told[:1].upper() + told[1:]


def heading(check: str) -> str:
    """What a check looks at, in words."""
    return pages.words()["check"][check]


def _wordy(facts: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {name: _called(name, fact, names) for name, fact in facts.items()}


def _called(name: str, fact: Any, names: Names) -> Any:
    words = pages.words()
    if name in ("state", "noted"):
        return words["booking_state"].get(fact) or words["concerned"]["nothing_noted"]
    if name == "role":
        return words["role"][fact]
    if name == "answer":
        return fact or words["concerned"]["no_answer"]
    if name == "kept":
        return words["kept"][fact]
    if name == "told_facts":
        return ", ".join(words["session_fact"][each].lower() for each in fact)
    if name == "booking_facts":
        return ", ".join(words["booking_fact"][each] for each in fact)
    if name == "check":
        return heading(fact)
    if name not in KINDS or fact is None:
        return pages.wordy(fact)
    return names.get((KINDS[name], fact)) or words["concerned"][KINDS[name]].format(fact)
