"""Whether all courses of a round run on one order, so that no list but the honest one can ever pay (section 3)."""

from collections.abc import Collection, Mapping

from bookings.rules.allocation.instance import RESIDENTS

Targets = Mapping[str, int]


def run_on_one_order(orders: Collection[str], targets: Collection[Targets], reserves: Collection[Targets]) -> bool:
    """Whether everybody stands in the same queue to every session: then each in turn takes what they like best.

    All courses have the deadline order and the same target groups, residents before all others and these alike, and
    no session has a reserve. Where orders differ nobody can promise that honesty always pays (Kojima 2013), though it
    is still the best advice. The promise is about the run: it says nothing of a session that is cancelled because too
    few asked for it, nor of somebody who has precedence for a single course.
    """
    return (
        set(orders) <= {"deadline"}
        and len({frozenset(each.items()) for each in targets}) <= 1
        and all(_residents_first(each) for each in targets)
        and not any(seats for each in reserves for seats in each.values())
    )


def _residents_first(targets: Targets) -> bool:
    others = {rank for group, rank in targets.items() if group != RESIDENTS}
    return len(others) <= 1 and (RESIDENTS not in targets or all(targets[RESIDENTS] < rank for rank in others))
