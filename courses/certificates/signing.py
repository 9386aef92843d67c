"""Signing: the papers of a session are fetched to be signed in ink, and it is noted that they are."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from auth import personal_numbers
from auth.models import BY_NAME, Person
from courses import reach
from courses.certificates import typesetting
from courses.models import Certificate
from courses.rules import certificates as rules
from courses.states import CertificateState
from lararportal import journal, pages
from lararportal.clock import day_of
from lararportal.errors import NotFound, insist


def fetch_all(db: Session, *, session_id: int, now: datetime, by: int) -> list[dict[str, Any]]:
    """What is to be typeset: the valid certificates of the session, by name.

    Of each with a personal number on it, it is noted that `by` has seen it. A leader has none of whom a protected
    identity hides: a coordinator, who may know their names, fetches those.

    Raises:
        NotFound: there are none, or they are not for `by`.
    """
    return _fetched(db, _valid(session_id), session_id=session_id, now=now, by=by)


def fetch_unsigned(db: Session, *, session_id: int, now: datetime, by: int) -> list[dict[str, Any]]:
    """Of those, whatever has still to be signed.

    Raises:
        NotFound: as `fetch_all`.
    """
    unsigned = _valid(session_id).where(Certificate.signed_on.is_(None))
    return _fetched(db, unsigned, session_id=session_id, now=now, by=by)


def _fetched(
    db: Session, found: Select[Certificate], *, session_id: int, now: datetime, by: int
) -> list[dict[str, Any]]:
    reach.insist(db, session_id=session_id, by=by)
    if not reach.is_coordinator(db, by):
        found = found.where(~Person.is_protected)
    rows = db.scalars(found.order_by(*BY_NAME)).all()
    if not rows:
        raise NotFound
    for each in rows:
        if each.sealed:
            reason = pages.sentence("certificate_fetched", number=each.number)
            journal.note(db, personal_numbers.SHOWN, now=now, by=by, person=each.person_id, reason=reason)
    return [typesetting.paper(db, each) for each in rows]


def note_signed(db: Session, *, session_id: int, signed: Mapping[int, bool], on: date, now: datetime, by: int) -> int:
    """These certificates are signed in ink, or are not after all; how many that is new of.

    Raises:
        Refused: the day lies ahead, or before the certificate was made.
        NotFound: one of them is no valid one of the session, or they are not for `by`.
    """
    reach.insist(db, session_id=session_id, by=by)
    found = _valid(session_id).where(Certificate.id.in_(signed)).order_by(Certificate.id)
    rows = db.scalars(found.with_for_update(of=Certificate).execution_options(populate_existing=True)).all()
    if len(rows) != len(signed):
        raise NotFound
    changed = [each for each in rows if signed[each.id] != (each.signed_on is not None)]
    for each in changed:
        is_signed = signed[each.id]
        if is_signed:
            made = day_of(each.made_at)
            insist(rules.may_be_signed(on, made=made, today=day_of(now)), made=made)
        each.signed_on = on if is_signed else None
        deed = "certificate.signed" if is_signed else "certificate.unsigned"
        said = {"certificate": each.id, "number": each.number, "version": each.version, "on": str(on)}
        journal.note(db, deed, now=now, by=by, person=each.person_id, session=session_id, **said)
    db.flush()
    return len(changed)


def _valid(session_id: int) -> Select[Certificate]:
    """Of who has been erased there is nothing left to sign."""
    is_valid = Certificate.state == CertificateState.VALID
    return (
        select(Certificate)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.session_id == session_id, is_valid, Person.erased_at.is_(None))
    )
