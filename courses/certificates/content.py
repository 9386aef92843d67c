"""What certificates say: gathered from what was decided, the catalogue and the person, before it is frozen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import Session

from auth.models import BY_NAME, Person, PersonalNumber
from auth.states import Category, Standing
from courses.models import Certificate, Completion, CourseSession, SessionLeader
from courses.rules import certificates as rules
from courses.states import CertificateKind, CertificateState, CourseOutcome

LIVE = (CertificateState.MAKING, CertificateState.VALID)


@dataclass(frozen=True)
class Draft:
    """What somebody's certificate would say now, beside what the one says that they have."""

    person: Person
    kind: CertificateKind
    content: dict[str, Any]
    imprint: str
    made: Sequence[Certificate]
    """All their versions, the oldest first."""
    differs: list[str]
    """What would stand otherwise in another version; nothing where they have none."""

    @property
    def last(self) -> Certificate | None:
        """Their last version, whatever has become of it."""
        return self.made[-1] if self.made else None

    @property
    def live(self) -> Certificate | None:
        """The last of their versions that was neither replaced nor withdrawn."""
        return _live(self.made)

    @property
    def valid(self) -> Certificate | None:
        """The one that holds, also while another version is being made."""
        return next((each for each in self.made if each.state is CertificateState.VALID), None)

    @property
    def is_due(self) -> bool:
        """Whether there would be something to make."""
        return self.live is None or bool(self.differs)

    @property
    def is_proposed(self) -> bool:
        """Whether it should be made; what only the catalogue says otherwise since can be."""
        return self.live is None or rules.calls_for_version(self.differs)


def made(db: Session, session_id: int) -> list[Certificate]:
    """All versions there are of a session, the oldest first."""
    return list(db.scalars(_of(session_id)))


def held(db: Session, session_id: int) -> list[Certificate]:
    """The same, held until the transaction ends."""
    return list(db.scalars(_of(session_id).with_for_update().execution_options(populate_existing=True)))


def _of(session_id: int) -> Select[Certificate]:
    return select(Certificate).where(Certificate.session_id == session_id).order_by(Certificate.id)


_has_one = exists().where(
    Certificate.session_id == Completion.session_id,
    Certificate.person_id == Completion.person_id,
    Certificate.state.in_(LIVE),
)
IS_OWED = and_(
    Completion.outcome == CourseOutcome.PASSED,
    exists().where(Person.id == Completion.person_id, Person.erased_at.is_(None)),
    ~_has_one,
)
"""Somebody has been through a session, and has no certificate of it, nor one that is being made."""


def drafts(db: Session, session: CourseSession, versions: Sequence[Certificate]) -> list[Draft]:
    """Everybody who has been through a session that has its course and days loaded, by name.

    `versions` are all there are of it, the oldest first. Of who has been erased nothing can be certified any more.
    """
    of_session = _of_session(db, session)
    passed = (Completion.session_id == session.id) & (Completion.outcome == CourseOutcome.PASSED)
    found = (
        select(Completion, Person, PersonalNumber.imprint)
        .join(Person, Person.id == Completion.person_id)
        .join(PersonalNumber, PersonalNumber.person_id == Person.id, isouter=True)
        .where(passed, Person.erased_at.is_(None))
        .order_by(*BY_NAME)
    )
    theirs: dict[int, list[Certificate]] = defaultdict(list)
    for row in versions:
        theirs[row.person_id].append(row)
    return [
        _draft(session, of_session, completion, _Whose(person, imprint or "", theirs[person.id]))
        for completion, person, imprint in db.execute(found)
    ]


def signatory_of(session: CourseSession, leaders: Sequence[Person]) -> Person:
    """Who signs: the leader who completed the session, else the first by name."""
    return next((each for each in leaders if each.id == session.completed_by), leaders[0])


def leaders_of(db: Session, session_id: int) -> Sequence[Person]:
    """Who leads the session, by name."""
    found = select(Person).join(SessionLeader, SessionLeader.person_id == Person.id)
    return db.scalars(found.where(SessionLeader.session_id == session_id).order_by(*BY_NAME)).all()


@dataclass(frozen=True)
class _Whose:
    person: Person
    imprint: str
    made: Sequence[Certificate]


def _of_session(db: Session, session: CourseSession) -> dict[str, Any]:
    """What all certificates of it say."""
    leaders = leaders_of(db, session.id)
    return {
        "course": session.course.title,
        "description": rules.fitted(session.course.description),
        "days": [str(each.day) for each in session.days],
        "place": session.place,
        "leaders": [each.own_name for each in leaders if not each.is_protected],
        rules.OF_THE_SIGNATORY: _said_of(signatory_of(session, leaders) if leaders else None),
    }


def _draft(session: CourseSession, of_session: dict[str, Any], completion: Completion, whose: _Whose) -> Draft:
    person, last = whose.person, whose.made[-1] if whose.made else None
    category = person.category if person.standing is Standing.CONFIRMED else None
    objectives = session.course.objectives_2015, session.course.objectives_2021
    kind = rules.kind_of(category, *objectives) if completion.competence_met else CertificateKind.B
    kind = rules.kept_kind(kind, last.kind if last is not None else None, category)
    content: dict[str, Any] = rules.printed(of_session) | {
        "kind": kind,
        "given": rules.printed(person.given_name),
        "family": rules.printed(person.family_name),
        "objectives": rules.objectives_on(kind, *objectives),
        "minutes": completion.minutes,
        "half_days": completion.half_days,
        "of_half_days": completion.of_half_days,
    }
    imprint = "" if kind is CertificateKind.B else whose.imprint
    live = _live(whose.made)
    differs = [] if live is None else differing(content, imprint, live)
    return Draft(person, kind, content, imprint, whose.made, differs)


def _live(made: Sequence[Certificate]) -> Certificate | None:
    return next((each for each in reversed(made) if each.state in LIVE), None)


def _said_of(signatory: Person | None) -> dict[str, Any]:
    """Whoever has a protected identity writes it by hand, if they want to."""
    if signatory is None or signatory.is_protected:
        return {"name": "", "workplace": "", "is_specialist": False}
    is_specialist = signatory.category is Category.SPECIALIST
    return {"name": signatory.own_name, "workplace": signatory.workplace, "is_specialist": is_specialist}


def differing(content: dict[str, Any], imprint: str, row: Certificate) -> list[str]:
    """What stands otherwise in a version than in this one, the personal number with it."""
    return rules.differing({**content, rules.NUMBER: imprint}, {**row.content, rules.NUMBER: row.imprint})
