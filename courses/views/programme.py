"""The programme of a session: typed by who leads it, or a coordinator."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auth.access import ViewResult, me, needs
from auth.states import Role
from courses import programme, reach
from courses.days import shown as days_shown
from courses.forms.programme import ProgrammeForm
from courses.rules import programme as rules
from courses.views.days import roster
from lararportal import edge, pages
from lararportal.forms_sent import send_in

blueprint = Blueprint("programme", __name__)


@blueprint.route("/kurstillfallen/<int:session_id>/program", methods=["GET", "POST"])
@needs(Role.LEADER, Role.COORDINATOR)
def of_session(session_id: int) -> ViewResult:
    """The programme, to be written and changed."""
    with edge.reading() as db:
        reach.insist(db, session_id=session_id, by=me().person_id)
        session = days_shown.session_of(db, session_id)
    count = len(session.days)
    written = rules.typed(rules.kept(session.programme), days=count)
    form = ProgrammeForm(data={"programme": written}, days=count)
    status = send_in(form, lambda db: _put(db, session_id, form))
    if status is None:
        flash(pages.sentence("programme_saved"))
        return redirect(url_for("programme.of_session", session_id=session_id))
    days = edge.installation().settings.summons_days
    with edge.reading() as db:
        untold = programme.untold(db, session, roster()(db, session_id), now=edge.moment())
    return render_template(
        "courses/programme.html", form=form, session=session, untold=len(untold), days=days
    ), status


def _put(db: Session, session_id: int, form: ProgrammeForm) -> None:
    programme.put(db, session_id=session_id, items=form.items, now=edge.moment(), by=me().person_id)


@blueprint.post("/kurstillfallen/<int:session_id>/program/skicka")
@needs(Role.LEADER, Role.COORDINATOR)
def tell(session_id: int) -> Response:
    """Sends the programme as it is now to who was called with another one."""
    now, by = edge.moment(), me().person_id
    with edge.deed() as db:
        told = programme.tell(db, session_id=session_id, roster=roster(), now=now, by=by)
    if told:
        flash(pages.sentence("programme_told", count=told))
    else:
        flash(pages.sentence("programme_told_before"), "info")
    return redirect(url_for("programme.of_session", session_id=session_id))
