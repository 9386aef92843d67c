"""Evaluations: participants say what they thought, and who may reads what came of it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for

from auth.access import ViewResult, me, needs, reaching, signed_in
from auth.states import Role
from courses.evaluations import answering, compilation, shown
from courses.evaluations.compilation import Compilation
from courses.forms.evaluations import answer_form
from courses.rules import plots
from courses.states import Refusal
from courses.views import compilation_files
from lararportal import edge, pages, spreadsheets, typeset
from lararportal.downloads import attachment
from lararportal.errors import Refused
from lararportal.forms_sent import send_in

blueprint = Blueprint("evaluations", __name__)
SEE_ALL = (Role.COORDINATOR, Role.REVIEWER)


@blueprint.get("/mina-kurser/utvarderingar")
@signed_in
def own() -> str:
    """What the visitor is asked about and has not answered."""
    with edge.reading() as db:
        rows = shown.to_answer(db, person_id=me().person_id, now=edge.moment())
    return render_template("courses/own_evaluations.html", rows=rows)


@blueprint.route("/utvardering/<int:session_id>", methods=["GET", "POST"])
@signed_in
def answer(session_id: int) -> ViewResult:
    """The questions about a session; what is answered goes with nobody's name."""
    by, now = me().person_id, edge.moment()
    try:
        with edge.reading() as db:
            asked = answering.look(db, session_id=session_id, by=by, now=now)
            names = shown.leader_names(db, asked)
            found = shown.session_of(db, session_id)
    except Refused as refusal:
        return _over(session_id, refusal), 409
    form = answer_form(asked)
    status = send_in(
        form, lambda db: answering.answer(db, session_id=session_id, given=form.answers(asked), now=now, by=by)
    )
    if status is None:
        flash(pages.sentence("evaluation_answered"), "success")
        return redirect(url_for("evaluations.own"))
    about = {"session": found.session, "closes_on": found.closes_on, "names": names}
    return render_template("courses/evaluation.html", form=form, asked=asked, **about), status


def _over(session_id: int, refusal: Refused) -> str:
    """There is nothing to answer; what somebody wrote while it closed is shown back to them."""
    unsaved = ""
    if refusal.reason is Refusal.EVALUATION_CLOSED:
        with edge.reading() as db:
            unsaved = answer_form(answering.questions_of(db, session_id)).typed
    return render_template("courses/evaluation_over.html", sentence=pages.sentence(refusal.reason), unsaved=unsaved)


@blueprint.get("/utvarderingar/<code>")
@needs(Role.LEADER, Role.COORDINATOR, Role.REVIEWER)
@reaching(Role.REVIEWER, "all")
def compiled(code: str) -> str:
    """What came of the evaluations of a course, in all or in a term: together, and unit by unit."""
    found, drawn = _found(code), {"columns": plots.columns, "share": plots.share}
    return render_template("courses/compilation.html", found=found, **drawn)


@blueprint.get("/utvarderingar/<code>/sammanstallning.xlsx")
@needs(Role.LEADER, Role.COORDINATOR, Role.REVIEWER)
@reaching(Role.REVIEWER, "all")
def spreadsheet(code: str) -> Response:
    """The same as a spreadsheet."""
    found, words, now = _found(code), pages.words()["compilation"], edge.moment()
    headings = [words[each] for each in compilation_files.COLUMNS]
    rows = compilation_files.rows(found)
    file = spreadsheets.written(sheet=words["sheet"], headings=headings, rows=rows, now=now)
    answer = send_file(file, spreadsheets.TYPE, etag=False)
    answer.headers.update(_headers(found, "xlsx"))
    return answer


@blueprint.get("/utvarderingar/<code>/sammanstallning.pdf")
@needs(Role.LEADER, Role.COORDINATOR, Role.REVIEWER)
@reaching(Role.REVIEWER, "all")
def document(code: str) -> Response:
    """The same as a document."""
    found, now = _found(code), edge.moment()
    paper = typeset.printable(compilation_files.paper(found, now=now))
    made = typeset.pdf("evaluations/compilation.typ", at=now, compilation=paper)
    return Response(made, mimetype="application/pdf", headers=_headers(found, "pdf"))


def _found(code: str) -> Compilation:
    with edge.reading() as db:
        term, sees_all = request.args.get("termin", ""), me().has(*SEE_ALL)
        return compilation.of_course(db, code=code, by=me().person_id, sees_all=sees_all, term=term)


def _headers(found: Compilation, ending: str) -> dict[str, str]:
    name = "-".join(filter(None, ("utvarderingar", found.course.code, found.term)))
    return attachment(f"{name}.{ending}") | {"Cache-Control": "private, no-store"}
