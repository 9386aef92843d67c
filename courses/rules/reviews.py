"""The review of courses: of which half-year, how far it may go from where, and which figures of people are told."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from courses.rules.reading import FEWEST, SUMMER, term
from courses.states import Refusal, ReviewState

MOST_ACTIONS = 4
"""What a unit promises of one course at a time; more than that is not followed up."""

REMINDED_FOR = timedelta(days=30)
"""How long what is late is told to whoever has not heard of it."""


class Criterion(StrEnum):
    """What a reviewer judges of every course."""

    PURPOSE = "purpose"
    OBJECTIVES = "objectives"
    EVIDENCE = "evidence"
    TEACHING = "teaching"
    INDEPENDENCE = "independence"
    IMPROVEMENT = "improvement"


class Judgement(StrEnum):
    """How a course meets a criterion."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"


MOVES: Mapping[ReviewState, frozenset[ReviewState]] = {
    ReviewState.OPEN: frozenset({ReviewState.STATED}),
    ReviewState.STATED: frozenset({ReviewState.ANSWERED}),
    ReviewState.ANSWERED: frozenset({ReviewState.CLOSED}),
    ReviewState.CLOSED: frozenset(),
}
"""A statement is final when it is given, then answered, and closed by a reviewer who has read the answer."""


def may_become(old: ReviewState, new: ReviewState) -> Refusal | None:
    """Whether a review may go on from where it is."""
    return None if new in MOVES[old] else Refusal.REVIEW_ELSEWHERE


def half_year_before(day: date) -> str:
    """The last half-year that is over on a day in Stockholm, such as "2027-1" for the spring of 2027."""
    return term([day.replace(month=SUMMER if day.month >= SUMMER else 1, day=1) - timedelta(days=1)])


def days_of(half: str) -> tuple[date, date]:
    """Its first and last day.

    Raises:
        ValueError: it does not read like a half-year.
    """
    if not re.fullmatch(r"20[0-9]{2}-[12]", half):
        raise ValueError(half)
    year, is_second = int(half[:4]), half.endswith("2")
    return (date(year, 7, 1), date(year, 12, 31)) if is_second else (date(year, 1, 1), date(year, 6, 30))


def may_open(half: str, today: date) -> Refusal | None:
    """A half-year is reviewed when it is over."""
    return None if days_of(half)[1] < today else Refusal.HALF_YEAR_NOT_OVER


def late_on(today: date) -> tuple[date, date]:
    """Of which last days an action is late and to be reminded of, from the first to the last: for a month."""
    return today - REMINDED_FOR, today - timedelta(days=1)


def figure(people: int) -> int | None:
    """How many people, as it is told; fewer than five is all that is said of fewer."""
    return people if people >= FEWEST else None


def response_rate(asked: int, answered: int) -> int | None:
    """In per cent; none where it would tell of fewer than five."""
    return round(100 * answered / asked) if figure(answered) is not None and asked else None


def may_state(criteria: Mapping[str, str], text: str) -> Refusal | None:
    """A statement judges every criterion, and says something."""
    judged = all(criteria.get(each) in set(Judgement) for each in Criterion)
    return None if judged and text.strip() else Refusal.STATEMENT_INCOMPLETE


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[Criterion, Judgement, Judgement]]:
    """The criteria that are judged otherwise than the last time."""
    both = [each for each in Criterion if each in before and each in after and before[each] != after[each]]
    return [(each, Judgement(before[each]), Judgement(after[each])) for each in both]


def fall(means: Mapping[str, float]) -> tuple[str, str] | None:
    """The last two half-years with a mean when it fell between them, seen with one decimal as pages show it."""
    if len(means) < len(("before", "after")):
        return None
    before, after = sorted(means)[-2:]
    return (before, after) if round(means[after], 1) < round(means[before], 1) else None
