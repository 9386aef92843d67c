"""Certificates: made and signed by who leads a session, fetched by whom they are of, checked by anybody."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for

from auth.access import ViewResult, leads_back_to, me, needs, proved_anew, public, signed_in
from auth.states import Role
from courses.certificates import issuing, shown, signing, typesetting
from courses.certificates.shown import Overview
from courses.forms.certificates import CodeForm, SigningForm, chosen_in
from courses.forms.certificates import signed_in as signed_in_rows
from courses.forms.days import RowsForm
from courses.rules.certificates import typed_code
from lararportal import edge, forms, pages
from lararportal.clock import day_of
from lararportal.downloads import attachment
from lararportal.errors import Refused

blueprint = Blueprint("certificates", __name__)

MAKE = "lararportal.workers.make_certificates"
"""What the worker calls it; this room may not import the workers."""

LOOK_AGAIN_SECONDS = 2
UNSEEN = {"Cache-Control": "private, no-store"}


def _overview(session_id: int) -> Overview:
    with edge.reading() as db:
        return shown.overview(db, session_id=session_id, by=me().person_id)


@blueprint.get("/kurstillfallen/<int:session_id>/intyg")
@needs(Role.LEADER, Role.COORDINATOR)
def of_session(session_id: int) -> Response:
    """Who has which certificate of the session; looks again by itself while some are being made."""
    found, now = _overview(session_id), edge.moment()
    goes_on = found.is_being_made(now)
    page = make_response(render_template("courses/certificates.html", found=found, goes_on=goes_on))
    page.headers["Cache-Control"] = "no-store"
    if goes_on:
        page.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return page


@blueprint.route("/kurstillfallen/<int:session_id>/intyg/framstall", methods=["GET", "POST"])
@needs(Role.LEADER, Role.COORDINATOR)
@proved_anew
def make(session_id: int) -> ViewResult:
    """Asks for certificates, after a look at who would get which."""
    form, status, found = RowsForm(), 200, _overview(session_id)
    if form.validate_on_submit():
        try:
            return _ask(found)
        except Refused as refusal:
            form.explain(refusal)
            status = 409
    return render_template("courses/certificates_make.html", form=form, found=found), status


def _ask(found: Overview) -> ViewResult:
    session_id, people = found.session.id, chosen_in(request.form, (each.person.id for each in found.drafts))
    with edge.deed() as db:
        count = issuing.ask(db, session_id=session_id, people=people, now=edge.moment(), by=me().person_id)
    if not count:
        flash(pages.sentence("certificates_as_they_are"), "info")
    elif edge.enqueue(MAKE, session_id, retry=edge.ONCE_MORE) is None:
        flash(pages.sentence("certificates_wait", count=count), "warning")
    return redirect(url_for("certificates.of_session", session_id=session_id))


@blueprint.get("/kurstillfallen/<int:session_id>/intyg.pdf")
@needs(Role.LEADER, Role.COORDINATOR)
@proved_anew
@leads_back_to("certificates.of_session")
def file(session_id: int) -> ViewResult:
    """What has still to be signed in ink, or all that are valid, as one file."""
    fetch = signing.fetch_all if "alla" in request.args else signing.fetch_unsigned
    with edge.deed() as db:
        papers = fetch(db, session_id=session_id, now=edge.moment(), by=me().person_id)
    return _pdf(papers, f"intyg-{session_id}.pdf")


@blueprint.route("/kurstillfallen/<int:session_id>/intyg/underskrifter", methods=["GET", "POST"])
@needs(Role.LEADER, Role.COORDINATOR)
@proved_anew
def sign(session_id: int) -> ViewResult:
    """Notes which certificates are signed in ink."""
    form, status, found = SigningForm(), 200, _overview(session_id)
    if not form.is_submitted() and not forms.has_begun():
        form.on.data = day_of(edge.moment())
    if form.validate_on_submit():
        signed = signed_in_rows(request.form, (row.id for _, row in found.valid))
        about: dict[str, Any] = {"session_id": session_id, "now": edge.moment(), "by": me().person_id}
        try:
            with edge.deed() as db:
                count = signing.note_signed(db, signed=signed, on=form.day, **about)
        except Refused as refusal:
            form.on.errors = [pages.sentence(refusal.reason, **refusal.facts)]
            status = 409
        else:
            flash(pages.sentence("certificates_signed", count=count))
            return redirect(url_for("certificates.of_session", session_id=session_id))
    elif form.is_submitted():
        status = 400
    said = request.form if form.is_submitted() else None
    return render_template("courses/certificates_sign.html", form=form, found=found, said=said), status


@blueprint.get("/mina-kurser/intyg")
@signed_in
def own() -> str:
    """The visitor's own certificates."""
    with edge.reading() as db:
        found = shown.own(db, me().person_id)
    return render_template("courses/own_certificates.html", certificates=found)


@blueprint.get("/mina-kurser/intyg/<int:certificate_id>.pdf")
@signed_in
def own_file(certificate_id: int) -> Response:
    """One of them, as it is printed."""
    with edge.reading() as db:
        paper = shown.own_paper(db, certificate_id=certificate_id, person_id=me().person_id)
    return _pdf([paper], f"intyg-{paper['number']}.pdf")


def _pdf(papers: Sequence[dict[str, Any]], name: str) -> Response:
    return Response(typesetting.pdf(papers), mimetype="application/pdf", headers=attachment(name) | UNSEEN)


@blueprint.route("/intyg", methods=["GET", "POST"])
@public
def ask_for_code() -> ViewResult:
    """Takes the code of a certificate that somebody holds."""
    form = CodeForm()
    if form.validate_on_submit():
        return redirect(url_for("certificates.check", token=form.read))
    return render_template("courses/certificate_code.html", form=form), 400 if form.is_submitted() else 200


@blueprint.get("/intyg/<token>")
@public
def check(token: str) -> Response:
    """Whether the version of that code holds; of what nobody has issued, that there is none."""
    code = typed_code(token)
    with edge.reading() as db:
        found = shown.checked(db, code) if code is not None else None
    page = make_response(render_template("courses/certificate.html", found=found), 200 if found else 404)
    page.headers["Cache-Control"] = "no-store"
    page.headers["X-Robots-Tag"] = "noindex"
    return page
