"""What the independent check can find, each with its sentence (allocation rules, section 4)."""

from dataclasses import dataclass

SENTENCES: dict[str, tuple[int, str]] = {
    "not_a_result": (0, "The result is no alloc-result/1 document of this term: {other}."),
    "missing_person": (1, "{person} applied, but is not among those who were assigned."),
    "unknown_person": (1, "{person} is among those who were assigned, but never applied."),
    "not_requested": (2, "{person} holds {session} without having asked for it."),
    "not_eligible": (2, "{person} holds {session} without being eligible for its course."),
    "holds_cancelled": (2, "{person} holds {session}, which is cancelled."),
    "held_twice": (2, "{person} holds {session} twice."),
    "same_course": (2, "{person} holds {session} and {other}, which are of the same course."),
    "shared_day": (2, "{person} holds {session} and {other}, which share a day."),
    "over_cap": (2, "{person} holds more sessions than their cap of {other}."),
    "wrong_list_order": (2, "The sessions of {person} do not stand in the order of their list."),
    "over_full": (3, "{session} has more takers than its {other} seats."),
    "wrong_count": (3, "The cutoff of {session} gives another count than its takers: it should be {other}."),
    "missing_cutoff": (3, "{session} stands, but has no cutoff."),
    "extra_cutoff": (3, "{session} has a cutoff, but is no session that stands."),
    "wrong_key": (4, "The decision on {person} for {session} carries another key than register and seed give."),
    "wrong_last": (4, "The last admitted keys of {session} are not those of its takers."),
    "justified_envy": (5, "{person} would take {session} and goes before {other}, who holds it."),
    "wasted_seat": (6, "{person} would take {session}, which has a free seat, though no list has overlaps."),
    "free_seat_refused": (6, "{person} would take {session}, which has a free seat, but it is not held back."),
    "missing_waitlist": (7, "{session} stands, but has no waiting list."),
    "extra_waitlist": (7, "{session} has a waiting list, but is no session that stands."),
    "missing_waiting": (7, "{person} should wait for {session}, but is not on its list."),
    "extra_waiting": (7, "{person} is on the waiting list of {session}, but should not be."),
    "wrong_waitlist_order": (7, "The waiting list of {session} is not in the order of the keys."),
    "wrong_flag": (7, "{person} is marked wrongly on the waiting list of {session}: it should be {other}."),
    "missing_decision": (8, "The request of {person} for {session} has no decision."),
    "extra_decision": (8, "There is a decision too many on {person} for {session}."),
    "wrong_decision_order": (8, "The decisions are not in order of person and list."),
    "wrong_code": (8, "The decision on {person} for {session} has the wrong code: it should be {other}."),
    "wrong_position": (8, "The decision on {person} for {session} has the wrong position: it should be {other}."),
    "wrong_reference": (8, "The decision on {person} for {session} points elsewhere than to {other}."),
    "other_seats": (9, "Other code, from the same input in reverse order, gives {person} other seats: {other}."),
    "extra_cancellation": (10, "{session} is cancelled, but the closing rule lets it stand."),
    "missing_cancellation": (10, "{session} stands, but the closing rule cancels it."),
    "wrong_cancelled_order": (10, "The cancelled sessions are not in order of id, each of them once."),
}
"""The invariant that each kind of violation breaks, and its sentence. 0 is the shape that all others rest on."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with a result; such a result may not be published."""

    invariant: int
    kind: str
    person: str = ""
    session: str = ""
    other: str = ""

    def __str__(self) -> str:
        template = SENTENCES[self.kind][1]
        return template.format(person=self.person, session=self.session, other=self.other)


def violation(kind: str, *, person: str = "", session: str = "", other: object = "") -> Violation:
    """Return a violation of a known kind."""
    return Violation(SENTENCES[kind][0], kind, person, session, str(other))
