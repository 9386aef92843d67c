"""The coordinator's desk: who was there and has been through a session, and putting it right afterwards."""

from flask import flash, redirect, render_template, request, url_for

from auth import queries as people
from auth.access import ViewResult, me, needs
from auth.models import Person
from auth.states import Role
from courses.days import correcting, half_days, shown
from courses.forms.days import CorrectionForm, marks_in, typed_in, verdicts_in
from courses.models import Completion, CourseSession
from courses.views.days import roster
from courses.views.desk_sessions import impartial
from lararportal import edge, pages
from lararportal.errors import NotFound, Refused


@needs(Role.COORDINATOR)
def results(session_id: int) -> str:
    """Everybody with a seat, with what they were there for and what came of it."""
    with edge.reading() as db:
        session = shown.session_of(db, session_id)
        found = shown.results(db, session, roster()(db, session_id))
    return render_template("courses/results.html", session=session, results=found)


@needs(Role.COORDINATOR)
def correct(session_id: int, person_id: int) -> ViewResult:
    """What is noted of one person, to be put right with a reason."""
    with edge.reading() as db:
        session, person = shown.session_of(db, session_id), people.person(db, person_id)
        if person_id not in roster()(db, session_id):
            raise NotFound
    form = CorrectionForm()
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            is_new = _correct(session, person, form)
        except Refused as refusal:
            form.explain(refusal)
            status = 409
        else:
            said = "attendance_corrected" if is_new else "nothing_to_correct"
            flash(pages.sentence(said, name=person.name), "success" if is_new else "info")
            return redirect(url_for("courses_desk.results", session_id=session_id))
    return _page(form, session, person), status


def _correct(session: CourseSession, person: Person, form: CorrectionForm) -> bool:
    halves = {each.name: each.key for each in half_days.halves_of(session)}
    noted = {halves[name]: mark for name, mark in marks_in(request.form, halves).items()}
    with edge.deed() as db:
        return correcting.correct(
            db,
            session_id=session.id,
            person_id=person.id,
            noted=noted,
            verdict=verdicts_in(request.form, [person.id])[person.id],
            reason=form.reason.data or "",
            roster=roster(),
            impartial=impartial(),
            now=edge.moment(),
            by=me().person_id,
        )


def _page(form: CorrectionForm, session: CourseSession, person: Person) -> str:
    with edge.reading() as db:
        rows = shown.half_days_of(db, session, person)
        completion = db.get(Completion, (session.id, person.id))
    said = verdicts_in(request.form, [person.id])[person.id] if form.is_submitted() else completion
    return render_template(
        "courses/correct.html",
        form=form,
        session=session,
        person=person,
        rows=rows,
        typed=typed_in(request.form, [half.name for half, _ in rows]),
        said=said,
        completion=completion,
        demands=half_days.demands_of(session),
        now=edge.moment(),
    )


PAGES = (
    ("/tillfallen/<int:session_id>/narvaro", results, ["GET"]),
    ("/tillfallen/<int:session_id>/narvaro/<int:person_id>", correct, ["GET", "POST"]),
)
"""Address, view and methods; `desk` hangs them under its own address."""
