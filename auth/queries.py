"""What the pages of the auth room, and other rooms, read about people."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, select
from sqlalchemy.orm import Session, joinedload

from auth.holders import holds
from auth.models import BY_NAME, AccountInvitation, Grant, Identity, Person, shown_name
from auth.states import RESIDENTS, Area, Category, InvitationState, Role, Standing
from lararportal.errors import NotFound
from lararportal.journal import Entry
from lararportal.paging import Page, paginate, paginate_rows


@dataclass(frozen=True)
class Decision:
    """That somebody confirmed or corrected a person's facts."""

    at: datetime
    by: str
    reason: str
    """Why the facts were corrected; empty when they were confirmed as they stood."""


def person(db: Session, person_id: int) -> Person:
    """The person with their roles.

    Raises:
        NotFound: there is none.
    """
    found = db.get(Person, person_id, options=[joinedload(Person.grants)])
    if found is None:
        raise NotFound
    return found


class ListedPerson(NamedTuple):
    """Somebody on the list: facts alone, by which their row can be remembered."""

    id: int
    name: str
    category: Category | None
    area: Area | None
    workplace: str
    standing: Standing


_LISTED: tuple[Any, ...] = (
    Person.id,
    Person.given_name,
    Person.family_name,
    Person.is_protected,
    Person.category,
    Person.area,
    Person.workplace,
    Person.standing,
)


def people(
    db: Session, *, areas: Collection[Area] | None, name: str, standing: Standing | None, number: int
) -> Page[ListedPerson]:
    """A page of the people in some areas (None is everywhere), whose names contain every word, by name."""
    found = _people(areas=areas, name=name, standing=standing).with_only_columns(*_LISTED)
    page = paginate_rows(db, found.order_by(*BY_NAME), number=number)
    return replace(page, rows=[_listed(*row) for row in page.rows])


def _listed(person_id: int, given: str, family: str, is_protected: bool, *facts: Any) -> ListedPerson:  # noqa: FBT001 - a column
    return ListedPerson(person_id, shown_name(person_id, given, family, is_protected), *facts)


def pending_count(db: Session, areas: Collection[Area] | None) -> int:
    """How many wait for confirmation in some areas (None is everywhere)."""
    waiting = _people(areas=areas, name="", standing=Standing.PENDING).with_only_columns(func.count())
    return db.scalar(waiting) or 0


def residents(db: Session, areas: Collection[Area] | None) -> list[Person]:
    """The residents of some areas (None is everywhere), by name."""
    everybody = _people(areas=areas, name="", standing=None)
    return list(db.scalars(everybody.where(Person.category.in_(RESIDENTS)).order_by(*BY_NAME)))


def holders(db: Session, role: Role) -> list[Person]:
    """Who holds a role, by name, each once."""
    return list(db.scalars(select(Person).where(holds(role)).order_by(*BY_NAME)))


def roles_of(db: Session, person_id: int) -> frozenset[Role]:
    """The roles that somebody holds."""
    return frozenset(db.scalars(select(Grant.role).where(Grant.person_id == person_id)))


def grants(db: Session) -> list[tuple[Person, Grant]]:
    """Every role that is held, by name of the person and then by role."""
    held = select(Person, Grant).join(Grant, Grant.person_id == Person.id)
    return [(row.Person, row.Grant) for row in db.execute(held.order_by(*BY_NAME, Grant.role, Grant.area))]


def known_as(db: Session, who: str) -> list[Person]:
    """The people that an operator may mean by a number or an e-mail address."""
    if who.isdecimal():
        return list(db.scalars(select(Person).where(cast(Person.id, String) == who)))
    return list(db.scalars(select(Person).where(func.lower(Person.email) == who.lower()).order_by(*BY_NAME)))


def called_like(db: Session, name: str) -> dict[int, str]:
    """Everybody with that name in their own, and what they are called."""
    own_name = func.trim(Person.given_name + " " + Person.family_name)
    return {
        row[0]: row[1]
        for row in db.execute(select(Person.id, own_name).where(own_name.contains(name, autoescape=True)))
    }


def directors(db: Session, area: Area) -> list[Person]:
    """The directors of studies of an area, by name."""
    held = select(Grant.person_id).where(Grant.role == Role.DIRECTOR, Grant.area == area)
    return list(db.scalars(select(Person).where(Person.id.in_(held)).order_by(*BY_NAME)))


