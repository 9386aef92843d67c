"""The frozen input of a round: one document that the run reads, and nothing else (allocation rules, section 2.1)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings import facts, register
from bookings.lots import POLICY
from bookings.models import Application, Booking, Round, RoundSession
from bookings.register import History
from bookings.round_plan import is_offered
from bookings.rules.allocation.instance import RESIDENTS, SPECIALISTS
from bookings.states import SEATED, ApplicationState
from courses.models import COURSE_AND_DAYS, CourseSession
from courses.rules import is_held_in_reserve
from courses.states import Kind

FORMAT = "alloc-instance/1"
GROUPS_KNOWN = (RESIDENTS, SPECIALISTS)
"""The groups that a document may name whether or not a course is for them."""


def document(db: Session, round_: Round, *, today: date) -> dict[str, Any]:
    """The round as it stands today, without the lottery: everything about persons comes from the register.

    Sessions in reserve are closed until somebody opens them. Left out are persons whom nobody has confirmed or whose
    group no course of the round is for, and sessions that a person cannot attend any more because they have a seat
    elsewhere on one of the days, or in the course. Capacity is what is free.
    """
    sessions = round_sessions(db, round_.id)
    offered = {each.id: each for each in sessions if is_offered(each)}
    applications = submitted(db, round_.id)
    persons = {each.person_id for each in applications}
    bookings = facts.live_bookings(db, persons)
    histories = register.histories(db, persons, {each.course_id for each in offered.values()}, term=round_.term)
    groups = {*GROUPS_KNOWN, *(group for each in offered.values() for group in each.course.targets)}
    applicants = {}
    for application in applications:
        mine = bookings.get(application.person_id, [])
        requests = attendable(application, offered, mine, today=today)
        if requests and register.group_of(application.person) in groups:
            applicants[application.person.pseudonym] = _applicant(
                application, requests, offered, mine, histories[application.person_id], today=today
            )
    return {
        "format": FORMAT,
        "term": round_.term,
        "policy": _policy(round_, closed=[each for each in offered.values() if is_held_in_reserve(each)]),
        "courses": {each.course.code: _course(each) for each in offered.values()},
        "sessions": {str(each.id): _session(each) for each in offered.values()},
        "applicants": applicants,
    }


def round_sessions(db: Session, round_id: int) -> Sequence[CourseSession]:
    """The sessions of a round with their courses and days, in id order."""
    return db.scalars(_of_round(round_id)).all()


def sessions_among(db: Session, round_id: int, session_ids: Collection[int]) -> Sequence[CourseSession]:
    """Those of the sessions that are in the round, with their courses and days."""
    return db.scalars(_of_round(round_id).where(CourseSession.id.in_(session_ids))).all()


def _of_round(round_id: int) -> Select[CourseSession]:
    return (
        select(CourseSession)
        .join(RoundSession)
        .where(RoundSession.round_id == round_id)
        .order_by(CourseSession.id)
        .options(*COURSE_AND_DAYS)
    )


def submitted(db: Session, round_id: int) -> Sequence[Application]:
    """The applications that count, with their lists and persons, in order of the person's id."""
    return db.scalars(
        select(Application)
        .where(Application.round_id == round_id, Application.state == ApplicationState.SUBMITTED)
        .order_by(Application.person_id)
        .options(selectinload(Application.choices), joinedload(Application.person))
    ).all()


def attendable(
    application: Application, offered: dict[int, CourseSession], bookings: Collection[Booking], *, today: date
) -> list[int]:
    """The chosen sessions that are still offered and collide with no seat the person has, most wanted first."""
    seats = [each for each in bookings if each.state in SEATED]
    days = {day for seat in seats for day in facts.days_of(seat.session)}
    courses = {seat.session.course_id for seat in seats} - facts.taken_courses(bookings, today=today)
    return [
        choice.session_id
        for choice in application.choices
        if (session := offered.get(choice.session_id)) is not None
        and days.isdisjoint(facts.days_of(session))
        and session.course_id not in courses
    ]


def _policy(round_: Round, *, closed: Collection[CourseSession]) -> dict[str, Any]:
    return {
        "cap": round_.cap,
        "last_chance_months": POLICY.last_chance_months,
        "tiebreak": POLICY.tiebreak,
        "lot_scope": POLICY.lot_scope,
        "rejections": "auto",
        "auto_close": False,
        "closed": sorted(str(each.id) for each in closed),
    }


def _course(session: CourseSession) -> dict[str, Any]:
    course = session.course
    return {"mandatory": course.kind is Kind.MANDATORY, "order": course.order.value, "targets": course.targets}


def _session(session: CourseSession) -> dict[str, Any]:
    return {
        "course": session.course.code,
        "days": sorted(day.toordinal() for day in facts.days_of(session)),
        "capacity": session.free_seats,
        "min": session.minimum,
        "reserves": session.reserves,
    }


def _applicant(
    application: Application,
    requests: Sequence[int],
    offered: dict[int, CourseSession],
    bookings: Sequence[Booking],
    history: History,
    *,
    today: date,
) -> dict[str, Any]:
    known = register.facts_of(application.person, on=today)
    taken = facts.taken_courses(bookings, today=today)
    codes = {each.course_id: each.course.code for each in offered.values()}
    listed: list[tuple[str, list[str]]] = []
    for session_id in requests:
        code = offered[session_id].course.code
        if not listed or listed[-1][0] != code:
            listed.append((code, []))
        listed[-1][1].append(str(session_id))
    return {
        "group": known.group,
        "served": known.served,
        "left": known.left,
        "cap": application.cap,
        "passed": sorted(codes[course_id] for course_id in codes.keys() & taken),
        "displaced": sorted(codes[course_id] for course_id in history.displaced),
        "rejections": {codes[course_id]: count for course_id, count in history.rejections.items()},
        "applied_at": 0,
        "requests": [[code, ids] for code, ids in listed],
    }
