"""The invariants about seats: who may hold what, and is nobody passed over (section 4: 1 to 3, 5, 6, 9, 10)."""

from collections.abc import Iterator
from itertools import combinations

from bookings.rules.allocation.check_case import Case
from bookings.rules.allocation.check_register import Register
from bookings.rules.allocation.check_replay import Replay, closed_by_rule
from bookings.rules.allocation.check_violations import Violation, violation


def everybody_once(case: Case) -> Iterator[Violation]:
    """Every person of the frozen input is assigned something or nothing, and nobody else is (1)."""
    people, assigned = set(case.register.people), set(case.result["assign"])
    for person in sorted(people - assigned):
        yield violation("missing_person", person=person)
    for person in sorted(assigned - people):
        yield violation("unknown_person", person=person)


def holdings(case: Case) -> Iterator[Violation]:
    """Everybody holds only what they asked for, may have and can attend (2)."""
    for person, applicant in case.register.people.items():
        held = case.result["assign"].get(person, [])
        for session in held:
            if session not in applicant.requests:
                yield violation("not_requested", person=person, session=session)
            elif (person, session) not in case.register.keys:
                yield violation("not_eligible", person=person, session=session)
            if session in case.cancelled:
                yield violation("holds_cancelled", person=person, session=session)
        yield from _together(case, person)
        if len(held) > case.register.cap(person):
            yield violation("over_cap", person=person, other=case.register.cap(person))
        listed = [session for session in applicant.requests if session in held]
        if case.held[person] != [session for session in listed if session in case.held[person]]:
            yield violation("wrong_list_order", person=person)


def _together(case: Case, person: str) -> Iterator[Violation]:
    """Nobody holds two sessions of one course, or two on one day (2)."""
    sessions = case.register.sessions
    for one, other in combinations(case.held[person], 2):
        if one == other:
            yield violation("held_twice", person=person, session=one)
        elif sessions[one].course == sessions[other].course:
            yield violation("same_course", person=person, session=one, other=other)
        elif sessions[one].days & sessions[other].days:
            yield violation("shared_day", person=person, session=one, other=other)


def capacity(case: Case) -> Iterator[Violation]:
    """No session has more takers than seats (3)."""
    for session, takers in case.takers.items():
        seats = case.register.sessions[session].capacity
        if len(takers) > seats:
            yield violation("over_full", session=session, other=seats)


def no_justified_envy(case: Case) -> Iterator[Violation]:
    """A session that somebody would take now would turn them down again, reserves and all (5).

    Where a seat is free, nobody can be said to sit on theirs. But even there nobody may sit behind them in key
    without a reserve of another group to explain it: that is what closing open seats behind a cutoff is for.
    """
    for session, line in case.active.items():
        takers = case.takers[session]
        for person in line:
            if case.is_full(session):
                kept = case.register.keeps(session, [*takers, person])
                passed = [other for other in takers if other not in kept] if person in kept else []
            else:
                passed = _behind(case.register, session, takers, person)
            for other in passed[:1]:
                yield violation("justified_envy", person=person, session=session, other=other)


def _behind(register: Register, session: str, takers: list[str], person: str) -> list[str]:
    """Return the takers with a worse key whom no reserve of another group explains."""
    group = register.people[person].group
    protected = register.protected(session, takers)
    return [
        other
        for other in takers
        if register.keys[other, session] > register.keys[person, session]
        and (other not in protected or register.people[other].group == group)
    ]


def no_waste(case: Case) -> Iterator[Violation]:
    """A free seat that somebody wants is held back for the line, and only where lists have overlaps (6)."""
    overlaps = any(_has_overlaps(case.register, person) for person in case.register.people)
    codes = {(entry["a"], entry["s"]): entry["code"] for entry in case.result["decisions"]}
    for session, line in case.active.items():
        for person in [] if case.is_full(session) else line:
            if not overlaps:
                yield violation("wasted_seat", person=person, session=session)
            if codes.get((person, session)) != "HELD_BACK":
                yield violation("free_seat_refused", person=person, session=session)


def _has_overlaps(register: Register, person: str) -> bool:
    """Say whether the person lists sessions of different courses that share a day."""
    listed = [register.sessions[name] for name in register.people[person].requests]
    return any(one.course != other.course and one.days & other.days for one, other in combinations(listed, 2))


def same_from_reverse_order(case: Case, backwards: Register) -> Iterator[Violation]:
    """Other code, reading the input in reverse order, gives everybody the same seats (9)."""
    for person, held in Replay(backwards, case.cancelled).seats().items():
        if case.result["assign"].get(person) != held:
            yield violation("other_seats", person=person, other=", ".join(held) or "none")


def cancelled_by_rule(case: Case) -> Iterator[Violation]:
    """Exactly the sessions are cancelled that the closing rule, or where that is off the staff, cancels (10)."""
    policy = case.register.instance.policy
    due = closed_by_rule(case.register) if policy.auto_close else set(policy.closed)
    for session in sorted(case.cancelled - due):
        yield violation("extra_cancellation", session=session)
    for session in sorted(due - case.cancelled):
        yield violation("missing_cancellation", session=session)
    if case.result["cancelled"] != sorted(case.cancelled):
        yield violation("wrong_cancelled_order")
