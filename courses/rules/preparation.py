"""What a self-check asks and how it is typed, which answers are wrong, and when somebody is reminded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from courses.states import Refusal

WRONG, RIGHT = "-", "*"
"""How a line begins that is a choice."""

FEWEST_CHOICES = 2
REMINDED_BEFORE = timedelta(days=5)
"""How long before the day by which it must be done who lacks a part is told, unless settings say otherwise."""


@dataclass(frozen=True)
class Question:
    """What is asked, and the choices, of which one is right."""

    asks: str
    choices: tuple[str, ...]
    right: int
    """Counted from 0."""


@dataclass(frozen=True)
class QuizFault:
    """Which question cannot be asked, counted from 1, and why."""

    number: int
    why: Refusal


def questions_in(text: str) -> list[Question] | QuizFault:
    """The questions that are typed there, with an empty line between them: what is asked, then a choice on each line.

    A choice begins with "-", and the right one with "*".
    """
    found: list[Question] = []
    for number, lines in enumerate(_blocks(text), start=1):
        choices = [line for line in lines if line[0] in WRONG + RIGHT]
        asks = " ".join(line for line in lines if line[0] not in WRONG + RIGHT)
        if not asks or any(line[0] not in WRONG + RIGHT for line in lines[len(lines) - len(choices) :]):
            return QuizFault(number, Refusal.QUIZ_ASKS_NOTHING)
        said = tuple(line[1:].strip() for line in choices)
        if len(said) < FEWEST_CHOICES or not all(said) or len(set(said)) < len(said):
            return QuizFault(number, Refusal.QUIZ_WITHOUT_CHOICE)
        right = [place for place, line in enumerate(choices) if line[0] == RIGHT]
        if len(right) != 1:
            return QuizFault(number, Refusal.QUIZ_WITHOUT_RIGHT)
        found.append(Question(asks, said, right[0]))
    return found


def typed(questions: Sequence[Question]) -> str:
    """The same, as it is typed."""
    return "\n\n".join(
        "\n".join([each.asks, *(f"{_mark(each, place)} {said}" for place, said in enumerate(each.choices))])
        for each in questions
    )


def wrong(questions: Sequence[Question], answers: Mapping[int, int]) -> list[int]:
    """The places of the questions that are answered wrongly or not at all, counted from 0."""
    return [place for place, each in enumerate(questions) if answers.get(place) != each.right]


def is_time(*, prepare_by: date | None, today: date, before: timedelta = REMINDED_BEFORE) -> bool:
    """Whether somebody who lacks a part is reminded: from so long before the day, and until it is over."""
    return prepare_by is not None and prepare_by - before <= today <= prepare_by


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in map(str.strip, text.splitlines()):
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [each for each in blocks if each]


def _mark(question: Question, place: int) -> str:
    return RIGHT if place == question.right else WRONG
