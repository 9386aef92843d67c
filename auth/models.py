"""Persons, the identities they sign in with, the roles they hold, their login sessions, and who is invited."""

import secrets
from datetime import UTC, date, datetime

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    case,
    select,
    text,
)
from sqlalchemy import (
    Identity as Serial,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth import rules
from auth.states import SEAT_GROUP, Area, Binding, Category, InvitationState, Role, Standing
from lararportal import pages
from lararportal.db import Base
from lararportal.outbox import Recipient


def _pseudonym() -> str:
    return secrets.token_hex(8)


def full_name(given: str, family: str) -> str:
    """Given and family name; of somebody who has one name, that."""
    return f"{given} {family}".strip()


def stand_in(person_id: int) -> str:
    """What somebody is called whose identity is protected."""
    return pages.words()["protected"]["name"].format(number=person_id)


def erased_name(person_id: int) -> str:
    """What somebody is called who has been erased, and has no name any more."""
    return pages.words()["erased"]["name"].format(number=person_id)


def shown_name(person_id: int, given: str, family: str, is_protected: bool) -> str:  # noqa: FBT001 - a column
    """What others read: the name, or what stands for it."""
    return stand_in(person_id) if is_protected else full_name(given, family) or erased_name(person_id)


class Person(Base):
    """Somebody who may sign in. Category, residency and area count only once they are confirmed."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(Serial(), primary_key=True)
    pseudonym: Mapped[str] = mapped_column(
        String(32),
        unique=True,
        default=_pseudonym,
        doc="Stands for the person in the documents of an allocation.",
    )
    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(320), default="")
    category: Mapped[Category | None]
    area: Mapped[Area | None]
    workplace: Mapped[str] = mapped_column(String(200), default="", doc="The health centre.")
    residency_start: Mapped[date | None] = mapped_column(Date)
    planned_end: Mapped[date | None] = mapped_column(Date)
    leave_months: Mapped[int] = mapped_column(default=0, doc="Whole months of leave since the residency began.")
    standing: Mapped[Standing] = mapped_column(default=Standing.PENDING)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    is_protected: Mapped[bool] = mapped_column(
        default=False, server_default=text("false"), doc="Protected identity: who and where they are is not shown."
    )

    erased_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When what told who they are was taken away; what they did stays."
    )
    seat_group: Mapped[str | None] = mapped_column(String(10), Computed(SEAT_GROUP, persisted=True), deferred=True)

    identities: Mapped[list["Identity"]] = relationship(lazy="raise")
    grants: Mapped[list["Grant"]] = relationship(lazy="raise", passive_deletes=True)

    __table_args__ = (
        CheckConstraint("leave_months >= 0", name="leave_months"),
        CheckConstraint("planned_end > residency_start", name="residency"),
        Index("ix_persons_name", "family_name", "given_name"),
        UniqueConstraint("id", "seat_group"),
    )

    @property
    def name(self) -> str:
        """What every list, page, file and letter calls them: of the protected what stands for their name."""
        return shown_name(self.id, self.given_name, self.family_name, self.is_protected)

    @property
    def place_in_lists(self) -> tuple[bool, str, str, int]:
        """As `BY_NAME`, for rows that are here already."""
        names = ("", "") if self.is_protected else (self.family_name, self.given_name)
        return bool(self.is_protected), *names, self.id

    @property
    def own_name(self) -> str:
        """Given and family name, for themselves and for who may know it."""
        return full_name(self.given_name, self.family_name) or erased_name(self.id)

    @property
    def shown_email(self) -> str:
        """Their address, where lists have it; of the protected none, since names stand in addresses."""
        return "" if self.is_protected else self.email

    @property
    def recipient(self) -> Recipient:
        """Where letters to this person go."""
        return Recipient(person_id=self.id, name=self.name, address=self.email, reads_here=bool(self.is_protected))


BY_NAME = (
    Person.is_protected,
    case((Person.is_protected, ""), else_=Person.family_name),
    case((Person.is_protected, ""), else_=Person.given_name),
    Person.id,
)
"""The order of every list of people; where the protected stand in it tells nothing of what they are called.

They stand last, and among themselves by their numbers.
"""


TO_LOCK = (
    select(Person)
    .where(Person.id.in_(bindparam("ids", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True, of=Person)
    .execution_options(populate_existing=True)
)
"""The persons with these `ids`, in id order, locked until the transaction ends and read afresh."""


class Identity(Base):
    """A proof of who somebody is: what a provider calls them. One person may have several."""

    __tablename__ = "identities"

    id: Mapped[int] = mapped_column(Serial(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(250))
    kind: Mapped[str] = mapped_column(String(30), doc="An `IdentityKind`: which claim the value comes from.")
    value: Mapped[str] = mapped_column(String(255), doc="Of a `personal_number` its imprint.")
    linked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("issuer", "kind", "value"),)


class PersonalNumber(Base):
    """Somebody's personnummer or samordningsnummer, which only the keys of the settings open."""

    __tablename__ = "personal_numbers"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str] = mapped_column(String(200))
    imprint: Mapped[str] = mapped_column(String(64), unique=True, doc="What it is found by, unread.")
    noted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def place(self) -> str:
        """Where alone it opens."""
        return f"{self.__tablename__}:{self.person_id}"


