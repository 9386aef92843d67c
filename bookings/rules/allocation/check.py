"""The independent check: whether a result keeps all that the rules promise (allocation rules, section 4).

It is other code than the engine's, on purpose, and plain before fast. It must find nothing before a result may be
published, and it can be asked again for as long as the frozen input is kept.
"""

from collections.abc import Iterator
from typing import Any

from bookings.rules.allocation import check_papers, check_seats
from bookings.rules.allocation.check_case import Case
from bookings.rules.allocation.check_register import Register
from bookings.rules.allocation.check_shape import complaint
from bookings.rules.allocation.check_violations import Violation, violation
from bookings.rules.allocation.reading import read


def check(document: dict[str, Any], result: Any) -> list[Violation]:
    """Return everything that is wrong with the result of a frozen input; nothing wrong is an empty list.

    A result of the wrong shape is answered with that alone, because nothing else can be asked of it. A frozen
    input that cannot be run raises `MalformedInstance`.
    """
    instance = read(document)
    wrong = complaint(result, instance.term)
    if wrong is not None:
        return [violation("not_a_result", other=wrong)]
    case = Case(Register(instance), result)
    backwards = Register(read(_backwards(document)))
    return sorted(_violations(case, backwards), key=lambda found: found.invariant)


def _violations(case: Case, backwards: Register) -> Iterator[Violation]:
    """Ask after every invariant of section 4."""
    yield from check_seats.everybody_once(case)
    yield from check_seats.holdings(case)
    yield from check_seats.capacity(case)
    yield from check_papers.cutoffs(case)
    yield from check_papers.keys(case)
    yield from check_seats.no_justified_envy(case)
    yield from check_seats.no_waste(case)
    yield from check_papers.waiting_lists(case)
    yield from check_papers.decisions(case)
    yield from check_seats.same_from_reverse_order(case, backwards)
    yield from check_seats.cancelled_by_rule(case)


def _backwards(value: Any) -> Any:
    """Return the same document with every table written in reverse order."""
    if not isinstance(value, dict):
        return value
    return {name: _backwards(value[name]) for name in reversed(value)}
