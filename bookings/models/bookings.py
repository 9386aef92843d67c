"""Seats and places in line, with the days that a seat occupies."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.models import Person
from auth.states import Category
from bookings.states import BOOKING_MOVES, LIVE, BookingState, CancelGround, Origin, Refusal
from courses.models import CourseSession
from lararportal.database_faults import guard
from lararportal.db import Base
from lararportal.errors import Refused


class Booking(Base):
    """A person's place in line or seat in a session, and how it ended.

    The line is ordered by wave, key, joined_at, id. `rank` orders the person's own live wishes, most wanted first.
    """

    __tablename__ = "bookings"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    seat_group: Mapped[str | None] = mapped_column(
        String(10), doc="As `Person.seat_group`, by the foreign key; None where a former version made the place."
    )
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
    bound_days: Mapped[int | None] = mapped_column(
        doc="Changed for when giving the former seat back was late already, so many days before that one's start."
    )
    ended_late: Mapped[bool] = mapped_column(default=False, doc="Cancelled after the last day to cancel.")
    cancel_ground: Mapped[CancelGround | None]
    cancelled_by_staff: Mapped[bool | None] = mapped_column(doc="So that only staff undo it.")
    end_reason: Mapped[str] = mapped_column(String(500), default="", doc="In words.")
    fee_percent: Mapped[int | None] = mapped_column(
        SmallInteger, doc="What the cancellation costs, of the fee of the course; None where it is recorded only."
    )
    charged_on: Mapped[date | None] = mapped_column(
        Date, doc="Counts from then in the basis for invoices: a seat once its session is over, or what was late."
    )
    charged_category: Mapped[Category | None] = mapped_column(doc="What the person was then.")
    charged_workplace: Mapped[str | None] = mapped_column(String(200), doc="And where they worked.")
    credited_on: Mapped[date | None] = mapped_column(Date, doc="From then on what was late costs nothing after all.")
    calendar_sequence: Mapped[int] = mapped_column(
        default=0, doc="How often the days of the seat have been taken out of a calendar, or put back."
    )
    standing_yes: Mapped[bool] = mapped_column(
        default=True, doc="The seat is wanted at once, as long as there is time to give it back."
    )
    short_notice: Mapped[bool] = mapped_column(default=False, doc="May be asked in the last days before the start.")
    asked_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When a seat was last offered, or a choice between two asked for."
    )
    answer_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), doc="The last moment to answer.")
    reminded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), doc="Of the last offer or choice.")
    yes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), doc="Yes to a call-out.")
    yes_leaves: Mapped[list[int] | None] = mapped_column(
        ARRAY(Integer), doc="The seats, by booking, that the yes was said to give up."
    )
    funded_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When somebody recorded that a resident's seat is paid for."
    )
    funded_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    funding_reminders: Mapped[int] = mapped_column(
        default=0, server_default="0", doc="How many there have been for its last day to cancel."
    )
    release_told_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When a reminder first said that the seat is released after that day."
    )

    session: Mapped[CourseSession] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)

    __table_args__ = (
        ForeignKeyConstraint(["person_id", "seat_group"], ["persons.id", "persons.seat_group"], onupdate="CASCADE"),
        Index(
            "uq_bookings_live",
            "person_id",
            "session_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'asked', 'offered', 'booked', 'must_choose')"),
        ),
        Index(
            "ix_bookings_line",
            "session_id",
            "wave",
            "key",
            "joined_at",
            "id",
            postgresql_where=text("state IN ('waiting', 'asked')"),
        ),
        Index(
            "ix_bookings_seats",
            "session_id",
            "person_id",
            postgresql_where=text("state IN ('booked', 'must_choose')"),
        ),
        Index(
            "ix_bookings_answer_by",
            "answer_by",
            postgresql_where=text("state IN ('asked', 'offered', 'must_choose')"),
        ),
        CheckConstraint(
            "state NOT IN ('asked', 'offered', 'must_choose') OR answer_by IS NOT NULL", name="answer_by"
        ),
        Index("ix_bookings_ended_at", "ended_at", postgresql_where=text("state = 'cancelled'")),
        Index(
            "ix_bookings_to_charge",
            "session_id",
            postgresql_where=text("state = 'booked' AND charged_on IS NULL"),
        ),
        Index("ix_bookings_charged_on", "charged_on"),
        CheckConstraint("fee_percent BETWEEN 0 AND 100", name="fee_percent"),
        CheckConstraint("(funded_at IS NULL) = (funded_by IS NULL)", name="funding"),
    )

    @property
    def is_bound(self) -> bool:
        """Whether giving the seat back is late whatever its own last day is."""
        return self.bound_days is not None

    def move_to(self, state: BookingState, *, now: datetime) -> None:
        """The one door for a booking's state.

        Raises:
            Refused: the booking is not where it can go there from.
        """
        if state not in BOOKING_MOVES[self.state]:
            raise Refused(Refusal.NOT_BOOKED if state != BookingState.LEFT else Refusal.NOT_WAITING)
        self.state = state
        if state is BookingState.BOOKED:
            # A seat that is had again after all is had since it was had first.
            self.booked_at, self.ended_at = self.booked_at or now, None
        elif state not in LIVE:
            self.ended_at = now


def is_in(states: Collection[BookingState], of: type["Booking"]) -> ColumnElement[bool]:
    """Of a booking: in one of these states, as words of the statement and not as values that are handed to it.

    PostgreSQL keeps one plan for all values, and in that it uses an index of some states only where it can read them.
    """
    return of.state.in_([literal_column(f"'{each.value}'") for each in states])


class SeatDay(Base):
    """A day that a seat occupies: nobody is in two places on one day, and the database sees to it."""

    __tablename__ = "seat_days"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)


guard("uq_bookings_live", Refused(Refusal.ALREADY_BOOKED))
guard("pk_seat_days", Refused(Refusal.DAY_TAKEN_MEANWHILE))
guard("ck_course_sessions_seats_taken", Refused(Refusal.SESSION_FULL))
