"""Calling a session off: first what becomes of everybody in it is shown, then why is asked."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

import courses.queries
from auth.access import me, needs
from auth.states import Role
from bookings.forms import OutlookForm
from bookings.minimum import calling_off
from lararportal import edge, pages
from lararportal.errors import Refused
from lararportal.forms_sent import send_in

Page = str | Response | tuple[str, int]


@needs(Role.COORDINATOR)
def call_off(session_id: int) -> Page:
    """The session is not held, and everybody has a seat in another one or precedence."""
    form = OutlookForm()
    status = send_in(
        form,
        lambda db: calling_off.call_off(
            db,
            session_id=session_id,
            reason=form.reason.data or "",
            saw=form.saw.data or "",
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash(pages.sentence("session_called_off_now"))
        return redirect(url_for("catalogue.session", session_id=session_id))
    try:
        with edge.reading() as db:
            outlook = calling_off.foreseen(db, session_id=session_id, now=edge.moment())
    except Refused as refusal:
        return _too_late(form, session_id, refusal)
    form.saw.data = outlook.token
    return render_template("bookings/call_off.html", form=form, session=outlook.session, outlook=outlook), status


def _too_late(form: OutlookForm, session_id: int, refusal: Refused) -> Page:
    """It cannot be called off any more: whoever has written why keeps what they wrote.

    Raises:
        Refused: nothing has been written yet.
    """
    if not form.is_submitted():
        raise refusal
    if not form.form_errors:
        form.explain(refusal)
    with edge.reading() as db:
        session = courses.queries.session(db, session_id)
    return render_template("bookings/call_off.html", form=form, session=session, outlook=None), 409


PAGES = (("/samordning/tillfallen/<int:session_id>/stall-in", call_off, ["GET", "POST"]),)
"""Address, view and methods."""
