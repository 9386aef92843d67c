"""The objectives that a resident's rules demand a course for: where each stands, and what to ask for next.

Source: SOSFS 2015:8 names those of 2015. Which of those of 2021 demand a course is our guess (`docs/goals.md`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class GoalState(StrEnum):
    """How near somebody is to an objective that demands a course, the nearest first."""

    DONE = "done"
    DONE_ELSEWHERE = "done_elsewhere"
    BOOKED = "booked"
    REPORTED = "reported"
    WAITING = "waiting"
    MISSING = "missing"


class GoalWay(StrEnum):
    """How one gets a seat in a session that is to come, the surest first."""

    BOOK = "book"
    APPLY = "apply"
    LINE = "line"
    LATER = "later"


NEAREST = tuple(GoalState)
"""What is nearer to the goal stands before what is further away."""
WAYS = tuple(GoalWay)
"""What can be had now stands before what one has to wait for."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Something that somebody has done, has or has asked for, and the objectives that it is about."""

    state: GoalState
    objectives: Collection[str]
    on: date
    """When it was done, or begins."""
    number: int
    """Which session it is, or which report."""


@dataclass(frozen=True)
class Goal:
    """An objective, how near it is, and what that rests on; nothing where it is missing."""

    objective: str
    state: GoalState
    trace: Trace | None


@dataclass(frozen=True, kw_only=True)
class Chance:
    """A session that is to come of a course with some of the objectives, and how one gets a seat in it."""

    session_id: int
    objectives: Collection[str]
    is_mandatory: bool
    days: Sequence[date]
    way: GoalWay


@dataclass(frozen=True)
class Step:
    """What to ask for, for which of the missing objectives."""

    chance: Chance
    covers: list[str]
    is_in_time: bool
    """It ends before the residency is planned to."""


def goals(demanded: Sequence[str], traces: Collection[Trace]) -> list[Goal]:
    """Each objective by what is nearest to it: done before booked, booked before waited for; of two the earlier."""
    return [_goal(each, [trace for trace in traces if each in trace.objectives]) for each in demanded]


def _goal(objective: str, traces: Sequence[Trace]) -> Goal:
    if not traces:
        return Goal(objective, GoalState.MISSING, None)
    best = min(traces, key=lambda each: (NEAREST.index(each.state), each.on, each.number))
    return Goal(objective, best.state, best)


def next_steps(
    missing: Sequence[str], chances: Collection[Chance], *, busy: Collection[date], planned_end: date | None
) -> list[Step]:
    """What to ask for, best first, so that each missing objective that can be reached stands there once.

    What ends before the residency does goes before what does not; then mandatory courses before others, what has
    more of the objectives that are missing still, what can be had now before what one waits for, and what begins
    first. A session on a day when the person is somewhere else is none. Each choice leaves the others fewer
    objectives.
    """
    open_, steps = list(missing), list[Step]()
    free = [each for each in chances if set(each.days).isdisjoint(busy)]
    while found := [_step(each, open_, planned_end) for each in free if not set(open_).isdisjoint(each.objectives)]:
        best = min(found, key=_order)
        steps.append(best)
        open_ = [each for each in open_ if each not in best.covers]
        free = [each for each in free if set(each.days).isdisjoint(best.chance.days)]
    return steps


def _step(chance: Chance, missing: Sequence[str], planned_end: date | None) -> Step:
    in_time = planned_end is None or chance.days[-1] <= planned_end
    return Step(chance, [each for each in missing if each in chance.objectives], in_time)


def _order(step: Step) -> tuple[bool, bool, int, int, date, int]:
    chance = step.chance
    way = WAYS.index(chance.way)
    return not step.is_in_time, not chance.is_mandatory, -len(step.covers), way, chance.days[0], chance.session_id
