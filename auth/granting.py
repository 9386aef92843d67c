"""Granting: somebody is given a role, or it is taken from them; either way they sign in anew."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import login_sessions, people, rules
from auth.holders import powers
from auth.models import Grant
from auth.states import Area, Refusal, Role
from lararportal import journal
from lararportal.database_faults import guard
from lararportal.errors import Refused, insist


def grant(db: Session, *, person_id: int, role: Role, area: Area | None, now: datetime, by: int | None) -> None:
    """The person holds the role, and signs in anew to use it.

    Raises:
        Refused: `by` may not grant roles, the area does not fit the role, or the person holds it already.
    """
    _may_grant(db, person_id=person_id, by=by)
    insist(rules.grant_fault(role, area))
    if _held(db, person_id=person_id, role=role, area=area) is not None:
        raise Refused(Refusal.ROLE_ALREADY_HELD)
    _give(db, person_id=person_id, role=role, area=area, now=now, by=by)


def give(db: Session, *, person_id: int, roles: Collection[Role], now: datetime, by: int) -> None:
    """The person, who is locked, holds these roles everywhere: `by` promised them, as they may."""
    for role in roles:
        if _held(db, person_id=person_id, role=role, area=None) is None:
            _give(db, person_id=person_id, role=role, area=None, now=now, by=by)


def revoke(db: Session, *, person_id: int, role: Role, area: Area | None, now: datetime, by: int | None) -> None:
    """The person does not hold the role any more, and every sign-in of theirs has ended.

    Raises:
        Refused: `by` may not revoke roles, or the person does not hold it.
    """
    _may_grant(db, person_id=person_id, by=by)
    held = _held(db, person_id=person_id, role=role, area=area)
    if held is None:
        raise Refused(Refusal.ROLE_NOT_HELD)
    db.delete(held)
    login_sessions.end_all_of(db, person_id=person_id, now=now, by=by)
    journal.note(db, "role.revoked", now=now, by=by, person=person_id, role=role, area=area)


def _give(db: Session, *, person_id: int, role: Role, area: Area | None, now: datetime, by: int | None) -> None:
    db.add(Grant(person_id=person_id, role=role, area=area))
    login_sessions.end_all_of(db, person_id=person_id, now=now, by=by)
    journal.note(db, "role.granted", now=now, by=by, person=person_id, role=role, area=area)


def _may_grant(db: Session, *, person_id: int, by: int | None) -> None:
    people.lock_present(db, person_id)
    insist(rules.may_grant(None if by is None else powers(db, by)))


def _held(db: Session, *, person_id: int, role: Role, area: Area | None) -> Grant | None:
    same_area = Grant.area.is_not_distinct_from(area)
    return db.scalars(select(Grant).where(Grant.person_id == person_id, Grant.role == role, same_area)).one_or_none()


guard("uq_grants_person_id_role_area", Refused(Refusal.ROLE_ALREADY_HELD))
