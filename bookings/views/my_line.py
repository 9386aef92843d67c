"""One place in line of one's own: left, answered when a seat is offered, how a seat is wanted; and a choice."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth.access import me, signed_in
from bookings import answers, choices, own_order, queries, waitlist
from bookings.forms import ConfirmForm, LineForm
from bookings.queries import MyCourses, Offer, Place, ToChoose
from bookings.states import BookingState, Refusal
from lararportal import edge, pages
from lararportal.errors import NotFound, Refused

Page = str | Response | tuple[str, int]
Of = TypeVar("Of", Place, Offer, ToChoose)
Done = TypeVar("Done")


@signed_in
def leave(session_id: int) -> Page:
    """Leaves the line, after a page that asks."""
    if request.method == "GET" or not ConfirmForm().validate():
        return render_template("bookings/leave.html", place=_place(session_id))
    with edge.deed() as db:
        waitlist.leave(db, session_id=session_id, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    return _done("line_left")


@signed_in
def choose(session_id: int) -> Page:
    """Says whether the seat is wanted at once, and whether one can come at short notice."""
    place = _place(session_id)
    form = LineForm(data={"standing_yes": place.standing_yes, "short_notice": place.short_notice})
    if not form.validate_on_submit():
        page = render_template("bookings/line_choice.html", place=place, form=form)
        return page, 400 if form.is_submitted() else 200
    with edge.deed() as db:
        answers.answer_beforehand(
            db,
            session_id=session_id,
            person_id=me().person_id,
            standing_yes=form.standing_yes.data,
            short_notice=form.short_notice.data,
            now=edge.moment(),
            by=me().person_id,
        )
    return _done("line_choice_saved")


@signed_in
def want_more(session_id: int) -> Response:
    """Wants this place in line more than the one of the course before it."""
    with edge.deed() as db:
        own_order.want_more(db, session_id=session_id, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    return _done("wishes_reordered")


@signed_in
def want_less(session_id: int) -> Response:
    """Wants this place in line less than the one of the course after it."""
    with edge.deed() as db:
        own_order.want_less(db, session_id=session_id, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    return _done("wishes_reordered")


@signed_in
def accept(session_id: int) -> Page:
    """Says yes to what is offered; asks once more when that means something else than what was shown."""
    try:
        booking = as_shown(answers.accept, session_id)
    except Refused as refusal:
        why = why_it_means_other(refusal)
        return render_template("bookings/accept.html", offer=_offer(session_id), why=why), 409
    return _done("offer_accepted" if booking.state is BookingState.BOOKED else "call_out_accepted")


@signed_in
def decline(session_id: int) -> Page:
    """Says no to what is offered, after a page that asks."""
    if request.method == "GET" or not ConfirmForm().validate():
        return render_template("bookings/decline.html", offer=_offer(session_id))
    with edge.deed() as db:
        answers.decline(db, session_id=session_id, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    return _done("offer_declined")


@signed_in
def keep(session_id: int) -> Page:
    """Keeps the seat in a session that was moved, and leaves what else is on its days; asks once more as `accept`."""
    try:
        as_shown(choices.keep, session_id)
    except Refused as refusal:
        why = why_it_means_other(refusal)
        return render_template("bookings/keep.html", choice=_choice(session_id), why=why), 409
    return _done("seat_chosen")


@signed_in
def give_up(session_id: int) -> Page:
    """Leaves the seat in a session that was moved, after a page that asks."""
    if request.method == "GET" or not ConfirmForm().validate():
        return render_template("bookings/give_up.html", choice=_choice(session_id))
    with edge.deed() as db:
        choices.give_up(db, session_id=session_id, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    return _done("seat_given_up")


def as_shown(deed: Callable[..., Done], session_id: int) -> Done:
    """Does with the session, for the visitor, what they pressed; the deed hears what their page showed of it."""
    with edge.deed() as db:
        return deed(
            db,
            session_id=session_id,
            person_id=me().person_id,
            saw=request.form.get("saw", ""),
            now=edge.moment(),
            by=me().person_id,
        )


def _mine() -> MyCourses:
    with edge.reading() as db:
        return queries.my_courses(db, me().person_id, now=edge.moment())


def _place(session_id: int) -> Place:
    return _of_session(_mine().places, session_id)


def _offer(session_id: int) -> Offer:
    return _of_session(_mine().offers, session_id)


def _choice(session_id: int) -> ToChoose:
    return _of_session(_mine().choosing, session_id)


def _of_session(mine: Iterable[Of], session_id: int) -> Of:
    for each in mine:
        if each.session.session_id == session_id:
            return each
    raise NotFound


def why_it_means_other(refusal: Refused) -> str:
    """The sentence to ask once more with; any other refusal goes on as it is."""
    if refusal.reason is not Refusal.ANSWER_MEANS_OTHER:
        raise refusal
    return pages.sentence(refusal.reason)


def _done(said: str) -> Response:
    flash(pages.sentence(said))
    return redirect(url_for("mine.my_courses"))


PAGES = (
    ("/tillfallen/<int:session_id>/lamna-ko", leave, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/ko-val", choose, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/ko-upp", want_more, ["POST"]),
    ("/tillfallen/<int:session_id>/ko-ner", want_less, ["POST"]),
    ("/tillfallen/<int:session_id>/tacka-ja", accept, ["POST"]),
    ("/tillfallen/<int:session_id>/tacka-nej", decline, ["GET", "POST"]),
    ("/tillfallen/<int:session_id>/behall-platsen", keep, ["POST"]),
    ("/tillfallen/<int:session_id>/lamna-platsen", give_up, ["GET", "POST"]),
)
"""Address, view and methods."""
