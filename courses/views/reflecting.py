"""Around an evaluation: coordinators say what is asked, and leaders what they think of their session afterwards."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from auth.access import ViewResult, me, needs
from auth.states import Role
from courses import queries, reach, seen
from courses.days import shown as days_shown
from courses.evaluations import questions, reflecting
from courses.forms.questions import OWN, question_form
from courses.forms.reflection import ROWS, reflection_form
from lararportal import edge, pages
from lararportal.forms_sent import send_in

blueprint = Blueprint("reflecting", __name__)


@blueprint.route("/kurstillfallen/<int:session_id>/reflektion", methods=["GET", "POST"])
@needs(Role.LEADER, Role.COORDINATOR)
def of_session(session_id: int) -> ViewResult:
    """A form with the reflection on a session and the list of what is to be done."""
    by = me().person_id
    with edge.reading() as db:
        reach.insist(db, session_id=session_id, by=by)
        session = days_shown.session_of(db, session_id)
        found = reflecting.of_sessions(db, [session_id]).get(session_id, reflecting.NOTHING)
    form = reflection_form(found)

    def deed(db: Session) -> None:
        said: dict[str, Any] = {"text": form.text.data or "", "actions": form.actions, "saw": form.saw.data}
        reflecting.write(db, session_id=session_id, **said, now=edge.moment(), by=by)

    status = send_in(form, deed)
    if status is None:
        flash(pages.sentence("reflection_saved"), "success")
        return redirect(url_for("reflecting.of_session", session_id=session_id))
    newer = found if form.saw.data != seen.token(found) else None
    form.saw.data = seen.token(found)
    return render_template("courses/reflection.html", form=form, session=session, rows=ROWS, newer=newer), status


@blueprint.route("/samordning/kurser/<code>/utvarderingsfragor", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def asked(code: str) -> ViewResult:
    """Which of the usual questions are asked about a course, and its own beside them."""
    with edge.reading() as db:
        course = queries.course(db, code)
        found = questions.of_course(db, course.id)
    form = question_form(found)
    if form.validate_on_submit():
        wanted, now, by = form.questions, edge.moment(), me().person_id
        with edge.deed() as db:
            questions.change(db, course_id=course.id, questions=wanted, now=now, by=by)
        flash(pages.sentence("questions_saved"), "success")
        return redirect(url_for("reflecting.asked", code=course.code))
    status = 400 if form.is_submitted() else 200
    return render_template("courses/evaluation_questions.html", form=form, course=course, rows=OWN), status
