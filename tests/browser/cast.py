"""Who and what the stories are about: people with accounts, courses with sessions ahead, a round that is open."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

import make
from auth.models import Grant, Person
from auth.states import Area, Role
from bookings import applications, rounds
from bookings.lottery_plan import PublicSource
from bookings.models import Round
from bookings.round_plan import RoundPlan
from bookings.states import PublicKind
from browser.browsing import House
from courses.models import Course, CourseSession
from lararportal import clock
from lararportal.dev.people import PEOPLE

NAMES = {person.subject: (person.given_name, person.family_name) for person in PEOPLE}
NEXT_IN_LINE = "nils.st"
ADDRESS = "{}@example.org"


def person(house: House, db: Session, subject: str, **facts) -> Person:
    """Somebody who can sign in, and is a confirmed resident unless the facts say otherwise."""
    given_name, family_name = NAMES.get(subject, ("Nils", "Bergman"))
    made = make.person(db, given_name=given_name, family_name=family_name, email=ADDRESS.format(subject), **facts)
    house.let_sign_in(db, made, subject)
    return made


def staff(house: House, db: Session, subject: str, role: Role, area: Area | None = None) -> Person:
    """Somebody who is no doctor on a course here, but has a role."""
    made = person(house, db, subject, category=None, area=None, workplace="", residency_start=None, planned_end=None)
    db.add(Grant(person_id=made.id, role=role, area=area))
    db.flush()
    return made


def in_months(number: int) -> date:
    """About so many months ahead."""
    return clock.day_of(clock.now()) + timedelta(days=round(30.44 * number))


def session(db: Session, course: Course, *, in_days: int, place: str, **facts) -> CourseSession:
    """Two weekdays of the course, the first of them so many days ahead or just after."""
    first = clock.day_of(clock.now()) + timedelta(days=in_days)
    first += timedelta(days=max(0, 8 - first.isoweekday()) if first.isoweekday() > 4 else 0)
    days = [first, first + timedelta(days=1)]
    return make.session(
        db,
        of=course,
        days=days,
        place=place,
        prepare_by=days[0] - timedelta(days=7),
        **facts,
    )


def planned_round(
    db: Session, sessions: list[CourseSession], *, second_party_id: int, by: int, respite_hours: int = 48
) -> Round:
    """A round that is to open tomorrow, and takes lists for three weeks then."""
    now = clock.now()
    opens, closes = _noon(now + timedelta(days=1)), _noon(now + timedelta(days=22))
    wanted = RoundPlan(
        term=f"{closes.year + 1}-1",
        title=f"Vårterminen {closes.year + 1}",
        opens_at=opens,
        closes_at=closes,
        decision_on=clock.day_of(closes) + timedelta(days=9),
        cap=4,
        respite_hours=respite_hours,
        session_ids=[each.id for each in sessions],
        second_party_id=second_party_id,
        source=PublicSource(kind=PublicKind.DRAND, at=closes + timedelta(hours=1)),
    )
    return rounds.plan(db, wanted=wanted, now=now, by=by)


def has_applied(db: Session, round_: Round, applicant: Person, *wanted: CourseSession) -> None:
    """The applicant's list lies there."""
    applications.apply(
        db,
        round_id=round_.id,
        person_id=applicant.id,
        choices=[each.id for each in wanted],
        cap=4,
        now=clock.now(),
        by=applicant.id,
    )


def _noon(moment: datetime) -> datetime:
    return datetime.combine(clock.day_of(moment), time(12), clock.STOCKHOLM)
