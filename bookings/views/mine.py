"""What I have: my seats, places in line, decisions and applications; and the address of all a doctor's own pages."""

from dataclasses import dataclass

from flask import Blueprint, Flask, render_template

from auth.access import me, signed_in
from bookings import queries
from bookings.queries import DecisionView, Place, SessionRow
from bookings.rules.funding import Unfunded
from bookings.views import applying, calendar_feeds, decision, free_seats, goals, my_data, my_line, my_seat, situation
from bookings.views.unseen import untold
from lararportal import edge, pages
from lararportal.clock import day_of

blueprint = Blueprint("mine", __name__)


def init_app(app: Flask) -> None:
    """Lets the pages of other rooms show what the visitor can do there."""
    app.context_processor(situation.for_templates)


@dataclass(frozen=True)
class Line:
    """A place in line, and what keeps the person from taking a free seat while it is dormant."""

    place: Place
    why_not: str
    """Why they may not have it today, as a sentence; empty when they may."""
    obstacle: SessionRow | None
    """A seat in the same course or on one of the days; None when it is the number of seats."""
    keeps: SessionRow | None
    """The seat in the same course that they have until the one they wait for is theirs."""


def lines(places: list[Place], seats: list[SessionRow]) -> list[Line]:
    """The places with what stands in the way of the dormant ones."""
    return [
        Line(
            place,
            why_not=pages.sentence(place.barred) if place.barred else "",
            obstacle=None if place.is_active else _obstacle(place.session, seats),
            keeps=_kept(place.session, seats) if place.is_active else None,
        )
        for place in places
    ]


def _obstacle(wanted: SessionRow, seats: list[SessionRow]) -> SessionRow | None:
    same_day = (seat for seat in seats if not set(seat.days).isdisjoint(wanted.days))
    return _kept(wanted, seats) or next(same_day, None)


def _kept(wanted: SessionRow, seats: list[SessionRow]) -> SessionRow | None:
    return next((seat for seat in seats if seat.course_code == wanted.course_code), None)


def by_round(decisions: list[DecisionView]) -> list[list[DecisionView]]:
    """The decisions round by round, the latest round first; two rounds may have one title."""
    found: dict[int, list[DecisionView]] = {}
    for each in decisions:
        found.setdefault(each.round_id, []).append(each)
    return list(found.values())


@blueprint.get("/mina-kurser")
@signed_in
def my_courses() -> str:
    """Everything the visitor has and waits for, and what was decided about it."""
    with edge.reading() as db:
        mine = queries.my_courses(db, me().person_id, now=edge.moment())
    held = [each.session for each in mine.seats] + [each.session for each in mine.choosing]
    return render_template(
        "bookings/my_courses.html",
        mine=mine,
        lines=lines(mine.places, held),
        decisions=by_round(mine.decisions),
        now=edge.moment(),
        today=day_of(edge.moment()),
        are_released=edge.installation().settings.unfunded_seats == Unfunded.RELEASE,
    )


for rule, view, methods in (
    page for each in (applying, calendar_feeds, decision, free_seats, my_data) for page in each.PAGES
):
    blueprint.add_url_rule(rule, view_func=view, methods=methods)
for rule, view, methods in goals.OWN_PAGES:
    blueprint.add_url_rule(rule, view_func=view, methods=methods)
for rule, view, methods in (*my_seat.PAGES, *my_line.PAGES):
    blueprint.add_url_rule(rule, view_func=untold(view), methods=methods)
