"""The coordinator's desk: the courses of the catalogue, and the address under which sessions are planned too."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth.access import me, needs
from auth.states import Role
from courses import catalogue, queries, seen
from courses.forms.course import CourseForm, NewCourseForm
from courses.forms.searching import DeskSearchForm
from courses.models import Course
from courses.rules import CourseFacts, default_targets
from courses.states import Kind
from courses.views import desk_days, desk_sessions
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.errors import Refused

Page = str | Response | tuple[str, int]

blueprint = Blueprint("courses_desk", __name__, url_prefix="/samordning")

A_NEW_COURSE = CourseFacts(
    title="",
    kind=Kind.CLINICAL,
    day_count=1,
    seats=30,
    minimum=15,
    targets=default_targets(Kind.CLINICAL),
)
"""What the form of a new course shows at first."""


@blueprint.get("/kurser")
@needs(Role.COORDINATOR)
def courses() -> str:
    """All courses, in whatever state."""
    form = DeskSearchForm(request.args)
    form.validate()
    filters = form.filters
    with edge.reading() as db:
        found = queries.desk_courses(db, text=filters.text, publicity=filters.publicity, today=day_of(edge.moment()))
    return render_template("courses/desk_courses.html", form=form, found=found)


@blueprint.route("/kurser/ny", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def new_course() -> Page:
    """A form for a course that is not in the catalogue yet."""
    form = NewCourseForm(data=CourseForm.answers(A_NEW_COURSE))
    if not form.validate_on_submit():
        return _form_page(form), _status(form)
    try:
        with edge.deed() as db:
            made = catalogue.create(
                db, code=form.code.data or "", facts=form.facts, now=edge.moment(), by=me().person_id
            )
    except Refused as refusal:
        form.explain(refusal)
        return _form_page(form), 409
    flash(pages.sentence("course_created", title=made.title))
    return redirect(url_for("catalogue.course", code=made.code))


@blueprint.route("/kurser/<code>/andra", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def change_course(code: str) -> Page:
    """A form with all that is said of a course."""
    with edge.reading() as db:
        course = queries.course(db, code)
    form = CourseForm(data=CourseForm.answers(catalogue.facts_of(course)))
    if not form.validate_on_submit():
        return _form_page(form, course), _status(form)
    try:
        with edge.deed() as db:
            catalogue.change(
                db,
                course_id=course.id,
                facts=form.facts,
                saw=form.saw.data,
                impartial=desk_sessions.impartial(),
                now=edge.moment(),
                by=me().person_id,
            )
    except Refused as refusal:
        form.explain(refusal)
        form.saw.data = seen.token(catalogue.facts_of(course))
        return _form_page(form, course), 409
    flash(pages.sentence("course_changed", title=form.title.data))
    return redirect(url_for("catalogue.course", code=course.code))


@blueprint.post("/kurser/<code>/publicera")
@needs(Role.COORDINATOR)
def publish_course(code: str) -> Response:
    """Lets everybody see the course."""
    with edge.deed() as db:
        course = queries.course(db, code)
        catalogue.publish(db, course_id=course.id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("course_published", title=course.title))
    return redirect(url_for("catalogue.course", code=course.code))


@blueprint.post("/kurser/<code>/arkivera")
@needs(Role.COORDINATOR)
def archive_course(code: str) -> Response:
    """Takes the course out of the catalogue."""
    with edge.deed() as db:
        course = queries.course(db, code)
        catalogue.archive(db, course_id=course.id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("course_archived", title=course.title))
    return redirect(url_for("catalogue.course", code=course.code))


def _status(form: CourseForm) -> int:
    return 400 if form.is_submitted() else 200


def _form_page(form: CourseForm, course: Course | None = None) -> str:
    return render_template("courses/course_form.html", form=form, course=course)


init_app = desk_sessions.init_app

for rule, view, methods in (*desk_sessions.PAGES, *desk_days.PAGES):
    blueprint.add_url_rule(rule, view_func=view, methods=methods)
