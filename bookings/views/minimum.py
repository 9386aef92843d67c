"""Sessions that too few have booked: the list, the case of each, and its rescues, shown before they are done."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auth.access import me, needs
from auth.states import Role
from bookings import queries
from bookings.forms import ConfirmForm, MoveDayForm, OutlookForm, RunForm, SeenForm
from bookings.minimum import calling_off, invitations, rescues, reserve_sessions
from bookings.queries import CaseView
from bookings.rules.minimum import LACKING_A_DAY, Audience
from lararportal import edge, pages
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused
from lararportal.forms import Form
from lararportal.forms_sent import send_in

Page = str | Response | tuple[str, int]


@needs(Role.COORDINATOR)
def minimum() -> str:
    """The sessions that too few have booked, the next to be decided first."""
    today = day_of(edge.moment())
    with edge.reading() as db:
        rows = queries.below_minimum(db, today=today)
        reserves = reserve_sessions.wanted(db, now=edge.moment())
    return render_template("bookings/minimum.html", rows=rows, reserves=reserves)


@needs(Role.COORDINATOR)
def minimum_case(session_id: int) -> str:
    """What can be expected of one of them, what can be done, and what was done by whom."""
    return render_template("bookings/minimum_case.html", view=_view(session_id), today=day_of(edge.moment()))


@needs(Role.COORDINATOR)
def run_anyway(session_id: int) -> Page:
    """The session is given with those who come."""
    form = RunForm()

    def do(db: Session) -> None:
        rescues.run_anyway(
            db, session_id=session_id, reason=form.reason.data or "", now=edge.moment(), by=me().person_id
        )

    return _done(form, session_id, do, said="session_runs") or _page("bookings/run_anyway.html", form, session_id)


@needs(Role.COORDINATOR)
def move_day(session_id: int) -> Page:
    """It is decided later whether the session runs."""
    form = MoveDayForm()

    def do(db: Session) -> None:
        assert form.day.data is not None, "the form has asked for it"
        rescues.move_day(
            db,
            session_id=session_id,
            to=form.day.data,
            reason=form.reason.data or "",
            now=edge.moment(),
            by=me().person_id,
        )

    return _done(form, session_id, do, said="decision_day_moved") or _page("bookings/move_day.html", form, session_id)


@needs(Role.COORDINATOR)
def invite(session_id: int, whom: str) -> Page:
    """Those who could fill the session are told of its free seats, after a page that says who they are."""
    if whom not in AUDIENCES:
        raise NotFound
    form, audience = SeenForm(), AUDIENCES[whom]

    def do(db: Session) -> None:
        saw = form.saw.data or ""
        invitations.invite(
            db, session_id=session_id, audience=audience, saw=saw, now=edge.moment(), by=me().person_id
        )

    answer = _done(form, session_id, do, said="invited")
    if answer is not None:
        return answer
    with edge.reading() as db:
        found = invitations.reach(db, session_id=session_id, audience=audience, now=edge.moment())
    form.saw.data = found.token
    return _page("bookings/invite.html", form, session_id, found=found, limit=LACKING_A_DAY)


@needs(Role.COORDINATOR)
def open_reserves(session_id: int) -> Page:
    """No seats are reserved for a group any more."""
    form = ConfirmForm()

    def do(db: Session) -> None:
        rescues.open_reserves(db, session_id=session_id, now=edge.moment(), by=me().person_id)

    return _done(form, session_id, do, said="reserves_opened") or _page(
        "bookings/open_reserves.html", form, session_id
    )


@needs(Role.COORDINATOR)
def merge(session_id: int, into: int) -> Page:
    """Everybody is moved to a sister session, or nobody is, after a page that says who could come."""
    form = OutlookForm()

    def do(db: Session) -> None:
        calling_off.merge(
            db,
            session_id=session_id,
            into=into,
            reason=form.reason.data or "",
            saw=form.saw.data or "",
            now=edge.moment(),
            by=me().person_id,
        )

    answer = _done(form, session_id, do, said="session_merged")
    if answer is not None:
        return answer
    try:
        with edge.reading() as db:
            outlook = calling_off.foreseen_merger(db, session_id=session_id, into=into, now=edge.moment())
    except Refused as refusal:
        if not form.is_submitted():
            raise
        if not form.form_errors:
            form.explain(refusal)
        return _page("bookings/merge.html", form, session_id, outlook=None, into=None)
    form.saw.data = outlook.token
    return _page("bookings/merge.html", form, session_id, outlook=outlook, into=outlook.sisters[into])


@needs(Role.COORDINATOR)
def fill_reserve(session_id: int) -> Page:
    """A reserve session is opened and filled from the lines of its sisters, after a page that says by whom."""
    form = SeenForm()

    def do(db: Session) -> None:
        saw, now, by = form.saw.data or "", edge.moment(), me().person_id
        reserve_sessions.open_and_fill(db, session_id=session_id, saw=saw, now=now, by=by)

    status = send_in(form, do)
    if status is None:
        flash(pages.sentence("reserve_filled"))
        return redirect(url_for("bookings_desk.roster", session_id=session_id))
    with edge.reading() as db:
        demand = reserve_sessions.demand_for(db, session_id=session_id, now=edge.moment())
    form.saw.data = demand.token
    return render_template("bookings/fill_reserve.html", form=form, demand=demand), status


def _view(session_id: int) -> CaseView:
    with edge.reading() as db:
        return queries.minimum_case(db, session_id, today=day_of(edge.moment()))


def _done(form: Form, session_id: int, do: Callable[[Session], object], *, said: str) -> Response | None:
    """The way back to the case when it is done; None while the form is shown, with what is wrong with it."""
    if send_in(form, do) is not None:
        return None
    flash(pages.sentence(said))
    return redirect(url_for("bookings_desk.minimum_case", session_id=session_id))


def _page(template: str, form: Form, session_id: int, **shown: object) -> tuple[str, int]:
    status = 200 if not form.is_submitted() else 409 if form.form_errors else 400
    return render_template(template, form=form, view=_view(session_id), **shown), status


AUDIENCES = {"vantar": Audience.WAITING, "bett": Audience.ASKED, "saknar": Audience.LACKING}
"""What the address calls them."""
CASE = "/samordning/minimum/<int:session_id>"
PAGES = (
    ("/samordning/minimum", minimum, ["GET"]),
    ("/samordning/reserv/<int:session_id>", fill_reserve, ["GET", "POST"]),
    (CASE, minimum_case, ["GET"]),
    (f"{CASE}/ge-anda", run_anyway, ["GET", "POST"]),
    (f"{CASE}/bjud-in/<whom>", invite, ["GET", "POST"]),
    (f"{CASE}/reserverade", open_reserves, ["GET", "POST"]),
    (f"{CASE}/sla-ihop/<int:into>", merge, ["GET", "POST"]),
    (f"{CASE}/flytta-beslutet", move_day, ["GET", "POST"]),
)
"""Address, view and methods."""
