"""The pages of the message log, for coordinators."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from auth.access import me, needs
from auth.forms import plausible_email
from auth.states import Role
from lararportal import edge, outbox, pages
from lararportal.errors import Refused
from lararportal.forms import Form, stripped
from lararportal.letter_log import correcting, queries
from lararportal.letter_log.queries import LetterStage, LoggedLetter, Wanted

blueprint = Blueprint("letter_log", __name__)

NAME_LENGTH = 100


class AddressForm(Form):
    """The right address of somebody."""

    address = StringField(filters=[stripped], validators=[InputRequired(), plausible_email])


@blueprint.get("/samordning/brev")
@needs(Role.COORDINATOR)
def letters() -> str:
    """All letters, or those that somebody looks for."""
    wanted = Wanted(
        stage=next((each for each in LetterStage if each == request.args.get("lage")), None),
        name=" ".join(request.args.get("q", "").split())[:NAME_LENGTH],
        person_id=request.args.get("person", type=int),
        booking_id=request.args.get("bokning", type=int),
    )
    with edge.reading() as db:
        person = queries.person_of(db, wanted)
        page = queries.letters(db, wanted, number=request.args.get("sida", 1, type=int))
    return render_template("letter_log/letters.html", page=page, wanted=wanted, person=person, stages=LetterStage)


@blueprint.get("/samordning/brev/<int:letter_id>")
@needs(Role.COORDINATOR)
def letter(letter_id: int) -> str:
    """One letter: what it says, where it has come, and what was done about it."""
    with edge.reading() as db:
        found = queries.letter(db, letter_id)
        handled = queries.handled(db, found.letter)
    return render_template("letter_log/letter.html", found=found, handled=handled)


@blueprint.route("/samordning/brev/<int:letter_id>/igen", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def resend(letter_id: int) -> str | Response:
    """Sends it once more, after a page that says what that means."""
    return _do(letter_id, "letter_log/resend.html", "letter_resent", "letter_waits", outbox.resend)


@blueprint.route("/samordning/brev/<int:letter_id>/stoppa", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def stop(letter_id: int) -> str | Response:
    """Sees to it that it is not sent, after a page that says what that means."""
    return _do(letter_id, "letter_log/stop.html", "letter_stopped", "letter_not_to_stop", correcting.stop)


@blueprint.route("/samordning/brev/<int:letter_id>/adress", methods=["GET", "POST"])
@needs(Role.COORDINATOR)
def readdress(letter_id: int) -> str | Response | tuple[str, int]:
    """Puts the address of the person right, and sends everything there that did not reach them."""
    found = _found(letter_id)
    form = AddressForm(address=found.address)

    def page(status: int) -> tuple[str, int]:
        return render_template("letter_log/readdress.html", found=found, form=form), status

    if not form.validate_on_submit():
        return page(400 if form.is_submitted() else 200)
    try:
        with edge.deed() as db:
            address = form.address.data or ""
            due = correcting.correct_and_resend(
                db, letter_id=letter_id, address=address, now=edge.moment(), by=me().person_id
            )
    except Refused as refusal:
        form.explain(refusal)
        return page(409)
    flash(pages.sentence("address_corrected", name=found.name, count=due))
    return redirect(url_for("letter_log.letter", letter_id=letter_id))


def _do(letter_id: int, template: str, done: str, not_done: str, deed: Callable[..., bool]) -> str | Response:
    if request.method == "GET":
        return render_template(template, found=_found(letter_id))
    with edge.deed() as db:
        has_changed = deed(db, letter_id=letter_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence(done if has_changed else not_done))
    return redirect(url_for("letter_log.letter", letter_id=letter_id))


def _found(letter_id: int) -> LoggedLetter:
    with edge.reading() as db:
        return queries.letter(db, letter_id)
