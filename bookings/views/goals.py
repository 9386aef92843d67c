"""My objectives: what a resident's rules demand a course for, for themselves and for who answers for them."""

from flask import render_template

from auth.access import me, needs, signed_in
from bookings import queries
from bookings.views.precedence import DECIDES, visible
from lararportal import edge


@signed_in
def my_goals() -> str:
    """The visitor's own."""
    with edge.reading() as db:
        found = queries.my_goals(db, me().person_id, now=edge.moment())
    return render_template("bookings/goals.html", goals=found, person=None)


@needs(*DECIDES)
def goals_of(person_id: int) -> str:
    """Somebody's, for a director of studies of their area, or a coordinator."""
    with edge.reading() as db:
        person = visible(db, person_id)
        found = queries.my_goals(db, person_id, now=edge.moment())
    return render_template("bookings/goals.html", goals=found, person=person)


OWN_PAGES = (("/mina-delmal", my_goals, ["GET"]),)
PAGES = (("/personer/<int:person_id>/delmal", goals_of, ["GET"]),)
"""Address, view and methods: of a doctor's own pages, and of those for staff."""
