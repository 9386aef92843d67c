"""The coordinator's desk: course sessions are planned, changed, published, opened and archived."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from auth.access import me, needs
from auth.states import Role
from courses import closing, queries, rules, seen, session_changes, sessions
from courses.concerned import NOBODY, Count, Impartial, Interested, Seated
from courses.forms.closing import CloseBookingForm
from courses.forms.searching import DeskSearchForm
from courses.forms.session import DAY_ROWS, NewSessionForm, SessionForm
from courses.models import Course, CourseSession
from courses.queries import DeskFilters
from courses.rules import Hint, SessionDates
from courses.sessions import SessionPlan
from courses.states import Refusal
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.errors import Refused
from lararportal.forms_sent import send_in

Page = str | Response | tuple[str, int]

KNOWN_SEARCHES = 64
"""For how many the form is remembered as it stands above what was found."""
INTERESTED = "lararportal.interested"
SEATED = "lararportal.seated"
IMPARTIAL = "lararportal.impartial"


def init_app(app: Flask, *, interested: Count, seated: Seated, impartial: Impartial) -> None:
    """Tells the desk who is interested in a session, what becomes of who has a seat in it, and who may decide."""
    app.extensions[INTERESTED] = interested
    app.extensions[SEATED] = seated
    app.extensions[IMPARTIAL] = impartial


def _interested() -> Count:
    return cast("Count", current_app.extensions[INTERESTED])


def impartial() -> Impartial:
    """Who may decide."""
    return cast("Impartial", current_app.extensions[IMPARTIAL])


@needs(Role.COORDINATOR)
def all_sessions() -> str:
    """The coming sessions, or the past ones, page by page."""
    form, filters = _search((*request.args.items(multi=True),))
    number = request.args.get("sida", 1, type=int)
    with edge.reading() as db:
        page = queries.desk_sessions(db, filters, today=day_of(edge.moment()), number=number)
    return render_template("courses/desk_sessions.html", form=form, page=page)


@lru_cache(KNOWN_SEARCHES)
def _search(asked: tuple[tuple[str, str], ...]) -> tuple[Markup, DeskFilters]:
    """The form as it was filled in, and what it looks for: the same for all who look for the same."""
    form = DeskSearchForm(MultiDict(asked))
    form.validate()
    markup = render_template("courses/_desk_search.html", form=form)
    return Markup(markup), form.filters  # noqa: S704 - a template of our own, escaped as any


@needs(Role.COORDINATOR)
def new_session() -> Page:
    """A form for a session of the course that the address names, filled with what is usual for the course."""
    with edge.reading() as db:
        course = queries.course(db, request.args.get("kurs", ""))
        leaders = queries.leaders(db)
    form = NewSessionForm(data={"seats": course.seats, "minimum": course.minimum})
    form.offer(leaders)
    if not form.validate_on_submit():
        form.fill_up(max(DAY_ROWS, course.day_count))
        return _form_page(form, course), 400 if form.is_submitted() else 200
    deed = sessions.plan_reserve if form.in_reserve.data else sessions.plan
    try:
        with edge.deed() as db:
            made = deed(db, course_id=course.id, now=edge.moment(), by=me().person_id, **form.plan_for(course))
    except Refused as refusal:
        form.explain(refusal)
        return _form_page(form, course), 409
    flash(pages.sentence("session_planned"))
    return redirect(url_for("catalogue.session", session_id=made.id))


@needs(Role.COORDINATOR)
def change_session(session_id: int) -> Page:
    """A form with all that is said of a session; what concerns booked people is asked about before it is done."""
    with edge.reading() as db:
        session = queries.session(db, session_id)
        leaders = queries.leaders(db, of=session.leaders)
        interested = _interested()(db, session_id)
    form = SessionForm(data=SessionForm.answers(session))
    form.offer(leaders)
    is_asked_again = not form.is_submitted() or "back" in request.form
    if is_asked_again or not form.validate():
        form.fill_up()
        return _form_page(form, session.course, session, interested), 200 if is_asked_again else 400
    try:
        with edge.deed() as db:
            session_changes.change(
                db,
                session_id=session_id,
                saw=form.saw.data,
                confirmed=form.confirmed.data or "",
                interested=_interested(),
                seated=cast("Seated", current_app.extensions[SEATED]),
                impartial=impartial(),
                now=edge.moment(),
                by=me().person_id,
                **form.plan,
            )
    except Refused as refusal:
        if refusal.reason is Refusal.CHANGE_NOT_CONFIRMED:
            return _confirm_page(session, refusal.facts)
        form.explain(refusal)
        form.saw.data = seen.token(sessions.said_of(session))
        form.fill_up()
        return _form_page(form, session.course, session, interested), 409
    flash(pages.sentence("session_changed"))
    if rules.is_public(session):
        _tell_what_is_past(session, form.plan)
    return redirect(url_for("catalogue.session", session_id=session_id))


def _tell_what_is_past(session: CourseSession, plan: SessionPlan) -> None:
    """Dates that this change has laid in the past: the page of a published session says nothing of them later."""
    known = _past(sessions.said_of(session))
    for hint in _past(plan):
        if hint not in known:
            flash(pages.sentence(hint.what, days=hint.days), "warning")


def _past(said: Mapping[str, Any]) -> list[Hint]:
    dates = SessionDates(said["cancel_by"], said["go_no_go_on"], said["prepare_by"])
    return rules.past_dates([each.day for each in said["days"]], dates, today=day_of(edge.moment()))


@needs(Role.COORDINATOR)
def publish_session(session_id: int) -> Response:
    """Lets everybody see the session."""
    with edge.deed() as db:
        sessions.publish(db, session_id=session_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("session_published"))
    return redirect(url_for("catalogue.session", session_id=session_id))


@needs(Role.COORDINATOR)
def open_reserve(session_id: int) -> Response:
    """Makes a reserve session an ordinary one."""
    with edge.deed() as db:
        sessions.open_reserve(db, session_id=session_id, impartial=impartial(), now=edge.moment(), by=me().person_id)
    flash(pages.sentence("session_published"))
    return redirect(url_for("catalogue.session", session_id=session_id))


@needs(Role.COORDINATOR)
def archive_session(session_id: int) -> Page:
    """Takes the session off the lists; when that concerns anybody, after a page that says whom."""
    try:
        with edge.deed() as db:
            sessions.archive(
                db,
                session_id=session_id,
                confirmed=request.form.get("confirmed", ""),
                interested=_interested(),
                impartial=impartial(),
                now=edge.moment(),
                by=me().person_id,
            )
    except Refused as refusal:
        if refusal.reason is not Refusal.CHANGE_NOT_CONFIRMED:
            raise
        with edge.reading() as db:
            session = queries.session(db, session_id)
        return render_template("courses/confirm_archive.html", session=session, **refusal.facts)
    flash(pages.sentence("session_archived"))
    return redirect(url_for("catalogue.session", session_id=session_id))


@needs(Role.COORDINATOR)
def close_booking(session_id: int) -> Page:
    """Asks why, and closes direct booking and the line; who waits goes on waiting."""
    with edge.reading() as db:
        session = queries.session(db, session_id)
        interested = _interested()(db, session_id)
    form = CloseBookingForm()
    status = send_in(
        form,
        lambda db: closing.close_booking(
            db,
            session_id=session_id,
            reason=form.reason.data or "",
            impartial=impartial(),
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash(pages.sentence("booking_closed"))
        return redirect(url_for("catalogue.session", session_id=session_id))
    page = {"form": form, "session": session, "interested": interested}
    return render_template("courses/close_booking.html", **page), status


@needs(Role.COORDINATOR)
def reopen_booking(session_id: int) -> Response:
    """Opens direct booking and the line again."""
    with edge.deed() as db:
        closing.reopen_booking(db, session_id=session_id, impartial=impartial(), now=edge.moment(), by=me().person_id)
    flash(pages.sentence("booking_reopened"))
    return redirect(url_for("catalogue.session", session_id=session_id))


def _form_page(
    form: SessionForm,
    course: Course,
    session: CourseSession | None = None,
    interested: Interested = NOBODY,
) -> str:
    return render_template(
        "courses/session_form.html", form=form, course=course, session=session, interested=interested
    )


def _confirm_page(session: CourseSession, facts: dict[str, Any]) -> str:
    """Everything that was typed travels in hidden fields, so that the second press sends the same change."""
    typed = [pair for pair in request.form.items(multi=True) if pair[0] not in {"csrf_token", "confirmed"}]
    return render_template("courses/confirm_change.html", session=session, typed=typed, **facts)


PAGES = (
    ("/tillfallen", all_sessions, ["GET"]),
    ("/tillfallen/nytt", new_session, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/andra", change_session, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/stang-bokningen", close_booking, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/oppna-bokningen", reopen_booking, ["POST"]),
    ("/tillfallen/<int:session_id>/publicera", publish_session, ["POST"]),
    ("/tillfallen/<int:session_id>/oppna", open_reserve, ["POST"]),
    ("/tillfallen/<int:session_id>/arkivera", archive_session, ["POST"]),
)
"""Address, view and methods; `desk` hangs them under its own address."""
