"""Courses, the sessions they are given as, the days and the leaders of a session."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    ScalarSelect,
    String,
    Text,
    Time,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from auth.models import Person
from auth.states import Area
from courses.rules import last_told
from courses.states import PUBLICITY_MOVES, Kind, Order, Publicity, Refusal
from lararportal.database_faults import guard
from lararportal.db import Base
from lararportal.errors import Refused

TAKES_PLACE = (Publicity.PUBLISHED, Publicity.ARCHIVED)
REASON_LENGTH = 500


class Course(Base):
    """A course in the catalogue: what it teaches, to whom, how large, and who goes first when it is full."""

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Kind]
    description: Mapped[str] = mapped_column(Text, default="")
    objectives_2015: Mapped[list[str]] = mapped_column(ARRAY(String(5)), default=list)
    objectives_2021: Mapped[list[str]] = mapped_column(ARRAY(String(6)), default=list)
    day_count: Mapped[int] = mapped_column(doc="Days on site.")
    seats: Mapped[int] = mapped_column(doc="Default for new sessions.")
    minimum: Mapped[int] = mapped_column(doc="Default for new sessions.")
    preparatory_parts: Mapped[int] = mapped_column(default=0)
    sessions_per_year: Mapped[int] = mapped_column(default=1)
    order: Mapped[Order] = mapped_column(default=Order.DEADLINE)
    targets: Mapped[dict[str, int]] = mapped_column(
        JSONB, doc="Group to rank, smaller first; a group that is missing is not eligible."
    )
    swap_rings: Mapped[bool] = mapped_column(
        default=True, doc="Whether those who wait for each other's full sessions change seats."
    )
    required_share: Mapped[int] = mapped_column(
        default=80, server_default="80", doc="Per cent of the half days that it takes to have been through it."
    )
    needs_preparation: Mapped[bool] = mapped_column(
        default=False, server_default=text("false"), doc="Whether who has not prepared has not been through it."
    )
    publicity: Mapped[Publicity] = mapped_column(default=Publicity.DRAFT)

    sessions: Mapped[list["CourseSession"]] = relationship(back_populates="course", lazy="raise")

    __table_args__ = (
        CheckConstraint("day_count >= 1 AND seats >= 1 AND minimum >= 0 AND minimum <= seats", name="size"),
        CheckConstraint("required_share BETWEEN 0 AND 100", name="required_share"),
    )

    def move_to(self, publicity: Publicity) -> None:
        """The one door for who may see the course.

        Raises:
            Refused: it is not where it can go there from.
        """
        if publicity not in PUBLICITY_MOVES[self.publicity]:
            raise Refused(Refusal.NOT_IN_THIS_STATE)
        self.publicity = publicity


class CourseSession(Base):
    """A course given on certain days at a place (kurstillfälle), with its own seats and dates.

    All dates are calendar days in Stockholm; "last day" includes that day.
    """

    __tablename__ = "course_sessions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    place: Mapped[str] = mapped_column(String(200))
    area: Mapped[Area]
    seats: Mapped[int]
    minimum: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0, doc="Changed only together with a booking, under lock.")
    seats_offered: Mapped[int] = mapped_column(default=0, doc="Held for somebody who has still to answer.")
    seats_over: Mapped[int] = mapped_column(
        default=0,
        server_default="0",
        doc="Taken or offered when there became fewer: nobody is put out, and nobody comes beside them.",
    )
    reserves: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, doc="Soft reserves: group to seats.")
    publicity: Mapped[Publicity] = mapped_column(default=Publicity.DRAFT)
    is_reserve: Mapped[bool] = mapped_column(default=False, doc="Planned and hidden; opened on high demand.")
    starts_on: Mapped[date] = mapped_column(Date, doc="The first of the days, for sorting and rules.")
    cancel_by: Mapped[date] = mapped_column(Date, doc="Last day to cancel (sista avbokningsdag).")
    go_no_go_on: Mapped[date] = mapped_column(Date, doc="The day it is decided whether the session runs.")
    prepare_by: Mapped[date | None] = mapped_column(Date)
    programme: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB,
        default=list,
        server_default="[]",
        doc="What happens when; a day is counted from 1, wherever it is moved.",
    )
    programme_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When it was last changed: who was called before was told of another one."
    )
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    moved_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True),
        doc="When days, hours or place last changed: who was booked by then may cancel freely.",
    )
    former_cancel_by: Mapped[list[list[str]]] = mapped_column(
        JSONB,
        default=list,
        server_default="[]",
        doc="Later last days to cancel, each after the moment at which a sooner one was said instead.",
    )
    booking_closed_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="Nobody new comes to a seat or a place in line; who waits goes on waiting."
    )
    booking_closed_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="", server_default="")
    completed_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When its leader last said who has been through it."
    )
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    course: Mapped[Course] = relationship(back_populates="sessions", lazy="raise")
    days: Mapped[list["CourseDay"]] = relationship(
        order_by="CourseDay.day", lazy="raise", cascade="all, delete-orphan"
    )
    leaders: Mapped[list[Person]] = relationship(secondary="session_leaders", lazy="raise")

    __table_args__ = (
        CheckConstraint("seats >= 1 AND minimum >= 0 AND minimum <= seats", name="size"),
        # Equal, not at most: a seat that comes free lowers what is over, so that it cannot be taken again.
        CheckConstraint(
            "seats_taken >= 0 AND seats_offered >= 0"
            " AND seats_over = greatest(seats_taken + seats_offered - seats, 0)",
            name="seats_taken",
        ),
        CheckConstraint("cancel_by < starts_on AND go_no_go_on < starts_on", name="dates"),
        CheckConstraint("completed_by IS NULL OR completed_at IS NOT NULL", name="completed"),
        Index("ix_course_sessions_starts_on", "starts_on", "id"),
    )

    @hybrid_property
    def free_seats(self) -> int:
        """Seats that nobody has, and that are held for nobody."""
        return self.seats + self.seats_over - self.seats_taken - self.seats_offered

    def set_seats(self, seats: int) -> None:
        """There are so many seats from now on; those that are taken stay taken, which nothing else lets them."""
        self.seats = seats
        self.seats_over = max(self.seats_taken + self.seats_offered - seats, 0)

    def cancel_sooner(self, before: date, *, now: datetime) -> None:
        """The last day to cancel came sooner than was said before; who was told of the later one goes by it."""
        self.former_cancel_by = [*self.former_cancel_by, [now.isoformat(), before.isoformat()]]

    def cancel_by_since(self, moment: datetime | None) -> date:
        """The latest last day to cancel that was told since then: for whoever has a seat since, it is the one."""
        return last_told(self.cancel_by, self.former_cancel_by, since=moment)

    @property
    def dates(self) -> frozenset[date]:
        """Its days; they are loaded."""
        return frozenset(each.day for each in self.days)

    @hybrid_property
    def last_day(self) -> date:
        """The last of its days, which are loaded; before and on that day it is not over."""
        return self.days[-1].day

    @last_day.inplace.expression
    @classmethod
    def _last_day(cls) -> ScalarSelect[date]:
        return select(func.max(CourseDay.day)).where(CourseDay.session_id == cls.id).correlate(cls).scalar_subquery()

    @property
    def booking_is_closed(self) -> bool:
        """Whether somebody has closed direct booking and the line before their time."""
        return self.booking_closed_at is not None

    @hybrid_property
    def takes_place(self) -> bool:
        """Whether it is, or was, held for those who have booked it: it is no draft and was not called off."""
        return self.publicity in TAKES_PLACE

    @takes_place.inplace.expression
    @classmethod
    def _takes_place(cls) -> ColumnElement[bool]:
        return cls.publicity.in_(TAKES_PLACE)

    def move_to(self, publicity: Publicity) -> None:
        """The one door for who may see the session.

        Raises:
            Refused: it is not where it can go there from.
        """
        if publicity not in PUBLICITY_MOVES[self.publicity]:
            raise Refused(Refusal.NOT_IN_THIS_STATE)
        self.publicity = publicity


class CourseDay(Base):
    """One day of a session, with its hours in Stockholm time."""

    __tablename__ = "course_days"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    first_known_as: Mapped[date | None] = mapped_column(
        Date, doc="The day under which calendars know it, when it has been moved from there."
    )

    @property
    def known_as(self) -> date:
        """What names it in the calendars that have it, wherever it was moved to."""
        return self.first_known_as or self.day

    __table_args__ = (CheckConstraint("starts < ends", name="hours"), Index("ix_course_days_day", "day"))


class SessionLeader(Base):
    """A person who leads a session."""

    __tablename__ = "session_leaders"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)


BY_START = (CourseSession.starts_on, CourseSession.id)
"""In the order in which they begin."""
HELD_IN_RESERVE = CourseSession.is_reserve & (CourseSession.publicity == Publicity.DRAFT)
"""What the rule `is_held_in_reserve` says of a session, where the database is asked."""
COURSE_AND_DAYS = (joinedload(CourseSession.course), selectinload(CourseSession.days))
"""What pages, letters and rules need of a session beside itself, to be loaded with it."""

guard("uq_courses_code", Refused(Refusal.CODE_TAKEN))
guard("ck_course_sessions_size", Refused(Refusal.MINIMUM_ABOVE_SEATS))
guard("ck_course_sessions_dates", Refused(Refusal.DATES_OUT_OF_ORDER))
