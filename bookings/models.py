"""Rounds and their runs, applications, decisions, and bookings with the days they occupy."""

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.models import Person
from bookings.states import (
    BOOKING_MOVES,
    ROUND_MOVES,
    ApplicationState,
    BookingState,
    Origin,
    Outcome,
    Refusal,
    RoundState,
)
from courses.models import CourseSession
from lararportal.db import Base, guard
from lararportal.errors import Refused


class Round(Base):
    """An application round: one closing time for the seats of many sessions.

    The secret is drawn when the round opens and shown when it is published; its commitment is public all the while.
    """

    __tablename__ = "rounds"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    term: Mapped[str] = mapped_column(String(10), doc='Such as "2027-1"; part of the lottery.')
    title: Mapped[str] = mapped_column(String(100))
    opens_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decision_on: Mapped[date] = mapped_column(Date, doc="Decisions are promised by this day.")
    cap: Mapped[int] = mapped_column(default=4, doc="Most seats one person can get in the round.")
    respite_hours: Mapped[int] = mapped_column(
        default=48, doc="From publication until left-over seats may be booked: time to read and cancel."
    )
    state: Mapped[RoundState] = mapped_column(default=RoundState.PLANNED)
    secret: Mapped[str | None] = mapped_column(String(64), doc="32 bytes in hex.")
    frozen: Mapped[str | None] = mapped_column(
        Text, deferred=True, doc="The input, alloc-instance/1, without lottery."
    )
    frozen_hash: Mapped[str | None] = mapped_column(String(64))
    seed: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    booking_opens_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="dates"),
        CheckConstraint("cap >= 1 AND respite_hours >= 0", name="policy"),
    )

    def move_to(self, state: RoundState) -> None:
        """The one door for a round's state.

        Raises:
            Refused: the round is not where it can go there from.
        """
        if state not in ROUND_MOVES[self.state]:
            raise Refused(Refusal.ROUND_STATE, state=self.state)
        self.state = state


class RoundSession(Base):
    """A session whose seats are given in a round; a session is in one round at most."""

    __tablename__ = "round_sessions"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)


class Run(Base):
    """One drawing up of a round: what the engine made of the frozen input. Any number before publication."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[int | None]
    result: Mapped[str] = mapped_column(Text, doc="alloc-result/1 in canonical JSON.")


class Application(Base):
    """What one person wants from a round. The last list sent in before closing counts; when it came does not."""

    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.SUBMITTED)
    cap: Mapped[int] = mapped_column(doc="Most seats the person wants.")
    version: Mapped[int] = mapped_column(default=1, doc="Grows with every change.")
    submitted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    choices: Mapped[list["Choice"]] = relationship(order_by="Choice.rank", lazy="raise", cascade="all, delete-orphan")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("round_id", "person_id"),)


class Choice(Base):
    """A wanted session; rank 1 is most wanted."""

    __tablename__ = "choices"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), index=True)

    __table_args__ = (UniqueConstraint("application_id", "session_id"),)


class Decision(Base):
    """What a published round decided for one person and session, with what explains it.

    Keys are [T, F, U, A, B, L] of the allocation rules, section 2.2.
    """

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), index=True)
    rank: Mapped[int] = mapped_column(doc="Where it stood on the person's list, from 1.")
    code: Mapped[Outcome]
    key: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    position: Mapped[int | None] = mapped_column(
        doc="Place in line at publication, among those who would take a seat."
    )
    other_session_id: Mapped[int | None] = mapped_column(ForeignKey("course_sessions.id"))
    last_key: Mapped[list[int] | None] = mapped_column(
        ARRAY(BigInteger),
        doc="The last admitted of the person's group; only [T, F, U] when fewer than three were.",
    )

    __table_args__ = (UniqueConstraint("round_id", "person_id", "session_id"),)


class Booking(Base):
    """A person's place in line or seat in a session, and how it ended.

    The line is ordered by wave, key, joined_at, id. `rank` orders the person's own live wishes, most wanted first.
    """

    __tablename__ = "bookings"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    state: Mapped[BookingState]
    origin: Mapped[Origin]
    rank: Mapped[int]
    wave: Mapped[int]
    key: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    joined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    booked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_late: Mapped[bool] = mapped_column(default=False, doc="Cancelled after the last day to cancel.")
    end_reason: Mapped[str] = mapped_column(String(500), default="")

    session: Mapped[CourseSession] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_bookings_live",
            "person_id",
            "session_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'booked')"),
        ),
        Index(
            "ix_bookings_line",
            "session_id",
            "wave",
            "key",
            "joined_at",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    def move_to(self, state: BookingState, *, now: datetime) -> None:
        """The one door for a booking's state.

        Raises:
            Refused: the booking is not where it can go there from.
        """
        if state not in BOOKING_MOVES[self.state]:
            raise Refused(Refusal.NOT_BOOKED if state != BookingState.LEFT else Refusal.NOT_WAITING)
        self.state = state
        if state is BookingState.BOOKED:
            self.booked_at = now
        else:
            self.ended_at = now


class SeatDay(Base):
    """A day that a seat occupies: nobody is in two places on one day, and the database sees to it."""

    __tablename__ = "seat_days"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)


class MinimumWarning(Base):
    """Leader and coordinators have been told that a session has too few booked."""

    __tablename__ = "minimum_warnings"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), primary_key=True)
    warned_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    booked: Mapped[int]


guard("uq_bookings_live", Refused(Refusal.ALREADY_BOOKED))
guard("pk_seat_days", Refused(Refusal.DAY_TAKEN))
guard("ck_course_sessions_seats_taken", Refused(Refusal.SESSION_FULL))
guard("ck_rounds_dates", Refused(Refusal.ROUND_DATES))
guard("pk_round_sessions", Refused(Refusal.SESSION_IN_OTHER_ROUND))
