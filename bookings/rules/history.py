"""What counts of earlier terms: how often somebody was turned down for a course, and how long a precedence lasts."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.states import Outcome, PrecedenceState

PRECEDENCE_TERMS = 3
"""The term in which a precedence came about, and the two after it (allocation rules, section 2.9)."""

SUMMER = 7
"""The month with which the second term of a year begins."""

TURNED_DOWN = frozenset({Outcome.WAITLISTED, Outcome.HELD_BACK, Outcome.CANCELLED})
"""Outcomes that are nobody's own choice: there was no seat, or no session."""

_TERM = re.compile(r"(\d{4})-([12])")


@dataclass(frozen=True)
class Answer:
    """What a published round answered to one person's requests for one course: the outcomes of its sessions."""

    at: datetime
    codes: Collection[Outcome]


@dataclass(frozen=True)
class Stay:
    """The time for which a person had a seat in the course; `until` is None when it was never given up."""

    since: datetime
    until: datetime | None


def rejections(answers: Iterable[Answer], stays: Collection[Stay], noes: Collection[datetime] = ()) -> int:
    """How often a person has been turned down for a course since they last had a seat in it (section 2.2).

    A round turned them down when it left their request without a place in any session, and this was not for a seat
    that they wanted more, for as many seats as they wanted, or because the course or the round was not for them. Any
    seat in the course sets the count back, wherever it came from; giving it up later does not bring the count back.
    So does a no to a seat that was offered (`noes`), said or by silence: from then on it was their own choice.
    Leaving a line does not, for nobody was offered anything there.
    """
    return sum(
        1
        for answer in answers
        if _turned_down(answer) and not _had_a_seat_since(answer.at, stays) and not any(no > answer.at for no in noes)
    )


def _turned_down(answer: Answer) -> bool:
    return Outcome.ADMITTED not in answer.codes and not TURNED_DOWN.isdisjoint(answer.codes)


def _had_a_seat_since(moment: datetime, stays: Collection[Stay]) -> bool:
    return any(stay.until is None or stay.until > moment for stay in stays)


def term_of(day: date) -> str:
    """The term that a day lies in, such as "2027-1" for the spring of 2027."""
    return f"{day.year}-{1 + (day.month >= SUMMER)}"


def term_before(day: date) -> tuple[date, date]:
    """The first and the last day of the half-year before the one that a day lies in."""
    first = day.replace(month=SUMMER if day.month >= SUMMER else 1, day=1)
    last = first - timedelta(days=1)
    return last.replace(month=SUMMER if last.month >= SUMMER else 1, day=1), last


def precedence_holds(*, since: str, in_term: str) -> bool:
    """Whether a precedence that came about in a term counts in another: in its own and the two after it.

    A round may call its term what it likes; one that is not named like a half-year is only the same as itself.
    """
    began, asked = _half_years(since), _half_years(in_term)
    if began is None or asked is None:
        return since == in_term
    return 0 <= asked - began < PRECEDENCE_TERMS


def precedence_state(*, since: str, is_used: bool, is_revoked: bool, in_term: str) -> PrecedenceState:
    """What has become of a precedence by a term."""
    if is_used:
        return PrecedenceState.USED
    if is_revoked:
        return PrecedenceState.REVOKED
    return PrecedenceState.HELD if precedence_holds(since=since, in_term=in_term) else PrecedenceState.OVER


def last_term(since: str) -> str:
    """The last term in which a precedence counts."""
    began = _half_years(since)
    if began is None:
        return since
    year, half = divmod(began + PRECEDENCE_TERMS - 1, 2)
    return f"{year}-{half + 1}"


def _half_years(term: str) -> int | None:
    """A term as a number of half-years, so that the next one is one more."""
    found = _TERM.fullmatch(term)
    return 2 * int(found.group(1)) + int(found.group(2)) - 1 if found else None
