"""Publication: what was drawn up becomes seats, places in line and a reasoned letter to everybody at one moment."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import facts, frozen, letters, noting, opening_and_closing, register, seats
from bookings.allocation import insist_on_no_own_interest, last_run
from bookings.models import Application, Booking, Choice, Decision, Round, RoundSession
from bookings.rounds import lock
from bookings.rules.merits import Merit, merits
from bookings.rules.reasons import Explanation, explanation_of, shown_of_last
from bookings.states import IN_TIME, SEATED, BookingState, Origin, Outcome, Refusal, RoundState
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import added, alike, journal
from lararportal.errors import Refused


@dataclass(frozen=True)
class Outline:
    """Everything a publication reads, looked up once for the whole round."""

    sessions: dict[int, CourseSession]
    input_hash: str
    """Of what the run read."""
    applications: Sequence[Application]
    rules_version: str
    """Of the rules that the run was made by."""
    decided: dict[tuple[str, int], dict[str, Any]]
    """Decisions of the run by pseudonym and session."""
    groups: dict[str, str]
    """The group that each pseudonym was frozen with; who is missing here took no part in the run."""
    orders: dict[str, str]
    """The order of precedence that each course was frozen with, by its code."""
    in_line: frozenset[tuple[str, int]]
    last_keys: dict[tuple[int, str], list[int]]
    """By session and group, as much of the last admitted's key as may be shown."""
    held: dict[int, list[Booking]]
    """The seats and places that each person has had all along."""
    had: dict[int, list[CourseSession]]
    """Where those who took no part had seats at closing."""


def publish(db: Session, *, round_id: int, run_id: int, now: datetime, by: int | None) -> int:
    """Everybody who applied has a decision with its reason, and the seat or place it gives; how many people.

    `run_id` is the drawing up that was looked at, and it must be the last. Who has taken a seat in the course, or one
    on the same day, since closing does not get another: that seat goes to the next in line.

    Raises:
        NotFound: there is no such round.
        Refused: nothing is drawn up, it was drawn up again since, the coordinator applied in it, or a session has
            fewer seats than were given, is not offered any more, or has been opened or closed since.
    """
    round_ = lock(db, round_id)
    insist_on_no_own_interest(db, round_id, by)
    round_.move_to(RoundState.PUBLISHED)
    round_.published_at = now
    round_.booking_opens_at = now + timedelta(hours=round_.respite_hours)
    outline = _outline(db, round_, run_id)
    opening_and_closing.carry_out(db, round_, outline.sessions, drawn_up_from=outline.input_hash, now=now, by=by)
    decisions = {each.person_id: _decisions(outline, each) for each in outline.applications}
    bookings = {
        each.person_id: _bookings(outline, each, decisions[each.person_id], now) for each in outline.applications
    }
    given = [(each, outline.sessions[each.session_id]) for mine in bookings.values() for each in mine.seats]
    _insist_on_room(given)
    added.add(db, (each for mine in decisions.values() for each in mine))
    alike.write(db, [each for mine in bookings.values() for each in mine.places])
    seats.take_all(db, given, now=now)
    for application in outline.applications:
        mine = bookings[application.person_id]
        _tell(
            db,
            round_,
            outline,
            application,
            decisions=decisions[application.person_id],
            given=mine,
            now=now,
            by=by,
        )
    places = sum(len(mine.places) for mine in bookings.values())
    told: dict[str, Any] = {"run": run_id, "booking_opens": round_.booking_opens_at.isoformat(), "seats": len(given)}
    journal.note(db, "round.published", now=now, by=by, round=round_id, places=places, **told)
    return len(outline.applications)


def _outline(db: Session, round_: Round, run_id: int) -> Outline:
    run = db.scalars(last_run(round_.id)).one()
    if run.id != run_id:
        raise Refused(Refusal.DRAWN_UP_SINCE)
    ids = db.scalars(select(RoundSession.session_id).where(RoundSession.round_id == round_.id)).all()
    locked = {each.id: each for each in sessions.lock(db, ids)}
    applications = frozen.submitted(db, round_.id)
    persons = [each.person_id for each in applications]
    people.lock(db, persons)
    result = json.loads(run.result)
    document = json.loads(round_.frozen or "{}")
    groups = {name: facts_["group"] for name, facts_ in document.get("applicants", {}).items()}
    return Outline(
        sessions=locked,
        input_hash=run.input_hash,
        applications=applications,
        rules_version=run.rules_version,
        decided={(each["a"], int(each["s"])): each for each in result["decisions"]},
        groups=groups,
        orders={code: facts_["order"] for code, facts_ in document.get("courses", {}).items()},
        in_line=frozenset((name, int(key)) for key, line in result["waitlist"].items() for name, _ in line),
        last_keys=shown_of_last(result, groups),
        held=facts.live_bookings(db, persons),
        had=facts.seats_at(
            db,
            [each.person_id for each in applications if each.person.pseudonym not in groups],
            round_.closed_at or round_.closes_at,
        ),
    )


def _decisions(outline: Outline, application: Application) -> list[Decision]:
    """Choice by choice, most wanted first; what is given counts for those after it, since days may have moved."""
    held = outline.held.get(application.person_id, [])
    has = [each.session for each in held if each.state in SEATED]
    decisions = []
    for choice in application.choices:
        decisions.append(_decision(outline, application, choice, has))
        if decisions[-1].code is Outcome.ADMITTED:
            has.append(outline.sessions[choice.session_id])
    return decisions


def _decision(outline: Outline, application: Application, choice: Choice, has: Sequence[CourseSession]) -> Decision:
    person = application.person
    session = outline.sessions[choice.session_id]
    decided = outline.decided.get((person.pseudonym, session.id))
    code = _code(outline, person, session, decided, collides=_collides(session, has))
    found = decided or {}
    return Decision(
        round_id=application.round_id,
        person_id=person.id,
        session_id=session.id,
        rank=choice.rank,
        code=code,
        key=found.get("key"),
        position=found.get("pos"),
        other_session_id=int(found["ref"]) if "ref" in found else None,
        last_key=outline.last_keys.get((session.id, outline.groups.get(person.pseudonym, ""))),
        rules_version=outline.rules_version,
    )


def _code(
    outline: Outline, person: Person, session: CourseSession, decided: dict[str, Any] | None, *, collides: bool
) -> Outcome:
    """What the run decided, unless the world has changed since it was frozen."""
    if session.publicity is not Publicity.PUBLISHED:
        return Outcome.CANCELLED
    if decided is None:
        return _why_left_out(outline, person, session, collides=collides)
    code = Outcome(decided["code"])
    return Outcome.CONFLICT if code is Outcome.ADMITTED and collides else code


def _why_left_out(outline: Outline, person: Person, session: CourseSession, *, collides: bool) -> Outcome:
    """By closing they had a seat that this one collides with, or nobody had confirmed them, or it is not for them."""
    group = register.group_of(person)
    collided = collides or _collides(session, outline.had.get(person.id, []))
    if person.pseudonym in outline.groups or (group in session.course.targets and collided):
        return Outcome.CONFLICT
    return Outcome.INELIGIBLE if group and group not in session.course.targets else Outcome.UNCONFIRMED


def _collides(session: CourseSession, has: Sequence[CourseSession]) -> bool:
    """Whether a session that somebody has a seat in is of the same course or on one of the days."""
    return any(
        each.course_id == session.course_id or not facts.days_of(each).isdisjoint(facts.days_of(session))
        for each in has
    )


@dataclass(frozen=True)
class Given:
    """What one person gets out of a round."""

    seats: list[Booking]
    places: list[Booking]


def _bookings(outline: Outline, application: Application, decisions: Sequence[Decision], now: datetime) -> Given:
    given = Given([], [])
    for decision in decisions:
        waits = (application.person.pseudonym, decision.session_id) in outline.in_line
        if decision.code is Outcome.ADMITTED:
            given.seats.append(_booking(outline, application, decision, now))
        elif waits and decision.code is not Outcome.CANCELLED:
            given.places.append(_booking(outline, application, decision, now))
    return given


def _booking(outline: Outline, application: Application, decision: Decision, now: datetime) -> Booking:
    return Booking(
        person_id=application.person_id,
        seat_group=register.seat_group_of(application.person),
        session_id=decision.session_id,
        round_id=application.round_id,
        state=BookingState.WAITING,
        origin=Origin.ROUND,
        rank=max((each.rank for each in outline.held.get(application.person_id, [])), default=0) + decision.rank,
        wave=IN_TIME,
        key=decision.key or [],
        joined_at=now,
        standing_yes=application.said_yes_to(outline.sessions[decision.session_id]),
        short_notice=application.short_notice,
    )


def _insist_on_room(given: Sequence[tuple[Booking, CourseSession]]) -> None:
    wanted = Counter(session.id for _, session in given)
    for _, session in given:
        if wanted[session.id] > session.free_seats:
            raise Refused(Refusal.SEATS_CHANGED, course=session.course.title)


def _tell(
    db: Session,
    round_: Round,
    outline: Outline,
    application: Application,
    *,
    decisions: Sequence[Decision],
    given: Given,
    now: datetime,
    by: int | None,
) -> None:
    outcomes = {str(each.session_id): each.code.value for each in decisions}
    person = application.person
    stands = noting.as_they_stand([*given.seats, *given.places])
    decided: dict[str, Any] = {"round": round_.id, "outcomes": outcomes, "stands": stands}
    journal.note(db, "round.decided", now=now, by=by, person=person.id, **decided)
    letters.decided(
        db,
        round_=round_,
        person=person,
        decisions=decisions,
        sessions=outline.sessions,
        explanations=_explanations(outline, decisions),
        standings=_standings(outline, decisions),
        seats=given.seats,
        now=now,
    )


def _explanations(outline: Outline, decisions: Sequence[Decision]) -> dict[int, Explanation]:
    """What decided, by session id, where that can be said."""
    found = {}
    for each in decisions:
        order = outline.orders.get(outline.sessions[each.session_id].course.code)
        explanation = explanation_of(each.code, each.key, each.last_key, order=order)
        if explanation is not None:
            found[each.session_id] = explanation
    return found


def _standings(outline: Outline, decisions: Sequence[Decision]) -> dict[int, list[Merit]]:
    """What the person's own key says, by session id, wherever they stood in a queue."""
    found = {}
    for each in decisions:
        order = outline.orders.get(outline.sessions[each.session_id].course.code)
        if each.key is not None and order is not None:
            found[each.session_id] = merits(each.key, order=order)
    return found
