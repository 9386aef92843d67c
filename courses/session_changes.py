"""What was said of a session is changed: its seats, days, place or dates; whom that concerns is asked about first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import seen
from courses.concerned import (
    NOBODY_SEATED,
    TOLD,
    Change,
    Count,
    Elsewhere,
    Former,
    Impartial,
    Seated,
    Touched,
    ask_first,
    everybody,
    insist_on_days,
    nobody,
)
from courses.days import half_days
from courses.models import BY_START, COURSE_AND_DAYS, CourseDay, CourseSession, SessionLeader
from courses.sessions import SessionPlan, in_order, judge, known_as, leaders_chosen, lock, plain, said_of, write
from courses.states import Publicity
from lararportal import journal
from lararportal.clock import day_of


def change(
    db: Session,
    *,
    session_id: int,
    saw: str | None = None,
    confirmed: str = "",
    interested: Count = nobody,
    seated: Seated = NOBODY_SEATED,
    impartial: Impartial = everybody,
    now: datetime,
    by: int | None,
    **wanted: Unpack[SessionPlan],
) -> CourseSession:
    """Says something else of a session; who has a seat follows it to other days or another place, and is told.

    A change that concerns people (who are booked, wait or have applied) is refused once, with what it means for them
    and a token of exactly this change; it is done when the token comes back as `confirmed`. So is a leap in seats,
    since the line is told of them at once. Fewer seats than are taken and offered put nobody out: the session has so
    many too many until they are fewer.

    Raises:
        Refused: as `plan`; `by` is not impartial; somebody else has changed it since what `saw` stands for was shown;
            it is published and new days have come; what is noted of its half days would be of none; it cannot be
            changed so for those who are booked; or what concerns people is not confirmed.
        NotFound: there is no such session.
    """
    (session,) = lock(db, [session_id])
    impartial(db, session, now=now, by=by)
    db.refresh(session, ["leaders"])
    seen.insist(said_of(session), seen=saw, wanted=_as_said(wanted))
    leaders = leaders_chosen(db, wanted["leader_ids"], already=session.leaders)
    judge(wanted, reserved=sum(session.reserves.values()))
    changes = changes_of(session, wanted)
    touching = [each for each in changes if each.what in TOLD]
    insist_on_days(session, touching, today=day_of(now))
    if any(each.what == "days" for each in touching):
        half_days.insist_on_them(db, session, wanted["days"])
    if asked := [each for each in changes if each in touching or each.is_leap]:
        touched = seated.touched(db, session, touching, in_order(wanted["days"]), now=now) if touching else ()
        moved = any(each.is_on_other_days for each in touching)
        leading = _leading_elsewhere(db, session, leaders, wanted, seated) if moved else []
        ask_first(session, asked, interested(db, session_id), touched, leading, confirmed=confirmed)
    former = Former.of(session)
    write(session, wanted)
    session.leaders = leaders
    _keep_what_was_told(session, changes, now=now)
    if changes:
        facts = {each.what: [plain(each.before), plain(each.after)] for each in changes}
        days = known_as(session)
        journal.note(db, "session.changed", now=now, by=by, session=session.id, changed=facts, known_as=days)
    if touching:
        seated.follow(db, session, touching, former, now=now, by=by)
    return session


def _keep_what_was_told(session: CourseSession, changes: Sequence[Change], *, now: datetime) -> None:
    """Whoever is booked by now may cancel what was moved, or by a later day that they were told of."""
    if any(each.is_move for each in changes):
        session.moved_at = now
    for each in changes:
        if each.leaves_less_time:
            session.cancel_sooner(each.before, now=now)


def changes_of(session: CourseSession, wanted: SessionPlan) -> list[Change]:
    """What would be different, in the order of the form; needs days and leaders loaded."""
    before, after = said_of(session), _as_said(wanted)
    return [
        Change(what, before[what], after[what]) for what in SessionPlan.__annotations__ if before[what] != after[what]
    ]


def _as_said(wanted: SessionPlan) -> dict[str, Any]:
    """A plan in the form of what is said of a session."""
    return {
        **wanted,
        "days": tuple(in_order(wanted["days"])),
        "leader_ids": tuple(sorted(set(wanted["leader_ids"]))),
    }


def _leading_elsewhere(
    db: Session, session: CourseSession, leaders: Sequence[Person], plan: SessionPlan, seated: Seated
) -> list[Touched]:
    """The leaders who lead another session on one of the days, or sit in one, with that session."""
    ids, days = [each.id for each in leaders], {each.day for each in plan["days"]}
    rows = db.execute(
        select(SessionLeader.person_id, CourseSession)
        .join(CourseSession, CourseSession.id == SessionLeader.session_id)
        .where(
            SessionLeader.person_id.in_(ids),
            CourseSession.id != session.id,
            CourseSession.publicity == Publicity.PUBLISHED,
            CourseSession.id.in_(select(CourseDay.session_id).where(CourseDay.day.in_(days))),
        )
        .order_by(*BY_START)
        .options(*COURSE_AND_DAYS)
    ).all()
    found: dict[int, list[Elsewhere]] = defaultdict(list)
    sitting = seated.elsewhere(db, session.id, ids, days)
    for person_id, other in [*rows, *((each, other) for each, others in sitting.items() for other in others)]:
        found[person_id].append(Elsewhere.of(other))
    return [Touched(each.id, each.name, tuple(found[each.id])) for each in leaders if each.id in found]
