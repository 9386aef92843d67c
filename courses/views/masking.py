"""Comments that name a person: coordinators hide them from everybody who reads, and show them again."""

from collections.abc import Callable
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from auth.access import ViewResult, me, needs
from auth.states import Role
from courses import queries
from courses.evaluations import masking
from courses.forms.closing import MaskingForm
from lararportal import edge, pages
from lararportal.forms_sent import send_in

blueprint = Blueprint("masking", __name__, url_prefix="/samordning")


@blueprint.get("/kurser/<code>/kommentarer")
@needs(Role.COORDINATOR)
def comments(code: str) -> str:
    """What participants have written of a course that can be read, and what of it is hidden."""
    with edge.reading() as db:
        course = queries.course(db, code)
        found = masking.comments(db, course.id)
        names = masking.names(db, found)
    units = [list(each) for _, each in groupby(found, key=lambda one: one.sessions)]
    asked = [[list(each) for _, each in groupby(unit, key=lambda one: one.question)] for unit in units]
    return render_template("courses/comments.html", course=course, units=asked, names=names)


@blueprint.route("/kommentarer/<int:session_id>/<imprint>/dolj", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def mask(session_id: int, imprint: str) -> ViewResult:
    """Nobody else reads it any more."""
    return _decided(masking.mask, session_id, imprint, "text_masked")


@blueprint.route("/kommentarer/<int:session_id>/<imprint>/visa", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def show(session_id: int, imprint: str) -> ViewResult:
    """It is read again."""
    return _decided(masking.show, session_id, imprint, "text_shown")


def _decided(decide: Callable[..., None], session_id: int, imprint: str, said: str) -> ViewResult:
    form = MaskingForm()
    with edge.reading() as db:
        course, found = masking.comment(db, session_id=session_id, imprint=imprint)

    def deed(db: Session) -> None:
        reason, now, by = form.reason.data or "", edge.moment(), me().person_id
        decide(db, session_id=session_id, imprint=imprint, reason=reason, now=now, by=by)

    status = send_in(form, deed)
    if status is None:
        flash(pages.sentence(said))
        return redirect(url_for(".comments", code=course.code))
    return render_template("courses/comment.html", form=form, course=course, found=found, said=said), status
