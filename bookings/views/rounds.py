"""The rounds of the coordinator: planned, changed, opened, closed, drawn up and published, each after a question."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auth import queries as people
from auth.access import me, needs, proved_anew
from auth.states import Role
from bookings import allocation, publication, queries
from bookings import rounds as deeds
from bookings.forms import ConfirmForm, PublishForm, ReasonForm, RoundFacts, RoundForm
from bookings.queries import RoundView
from bookings.round_plan import RoundPlan
from bookings.states import ROUND_MOVES, PublicKind, Refusal, RoundState
from bookings.views.lottery import open_to_office
from bookings.views.progress import PUBLISH
from lararportal import edge, pages
from lararportal.errors import Refused

Page = str | Response | tuple[str, int]

CHANGEABLE = (RoundState.PLANNED, RoundState.OPEN)
USUAL = {"cap": 4, "respite_hours": 48, "source_kind": PublicKind.DRAND}
"""What a new round has until somebody says otherwise (allocation rules, sections 2.1 and 2.6)."""
LOTTERY_FIELD = "source_kind"
"""Only the form of a planned round has it."""
DRAWN_UP = (RoundState.ALLOCATED, RoundState.PUBLISHED)


@needs(Role.COORDINATOR)
def rounds() -> str:
    """Every round, the latest first."""
    with edge.reading() as db:
        found = queries.rounds(db)
    return render_template("bookings/rounds.html", rounds=found, now=edge.moment())


@needs(Role.COORDINATOR)
def round_page(round_id: int) -> str:
    """A round: where it stands, what is wanted, what came of it, and what can be done now."""
    with edge.reading() as db:
        found = queries.round_view(db, round_id)
        preview = queries.preview(db, round_id) if found.state in DRAWN_UP else None
        outcomes = preview.run.sessions if preview is not None else []
        sessions = [each.session for each in outcomes] or queries.round_sessions(db, round_id)
        demand = queries.demand(db, round_id)
        draw = queries.lottery(db, round_id)
        has_applied = deeds.has_applied(db, round_id, me().person_id)
    return render_template(
        "bookings/round.html",
        round=found,
        now=edge.moment(),
        sessions=sessions,
        demand=demand,
        run=preview.run if preview is not None else None,
        preview=preview,
        outcomes={each.session.session_id: each for each in outcomes},
        lottery=draw,
        acts=[] if has_applied else open_to_office(draw),
        has_applied=has_applied,
    )


@needs(Role.COORDINATOR)
def plan() -> Page:
    """A new round."""
    form = RoundForm(data=USUAL)

    def deed(db: Session) -> int:
        return deeds.plan(db, wanted=form.plan, now=edge.moment(), by=me().person_id).id

    return _round_form(form, deed)


@needs(Role.COORDINATOR)
def change(round_id: int) -> Page:
    """Other facts for a round that is not closed yet.

    A form from before it opened brings its lottery along, which the deed refuses when it is another.
    """
    with edge.reading() as db:
        found = queries.round_view(db, round_id)
        planned = queries.planned(db, round_id)
    if found.state not in CHANGEABLE:
        raise Refused(Refusal.ROUND_STATE)
    asks_for_lottery = found.state is RoundState.PLANNED or LOTTERY_FIELD in request.form
    form = (RoundForm if asks_for_lottery else RoundFacts)(data=RoundFacts.answers(planned))

    def deed(db: Session) -> int:
        wanted = (
            form.plan
            if isinstance(form, RoundForm)
            else form.plan_with(second_party_id=planned.second_party_id, source=planned.source)
        )
        return deeds.change(
            db, round_id=round_id, wanted=wanted, saw=form.saw.data, now=edge.moment(), by=me().person_id
        ).id

    return _round_form(form, deed, found, planned)


def _round_form(
    form: RoundFacts, deed: Callable[[Session], int], found: RoundView | None = None, planned: RoundPlan | None = None
) -> Page:
    with edge.reading() as db:
        sessions = queries.sessions_for_round(db, found.id if found else None, now=edge.moment())
        directors = people.holders(db, Role.DIRECTOR)
    form.offer(row.session_id for row in sessions)
    if isinstance(form, RoundForm):
        form.offer_second_parties((each.id, each.name) for each in directors)
    page = {"form": form, "round": found, "sessions": sessions}
    if not form.validate_on_submit():
        return render_template("bookings/round_form.html", **page), 400 if form.is_submitted() else 200
    try:
        with edge.deed() as db:
            round_id = deed(db)
    except Refused as refusal:
        form.explain(refusal)
        if planned is not None:
            form.has_seen(planned)
        return render_template("bookings/round_form.html", **page), 409
    flash(pages.sentence("round_saved"))
    return redirect(url_for("bookings_desk.round_page", round_id=round_id))


@dataclass(frozen=True)
class Step:
    """One step of a round: where it leads, and the deed that takes it there."""

    to: RoundState
    deed: Callable[[Session, int], object]
    said: str


def _open(db: Session, round_id: int) -> object:
    return deeds.open_round(db, round_id, now=edge.moment(), by=me().person_id)


def _draw_up(db: Session, round_id: int) -> object:
    return allocation.draw_up(db, round_id=round_id, now=edge.moment(), by=me().person_id)


STEPS = {
    "oppna": Step(RoundState.OPEN, _open, "round_opened"),
    "fordela": Step(RoundState.ALLOCATED, _draw_up, "round_drawn_up"),
}


@needs(Role.COORDINATOR)
def open_now(round_id: int) -> Page:
    """Opens a round, after a page that says what happens and to how many."""
    return _step(round_id, "oppna")


@needs(Role.COORDINATOR)
@proved_anew
def draw_up(round_id: int) -> Page:
    """Draws up a round, after a page that says the same."""
    return _step(round_id, "fordela")


def _step(round_id: int, name: str) -> Page:
    wanted = STEPS[name]
    if request.method == "GET" or not ConfirmForm().validate():
        return _question(round_id, name, wanted.to)
    with edge.deed() as db:
        wanted.deed(db, round_id)
    flash(pages.sentence(wanted.said))
    return redirect(url_for("bookings_desk.round_page", round_id=round_id))


def _close(db: Session, round_id: int, form: ReasonForm | ConfirmForm) -> object:
    if not isinstance(form, ReasonForm):
        return deeds.close_round(db, round_id, now=edge.moment(), by=me().person_id)
    reason = form.reason.data or ""
    return deeds.close_early(db, round_id=round_id, reason=reason, now=edge.moment(), by=me().person_id)


def _closable(round_id: int) -> tuple[RoundView, ReasonForm | ConfirmForm]:
    """A round that is open, and what its closing asks for now; its time may be another than when somebody looked.

    Raises:
        Refused: it is not open, or its time has not come and the visitor has applied in it.
    """
    with edge.reading() as db:
        found = queries.round_view(db, round_id)
        has_applied = deeds.has_applied(db, round_id, me().person_id)
    if RoundState.CLOSED not in ROUND_MOVES[found.state]:
        raise Refused(Refusal.ROUND_STATE)
    if edge.moment() >= found.closes_at:
        return found, ConfirmForm()
    if has_applied:
        raise Refused(Refusal.DECIDES_OVER_OWN_SEAT)
    return found, ReasonForm()


@needs(Role.COORDINATOR)
@proved_anew
def close(round_id: int) -> Page:
    """Closes a round: before its time with a reason that everybody can read.

    Who was not asked for one, as the time was over when they looked, is told that the round goes on, and asked then.
    """
    found, form = _closable(round_id)
    if form.is_submitted() and "reason" not in request.form:
        form = ConfirmForm()
    if not form.validate_on_submit():
        status = 400 if form.is_submitted() else 200
        return render_template("bookings/round_close.html", round=found, form=form), status
    try:
        with edge.deed() as db:
            _close(db, round_id, form)
    except Refused as refusal:
        found, form = _closable(round_id)
        form.explain(refusal)
        return render_template("bookings/round_close.html", round=found, form=form), 409
    flash(pages.sentence("round_closed"))
    return redirect(url_for("bookings_desk.round_page", round_id=round_id))


@needs(Role.COORDINATOR)
@proved_anew
def publish(round_id: int) -> Page:
    """Hands the publication to the workers and leads to its progress; does it here and now while Redis is away."""
    form = PublishForm()
    if not form.validate_on_submit():
        return _question(round_id, "publicera", RoundState.PUBLISHED), 400 if form.is_submitted() else 200
    run_id = form.run_id.data or 0
    job_id = edge.enqueue(PUBLISH, round_id, run_id, me().person_id)
    if job_id is not None:
        return redirect(url_for("bookings_desk.progress", job_id=job_id))
    with edge.deed() as db:
        letters = publication.publish(db, round_id=round_id, run_id=run_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("round_published", letters=letters))
    return redirect(url_for("bookings_desk.round_page", round_id=round_id))


def _question(round_id: int, name: str, to: RoundState) -> str:
    with edge.reading() as db:
        found = queries.round_view(db, round_id)
        run = queries.run_summary(db, round_id) if to is RoundState.PUBLISHED else None
    if to not in ROUND_MOVES[found.state]:
        raise Refused(Refusal.ROUND_STATE)
    if found.is_too_late(edge.moment()):
        raise Refused(Refusal.ROUND_TOO_SHORT)
    return render_template("bookings/round_step.html", round=found, name=name, run=run, now=edge.moment())


PAGES = (
    ("/samordning/omgangar", rounds, ["GET"]),
    ("/samordning/omgangar/ny", plan, ["GET", "POST"]),
    ("/samordning/omgangar/<int:round_id>", round_page, ["GET"]),
    ("/samordning/omgangar/<int:round_id>/andra", change, ["GET", "POST"]),
    ("/samordning/omgangar/<int:round_id>/oppna", open_now, ["GET", "POST"]),
    ("/samordning/omgangar/<int:round_id>/fordela", draw_up, ["GET", "POST"]),
    ("/samordning/omgangar/<int:round_id>/stang", close, ["GET", "POST"]),
    ("/samordning/omgangar/<int:round_id>/publicera", publish, ["GET", "POST"]),
)
"""Address, view and methods."""