def latest_decision(db: Session, person_id: int) -> Decision | None:
    """Who last confirmed or corrected the person's facts."""
    row = db.execute(
        select(Entry.at, Entry.by, Entry.facts, Person)
        .join(Person, Person.id == Entry.by, isouter=True)
        .where(Entry.person_id == person_id, Entry.deed.in_(("person.confirmed", "person.corrected")))
        .order_by(Entry.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Decision(at=row.at, by=_name(row), reason=row.facts.get("reason", ""))


def _name(row: Any) -> str:
    """Of whoever did what an entry says; the number of whoever is there no more."""
    return row.Person.name if row.Person is not None else str(row.by)


@dataclass(frozen=True)
class Look:
    """That somebody has seen a personal number in full."""

    at: datetime
    by: str
    reason: str


def looks(db: Session, person_id: int) -> list[Look]:
    """Who has looked at the person's number, the latest first."""
    rows = db.execute(
        select(Entry.at, Entry.by, Entry.facts, Person)
        .join(Person, Person.id == Entry.by, isouter=True)
        .where(Entry.person_id == person_id, Entry.deed == "personal_number.shown")
        .order_by(Entry.id.desc())
    )
    return [Look(row.at, _name(row), row.facts["reason"]) for row in rows]


@dataclass(frozen=True)
class Invited:
    """An invitation, with its person and whoever invited them, and what has become of it."""

    invitation: AccountInvitation
    state: InvitationState


def invitations(db: Session, *, state: InvitationState | None, now: datetime, number: int) -> Page[Invited]:
    """A page of the invitations that are in a state (None is in any), the latest letter first."""
    found = select(AccountInvitation).options(
        joinedload(AccountInvitation.person), joinedload(AccountInvitation.inviter)
    )
    if state is not None:
        found = found.where(*_in_state(state, now))
    page = paginate(db, found.order_by(AccountInvitation.sent_at.desc(), AccountInvitation.id.desc()), number=number)
    rows = [Invited(each, each.state_at(now)) for each in page.rows]
    return Page(rows=rows, number=page.number, size=page.size, total=page.total)


def open_invitations(db: Session, person_id: int, *, now: datetime) -> list[AccountInvitation]:
    """What opens the person's account to them still."""
    theirs = select(AccountInvitation).where(AccountInvitation.person_id == person_id)
    return list(db.scalars(theirs.where(*_in_state(InvitationState.OPEN, now))))


def invitation(db: Session, invitation_id: int) -> AccountInvitation:
    """One of them, with its person.

    Raises:
        NotFound: there is none.
    """
    found = db.get(AccountInvitation, invitation_id, options=[joinedload(AccountInvitation.person)])
    if found is None:
        raise NotFound
    return found


def _in_state(state: InvitationState, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """As `AccountInvitation.state_at` says it of one."""
    lasts = (AccountInvitation.used_at.is_(None), AccountInvitation.withdrawn_at.is_(None))
    return {
        InvitationState.USED: (AccountInvitation.used_at.is_not(None),),
        InvitationState.WITHDRAWN: (AccountInvitation.withdrawn_at.is_not(None),),
        InvitationState.OPEN: (*lasts, AccountInvitation.expires_at > now),
        InvitationState.EXPIRED: (*lasts, AccountInvitation.expires_at <= now),
    }[state]


def _people(*, areas: Collection[Area] | None, name: str, standing: Standing | None) -> Select[Person]:
    found = select(Person)
    if areas is not None:
        found = found.where(Person.area.in_(areas))
    if standing is not None:
        found = found.where(Person.standing == standing)
    if standing is Standing.PENDING:
        # Who only leads or administers courses has nothing to confirm, as in `rules.owes_profile`.
        holds_role = exists().where(Grant.person_id == Person.id)
        found = found.where(Person.category.is_not(None) | ~holds_role)
        # Who is only invited has not come yet, and says nothing of themselves that could be confirmed.
        is_invited = exists().where(AccountInvitation.person_id == Person.id, AccountInvitation.used_at.is_(None))
        found = found.where(~is_invited | exists().where(Identity.person_id == Person.id))
    full_name = func.concat(Person.given_name, " ", Person.family_name)
    if name and areas is not None:
        # Who may not know what the protected are called does not find them by it either.
        found = found.where(~Person.is_protected)
    return found.where(*(full_name.icontains(word, autoescape=True) for word in name.split()))
