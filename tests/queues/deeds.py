"""What is done on pages that show first what it means: looked at and done in one stroke."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from session_changes_room import on
from sqlalchemy.orm import Session

from bookings import answers, choices, left_over_seats, moved_sessions, queries, rebooking, waitlist
from bookings.impartiality import insist
from bookings.minimum import calling_off, invitations, rescues, reserve_sessions
from bookings.rules.line import stands_for
from bookings.rules.minimum import Audience
from bookings.states import BookingState as State
from courses import catalogue, closing, session_changes, sessions
from courses.models import CourseSession
from lararportal.errors import Refused


def move(db: Session, *, session_id: int, days: Sequence[date], now: datetime, by: int) -> None:
    dates = {"cancel_by": days[0] - timedelta(days=21), "go_no_go_on": days[0] - timedelta(days=28)}
    change(db, session_id=session_id, days=on(*days), **dates, now=now, by=by)


def change(db: Session, *, session_id: int, now: datetime, by: int, **said: Any) -> None:
    """Asked about, and confirmed as it was asked."""
    [session] = sessions.lock(db, [session_id])
    db.refresh(session, ["leaders"])
    wanted = {**sessions.said_of(session), **said}
    wanted["minimum"] = min(wanted["minimum"], wanted["seats"])
    about = {"session_id": session_id, "interested": queries.interested, "impartial": insist, "now": now, "by": by}
    about["seated"] = moved_sessions.WHO_SITS
    try:
        session_changes.change(db, **about, **wanted)
    except Refused as refusal:
        if "token" not in refusal.facts:
            raise
        session_changes.change(db, **about, **wanted, confirmed=refusal.facts["token"])


def call_off(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    saw = calling_off.foreseen(db, session_id=session_id, now=now).token
    calling_off.call_off(db, session_id=session_id, reason="För få", saw=saw, now=now, by=by)


def merge(db: Session, *, session_id: int, into: int, now: datetime, by: int) -> None:
    saw = calling_off.foreseen_merger(db, session_id=session_id, into=into, now=now).token
    calling_off.merge(db, session_id=session_id, into=into, reason="För få", saw=saw, now=now, by=by)


def move_day(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    to = db.get_one(CourseSession, session_id).go_no_go_on + timedelta(days=10)
    rescues.move_day(db, session_id=session_id, to=to, reason="Fler kan komma", now=now, by=by)


def run_anyway(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    rescues.run_anyway(db, session_id=session_id, reason="Det blir bra", now=now, by=by)


def invite(db: Session, *, session_id: int, audience: Audience, now: datetime, by: int) -> None:
    saw = invitations.reach(db, session_id=session_id, audience=audience, now=now).token
    invitations.invite(db, session_id=session_id, audience=audience, saw=saw, now=now, by=by)


def open_and_fill(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    saw = reserve_sessions.demand_for(db, session_id=session_id, now=now).token
    reserve_sessions.open_and_fill(db, session_id=session_id, saw=saw, now=now, by=by)


def archive(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    about = {"session_id": session_id, "impartial": insist, "now": now, "by": by}
    try:
        sessions.archive(db, **about)
    except Refused as refusal:
        if "token" not in refusal.facts:
            raise
        sessions.archive(db, **about, confirmed=refusal.facts["token"])


def open_reserve(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    sessions.open_reserve(db, session_id=session_id, impartial=insist, now=now, by=by)


def close_or_reopen(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    about = {"session_id": session_id, "impartial": insist, "now": now, "by": by}
    if db.get_one(CourseSession, session_id).booking_is_closed:
        closing.reopen_booking(db, **about)
    else:
        closing.close_booking(db, reason="Det räcker", **about)


def switch_rings(db: Session, *, course_id: int, now: datetime, by: int) -> None:
    course = catalogue.lock_course(db, course_id)
    facts = replace(catalogue.facts_of(course), swap_rings=not course.swap_rings)
    catalogue.change(db, course_id=course_id, facts=facts, now=now, by=by)


def say_whom_it_is_for(db: Session, *, course_id: int, targets: dict[str, int], now: datetime, by: int) -> None:
    facts = replace(catalogue.facts_of(catalogue.lock_course(db, course_id)), targets=targets)
    catalogue.change(db, course_id=course_id, facts=facts, impartial=insist, now=now, by=by)


def _to_be_chosen(db: Session, *, session_id: int, person_id: int, now: datetime) -> str:
    return choices.seen(db, session_id=session_id, person_id=person_id)


_OFFER = answers.seen, answers.accept
PAGES = {State.OFFERED: _OFFER, State.ASKED: _OFFER, State.MUST_CHOOSE: (_to_be_chosen, choices.keep)}
"""What a page shows of what a yes means, and that yes."""


def accept(db: Session, *, session_id: int, person_id: int, now: datetime, by: int) -> None:
    saw = answers.seen(db, session_id=session_id, person_id=person_id, now=now)
    answers.accept(db, session_id=session_id, person_id=person_id, saw=saw, now=now, by=by)


def book(db: Session, *, session_id: int, person_id: int, now: datetime, by: int) -> None:
    saw = stands_for((), db.get_one(CourseSession, session_id).moved_at)
    left_over_seats.book(db, session_id=session_id, person_id=person_id, saw=saw, now=now, by=by)


def join(db: Session, *, session_id: int, person_id: int, now: datetime, by: int) -> None:
    saw = stands_for((), db.get_one(CourseSession, session_id).moved_at)
    waitlist.join(db, session_id=session_id, person_id=person_id, saw=saw, now=now, by=by)


def rebook(db: Session, *, to_session_id: int, now: datetime, by: int, **whose: int) -> None:
    saw = stands_for((), db.get_one(CourseSession, to_session_id).moved_at)
    rebooking.rebook(db, to_session_id=to_session_id, saw=saw, now=now, by=by, **whose)
