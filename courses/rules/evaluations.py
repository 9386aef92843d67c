"""What is asked about a course, how answers become numbers that nobody stands behind, and until when.

An answer is never kept: what is kept is how many answered what, question by question, and the texts of each question
in the order of the alphabet. Nothing in it says which two belong together, who came first, or when. What of it may be
read is told in `reading`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from courses.rules.days import STOCKHOLM
from courses.states import QuestionKind

SCALE = tuple(str(number) for number in range(1, 7))
"""From not at all to entirely: six steps have no middle to hide in."""
OPEN_FOR = timedelta(days=21)
REMINDED_AFTER = (timedelta(days=3), timedelta(days=10))
IN_THE_MORNING = timedelta(hours=9)
"""How far into the day in Stockholm people are reminded; nobody is woken by it."""
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