class Grant(Base):
    """A role that a person holds; a director of studies holds it for an area."""

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(Serial(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    role: Mapped[Role]
    area: Mapped[Area | None]

    __table_args__ = (
        UniqueConstraint("person_id", "role", "area", postgresql_nulls_not_distinct=True),
        CheckConstraint("(role = 'director') = (area IS NOT NULL)", name="area_of_director"),
    )


class LoginSession(Base):
    """One sign-in. The cookie carries a random token, the row its hash; ending the row ends the sign-in."""

    __tablename__ = "login_sessions"

    id: Mapped[int] = mapped_column(Serial(), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(60))
    id_token: Mapped[str] = mapped_column(default="", doc="Sealed, for signing out at the provider too.")
    subject: Mapped[str | None] = mapped_column(
        String(255), doc="What the provider calls the person, in this sign-in."
    )
    sid: Mapped[str | None] = mapped_column(String(255), doc="What the provider calls the sign-in there.")
    identity_id: Mapped[int | None] = mapped_column(
        doc="With which identity it began, also one that has been removed since; NULL when unknown."
    )
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    proved_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When the person last proved at the provider who they are; NULL when unknown."
    )
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def place(self) -> str:
        """Where alone its token opens."""
        return f"{self.__tablename__}:{self.token_hash}"


class SpentToken(Base):
    """Something of a provider's that counts once, and has been used: its hash, until it is worth nothing anyway."""

    __tablename__ = "spent_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class IdentityPutAside(Base):
    """What somebody who is signed in has just proved to be as well; it waits for them to say that it is theirs."""

    __tablename__ = "identities_put_aside"

    login_session_id: Mapped[int] = mapped_column(
        ForeignKey("login_sessions.id", ondelete="CASCADE"), primary_key=True, doc="In which sign-in; one at a time."
    )
    issuer: Mapped[str] = mapped_column(String(250))
    kind: Mapped[str] = mapped_column(String(30))
    value: Mapped[str] = mapped_column(String(255), doc="As `Identity` keeps it.")
    provider: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(255), doc="What the provider calls the person.")
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AccountInvitation(Base):
    """That a sign-in may be linked to an account: once, for a while, and only by whom it is bound to.

    The link in the letter has a random token, the row its hash.
    """

    __tablename__ = "account_invitations"

    id: Mapped[int] = mapped_column(Serial(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    binding: Mapped[Binding]
    bound_to: Mapped[str] = mapped_column(
        String(320), doc="The e-mail address in small letters, or the imprint of the personnummer."
    )
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(30)), doc="What the person is given with it.")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("persons.id"), doc="Who sent the last letter.")
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), doc="When the letter was written last.")
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def state_at(self, now: datetime) -> InvitationState:
        """What has become of it."""
        return rules.invitation_state(
            used_at=self.used_at, withdrawn_at=self.withdrawn_at, expires_at=self.expires_at, now=now
        )

    @property
    def once(self) -> str:
        """The occasion of the last letter, which alone has the link that opens something."""
        return f"invitation:{self.id}:{self.sent_at.astimezone(UTC):%Y%m%d%H%M%S%f}"

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
    inviter: Mapped[Person] = relationship(lazy="raise", foreign_keys=invited_by)

    __table_args__ = (
        CheckConstraint("used_at IS NULL OR withdrawn_at IS NULL", name="ended_once"),
        Index(
            "uq_account_invitations_lasting",
            "person_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )
