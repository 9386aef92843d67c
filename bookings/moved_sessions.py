"""A session is moved or its dates are changed: who has a seat follows it, and everybody whom it concerns is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import people
from auth.models import BY_NAME, Person
from bookings import charging, choices, collisions, facts, funding, letters, noting, offers, seats
from bookings.letters.changes import Before
from bookings.minimum import cases
from bookings.models import Application, Booking, Choice, Round
from bookings.rules.answer_time import answer_anew
from bookings.states import ANSWERABLE, LIVE, SEATED, ApplicationState, BookingState, Refusal, RoundState
from courses.concerned import Change, Elsewhere, Former, Seated, Touched
from courses.models import CourseSession, SessionLeader
from courses.rules import Day, is_working_day
from courses.states import Publicity
from lararportal import alike, journal
from lararportal.clock import day_of
from lararportal.errors import Refused


def touched(
    db: Session, session: CourseSession, changes: Sequence[Change], days: Sequence[Day], *, now: datetime
) -> list[Touched]:
    """Everybody with a seat in the session, by name, with their seats elsewhere on the days that it would have.

    Raises:
        Refused: somebody would have to choose between two seats and has no time to; or only the go/no-go day is
            changed of a session that is a case because too few have booked it.
    """
    moved = any(each.is_on_other_days for each in changes)
    if any(each.what == "go_no_go_on" for each in changes) and not moved and cases.open_case(db, session.id):
        raise Refused(Refusal.DAY_OF_OPEN_CASE)
    rows = db.execute(
        select(Person, Booking)
        .join(Booking, Booking.person_id == Person.id)
        .where(Booking.session_id == session.id, Booking.state.in_(SEATED))
        .order_by(*BY_NAME)
    ).all()
    is_over = session.last_day < day_of(now)
    others = collisions.elsewhere(db, session.id, {person.id for person, _ in rows}, {each.day for each in days})
    staying = [person.id for person, _ in rows if moved and not is_over and not others[person.id]]
    against = choices.asked_about(db, session.id, staying, days, now=now)
    found = []
    for person, booking in rows:
        busy = others[person.id]
        until = choices.time_to_choose(facts.start_on(days[0]), busy, now=now) if moved else booking.answer_by
        chosen = [each.session for each in against[person.id]]
        found.append(Touched(person.id, person.name, _elsewhere(busy), _elsewhere(chosen), until))
    without_time = [each.name for each in found if each.elsewhere and each.answer_by is None]
    if without_time and not is_over:
        raise Refused(Refusal.NO_TIME_TO_CHOOSE, who=", ".join(without_time))
    return found


def _elsewhere(sessions: Sequence[CourseSession]) -> tuple[Elsewhere, ...]:
    return tuple(Elsewhere.of(each) for each in sessions)


def follow(
    db: Session, session: CourseSession, changes: Sequence[Change], former: Former, *, now: datetime, by: int | None
) -> None:
    """The seats are on the new days; everybody booked, waiting or with an application has one letter about it.

    What was over and is over is corrected, and nobody is told; a day that is taken off while it is ahead is told.

    Whoever is elsewhere on a new day chooses between the two seats; whoever had to choose and is not has both. What
    somebody in line had said yes to beforehand were the old days and the old place, and what a call-out asked about
    too. A case of too few booked is over when the days are others, and begins anew when it is time for that. The
    session is changed and locked by the caller.

    Raises:
        Refused: somebody would have to choose, and has no time to.
    """
    persons, live = _lock_concerned(db, session.id)
    before = {each.id: each.state for each in live}
    moved = any(each.is_on_other_days for each in changes)
    if max(former.days[-1].day, session.last_day) < day_of(now):
        if moved:
            seats.occupy_other_days(db, [each for each in live if each.state is BookingState.BOOKED], session)
        return
    if moved:
        _move_seats(db, session, live, persons, now=now)
    if any(each.needs_new_yes for each in changes):
        _ask_anew(db, session, live, now=now)
    if moved:
        cases.end_by_move(db, session, now=now, by=by)
    for booking in live:
        if booking.state is before[booking.id] is BookingState.BOOKED and any(each.is_move for each in changes):
            booking.calendar_sequence += 1
    if any(each.what == "cancel_by" for each in changes):
        funding.ask_anew([*live, *_given_back(db, session.id)])
    alike.write(db, live)
    # First, since what they have again is on the days of what they are asked about.
    choices.settle(db, persons, now=now)
    others = _others(db, session, live, now=now)
    for booking in live:
        was = Before(before[booking.id], former)
        noting.note(db, "session.told", booking, now=now, by=by, was=was.state, **_state_of(booking))
        letters.session_changed(
            db,
            booking,
            person=persons[booking.person_id],
            session=session,
            changes=changes,
            before=was,
            others=others[booking.person_id],
            now=now,
        )
    _tell_leaders(db, session, changes, now=now, by=by)
    _tell_applicants(db, session, changes, now=now, by=by)


def _state_of(booking: Booking) -> dict[str, str | None]:
    is_waited_for = booking.state in (*ANSWERABLE, BookingState.MUST_CHOOSE)
    until = booking.answer_by.isoformat() if is_waited_for and booking.answer_by is not None else None
    return {"state": booking.state, "answer_by": until}


def _lock_concerned(db: Session, session_id: int) -> tuple[dict[int, Person], Sequence[Booking]]:
    live = select(Booking).where(Booking.session_id == session_id, Booking.state.in_(LIVE)).order_by(Booking.id)
    locked = people.lock(db, db.scalars(live.with_only_columns(Booking.person_id)).all())
    return {each.id: each for each in locked}, db.scalars(live.execution_options(populate_existing=True)).all()


def _move_seats(
    db: Session, session: CourseSession, live: Sequence[Booking], persons: Mapping[int, Person], *, now: datetime
) -> None:
    """Who is nowhere else sits on the new days; the others choose. Nobody has been there yet."""
    charging.not_over_yet(live)
    seated = [each for each in live if each.state in SEATED]
    charging.not_over_yet(seated)
    others = collisions.elsewhere(db, session.id, {each.person_id for each in seated}, facts.days_of(session))
    stay = [each for each in seated if not others[each.person_id]]
    again = [each for each in stay if each.state is BookingState.MUST_CHOOSE]
    seats.occupy_other_days(db, [each for each in stay if each.state is BookingState.BOOKED], session)
    choosing = [each for each in seated if others[each.person_id]]
    choices.ask(db, session, choosing, others, persons=persons, now=now)
    seats.have_all_again(db, [(each, session) for each in again], now=now)


def _given_back(db: Session, session_id: int) -> Sequence[Booking]:
    """What can be a seat again, for as long as it can be undone; nobody does that while the session is locked."""
    given_back = select(Booking).where(Booking.session_id == session_id, Booking.state == BookingState.CANCELLED)
    return db.scalars(given_back.order_by(Booking.id)).all()


def _others(
    db: Session, session: CourseSession, live: Sequence[Booking], *, now: datetime
) -> dict[int, list[CourseSession]]:
    """What those who choose about the seat choose it against, and what others choose against it, by person."""
    choosing = [each.person_id for each in live if each.state is BookingState.MUST_CHOOSE]
    others = collisions.elsewhere(db, session.id, choosing, facts.days_of(session))
    staying = [each.person_id for each in live if each.state is BookingState.BOOKED]
    for person_id, asked in choices.asked_about(db, session.id, staying, session.days, now=now).items():
        others[person_id] = [each.session for each in asked]
    return others


def _ask_anew(db: Session, session: CourseSession, live: Sequence[Booking], *, now: datetime) -> None:
    """An offer has as long as one that is made now, and as was said, if there is time at all; nobody has said yes.

    What could be left for it when it was made can be left still.
    """
    start = facts.start_of(session)
    over = {each.booking_id: offers.afterwards(each) for each in offers.outlived(db, session, now=now)}
    for booking in live:
        if booking.state is BookingState.OFFERED:
            until = answer_anew(start, was=booking.answer_by or now, now=now, is_working_day=is_working_day)
            booking.answer_by, booking.reminded_at = until or now, None
            if booking.id in over or until is None:
                seats.let_go(booking, session, to=over.get(booking.id, BookingState.WAITING), now=now)
        elif booking.state is BookingState.ASKED:
            booking.move_to(BookingState.WAITING, now=now)
            booking.yes_at = None
        if booking.state is BookingState.WAITING:
            booking.standing_yes = False
    alike.write(db, live)


def _tell_leaders(
    db: Session, session: CourseSession, changes: Sequence[Change], *, now: datetime, by: int | None
) -> None:
    """Whoever leads a published session knows when and where it is, and when it is decided whether it is held."""
    concerns_them = any(each.is_move or each.what == "go_no_go_on" for each in changes)
    if not concerns_them or session.publicity is not Publicity.PUBLISHED:
        return
    leading = select(SessionLeader.person_id).where(SessionLeader.session_id == session.id)
    leaders = db.scalars(select(Person).where(Person.id.in_(leading)).order_by(Person.id)).all()
    if leaders:
        told = [each.id for each in leaders]
        journal.note(db, "session.leaders_told", now=now, by=by, session=session.id, told=told)
        letters.session_changed_for_leader(db, leaders, session=session, changes=changes, now=now)


def _tell_applicants(
    db: Session, session: CourseSession, changes: Sequence[Change], *, now: datetime, by: int | None
) -> None:
    """Whoever has asked for the session in a round that has still to give its seats."""
    rows = db.execute(
        select(Application, Person)
        .join(Choice, Choice.application_id == Application.id)
        .join(Round, Round.id == Application.round_id)
        .join(Person, Person.id == Application.person_id)
        .where(
            Choice.session_id == session.id,
            Application.state == ApplicationState.SUBMITTED,
            Round.state != RoundState.PUBLISHED,
        )
        .order_by(Application.id)
    )
    for application, person in rows:
        journal.note(
            db,
            "session.applicant_told",
            now=now,
            by=by,
            person=person.id,
            session=session.id,
            application=application.id,
        )
        letters.session_changed_for_applicant(
            db, application, person=person, session=session, changes=changes, now=now
        )


WHO_SITS = Seated(touched=touched, follow=follow, elsewhere=collisions.elsewhere)
"""What the room of courses is told of who sits in a session, and what becomes of them."""
