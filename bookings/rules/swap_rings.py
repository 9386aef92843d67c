"""Who changes seats with whom within one course, so that each gets a session they want more though all are full.

Doctors who have a seat in one session of a course and wait for others of it bring that seat, and want the others in
their own order. Each points to the session they want most among those that somebody would leave, and each session to
the one of those with the best key. Whoever is in a ring then changes with the next, all at once; they are out, and
the rest point again, until no ring is left (top trading cycles). Nobody without a seat in the course takes part, no
seat becomes free, and where seats are reserved for groups a seat goes to one of the same group, so that nobody in
line is further from a seat than before. A session with a free seat takes no part: the line has that seat first. A
seat that is kept for somebody until they answer is not free. Nor does a session that begins so soon that a yes said
beforehand holds no more.

Nobody can end worse by their own ranking, and no others than these could have done better by changing among
themselves. Source: Shapley and Scarf, On cores and indivisibility (1974); Roth and Postlewaite, Weak versus strong
domination in a market with indivisible goods (1977).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.rules.answer_time import STANDING_YES_DAYS
from bookings.rules.line import RESERVES_UNTIL, Waiter, Wish, would_leave

Place = tuple[int, tuple[int, ...], datetime, int]
"""What a line is ordered by: wave, key, when they joined, booking id."""

Kind = tuple[int, str | None]
"""Seats that are alike: those of a session, and while its reserves hold those of one group in it."""


@dataclass(frozen=True, kw_only=True)
class Venue:
    """What counts of a session of the course."""

    session_id: int
    is_published: bool
    free_seats: int
    starts_on: date
    has_reserves: bool = False


@dataclass(frozen=True, kw_only=True)
class Mover:
    """Somebody who would leave one seat of the course for others, most wanted first."""

    person_id: int
    group: str | None
    seat: Wish
    wanted: tuple[Wish, ...]
    place: Place
    """The best of their places in those lines: the key that decides between them and others of their session."""


@dataclass(frozen=True)
class Change:
    """Somebody leaves their seat for the one of this wish."""

    mover: Mover
    wish: Wish


Ring = tuple[Change, ...]
"""Each takes the place of the next, and the last that of the first; the best key is first."""


def movers(lines: Iterable[Sequence[Waiter]], *, places: Mapping[int, Place]) -> list[Mover]:
    """Those in the lines of one course who would leave a seat in that course, and no other seat, for what they want.

    What they would not take now does not count: a day on which they have another seat, or a seat that it is too late
    to leave. Nobody is moved while they have an offer to answer, so that a yes means what they were told it would;
    nor to where they are to be asked first, because they want that, or because the days are others since they came.
    `places` are by booking id.
    """
    found: dict[int, list[Waiter]] = {}
    for line in lines:
        for waiter in line:
            seat = _seat_in_course(waiter)
            if any(wish.is_asked_about for wish in waiter.wishes):
                continue
            if seat is not None and waiter.has_standing_yes and would_leave(waiter) == [seat.booking_id]:
                found.setdefault(waiter.person_id, []).append(waiter)
    return [_mover(waiting, places) for waiting in found.values()]


def rings(movers: Iterable[Mover], *, venues: Collection[Venue], today: date) -> list[Ring]:
    """All rings of a course, in the order of the best key in each."""
    market = _Market(venues, today=today)
    left = market.that_can_move(movers)
    found: list[Ring] = []
    while left:
        ring = market.ring_from(left)
        found.append(ring)
        gone = {change.mover.person_id for change in ring}
        left = market.that_can_move(mover for mover in left if mover.person_id not in gone)
    return sorted(found, key=lambda ring: ring[0].mover.place)


class _Market:
    """The sessions between which seats can be changed today."""

    def __init__(self, venues: Collection[Venue], *, today: date) -> None:
        near = today + timedelta(days=STANDING_YES_DAYS)
        open_ = [each for each in venues if each.is_published and each.free_seats < 1 and each.starts_on >= near]
        self.sessions = {each.session_id for each in open_}
        self.reserved = {
            each.session_id for each in open_ if each.has_reserves and each.starts_on - today > RESERVES_UNTIL
        }

    def kind(self, wish: Wish, mover: Mover) -> Kind:
        """The kind of seat that somebody has or wants there."""
        return wish.session_id, mover.group if wish.session_id in self.reserved else None

    def heads(self, left: Iterable[Mover]) -> dict[Kind, Mover]:
        """By kind, who leaves such a seat first."""
        heads: dict[Kind, Mover] = {}
        for mover in left:
            heads.setdefault(self.kind(mover.seat, mover), mover)
        return heads

    def that_can_move(self, left: Iterable[Mover]) -> list[Mover]:
        """Those who want a seat that one of them leaves, by key."""
        kept = sorted(
            (mover for mover in left if mover.seat.session_id in self.sessions), key=lambda each: each.place
        )
        while True:
            heads = self.heads(kept)
            still = [mover for mover in kept if self._best(mover, heads) is not None]
            if len(still) == len(kept):
                return kept
            kept = still

    def ring_from(self, left: Sequence[Mover]) -> Ring:
        """The ring that one comes to from the best key, pointing on and on."""
        heads = self.heads(left)
        path: list[Change] = []
        mover = left[0]
        while all(mover.person_id != change.mover.person_id for change in path):
            wish = self._best(mover, heads)
            assert wish is not None
            path.append(Change(mover, wish))
            mover = heads[self.kind(wish, mover)]
        start = next(at for at, change in enumerate(path) if change.mover.person_id == mover.person_id)
        ring = path[start:]
        first = min(range(len(ring)), key=lambda at: ring[at].mover.place)
        return (*ring[first:], *ring[:first])

    def _best(self, mover: Mover, heads: Mapping[Kind, Mover]) -> Wish | None:
        elsewhere = (wish for wish in mover.wanted if wish.session_id != mover.seat.session_id)
        return next((wish for wish in elsewhere if self.kind(wish, mover) in heads), None)


def _seat_in_course(waiter: Waiter) -> Wish | None:
    course_id = waiter.wanted.course_id
    return next((wish for wish in waiter.wishes if wish.is_held and wish.course_id == course_id), None)


def _mover(waiting: Sequence[Waiter], places: Mapping[int, Place]) -> Mover:
    """What somebody wished for first they want more, where nothing else orders their wishes."""
    seat = _seat_in_course(waiting[0])
    assert seat is not None
    return Mover(
        person_id=waiting[0].person_id,
        group=waiting[0].group,
        seat=seat,
        wanted=tuple(sorted((each.wanted for each in waiting), key=lambda wish: (wish.rank, wish.booking_id))),
        place=min(places[each.booking_id] for each in waiting),
    )
