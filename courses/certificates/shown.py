"""What the pages of certificates show: to who signs them, to who has them, and to anybody with a code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import reach
from courses.certificates import content, typesetting
from courses.certificates.content import Draft
from courses.days.shown import session_of
from courses.models import Certificate, CourseSession, SessionLeader
from courses.rules import certificates as rules
from courses.states import CertificateState
from lararportal.errors import NotFound

MAY_TAKE = timedelta(minutes=10)
"""For so long after it was asked for a page looks by itself whether a certificate is made."""


@dataclass(frozen=True)
class Overview:
    """The certificates of a session, as who signs them sees them."""

    session: CourseSession
    is_leader: bool
    drafts: Sequence[Draft]
    """Who has been through it, by name."""
    others: Sequence[tuple[Person, Certificate]]
    """Who has not after all, and had one."""
    fetched: Sequence[Certificate]
    """What whoever looks can fetch: a leader none of whom a protected identity hides."""

    @property
    def unsigned(self) -> list[Certificate]:
        """Of those, what has still to be signed."""
        return [each for each in self.fetched if each.signed_on is None]

    @property
    def due(self) -> list[Draft]:
        """Of whom there would be something to make."""
        return [each for each in self.drafts if each.is_due]

    @property
    def live(self) -> list[Certificate]:
        """The versions that wait to be made, or hold."""
        return [each.live for each in self.drafts if each.live is not None]

    @property
    def valid(self) -> list[tuple[Person, Certificate]]:
        """Those that hold, with whose they are."""
        held = ((each.person, each.valid) for each in self.drafts)
        return [(person, row) for person, row in held if row is not None]

    def is_being_made(self, now: datetime) -> bool:
        """Whether one is likely to be ready in a moment."""
        waiting = (each for each in self.live if each.state is CertificateState.MAKING)
        return any(now - each.made_at < MAY_TAKE for each in waiting)


def overview(db: Session, *, session_id: int, by: int) -> Overview:
    """All of it, in as many statements for many as for few.

    Raises:
        NotFound: there is no such session, or its certificates are not for `by`.
    """
    reach.insist(db, session_id=session_id, by=by)
    session = session_of(db, session_id)
    made = content.made(db, session_id)
    drafts = content.drafts(db, session, made)
    passed = {each.person.id for each in drafts}
    last = {each.person_id: each for each in made if each.person_id not in passed and each.ready_at is not None}
    persons = db.scalars(select(Person).where(Person.id.in_(last), Person.erased_at.is_(None)))
    by_name = sorted(persons, key=lambda each: each.place_in_lists)
    found = Overview(
        session=session,
        is_leader=db.get(SessionLeader, (session_id, by)) is not None,
        drafts=drafts,
        others=[(each, last[each.id]) for each in by_name],
        fetched=(),
    )
    sees_all = reach.is_coordinator(db, by)
    fetched = [row for person, row in found.valid if sees_all or not person.is_protected]
    return replace(found, fetched=fetched)


@dataclass(frozen=True)
class Own:
    """A certificate, for whom it is of."""

    id: int
    course: str
    days: list[date]
    number: str
    version: int
    state: CertificateState
    signed_on: date | None


def own(db: Session, person_id: int) -> list[Own]:
    """The person's certificates, the latest first; of each the version that counts."""
    found = select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id)
    last: dict[int, Certificate] = {}
    for row in db.scalars(found):
        # What is being made does not hide what holds until then; what was withdrawn unmade is nothing.
        if row.state is CertificateState.VALID or row.session_id not in last or row.ready_at is not None:
            last[row.session_id] = row
    shown = [each for each in last.values() if each.ready_at is not None or each.ended_at is None]
    return [_own(each) for each in sorted(shown, key=lambda each: -each.id)]


def _own(row: Certificate) -> Own:
    days = [date.fromisoformat(each) for each in row.content["days"]]
    return Own(row.id, row.content["course"], days, row.number, row.version, row.state, row.signed_on)


def own_paper(db: Session, *, certificate_id: int, person_id: int) -> dict[str, Any]:
    """What is to be typeset for whom it is of.

    Raises:
        NotFound: it is somebody else's, or not valid.
    """
    row = db.get(Certificate, certificate_id)
    if row is None or row.person_id != person_id or row.state is not CertificateState.VALID:
        raise NotFound
    return typesetting.paper(db, row)


@dataclass(frozen=True)
class Checked:
    """What anybody with a code is told of a version, and nothing more."""

    state: CertificateState
    course: str
    days: list[date]
    initials: str
    """Nothing of somebody with a protected identity, or who has been erased."""


def checked(db: Session, code: str) -> Checked | None:
    """The version of that code, if one has been issued under it."""
    asked = select(Certificate, Person.is_protected).join(Person, Person.id == Certificate.person_id)
    found = db.execute(asked.where(Certificate.code == code, Certificate.ready_at.is_not(None))).one_or_none()
    if found is None:
        return None
    row, is_protected = found
    said = row.content
    initials = "" if is_protected else rules.initials(said["given"], said["family"])
    return Checked(row.state, said["course"], [date.fromisoformat(each) for each in said["days"]], initials)
