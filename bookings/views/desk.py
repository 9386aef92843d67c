"""What needs a coordinator today; and the address of all pages of the bookings room that are for staff."""

from flask import Blueprint, render_template

from auth import queries as people
from auth.access import needs
from auth.states import Role
from bookings import queries
from bookings.views import (
    calling_off,
    erasing,
    funding,
    goals,
    invoicing,
    leading,
    lottery,
    minimum,
    opening_and_closing,
    precedence,
    progress,
    rosters,
    rounds,
)
from lararportal import edge
from lararportal.clock import day_of

blueprint = Blueprint("bookings_desk", __name__)


@blueprint.get("/samordning")
@needs(Role.COORDINATOR)
def desk() -> str:
    """In figures, with the way to each of them."""
    now = edge.moment()
    with edge.reading() as db:
        found = queries.desk(db, now=now)
        pending = people.pending_count(db, None)
        unsettled = queries.unsettled_count(db, areas=None, today=day_of(now))
    return render_template(
        "bookings/desk.html", desk=found, pending=pending, unsettled=unsettled, today=day_of(now), now=now
    )


STAFF = (
    rounds,
    lottery,
    opening_and_closing,
    progress,
    rosters,
    precedence,
    erasing,
    funding,
    goals,
    invoicing,
    leading,
    minimum,
    calling_off,
)
for rule, view, methods in (page for each in STAFF for page in each.PAGES):
    blueprint.add_url_rule(rule, view_func=view, methods=methods)
