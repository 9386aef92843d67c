"""Somebody asks to be erased: a coordinator reads what goes and what stays, says why, and does it."""

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from auth import queries as people
from auth.access import ViewResult, me, needs, proved_anew
from auth.states import Refusal, Role
from bookings import erasure
from bookings.forms import EraseForm
from lararportal import edge, pages
from lararportal.errors import NotFound
from lararportal.forms_sent import send_in


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

    def deed(db: Session) -> None:
        reason, now, by = form.reason.data or "", edge.moment(), me().person_id
        erasure.erase(db, person_id=person_id, reason=reason, now=now, by=by)

    status = send_in(form, deed)
    if status is None:
        flash("person_is_erased")
        return redirect(url_for("auth.person", person_id=person_id))
    told = [pages.sentence(each) for each in held]
    return render_template("bookings/erase.html", form=form, person=person, held=told), status


PAGES = (("/personer/<int:person_id>/radera", erase, ["GET", "POST"]),)
