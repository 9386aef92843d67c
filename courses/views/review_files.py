"""All of a review of a half-year as one document: what its pages show, and not a figure more."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from courses.evaluations.compilation import Compilation
from courses.models import Review, ReviewAction
from courses.reviews.shown import Held, Read, Told
from courses.rules import programme
from courses.rules.reviews import Criterion
from courses.states import ReviewState
from courses.views.compilation_files import figure, lines, parts_on_paper, reflection_on_paper
from lararportal import pages
from lararportal.clock import day_of


def paper(half: str, found: Sequence[Read], *, now: datetime) -> dict[str, Any]:
    """What the typesetter is told. A draft is nothing that has been said, and is in no document."""
    words, made = pages.words()["review_paper"], day_of(now)
    year, _, number = half.partition("-")
    return {
        "title": words["title"].format(term=words[f"term_{number}"].format(year=year)),
        "lead": words["lead"].format(day=pages.day(made)),
        "made": {"year": made.year, "month": made.month, "day": made.day},
        "courses": [_course(each, today=made) for each in found],
    }


def _course(read: Read, *, today: date) -> dict[str, Any]:
    review, course, words = read.review, read.review.course, pages.words()
    state = words["review_state"][review.state]
    is_stated = review.state is not ReviewState.OPEN
    return {
        "title": course.title,
        "state": state,
        "description": lines(course.description),
        "facts": _facts(read),
        "before": None if read.before is None else _before(read.before, today=today),
        "row": [*_figures(read.figures)[:2], _rate(read.figures), _overall(read), state],
        "held": [_held(each) for each in read.held],
        "parts": parts_on_paper(read.compilation, reflections={}),
        "over_time": _over_time(read.compilation),
        "statement": _statement(review) if is_stated else None,
        "answer": _answer(review, today=today) if review.answered_at is not None else None,
    }


def _before(review: Review, *, today: date) -> dict[str, Any]:
    words = pages.words()["review_paper"]
    year, _, number = review.half.partition("-")
    return {
        "title": words["before"].format(term=words[f"term_{number}"].format(year=year)),
        "actions": [_action(each, today=today) for each in review.actions],
    }


def _facts(read: Read) -> list[tuple[str, str]]:
    words, course = pages.words()["review_paper"], read.review.course
    sessions, participants, asked, answered = _figures(read.figures)
    rate = "" if read.figures.rate is None else f" ({_rate(read.figures)})"
    nothing = words["no_objectives"]
    said = (
        ", ".join(course.objectives_2015) or nothing,
        ", ".join(course.objectives_2021) or nothing,
        sessions,
        participants,
        asked,
        answered + rate,
    )
    return list(zip((words[each] for each in FACTS), said, strict=True))


FACTS = ("objectives_2015", "objectives_2021", "sessions", "participants", "asked", "answered")


def _figures(told: Told) -> list[str]:
    few = pages.words()["compilation"]["few"]
    people = (told.participants, told.asked, told.answered)
    return [str(told.sessions), *(few if each is None else str(each) for each in people)]


def _rate(told: Told) -> str:
    return _nothing() if told.rate is None else f"{told.rate} %"


def _overall(read: Read) -> str:
    shown = read.compilation.over_time.get(read.review.half)
    return _nothing() if shown is None else figure(shown.mean)


def _nothing() -> str:
    return pages.words()["compilation"]["nothing"]


def _held(held: Held) -> dict[str, Any]:
    days = [each.day for each in held.session.days]
    items = programme.kept(held.session.programme)
    return {
        "days": pages.days(days),
        "programme": [
            {
                "day": pages.day(day),
                "items": [
                    {"at": f"{each.at:%H.%M}", "title": each.title, "teacher": each.teacher or _nothing()}
                    for each in items
                    if each.day == number
                ],
            }
            for number, day in enumerate(days, start=1)
            if any(each.day == number for each in items)
        ],
        "reflection": None if held.reflection is None else reflection_on_paper(held.reflection),
    }


def _over_time(found: Compilation) -> list[dict[str, str]]:
    words = pages.words()["review_paper"]
    return [
        {
            "term": words[f"term_{term[-1]}"].format(year=term[:4]).capitalize(),
            "mean": figure(each.mean),
            "spread": figure(each.spread),
            "answers": str(each.answers),
        }
        for term, each in found.over_time.items()
    ]


def _statement(review: Review) -> dict[str, Any]:
    words = pages.words()
    judged = [(words["criterion"][each], words["judgement"][review.criteria[each]]) for each in Criterion]
    return {
        "criteria": [{"criterion": criterion, "judgement": judgement} for criterion, judgement in judged],
        "lines": lines(review.statement),
        "when": _when("stated", review.stated_at),
    }


def _answer(review: Review, *, today: date) -> dict[str, Any]:
    return {
        "lines": lines(review.answer),
        "when": _when("answered_at", review.answered_at),
        "actions": [_action(each, today=today) for each in review.actions],
    }


def _action(action: ReviewAction, *, today: date) -> dict[str, str]:
    late = "late" if action.due_on < today else "going_on"
    state = pages.words()["review_paper"]["done" if action.done_at is not None else late]
    said = {"what": action.what, "responsible": action.responsible, "due": pages.short_day(action.due_on)}
    return {**said, "state": state}


def _when(what: str, at: datetime | None) -> str:
    return "" if at is None else pages.words()["review_paper"][what].format(moment=pages.moment(at))
