"""Who is booked and who waits, with what a coordinator may do for them."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth import queries as people
from auth.access import me, needs
from auth.states import Role
from bookings import queries, taken_off, waitlist
from bookings.forms import TakeOffForm
from bookings.views import changes
from bookings.views.changes import Whose
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.errors import NotFound
from lararportal.forms_sent import send_in

Page = str | Response | tuple[str, int]


@needs(Role.COORDINATOR)
def roster(session_id: int) -> str:
    """Everybody with a seat or a place in line, and their addresses for a message."""
    now = edge.moment()
    with edge.reading() as db:
        found = queries.roster(db, session_id, now=now)
    return render_template("bookings/roster.html", roster=found, today=day_of(now))


@needs(Role.COORDINATOR)
def cancel_for(session_id: int, person_id: int) -> Page:
    """Gives somebody's seat back on their behalf."""
    return changes.cancel(session_id, _whose(session_id, person_id))


@needs(Role.COORDINATOR)
def undo_for(session_id: int, person_id: int) -> Response:
    """Takes back that somebody's seat was given back."""
    return changes.undo(session_id, _whose(session_id, person_id))


@needs(Role.COORDINATOR)
def rebook_for(session_id: int, person_id: int) -> Page:
    """Changes somebody's seat for another on their behalf."""
    return changes.rebook(session_id, _whose(session_id, person_id))


@needs(Role.COORDINATOR)
def join_for(session_id: int, person_id: int) -> Response:
    """Puts somebody into the line on their behalf."""
    with edge.deed() as db:
        waitlist.join(
            db,
            session_id=session_id,
            person_id=person_id,
            saw=request.form.get("saw", ""),
            now=edge.moment(),
            by=me().person_id,
        )
    flash(pages.sentence("place_in_line_for"))
    return redirect(url_for("bookings_desk.roster", session_id=session_id))


@needs(Role.COORDINATOR)
def take_off(session_id: int, person_id: int) -> Page:
    """Takes somebody off the line, after a page that asks why."""
    whose, form = _whose(session_id, person_id), TakeOffForm()
    status = send_in(
        form,
        lambda db: taken_off.take_off(
            db,
            session_id=session_id,
            person_id=person_id,
            reason=form.reason.data or "",
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash(pages.sentence("taken_off_line", name=whose.name))
        return redirect(whose.back)
    with edge.reading() as db:
        found = queries.roster(db, session_id, now=edge.moment())
    if not form.form_errors and person_id not in {each.person_id for each in found.waiting}:
        raise NotFound
    return render_template("bookings/take_off.html", form=form, roster=found, whose=whose), status


def _whose(session_id: int, person_id: int) -> Whose:
    with edge.reading() as db:
        name = people.person(db, person_id).name
    return Whose(person_id=person_id, name=name, back=url_for("bookings_desk.roster", session_id=session_id))


PAGES = (
    ("/samordning/tillfallen/<int:session_id>", roster, ["GET"]),
    ("/samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/avboka", cancel_for, ["GET", "POST"]),
    ("/samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/angra-avbokning", undo_for, ["POST"]),
    ("/samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/boka-om", rebook_for, ["GET", "POST"]),
    ("/samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/ko", join_for, ["POST"]),
    ("/samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/ur-kon", take_off, ["GET", "POST"]),
)
"""Address, view and methods."""
