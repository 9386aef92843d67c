"""What may be read of answers: whole units, and nothing less.

What is shown is made of whole units (`units`): a session with five answers or more is a unit, and smaller ones of a
course are taken together, in the order in which they closed, until they have five. Units never change, so two
readings that differ do so by whole units, of at least five answers each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import sqrt

from courses.rules.evaluations import Question, Tallies, together
from courses.states import QuestionKind

FEWEST = 5
"""Answers, below which nothing is shown of them."""
SUMMER = 7
"""The month with which the second term of a year begins."""


@dataclass(frozen=True)
class Closed:
    """An evaluation of a course that is over: of which session, when it closed, and how many answered."""

    session: int
    closed_at: datetime
    answers: int


def units(closed: Iterable[Closed]) -> list[tuple[int, ...]]:
    """What of one course can be shown: sessions, or several together, with five answers or more in each.

    Sessions that have fewer wait for the next such one. What was a unit once remains one whatever closes later.
    """
    found: list[tuple[int, ...]] = []
    waiting: list[Closed] = []
    for each in sorted(closed, key=lambda one: (one.closed_at, one.session)):
        if each.answers >= FEWEST:
            found.append((each.session,))
        elif each.answers:
            waiting.append(each)
            if sum(one.answers for one in waiting) >= FEWEST:
                found.append(tuple(one.session for one in waiting))
                waiting = []
    return found


def of_unit(sessions: Iterable[tuple[Iterable[str], Tallies]]) -> Tallies:
    """What sessions have said as one unit, each with the keys of what it was asked.

    Where fewer than five answered the sessions that were asked something, no text to that is read: whoever knows
    which session was asked would know that one of those few wrote it.
    """
    sessions = [(frozenset(keys), tallies) for keys, tallies in sessions]
    whole = together(tallies for _, tallies in sessions)
    asked = {key: sum(each.answers for keys, each in sessions if key in keys) for key in whole.texts}
    return replace(whole, texts={key: said for key, said in whole.texts.items() if asked[key] >= FEWEST})


def without(tallies: Tallies, is_masked: Callable[[str, str], bool]) -> Tallies:
    """The same to be read: a text that is masked, by its question and what it says, is counted and no more.

    All that say the same are masked with it: nobody could tell one of them from the other.
    """
    left = {key: [text for text in written if not is_masked(key, text)] for key, written in tallies.texts.items()}
    gone = {key: len(tallies.texts[key]) - len(written) for key, written in left.items()}
    return replace(tallies, texts=left, masked={key: count for key, count in gone.items() if count})


def repeats(reason: str, text: str) -> bool:
    """Whether a reason says all of the text that it is about."""
    said, written = (f" {' '.join(each.casefold().split())} " for each in (reason, text))
    return written in said


def term(last_days: Iterable[date]) -> str:
    """The term, as "2027-1" for a spring, that a unit belongs to by its sessions' last days: that of the latest.

    A unit is never divided, so that what is read of a term is made of whole units as everything else is.
    """
    last = max(last_days)
    return f"{last.year}-{1 + (last.month >= SUMMER)}"


@dataclass(frozen=True)
class Shown:
    """What readers see of one question: how many answered what, or what they wrote."""

    question: Question
    answers: int
    counts: Mapping[str, int]
    texts: Sequence[str]
    left_out: int
    """Units of which nothing is counted here, since fewer than five answered this question."""
    masked: int = 0
    """Texts that are not to be read."""

    @property
    def mean(self) -> float | None:
        """Of a scale with answers."""
        if self.question.kind is not QuestionKind.SCALE or not self.answers:
            return None
        return sum(int(step) * count for step, count in self.counts.items()) / self.answers

    @property
    def spread(self) -> float | None:
        """The standard deviation of the answers that came, of a scale with answers."""
        mean = self.mean
        if mean is None:
            return None
        return sqrt(sum(count * (int(step) - mean) ** 2 for step, count in self.counts.items()) / self.answers)


def compiled(questions: Iterable[Question], found: Sequence[Tallies]) -> list[Shown]:
    """What is shown of each question, out of whole units.

    A unit in which fewer than five chose something at a question is counted there neither alone nor in a sum: the sum
    less the others would be those few. Texts are shown as they are, in the order of the alphabet.
    """
    shown = []
    for each in questions:
        enough = [one for one in found if sum(one.counts.get(each.key, {}).values()) >= FEWEST]
        left_out = [one for one in found if one not in enough and one.counts.get(each.key)]
        counts = {choice: sum(one.counts[each.key].get(choice, 0) for one in enough) for choice in each.choices}
        texts = sorted(text for one in found for text in one.texts.get(each.key, ()))
        masked = sum(one.masked.get(each.key, 0) for one in found)
        answers = len(texts) + masked if each.kind is QuestionKind.TEXT else sum(counts.values())
        shown.append(Shown(each, answers, counts, texts, len(left_out), masked))
    return shown
