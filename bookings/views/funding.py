"""Which residents' seats are paid for: recorded by directors of studies in their own areas, and by coordinators."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth import queries as people
from auth.access import me, needs
from auth.states import Area, Role
from bookings import funding, queries
from bookings.forms import FundingForm
from bookings.rules.funding import Unfunded
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.errors import Refused
from lararportal.forms import Form

Page = str | Response | tuple[str, int]

ANSWERS = (Role.DIRECTOR, Role.COORDINATOR)


@needs(Role.DIRECTOR)
def director_desk() -> str:
    """What waits for a director of studies in their own areas, in figures, with the way to each of them."""
    with edge.reading() as db:
        pending = people.pending_count(db, me().areas)
        unsettled = queries.unsettled_count(db, areas=me().areas, today=day_of(edge.moment()))
        lotteries = queries.lotteries_with(db, me().person_id)
        reported = queries.reported_count(db, areas=me().areas)
    return render_template(
        "bookings/director_desk.html",
        pending=pending,
        unsettled=unsettled,
        lotteries=len(lotteries),
        reported=reported,
        areas=me().areas,
    )


@needs(*ANSWERS)
def unsettled() -> Page:
    """The seats that nobody has said are paid for, and the chosen ones of them recorded as that."""
    form = FundingForm()
    if not form.validate_on_submit():
        return _list(form), 400 if form.is_submitted() else 200
    try:
        with edge.deed() as db:
            queries.insist_on_seats_in(db, form.bookings.data or [], areas=_areas())
            count = funding.settle(db, booking_ids=form.bookings.data or [], now=edge.moment(), by=me().person_id)
    except Refused as refusal:
        form.explain(refusal)
        return _list(form), 409
    flash(pages.sentence("funding_settled", count=count))
    return redirect(url_for("bookings_desk.unsettled"))


@needs(*ANSWERS)
def settled() -> str:
    """The seats that are paid for, with who said so."""
    number = request.args.get("sida", 1, type=int)
    with edge.reading() as db:
        page = queries.settled(db, areas=_areas(), number=number, today=day_of(edge.moment()))
    return render_template("bookings/funding_settled.html", page=page, areas=_areas())


@needs(*ANSWERS)
def unsettle(booking_id: int) -> Response:
    """Takes back that a seat is paid for."""
    with edge.deed() as db:
        queries.insist_on_seats_in(db, [booking_id], areas=_areas())
        funding.unsettle(db, booking_id=booking_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("funding_unsettled"))
    return redirect(url_for("bookings_desk.settled"))


def _list(form: Form) -> str:
    number = request.args.get("sida", 1, type=int)
    with edge.reading() as db:
        page = queries.unsettled(db, areas=_areas(), number=number, today=day_of(edge.moment()))
    return render_template(
        "bookings/funding.html",
        form=form,
        page=page,
        areas=_areas(),
        are_released=edge.installation().settings.unfunded_seats == Unfunded.RELEASE,
    )


def _areas() -> Collection[Area] | None:
    """The areas whose residents the visitor answers for; None is everywhere."""
    return None if me().has(Role.COORDINATOR) else me().areas


PAGES = (
    ("/studierektor", director_desk, ["GET"]),
    ("/finansiering", unsettled, ["GET", "POST"]),
    ("/finansiering/klara", settled, ["GET"]),
    ("/finansiering/<int:booking_id>/ta-tillbaka", unsettle, ["POST"]),
)
"""Address, view and methods."""
