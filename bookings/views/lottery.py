"""The lottery of a round in two rooms: what the second party does, what coordinators do, each freshly signed in."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auth.access import me, needs, proved_anew, reaching
from auth.states import Role
from bookings import lottery, queries
from bookings.forms import CommitForm, ConfirmForm, RevealForm, SourceForm, ValueForm, WithoutForm
from bookings.queries import LotteryView
from bookings.rules.lottery_protocol import TURNS, Actor, may
from bookings.states import LotteryAct, PublicKind
from lararportal import edge
from lararportal.errors import NotFound, Refused
from lararportal.forms import Form
from lararportal.forms_sent import send_in

Page = str | Response | tuple[str, int]
Deed = Callable[[Session], object]


def open_to_office(found: LotteryView) -> list[LotteryAct]:
    """The steps that a coordinator could take now."""
    return [act for act, turn in TURNS.items() if not turn.by_second_party and _obstacle(found, act) is None]


def open_to_second_party(found: LotteryView) -> list[LotteryAct]:
    """The steps that the second party could take now."""
    return [act for act, turn in TURNS.items() if turn.by_second_party and _obstacle(found, act) is None]


def _obstacle(found: LotteryView, act: LotteryAct) -> Refused | None:
    """What a page says of a step before anybody takes it; the deed asks once more, and about the person too."""
    actor = Actor(is_second_party=TURNS[act].by_second_party, has_applied=False)
    refusal = may(act, found.standing, actor, now=edge.moment())
    known_at = found.source.known_at if found.source else None
    return Refused(refusal, until=found.until, known=known_at) if refusal is not None else None


def _ready(found: LotteryView, act: LotteryAct) -> LotteryView:
    """The lottery, when it is time for the step.

    Raises:
        Refused: it is not.
    """
    if (refused := _obstacle(found, act)) is not None:
        raise refused
    return found


def _take_step(form: Form, deed: Deed, show: Callable[[], str], *, said: str, back: str) -> Page:
    """Does the deed of a form that was sent in, and goes back; or shows the form, with what is wrong."""
    status = send_in(form, deed)
    if status is None:
        flash(said)
        return redirect(back)
    return show(), status


@needs(Role.DIRECTOR)
@reaching(Role.DIRECTOR, "own")
def own_lotteries() -> str:
    """The rounds in which the visitor is the second party."""
    with edge.reading() as db:
        found = queries.lotteries_with(db, me().person_id)
    return render_template("bookings/own_lotteries.html", lotteries=found, open_to=open_to_second_party)


@needs(Role.DIRECTOR)
@reaching(Role.DIRECTOR, "own")
def own_lottery(round_id: int) -> str:
    """One of them: where it stands, and what to do now."""
    found = _own(round_id)
    acts = open_to_second_party(found)
    return render_template("bookings/own_lottery.html", lottery=found, acts=acts, now=edge.moment())


@needs(Role.DIRECTOR)
@proved_anew
@reaching(Role.DIRECTOR, "own")
def commit(round_id: int) -> Page:
    """A secret is drawn in the browser, or elsewhere, and the portal gets its SHA-256."""
    found = _ready(_own(round_id), LotteryAct.COMMIT)
    form = CommitForm(data={"replaces": found.second_commitment or ""})
    return _take_step(
        form,
        lambda db: lottery.bind(
            db,
            round_id=round_id,
            commitment=form.commitment.data or "",
            replaces=form.replaces.data or None,
            now=edge.moment(),
            by=me().person_id,
        ),
        lambda: render_template("bookings/lottery_commit.html", lottery=found, form=form),
        said="lottery_committed",
        back=url_for("bookings_desk.own_lottery", round_id=round_id),
    )


@needs(Role.DIRECTOR)
@proved_anew
@reaching(Role.DIRECTOR, "own")
def reveal(round_id: int) -> Page:
    """The secret is shown, and held against the commitment."""
    found = _ready(_own(round_id), LotteryAct.REVEAL)
    form = RevealForm()
    return _take_step(
        form,
        lambda db: lottery.reveal(
            db, round_id=round_id, secret=form.secret.data or "", now=edge.moment(), by=me().person_id
        ),
        lambda: render_template("bookings/lottery_reveal.html", lottery=found, form=form),
        said="lottery_secret_shown",
        back=url_for("bookings_desk.own_lottery", round_id=round_id),
    )


def _own(round_id: int) -> LotteryView:
    """The lottery, which does not exist for other directors of studies."""
    with edge.reading() as db:
        found = queries.lottery(db, round_id)
    if found.second_party_id != me().person_id:
        raise NotFound
    return found


@needs(Role.COORDINATOR)
@proved_anew
def without(round_id: int) -> Page:
    """A decision to go on without a second secret, with its reason."""
    form = WithoutForm()

    def deed(db: Session) -> object:
        reason = form.reason.data or ""
        return lottery.go_on_without(db, round_id=round_id, reason=reason, now=edge.moment(), by=me().person_id)

    return _office_step(round_id, LotteryAct.GO_ON_WITHOUT, form, deed, said="lottery_waived")


@needs(Role.COORDINATOR)
@proved_anew
def sealed_copy(round_id: int) -> Page:
    """The second party's secret out of its sealed envelope."""
    form = RevealForm()

    def deed(db: Session) -> object:
        secret = form.secret.data or ""
        return lottery.open_copy(db, round_id=round_id, secret=secret, now=edge.moment(), by=me().person_id)

    return _office_step(round_id, LotteryAct.OPEN_COPY, form, deed, said="lottery_secret_shown")


