"""What is asked about a course, how answers become numbers that nobody stands behind, and what of them is shown.

An answer is never kept: what is kept is how many answered what, question by question, and the texts of each question
in the order of the alphabet. Nothing in it says which two belong together, who came first, or when.

What is shown is made of whole units (`units`) and of nothing less: a session with five answers or more is a unit, and
smaller ones of a course are taken together, in the order in which they closed, until they have five. Units never
change, so two readings that differ do so by whole units, of at least five answers each.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import sqrt

from courses.rules.days import STOCKHOLM
from courses.states import QuestionKind

FEWEST = 5
"""Answers, below which nothing is shown of them."""
SCALE = tuple(str(number) for number in range(1, 7))
"""From not at all to entirely: six steps have no middle to hide in."""
OPEN_FOR = timedelta(days=21)
REMINDED_AFTER = (timedelta(days=3), timedelta(days=10))
IN_THE_MORNING = timedelta(hours=9)
"""How far into the day in Stockholm people are reminded; nobody is woken by it."""
SUMMER = 7
"""The month with which the second term of a year begins."""
LONGEST_TEXT = 2_000
"""Characters of a text."""
NO_ANSWER = ""
"""What is sent where somebody cannot say or does not want to."""


@dataclass(frozen=True)
class Question:
    """One question; without a text of its own it has the portal's, by its key."""

    key: str
    kind: QuestionKind
    text: str = ""
    options: tuple[str, ...] = ()
    """What can be chosen; of a scale always its six steps."""
    about: int | None = None
    """The leader whom it is about."""

    @property
    def choices(self) -> tuple[str, ...]:
        """What an answer can be, but for none."""
        return SCALE if self.kind is QuestionKind.SCALE else self.options


LEADER = "leader"
USUAL = (
    Question("overall", QuestionKind.SCALE),
    Question("relevance", QuestionKind.SCALE),
    Question("objectives", QuestionKind.SCALE),
    Question("level", QuestionKind.CHOICE, options=("too_low", "right", "too_high")),
    Question("balance", QuestionKind.SCALE),
    Question("preparation", QuestionKind.SCALE),
    Question(LEADER, QuestionKind.SCALE),
    Question("practicalities", QuestionKind.SCALE),
    Question("commercial", QuestionKind.CHOICE, options=("no", "yes")),
    Question("keep", QuestionKind.TEXT),
    Question("change", QuestionKind.TEXT),
    Question("learnt", QuestionKind.TEXT),
    Question("recommend", QuestionKind.TEXT),
)
"""What is asked where nothing else is said for a course."""


def own(text: str, kind: QuestionKind, options: Iterable[str] = ()) -> Question:
    """A question of a course's own. What is asked otherwise is another question, and is counted by itself."""
    options = tuple(options)
    said = hashlib.sha256("\n".join((kind, text, *options)).encode()).hexdigest()
    return Question(f"own-{said[:16]}", kind, text, options)


def asked(questions: Iterable[Question], leaders: Iterable[int]) -> list[Question]:
    """The questions as a session has them: the one about its leader once for each of them."""
    leaders = sorted(leaders)
    found = []
    for each in questions:
        about = leaders if each.key == LEADER else [None]
        found += [replace(each, about=one, key=each.key if one is None else f"{LEADER}:{one}") for one in about]
    return found


@dataclass(frozen=True)
class Tallies:
    """How many answered, how many of them what, and what they wrote: all that is kept of answers."""

    answers: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    masked: Mapping[str, int] = field(default_factory=dict)
    """How many texts of each question are not to be read; nothing of it is kept in the box."""


def faults(questions: Iterable[Question], given: Mapping[str, str]) -> list[str]:
    """The questions to which something is said that they do not offer, or a text that is too long."""
    found = []
    for each in questions:
        said = given.get(each.key, NO_ANSWER)
        is_text = each.kind is QuestionKind.TEXT
        if len(said) > LONGEST_TEXT if is_text else said not in (NO_ANSWER, *each.choices):
            found.append(each.key)
    return found


def says_something(questions: Iterable[Question], given: Mapping[str, str]) -> bool:
    """Whether at least one question is answered."""
    return any(given.get(each.key, NO_ANSWER).strip() for each in questions)


def with_answer(tallies: Tallies, questions: Iterable[Question], given: Mapping[str, str]) -> Tallies:
    """The same with one more: whatever the order in which answers come, the same answers make the same tallies."""
    said = {each: given.get(each.key, NO_ANSWER).strip() for each in questions}
    one = Tallies(
        answers=1,
        counts={each.key: {text: 1} for each, text in said.items() if text and each.kind is not QuestionKind.TEXT},
        texts={each.key: [text] for each, text in said.items() if text and each.kind is QuestionKind.TEXT},
    )
    return together([tallies, one])


def together(tallies: Iterable[Tallies]) -> Tallies:
    """Several as if all had answered the same."""
    tallies = list(tallies)
    counts: dict[str, dict[str, int]] = {}
    texts: dict[str, list[str]] = {}
    for each in tallies:
        for key, said in each.counts.items():
            for choice, count in said.items():
                counts.setdefault(key, {})
                counts[key][choice] = counts[key].get(choice, 0) + count
        for key, written in each.texts.items():
            texts[key] = sorted([*texts.get(key, ()), *written])
    masked = {key: sum(each.masked.get(key, 0) for each in tallies) for one in tallies for key in one.masked}
    return Tallies(answers=sum(each.answers for each in tallies), counts=counts, texts=texts, masked=masked)


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


def last_day_to_answer(last_day: date) -> date:
    """The day in Stockholm at the end of which it closes."""
    return last_day + OPEN_FOR


def is_open(closes_on: date, now: datetime) -> bool:
    """Whether there is still time to answer."""
    return now.astimezone(STOCKHOLM).date() <= closes_on


def closing_when_reminded(now: datetime) -> list[date]:
    """Of each reminder, which evaluations it is time for by now: those that close on that day or before."""
    today = (now.astimezone(STOCKHOLM) - IN_THE_MORNING).date()
    return [today + OPEN_FOR - each for each in REMINDED_AFTER]


def reminders_due(closes_on: date, now: datetime) -> int:
    """How many reminders there should have been by now."""
    return sum(closes_on <= latest for latest in closing_when_reminded(now))
