"""The invariants about what is written of the seats: counts, keys, waiting lists, reasons (section 4: 3, 4, 7, 8)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bookings.rules.allocation.check_case import Case
from bookings.rules.allocation.check_violations import Violation, violation
from bookings.rules.allocation.instance import canonical


def cutoffs(case: Case) -> Iterator[Violation]:
    """Every session that stands has a cutoff, with the right count and the right last keys (3, 4)."""
    written = case.result["cutoffs"]
    for session in sorted(set(written) - set(case.standing)):
        yield violation("extra_cutoff", session=session)
    for session in case.standing:
        if session not in written:
            yield violation("missing_cutoff", session=session)
            continue
        takers, full = case.takers[session], case.is_full(session)
        if (written[session]["admitted"], written[session]["full"]) != (len(takers), full):
            yield violation("wrong_count", session=session, other=f"{len(takers)}, {'full' if full else 'not full'}")
        last: dict[str, list[int | float | str]] = {}
        for person in case.register.in_order(session, takers):
            last[case.register.people[person].group] = list(case.register.keys[person, session][:6])
        if not _written_alike(written[session]["last"], last):
            yield violation("wrong_last", session=session)


def keys(case: Case) -> Iterator[Violation]:
    """Every decision carries the key that register data and seed give (4)."""
    for entry in case.result["decisions"]:
        person, session = entry["a"], entry["s"]
        key = case.register.keys.get((person, session))
        if not _written_alike(entry["key"], None if key is None else list(key[:6])):
            yield violation("wrong_key", person=person, session=session)


def _written_alike(found: Any, due: Any) -> bool:
    """Say whether two parts of a document are the same letter by letter: 1 and 1.0 are one number and two texts."""
    return canonical(found) == canonical(due)


def waiting_lists(case: Case) -> Iterator[Violation]:
    """Every session that stands has its whole waiting list, in order of the keys and with the right flags (7)."""
    written = case.result["waitlist"]
    for session in sorted(set(written) - set(case.standing)):
        yield violation("extra_waitlist", session=session)
    for session in case.standing:
        if session in written:
            yield from _waiting_list(case, session, written[session])
        else:
            yield violation("missing_waitlist", session=session)


def _waiting_list(case: Case, session: str, written: list[list[str]]) -> Iterator[Violation]:
    due, found = case.waiting[session], [person for person, _ in written]
    missing, extra = Counter(due) - Counter(found), Counter(found) - Counter(due)
    for person in sorted(missing):
        yield violation("missing_waiting", person=person, session=session)
    for person in sorted(extra):
        yield violation("extra_waiting", person=person, session=session)
    if not missing and not extra and due != found:
        yield violation("wrong_waitlist_order", session=session)
    in_line = set(due)
    for person, flag in written:
        right = "active" if person in case.active[session] else "dormant"
        if person in in_line and flag != right:
            yield violation("wrong_flag", person=person, session=session, other=right)


def decisions(case: Case) -> Iterator[Violation]:
    """Every request has exactly one decision, in order, and it says what the seats say (8)."""
    due = [(person, session) for person, who in case.register.people.items() for session in who.requests]
    found = [(entry["a"], entry["s"]) for entry in case.result["decisions"]]
    missing, extra = Counter(due) - Counter(found), Counter(found) - Counter(due)
    for person, session in sorted(missing):
        yield violation("missing_decision", person=person, session=session)
    for person, session in sorted(extra):
        yield violation("extra_decision", person=person, session=session)
    if not missing and not extra and due != found:
        yield violation("wrong_decision_order")
    asked = set(due)
    for entry in case.result["decisions"]:
        if (entry["a"], entry["s"]) in asked:
            yield from _decision(case, entry)


def _decision(case: Case, entry: dict[str, Any]) -> Iterator[Violation]:
    person, session = entry["a"], entry["s"]
    code, position, reference = _expected(case, person, session)
    if entry["code"] != code:
        yield violation("wrong_code", person=person, session=session, other=code)
    if entry.get("pos") != position:
        yield violation("wrong_position", person=person, session=session, other=position or "none")
    if entry.get("ref") != reference:
        yield violation("wrong_reference", person=person, session=session, other=reference or "nothing")


def _expected(case: Case, person: str, session: str) -> tuple[str, int | None, str | None]:
    """Return code, position and reference of a request: the first code that fits in the order of 2.8."""
    if (person, session) not in case.register.keys:
        return "INELIGIBLE", None, None
    if session in case.cancelled:
        return "CANCELLED", None, None
    if session in case.held[person]:
        return "ADMITTED", None, None
    same_course = case.same_course(person, session)
    if person in case.active[session]:
        position = case.active[session][person]
        return "WAITLISTED" if case.is_full(session) else "HELD_BACK", position, same_course
    if same_course is not None and case.prefers(person, same_course, session):
        return "BETTER_SESSION", None, same_course
    clash = _clash(case, person, session)
    return ("CAP" if clash is None else "CONFLICT"), None, clash


def _clash(case: Case, person: str, session: str) -> str | None:
    """Return the highest session on the person's list that they hold, prefer, and cannot combine by days."""
    days = case.register.sessions[session].days
    for name in case.register.people[person].requests:
        preferred = name in case.held[person] and case.prefers(person, name, session)
        if preferred and case.register.sessions[name].days & days:
            return name
    return None
