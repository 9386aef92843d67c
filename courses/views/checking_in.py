"""Checking in: a participant has read the code on the screen, signs in if need be, and says that they are there."""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, make_response, render_template, request

from auth.access import ViewResult, me, signed_in
from courses.days import check_in, shown
from courses.forms.days import RowsForm
from courses.models import Attendance
from courses.rules.check_in import SCAN_LASTS
from courses.views.days import roster
from lararportal import edge, pages
from lararportal.errors import Refused

blueprint = Blueprint("check_in", __name__)


def _through_sign_in(view: Callable[[int, str], Response]) -> Callable[[int, str], Response]:
    """Above `signed_in`: whoever is sent to sign in has the proof with them that they have read the code in time."""

    @wraps(view)
    def kept(session_id: int, token: str) -> Response:
        answer = make_response(view(session_id, token))
        if request.method == "GET" and answer.location is not None:
            _keep_scan(answer, session_id, token)
        return answer

    return kept


@blueprint.route("/incheckning/<int:session_id>/<token>", methods=["GET", "POST"])
@_through_sign_in
@signed_in
def own_check_in(session_id: int, token: str) -> ViewResult:
    """Somebody has read the code on the screen, and says that they are there."""
    form, session, noted, sentence = RowsForm(), None, None, None
    try:
        noted = _check_in(session_id, token) if form.validate_on_submit() else _look(session_id, token)
        with edge.reading() as db:
            session = shown.session_of(db, session_id)
    except Refused as refusal:
        sentence = pages.sentence(refusal.reason.value, **refusal.facts)
    page = render_template("courses/check_in.html", form=form, session=session, noted=noted, sentence=sentence)
    answer = make_response(page, 409 if sentence else 200)
    if noted is not None:
        answer.delete_cookie(_cookie())
    elif sentence is None:
        _keep_scan(answer, session_id, token)
    return answer


def _check_in(session_id: int, code: str) -> Attendance:
    proof, now, by = request.cookies.get(_cookie(), ""), edge.moment(), me().person_id
    with edge.deed() as db:
        return check_in.by_code(db, session_id=session_id, code=code, proof=proof, roster=roster(), now=now, by=by)


def _look(session_id: int, code: str) -> Attendance | None:
    proof, now, by = request.cookies.get(_cookie(), ""), edge.moment(), me().person_id
    with edge.reading() as db:
        return check_in.look(db, session_id=session_id, code=code, proof=proof, roster=roster(), now=now, by=by)


def _cookie() -> str:
    """Its name; browsers take one of that name only from this very host over https."""
    return "scan" if edge.installation().settings.is_development else "__Host-scan"


def _keep_scan(answer: Response, session_id: int, code: str) -> None:
    with edge.reading() as db:
        proof = check_in.proof_of_scan(db, session_id=session_id, code=code, now=edge.moment())
    if proof is not None:
        answer.set_cookie(
            _cookie(),
            proof,
            max_age=SCAN_LASTS,
            secure=not edge.installation().settings.is_development,
            httponly=True,
            samesite="Lax",
        )
