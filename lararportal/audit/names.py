"""What the rows are called that findings speak of: a few statements, however many there are."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from auth.models import Person
from bookings.models import Booking, Round
from courses.models import Course, CourseSession
from lararportal import pages
from lararportal.audit.repairs import Offer, Repair
from lararportal.audit.telling import KINDS
from lararportal.checks import Finding
from lararportal.errors import NotFound
from lararportal.outbox import Letter


def of(db: Session, findings: Iterable[Finding]) -> dict[tuple[str, int], str]:
    """The names of persons, sessions, courses and rounds, for who may read them; all else is called by its number."""
    wanted: dict[str, set[int]] = {}
    for finding in findings:
        for fact, number in finding.facts.items():
            if fact in KINDS and number is not None:
                wanted.setdefault(KINDS[fact], set()).add(number)
    called: dict[tuple[str, int], str] = {}
    if persons := wanted.get("person"):
        rows = db.scalars(select(Person).where(Person.id.in_(persons)))
        called |= {("person", each.id): each.name for each in rows}
    if sessions := wanted.get("session"):
        called |= {("session", each.id): _session(each) for each in _sessions(db, sessions)}
    if courses := wanted.get("course"):
        rows_ = db.scalars(select(Course).where(Course.id.in_(courses)))
        called |= {("course", each.id): each.title for each in rows_}
    if rounds := wanted.get("round"):
        titles = db.execute(select(Round.id, Round.title).where(Round.id.in_(rounds)))
        called |= {("round", number): title for number, title in titles}
    return called


def of_person(db: Session, person_id: int | None) -> str:
    """The name of somebody; nothing, if it was nobody."""
    person = db.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else ""


def of_row(db: Session, offer: Offer) -> str:
    """What a repair is about, as its page says it.

    Raises:
        NotFound: there is no such row.
    """
    match offer.repair:
        case Repair.RECOUNT:
            return _session(_one(_sessions(db, [offer.number])))
        case Repair.OCCUPY:
            booking = db.get(Booking, offer.number, options=[joinedload(Booking.person)])
            if booking is None:
                raise NotFound
            return f"{booking.person.name}: {_session(_one(_sessions(db, [booking.session_id])))}"
        case Repair.RESEND:
            letter = db.get(Letter, offer.number)
            if letter is None:
                raise NotFound
            to = db.get(Person, letter.person_id)
            return f"{letter.subject} ({letter.address if to is None or not to.is_protected else to.name})"
        case Repair.CATCH_UP:
            return ""


def _sessions(db: Session, ids: Iterable[int]) -> list[CourseSession]:
    asked = select(CourseSession).where(CourseSession.id.in_(list(ids)))
    return list(db.scalars(asked.options(joinedload(CourseSession.course))))


def _one(found: list[CourseSession]) -> CourseSession:
    if not found:
        raise NotFound
    return found[0]


def _session(session: CourseSession) -> str:
    return f"{session.course.title}, {pages.short_day(session.starts_on)}, {session.place}"
