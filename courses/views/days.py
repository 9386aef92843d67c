"""The days of a session: a leader notes who is there, shows the code, and completes it; participants check in."""

from collections.abc import Mapping, Sequence
from typing import cast

import segno
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup

from auth.access import ViewResult, me, needs
from auth.states import Role
from courses import seen
from courses.days import attendance, check_in, completion, half_days, shown
from courses.days.half_days import Roster
from courses.days.shown import Result
from courses.forms.days import CompletionForm, RowsForm, marks_in, typed_in, verdicts_in
from courses.models import Completion, CourseSession
from courses.preparation import standing
from courses.preparation.standing import Prepared
from courses.rules import days
from courses.rules.days import HalfDay, Verdict
from lararportal import edge, pages
from lararportal.clock import STOCKHOLM
from lararportal.errors import Refused

blueprint = Blueprint("course_days", __name__)
ROSTER = "lararportal.roster"
ANOTHER_AFTER = "15"
"""Seconds: every code is on the screen twice."""


def init_app(app: Flask, *, roster: Roster) -> None:
    """Tells the pages who has a seat in a session."""
    app.extensions[ROSTER] = roster


def roster() -> Roster:
    """Who has a seat in a session."""
    return cast("Roster", current_app.extensions[ROSTER])


def _chosen(session: CourseSession) -> HalfDay:
    """The half day that the address names, else the one that is most likely meant now."""
    name = request.args.get("halvdag")
    if name is not None:
        return half_days.half_of(session, half_days.key_named(name))
    return days.shown_at(half_days.halves_of(session), edge.moment())


@blueprint.route("/kursledare/tillfallen/<int:session_id>/narvaro", methods=["GET", "POST"])
@needs(Role.LEADER)
def sheet(session_id: int) -> ViewResult:
    """Who is there for a half day; a script of ours sends row by row, a form all that was changed."""
    form, status = RowsForm(), 200
    with edge.reading() as db:
        session = shown.session_led_by(db, session_id=session_id, person_id=me().person_id)
    half = _chosen(session)
    if form.validate_on_submit():
        try:
            _note(session_id, half)
        except Refused as fault:
            if _is_script():
                return jsonify(refused=pages.sentence(fault.reason.value, **fault.facts)), 409
            form.explain(fault)
            status = 409
        else:
            at = f"{edge.moment().astimezone(STOCKHOLM):%H.%M}"
            if _is_script():
                return jsonify(at=at)
            flash(pages.sentence("attendance_saved", at=at))
            return redirect(url_for("course_days.sheet", session_id=session_id, halvdag=half.name))
    with edge.reading() as db:
        rows = shown.sheet(db, session, half.key, roster()(db, session_id))
    halves = half_days.halves_of(session)
    page = render_template(
        "courses/attendance.html",
        form=form,
        session=session,
        halves=halves,
        half=half,
        rows=rows,
        typed=typed_in(request.form, [each.person_id for each in rows]),
        refusal=days.may_note(halves, half, now=edge.moment()),
    )
    return page, status


def _note(session_id: int, half: HalfDay) -> None:
    seated, now, by = roster(), edge.moment(), me().person_id
    with edge.deed() as db:
        noted = marks_in(request.form, seated(db, session_id))
        attendance.note(db, session_id=session_id, half=half.key, noted=noted, roster=seated, now=now, by=by)
        if "alla" in request.form:
            attendance.everybody_is_there(db, session_id=session_id, half=half.key, roster=seated, now=now, by=by)


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


@blueprint.get("/kursledare/tillfallen/<int:session_id>/kod")
@needs(Role.LEADER)
def code(session_id: int) -> Response:
    """The code of the moment, for the screen; the browser asks for the next one by itself."""
    now = edge.moment()
    with edge.reading() as db:
        session = shown.session_led_by(db, session_id=session_id, person_id=me().person_id)
        half = days.open_at(half_days.halves_of(session), now) if session.completed_at is None else None
        token = check_in.code_now(db, session_id, half, now=now) if half else ""
    drawn = None
    if half is not None:
        path = url_for("check_in.own_check_in", session_id=session_id, token=token)
        address = edge.installation().settings.base_url.rstrip("/") + path
        drawn = Markup(segno.make(address, micro=False).svg_inline(omitsize=True, border=4, light="#fff"))  # noqa: S704 - no markup of others is in it
    answer = make_response(render_template("courses/code.html", session=session, half=half, drawn=drawn))
    answer.headers["Refresh"] = ANOTHER_AFTER
    return answer


@blueprint.route("/kursledare/tillfallen/<int:session_id>/slutfor", methods=["GET", "POST"])
@needs(Role.LEADER)
def complete(session_id: int) -> ViewResult:
    """Everybody with what they were there for; the leader says the rest, and it is decided."""
    form, status = CompletionForm(), 200
    with edge.reading() as db:
        shown.session_led_by(db, session_id=session_id, person_id=me().person_id)
    if form.validate_on_submit():
        try:
            passed = _complete(session_id, saw=form.saw.data)
        except Refused as fault:
            form.explain(fault)
            status = 409
        else:
            flash(pages.sentence("session_completed", passed=passed))
            return redirect(url_for("course_days.complete", session_id=session_id))
    with edge.reading() as db:
        session = shown.session_of(db, session_id)
        booked = roster()(db, session_id)
        results = shown.results(db, session, booked)
        prepared = standing.prepared(db, session, booked)
    decided = {each.person_id: each.completion for each in results}
    form.saw.data = shows(session, results)
    page = render_template(
        "courses/complete.html",
        form=form,
        session=session,
        results=results,
        said=verdicts_in(request.form, decided) if form.is_submitted() else so_far(decided, prepared),
        prepared=prepared,
        demands=half_days.demands_of(session),
        refusal=days.may_complete(half_days.halves_of(session), now=edge.moment()),
    )
    return page, status


def so_far(decided: Mapping[int, Completion | None], prepared: Prepared) -> dict[int, Verdict | Completion]:
    """What the page begins with: what is decided, and of the others that who has done every part has prepared."""
    return {
        person_id: each or Verdict(prepared=bool(prepared.parts) and not prepared.lacking(person_id))
        for person_id, each in decided.items()
    }


def shows(session: CourseSession, results: Sequence[Result]) -> str:
    """Stands for what the page says of everybody before it is filled in."""
    who = ((each.person_id, each.tally, each.completion) for each in results)
    return seen.token(completion.said_of(half_days.demands_of(session), who))


def _complete(session_id: int, *, saw: str | None) -> int:
    seated, now, by = roster(), edge.moment(), me().person_id
    with edge.deed() as db:
        said = verdicts_in(request.form, seated(db, session_id))
        return completion.complete(db, session_id=session_id, verdicts=said, saw=saw, roster=seated, now=now, by=by)
