"""What persons want from a round, and what was decided about it."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, Identity, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.models import Person
from bookings.states import ApplicationState, Outcome
from courses.models import CourseSession
from lararportal.db import Base


class Application(Base):
    """What one person wants from a round. The last list sent in before closing counts; when it came does not."""

    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.SUBMITTED)
    cap: Mapped[int] = mapped_column(doc="Most seats the person wants.")
    version: Mapped[int] = mapped_column(default=1, doc="Grows with every change.")
    standing_yes: Mapped[bool] = mapped_column(
        default=True, doc="For places in line: the seat is wanted at once, as long as there is time to give it back."
    )
    short_notice: Mapped[bool] = mapped_column(default=False, doc="For places in line: also in the last days.")
    submitted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    choices: Mapped[list["Choice"]] = relationship(order_by="Choice.rank", lazy="raise", cascade="all, delete-orphan")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    def said_yes_to(self, session: CourseSession) -> bool:
        """Whether a seat from the line of a session is wanted at once: about what was changed since, one is asked."""
        is_as_it_was = session.moved_at is None or session.moved_at < self.submitted_at
        return self.standing_yes and is_as_it_was


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
    rules_version: Mapped[str] = mapped_column(String(20), doc="The rules that it was made by.")

    __table_args__ = (UniqueConstraint("round_id", "person_id", "session_id"),)
