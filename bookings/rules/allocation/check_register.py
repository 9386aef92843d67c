"""The rules once more, for the check: keys, lots and choices, plain and straight from the definitions (2.2 to 2.4).

Nothing here may come from the engine's own modules, or the check would repeat the engine's mistakes.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable

from bookings.rules.allocation.instance import Instance

Key = tuple[int | float | str, ...]


class Register:
    """What the frozen input says about everybody, and what the definitions make of it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.people = instance.applicants
        self.sessions = instance.sessions
        self.keys = {
            (person, session): key
            for person, applicant in self.people.items()
            for session in applicant.requests
            if (key := self._key(person, session)) is not None
        }

    def cap(self, person: str) -> int:
        """Return how many places the person can get: as many as they wish, and no more than the policy allows."""
        return min(self.people[person].cap, self.instance.policy.cap)

    def lot(self, person: str, course: str) -> int | float:
        """Return the number that breaks a tie (2.7.3)."""
        if self.instance.policy.tiebreak == "time":
            return self.people[person].applied_at
        message = b"lp-lot-1\x1f%b\x1f%b\x1f%b" % tuple(
            text.encode("utf-8") for text in (self.instance.term, course, person)
        )
        digest = hmac.new(self.instance.seed, message, hashlib.sha256).hexdigest()
        return int(digest[:12], 16)

    def _key(self, person: str, session: str) -> Key | None:
        """Return T, F, U, A, B, L and the id, or None for somebody not eligible (2.2)."""
        who = self.people[person]
        course = self.instance.courses[self.sessions[session].course]
        policy = self.instance.policy
        rank = course.targets.get(who.group)
        if rank is None or course.id in who.passed:
            return None
        displaced = 0 if course.id in who.displaced else 1
        last_chance = course.mandatory and who.group == "ST" and who.left <= policy.last_chance_months
        merits = {
            "deadline": (who.left, 0),
            "straight": (-who.served, 0),
            "reversed": (-min(who.rejections.get(course.id, 0), 9), who.served),
        }
        number = self.lot(person, course.id if policy.lot_scope == "course" else "")
        return (rank, displaced, 0 if last_chance else 1, *merits[course.order], number, person)

    def exclude_each_other(self, one: str, other: str) -> bool:
        """Say whether nobody can hold both sessions."""
        first, second = self.sessions[one], self.sessions[other]
        return first.course == second.course or bool(first.days & second.days)

    def takes(self, person: str, available: Collection[str]) -> list[str]:
        """Return Ch_a of the available sessions, in list order (2.3)."""
        taken: list[str] = []
        for session in self.people[person].requests:
            fits = not any(self.exclude_each_other(session, other) for other in taken)
            if session in available and fits and len(taken) < self.cap(person):
                taken.append(session)
        return taken

    def protected(self, session: str, people: Iterable[str]) -> set[str]:
        """Return those of the people whom a reserve of the session protects (2.4, step 1)."""
        found: set[str] = set()
        for group, seats in self.sessions[session].reserves.items():
            members = [person for person in people if self.people[person].group == group]
            found.update(self.in_order(session, members)[:seats])
        return found

    def keeps(self, session: str, people: Collection[str]) -> set[str]:
        """Return Ch_s of the people (2.4)."""
        protected = self.protected(session, people)
        others = self.in_order(session, set(people) - protected)
        return protected | set(others[: max(0, self.sessions[session].capacity - len(protected))])

    def in_order(self, session: str, people: Iterable[str]) -> list[str]:
        """Return the people by their keys for the session, best first."""
        return sorted(people, key=lambda person: self.keys[person, session])
