"""The reviewer's room: what came of each course of a half-year, what is said of it, and what is done about that."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from auth.access import ViewResult, me, needs, reaching
from auth.states import Role
from courses.forms.days import RowsForm
from courses.forms.reviews import AnswerForm, OpeningForm, StatementForm, answer_form, statement_form
from courses.models import Review
from courses.reviews import answering, follow_up, opening, shown, stating
from courses.rules import plots
from courses.rules import reviews as rules
from courses.rules.reviews import Criterion
from courses.states import ReviewState
from courses.views import review_files
from lararportal import edge, pages, typeset
from lararportal.clock import day_of
from lararportal.downloads import attachment
from lararportal.forms import Form
from lararportal.forms_sent import send_in

blueprint = Blueprint("reviews", __name__, url_prefix="/granskning")
READS = (Role.REVIEWER, Role.COORDINATOR)
OFFERED = 4
"""Half-years to choose among when one is opened."""


@blueprint.get("")
@needs(*READS)
@reaching(Role.REVIEWER, "all")
def index() -> str:
    """The half-years, and how far the review of each course has come."""
    with edge.reading() as db:
        return render_template("courses/reviews.html", halves=shown.halves(db), told=shown.told)


@blueprint.route("/oppna", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def open_() -> ViewResult:
    """A half-year that is over is to be reviewed."""
    form = OpeningForm()
    half, offered = rules.half_year_before(day_of(edge.moment())), []
    for _ in range(OFFERED):
        offered.append((half, half))
        half = rules.half_year_before(rules.days_of(half)[0])
    form.half.choices = offered

    def deed(db: Session) -> None:
        opening.open_(db, half=form.half.data, now=edge.moment(), by=me().person_id)

    status = send_in(form, deed)
    if status is None:
        flash(pages.sentence("review_opened"))
        return redirect(url_for(".index"))
    return render_template("courses/reviews_open.html", form=form), status


@blueprint.get("/uppfoljning")
@needs(*READS)
@reaching(Role.REVIEWER, "all")
def followed_up() -> str:
    """What was promised and is not done, and what has changed."""
    with edge.reading() as db:
        found = follow_up.follow_up(db)
    return render_template("courses/reviews_follow_up.html", found=found, today=day_of(edge.moment()))


@blueprint.get("/halvar/<half>.pdf")
@needs(*READS)
@reaching(Role.REVIEWER, "all")
def document(half: str) -> Response:
    """Everything of a half-year as one document."""
    now = edge.moment()
    with edge.reading() as db:
        found = shown.of_half(db, half, by=me().person_id)
    paper = typeset.printable(review_files.paper(half, found, now=now))
    made = typeset.pdf("evaluations/review.typ", at=now, review=paper)
    headers = attachment(f"granskning-{half}.pdf") | {"Cache-Control": "private, no-store"}
    return Response(made, mimetype="application/pdf", headers=headers)


@blueprint.get("/<int:review_id>")
@needs(*READS)
@reaching(Role.REVIEWER, "all")
def review(review_id: int) -> str:
    """What came of a course, and what is said of it."""
    return _page(review_id)


@blueprint.post("/<int:review_id>/utlatande")
@needs(Role.REVIEWER)
@reaching(Role.REVIEWER, "all")
def state(review_id: int) -> ViewResult:
    """A draft, or the statement for good."""
    form = statement_form(_row(review_id))

    def deed(db: Session) -> None:
        criteria, text = form.criteria, form.text.data or ""
        said: dict[str, Any] = {"review_id": review_id, "saw": form.saw.data}
        if form.final.data:
            stating.state(db, **said, criteria=criteria, text=text, now=edge.moment(), by=me().person_id)
        else:
            stating.draft(db, **said, criteria=criteria, text=text, by=me().person_id)

    return _answered(review_id, form, deed, "review_stated" if form.final.data else "review_drafted")


@blueprint.post("/<int:review_id>/svar")
@needs(Role.COORDINATOR)
def answer(review_id: int) -> ViewResult:
    """What the unit says, and what it will do."""
    _row(review_id)
    form = answer_form()

    def deed(db: Session) -> None:
        text, promises = form.text.data or "", form.promises
        answering.answer(db, review_id=review_id, text=text, promises=promises, now=edge.moment(), by=me().person_id)

    return _answered(review_id, form, deed, "review_answered")


@blueprint.post("/<int:review_id>/avsluta")
@needs(Role.REVIEWER)
@reaching(Role.REVIEWER, "all")
def close(review_id: int) -> ViewResult:
    """The answer is enough."""
    _row(review_id)

    def deed(db: Session) -> None:
        stating.close(db, review_id=review_id, now=edge.moment(), by=me().person_id)

    return _answered(review_id, RowsForm(), deed, "review_closed")


@blueprint.post("/atgarder/<int:action_id>/klar")
@needs(Role.COORDINATOR)
def done(action_id: int) -> ViewResult:
    """What was promised is done."""
    with edge.reading() as db:
        review_id = shown.review_of(db, action_id)

    def deed(db: Session) -> None:
        answering.done(db, action_id=action_id, now=edge.moment(), by=me().person_id)

    return _answered(review_id, RowsForm(), deed, "review_action_done")


def _row(review_id: int) -> Review:
    with edge.reading() as db:
        return shown.review(db, review_id)


def _answered(review_id: int, form: Form, deed: Callable[[Session], object], said: str) -> ViewResult:
    status = send_in(form, deed)
    if status is not None:
        return _page(review_id, form), status
    flash(pages.sentence(said))
    return redirect(url_for(".review", review_id=review_id))


def _page(review_id: int, sent: Form | None = None) -> str:
    with edge.reading() as db:
        read = shown.one(db, review_id, by=me().person_id)
    stated = sent if isinstance(sent, StatementForm) else statement_form(read.review)
    answered = sent if isinstance(sent, AnswerForm) else answer_form()
    is_stating = read.review.state is ReviewState.OPEN and me().has(Role.REVIEWER) and not read.is_own
    is_answering = read.review.state is ReviewState.STATED and me().has(Role.COORDINATOR)
    # A form that has no place on the page any more says there what is wrong, and what would be lost with it.
    is_lost = sent is not None and not (is_stating and sent is stated) and not (is_answering and sent is answered)
    return render_template(
        "courses/review.html",
        read=read,
        review=read.review,
        stated=stated,
        answered=answered,
        other=[each.message for each in sent.faults] if is_lost and sent is not None else [],
        unsaved=getattr(sent, "typed", "") if is_lost else "",
        newer=sent is stated and is_stating and stated.looks_again(read.review),
        criteria=list(Criterion),
        actions=range(rules.MOST_ACTIONS),
        states=ReviewState,
        today=day_of(edge.moment()),
        columns=plots.columns,
        share=plots.share,
    )
