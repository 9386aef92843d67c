"""The page of the journal, for coordinators."""

from datetime import date

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from auth.access import me, needs
from auth.states import Role
from lararportal import edge, journal, pages
from lararportal.journal_log import queries
from lararportal.journal_log.queries import Look, Wanted

blueprint = Blueprint("journal_log", __name__)

CENTURY = 20
LARGEST, LAST = 2**31 - 1, 2**63 - 1
"""The greatest numbers that the database gives: to most rows, and to entries."""


@blueprint.get("/samordning/journal")
@needs(Role.COORDINATOR)
def entries() -> Response:
    """What was done, of all or of what somebody looks for; who looks at one person is in the journal too."""
    wanted = _asked()
    look = _read(wanted) if wanted.person_id is None else _read_of_person(wanted, wanted.person_id)
    answer = make_response(render_template("journal_log/entries.html", look=look, wanted=wanted))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _read(wanted: Wanted) -> Look:
    with edge.reading() as db:
        return queries.entries(db, wanted)


def _read_of_person(wanted: Wanted, person_id: int) -> Look:
    with edge.deed() as db:
        look = queries.entries(db, wanted)
        journal.note(db, "journal.looked_at", now=edge.moment(), by=me().person_id, person=person_id)
    return look


def _asked() -> Wanted:
    deed = request.args.get("handelse", "")
    return Wanted(
        person_id=_number("person"),
        session_id=_number("tillfalle"),
        course_id=_number("kurs"),
        deed=deed if deed in pages.words()["journal_deed"] else None,
        first=_day("fran"),
        last=_day("till"),
        before=_number("fore", LAST),
    )


def _number(name: str, largest: int = LARGEST) -> int | None:
    """A number that a row can have; what none can have is 0, which is nobody's."""
    found = request.args.get(name, type=int)
    return found if found is None or 0 < found <= largest else 0


def _day(name: str) -> date | None:
    """A day of this century; what else somebody writes says nothing."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if found.year // 100 == CENTURY else None
