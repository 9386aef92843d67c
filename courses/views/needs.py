"""Needs: a participant says what they need, and who leads the session sees what to order and to prepare."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session

from auth.access import ViewResult, me, needs, signed_in
from auth.states import Role
from courses import reach
from courses.days import shown as days_shown
from courses.forms.needs import NeedsForm
from courses.needs import saying, shown
from courses.states import Refusal
from courses.views.days import roster
from lararportal import edge, pages
from lararportal.errors import NotFound, Refused
from lararportal.forms_sent import send_in

blueprint = Blueprint("needs", __name__)
UNSEEN = {"Cache-Control": "private, no-store"}


@blueprint.route("/tillfallen/<int:session_id>/behov", methods=["GET", "POST"])
@signed_in
def own(session_id: int) -> ViewResult:
    """What the visitor needs in a session that they have a seat in, until it is over."""
    with edge.reading() as db:
        session = days_shown.session_of(db, session_id)
        if me().person_id not in roster()(db, session_id):
            raise NotFound
        if saying.is_over(session, now=edge.moment()):
            raise Refused(Refusal.NEEDS_TOO_LATE)
        said = saying.need_of(db, session_id, me().person_id)
    form = NeedsForm(obj=said)
    form.offer()
    status = send_in(form, lambda db: _say(db, session_id, form))
    if status is None:
        flash(pages.sentence("needs_saved"))
        return redirect(url_for("preparation.own", session_id=session_id))
    page = render_template("courses/needs_own.html", form=form, session=session)
    return make_response(page, status, UNSEEN)


def _say(db: Session, session_id: int, form: NeedsForm) -> None:
    said = {"other_food": form.other_food.data or "", "access": form.access.data or ""}
    saying.say(
        db,
        session_id=session_id,
        diets=form.diets.data or [],
        **said,
        roster=roster(),
        now=edge.moment(),
        by=me().person_id,
    )


@blueprint.get("/kurstillfallen/<int:session_id>/behov")
@needs(Role.LEADER, Role.COORDINATOR)
def of_session(session_id: int) -> ViewResult:
    """What to order for a session, without names, and who needs what to take part."""
    with edge.reading() as db:
        reach.insist(db, session_id=session_id, by=me().person_id)
        session = days_shown.session_of(db, session_id)
        found = shown.of_session(db, session_id, roster()(db, session_id))
    return make_response(render_template("courses/needs.html", session=session, needs=found), 200, UNSEEN)
