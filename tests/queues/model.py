"""What a stranger would expect of the queues: doctors, sessions, places in line, and who may have the next seat.

Nothing here asks the portal's own rules. A doctor wants a seat when the course is for them, they can come on all its
days, and they have no seat in the course that they want as much. The line is ordered by what the course counts and
then by who came first; while seats are reserved for a group that has too few, its first goes before all others.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from queues.days import day_of, on_day

from bookings.states import BookingState as State
from bookings.states import CancelGround as Ground

IN_LINE = (State.WAITING, State.ASKED)
SEATED = (State.BOOKED, State.MUST_CHOOSE)
KEPT = (*SEATED, State.OFFERED)
"""Nobody else can have such a seat."""
LIVE = (*IN_LINE, *KEPT)
ASKED = (State.OFFERED, State.ASKED)
IN_TIME, LATE = 0, 1
FEE = ((30, 50), (14, 100))
"""From so many days before the start a late cancellation costs so many per cent."""
Kind = tuple[str, str | None]
"""What seats are alike."""


@dataclass(frozen=True, kw_only=True)
class Doctor:
    """Somebody who may want seats."""

    id: int
    name: str
    group: str | None
    """None while nobody has confirmed it."""
    residency: tuple[date, date] | None
    """Its first day and its planned end, each the first of a month."""
    area: str
    """Where somebody answers for their funding."""
    cap: int
    """Most seats that they wanted of the round."""
    lot: int
    """What they drew there."""
    said_yes: frozenset[int]
    """To the sessions that they asked for there, unless they wanted to be asked first."""

    def __repr__(self) -> str:
        return self.name

    def months(self, today: date) -> tuple[int, int]:
        """Whole months served, and months left with a begun one counted; somebody without residency has 999 left."""
        if self.residency is None:
            return 0, 999
        start, end = ((today.year - each.year) * 12 + today.month - each.month for each in self.residency)
        return start, -end


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A course, whom it is for, and what it counts."""

    id: int
    code: str
    name: str
    is_mandatory: bool
    order: str
    targets: dict[str, int]


@dataclass(kw_only=True)
class Venue:
    """A session of a course."""

    id: int
    name: str
    course: Subject
    days: tuple[date, ...]
    cancel_by: date
    seats: int
    minimum: int
    go_no_go: date
    leaders: tuple[int, ...]
    reserves: Mapping[str, int]
    publicity: str
    opens: datetime | None = None
    """When what its round has left over may be booked; None where no round gives seats."""
    is_closed: bool = False
    """Nobody new books or joins the line."""
    is_day_moved: bool = False
    """It has been decided once to decide later."""
    moved: datetime | None = None
    """When it was last put to other days, hours or another place."""
    told: list[tuple[datetime, date]] = field(default_factory=list)
    """Later last days to cancel, and when each was brought nearer."""
    crowd: int = 0
    """As many may be in it as there were when it was said last how many seats it has, if those were more."""

    def __repr__(self) -> str:
        return self.name

    @property
    def begins(self) -> datetime:
        """The moment of its beginning."""
        return on_day(self.days[0], time(8, 30))

    def days_left(self, now: datetime) -> int:
        """Calendar days until it begins."""
        return (self.days[0] - day_of(now)).days

    def excludes(self, other: "Venue") -> bool:
        """Whether nobody has seats in both: they are of one course, or on one day."""
        return self.course == other.course or not set(self.days).isdisjoint(other.days)

    def is_ahead(self, now: datetime) -> bool:
        """Whether seats in it can be given."""
        return self.publicity == "published" and self.days_left(now) > 0


@dataclass(kw_only=True)
class Place:
    """A booking: a seat, a place in line, or what has become of it."""

    id: int
    doctor: Doctor
    venue: Venue
    state: State
    round_id: int | None
    """The round that it comes from."""
    rank: int
    wave: int
    key: tuple[int, ...]
    joined: datetime
    standing_yes: bool
    short_notice: bool
    answer_by: datetime | None
    asked: datetime | None
    yes: datetime | None
    ended: datetime | None
    is_funded: bool
    since: datetime | None = None
    """When it became a seat first."""
    reminders: int = 0
    """How often there has been one of its funding, for this last day to cancel."""
    release_told: datetime | None = None
    """When it was said first that the seat is released without it, and that has not been taken back."""
    bound: int | None = None
    """It was changed for one that it was late to leave, so many days before that one's start."""
    is_displaced: bool = False
    """They were moved to it, and had not asked for it."""
    ground: Ground | None = None
    """Why it was cancelled late."""
    owes: bool = False
    """It is charged for."""

    def __repr__(self) -> str:
        return f"{self.doctor} in {self.venue}"

    @property
    def turn(self) -> tuple[int, tuple[int, ...], datetime, int]:
        """What the line is ordered by."""
        return self.wave, self.key, self.joined, self.id

    @property
    def ranked(self) -> int | None:
        """The round on whose ranked list it stands."""
        return self.round_id if self.wave == IN_TIME else None

    @property
    def last_day(self) -> date:
        """The last day to cancel that counts for them: the latest of those that they have known."""
        known = [day for at, day in self.venue.told if self.since is None or self.since <= at]
        return max([self.venue.cancel_by, *known])

    def kind(self, at: datetime) -> Kind:
        """Seats are alike in a session, and while it reserves some for groups in one group of it."""
        holds = any(self.venue.reserves.values()) and self.venue.days_left(at) > 42
        return self.venue.name, self.doctor.group if holds else None


