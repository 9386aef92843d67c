"""The programme of a session: typed by who leads it, or a coordinator."""

from flask import Blueprint, flash, redirect, render_template, url_for

from auth.access import ViewResult, me, needs
from auth.states import Role
from courses import programme, reach
from courses.days import shown as days_shown
from courses.forms.programme import ProgrammeForm
from courses.rules import programme as rules
from lararportal import edge, pages

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
    if form.validate_on_submit():
        with edge.deed() as db:
            programme.put(db, session_id=session_id, items=form.items, now=edge.moment(), by=me().person_id)
        flash(pages.sentence("programme_saved"))
        return redirect(url_for("programme.of_session", session_id=session_id))
    status = 400 if form.is_submitted() else 200
    return render_template("courses/programme.html", form=form, session=session), status
