"""Material: its leader and coordinators add it to a session, and who has a seat fetches it."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from auth.access import ViewResult, me, needs, signed_in
from auth.states import Role
from courses import reach
from courses.days import shown as days_shown
from courses.forms.materials import MaterialForm
from courses.materials import keeping, shown
from courses.models import Material
from courses.rules.materials import ENDINGS
from courses.states import MaterialShown
from courses.views.days import roster
from lararportal import edge, pages
from lararportal.downloads import attachment
from lararportal.errors import NotFound
from lararportal.forms_sent import send_in

blueprint = Blueprint("materials", __name__)


@blueprint.route("/kurstillfallen/<int:session_id>/material", methods=["GET", "POST"])
@needs(Role.LEADER, Role.COORDINATOR)
def of_session(session_id: int) -> ViewResult:
    """What a session has, and a form for one more file or link."""
    with edge.reading() as db:
        reach.insist(db, session_id=session_id, by=me().person_id)
        session = days_shown.session_of(db, session_id)
    form = MaterialForm(data={"shown": MaterialShown.ALWAYS})
    form.offer()
    status = send_in(form, lambda db: _add(db, session_id, form))
    if status is None:
        flash(pages.sentence("material_added", title=form.title.data))
        return redirect(url_for("materials.of_session", session_id=session_id))
    with edge.reading() as db:
        found = shown.of_session(db, session_id)
    return render_template("courses/materials.html", form=form, session=session, materials=found), status


def _add(db: Session, session_id: int, form: MaterialForm) -> None:
    title, when = form.title.data or "", MaterialShown(form.shown.data)
    now, by, content = edge.moment(), me().person_id, form.content
    if content:
        keeping.add_file(db, session_id=session_id, title=title, shown=when, content=content, now=now, by=by)
    else:
        address = form.address.data or ""
        keeping.add_link(db, session_id=session_id, title=title, shown=when, address=address, now=now, by=by)


@blueprint.post("/kurstillfallen/<int:session_id>/material/<int:material_id>/ta-bort")
@needs(Role.LEADER, Role.COORDINATOR)
def remove(session_id: int, material_id: int) -> Answer:
    """Takes a file or link away."""
    with edge.deed() as db:
        gone = keeping.remove(
            db, session_id=session_id, material_id=material_id, now=edge.moment(), by=me().person_id
        )
    flash(pages.sentence("material_removed", title=gone.title))
    return redirect(url_for("materials.of_session", session_id=session_id))


@blueprint.get("/kurstillfallen/<int:session_id>/material/<int:material_id>")
@needs(Role.LEADER, Role.COORDINATOR)
def file(session_id: int, material_id: int) -> Response:
    """A file of the session, for who has put it there."""
    with edge.reading() as db:
        reach.insist(db, session_id=session_id, by=me().person_id)
        found = shown.content_of(db, shown.of_session(db, session_id), material_id)
    return sent(*found)


@blueprint.get("/tillfallen/<int:session_id>/material/<int:material_id>")
@signed_in
def own_file(session_id: int, material_id: int) -> Response:
    """A file of a session that the visitor has a seat in, while it is shown."""
    with edge.reading() as db:
        session = days_shown.session_of(db, session_id)
        if me().person_id not in roster()(db, session_id):
            raise NotFound
        found = shown.content_of(db, shown.for_participants(db, session, now=edge.moment()), material_id)
    return sent(*found)


def sent(material: Material, content: bytes) -> Response:
    """A file as it is fetched."""
    headers = attachment(f"{material.title}.{ENDINGS[material.media_type]}") | {"Cache-Control": "private, no-store"}
    return Response(content, mimetype=material.media_type, headers=headers)