@dataclass
class Term:
    """Everybody and everything at one moment."""

    doctors: Mapping[int, Doctor]
    venues: Mapping[int, Venue]
    directors: Mapping[int, str]
    """Directors of studies, and the areas that they answer for."""
    coordinators: Collection[int]
    places: dict[int, Place] = field(default_factory=dict)
    precedence: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Who goes before others for which course: somebody granted it, or their session was called off."""
    used: dict[int, int] = field(default_factory=dict)
    """Which of it has led to which seat, and holds no more."""
    cases: dict[int, list[Any]] = field(default_factory=dict)
    """By session, each time that too few had booked it."""
    worried: set[tuple[int | Doctor, int]] = field(default_factory=set)
    """Who has heard that a session may not be given, by seat or as a doctor, and which."""
    invited: set[tuple[int, int]] = field(default_factory=set)
    """Who has been told of the free seats of which session."""
    asked_for: set[tuple[int, int]] = field(default_factory=set)
    """Who wants to be told of the free seats of which course."""
    without_rings: set[str] = field(default_factory=set)
    """The courses, by code, in which seats are not changed in rings."""
    crowded: set[int] = field(default_factory=set)
    """The sessions with more people than seats, before the transaction that is being followed."""
    ground: Ground | None = None
    """What has been said last of why a seat is given back."""
    untold: set[int] = field(default_factory=set)
    """Places that somebody was given unasked, and that a letter has still to tell of."""

    def live(self, *states: State, doctor: Doctor | None = None, venue: Venue | None = None) -> list[Place]:
        """The places in these states, of somebody or in a session."""
        return [
            each
            for each in self.places.values()
            if each.state in states and doctor in (None, each.doctor) and venue in (None, each.venue)
        ]

    def line(self, venue: Venue) -> list[Place]:
        """Everybody in line, in order."""
        return sorted(self.live(*IN_LINE, venue=venue), key=lambda each: each.turn)

    def free(self, venue: Venue) -> int:
        """Seats that nobody has, and that are kept for nobody."""
        return max(venue.seats - len(self.live(*KEPT, venue=venue)), 0)

    def overfull(self) -> set[int]:
        """The sessions with more people than seats now."""
        return {each.id for each in self.venues.values() if len(self.live(*KEPT, venue=each)) > each.seats}

    def elsewhere(self, place: Place) -> list[Place]:
        """Where somebody is on a day of a session: their other seats."""
        days = set(place.venue.days)
        seats = self.live(State.BOOKED, doctor=place.doctor)
        return [each for each in seats if each is not place and not days.isdisjoint(each.venue.days)]

    def interest(self, doctor: Doctor, course: Subject, now: datetime) -> list[Place]:
        """What somebody has in a course, or waits for, as long as it is not over."""
        mine = self.live(*LIVE, doctor=doctor)
        return [each for each in mine if each.venue.course == course and each.venue.days[-1] >= day_of(now)]

    def is_for(self, doctor: Doctor, course: Subject, now: datetime) -> bool:
        """Whether a course is for somebody who has not been through it."""
        been = [each for each in self.live(State.BOOKED, doctor=doctor) if each.venue.days[-1] < day_of(now)]
        return doctor.group in course.targets and all(each.venue.course != course for each in been)

    def say(self, code: str, what: str, new: Any) -> None:
        """Something else is said of a course: whom it is for, or whether its seats are changed in rings."""
        if what == "swap_rings":
            (self.without_rings.discard if new else self.without_rings.add)(code)
        else:
            targets = next(each.course.targets for each in self.venues.values() if each.course.code == code)
            targets.clear()
            targets.update(new)

    def has_precedence(self, doctor: Doctor, course: Subject) -> bool:
        """Whether somebody goes before others for a course, and has had no seat for it."""
        about = doctor.id, course.id
        return any(each == about and number not in self.used for number, each in self.precedence.items())

    def merits(self, doctor: Doctor, venue: Venue, now: datetime) -> tuple[int, ...]:
        """What the course counts: target group, precedence, last chance, its own order; then the lots of a round."""
        course = venue.course
        served, left = doctor.months(day_of(now))
        is_last_chance = course.is_mandatory and doctor.group == "ST" and left <= 6
        counted = left if course.order == "deadline" else -served
        precedence = self.has_precedence(doctor, course)
        lot = doctor.lot if venue.opens is not None else 0
        return (
            course.targets[doctor.group],
            int(not precedence),
            int(not is_last_chance),
            counted,
            0,
            lot,
        )

    def leaves(self, place: Place, now: datetime) -> list[Place] | None:
        """The seats that somebody gives up for the one they wait for; None when they do not take it.

        A seat in the course goes when they want it less and it can still be given back; of who is asked that is
        judged by the day on which they were. It can be however late when its session has been moved since they
        came, or has more people than seats.
        """
        if not self.is_for(place.doctor, place.venue.course, now):
            return None
        if place.state is not State.OFFERED and place.venue.days_left(now) <= 5 and not place.short_notice:
            return None
        return self._given_up(place, now)

    def _given_up(self, place: Place, now: datetime) -> list[Place] | None:
        """What somebody does not take who walks through their list with a seat there as well (section 2.3).

        Loose is what stands on the same list, or is of the same course, and can still be given back.
        """
        today, told = day_of(now), day_of(place.asked if place.state in ASKED else now)
        loose, room = [], place.doctor.cap if place.ranked else len(LIVE) * len(self.venues)
        for seat in self.live(*SEATED, doctor=place.doctor):
            is_on_list = place.ranked is not None and seat.ranked == place.ranked
            is_late = told > seat.last_day and not (self.is_free(seat) or self.is_being_chosen(seat))
            if not is_late and (is_on_list or seat.venue.course == place.venue.course):
                loose.append(seat)
            elif seat.venue.excludes(place.venue) and seat.venue.days[-1] >= today:
                return None
            else:
                room -= is_on_list
        taken: list[Place] = []
        for each in sorted([place, *loose], key=lambda each: (each.rank, each.state in SEATED, each.id)):
            if len(taken) < room and not any(_exclude(each, other, place) for other in taken):
                taken.append(each)
        return [seat for seat in loose if seat not in taken] if place in taken else None

    def is_free(self, seat: Place) -> bool:
        """Whether it can be left however late: its session is not what was booked, or has too many in it."""
        venue = seat.venue
        was_moved = venue.moved is not None and (seat.since is None or seat.since <= venue.moved)
        return was_moved or venue.id in self.crowded

    def is_being_chosen(self, seat: Place) -> bool:
        """Whether their holder must choose between it and another: then neither is left too late."""
        days = {day for each in self.live(State.MUST_CHOOSE, doctor=seat.doctor) for day in each.venue.days}
        return not days.isdisjoint(seat.venue.days)

    def before(self, doctor: Doctor, venue: Venue, now: datetime) -> list[Place]:
        """Those who go before somebody who would book a seat in a session now.

        In the last days that is everybody in line who could come, asked or not; who is in line themselves goes before
        those behind them. In the last hours, when nobody is asked any more, it is nobody.
        """
        if venue.days_left(now) > 5:
            first = self.first(venue, now)
            return [] if first is None or first.doctor is doctor else [first] * self.free(venue)
        line = self.line(venue)
        if venue.begins - now <= timedelta(hours=12) and not self.live(State.ASKED, venue=venue):
            return []
        own = [at for at, each in enumerate(line) if each.doctor is doctor]
        if own:
            return [each for each in line[: own[0]] if self.leaves(each, now) is not None]
        return [
            each
            for each in line
            if self.is_for(each.doctor, venue.course, now) and self._given_up(each, now) is not None
        ]

    def able(self, venue: Venue, now: datetime) -> list[Place]:
        """Those in line who would take a seat now, in the order in which they may have it."""
        able = [each for each in self.line(venue) if self.leaves(each, now) is not None]
        if venue.days_left(now) <= 42:
            return able
        short = {
            group
            for group, seats in venue.reserves.items()
            if sum(each.doctor.group == group for each in self.live(*KEPT, venue=venue)) < seats
        }
        return sorted(able, key=lambda each: each.doctor.group not in short)

    def first(self, venue: Venue, now: datetime) -> Place | None:
        """Who may have the next free seat."""
        return next(iter(self.able(venue, now)), None)

    def next(self, venue: Venue, seats: int, now: datetime) -> list[Place]:
        """Who may have so many free seats, one after the other."""
        chosen: list[tuple[Place, State]] = []
        while len(chosen) < seats and (first := self.first(venue, now)) is not None:
            chosen.append((first, first.state))
            first.state = State.OFFERED
        for each, before in chosen:
            each.state = before
        return [each for each, _ in chosen]


def _exclude(one: Place, other: Place, wanted: Place) -> bool:
    """Whether somebody cannot have both; two seats between which they have still to choose they have until then."""
    is_chosen = State.MUST_CHOOSE in (one.state, other.state) and wanted not in (one, other)
    return one.venue.excludes(other.venue) and not (is_chosen and one.venue.course != other.venue.course)
