"""The run and the closing once more, for the check: every step as the rules are written, and slow (2.5, 2.6)."""

from collections import Counter
from collections.abc import Collection
from fractions import Fraction

from bookings.rules.allocation.check_register import Key, Register

Seats = dict[str, list[str]]
"""What each person holds, in list order."""


class Replay:
    """One run without the cancelled sessions."""

    def __init__(self, register: Register, cancelled: Collection[str]) -> None:
        self.register = register
        self.cancelled = cancelled
        self.group_cut: dict[tuple[str, str], Key] = {}
        self.open_cut: dict[str, Key] = {}
        self.held: dict[str, set[str]] = {person: set() for person in register.people}
        self.takers: dict[str, set[str]] = {session: set() for session in register.sessions}

    def seats(self) -> Seats:
        """Return what everybody holds at the end."""
        for person in sorted(self.register.people, key=self._turn):
            stack = [person]
            while stack:
                stack += self._walk(stack.pop())
        return {person: self.register.takes(person, held) for person, held in self.held.items()}

    def _turn(self, person: str) -> tuple[bool, int, int | float, str]:
        who = self.register.people[person]
        return who.group != "ST", who.left, self.register.lot(person, ""), person

    def _open_to(self, person: str) -> set[str]:
        """Return the sessions that have not turned down the person, or anybody better of their group."""
        keys, group = self.register.keys, self.register.people[person].group
        return {
            session
            for session in self.register.people[person].requests
            if (person, session) in keys
            and session not in self.cancelled
            and not self.group_cut.get((session, group), (float("inf"),)) <= keys[person, session]
        }

    def _walk(self, person: str) -> list[str]:
        wanted = self.register.takes(person, self._open_to(person))
        for session in self.held[person] - set(wanted):
            self._leave(person, session)
        turned_down: list[str] = []
        for session in wanted:
            if session in self.held[person]:
                continue
            self.held[person].add(session)
            self.takers[session].add(person)
            rejected = self._rejected(session)
            for loser in rejected:
                self._turn_down(loser, session)
            turned_down += rejected
            if person in rejected:
                break
        return turned_down

    def _leave(self, person: str, session: str) -> None:
        self.held[person].remove(session)
        self.takers[session].remove(person)

    def _turn_down(self, person: str, session: str) -> None:
        key = self.register.keys[person, session]
        place = session, self.register.people[person].group
        self.group_cut[place] = min(key, self.group_cut.get(place, key))
        self.open_cut[session] = min(key, self.open_cut.get(session, key))
        self._leave(person, session)

    def _rejected(self, session: str) -> list[str]:
        """Return whom the session turns down now, best key first (2.5, "what a session keeps, exactly")."""
        register, place = self.register, self.register.sessions[session]
        stay = register.keeps(session, self.takers[session])
        protected = register.protected(session, stay)
        groups = [register.people[person].group for person in stay]
        kept = sum(
            max(0, seats - groups.count(group))
            for group, seats in place.reserves.items()
            if (session, group) in self.group_cut
        )
        room = place.capacity - len(protected) - kept
        cut = self.open_cut.get(session, (float("inf"),))
        behind_protected = register.in_order(session, stay - protected)[:room]
        seated = protected.union(person for person in behind_protected if register.keys[person, session] <= cut)
        return register.in_order(session, self.takers[session] - seated)


def closed_by_rule(register: Register) -> set[str]:
    """Return the sessions that the closing rule cancels (2.6)."""
    cancelled: set[str] = set()
    while True:
        seats = Replay(register, cancelled).seats()
        takers = Counter(session for held in seats.values() for session in held)
        below = [
            (Fraction(takers[name], max(1, session.minimum)), name)
            for name, session in register.sessions.items()
            if name not in cancelled and takers[name] < session.minimum
        ]
        if not below:
            return cancelled
        cancelled.add(min(below)[1])
