"""A result beside the frozen input that it must follow from, and what the check works out from the two."""

from collections.abc import Iterable
from typing import Any

from bookings.rules.allocation.check_register import Register


class Case:
    """What everybody holds by the result, and who would take what now.

    A holding that nobody could have, because it was not asked for or is not eligible, is reported as such and
    then left out, so that one mistake does not hide another.
    """

    def __init__(self, register: Register, result: dict[str, Any]) -> None:
        self.register = register
        self.result = result
        self.cancelled = set(result["cancelled"])
        self.standing = [name for name in register.sessions if name not in self.cancelled]
        self.held: dict[str, list[str]] = {
            person: [name for name in result["assign"].get(person, []) if (person, name) in register.keys]
            for person in register.people
        }
        self.takers = self._takers()
        self.waiting = self._waiting()
        self.active = {
            session: self._numbered(person for person in line if self._would_take(person, session))
            for session, line in self.waiting.items()
        }
        """By session: who is in line and would take it now, each with their place."""

    def is_full(self, session: str) -> bool:
        """Say whether the session has no free seat."""
        return len(self.takers[session]) >= self.register.sessions[session].capacity

    def same_course(self, person: str, session: str) -> str | None:
        """Return what the person holds of the session's course."""
        course = self.register.sessions[session].course
        return next((name for name in self.held[person] if self.register.sessions[name].course == course), None)

    def prefers(self, person: str, one: str, other: str) -> bool:
        """Say whether the first session stands higher on the person's list than the other."""
        listed = self.register.people[person].requests
        return listed.index(one) < listed.index(other)

    def _takers(self) -> dict[str, list[str]]:
        """Return who holds each session that stands."""
        takers: dict[str, list[str]] = {session: [] for session in self.standing}
        for person, held in self.held.items():
            for session in dict.fromkeys(held):
                if session in takers:
                    takers[session].append(person)
        return takers

    def _waiting(self) -> dict[str, list[str]]:
        """Return who is in line: eligible, and holding neither the session nor a better one of its course (2.8)."""
        lines: dict[str, list[str]] = {session: [] for session in self.standing}
        for person, session in self.register.keys:
            if session in lines and session not in self.held[person]:
                other = self.same_course(person, session)
                if other is None or self.prefers(person, session, other):
                    lines[session].append(person)
        return {session: self.register.in_order(session, line) for session, line in lines.items()}

    @staticmethod
    def _numbered(line: Iterable[str]) -> dict[str, int]:
        return {person: place for place, person in enumerate(line, start=1)}

    def _would_take(self, person: str, session: str) -> bool:
        """Say whether the session is in Ch_a(held + session) (2.8)."""
        return session in self.register.takes(person, {*self.held[person], session})
