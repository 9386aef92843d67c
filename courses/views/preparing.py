"""Preparation: what a course has of it, or a session, what participants do, and who lacks what."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth.access import ViewResult, me, needs, signed_in
from auth.states import Role
from courses import queries, reach
from courses.days import shown
from courses.forms.days import RowsForm
from courses.forms.preparation import PartForm, answers_in
from courses.materials import shown as material
from courses.messages import shown as messages
from courses.messages.shown import Read
from courses.models import Course, CourseSession, Material, PreparationPart
from courses.needs import saying
from courses.preparation import doing, parts, standing
from courses.views.days import roster
from courses.views.materials import sent
from lararportal import edge, pages
from lararportal.errors import NotFound

blueprint = Blueprint("preparation", __name__)


@blueprint.route("/samordning/kurser/<code>/forberedelse", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def of_course(code: str) -> ViewResult:
    """The parts of a course, and a form for one more."""
    with edge.reading() as db:
        course = queries.course(db, code)
        found = parts.parts_of(db, course.id)
        files = material.of_parts(db, [each.id for each in found])
    form = PartForm(data={"place": len(found) + 1})
    if form.validate_on_submit():
        about: dict[str, Any] = {"course_id": course.id, "now": edge.moment(), "by": me().person_id}
        with edge.deed() as db:
            part = parts.add(db, facts=form.facts, **about)
            if form.content:
                parts.put_file(db, part_id=part.id, content=form.content, **about)
        flash(pages.sentence("part_saved", title=form.title.data))
        return redirect(url_for("preparation.of_course", code=course.code))
    status = 400 if form.is_submitted() else 200
    return render_template(
        "courses/preparation_parts.html", form=form, course=course, parts=found, files=files
    ), status


@blueprint.route("/samordning/kurser/<code>/forberedelse/<int:part_id>", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def change_part(code: str, part_id: int) -> ViewResult:
    """A form with all that is said of a part."""
    course, part = _part(code, part_id)
    form = PartForm(data=PartForm.answers(parts.facts_of(part)))
    if form.validate_on_submit():
        about: dict[str, Any] = {"course_id": course.id, "part_id": part_id, "now": edge.moment()}
        about["by"] = me().person_id
        with edge.deed() as db:
            parts.change(db, facts=form.facts, **about)
            if form.content or form.without_file.data:
                parts.put_file(db, content=form.content, **about)
        flash(pages.sentence("part_saved", title=form.title.data))
        return redirect(url_for("preparation.of_course", code=course.code))
    status = 400 if form.is_submitted() else 200
    with edge.reading() as db:
        file = material.of_parts(db, [part_id]).get(part_id)
    return render_template("courses/preparation_part.html", form=form, course=course, part=part, file=file), status


@blueprint.get("/samordning/kurser/<code>/forberedelse/<int:part_id>/fil")
@needs(Role.COORDINATOR)
def file(code: str, part_id: int) -> Response:
    """The file of a part, for who has put it there."""
    _part(code, part_id)
    with edge.reading() as db:
        return sent(*material.content_of_part(db, part_id))


@blueprint.post("/samordning/kurser/<code>/forberedelse/<int:part_id>/ta-bort")
@needs(Role.COORDINATOR)
def remove_part(code: str, part_id: int) -> Response:
    """Takes a part away."""
    course, part = _part(code, part_id)
    with edge.deed() as db:
        parts.remove(db, course_id=course.id, part_id=part_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("part_removed", title=part.title))
    return redirect(url_for("preparation.of_course", code=course.code))


def _part(code: str, part_id: int) -> tuple[Course, PreparationPart]:
    with edge.reading() as db:
        course = queries.course(db, code)
        found = {each.id: each for each in parts.parts_of(db, course.id)}
    if part_id not in found:
        raise NotFound
    return course, found[part_id]


@blueprint.route("/kurstillfallen/<int:session_id>/forberedelse", methods=["GET", "POST"])
@needs(Role.LEADER, Role.COORDINATOR)
def of_session(session_id: int) -> ViewResult:
    """What is to be done before one session, and a form for one more part that it alone has."""
    session, found = _session_parts(session_id)
    form = PartForm(data={"place": len(found) + 1})
    if form.validate_on_submit():
        about: dict[str, Any] = {"session_id": session_id, "now": edge.moment(), "by": me().person_id}
        with edge.deed() as db:
            parts.add_to_session(db, facts=form.facts, content=form.content, **about)
        flash(pages.sentence("part_saved", title=form.title.data))
        return redirect(url_for("preparation.of_session", session_id=session_id))
    status = 400 if form.is_submitted() else 200
    with edge.reading() as db:
        files = material.of_parts(db, [each.id for each in found])
    page = render_template("courses/preparation_session.html", form=form, session=session, parts=found, files=files)
    return page, status


@blueprint.post("/kurstillfallen/<int:session_id>/forberedelse/<int:part_id>/ta-bort")
@needs(Role.LEADER, Role.COORDINATOR)
def remove_session_part(session_id: int, part_id: int) -> Response:
    """Takes a part away that the session alone has."""
    about: dict[str, Any] = {"session_id": session_id, "now": edge.moment(), "by": me().person_id}
    with edge.deed() as db:
        gone = parts.remove_from_session(db, part_id=part_id, **about)
    flash(pages.sentence("part_removed", title=gone.title))
    return redirect(url_for("preparation.of_session", session_id=session_id))


@blueprint.get("/kurstillfallen/<int:session_id>/forberedelse/<int:part_id>/fil")
@needs(Role.LEADER, Role.COORDINATOR)
def session_file(session_id: int, part_id: int) -> Response:
    """The file of a part of a session, for who may say what is done before it."""
    _, found = _session_parts(session_id)
    return _file_of(part_id, found)


def _session_parts(session_id: int) -> tuple[CourseSession, list[PreparationPart]]:
    with edge.reading() as db:
        reach.insist(db, session_id=session_id, by=me().person_id)
        session = shown.session_of(db, session_id)
        return session, parts.parts_for(db, session)


def _file_of(part_id: int, found: Iterable[PreparationPart]) -> Response:
    if part_id not in {each.id for each in found}:
        raise NotFound
    with edge.reading() as db:
        return sent(*material.content_of_part(db, part_id))


@blueprint.get("/tillfallen/<int:session_id>/forberedelse")
@signed_in
def own(session_id: int) -> str:
    """What the visitor has to do before a course that they have a seat in."""
    return _own_page(session_id)


@blueprint.get("/tillfallen/<int:session_id>/forberedelse/<int:part_id>/fil")
@signed_in
def own_file(session_id: int, part_id: int) -> Response:
    """The file of a part of a course that the visitor has a seat in."""
    _, found, *_ = _own_parts(session_id)
    return _file_of(part_id, [each.part for each in found])


@blueprint.post("/tillfallen/<int:session_id>/forberedelse/<int:part_id>")
@signed_in
def do_part(session_id: int, part_id: int) -> ViewResult:
    """The visitor has done a part, if what they answered to its questions is right."""
    session, found, *_ = _own_parts(session_id)
    asked = next((len(each.questions) for each in found if each.part.id == part_id), 0)
    answers = answers_in(request.form, asked)
    about = {"session_id": session.id, "part_id": part_id, "by": me().person_id}
    with edge.deed() as db:
        wrong = doing.do(db, answers=answers, roster=roster(), now=edge.moment(), **about)
    if wrong:
        return _own_page(session_id, part_id=part_id, answers=answers, wrong=wrong), 409
    flash(pages.sentence("part_done"))
    return redirect(url_for("preparation.own", session_id=session_id, _anchor=f"del-{part_id}"))


@blueprint.post("/tillfallen/<int:session_id>/forberedelse/<int:part_id>/inte-gjord")
@signed_in
def undo_part(session_id: int, part_id: int) -> Response:
    """The visitor has not done it after all."""
    about = {"session_id": session_id, "part_id": part_id, "by": me().person_id}
    with edge.deed() as db:
        doing.undo(db, roster=roster(), now=edge.moment(), **about)
    return redirect(url_for("preparation.own", session_id=session_id, _anchor=f"del-{part_id}"))


def _own_parts(
    session_id: int,
) -> tuple[CourseSession, list[standing.OwnPart], list[Material], Sequence[Read]]:
    with edge.reading() as db:
        session = shown.session_of(db, session_id)
        if me().person_id not in roster()(db, session_id):
            raise NotFound
        given = material.for_participants(db, session, now=edge.moment())
        written = messages.to_participant(db, session_id, me().person_id)
        return session, standing.own(db, session, me().person_id), given, written


def _own_page(
    session_id: int,
    *,
    part_id: int | None = None,
    answers: dict[int, int] | None = None,
    wrong: list[int] | None = None,
) -> str:
    session, found, given, written = _own_parts(session_id)
    return render_template(
        "courses/preparation_own.html",
        form=RowsForm(),
        session=session,
        is_over=saying.is_over(session, now=edge.moment()),
        parts=found,
        materials=given,
        messages=written,
        part_id=part_id,
        answers=answers or {},
        wrong=wrong or [],
    )


@blueprint.get("/kursledare/tillfallen/<int:session_id>/forberedelse")
@needs(Role.LEADER)
def who_lacks(session_id: int) -> str:
    """Who has a seat in the leader's session, and what each of them lacks."""
    with edge.reading() as db:
        session = shown.session_led_by(db, session_id=session_id, person_id=me().person_id)
        found = standing.prepared(db, session, roster()(db, session_id))
    return render_template("courses/preparation_led.html", session=session, prepared=found)
