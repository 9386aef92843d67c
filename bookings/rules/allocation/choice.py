"""What a person takes of what they could have (2.3): after the round the waiting lists ask for it (2.8, 2.9)."""

from collections.abc import Collection, Sequence
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


def _exclude_each_other(one: ListedSession, other: ListedSession) -> bool:
    return one.course == other.course or not one.days.isdisjoint(other.days)
