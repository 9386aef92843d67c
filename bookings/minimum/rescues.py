"""Rescues: what a coordinator can do for a session that too few have booked, each looked at before it is done.

Calling off and merging are in `calling_off`, and `invitations` tell others of its free seats; here
a session runs all the same, has more time to find participants, or reserves no seats for anybody any more.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import impartiality, letters
from bookings.deciders import deciders
from bookings.minimum import cases
from bookings.models import Booking, Invitation, MinimumCase, MinimumStep
from bookings.precedence import insist_on_reason, name_of
from bookings.rules import minimum as rules
from bookings.rules.line import reserves_then
from bookings.rules.minimum import CaseEnd, CaseStep
from bookings.states import SEATED, Refusal
from courses import sessions
from courses.models import CourseSession, SessionLeader
from lararportal.clock import day_of
from lararportal.errors import Refused, insist


def run_anyway(db: Session, *, session_id: int, reason: str, now: datetime, by: int) -> None:
    """The session is given with those who come. Only if fewer are left it is a case again.

    Leaders and the other coordinators are told, and who is booked and has heard that it may not be given.

    Raises:
        NotFound: there is no such session.
        Refused: no reason is given, `by` has something to do with the course, enough have booked, or it was decided
            before.
    """
    insist_on_reason(reason)
    session = _hold_undecided(db, session_id, now=now, by=by)
    told, worried, why = deciders(db, session, but=by), _worried(db, session), reason.strip()
    whom = {"told": [each.id for each in told], "worried": [each.id for each in worried]}
    case = cases.end(db, session, CaseEnd.RUNS_ANYWAY, reason=why, now=now, by=by, **whom)
    assert case is not None, "it was opened some lines ago, if it was not open"
    name = name_of(db, by)
    letters.session_runs(db, case, persons=told, session=session, reason=why, decided_by=name, now=now)
    letters.session_runs_after_all(db, case, persons=worried, session=session, now=now)


def move_day(db: Session, *, session_id: int, to: date, reason: str, now: datetime, by: int) -> None:
    """It is decided later whether the session runs, and everybody who is booked or leads it is told; once.

    Raises:
        NotFound: there is no such session.
        Refused: as `run_anyway`; the day was moved before; or it cannot be that day.
    """
    insist_on_reason(reason)
    session = _hold_undecided(db, session_id, now=now, by=by)
    insist(
        rules.may_move_day(
            old=session.go_no_go_on,
            new=to,
            starts_on=session.starts_on,
            was_moved=was_moved(db, session_id),
            today=day_of(now),
        ),
        until=rules.last_to_decide(session.starts_on),
    )
    old, concerned = session.go_no_go_on, _booked_and_leading(db, session_id)
    case = cases.note_step(
        db,
        session,
        CaseStep.DAY_MOVED,
        reason=reason.strip(),
        now=now,
        by=by,
        former=old.isoformat(),
        day=to.isoformat(),
        told=[each.id for each in concerned],
    )
    session.go_no_go_on, case.asked_at = to, None
    letters.decision_day_moved(
        db, case, persons=concerned, session=session, former=old, reason=reason.strip(), now=now
    )


def open_reserves(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    """No seats of the session are reserved for a group any more; its line is filled by who stands first.

    Raises:
        NotFound: there is no such session.
        Refused: `by` has something to do with the course, enough have booked, or nothing is reserved now.
    """
    session = _hold(db, session_id, now=now, by=by)
    if not any(reserves_then(session.reserves, starts_on=session.starts_on, today=day_of(now)).values()):
        raise Refused(Refusal.NOTHING_RESERVED)
    former, session.reserves = session.reserves, {}
    cases.note_step(db, session, CaseStep.RESERVES_OPENED, count=sum(former.values()), now=now, by=by, former=former)


def was_moved(db: Session, session_id: int) -> bool:
    """Whether the go/no-go day of the session has been moved, in this case or an earlier one."""
    moved = exists().where(
        MinimumStep.step == CaseStep.DAY_MOVED,
        MinimumCase.id == MinimumStep.case_id,
        MinimumCase.session_id == session_id,
    )
    return bool(db.scalar(select(moved)))


def _booked_and_leading(db: Session, session_id: int) -> Sequence[Person]:
    booked = select(Booking.person_id).where(Booking.session_id == session_id, Booking.state.in_(SEATED))
    leading = select(SessionLeader.person_id).where(SessionLeader.session_id == session_id)
    concerned = Person.id.in_(booked) | Person.id.in_(leading)
    return db.scalars(select(Person).where(concerned).order_by(Person.id)).all()


def _worried(db: Session, session: CourseSession) -> Sequence[Person]:
    """Who is booked, and has heard since it was last decided to run that the session may not be given.

    Everybody booked was told when the day was moved, and who was invited before it was decided to run, or after it
    had become doubtful again, knows that more were needed.
    """
    steps = select(MinimumStep.at).join(MinimumCase).where(MinimumCase.session_id == session.id)
    settled = steps.where(MinimumStep.step == CaseStep.RUNS_ANYWAY).order_by(MinimumStep.at.desc()).limit(1)
    since = db.scalar(settled) or session.created_at
    moved = steps.where(
        MinimumStep.step == CaseStep.DAY_MOVED, MinimumStep.at > since, MinimumStep.at >= Booking.booked_at
    )
    in_doubt = exists().where(
        MinimumCase.session_id == session.id, MinimumCase.opened_at > since, MinimumCase.opened_at <= Invitation.at
    )
    invited = select(Invitation.id).where(
        Invitation.session_id == session.id, Invitation.person_id == Booking.person_id, in_doubt
    )
    worried = select(Booking.person_id).where(
        Booking.session_id == session.id,
        Booking.state.in_(SEATED),
        moved.exists() | invited.exists(),
    )
    return db.scalars(select(Person).where(Person.id.in_(worried)).order_by(Person.id)).all()


def _hold_undecided(db: Session, session_id: int, *, now: datetime, by: int) -> CourseSession:
    """As `_hold`, while nobody has decided that it runs."""
    session = _hold(db, session_id, now=now, by=by)
    if cases.standing_case(db, session_id) is not None:
        raise Refused(Refusal.DECIDED_TO_RUN)
    return session


def _hold(db: Session, session_id: int, *, now: datetime, by: int) -> CourseSession:
    """The session, locked, with an open case."""
    [session] = sessions.lock(db, [session_id])
    impartiality.insist(db, session, now=now, by=by)
    cases.case_of(db, session, now=now)
    return session
