"""Whom a session concerns, and the question that is asked before something changes for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from courses.models import CourseSession
from courses.rules import are_far_more
from courses.states import Publicity, Refusal
from lararportal.errors import Refused

TOLD = ("place", "area", "days", "cancel_by", "go_no_go_on", "prepare_by")
"""What stands on the page of a session and in letters about it, so that a change of it concerns people."""


@dataclass(frozen=True)
class Change:
    """One thing that a change of a session makes different."""

    what: str
    before: Any
    after: Any

    @property
    def is_move(self) -> bool:
        """Whether it changes what a calendar has of the session."""
        return self.what in ("days", "place")

    @property
    def leaves_less_time(self) -> bool:
        """Whether the last day to cancel would come sooner than was said."""
        return bool(self.what == "cancel_by" and self.after < self.before)

    @property
    def is_on_other_days(self) -> bool:
        """Whether the session would be on other dates than before, not only at other hours."""
        return self.what == "days" and {day.day for day in self.before} != {day.day for day in self.after}

    @property
    def needs_new_yes(self) -> bool:
        """Whether who said yes to the session beforehand is to be asked about what it is then: when or where."""
        return self.is_on_other_days or self.what == "place"

    @property
    def is_leap(self) -> bool:
        """Whether it would be so many more seats that it may be a slip of the finger."""
        return self.what == "seats" and are_far_more(self.before, self.after)

    @property
    def new_days(self) -> set[date]:
        """The dates that the session has only after the change."""
        return {day.day for day in self.after} - {day.day for day in self.before} if self.what == "days" else set()


@dataclass(frozen=True, kw_only=True)
class Interested:
    """How many have no seat in a session and yet reckon with it."""

    waiting: int = 0
    """In its line."""
    applied: int = 0
    """In a round that has still to give its seats."""


NOBODY = Interested()


@dataclass(frozen=True)
class Elsewhere:
    """A seat that somebody has in another session."""

    title: str
    days: tuple[date, ...]

    @classmethod
    def of(cls, session: CourseSession) -> "Elsewhere":
        """In that session; needs its course and days loaded."""
        return cls(session.course.title, tuple(each.day for each in session.days))


@dataclass(frozen=True)
class Touched:
    """Somebody with a seat in a session that is to be changed, and where they are on its new days already."""

    person_id: int
    name: str
    elsewhere: tuple[Elsewhere, ...] = ()
    against: tuple[Elsewhere, ...] = ()
    """The seats that they are choosing about already, from now on against the one here too."""
    answer_by: datetime | None = field(default=None, repr=False, compare=False)
    """Until when they would choose between the seat here and those; it moves on while one reads the question."""


@dataclass(frozen=True)
class FormerDay:
    """A day as it was; `known_as` names it in calendars."""

    known_as: date
    day: date
    starts: time
    ends: time


@dataclass(frozen=True)
class Former:
    """What calendars have of a session that has been changed since."""

    days: tuple[FormerDay, ...]
    place: str

    @classmethod
    def of(cls, session: CourseSession) -> "Former":
        """The session as it is now, before it is changed; its days are loaded."""
        days = tuple(FormerDay(each.known_as, each.day, each.starts, each.ends) for each in session.days)
        return cls(days, session.place)


@dataclass(frozen=True)
class Seated:
    """Who sits in a session, and what becomes of them when it is changed, is not known in this room either."""

    touched: Callable[..., Sequence[Touched]]
    """Asked about a locked session before it is changed, with what would be different and the days it would have."""
    follow: Callable[..., None]
    """Called when it has been changed, with what was different for whom it concerns, and what it was before."""
    elsewhere: Callable[..., Mapping[int, Sequence[CourseSession]]]
    """In which other sessions these persons sit on some days, by person."""


def _nobody_touched(*_session: Any, **_when: Any) -> Sequence[Touched]:
    return ()


def _nobody_follows(*_session: Any, **_when: Any) -> None:
    """Nobody has to."""


def _nobody_elsewhere(*_session: Any) -> Mapping[int, Sequence[CourseSession]]:
    return {}


NOBODY_SEATED = Seated(touched=_nobody_touched, follow=_nobody_follows, elsewhere=_nobody_elsewhere)
"""Where nobody has a seat anywhere."""

Impartial = Callable[..., None]
"""Whoever has something to gain decides nothing about a session; who that is is not known in this room either."""


def everybody(*_session: Any, **_who: Any) -> None:
    """Where nobody has a seat, waits or applies, nobody has anything to gain."""


Count = Callable[[Session, int], Interested]
"""Who is interested in a session is not known in this room: whoever changes one is told how to find out."""


def nobody(_db: Session, _session_id: int) -> Interested:
    """Where there are no lines and no rounds, only who is booked is concerned."""
    return NOBODY


def insist_on_days(session: CourseSession, changes: Sequence[Change], *, today: date) -> None:
    """What is published is moved to days that are still to come.

    Raises:
        Refused: a new day has come.
    """
    new = {day for each in changes for day in each.new_days}
    if session.publicity is Publicity.PUBLISHED and any(day <= today for day in new):
        raise Refused(Refusal.SESSION_DAYS_PAST)


def ask_first(
    session: CourseSession,
    changes: Sequence[Change],
    interested: Interested,
    touched: Sequence[Touched] = (),
    leading: Sequence[Touched] = (),
    *,
    confirmed: str = "",
) -> None:
    """What concerns people is done when it has been confirmed: exactly these changes, for exactly so many.

    `leading` are the leaders who lead something else on one of its days, or sit in it.

    Raises:
        Refused: somebody is concerned and `confirmed` is not the token that this refusal gives.
    """
    if not changes or not (session.seats_taken or interested != NOBODY or leading):
        return
    told = (session.id, session.seats_taken, interested, changes, touched, leading)
    token = sha256(repr(told).encode()).hexdigest()
    if confirmed != token:
        raise Refused(
            Refusal.CHANGE_NOT_CONFIRMED,
            booked=session.seats_taken,
            interested=interested,
            changes=changes,
            touched=touched,
            leading=leading,
            token=token,
        )
