"""A leader's own sessions, and who comes to them."""

from flask import render_template

from auth.access import me, needs
from auth.states import Role
from bookings import queries
from bookings.queries import Roster
from lararportal import edge
from lararportal.errors import NotFound


@needs(Role.LEADER)
def led_sessions() -> str:
    """The sessions the visitor leads, with what there is to do about each."""
    with edge.reading() as db:
        led = queries.led_by(db, me().person_id, now=edge.moment())
    return render_template("bookings/leading.html", led=led)


@needs(Role.LEADER)
def led_session(session_id: int) -> str:
    """Who comes to a session that the visitor leads; nobody else's sessions are there."""
    return render_template("bookings/led_session.html", roster=_roster(session_id))


@needs(Role.LEADER)
def group_list(session_id: int) -> str:
    """The same people as a list to print."""
    return render_template("bookings/group_list.html", roster=_roster(session_id))


def _roster(session_id: int) -> Roster:
    with edge.reading() as db:
        if not queries.leads(db, me().person_id, session_id):
            raise NotFound
        return queries.roster(db, session_id, now=edge.moment())


PAGES = (
    ("/kursledare", led_sessions, ["GET"]),
    ("/kursledare/tillfallen/<int:session_id>", led_session, ["GET"]),
    ("/kursledare/tillfallen/<int:session_id>/grupplista", group_list, ["GET"]),
)
"""Address, view and methods."""
