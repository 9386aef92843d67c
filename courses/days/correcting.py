"""Correcting: a coordinator says otherwise who was there, or what the leader said of them, and why."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from courses import seen
from courses.concerned import Impartial, everybody
from courses.days import attendance, completion, half_days
from courses.days.half_days import Roster
from courses.models import Completion
from courses.rules import days
from courses.rules.days import Key, Mark, Verdict
from courses.sessions import lock
from courses.states import Refusal, Source
from lararportal.errors import Refused, insist


def correct(
    db: Session,
    *,
    session_id: int,
    person_id: int,
    noted: Mapping[Key, Mark],
    verdict: Verdict,
    reason: str,
    saw: str | None = None,
    roster: Roster,
    impartial: Impartial = everybody,
    now: datetime,
    by: int,
) -> bool:
    """This is noted of the person for these half days; of a completed session, what follows from it does too.

    Returns whether anything is otherwise than before; where nothing is, the reason is not kept either.

    Raises:
        Refused: there is no reason, it is about oneself, `by` is not impartial, the person has no seat, a half day
            lies ahead, minutes make no sense, or something else is said of them meanwhile than `saw` (`said_of`).
        NotFound: there is no such session or half day.
    """
    if not reason.strip():
        raise Refused(Refusal.CORRECTION_WITHOUT_REASON)
    if by == person_id:
        raise Refused(Refusal.NOTES_ONESELF)
    [session] = lock(db, [session_id])
    impartial(db, session, now=now, by=by)
    if person_id not in roster(db, session_id):
        raise Refused(Refusal.NOT_BOOKED_HERE)
    said = said_of(db.get(Completion, (session_id, person_id), populate_existing=True))
    if said is not None:
        seen.insist(said, seen=saw, wanted=completion.asked(half_days.demands_of(session), verdict))
    for key, mark in noted.items():
        half = half_days.half_of(session, key)
        insist(Refusal.HALF_DAY_AHEAD if now < half.opens else days.fault_of(mark, half))
    people = {key: {person_id: mark} for key, mark in noted.items()}
    why = {"reason": reason.strip()}
    noted_anew = attendance.write(db, session, people, source=Source.OFFICE, now=now, by=by, **why)
    decided_anew = completion.say(db, session, {person_id: verdict}, now=now, by=by, **why)
    return bool(noted_anew or decided_anew)


def said_of(decided: Completion | None) -> tuple[bool | None, bool | None] | None:
    """What the leader has said of somebody, which a correction says anew; None where they have said nothing."""
    found = (decided.competence_met, decided.prepared) if decided is not None else (None, None)
    return None if found == (None, None) else found
