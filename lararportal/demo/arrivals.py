"""How the people of the demonstration came: they signed in, described themselves, were confirmed, got their roles."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from auth import granting, invitations, people
from auth.states import Area, Role
from lararportal.demo.agenda import Act
from lararportal.demo.cast import ANNA, OLLE, SARA, SIV, Cast, Doctor, Figure
from lararportal.demo.dates import Timeline
from lararportal.dev.people import ELSEWHERE

FIRST_DAY, LAST_DAY = -330, -140
NEWCOMERS_SINCE = -12
SILENT = 1
"""How many newcomers have not come further than signing in."""


def colleagues(cast: Cast, timeline: Timeline, *, issuer: str) -> Iterator[Act]:
    """The staff, the administrator first, who then grants the others their roles."""
    begin = timeline.on(FIRST_DAY - 20, 8)
    ordered = sorted(cast.colleagues, key=lambda each: each.subject != SIV)
    for number, colleague in enumerate(ordered):
        at = begin + timedelta(minutes=15 * number)
        yield Act(at, _arrival(colleague, at, issuer))
        yield Act(at, _grant(cast, colleague, at, role=colleague.role, area=colleague.area))


def doctors(cast: Cast, timeline: Timeline, rng: Random, *, issuer: str) -> Iterator[Act]:
    """Everybody confirmed, some days after they came, by the director of studies of their area."""
    begin, end = timeline.on(FIRST_DAY, 8), timeline.on(LAST_DAY, 18)
    for doctor in cast.doctors:
        at = timeline.some_time(rng, begin, end)
        if doctor.subject in (ANNA, SARA):
            at = begin
        confirmed = doctor.confirmed_at = at + timedelta(days=rng.randint(1, 9))
        yield Act(at, _arrival(doctor, at, issuer))
        yield Act(at, _description(doctor, at))
        yield Act(confirmed, confirmation(cast, doctor, confirmed))
    at = end + timedelta(days=10)
    for leader in cast.leading_specialists:
        yield Act(at, _grant(cast, leader, at, role=Role.LEADER, area=None))


def newcomers(cast: Cast, timeline: Timeline, rng: Random, *, issuer: str) -> Iterator[Act]:
    """Who came in the last days and waits to be confirmed."""
    for index, doctor in enumerate(cast.pending):
        at = timeline.some_time(rng, timeline.on(NEWCOMERS_SINCE, 8), timeline.now - timedelta(days=4))
        yield Act(at, _arrival(doctor, at, issuer))
        if index >= SILENT:
            yield Act(at, _description(doctor, at))


def invited(cast: Cast, timeline: Timeline) -> Iterator[Act]:
    """An external reviewer, who has not opened the letter yet: they sign in where the others have no account."""
    erik, at = next(each for each in ELSEWHERE if each.post == "external reviewer"), timeline.now - timedelta(days=2)

    def do(db: Session) -> None:
        invitations.invite_somebody_new(
            db,
            given_name=erik.given_name,
            family_name=erik.family_name,
            email=erik.email,
            bound=invitations.by_email(erik.email),
            roles=[Role.REVIEWER],
            lasts=timedelta(days=14),
            now=at,
            by=cast.colleague(OLLE).id,
        )

    yield Act(at, do)


def _arrival(figure: Figure, at: datetime, issuer: str) -> Callable[[Session], None]:
    def do(db: Session) -> None:
        person = people.arrive(
            db,
            issuer=issuer,
            kind="sub",
            value=figure.subject,
            given_name=figure.given_name,
            family_name=figure.family_name,
            email=figure.email,
            now=at,
        )
        # Drawn anew for everybody else; here the lottery has to come out the same each time.
        person.pseudonym = figure.pseudonym
        figure.id = person.id

    return do


def _description(doctor: Doctor, at: datetime) -> Callable[[Session], object]:
    return lambda db: people.describe_oneself(
        db,
        person_id=doctor.id,
        email=doctor.email,
        category=doctor.category,
        area=doctor.area,
        workplace=doctor.workplace,
        residency_start=doctor.residency_start,
        planned_end=doctor.planned_end,
        leave_months=doctor.leave_months,
        now=at,
        by=doctor.id,
    )


def confirmation(cast: Cast, doctor: Doctor, at: datetime) -> Callable[[Session], object]:
    """The director of studies of their area confirms what somebody said of themselves."""
    return lambda db: people.confirm(
        db,
        person_id=doctor.id,
        category=doctor.category,
        area=doctor.area,
        residency_start=doctor.residency_start,
        planned_end=doctor.planned_end,
        leave_months=doctor.leave_months,
        now=at,
        by=cast.director(doctor.area).id,
    )


def _grant(cast: Cast, figure: Figure, at: datetime, *, role: Role, area: Area | None) -> Callable[[Session], None]:
    def do(db: Session) -> None:
        administrator = cast.colleague(SIV)
        # The first administrator is made at the machine, by nobody in the portal.
        by = None if figure is administrator else administrator.id
        granting.grant(db, person_id=figure.id, role=role, area=area, now=at, by=by)

    return do
