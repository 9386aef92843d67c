"""The public catalogue: find a course, read about it and about each of its sessions."""

from datetime import date
from functools import lru_cache

from flask import Blueprint, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from auth import access
from auth.access import public, reaching
from auth.states import Role
from courses import queries, rules, shown
from courses.forms.searching import SearchForm
from courses.queries import Filters
from courses.rules import SessionDates
from courses.shown import ShownSession
from courses.states import GROUPS, Publicity
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.errors import NotFound

blueprint = Blueprint("catalogue", __name__)

KNOWN_SEARCHES = 64
"""For how many the form is remembered as it stands above what was found; most look at everything."""


@blueprint.get("/kurser")
@public
def courses() -> str:
    """The catalogue, or what a search finds in it."""
    today = day_of(edge.moment())
    with edge.reading() as db:
        form, filters = _search(tuple(queries.months(db, today=today)), (*request.args.items(multi=True),))
        found = queries.catalogue(db, filters, today=today)
    return render_template("courses/catalogue.html", form=form, found=found, is_search=filters != Filters())


@lru_cache(KNOWN_SEARCHES)
def _search(months: tuple[date, ...], asked: tuple[tuple[str, str], ...]) -> tuple[Markup, Filters]:
    """The form as it was filled in, and what it looks for: the same for all who look for the same."""
    form = SearchForm(MultiDict(asked))
    form.offer(months)
    if asked:
        form.validate()
    return _shown(form), form.filters


def _shown(form: SearchForm) -> Markup:
    markup = render_template("courses/_search.html", form=form, is_search=form.filters != Filters())
    return Markup(markup)  # noqa: S704 - a template of our own, escaped as any


@blueprint.get("/kurser/<code>")
@public
@reaching(Role.COORDINATOR, "all")
def course(code: str) -> str:
    """What a course teaches, whom it is for, and when it is given."""
    with edge.reading() as db:
        found = queries.course(db, code)
        if found.publicity is Publicity.DRAFT and not sees_drafts():
            raise NotFound
        sessions = queries.coming_sessions(db, found.id, today=day_of(edge.moment()))
    return render_template(
        "courses/course.html",
        course=found,
        sessions=[each for each in sessions if rules.is_public(each) or sees_drafts()],
        precedence=_precedence(found.targets),
    )


@blueprint.get("/tillfallen/<int:session_id>")
@public
@reaching(Role.COORDINATOR, "all")
def session(session_id: int) -> str:
    """The days, place, seats and dates of a session."""
    with edge.reading() as db:
        found = shown.session(db, session_id)
        if not (sees_drafts() or queries.everybody_sees(found)):
            raise NotFound
        leaders = queries.who_lead(db, [found.id])[found.id] if sees_drafts() else []
    hints = _hints(found) if sees_drafts() else []
    return render_template("courses/session.html", session=found, course=found.course, leaders=leaders, hints=hints)


def _hints(session: ShownSession) -> list[str]:
    """What a coordinator may not have meant: that a date is past, only before anybody else has seen the session."""
    days, today, is_public = [each.day for each in session.days], day_of(edge.moment()), rules.is_public(session)
    if session.publicity not in (Publicity.DRAFT, Publicity.PUBLISHED) or (is_public and days[-1] < today):
        return []
    dates = SessionDates(session.cancel_by, session.go_no_go_on, session.prepare_by)
    past = [] if is_public else rules.past_dates(days, dates, today=today)
    return [pages.sentence(hint.what, days=hint.days) for hint in (*rules.odd_days(days), *past)]


def _precedence(targets: dict[str, int]) -> list[list[str]]:
    """The groups that a course is for: who goes first, then the others; those side by side are equal."""
    ranks = sorted(set(targets.values()))
    return [sorted((group for group in targets if targets[group] == rank), key=GROUPS.index) for rank in ranks]


def sees_drafts() -> bool:
    """Whether the visitor is a coordinator, who sees what is not published too."""
    visitor = access.visitor()
    return visitor is not None and visitor.has(Role.COORDINATOR)
