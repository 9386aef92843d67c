"""Rounds as pages show them: where they stand, what is planned and what is wanted in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, distinct, func, select
from sqlalchemy.orm import Session, joinedload

from auth.models import Person
from auth.states import Standing
from bookings import lots
from bookings.models import Application, Booking, Choice, Round, RoundSession
from bookings.queries.lottery import Source, source_of
from bookings.queries.rows import ROWS, SessionRow, session_rows
from bookings.round_plan import IS_OFFERED, RoundPlan, can_open_until, said_of
from bookings.rules import lottery_protocol
from bookings.states import OPEN, ApplicationState, LotteryAct, RoundState
from courses.models import CourseSession
from lararportal import columns
from lararportal.clock import day_of
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class RoundView:
    """A round in figures. Counts are of applications that stand."""

    id: int
    term: str
    title: str
    opens_at: datetime
    opened_at: datetime | None
    """When it really opened."""
    opens_until: datetime
    """Later than this it cannot open: too little time would be left to apply in."""
    closes_at: datetime
    closed_at: datetime | None
    """When it really closed: a coordinator may have been earlier."""
    decision_on: date
    cap: int
    respite_hours: int
    state: RoundState
    session_count: int
    application_count: int
    unconfirmed_count: int
    """Applicants whom nobody has confirmed; at closing they are left out."""
    second_party: str | None
    """The name of who holds the second secret of the lottery."""
    source: Source | None
    wanted: Sequence[LotteryAct]
    """What its lottery waits for now."""
    published_at: datetime | None
    booking_opens_at: datetime | None

    def is_too_late(self, now: datetime) -> bool:
        """Whether it is planned, and will not open before somebody lets it close later."""
        return self.state is RoundState.PLANNED and max(now, self.opens_at) > self.opens_until


def rounds(db: Session) -> list[RoundView]:
    """All rounds, the latest closing first."""
    return _views(db, _VIEWS)


def open_rounds(db: Session, *, now: datetime) -> list[RoundView]:
    """The rounds that take applications now."""
    return _views(db, _OPEN, {"now": now})


class ToApplyIn(NamedTuple):
    """What the first page says of an open round."""

    title: str
    closes_at: datetime
    decision_on: date


def to_apply_in(db: Session, *, now: datetime) -> list[ToApplyIn]:
    """As `open_rounds`, for the page that most come to first."""
    return [ToApplyIn(*row) for row in columns.read(db, _TO_APPLY_IN, {"now": now})]


def unpublished(db: Session) -> list[RoundView]:
    """The rounds whose seats are still to be given, the next closing first."""
    return _views(db, _VIEWS.where(Round.state != RoundState.PUBLISHED))[::-1]


def open_rounds_with_course(db: Session, course_id: int, *, now: datetime) -> list[RoundView]:
    """The rounds in which the course can be applied for now."""
    return _views(db, _OPEN_WITH_COURSE, {"course_id": course_id, "now": now})


def round_view(db: Session, round_id: int) -> RoundView:
    """One round.

    Raises:
        NotFound: there is no such round.
    """
    found = _views(db, _VIEWS.where(Round.id == round_id))
    if not found:
        raise NotFound
    return found[0]


def _views(db: Session, wanted: Select[Any], told: Mapping[str, Any] | None = None) -> list[RoundView]:
    return [_view(*row) for row in db.execute(wanted, told)]


_stands = (Application.round_id == Round.id) & (Application.state == ApplicationState.SUBMITTED)
_unconfirmed = (
    select(func.count())
    .select_from(Application)
    .join(Person, Person.id == Application.person_id)
    .where(_stands, Person.standing != Standing.CONFIRMED)
)
_LATEST = (Round.closes_at.desc(), Round.id.desc())
_VIEWS = (
    select(
        Round,
        select(func.count()).where(RoundSession.round_id == Round.id).scalar_subquery(),
        select(func.count()).where(_stands).correlate(Round).scalar_subquery(),
        _unconfirmed.correlate(Round).scalar_subquery(),
    )
    .order_by(*_LATEST)
    .options(joinedload(Round.second_party))
)
_is_open = (Round.state == RoundState.OPEN, Round.closes_at > bindparam("now"))
_OPEN = _VIEWS.where(*_is_open)
_TO_APPLY_IN = select(Round.title, Round.closes_at, Round.decision_on).where(*_is_open).order_by(*_LATEST)
_OPEN_WITH_COURSE = _OPEN.where(
    Round.id.in_(
        select(RoundSession.round_id)
        .join(CourseSession, CourseSession.id == RoundSession.session_id)
        .where(CourseSession.course_id == bindparam("course_id"), IS_OFFERED)
    )
)


def _view(round_: Round, sessions: int, applications: int, unconfirmed: int) -> RoundView:
    return RoundView(
        id=round_.id,
        term=round_.term,
        title=round_.title,
        opens_at=round_.opens_at,
        opened_at=round_.opened_at,
        opens_until=can_open_until(round_.closes_at),
        closes_at=round_.closes_at,
        closed_at=round_.closed_at,
        decision_on=round_.decision_on,
        cap=round_.cap,
        respite_hours=round_.respite_hours,
        state=round_.state,
        session_count=sessions,
        application_count=applications,
        unconfirmed_count=unconfirmed,
        second_party=round_.second_party.name if round_.second_party else None,
        source=source_of(round_),
        wanted=lottery_protocol.wanted(lots.standing(round_)),
        published_at=round_.published_at,
        booking_opens_at=round_.booking_opens_at,
    )


def planned(db: Session, round_id: int) -> RoundPlan:
    """What is planned of one round, for who wants to change it.

    Raises:
        NotFound: there is no such round.
    """
    found = db.get(Round, round_id)
    if found is None:
        raise NotFound
    return said_of(db, found)


def round_sessions(db: Session, round_id: int) -> list[SessionRow]:
    """The sessions of a round, in the order they begin."""
    return session_rows(db, ROWS.join(RoundSession).where(RoundSession.round_id == round_id))


def sessions_for_round(db: Session, round_id: int | None, *, now: datetime) -> list[SessionRow]:
    """The sessions that a round could give: published or in reserve, ahead, in no other round, wanted by nobody.

    And those that it has already, whatever became of them: applicants may have asked for them.
    """
    own = select(RoundSession.session_id).where(RoundSession.round_id == round_id)
    others = select(RoundSession.session_id).where(RoundSession.round_id.is_distinct_from(round_id))
    with_a_line = select(Booking.session_id).where(Booking.state.in_(OPEN))
    return session_rows(
        db,
        ROWS.where(
            CourseSession.id.in_(own)
            | and_(
                IS_OFFERED,
                CourseSession.starts_on > day_of(now),
                CourseSession.seats_taken == 0,
                CourseSession.id.not_in(others),
                CourseSession.id.not_in(with_a_line),
            )
        ),
    )


@dataclass(frozen=True)
class Demand:
    """How many put the session first, and how many want it at all."""

    first_choices: int
    applicants: int


def demand(db: Session, round_id: int) -> dict[int, Demand]:
    """What is wanted in a round, by session id; sessions that nobody wants are missing."""
    rows = db.execute(
        select(
            Choice.session_id,
            func.count().filter(Choice.rank == 1),
            func.count(distinct(Choice.application_id)),
        )
        .join(Application)
        .where(Application.round_id == round_id, Application.state == ApplicationState.SUBMITTED)
        .group_by(Choice.session_id)
    )
    return {session_id: Demand(first, applicants) for session_id, first, applicants in rows}
