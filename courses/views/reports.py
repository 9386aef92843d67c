"""Courses taken elsewhere: reported by residents with a document, read and decided by who answers for them."""

from collections.abc import Callable, Collection

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from auth import queries as people
from auth.access import ViewResult, me, needs, signed_in
from auth.states import Area, Role
from courses.forms.days import RowsForm
from courses.forms.reports import DeclineForm, ReportForm
from courses.reports import deciding, reporting, shown
from courses.rules.certificates import FORMS
from courses.rules.reports import ENDINGS
from courses.states import ReportState
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.downloads import attachment
from lararportal.errors import NotFound
from lararportal.forms import Form
from lararportal.forms_sent import send_in

blueprint = Blueprint("reports", __name__)
DECIDES = (Role.DIRECTOR, Role.COORDINATOR)


@blueprint.route("/mina-delmal/rapportera", methods=["GET", "POST"])
@signed_in
def send() -> ViewResult:
    """A resident says what they have done elsewhere, with the document."""
    with edge.reading() as db:
        category = people.person(db, me().person_id).category
    if category not in FORMS:
        return redirect(url_for("mine.my_goals"))
    form = ReportForm()
    form.offer(FORMS[category][1])

    def deed(db: Session) -> object:
        assert form.finished_on.data is not None, "the form demands it"
        return reporting.report(
            db,
            person_id=me().person_id,
            objectives=form.objectives.data or [],
            title=form.title.data or "",
            provider=form.provider.data or "",
            finished_on=form.finished_on.data,
            content=form.content,
            now=edge.moment(),
            by=me().person_id,
        )

    status = send_in(form, deed)
    if status is None:
        flash(pages.sentence("report_sent"))
        return redirect(url_for("mine.my_goals"))
    return render_template("courses/report_form.html", form=form, today=day_of(edge.moment())), status


@blueprint.get("/mina-delmal/rapporter/<int:report_id>/intyg")
@signed_in
def own_file(report_id: int) -> Response:
    """The document that the visitor sent in."""
    with edge.reading() as db:
        if report_id not in [each.report.id for each in shown.of_person(db, me().person_id)]:
            raise NotFound
        found = deciding.fetch(db, report_id=report_id, now=edge.moment(), by=me().person_id)
    return _file(report_id, *found)


@blueprint.get("/personer/rapporter")
@needs(*DECIDES)
def waiting() -> str:
    """What the residents of the visitor's areas have reported, and nobody has decided."""
    with edge.reading() as db:
        page = shown.waiting(db, areas=_areas(), number=request.args.get("sida", 1, type=int))
    return render_template("courses/reports.html", page=page, areas=_areas())


@blueprint.get("/personer/rapporter/<int:report_id>")
@needs(*DECIDES)
def report(report_id: int) -> str:
    """A report, to be read and decided."""
    return _page(report_id, DeclineForm())


@blueprint.get("/personer/rapporter/<int:report_id>/intyg")
@needs(*DECIDES)
def file(report_id: int) -> Response:
    """Its document; that it was fetched is noted. It may name its owner: of the protected coordinators have it."""
    with edge.reading() as db:
        row = shown.one(db, report_id, areas=_areas())
    if row.person.is_protected and not me().has(Role.COORDINATOR):
        raise NotFound
    with edge.deed() as db:
        found = deciding.fetch(db, report_id=report_id, now=edge.moment(), by=me().person_id)
    return _file(report_id, *found)


@blueprint.post("/personer/rapporter/<int:report_id>/bekrafta")
@needs(*DECIDES)
def confirm(report_id: int) -> ViewResult:
    """It counts."""
    with edge.reading() as db:
        shown.one(db, report_id, areas=_areas())
    form = RowsForm()

    def deed(db: Session) -> None:
        deciding.confirm(db, report_id=report_id, now=edge.moment(), by=me().person_id)

    return _decided(form, deed, report_id, "report_confirmed")


@blueprint.post("/personer/rapporter/<int:report_id>/avsla")
@needs(*DECIDES)
def decline(report_id: int) -> ViewResult:
    """It does not, for a reason."""
    with edge.reading() as db:
        shown.one(db, report_id, areas=_areas())
    form = DeclineForm()

    def deed(db: Session) -> None:
        reason = form.reason.data or ""
        deciding.decline(db, report_id=report_id, reason=reason, now=edge.moment(), by=me().person_id)

    return _decided(form, deed, report_id, "report_declined")


def _decided(form: Form, deed: Callable[[Session], object], report_id: int, said: str) -> ViewResult:
    status = send_in(form, deed)
    if status is not None:
        return _page(report_id, form), status
    flash(pages.sentence(said))
    return redirect(url_for(".waiting"))


def _page(report_id: int, form: Form) -> str:
    with edge.reading() as db:
        row = shown.one(db, report_id, areas=_areas())
    form = form if isinstance(form, DeclineForm) else _with_faults_of(form)
    return render_template("courses/report.html", row=row, form=form, states=ReportState)


def _with_faults_of(form: Form) -> DeclineForm:
    other = DeclineForm(formdata=None)
    other.form_errors.extend(form.form_errors)
    return other


def _file(report_id: int, media_type: str, content: bytes) -> Response:
    headers = attachment(f"intyg-{report_id}.{ENDINGS[media_type]}") | {"Cache-Control": "private, no-store"}
    return Response(content, mimetype=media_type, headers=headers)


def _areas() -> Collection[Area] | None:
    """The areas whose people the visitor answers for; None is everywhere."""
    return None if me().has(Role.COORDINATOR) else me().areas
