"""What coordinators read of the letters: a few statements, however many there are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from auth.models import Person, shown_name
from bookings.models import Booking
from lararportal import pages
from lararportal.errors import NotFound
from lararportal.journal import Entry
from lararportal.outbox import TO_LOOK_AT, WAITS, Letter, LetterState
from lararportal.paging import Page, paginate_rows


class LetterStage(StrEnum):
    """How far a letter has come, as coordinators see it."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Wanted:
    """Which letters are looked for; what is empty says nothing."""

    stage: LetterStage | None = None
    name: str = ""
    person_id: int | None = None
    booking_id: int | None = None


OPENS = re.compile(r"(/inbjudan/)\S+")


@dataclass(frozen=True)
class LoggedLetter:
    """A letter, with the name of whom it is for."""

    letter: Letter
    name: str
    is_protected: bool = False

    @property
    def address(self) -> str:
        """Where it goes; of the protected that is not shown, since names stand in addresses."""
        return "" if self.is_protected else self.letter.address

    @property
    def answer(self) -> str:
        """What the mail server said, which may repeat the address."""
        return "" if self.is_protected else self.letter.answer or ""

    @property
    def stage(self) -> LetterStage:
        """How far it has come."""
        return _stage(self.letter.state, self.letter.stopped_at, self.letter.refused_at)

    @property
    def text(self) -> str:
        """What it says, without what opens something for whoever knows it; of the protected nothing is shown."""
        if self.is_protected:
            return pages.words()["letter_log"]["withheld"]
        return OPENS.sub(r"\1…", self.letter.body)


class ListedLetter(NamedTuple):
    """A letter on the list: facts alone, by which its row can be remembered."""

    name: str
    answer: str
    """As that of a letter by itself."""
    id: int
    subject: str
    created_at: datetime
    state: LetterState
    attempts: int
    next_attempt_at: datetime
    sent_at: datetime | None
    stopped_at: datetime | None
    refused_at: datetime | None

    @property
    def stage(self) -> LetterStage:
        """How far it has come."""
        return _stage(self.state, self.stopped_at, self.refused_at)


def _stage(state: LetterState, stopped_at: datetime | None, refused_at: datetime | None) -> LetterStage:
    if stopped_at is not None:
        return LetterStage.STOPPED
    return LetterStage.FAILED if refused_at is not None else STAGES[state]


STAGES = {
    LetterState.QUEUED: LetterStage.WAITING,
    LetterState.SENT: LetterStage.SENT,
    LetterState.FAILED: LetterStage.FAILED,
}
OF_STAGE: dict[LetterStage, ColumnElement[bool]] = {
    LetterStage.WAITING: WAITS,
    LetterStage.SENT: Letter.state == LetterState.SENT,
    LetterStage.FAILED: TO_LOOK_AT,
    LetterStage.STOPPED: Letter.stopped_at.is_not(None),
}


@dataclass(frozen=True)
class Handling:
    """Somebody sent a letter again, stopped it, or put its address right."""

    deed: str
    at: datetime
    by: str


def letters(db: Session, wanted: Wanted, *, number: int) -> Page[ListedLetter]:
    """The letters that are looked for, the latest first, a page at a time."""
    page = paginate_rows(db, _wanted(wanted).order_by(Letter.id.desc()), number=number)
    return replace(page, rows=[_listed(*row) for row in page.rows])


_LISTED: Select[*tuple[Any, ...]] = select(
    Letter.answer,
    Person.id,
    Person.given_name,
    Person.family_name,
    Person.is_protected,
    Letter.id,
    Letter.subject,
    Letter.created_at,
    Letter.state,
    Letter.attempts,
    Letter.next_attempt_at,
    Letter.sent_at,
    Letter.stopped_at,
    Letter.refused_at,
).outerjoin(Person, Person.id == Letter.person_id)


def _listed(answer: str | None, number: Any, given: Any, family: Any, is_protected: Any, *facts: Any) -> ListedLetter:
    name = shown_name(number, given, family, is_protected) if number is not None else ""
    return ListedLetter(name, "" if is_protected else answer or "", *facts)


def letter(db: Session, letter_id: int) -> LoggedLetter:
    """One of them.

    Raises:
        NotFound: there is no such letter.
    """
    found = db.get(Letter, letter_id)
    if found is None:
        raise NotFound
    return _logged(found, db.get(Person, found.person_id))


def handled(db: Session, found: Letter) -> Sequence[Handling]:
    """What was done about a letter, and by whom, in order."""
    entries = db.execute(
        select(Entry, Person)
        .outerjoin(Person, Person.id == Entry.by)
        .where(
            Entry.person_id == found.person_id,
            Entry.deed.startswith("letter.", autoescape=True),
            Entry.facts.contains({"letter": found.id}),
        )
        .order_by(Entry.id)
    )
    return [
        Handling(entry.deed.removeprefix("letter."), entry.at, person.name if person is not None else "")
        for entry, person in entries
    ]


def person_of(db: Session, wanted: Wanted) -> Person | None:
    """Whose letters are looked for, where it is one person.

    Raises:
        NotFound: there is no such person, or no such booking.
    """
    if wanted.booking_id is not None:
        booking = db.get(Booking, wanted.booking_id)
        if booking is None:
            raise NotFound
        return db.get_one(Person, booking.person_id)
    if wanted.person_id is None:
        return None
    found = db.get(Person, wanted.person_id)
    if found is None:
        raise NotFound
    return found


def _wanted(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    found = _LISTED
    if wanted.stage is not None:
        found = found.where(OF_STAGE[wanted.stage])
    if wanted.booking_id is not None:
        owner = select(Booking.person_id).where(Booking.id == wanted.booking_id).scalar_subquery()
        found = found.where(Letter.person_id == owner, Letter.booking_id == wanted.booking_id)
    elif wanted.person_id is not None:
        found = found.where(Letter.person_id == wanted.person_id)
    if wanted.name:
        full_name = func.concat(Person.given_name, " ", Person.family_name)
        found = found.where(*(full_name.icontains(word, autoescape=True) for word in wanted.name.split()))
    return found


def _logged(letter: Letter, person: Person | None) -> LoggedLetter:
    return LoggedLetter(letter, person.name if person else "", is_protected=bool(person and person.is_protected))
