"""What became of every request, and the result of a run as a document (2.8)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bookings.rules.allocation.instance import Instance
from bookings.rules.allocation.market import Market, Wish
from bookings.rules.allocation.progress import Told, counted, untold
from bookings.rules.allocation.run import Holdings, admitted

FORMAT = "alloc-result/1"


class Code(StrEnum):
    """What became of a request; of several that fit, the first in this order is said."""

    INELIGIBLE = "INELIGIBLE"
    CANCELLED = "CANCELLED"
    ADMITTED = "ADMITTED"
    WAITLISTED = "WAITLISTED"
    HELD_BACK = "HELD_BACK"
    BETTER_SESSION = "BETTER_SESSION"
    CONFLICT = "CONFLICT"
    CAP = "CAP"


ACTIVE = frozenset({Code.WAITLISTED, Code.HELD_BACK})
"""In line for the session, and would take it now."""

WAITING = ACTIVE | {Code.CONFLICT, Code.CAP}
"""In line for the session; those who are not active are dormant, because something they prefer stands in the way."""

Line = list[tuple[int, str, Code]]
"""Those who wait for a session, best first: rank, person, and what they were told."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one request, with the rank that it was judged by and the held session that it hangs on."""

    session: str
    rank: int | None
    code: Code
    ref: str | None = None


def result_document(
    instance: Instance, market: Market, holdings: Holdings, cancelled: Collection[int], *, told: Told = untold
) -> dict[str, Any]:
    """Return the `alloc-result/1` document, which is for staff and replay and the same for any order of the input."""
    cutoffs = _cutoffs(instance, market, holdings, cancelled)
    verdicts = _verdicts(instance, market, holdings, cutoffs, told)
    lines = _lines(verdicts, cutoffs)
    return {
        "format": FORMAT,
        "term": instance.term,
        "cancelled": [market.sessions[session] for session in sorted(cancelled)],
        "assign": {
            person: [market.sessions[wish[0]] for wish in held]
            for person, held in zip(market.people, holdings, strict=True)
        },
        "decisions": _decisions(market, verdicts, lines),
        "waitlist": {
            session: [[person, "active" if code in ACTIVE else "dormant"] for _, person, code in line]
            for session, line in lines.items()
        },
        "cutoffs": cutoffs,
    }


def _cutoffs(
    instance: Instance, market: Market, holdings: Holdings, cancelled: Collection[int]
) -> dict[str, dict[str, Any]]:
    """Return, for each session that stands, how many it admitted and the worst admitted key of each group."""
    worst: list[dict[str, int]] = [{} for _ in market.sessions]
    for applicant, held in zip(instance.applicants.values(), holdings, strict=True):
        for session, rank, *_ in held:
            last = worst[session]
            last[applicant.group] = max(rank, last.get(applicant.group, rank))
    counts = admitted(market, holdings)
    cutoffs: dict[str, dict[str, Any]] = {}
    for session, name in enumerate(market.sessions):
        if session not in cancelled:
            targets = instance.courses[instance.sessions[name].course].targets
            groups = sorted(worst[session], key=lambda group: (targets[group], group))
            cutoffs[name] = {
                "full": counts[session] >= market.capacities[session],
                "admitted": counts[session],
                "last": {group: _shown(market, worst[session][group]) for group in groups},
            }
    return cutoffs


def _shown(market: Market, rank: int) -> list[int | float]:
    """Return the key behind a rank without the id that closes it: nobody is to see who (section 1)."""
    return list(market.keys[rank][:6])


def _verdicts(
    instance: Instance, market: Market, holdings: Holdings, cutoffs: Mapping[str, Mapping[str, Any]], told: Told
) -> dict[str, list[Verdict]]:
    """Return each person's verdicts, in the order of their list."""
    verdicts: dict[str, list[Verdict]] = {}
    everybody = list(zip(instance.applicants.values(), market.wishes, market.caps, holdings, strict=True))
    for applicant, wishes, cap, held in counted(everybody, "writing reasons", told):
        eligible = {market.sessions[wish[0]]: wish for wish in wishes}
        holds = {market.sessions[wish[0]] for wish in held}
        of_course = {instance.sessions[name].course: name for name in holds}
        above: dict[str, int] = {}
        mine: list[Verdict] = []
        for name in applicant.requests:
            wish = eligible.get(name)
            if wish is None:
                mine.append(Verdict(name, None, Code.INELIGIBLE))
            elif name not in cutoffs:
                mine.append(Verdict(name, wish[1], Code.CANCELLED))
            elif name in holds:
                above[name] = wish[4]
                mine.append(Verdict(name, wish[1], Code.ADMITTED))
            else:
                same_course = of_course.get(instance.sessions[name].course)
                obstacle = _obstacle(wish, above, same_course, cap)
                if obstacle is None:
                    code = Code.WAITLISTED if cutoffs[name]["full"] else Code.HELD_BACK
                    obstacle = code, same_course
                mine.append(Verdict(name, wish[1], *obstacle))
        verdicts[applicant.id] = mine
    return verdicts


def _obstacle(
    wish: Wish, above: Mapping[str, int], same_course: str | None, cap: int
) -> tuple[Code, str | None] | None:
    """Return what a person holds higher up that keeps them from a session, or None if they would take it now.

    What they hold lower down is no obstacle: they would leave it (2.3).
    """
    if same_course in above:
        return Code.BETTER_SESSION, same_course
    for name, block in above.items():
        if block & wish[4]:
            return Code.CONFLICT, name
    if len(above) >= cap:
        return Code.CAP, None
    return None


def _lines(verdicts: Mapping[str, list[Verdict]], standing: Iterable[str]) -> dict[str, Line]:
    """Return who waits for each session that stands, best key first."""
    lines: dict[str, Line] = {session: [] for session in standing}
    for person, mine in verdicts.items():
        for verdict in mine:
            if verdict.rank is not None and verdict.code in WAITING:
                lines[verdict.session].append((verdict.rank, person, verdict.code))
    for line in lines.values():
        line.sort()
    return lines


def _decisions(
    market: Market, verdicts: Mapping[str, list[Verdict]], lines: Mapping[str, Line]
) -> list[dict[str, Any]]:
    """Return one entry for every request, by person and then in list order."""
    places: dict[tuple[str, str], int] = {}
    for session, line in lines.items():
        active = (person for _, person, code in line if code in ACTIVE)
        places.update({(person, session): place for place, person in enumerate(active, start=1)})
    decisions: list[dict[str, Any]] = []
    for person, mine in verdicts.items():
        for verdict in mine:
            key = None if verdict.rank is None else _shown(market, verdict.rank)
            entry: dict[str, Any] = {"a": person, "s": verdict.session, "key": key, "code": verdict.code.value}
            if (person, verdict.session) in places:
                entry["pos"] = places[person, verdict.session]
            if verdict.ref is not None:
                entry["ref"] = verdict.ref
            decisions.append(entry)
    return decisions
