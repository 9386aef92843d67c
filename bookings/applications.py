"""Applications: a doctor sends in what they want from a round, most wanted first, changes it, or takes it back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from auth import people
from auth import rules as people_rules
from auth.models import Person
from bookings import facts, frozen, letters
from bookings.models import Application, Choice, Round
from bookings.rules import applications as rules
from bookings.states import ApplicationState, Refusal, RoundState
from courses.models import CourseSession
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused


@dataclass(frozen=True)
class Beforehand:
    """How a seat is wanted, should a wish become a place in line."""

    standing_yes: bool = True
    short_notice: bool = False


AS_A_RULE = Beforehand()


def apply(
    db: Session,
    *,
    round_id: int,
    person_id: int,
    choices: Sequence[int],
    cap: int,
    beforehand: Beforehand = AS_A_RULE,
    now: datetime,
    by: int | None,
) -> Application:
    """The round has this list from the person, instead of any earlier one; when it came means nothing.

    A list that the round has already is left as it is, and nobody is told again. `choices` are session ids, most
    wanted first; `cap` is the most seats the person wants.

    Raises:
        NotFound: there is no such round.
        Refused: the rules of `bookings.rules.applications` say no.
    """
    round_ = _held_open(db, round_id)
    [person] = people.lock(db, [person_id])
    offered = {each.id: each for each in frozen.sessions_among(db, round_id, choices)}
    _judge(db, round_, person, choices, offered, cap=cap, now=now)
    earlier = _earlier(db, round_id, person_id)
    is_change = earlier is not None and earlier.state is ApplicationState.SUBMITTED
    if earlier is not None and is_change and _is_as_sent(db, earlier, choices, cap, beforehand):
        return earlier
    application = earlier or Application(round_id=round_id, person_id=person_id, version=0)
    _write(db, application, cap, beforehand, now=now)
    db.add_all(
        Choice(application_id=application.id, rank=rank, session_id=session_id)
        for rank, session_id in enumerate(choices, start=1)
    )
    journal.note(
        db,
        "application.sent",
        now=now,
        by=by,
        person=person_id,
        round=round_id,
        choices=list(choices),
        cap=cap,
        **asdict(beforehand),
        version=application.version,
    )
    tell = letters.application_changed if is_change else letters.application_received
    tell(db, application, round_=round_, person=person, sessions=[offered[each] for each in choices], now=now)
    return application


def withdraw(db: Session, *, round_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """The person's list no longer counts; a new one can be sent in until closing time.

    Raises:
        NotFound: there is no such round.
        Refused: the round is not open, or has no application of the person.
    """
    round_ = _held_open(db, round_id)
    [person] = people.lock(db, [person_id])
    application = _earlier(db, round_id, person_id)
    if round_.state is not RoundState.OPEN or now >= round_.closes_at:
        raise Refused(Refusal.ROUND_NOT_OPEN)
    if application is None or application.state is not ApplicationState.SUBMITTED:
        raise Refused(Refusal.NO_APPLICATION)
    application.state = ApplicationState.WITHDRAWN
    journal.note(db, "application.withdrawn", now=now, by=by, person=person_id, round=round_id)
    letters.application_withdrawn(db, application, round_=round_, person=person, now=now)


def _held_open(db: Session, round_id: int) -> Round:
    """The round, kept from being closed until the list is written; many may send in at the same time."""
    round_ = db.scalar(
        select(Round).where(Round.id == round_id).with_for_update(read=True).execution_options(populate_existing=True)
    )
    if round_ is None:
        raise NotFound
    return round_


def _judge(
    db: Session,
    round_: Round,
    person: Person,
    choices: Sequence[int],
    offered: dict[int, CourseSession],
    *,
    cap: int,
    now: datetime,
) -> None:
    today = day_of(now)
    bookings = facts.live_bookings(db, [person.id]).get(person.id, [])
    targets = {key: facts.target(each, round_) for key, each in offered.items()}
    fault = rules.fault_of(
        rules.Window(is_open=round_.state is RoundState.OPEN, closes_at=round_.closes_at, cap=round_.cap),
        sender(person, round_, taken_courses=facts.taken_courses(bookings, today=today)),
        choices,
        targets,
        facts.holdings(bookings, today=today),
        cap=cap,
        now=now,
    )
    if fault is not None:
        wanted, course = targets.get(fault.session_id or 0), ""
        about = {}
        if wanted is not None:
            course = offered[wanted.session_id].course.title
            about = facts.about(fault.refusal, wanted, bookings, today=today)
        raise Refused(fault.refusal, course=course, cap=round_.cap, **about)


def sender(person: Person, round_: Round, *, taken_courses: frozenset[int]) -> rules.Sender:
    """Who applies in a round, as the rules see them."""
    missing = people_rules.missing(people.facts_of(person), email=person.email)
    return rules.Sender(
        group=person.category.group if person.category else None,
        is_complete=not missing,
        is_second_party=round_.second_party_id == person.id,
        taken_courses=taken_courses,
    )


def _earlier(db: Session, round_id: int, person_id: int) -> Application | None:
    """What the person has sent in before, read afresh; the caller has locked the person."""
    return db.scalar(
        select(Application)
        .where(Application.round_id == round_id, Application.person_id == person_id)
        .execution_options(populate_existing=True)
    )


def _is_as_sent(
    db: Session, application: Application, choices: Sequence[int], cap: int, beforehand: Beforehand
) -> bool:
    """Whether an application says just this already."""
    sent = select(Choice.session_id).where(Choice.application_id == application.id).order_by(Choice.rank)
    said = Beforehand(application.standing_yes, application.short_notice)
    return (application.cap, said) == (cap, beforehand) and list(db.scalars(sent)) == list(choices)


def _write(db: Session, application: Application, cap: int, beforehand: Beforehand, *, now: datetime) -> None:
    """The application counts and has no choices yet."""
    application.state, application.cap, application.submitted_at = ApplicationState.SUBMITTED, cap, now
    application.standing_yes, application.short_notice = beforehand.standing_yes, beforehand.short_notice
    application.version += 1
    db.add(application)
    db.flush()
    db.execute(delete(Choice).where(Choice.application_id == application.id))
