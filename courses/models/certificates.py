"""Certificates: what somebody was certified of a session, version by version, and what has become of each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from courses.rules.certificates import CODE_LENGTH
from courses.states import CertificateKind, CertificateState
from lararportal.db import Base


class Certificate(Base):
    """A version of somebody's certificate of a session. What it says is frozen: a correction is another version."""

    __tablename__ = "certificates"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    kind: Mapped[CertificateKind]
    year: Mapped[int] = mapped_column(doc="In Stockholm, of the first version.")
    serial: Mapped[int] = mapped_column(doc="Running within the year; all versions have the same.")
    version: Mapped[int]
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True, doc="By which anybody can check it.")
    state: Mapped[CertificateState] = mapped_column(default=CertificateState.MAKING)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="What it says, but for the personal number.")
    imprint: Mapped[str] = mapped_column(
        String(64), default="", server_default="", doc="Of the personal number on it; of kind A, if there is one."
    )
    sealed: Mapped[str] = mapped_column(
        String(200), default="", server_default="", doc="The personal number on it, since it was typeset."
    )
    layout: Mapped[int] = mapped_column(doc="By which file of `templates/certificates/` it is typeset.")
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), doc="When somebody asked for it.")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    signatory_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), doc="Whose name stands below the line.")
    ready_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), doc="When it was typeset.")
    ended_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When it was replaced or withdrawn."
    )
    signed_on: Mapped[date | None] = mapped_column(Date, doc="The day of the signature in ink, as somebody noted it.")

    __table_args__ = (
        UniqueConstraint("session_id", "person_id", "version", name="uq_certificates_version"),
        UniqueConstraint("year", "serial", "version", name="uq_certificates_number"),
        Index(
            "uq_certificates_valid",
            "session_id",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'valid'"),
        ),
        Index(
            "uq_certificates_making",
            "session_id",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'making'"),
        ),
        CheckConstraint("serial >= 1 AND version >= 1 AND layout >= 1", name="numbers"),
        CheckConstraint("(state IN ('replaced', 'withdrawn')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint(
            "CASE state WHEN 'making' THEN ready_at IS NULL WHEN 'withdrawn' THEN true ELSE ready_at IS NOT NULL END",
            name="ready",
        ),
        CheckConstraint("signed_on IS NULL OR ready_at IS NOT NULL", name="signed"),
    )

    @property
    def number(self) -> str:
        """What it is called on paper."""
        return f"{self.year}-{self.serial:04}"

    @property
    def place(self) -> str:
        """Where alone its number opens."""
        return f"{self.__tablename__}:{self.id}"
