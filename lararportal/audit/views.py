"""The page of proof: what is amiss now, what the last look at everything found, and what can be done about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth.access import me, needs
from auth.states import Role
from lararportal import edge, pages, seals
from lararportal.audit import names, repairs, stored, telling
from lararportal.audit.invariants import AT_ONCE, EVERYTHING, NOT_BUILT, found, in_motion
from lararportal.audit.repairs import Offer, Repair
from lararportal.audit.running import OF_QUEUE, OF_RIGHTS, of_queue, of_rights
from lararportal.audit.stored import Audit
from lararportal.checks import Finding
from lararportal.errors import Refused

blueprint = Blueprint("audit", __name__)

LOOK = "lararportal.workers.look_at_everything"
CATCH_UP = "lararportal.workers.catch_up"
LOOK_AGAIN_SECONDS = 2
SAID = {
    Repair.RECOUNT: "repair_recount",
    Repair.OCCUPY: "repair_occupy",
    Repair.RESEND: "repair_resend",
    Repair.CATCH_UP: "repair_catch_up",
}
"""What is said when it is done."""


@dataclass(frozen=True)
class Told:
    """A finding as the page shows it."""

    sentence: str
    person_id: int | None
    session_id: int | None
    letter_id: int | None
    offer: Offer | None


@dataclass(frozen=True)
class Group:
    """What one check found, as much of it as a page holds."""

    check: str
    told: Sequence[Told]
    count: int


@blueprint.get("/samordning/kontroll")
@needs(Role.COORDINATOR)
def proof() -> Response:
    """Looks at what can be looked at while somebody waits, and tells what the last look at everything found."""
    place, now = edge.installation(), edge.moment()
    when = in_motion(now)
    with place.database.snapshot() as db:
        here = [
            *of_queue(place.queue, when),
            *of_rights(db, env=place.settings.env),
            *found(db, AT_ONCE, when),
        ]
        sealed = seals.last(db)
        latest, ended = stored.last(db), stored.last_ended(db)
        thorough = _only_thorough(ended)
        called = names.of(db, [*here, *thorough])
        asked_by = names.of_person(db, ended.asked_by if ended is not None else None)
    page = make_response(
        render_template(
            "audit/proof.html",
            now=now,
            here=_grouped(here, Counter(each.check for each in here), called),
            thorough=_grouped(thorough, Counter(ended.counts if ended is not None else {}), called),
            latest=latest,
            ended=ended,
            asked_by=asked_by,
            sealed=sealed,
            at_once=[*OF_QUEUE, *OF_RIGHTS, *(each.name for each in AT_ONCE)],
            everything=[each.name for each in EVERYTHING if each not in AT_ONCE],
            not_built=NOT_BUILT,
        )
    )
    page.headers["Cache-Control"] = "private, no-store"
    if latest is not None and latest.is_going_on(now):
        page.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return page


@blueprint.post("/samordning/kontroll")
@needs(Role.COORDINATOR)
def look() -> Response:
    """Hands a look at everything to the workers."""
    with edge.deed() as db:
        asked = stored.ask(db, now=edge.moment(), by=me().person_id)
    if asked is not None and edge.enqueue(LOOK, asked.id, retry=edge.ONCE_MORE) is None:
        with edge.deed() as db:
            stored.break_off(db, asked.id)
        flash(pages.sentence("audit_not_handed_over"), "warning")
    return _back()


@blueprint.route("/samordning/kontroll/<name>/<int:number>", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def repair(name: str, number: int) -> str | Response:
    """Puts something right, after a page that says what that means."""
    if name not in list(Repair):
        abort(404)
    offer = Offer(Repair(name), number)
    if request.method == "GET":
        with edge.reading() as db:
            subject = names.of_row(db, offer)
        return render_template("audit/repair.html", offer=offer, subject=subject)
    try:
        with edge.deed() as db:
            has_changed = repairs.put_right(db, offer, now=edge.moment(), by=me().person_id)
    except Refused:
        flash(pages.sentence("repair_impossible"), "warning")
        return _back()
    if offer.repair is Repair.CATCH_UP:
        handed_over = edge.enqueue(CATCH_UP, seconds=edge.DELIVERY_SECONDS, retry=edge.ONCE_MORE)
        if handed_over is None:
            flash(pages.sentence("audit_not_handed_over"), "warning")
            return _back()
    flash(pages.sentence(SAID[offer.repair] if has_changed else "repair_not_needed"))
    return _back()


def _back() -> Response:
    return redirect(url_for("audit.proof"))


def _only_thorough(ended: Audit | None) -> list[Finding]:
    """What only the look at everything could find: the rest is looked at anew whenever the page is opened."""
    now = {*OF_QUEUE, *OF_RIGHTS, *(each.name for each in AT_ONCE)}
    return [each for each in ended.told if each.check not in now] if ended is not None else []


def _grouped(findings: Sequence[Finding], counts: Counter[str], called: telling.Names) -> list[Group]:
    groups: dict[str, list[Told]] = {}
    for each in findings:
        groups.setdefault(each.check, []).append(
            Told(
                telling.sentence(each, called),
                each.facts.get("person"),
                each.facts.get("session"),
                each.facts.get("letter"),
                repairs.offer_for(each),
            )
        )
    return [Group(check, told[: stored.TOLD], counts[check]) for check, told in groups.items()]
