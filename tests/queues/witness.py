"""The witness: looks at the database after each transaction, whoever made it, and follows what has been told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from portals import SAFE
from queues.cases import not_told_of
from queues.doctors import DoctorsDeeds
from queues.drawn import faults_of_round
from queues.faults import left_undone, seats_not_given
from queues.following import Owed, Rows
from queues.funded import Funding, not_released, not_reminded
from queues.late import owing
from queues.model import SEATED, Place, Term
from queues.moves import Moves
from queues.portal import PortalsDeeds
from queues.rings import unclosed
from queues.staff import StaffsDeeds
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session

from bookings.models import Booking, SeatDay
from bookings.rules.funding import Unfunded
from bookings.states import BookingState
from courses.models import CourseSession
from lararportal.audit import invariants
from lararportal.db import Database
from lararportal.errors import Refused
from lararportal.journal import Entry
from lararportal.outbox import Letter

PORTAL = "http://portal.test"


class Story(DoctorsDeeds, PortalsDeeds, StaffsDeeds, Moves, Funding):
    """All that the journal can tell of the queues."""


class Witness(Database):
    """A database that is looked at after each transaction; what was seen is raised when it is asked for.

    Not at once: the tick goes on when something fails, and would only write it down.
    """

    def __init__(self, connection: Connection, term: Term) -> None:
        super().__init__(connection, portal_url=PORTAL, safe=SAFE)
        self.term = term
        self.story = Story(term)
        self.seen: list[BaseException] = []
        with super().transaction() as db:
            self.last_entry, self.last_letter = _last(db, Entry), _last(db, Letter)
            term.places.update(_rows(db, term))
        drawn = [*faults_of_round(term)]
        assert drawn == [], "\n".join(drawn)
        for number, (doctor, course) in term.precedence.items():
            seats = term.live(*SEATED, doctor=term.doctors[doctor])
            term.used.update((number, each.id) for each in seats if each.venue.course.id == course)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction, and a look at what it has done."""
        changed: list[Session] = []
        try:
            with super().transaction() as db:
                event.listen(db, "after_flush", lambda db, _: changed.append(db))
                yield db
        except Refused as refusal:
            # Under the locks the rules know everything: the constraints behind them have nothing to add.
            if refusal.__cause__ is not None:
                self.seen.append(refusal.__cause__)
            raise
        except Exception as fault:
            self.seen.append(fault)
            raise
        try:
            if changed:
                self._look()
        except AssertionError as fault:
            self.seen.append(fault)

    def insist(self, *, now: datetime, given: bool) -> None:
        """Nothing has been seen that must not be; and no free seat waits for anybody, where seats have been given."""
        if self.seen:
            raise self.seen[0]
        undone = [*seats_not_given(self.term, now), *unclosed(self.term, now)] if given else []
        assert undone == [], "\n".join(undone)

    def insist_on_what_is_due(self, *, unfunded: Unfunded, now: datetime) -> None:
        """After a tick: nothing is left that it should have done."""
        found = [*left_undone(self.term, now), *not_reminded(self.term, now), *not_told_of(self.term, now)]
        if unfunded is Unfunded.RELEASE:
            found += not_released(self.term, now)
        assert found == [], "\n".join(found)

    def insist_on_the_whole(self, *, now: datetime) -> None:
        """After a tick: everything holds that must hold of every term."""
        with super().transaction() as db:
            found = [*invariants(db, now=now)]
        assert found == [], "\n".join(map(str, found))

    def _look(self) -> None:
        with super().transaction() as db:
            told = db.scalars(select(Entry).where(Entry.id > self.last_entry).order_by(Entry.id)).all()
            letters = db.scalars(select(Letter).where(Letter.id > self.last_letter).order_by(Letter.id)).all()
            self.last_entry = max([self.last_entry, *(each.id for each in told)])
            self.last_letter = max([self.last_letter, *(each.id for each in letters)])
            rows = _rows(db, self.term)
            self.story.follow(told, rows)
            assert owing(rows.values()) == owing(self.term.places.values())
            _insist_on_letters([each for each in letters if not _is_about_days(each)], self.story.owed)
            assert _counted(db) == _expected(self.term)
            assert _occupied(db) == _days(self.term)


def _is_about_days(letter: Letter) -> bool:
    """Whether it is about a session that is held: who is called, what is left to do, what it was like."""
    return letter.occasion.startswith(("summons", "completion_reminder", "evaluation_"))


def _insist_on_letters(letters: Sequence[Letter], owed: Sequence[Owed]) -> None:
    """Everybody has the letters that they are owed, once each, and each names what it is about."""
    posted = sorted(letters, key=_of_whom)
    expected = sorted(owed, key=_of_whom)
    assert [_of_whom(each) for each in posted] == [_of_whom(each) for each in expected]
    for letter, due in zip(posted, expected, strict=True):
        said = " ".join(letter.body.split())
        for name in due.names:
            assert name in said, f"{letter.occasion} says nothing of {name}:\n{letter.body}"


def _of_whom(each: Letter | Owed) -> tuple[int, str, int]:
    return each.person_id, each.occasion, each.booking_id or 0


def _last(db: Session, table: type[Entry | Letter]) -> int:
    return db.scalar(select(func.max(table.id))) or 0


def _rows(db: Session, term: Term) -> Rows:
    """The bookings as the database has them."""
    return {
        each.id: Place(
            id=each.id,
            doctor=term.doctors[each.person_id],
            venue=term.venues[each.session_id],
            state=each.state,
            round_id=each.round_id,
            rank=each.rank,
            wave=each.wave,
            key=tuple(each.key),
            joined=each.joined_at,
            standing_yes=each.standing_yes,
            short_notice=each.short_notice,
            answer_by=each.answer_by,
            asked=each.asked_at,
            yes=each.yes_at,
            ended=each.ended_at,
            is_funded=each.funded_at is not None,
            since=each.booked_at,
            bound=each.bound_days,
            ground=each.cancel_ground,
            owes=each.charged_on is not None and each.credited_on is None and each.state == BookingState.CANCELLED,
        )
        for each in db.execute(select(*Booking.__table__.columns).order_by(Booking.id))
    }


def _counted(db: Session) -> dict[int, tuple[int, ...]]:
    """What each session says of itself: seats, and how many of them are taken and offered."""
    rows = db.execute(
        select(CourseSession.id, CourseSession.seats, CourseSession.seats_taken, CourseSession.seats_offered)
    )
    return {number: tuple(counts) for number, *counts in rows}


def _expected(term: Term) -> dict[int, tuple[int, ...]]:
    return {
        venue.id: (
            venue.seats,
            len(term.live(*SEATED, venue=venue)),
            len(term.live(BookingState.OFFERED, venue=venue)),
        )
        for venue in term.venues.values()
    }


def _occupied(db: Session) -> set[tuple]:
    return {tuple(each) for each in db.execute(select(SeatDay.booking_id, SeatDay.person_id, SeatDay.day))}


def _days(term: Term) -> set[tuple]:
    seats = term.live(BookingState.BOOKED)
    return {(seat.id, seat.doctor.id, day) for seat in seats for day in seat.venue.days}
