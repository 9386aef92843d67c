"""One seat of one's own: booked, waited for, given back, changed for another, put into the calendar."""

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

import courses.queries
from auth.access import me, signed_in
from bookings import left_over_seats, queries, waitlist
from bookings.states import BookingState
from bookings.views import changes
from bookings.views.changes import Whose
from bookings.views.my_line import as_shown, why_it_means_other
from lararportal import edge, pages
from lararportal.downloads import attachment
from lararportal.errors import Refused

Page = str | Response | tuple[str, int]

BOOKED_AS = {
    BookingState.BOOKED: "seat_booked",
    BookingState.WAITING: "place_in_line",
    BookingState.ASKED: "call_out_accepted",
}
"""What came of booking, and the sentence that says so."""


@signed_in
def book(session_id: int) -> Page:
    """Takes a free seat, or the last place in line when there is none; in the last days it may be a yes.

    The page that the button stood on says what came of it; what was said yes to stands on one's own page. Asks once
    more when the session was moved since it was shown.
    """
    try:
        booking = as_shown(left_over_seats.book, session_id)
    except Refused as refusal:
        return _asked_anew(refusal, session_id, "bookings/book.html")
    is_a_yes = booking.state is BookingState.ASKED
    page = url_for("mine.my_courses") if is_a_yes else url_for("catalogue.session", session_id=session_id)
    return _done(BOOKED_AS[booking.state], page)


@signed_in
def join(session_id: int) -> Page:
    """Waits in line for a session; asks once more as `book`."""
    try:
        as_shown(waitlist.join, session_id)
    except Refused as refusal:
        return _asked_anew(refusal, session_id, "bookings/join.html")
    return _done("place_in_line", url_for("catalogue.session", session_id=session_id))


@signed_in
def cancel(session_id: int) -> Page:
    """Gives the seat back."""
    return changes.cancel(session_id, _mine())


@signed_in
def undo_cancellation(session_id: int) -> Response:
    """Takes back that the seat was given back."""
    return changes.undo(session_id, _mine())


@signed_in
def rebook(session_id: int) -> Page:
    """Changes the seat for one in another session of the course."""
    return changes.rebook(session_id, _mine())


@signed_in
def calendar(session_id: int) -> FlaskResponse:
    """The days of the seat as a file for a calendar."""
    with edge.reading() as db:
        text = queries.my_calendar(db, session_id=session_id, person_id=me().person_id, now=edge.moment())
    return FlaskResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers=attachment(f"kurs-{session_id}.ics"),
    )


def _asked_anew(refusal: Refused, session_id: int, template: str) -> Page:
    """The session as it is now, and the question once more; any other refusal goes on as it is."""
    why = why_it_means_other(refusal)
    with edge.reading() as db:
        row = queries.row_of(courses.queries.session(db, session_id))
    return render_template(template, row=row, why=why), 409


def _mine() -> Whose:
    return Whose(person_id=me().person_id, name="", back=url_for("mine.my_courses"))


def _done(said: str, page: str) -> Response:
    flash(pages.sentence(said))
    return redirect(page)


PAGES = (
    ("/tillfallen/<int:session_id>/boka", book, ["POST"]),
    ("/tillfallen/<int:session_id>/ko", join, ["POST"]),
    ("/tillfallen/<int:session_id>/avboka", cancel, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/angra-avbokning", undo_cancellation, ["POST"]),
    ("/tillfallen/<int:session_id>/boka-om", rebook, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/kalender.ics", calendar, ["GET"]),
)
"""Address, view and methods."""
