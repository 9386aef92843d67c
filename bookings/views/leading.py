"""A leader's own sessions, and who comes to them."""

from datetime import timedelta

from flask import render_template

from auth.access import me, needs
from auth.states import Role
from bookings import queries
from lararportal import edge
from lararportal.clock import day_of
from lararportal.errors import NotFound

SHOWN_AFTERWARDS = timedelta(days=90)
"""How long a session stays on its leader's list after it began."""


@needs(Role.LEADER)
def led_sessions() -> str:
    """The sessions the visitor leads, the next one first."""
    today = day_of(edge.moment())
    with edge.reading() as db:
        sessions = queries.led_by(db, me().person_id, today=today - SHOWN_AFTERWARDS)
    return render_template(
        "bookings/leading.html",
        coming=[row for row in sessions if row.days[-1] >= today],
        past=[row for row in reversed(sessions) if row.days[-1] < today],
    )


@needs(Role.LEADER)
def led_session(session_id: int) -> str:
    """Who comes to a session that the visitor leads; nobody else's sessions are there."""
    with edge.reading() as db:
        if not queries.leads(db, me().person_id, session_id):
            raise NotFound
        found = queries.roster(db, session_id, now=edge.moment())
    return render_template("bookings/led_session.html", roster=found)


PAGES = (
    ("/kursledare", led_sessions, ["GET"]),
    ("/kursledare/tillfallen/<int:session_id>", led_session, ["GET"]),
)
"""Address, view and methods."""