@needs(Role.COORDINATOR)
@proved_anew
def value(round_id: int) -> Page:
    """The public value, typed twice."""
    with edge.reading() as db:
        found = queries.lottery(db, round_id)
    form = ValueForm(found.source.kind if found.source else PublicKind.NAMED, data={"replaces": found.value or ""})

    def deed(db: Session) -> object:
        return lottery.enter_value(
            db,
            round_id=round_id,
            value=form.value.data or "",
            replaces=form.replaces.data or None,
            now=edge.moment(),
            by=me().person_id,
        )

    return _office_step(round_id, LotteryAct.ENTER_VALUE, form, deed, said="lottery_value_entered")


@needs(Role.COORDINATOR)
@proved_anew
def source(round_id: int) -> Page:
    """Another source of the public value, when the one that was named had none."""
    form = SourceForm(data={"source_kind": PublicKind.DRAND})

    def deed(db: Session) -> object:
        return lottery.replace_source(
            db,
            round_id=round_id,
            source=form.source(otherwise=edge.moment()),
            reason=form.reason.data or "",
            now=edge.moment(),
            by=me().person_id,
        )

    return _office_step(round_id, LotteryAct.REPLACE_SOURCE, form, deed, said="lottery_source_replaced")


def _office_step(round_id: int, act: LotteryAct, form: Form, deed: Deed, *, said: str) -> Page:
    with edge.reading() as db:
        found = _ready(queries.lottery(db, round_id), act)
    page: dict[str, Any] = {"lottery": found, "form": form, "act": act}
    return _take_step(
        form,
        deed,
        lambda: render_template("bookings/lottery_step.html", **page),
        said=said,
        back=url_for("bookings_desk.round_page", round_id=round_id),
    )


@needs(Role.COORDINATOR)
def remind(round_id: int) -> Page:
    """Another letter to the second party."""
    if ConfirmForm().validate():
        with edge.deed() as db:
            lottery.remind(db, round_id=round_id, now=edge.moment(), by=me().person_id)
        flash("lottery_reminded")
    return redirect(url_for("bookings_desk.round_page", round_id=round_id))


BOTH = ["GET", "POST"]
PAGES = (
    ("/studierektor/lottning", own_lotteries, ["GET"]),
    ("/studierektor/lottning/<int:round_id>", own_lottery, ["GET"]),
    ("/studierektor/lottning/<int:round_id>/atagande", commit, BOTH),
    ("/studierektor/lottning/<int:round_id>/hemlighet", reveal, BOTH),
    ("/samordning/omgangar/<int:round_id>/lottning/utan", without, BOTH),
    ("/samordning/omgangar/<int:round_id>/lottning/kopia", sealed_copy, BOTH),
    ("/samordning/omgangar/<int:round_id>/lottning/varde", value, BOTH),
    ("/samordning/omgangar/<int:round_id>/lottning/kalla", source, BOTH),
    ("/samordning/omgangar/<int:round_id>/lottning/paminn", remind, ["POST"]),
)
"""Address, view and methods."""
