"""Somebody asks to be erased: a coordinator reads what goes and what stays, says why, and does it."""

from flask import flash, redirect, render_template, url_for

from auth import queries as people
from auth.access import ViewResult, me, needs, proved_anew
from auth.states import Refusal, Role
from bookings import erasure
from bookings.forms import EraseForm
from lararportal import edge, pages
from lararportal.errors import NotFound, Refused


@needs(Role.COORDINATOR)
@proved_anew
def erase(person_id: int) -> ViewResult:
    """Asks, and erases; what has to come to an end first is said before anything is asked."""
    with edge.reading() as db:
        person = people.person(db, person_id)
        held = erasure.held_by(db, person_id, now=edge.moment())
    if person.erased_at is not None:
        raise NotFound
    if person_id == me().person_id:
        held = [Refusal.ERASES_ONESELF, *held]
    form = EraseForm()
    status = 200
    if form.validate_on_submit():
        reason = form.reason.data or ""
        try:
            with edge.deed() as db:
                erasure.erase(db, person_id=person_id, reason=reason, now=edge.moment(), by=me().person_id)
        except Refused as refusal:
            form.explain(refusal)
            status = 409
        else:
            flash("person_is_erased")
            return redirect(url_for("auth.person", person_id=person_id))
    elif form.is_submitted():
        status = 400
    told = [pages.sentence(each) for each in held]
    return render_template("bookings/erase.html", form=form, person=person, held=told), status


PAGES = (("/personer/<int:person_id>/radera", erase, ["GET", "POST"]),)
