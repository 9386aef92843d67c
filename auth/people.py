"""People: somebody arrives, says who they are, and is confirmed and corrected."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auth import addresses, letters, personal_numbers, rules
from auth.holders import powers
from auth.models import TO_LOCK, AccountInvitation, Identity, Person
from auth.rules import Facts
from auth.states import Area, Binding, Category, Refusal, Standing
from lararportal import journal
from lararportal.database_faults import guard
from lararportal.errors import NotFound, Refused, insist

NAME_LENGTH = 100
WORKPLACE_LENGTH = 200


class Said(TypedDict):
    """What is said of a person, by themselves or by who may confirm it."""

    category: Category | None
    area: Area | None
    residency_start: date | None
    planned_end: date | None
    leave_months: int


def lock(db: Session, ids: Collection[int]) -> list[Person]:
    """The persons, in id order, locked until the transaction ends and read afresh.

    Raises:
        NotFound: one of them does not exist.
    """
    wanted = sorted(set(ids))
    persons = db.scalars(TO_LOCK, {"ids": wanted}).all()
    if [person.id for person in persons] != wanted:
        raise NotFound
    return list(persons)


def lock_present(db: Session, person_id: int) -> Person:
    """As `lock` for one of them; who has been erased is refused."""
    (person,) = lock(db, [person_id])
    if person.erased_at is not None:
        raise Refused(Refusal.PERSON_ERASED)
    return person


def arrive(
    db: Session,
    *,
    issuer: str,
    kind: str,
    value: str,
    given_name: str,
    family_name: str,
    email: str,
    now: datetime,
) -> Person:
    """The person whom this identity belongs to: an old acquaintance, or a new, pending one.

    Nobody is recognised by name or e-mail address. Of two first sign-ins at the same moment the slower one finds
    the person that the faster one made.
    """
    kept = personal_numbers.as_kept(db, kind=kind, value=value)
    known = (
        select(Person)
        .join(Identity)
        .where(Identity.issuer == issuer, Identity.kind == kind, Identity.value.in_(kept))
        .order_by(Identity.id)
    )
    if (acquaintance := db.scalars(known).first()) is not None:
        personal_numbers.keep_shown(db, person_id=acquaintance.id, kind=kind, value=value, now=now)
        return acquaintance
    person = Person(
        given_name=rules.one_line(given_name, longest=NAME_LENGTH),
        family_name=rules.one_line(family_name, longest=NAME_LENGTH),
        email=email if rules.is_plausible_email(email) else "",
        created_at=now,
        identities=[Identity(issuer=issuer, kind=kind, value=kept[0], linked_at=now)],
    )
    try:
        with db.begin_nested():
            db.add(person)
    except IntegrityError:
        if (faster := db.scalars(known).first()) is None:
            raise
        return faster
    trace = personal_numbers.trace(db, issuer=issuer, kind=kind, value=kept[0])
    journal.note(db, "person.arrived", now=now, by=person.id, person=person.id, issuer=issuer, kind=kind, trace=trace)
    personal_numbers.keep_shown(db, person_id=person.id, kind=kind, value=value, now=now)
    return person


def describe_oneself(
    db: Session,
    *,
    person_id: int,
    email: str,
    workplace: str,
    now: datetime,
    by: int,
    **said: Unpack[Said],
) -> Person:
    """The profile says what the person says; it need not be complete yet.

    Raises:
        Refused: it is somebody else's, it cannot be true, or it has been confirmed and would change.
    """
    if by != person_id:
        raise Refused(Refusal.ONLY_ABOUT_ONESELF)
    person = lock_present(db, person_id)
    facts = Facts(**said).settled()
    insist(rules.may_describe_oneself(person.standing, old=facts_of(person).settled(), new=facts))
    insist(rules.may_be_true(facts), longest_leave=rules.LONGEST_LEAVE)
    if not rules.is_plausible_email(email):
        raise Refused(Refusal.EMAIL_IMPLAUSIBLE)
    addresses.change(db, person, email=email, now=now, by=by)
    person.workplace = rules.one_line(workplace, longest=WORKPLACE_LENGTH)
    journal.note(db, "person.described_oneself", now=now, by=by, person=person_id, **_write(person, facts))
    return person


def confirm(
    db: Session,
    *,
    person_id: int,
    now: datetime,
    by: int,
    **said: Unpack[Said],
) -> Person:
    """The person's facts are these, and somebody who may say so has confirmed them.

    Raises:
        Refused: they are confirmed already, cannot be true or are incomplete, or `by` may not decide it.
    """
    facts = Facts(**said).settled()
    person = _decided_about(db, person_id=person_id, facts=facts, by=by)
    if person.standing is not Standing.PENDING:
        raise Refused(Refusal.ALREADY_CONFIRMED)
    person.standing = Standing.CONFIRMED
    journal.note(db, "person.confirmed", now=now, by=by, person=person_id, **_write(person, facts))
    return person


def correct(
    db: Session,
    *,
    person_id: int,
    reason: str,
    now: datetime,
    by: int,
    **said: Unpack[Said],
) -> Person:
    """Confirmed facts were wrong or have changed, and are these now; the journal has both, and the person is told.

    Raises:
        Refused: they were never confirmed, no reason is given, or as for `confirm`.
    """
    facts = Facts(**said).settled()
    person = _decided_about(db, person_id=person_id, facts=facts, by=by)
    if person.standing is not Standing.CONFIRMED:
        raise Refused(Refusal.NOT_YET_CONFIRMED)
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING)
    old = facts_of(person)
    changes = _write(person, facts)
    journal.note(db, "person.corrected", now=now, by=by, person=person_id, reason=reason.strip(), **changes)
    if old != facts:
        decided_by = db.get_one(Person, by).name
        letters.facts_corrected(db, person=person, old=old, new=facts, decided_by=decided_by, now=now)
    return person


def correct_address(db: Session, *, person_id: int, email: str, now: datetime, by: int) -> Person:
    """Letters to the person go to this address from now on, and no invitation to another one opens their account.

    Raises:
        NotFound: there is no such person.
        Refused: no letter can be sent to that, or the person has been erased.
    """
    person = lock_present(db, person_id)
    if not rules.is_plausible_email(email):
        raise Refused(Refusal.EMAIL_IMPLAUSIBLE)
    journal.note(db, "person.address_corrected", now=now, by=by, person=person_id)
    person.email = email
    lasts = (AccountInvitation.used_at.is_(None), AccountInvitation.withdrawn_at.is_(None))
    elsewhere = (AccountInvitation.binding == Binding.EMAIL, AccountInvitation.bound_to != email.lower())
    bound = select(AccountInvitation).where(AccountInvitation.person_id == person_id, *lasts, *elsewhere)
    for each in db.scalars(bound.with_for_update(key_share=True)):
        each.withdrawn_at = now
        journal.note(db, "invitation.withdrawn", now=now, by=by, person=person_id, invitation=each.id)
    return person


def facts_of(person: Person) -> Facts:
    """What is, or could be, confirmed of the person."""
    return Facts(
        category=person.category,
        area=person.area,
        residency_start=person.residency_start,
        planned_end=person.planned_end,
        leave_months=person.leave_months,
    )


def _decided_about(db: Session, *, person_id: int, facts: Facts, by: int) -> Person:
    person = lock_present(db, person_id)
    insist(rules.may_decide_about(powers(db, by), person_id=person_id, old_area=person.area, new_area=facts.area))
    insist(rules.may_be_true(facts), longest_leave=rules.LONGEST_LEAVE)
    if rules.missing(facts, email=person.email):
        raise Refused(Refusal.FACTS_MISSING)
    return person


def _write(person: Person, facts: Facts) -> dict[str, Any]:
    """What the journal keeps of it: the facts that differ, as they were and as they are."""
    before, after = facts_of(person).as_json(), facts.as_json()
    person.category, person.area = facts.category, facts.area
    person.residency_start, person.planned_end = facts.residency_start, facts.planned_end
    person.leave_months = facts.leave_months
    changed = [name for name in after if after[name] != before[name]]
    return {"old": {name: before[name] for name in changed}, "new": {name: after[name] for name in changed}}


guard("ck_persons_residency", Refused(Refusal.RESIDENCY_ENDS_BEFORE_START))
