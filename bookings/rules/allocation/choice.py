"""What a person takes of what they could have, and whether they would take one session more (2.3, 2.8)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListedSession:
    """One entry of a person's strict list, most wanted first."""

    session: str
    course: str
    days: frozenset[int]


def choose(wishes: Sequence[ListedSession], available: Collection[str], *, cap: int) -> list[str]:
    """Return what a person takes of the available sessions, in list order: Ch_a (2.3).

    They walk their list, and take a session if its course is not taken yet, it shares no day with one taken, and
    they have room under their cap.
    """
    taken: list[ListedSession] = []
    for wish in wishes:
        if len(taken) >= cap:
            break
        if wish.session in available and not any(_exclude_each_other(wish, other) for other in taken):
            taken.append(wish)
    return [wish.session for wish in taken]


def would_take(wishes: Sequence[ListedSession], held: Iterable[str], session: str, *, cap: int) -> bool:
    """Say whether a person would take the session now: whether it is in Ch_a(held + session) (2.8, 2.9).

    What they would leave for it is whatever they hold that is not in `choose` of the same sessions. A held session
    that is not on the list is not seen, so whoever asks puts it there, at the place where the person wants it.
    """
    return session in choose(wishes, {*held, session}, cap=cap)


def _exclude_each_other(one: ListedSession, other: ListedSession) -> bool:
    return one.course == other.course or not one.days.isdisjoint(other.days)
