"""Rounds with the sessions they give and their lottery, and the runs that draw them up."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Identity, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.models import Person
from bookings.states import ROUND_MOVES, PublicKind, Refusal, RoundState, SessionFate
from lararportal.database_faults import guard
from lararportal.db import Base
from lararportal.errors import Refused


class Round(Base):
    """An application round: one closing time for the seats of many sessions, and one lottery.

    Two parties are bound by commitments before the round opens: the portal to `secret`, and a director of studies to
    `second_secret`, which the portal first sees after closing. With a public value that did not exist at closing they
    make the seed (allocation rules, section 2.7).
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
    opened_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When it really opened: a coordinator may have been earlier, the lottery later."
    )
    secret: Mapped[str] = mapped_column(
        String(64), doc="The portal's own 32 bytes in hex; public when the second party's part is settled."
    )
    second_party_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    second_commitment: Mapped[str | None] = mapped_column(String(64), doc="SHA-256 of the second party's secret.")
    second_committed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    second_secret: Mapped[str | None] = mapped_column(String(64), doc="32 bytes in hex, as they were revealed.")
    second_revealed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    former_second_parties: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, doc="Second parties that were bound and then replaced: who, to what, when, by whom."
    )
    second_revealed_by: Mapped[int | None] = mapped_column(
        doc="The second party, or the coordinator who opened the sealed copy."
    )
    waived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    waived_by: Mapped[int | None] = mapped_column(doc="The coordinator who decided to go on without a second secret.")
    waiver_reason: Mapped[str] = mapped_column(String(500), default="")
    public_kind: Mapped[PublicKind | None]
    public_source: Mapped[str] = mapped_column(String(200), default="", doc="Which draw, price or number, in words.")
    public_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), doc="When its value becomes known.")
    former_sources: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, doc="Sources that had no value to give: what, due when, replaced when, by whom, why."
    )
    public_value: Mapped[str | None] = mapped_column(String(200))
    public_entered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    public_entered_by: Mapped[int | None]
    frozen: Mapped[str | None] = mapped_column(
        Text, deferred=True, doc="The input, alloc-instance/1, without lottery."
    )
    frozen_hash: Mapped[str | None] = mapped_column(String(64))
    seed: Mapped[str | None] = mapped_column(String(64), doc="32 bytes in hex; reckoned once, and public at once.")
    revealed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_early_by: Mapped[int | None] = mapped_column(doc="The coordinator who closed it before its time.")
    early_reason: Mapped[str] = mapped_column(String(500), default="", doc="Why; everybody can read it.")
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    booking_opens_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    second_party: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="dates"),
        CheckConstraint("cap >= 1 AND respite_hours >= 0", name="policy"),
        CheckConstraint(
            "frozen_hash IS NOT NULL OR (second_secret IS NULL AND public_value IS NULL AND seed IS NULL)",
            name="revealed",
        ),
        CheckConstraint(
            "second_secret IS NULL OR (second_commitment IS NOT NULL"
            " AND second_commitment = encode(sha256(decode(second_secret, 'hex')), 'hex'))",
            name="second_secret",
        ),
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
    input_hash: Mapped[str] = mapped_column(String(64), doc="Of what it read, without the lottery.")
    result: Mapped[str] = mapped_column(Text, doc="alloc-result/1 in canonical JSON.")
    would_close: Mapped[list[str]] = mapped_column(
        JSONB, doc="The sessions that the rule would close beside the closed ones (allocation rules, section 2.6)."
    )
    rules_version: Mapped[str] = mapped_column(String(20), doc="The rules that it was made by.")


class SessionDecision(Base):
    """A session that somebody opened or closed between two runs; `input_hash` is that of the input it makes."""

    __tablename__ = "session_decisions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), index=True)
    fate: Mapped[SessionFate]
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[int | None]
    input_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)


guard("ck_rounds_dates", Refused(Refusal.ROUND_DATES))
guard("ck_rounds_second_secret", Refused(Refusal.REVEALED_ANOTHER))
guard("pk_round_sessions", Refused(Refusal.SESSION_IN_OTHER_ROUND))
