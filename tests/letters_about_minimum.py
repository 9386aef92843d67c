"""The golden copies of what is posted about a session that too few have booked."""

from collections.abc import Callable
from datetime import date, datetime

from letter_facts import NOW
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Role
from bookings import letters
from bookings.models import MinimumCase
from bookings.rules.forecast import Past, expectation
from bookings.rules.minimum import Audience, CaseEnd
from courses.models import CourseSession
from lararportal import clock

CASE = MinimumCase(id=10**6)


def karin(db: Session) -> Person:
    return make.holder(db, Role.LEADER, given_name="Karin", family_name="Ledare", email="karin@example.org")


def lacking(db: Session) -> CourseSession:
    """A session of six that one has booked."""
    course = make.course(db, code="ALM1", title="Hudsjukdomar i primärvård")
    made = make.session(db, of=course, id=10**6, minimum=6)
    made.seats_taken = 1
    db.flush()
    db.refresh(made, ["course", "days"])
    return made


def forecast_of(tell: Callable[..., None], *, waiting: int, past: tuple[Past, ...] = ()):
    found = expectation(booked=1, minimum=6, waiting_elsewhere=waiting, past=past)
    return lambda db, session: tell(db, CASE, persons=[karin(db)], session=session, expected=found, now=NOW)


def runs(db: Session, session: CourseSession) -> None:
    letters.session_runs(
        db,
        CASE,
        persons=[karin(db)],
        session=session,
        reason="Ämnet ges sällan.",
        decided_by="Olle Samordnare",
        now=NOW,
    )


def runs_after_all(db: Session, session: CourseSession) -> None:
    anna = make.person(db, given_name="Anna", family_name="Berg", email="anna.berg@example.org")
    letters.session_runs_after_all(db, CASE, persons=[anna], session=session, now=NOW)


def day_moved(db: Session, session: CourseSession) -> None:
    former, session.go_no_go_on = session.go_no_go_on, date(2027, 2, 22)
    anna = make.person(db, given_name="Anna", family_name="Berg", email="anna.berg@example.org")
    letters.decision_day_moved(
        db, CASE, persons=[anna], session=session, former=former, reason="Fler har hört av sig.", now=NOW
    )


def free_seats(audience: Audience, *, case: MinimumCase = CASE, now: datetime = NOW):
    def write(db: Session, session: CourseSession) -> None:
        anna = make.person(db, given_name="Anna", family_name="Berg", email="anna.berg@example.org")
        letters.free_seats(db, case, person=anna, session=session, audience=audience, now=now)

    return write


def reserve_wanted(waiting: int):
    def write(db: Session, session: CourseSession) -> None:
        olle = make.coordinator(db, given_name="Olle", family_name="Samordnare", email="olle@example.org")
        letters.reserve_wanted(db, persons=[olle], session=session, waiting=waiting, now=NOW)

    return write


ABOUT_MINIMUM: dict[str, Callable[[Session, CourseSession], None]] = {
    "few_booked": forecast_of(letters.few_booked, waiting=0),
    "too_few_booked.0_waiting": forecast_of(letters.too_few_booked, waiting=0),
    "too_few_booked.1_waiting": forecast_of(letters.too_few_booked, waiting=1),
    "too_few_booked.3_waiting": forecast_of(letters.too_few_booked, waiting=3, past=(Past(30, 4),)),
    "session_runs": runs,
    "session_runs_after_all": runs_after_all,
    "decision_day_moved": day_moved,
    "reserve_wanted": reserve_wanted(8),
    "reserve_wanted.one": reserve_wanted(1),
    **{f"free_seats.{each}": free_seats(each) for each in Audience},
    "free_seats.decided": free_seats(Audience.ASKED, case=MinimumCase(end=CaseEnd.RUNS_ANYWAY)),
    "free_seats.overdue": free_seats(Audience.ASKED, now=clock.at(date(2027, 2, 16), 9)),
}
