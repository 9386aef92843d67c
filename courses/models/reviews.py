"""What an external reviewer says of a course after a half-year, what the unit answers, and what it promises to do."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Identity, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.sessions import Course
from courses.states import Refusal, ReviewState
from lararportal.database_faults import guard
from lararportal.db import Base
from lararportal.errors import Refused

STATEMENT_LENGTH = 10_000
ACTION_LENGTH = 500
RESPONSIBLE_LENGTH = 100


class Review(Base):
    """The review of one course for one half-year.

    The figures are those of the day on which it was opened and stay so: no two readings can be subtracted.
    """

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    half: Mapped[str] = mapped_column(String(6), doc='The half-year, such as "2027-1".')
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sessions: Mapped[int] = mapped_column(doc="Held in the half-year.")
    participants: Mapped[int] = mapped_column(doc="Who was there, of completed sessions with five or more.")
    asked: Mapped[int] = mapped_column(doc="By the evaluations of whole units of the half-year.")
    answered: Mapped[int] = mapped_column(doc="In the same.")
    criteria: Mapped[dict[str, str]] = mapped_column(
        JSONB, default=dict, server_default="{}", doc="Criterion to judgement; a draft until it is stated."
    )
    statement: Mapped[str] = mapped_column(Text, default="", server_default="", doc="A draft until it is stated.")
    stated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stated_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    course: Mapped[Course] = relationship(lazy="raise")
    actions: Mapped[list["ReviewAction"]] = relationship(
        lazy="raise", back_populates="review", order_by="ReviewAction.id"
    )

    __table_args__ = (
        UniqueConstraint("half", "course_id", name="uq_reviews_half"),
        CheckConstraint(
            "(state = 'open') = (stated_at IS NULL) AND (stated_at IS NULL) = (stated_by IS NULL)", name="stated"
        ),
        CheckConstraint(
            "(state IN ('answered', 'closed')) = (answered_at IS NOT NULL) AND (answered_at IS NULL) = (answer = '')",
            name="answered",
        ),
    )


class ReviewAction(Base):
    """What the unit has promised to do about a course, who sees to it, and by when."""

    __tablename__ = "review_actions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    what: Mapped[str] = mapped_column(String(ACTION_LENGTH))
    responsible: Mapped[str] = mapped_column(String(RESPONSIBLE_LENGTH))
    due_on: Mapped[date] = mapped_column(Date, doc="In Stockholm.")
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    review: Mapped[Review] = relationship(lazy="raise", back_populates="actions")


guard("uq_reviews_half", Refused(Refusal.REVIEW_OPENED_ALREADY))
