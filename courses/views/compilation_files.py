"""The compilation as a spreadsheet and as a document: the same whole units as the page, and not a figure more."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from courses.evaluations.compilation import Compilation, Part
from courses.evaluations.reflecting import Reflected
from courses.rules import plots
from courses.rules.evaluations import Question
from courses.rules.reading import Shown
from courses.states import QuestionKind
from lararportal import pages
from lararportal.clock import day_of
from lararportal.spreadsheets import Cell

COLUMNS = ("sessions", "asked", "answered", "question", "choice", "count", "mean", "spread")


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
    return {
        "title": f"{words['title']}: {found.course.title}",
        "lead": f"{words['lead']} {pages.day(made)}.",
        "made": {"year": made.year, "month": made.month, "day": made.day},
        "parts": parts_on_paper(found, reflections=found.reflections),
    }


def parts_on_paper(found: Compilation, *, reflections: Mapping[int, Reflected]) -> list[dict[str, Any]]:
    """Everything together, without its texts, and then unit by unit with these reflections on its sessions."""
    words = pages.words()["compilation"]
    whole = [_on_paper(words["whole"], found.whole, found)] if found.whole else []
    for part in found.parts:
        written = [each for each in part.shown if each.question.kind is QuestionKind.TEXT and each.answers]
        texts = [{"question": _question(each.question, found), "texts": _texts(each)} for each in written]
        reflected = [
            {"title": f"{words['reflection']}, {pages.days(days)}", **reflection_on_paper(reflections[session_id])}
            for session_id, days in part.days.items()
            if session_id in reflections
        ]
        whole.append(_on_paper(_when(part), part, found) | {"texts": texts, "reflections": reflected})
    return whole


def reflection_on_paper(said: Reflected) -> dict[str, Any]:
    """What a leader thinks, line by line, and what there is to do."""
    how = pages.words()["compilation"]["action"]
    actions = [how.format(what=each.what, who=each.who, due=pages.short_day(each.due)) for each in said.actions]
    return {"lines": lines(said.text), "actions": actions}


def lines(text: str) -> list[str]:
    """Those that say something."""
    return [each for each in text.splitlines() if each.strip()]


def figure(value: float | None) -> str:
    """A mean or a spread as it is read."""
    return pages.words()["compilation"]["nothing"] if value is None else f"{value:.1f}".replace(".", ",")


def _on_paper(title: str, part: Part, found: Compilation) -> dict[str, Any]:
    words = pages.words()
    of_groups = ", ".join(f"{words['mix'][group]}: {count}" for group, count in part.mix.items() if count)
    return {
        "title": title,
        "answered": words["compilation"]["has_answered"].format(answers=part.answers, asked=part.asked),
        "mix": f"{words['compilation']['asked']}: {of_groups}." if of_groups else "",
        "rows": [_row(each, found) for each in part.shown if each.question.kind is not QuestionKind.TEXT],
        "texts": [],
        "reflections": [],
    }


def _texts(shown: Shown) -> list[str]:
    """Where a text is masked, that it is."""
    return [*shown.texts, *[pages.words()["compilation"]["masked"]] * shown.masked]


def _row(shown: Shown, found: Compilation) -> dict[str, Any]:
    """The figures of a question; what is drawn is said as well."""
    words = pages.words()["compilation"]
    counts = ", ".join(f"{_choice(choice)}: {count}" for choice, count in shown.counts.items())
    drawn = plots.columns(shown.counts) if shown.answers else []
    return {
        "question": _question(shown.question, found),
        "mean": figure(shown.mean),
        "spread": figure(shown.spread),
        "answers": str(shown.answers) if shown.answers else words["few"],
        "said": counts if shown.answers else words["nothing"],
        "is_scale": shown.question.kind is QuestionKind.SCALE,
        "choices": [
            {
                "label": _choice(each.choice),
                "count": each.count,
                "height": each.height / plots.HEIGHT,
                "share": plots.share(each.count, shown.counts) / 100,
            }
            for each in drawn
        ],
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
