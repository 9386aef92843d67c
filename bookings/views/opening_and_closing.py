"""Opening and closing a session between two dry runs: first what it would change is shown, then why is asked."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from auth.access import me, needs, proved_anew
from auth.states import Role
from bookings import opening_and_closing as deeds
from bookings import queries
from bookings.forms import ReasonForm
from bookings.queries import EffectView, RoundView
from bookings.rounds import has_applied
from bookings.states import Refusal, SessionFate
from lararportal import edge
from lararportal.errors import Refused
from lararportal.forms_sent import send_in

Page = Response | tuple[str, int]


@needs(Role.COORDINATOR)
@proved_anew
def open_session(round_id: int, session_id: int) -> Page:
    """Gives the seats of a session that the runs have gone without."""
    return _decide(SessionFate.OPENED, deeds.open_session, round_id, session_id)


@needs(Role.COORDINATOR)
@proved_anew
def close_session(round_id: int, session_id: int) -> Page:
    """Lets the next runs go without a session."""
    return _decide(SessionFate.CLOSED, deeds.close_session, round_id, session_id)


def _decide(fate: SessionFate, deed: Callable[..., object], round_id: int, session_id: int) -> Page:
    _insist_on_no_part(round_id)
    form = ReasonForm()
    status = send_in(
        form,
        lambda db: deed(
            db,
            round_id=round_id,
            session_id=session_id,
            reason=form.reason.data or "",
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash("session_opened" if fate is SessionFate.OPENED else "session_closed")
        return redirect(url_for("bookings_desk.round_page", round_id=round_id))
    with edge.reading() as db:
        round_ = queries.round_view(db, round_id)
        effect = queries.effect(db, round_id, session_id, fate=fate)
    if not form.is_submitted():
        _insist_on_a_question(round_, effect)
    page = render_template(
        "bookings/session_decision.html", form=form, round=round_, effect=effect, fate=fate, session=effect.session
    )
    return page, status


def _insist_on_no_part(round_id: int) -> None:
    """What a decision would change is nothing that the visitor has asked for.

    Raises:
        Refused: they have applied in the round.
    """
    with edge.reading() as db:
        if has_applied(db, round_id, me().person_id):
            raise Refused(Refusal.DECIDES_OVER_OWN_SEAT)


def _insist_on_a_question(round_: RoundView, effect: EffectView) -> None:
    """Nobody is asked about what is decided; somebody who has written a reason keeps the page, and is told there.

    Raises:
        Refused: the round is published, or the session is open or closed already.
    """
    if round_.state not in deeds.UNDECIDED:
        raise Refused(Refusal.ROUND_STATE)
    if effect.is_so_already:
        raise Refused(Refusal.SESSION_DECIDED_SO)


PAGES = (
    ("/samordning/omgangar/<int:round_id>/tillfallen/<int:session_id>/oppna", open_session, ["GET", "POST"]),
    ("/samordning/omgangar/<int:round_id>/tillfallen/<int:session_id>/stang", close_session, ["GET", "POST"]),
)
"""Address, view and methods."""
