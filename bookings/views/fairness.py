"""The public pages of the rules: how seats are given, each round's lottery, past pressure, a lottery recomputed."""

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from auth.access import public
from bookings import queries
from bookings.queries import LotteryView
from bookings.rules import worked_example
from bookings.rules.allocation import canonical
from bookings.states import Outcome, RoundState
from lararportal import edge
from lararportal.downloads import attachment
from lararportal.errors import NotFound

blueprint = Blueprint("fairness", __name__)

A_DAY = 86_400


@blueprint.get("/regler")
@public
def rules() -> str:
    """How seats are given, with an example, and the rounds."""
    with edge.reading() as db:
        rounds = queries.lotteries(db)
    doctors = worked_example.doctors()
    return render_template(
        "bookings/rules.html",
        rounds=rounds,
        seats=worked_example.SEATS,
        doctors=doctors,
        steps=worked_example.steps(),
        admitted=[each for each in doctors if each.code is Outcome.ADMITTED],
        waiting=[each for each in doctors if each.code is Outcome.WAITLISTED],
    )


@blueprint.get("/regler/omgang/<int:round_id>")
@public
def round_rules(round_id: int) -> str:
    """The orders and the lottery of one round, and when it is published how many wanted what."""
    with edge.reading() as db:
        found = queries.round_rules(db, round_id)
        pressure = queries.pressure_of_round(db, round_id)
    return render_template("bookings/rules_round.html", rules=found, pressure=pressure, now=edge.moment())


@blueprint.get("/regler/omgang/<int:round_id>/verifiering.json")
@public
def verification_file(round_id: int) -> BaseResponse:
    """The file that anybody can check a published lottery by; it never changes, and is fetched once."""
    with edge.reading() as db:
        document = queries.verification_file(db, round_id)
    response = Response(canonical(document), content_type="application/json; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = A_DAY
    response.cache_control.immutable = True
    response.headers.update(attachment(f"verifiering-{round_id}.json"))
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/regler/soktryck")
@public
def pressure() -> str:
    """How many wanted the seats of earlier rounds, and how far these reached."""
    text = request.args.get("q", "").strip()
    with edge.reading() as db:
        page = queries.pressure(db, text=text, number=request.args.get("sida", 1, type=int))
    return render_template("bookings/rules_pressure.html", page=page, text=text)


@blueprint.get("/regler/kontrollera")
@public
def verify() -> str:
    """A lottery recomputed in the browser: that of a round, or of values that somebody types."""
    wanted = request.args.get("omgang", type=int)
    with edge.reading() as db:
        rounds = queries.lotteries(db)
    chosen = next((each for each in rounds if each.round_id == wanted), None)
    if wanted is not None and chosen is None:
        raise NotFound
    return render_template(
        "bookings/rules_verify.html",
        rounds=rounds,
        chosen=chosen,
        values=published_values(chosen) if chosen else {},
        file=file_of(chosen) if chosen else "",
    )


def published_values(shown: LotteryView) -> dict[str, str]:
    """What a lottery is recomputed from, by the names of the fields; what has not been shown is empty."""
    values = {
        "term": shown.term,
        "portal_commitment": shown.portal_commitment,
        "portal_secret": shown.portal_secret,
        "second_commitment": shown.second_commitment,
        "second_secret": shown.second_secret,
        "public_value": shown.value,
        "public_form": shown.source.form if shown.source else "hex",
        "frozen_hash": shown.frozen_hash,
        "seed": shown.seed,
    }
    return {name: value or "" for name, value in values.items()}


def file_of(shown: LotteryView) -> str:
    """The address of a round's verification file; empty until the round is published."""
    if shown.state is not RoundState.PUBLISHED:
        return ""
    return url_for("fairness.verification_file", round_id=shown.round_id)
