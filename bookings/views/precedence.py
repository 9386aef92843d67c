"""Who goes before others by a decision: precedence granted and revoked, and exceptions in a line.

For directors of studies and coordinators; a director finds nobody but the people of their own areas.
"""

from collections.abc import Callable, Collection

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from auth import queries as people
from auth.access import me, needs
from auth.models import Person
from auth.states import Area, Role
from bookings import exceptions, precedence, queries
from bookings.forms import ExceptionForm, GrantForm, RevokeForm
from bookings.queries import SessionRow
from bookings.states import ExceptionKind
from lararportal import edge, pages
from lararportal.errors import NotFound
from lararportal.forms import Form
from lararportal.forms_sent import send_in

Page = str | Response | tuple[str, int]

DECIDES = (Role.DIRECTOR, Role.COORDINATOR)
PLACES = {
    ExceptionKind.HARDSHIP: exceptions.place_for_hardship,
    ExceptionKind.PRECEDENCE: exceptions.place_by_precedence,
}


@needs(*DECIDES)
def precedences() -> str:
    """Every precedence that the visitor may know of, the latest first."""
    number = request.args.get("sida", 1, type=int)
    with edge.reading() as db:
        page = queries.precedences(db, areas=_areas(), number=number, now=edge.moment())
    return render_template("bookings/precedences.html", page=page, areas=_areas())


@needs(*DECIDES)
def person_counts(person_id: int) -> str:
    """What counts of one person, what has been decided about them, and what can be."""
    with edge.reading() as db:
        person = visible(db, person_id)
        counts = queries.what_counts(db, person_id, now=edge.moment())
        made = queries.exceptions_for(db, person_id)
    return render_template("bookings/person_counts.html", person=person, counts=counts, exceptions=made)


@needs(*DECIDES)
def grant_precedence(person_id: int) -> Page:
    """Grants precedence for a course that is for the person."""
    with edge.reading() as db:
        person = visible(db, person_id)
        courses = queries.courses_for(db, person)
        closed = queries.rounds_past_closing(db)
    form = GrantForm()
    form.offer([(each.id, f"{each.title} ({each.code})") for each in courses])

    def deed(db: Session) -> object:
        return precedence.grant(
            db,
            person_id=person_id,
            course_id=form.course_id.data or 0,
            reason=form.reason.data or "",
            now=edge.moment(),
            by=me().person_id,
        )

    return _decide(form, deed, person, "precedence_granted", "bookings/precedence_form.html", closed=closed)


@needs(*DECIDES)
def revoke_precedence(person_id: int, precedence_id: int) -> Page:
    """Revokes a precedence, after a page that says what it is."""
    with edge.reading() as db:
        person = visible(db, person_id)
        held = queries.precedence(db, precedence_id, now=edge.moment())
    if held.person_id != person_id:
        raise NotFound
    form = RevokeForm()

    def deed(db: Session) -> object:
        return precedence.revoke(
            db, precedence_id=precedence_id, reason=form.reason.data or "", now=edge.moment(), by=me().person_id
        )

    return _decide(form, deed, person, "precedence_revoked", "bookings/precedence_revoke.html", held=held)


@needs(*DECIDES)
def make_exception(person_id: int) -> Page:
    """Puts the person among those who applied in time, in the line of a session whose seats a round has given."""
    with edge.reading() as db:
        person = visible(db, person_id)
        sessions = queries.sessions_to_place_in(db, person, now=edge.moment())
    form = ExceptionForm()
    form.offer([(row.session_id, _in_words(row)) for row in sessions])

    def deed(db: Session) -> object:
        assert form.kind.data is not None, "the form demands it"
        return PLACES[form.kind.data](
            db,
            session_id=form.session_id.data or 0,
            person_id=person_id,
            ground=form.ground.data,
            reason=form.reason.data or "",
            now=edge.moment(),
            by=me().person_id,
        )

    return _decide(form, deed, person, "line_exception_made", "bookings/exception_form.html", sessions=sessions)


def _decide(
    form: Form, deed: Callable[[Session], object], person: Person, said: str, template: str, **page: object
) -> Page:
    """Asks, decides, and leads back to the person's page with a word of what was done."""
    status = send_in(form, deed)
    if status is None:
        flash(pages.sentence(said))
        return redirect(url_for("bookings_desk.person_counts", person_id=person.id))
    return render_template(template, form=form, person=person, **page), status


def _in_words(row: SessionRow) -> str:
    return f"{row.course_title}, {pages.days(row.days)}, {row.place}"


def _areas() -> Collection[Area] | None:
    """The areas whose people the visitor decides about; None is everywhere."""
    return None if me().has(Role.COORDINATOR) else me().areas


def visible(db: Session, person_id: int) -> Person:
    """The person, who does not exist for a director of studies elsewhere."""
    found, areas = people.person(db, person_id), _areas()
    if areas is not None and found.area not in areas:
        raise NotFound
    return found


PAGES = (
    ("/personer/fortur", precedences, ["GET"]),
    ("/personer/<int:person_id>/raknas", person_counts, ["GET"]),
    ("/personer/<int:person_id>/fortur", grant_precedence, ["GET", "POST"]),
    ("/personer/<int:person_id>/fortur/<int:precedence_id>/aterkalla", revoke_precedence, ["GET", "POST"]),
    ("/personer/<int:person_id>/undantag", make_exception, ["GET", "POST"]),
)
"""Address, view and methods."""
