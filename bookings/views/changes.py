"""Giving a seat back and changing it for another: the same pages whoever presses the button, the doctor or staff."""

from dataclasses import dataclass

from flask import flash, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import courses.queries
from auth.access import me
from bookings import cancellation, queries, rebooking
from bookings.forms import CancelForm, LateCancelForm, LateOfficeCancelForm, OfficeCancelForm, RebookForm
from bookings.queries import Seat
from bookings.rules import late_fee
from bookings.rules.late_fee import FeeSteps
from bookings.states import CancelGround, Refusal
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.errors import Refused
from lararportal.forms_sent import send_in

Page = str | Response | tuple[str, int]

INTO_THE_LINE = (Refusal.SESSION_FULL, Refusal.LINE_GOES_FIRST)
"""Reasons that leave the way into the line open."""


@dataclass(frozen=True)
class Whose:
    """Whose seat it is: a name when it is not one's own, and the page to come back to."""

    person_id: int
    name: str
    back: str


def cancel(session_id: int, whose: Whose) -> Page:
    """Says what happens, asks for the reason when it is late, and gives the seat back.

    Raises:
        NotFound: there is no such seat.
        Refused: it cannot be given back any more.
    """
    with edge.reading() as db:
        seat = _seat_to_leave(db, session_id, whose)
    in_time, late = (OfficeCancelForm, LateOfficeCancelForm) if whose.name else (CancelForm, LateCancelForm)
    form = late() if seat.is_late else in_time()
    status = send_in(
        form,
        lambda db: cancellation.cancel(
            db,
            session_id=session_id,
            person_id=whose.person_id,
            reason=form.text.data or "",
            ground=form.ground,
            fee=_fee_steps(),
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash(pages.sentence("seat_cancelled", course=seat.session.course_title))
        return redirect(whose.back)
    shown = {"seat": seat, "whose": whose, "costs": _costs(seat), "today": day_of(edge.moment())}
    return render_template("bookings/cancel.html", form=form, **shown), status


def _seat_to_leave(db: Session, session_id: int, whose: Whose) -> Seat:
    """The seat, as long as it can be left.

    Raises:
        NotFound: there is no such seat.
        Refused: its session has begun.
    """
    seat = queries.my_seat(db, session_id=session_id, person_id=whose.person_id, now=edge.moment())
    if seat.may_cancel is not None:
        raise Refused(seat.may_cancel)
    return seat


def _fee_steps() -> FeeSteps:
    return edge.installation().settings.late_fee


def _costs(seat: Seat) -> int | None:
    """What it costs who is not excused."""
    return late_fee.fee_percent(
        _fee_steps(),
        is_late=seat.is_late,
        ground=CancelGround.OTHER,
        starts_on=seat.session.starts_on,
        bound_days=seat.bound_days,
        today=day_of(edge.moment()),
    )


def undo(session_id: int, whose: Whose) -> Response:
    """Gives back what was just cancelled."""
    with edge.deed() as db:
        cancellation.undo(db, session_id=session_id, person_id=whose.person_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("cancellation_undone"))
    return redirect(whose.back)


def rebook(session_id: int, whose: Whose) -> Page:
    """Shows the other sessions of the course and moves the seat to the chosen one, or says why that cannot be.

    Raises:
        NotFound: there is no such seat.
        Refused: its session has begun.
    """
    with edge.reading() as db:
        seat = _seat_to_leave(db, session_id, whose)
        held = courses.queries.session(db, session_id)
        situation = queries.my_situation(db, held, person_id=whose.person_id, now=edge.moment())
        sisters = queries.sisters_of(db, held, today=day_of(edge.moment()))
    form = RebookForm()
    form.offer(row.session_id for row in sisters)
    page = {"form": form, "seat": seat, "whose": whose, "situation": situation, "sisters": sisters}
    if not form.validate_on_submit():
        return render_template("bookings/rebook.html", line=set(), **page), 400 if form.is_submitted() else 200
    try:
        with edge.deed() as db:
            rebooking.rebook(
                db,
                from_session_id=session_id,
                to_session_id=form.to_session.data,
                saw=form.saw.data or "",
                person_id=whose.person_id,
                now=edge.moment(),
                by=me().person_id,
            )
    except Refused as refusal:
        sentence = pages.sentence(refusal.reason, **refusal.facts)
        form.form_errors.append(": ".join(filter(None, [whose.name, sentence])))
        line = {form.to_session.data} if refusal.reason in INTO_THE_LINE else set()
        return render_template("bookings/rebook.html", line=line, **page), 409
    flash(pages.sentence("seat_moved", course=seat.session.course_title))
    return redirect(whose.back)
