"""A doctor's own decision in a round, with everything that it was made of."""

from flask import render_template

from auth.access import me, signed_in
from bookings import queries
from bookings.queries import OwnDecision
from bookings.views.fairness import file_of, published_values
from lararportal import edge


@signed_in
def decision(round_id: int) -> str:
    """Every step of one's own decision, and a lottery to recompute; nobody sees that of somebody else."""
    with edge.reading() as db:
        own = queries.own_decision(db, round_id=round_id, person_id=me().person_id)
    return render_template("bookings/decision.html", own=own, values=_values(own), file=file_of(own.lottery))


def _values(own: OwnDecision) -> dict[str, str]:
    return {
        **published_values(own.lottery),
        "pseudonym": own.pseudonym,
        "lot": f"{own.lot:012x}" if own.lot is not None else "",
        "line": own.facts.line if own.facts else "",
    }


PAGES = (("/mina-kurser/besked/<int:round_id>", decision, ["GET"]),)
"""Address, view and methods."""
