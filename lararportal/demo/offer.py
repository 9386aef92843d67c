"""What is offered: the catalogue from its file, described and published, and a year of sessions with their days."""

import csv
import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.states import Area
from courses import catalogue, course_import, sessions
from courses.models import Course, CourseSession
from courses.rules import Day, default_dates
from courses.states import Kind, Order
from lararportal import journal
from lararportal.demo.cast import Cast
from lararportal.demo.dates import course_weeks, days_near, days_within_week, hours

FOLDER = Path(__file__).parent
RESERVED_FOR_SPECIALISTS = 4
FEWEST_SEATS = 3
IN_RESERVE = "-R"
"""How the key of a reserve session ends."""


@dataclass(kw_only=True)
class Offer:
    """One session: who wants it, by group, and from when it is planned its id."""

    key: str
    """The course's code and a number, as "OB02-1"."""
    code: str
    round: int | None
    """None for one that is still to be planned into a round."""
    area: Area
    place: str
    residents: float
    """How many want it, to each seat."""
    specialists: int
    before_residency: int
    leader: str
    days: list[Day]
    kind: Kind
    course_id: int
    seats: int
    minimum: int
    has_preparation: bool
    id: int = 0

    @property
    def is_reserve(self) -> bool:
        """Whether it is hidden until many ask for it."""
        return self.key.endswith(IN_RESERVE)

    @property
    def starts_on(self) -> date:
        """The first day."""
        return self.days[0].day


def build_catalogue(db: Session, *, now: datetime, by: int) -> dict[str, Course]:
    """Every course of the file is in the catalogue with a description, and published; by code."""
    course_import.import_file(db, text=(FOLDER / "catalogue.csv").read_text("utf-8"), now=now, by=by)
    courses = {course.code: course for course in db.scalars(select(Course).order_by(Course.id))}
    for row in _rows("descriptions.csv"):
        course = courses[row["code"]]
        facts = replace(catalogue.facts_of(course), **_said(row))
        catalogue.change(db, course_id=course.id, facts=facts, now=now + timedelta(hours=1), by=by)
        catalogue.publish(db, course_id=course.id, now=now + timedelta(hours=2), by=by)
    return courses


def _said(row: dict[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {"description": row["description"]}
    if row["order"]:
        said["order"] = Order(row["order"])
    if row["targets"]:
        pairs = (pair.split(":") for pair in row["targets"].split(";"))
        said["targets"] = {group: int(rank) for group, rank in pairs}
    return said


def offers(courses: dict[str, Course], *, today: date, share: float) -> list[Offer]:
    """The sessions of the file with their days: those with `days_ahead` then, the others spread over the year."""
    rows = _rows("sessions.csv")
    spread = [row for row in rows if not row["days_ahead"]]
    weeks = course_weeks(today)
    made = []
    for row in rows:
        course = courses[row["key"].partition("-")[0]]
        if row["days_ahead"]:
            days = days_near(today, int(row["days_ahead"]), course.day_count)
        else:
            turn = spread.index(row)
            days = days_within_week(weeks[turn * len(weeks) // len(spread)], course.day_count, turn=turn)
        made.append(_offer(row, course, hours(days), share))
    return made


def _offer(row: dict[str, str], course: Course, days: list[Day], share: float) -> Offer:
    seats = max(FEWEST_SEATS, round(course.seats * share))
    return Offer(
        key=row["key"],
        code=course.code,
        round=int(row["round"]) if row["round"] else None,
        area=Area(row["area"]),
        place=row["place"],
        residents=float(row["st"]),
        specialists=round(int(row["spec"]) * share),
        before_residency=round(int(row["pre"]) * share),
        leader=row["leader"],
        days=days,
        kind=course.kind,
        course_id=course.id,
        seats=seats,
        minimum=min(seats, math.ceil(course.minimum * share)),
        has_preparation=course.preparatory_parts > 0,
    )


def plan_sessions(db: Session, wanted: list[Offer], cast: Cast, *, now: datetime, by: int) -> None:
    """Every session is planned with its leaders, and published unless it is a reserve."""
    subjects = {leader.subject: leader.id for leader in cast.leaders}
    leaders = [leader.id for leader in cast.leading_specialists]
    for number, offer in enumerate(wanted):
        dates = default_dates(offer.days)
        plan = sessions.plan_reserve if offer.is_reserve else sessions.plan
        session = plan(
            db,
            course_id=offer.course_id,
            days=offer.days,
            place=offer.place,
            area=offer.area,
            seats=offer.seats,
            minimum=offer.minimum,
            leader_ids=[subjects.get(offer.leader, leaders[number % len(leaders)])],
            cancel_by=dates.cancel_by,
            go_no_go_on=dates.go_no_go_on,
            prepare_by=dates.prepare_by if offer.has_preparation else None,
            now=now,
            by=by,
        )
        _reserve(db, session, offer, now=now, by=by)
        if not offer.is_reserve:
            sessions.publish(db, session_id=session.id, now=now + timedelta(hours=1), by=by)
        offer.id = session.id


def _reserve(db: Session, session: CourseSession, offer: Offer, *, now: datetime, by: int | None) -> None:
    """Clinical courses hold some seats for specialists; no deed sets reserves so far, so that it is noted here."""
    if offer.kind is Kind.CLINICAL:
        session.reserves = {"SPEC": min(RESERVED_FOR_SPECIALISTS, max(1, offer.seats // 6))}
        changed = {"reserves": [{}, session.reserves]}
        journal.note(db, "session.changed", now=now, by=by, session=session.id, changed=changed)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes() -> dict[str, bool]:
    """The codes of the courses, and whether each is mandatory."""
    return {row["code"]: row["kind"] == Kind.MANDATORY for row in _rows("catalogue.csv")}
