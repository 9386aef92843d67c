"""The coordinator's desk: who was there and has been through a session, and putting it right afterwards."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for

from auth import queries as people
from auth.access import ViewResult, me, needs
from auth.models import Person
from auth.states import Role
from courses import seen
from courses.certificates import issuing
from courses.days import correcting, half_days, in_place, shown
from courses.days.shown import Result
from courses.forms.days import CorrectionForm, marks_in, typed_in, verdicts_in
from courses.models import Completion, CourseSession
from courses.preparation import standing
from courses.preparation.standing import Prepared
from courses.rules.days import Verdict
from courses.states import Refusal
from courses.views.certificates import MAKE
from courses.views.days import roster, shows, so_far
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
        is_new = correcting.correct(
            db,
            session_id=session.id,
            person_id=person.id,
            noted=noted,
            verdict=verdicts_in(request.form, [person.id])[person.id],
            reason=form.reason.data or "",
            saw=form.saw.data,
            roster=roster(),
            impartial=impartial(),
            now=edge.moment(),
            by=me().person_id,
        )
        waits = bool(issuing.waiting_of(db, session.id))
    if waits and edge.enqueue(MAKE, session.id, retry=edge.ONCE_MORE) is not None:
        flash(pages.sentence("certificate_made_anew"), "info")
    return is_new


def _page(form: CorrectionForm, session: CourseSession, person: Person) -> str:
    with edge.reading() as db:
        rows = shown.half_days_of(db, session, person)
        completion = db.get(Completion, (session.id, person.id))
    token = seen.token(correcting.said_of(completion))
    is_typed = form.is_submitted() and form.saw.data in {None, token}
    said = verdicts_in(request.form, [person.id])[person.id] if is_typed else completion
    form.saw.data = token
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


@needs(Role.COORDINATOR)
def complete(session_id: int) -> ViewResult:
    """Everybody with what they were there for; a coordinator says the rest in place of the leader, and why."""
    with edge.reading() as db:
        shown.session_of(db, session_id)
    form = CorrectionForm()
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            is_done = _complete(session_id, form)
        except Refused as refusal:
            form.explain(refusal)
            status = 409
        else:
            if is_done:
                return redirect(url_for("courses_desk.results", session_id=session_id))
            status = 200
    return _in_place(session_id, form), status


def _complete(session_id: int, form: CorrectionForm) -> bool:
    """Completes it, or first notes whoever is not noted; whether it is completed."""
    seated, now, by, reason = roster(), edge.moment(), me().person_id, form.reason.data or ""
    with edge.deed() as db:
        if request.form.get("steg") == "resten":
            count = in_place.note_rest(
                db, session_id=session_id, reason=reason, roster=seated, impartial=impartial(), now=now, by=by
            )
            flash(pages.sentence("rest_noted", count=count))
            return False
        passed = in_place.complete(
            db,
            session_id=session_id,
            verdicts=verdicts_in(request.form, seated(db, session_id)),
            reason=reason,
            saw=form.saw.data,
            roster=seated,
            impartial=impartial(),
            now=now,
            by=by,
        )
    flash(pages.sentence("session_completed", passed=passed))
    return True


def _in_place(session_id: int, form: CorrectionForm) -> str:
    with edge.reading() as db:
        session = shown.session_of(db, session_id)
        booked = roster()(db, session_id)
        results = shown.results(db, session, booked)
        prepared = standing.prepared(db, session, booked)
    form.saw.data = shows(session, results)
    is_ahead = edge.moment() < half_days.halves_of(session)[-1].begins
    refusal = Refusal.COMPLETED_ALREADY if session.completed_at else Refusal.SESSION_STILL_GOES_ON
    return render_template(
        "courses/complete_in_place.html",
        form=form,
        session=session,
        results=results,
        said=_said(results, prepared),
        prepared=prepared,
        demands=half_days.demands_of(session),
        refusal=refusal if session.completed_at or is_ahead else None,
    )


def _said(results: Sequence[Result], prepared: Prepared) -> dict[int, Verdict | Completion]:
    """What is ticked; who is noted as there just now begins as on a page that is opened."""
    begun = so_far({each.person_id: each.completion for each in results}, prepared)
    sent = verdicts_in(request.form, begun)
    if request.form.get("steg") == "resten":
        return {
            each: Verdict(sent[each].competence_met, sent[each].prepared or begun[each].prepared) for each in begun
        }
    return {**sent} if request.form else begun


PAGES = (
    ("/tillfallen/<int:session_id>/slutfor", complete, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/narvaro", results, ["GET"]),
    ("/tillfallen/<int:session_id>/narvaro/<int:person_id>", correct, ["GET", "POST"]),
)
"""Address, view and methods; `desk` hangs them under its own address."""
