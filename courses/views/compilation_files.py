"""The compilation as a spreadsheet and as a document: the same whole units as the page, and not a figure more."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from courses.evaluations.compilation import Compilation, Part
from courses.rules.evaluations import Question, Shown
from courses.states import QuestionKind
from lararportal import pages
from lararportal.clock import day_of
from lararportal.spreadsheets import Cell

COLUMNS = ("sessions", "asked", "answered", "question", "choice", "count", "mean", "spread")
OF_PAPER = ("question", "mean", "spread", "answers", "distribution")


class Figure(float):
    """A number that is no share: it is not shown as per cent."""


def rows(found: Compilation) -> Iterator[list[Cell]]:
    """For each unit and question: a row for each choice with how many chose it, and for each text."""
    words = pages.words()["compilation"]
    whole = [(words["whole"], found.whole)] if found.whole else []
    for title, part in [*whole, *((_when(each), each) for each in found.parts)]:
        for each in part.shown:
            about: list[Cell] = [title, part.asked, part.answers, _question(each.question, found)]
            if each.question.kind is QuestionKind.TEXT:
                yield from ([*about, text, None, None, None] for text in _texts(each) if part is not found.whole)
            elif not each.answers:
                yield [*about, words["few"], None, None, None]
            else:
                figures: list[Cell] = [_figure(each.mean), _figure(each.spread)]
                yield from ([*about, _choice(said), count, *figures] for said, count in each.counts.items())


def paper(found: Compilation, *, now: datetime) -> dict[str, Any]:
    """What the typesetter is told."""
    words, made = pages.words()["compilation"], day_of(now)
    whole = [_on_paper(words["whole"], found.whole, found, texts=False)] if found.whole else []
    return {
        "title": f"{words['title']}: {found.course.title}",
        "lead": f"{words['lead']} {pages.day(made)}.",
        "made": {"year": made.year, "month": made.month, "day": made.day},
        "headings": [words[each] for each in OF_PAPER],
        "parts": [*whole, *(_on_paper(_when(each), each, found, texts=True) for each in found.parts)],
    }


def _on_paper(title: str, part: Part, found: Compilation, *, texts: bool) -> dict[str, Any]:
    words = pages.words()
    of_groups = ", ".join(f"{words['mix'][group]}: {count}" for group, count in part.mix.items() if count)
    written = [each for each in part.shown if texts and _texts(each)]
    reflected = [each for each in part.days if texts and each in found.reflections]
    return {
        "title": title,
        "answered": words["compilation"]["has_answered"].format(answers=part.answers, asked=part.asked),
        "mix": f"{words['compilation']['asked']}: {of_groups}." if of_groups else "",
        "rows": [_row(each, found) for each in part.shown if each.question.kind is not QuestionKind.TEXT],
        "texts": [{"question": _question(each.question, found), "texts": _texts(each)} for each in written],
        "reflections": [_reflection(each, part, found) for each in reflected],
    }


def _texts(shown: Shown) -> list[str]:
    """Where a text is masked, that it is."""
    return [*shown.texts, *[pages.words()["compilation"]["masked"]] * shown.masked]


def _row(shown: Shown, found: Compilation) -> list[str]:
    words = pages.words()["compilation"]
    counts = ", ".join(f"{_choice(choice)}: {count}" for choice, count in shown.counts.items())
    figures = [_said(shown.mean), _said(shown.spread)]
    answers = [str(shown.answers), counts] if shown.answers else [words["few"], words["nothing"]]
    return [_question(shown.question, found), *figures, *answers]


def _reflection(session_id: int, part: Part, found: Compilation) -> dict[str, Any]:
    words, said = pages.words()["compilation"], found.reflections[session_id]
    actions = [words["action"].format(what=each.what, who=each.who, due=each.due) for each in said.actions]
    return {
        "title": f"{words['reflection']}, {pages.days(part.days[session_id])}",
        "text": said.text,
        "actions": actions,
    }


def _when(part: Part) -> str:
    return ", ".join(pages.days(each) for each in part.days.values())


def _question(question: Question, found: Compilation) -> str:
    said = question.text or pages.words()["asked"][question.key.partition(":")[0]]
    return f"{said} ({found.names.get(question.about, '')})" if question.about is not None else said


def _choice(choice: str) -> str:
    return pages.words()["option"].get(choice, choice)


def _figure(value: float | None) -> Figure | None:
    return None if value is None else Figure(round(value, 2))


def _said(value: float | None) -> str:
    return pages.words()["compilation"]["nothing"] if value is None else f"{value:.1f}".replace(".", ",")
