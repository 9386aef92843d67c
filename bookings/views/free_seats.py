"""On the page of a course somebody asks to be told of its free seats, or not to be told any more."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from auth.access import me, signed_in
from bookings.minimum import free_seats
from courses import queries
from courses.states import Publicity
from lararportal import edge, pages
from lararportal.errors import NotFound


@signed_in
def told_of_seats(code: str) -> Response:
    """The visitor has a letter when a session of the course needs more who come."""
    return _say(free_seats.ask, code, said="free_seats_asked")


@signed_in
def not_told_of_seats(code: str) -> Response:
    """The visitor has no such letters any more."""
    return _say(free_seats.ask_no_more, code, said="free_seats_no_more")


def _say(deed: Callable[..., None], code: str, *, said: str) -> Response:
    with edge.deed() as db:
        course = queries.course(db, code)
        if course.publicity is Publicity.DRAFT:
            raise NotFound
        deed(db, course_id=course.id, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence(said))
    return redirect(url_for("catalogue.course", code=course.code))


PAGES = (
    ("/kurser/<code>/sag-till", told_of_seats, ["POST"]),
    ("/kurser/<code>/sag-inte-till", not_told_of_seats, ["POST"]),
)
"""Address, view and methods."""
