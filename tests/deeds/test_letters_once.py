"""Every letter of the queues is sent once: what gives rise to it is done again, and there is no second one."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from bookings_room import AFTER, occasions, place, seat
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Category, Role
from bookings import answers, cancellation, left_over_seats, letters, rebooking, taken_off, waitlist
from bookings.minimum import calling_off, free_seats, invitations, rescues
from bookings.rules.minimum import Audience
from bookings.states import CancelGround
from courses.models import Course, CourseSession, SessionLeader
from courses.states import Publicity
from lararportal import clock, tick
from lararportal.db import Database
from lararportal.errors import Refused

DAY, NEXT, LATER = [date(2027, 3, 15)], [date(2027, 4, 12)], [date(2027, 5, 10)]
LAST_DAYS = clock.parse("2027-03-11T10:00")
WARNED, DECIDED = clock.parse("2027-02-01T08:00"), clock.parse("2027-02-15T08:00")


class Scene:
    """A course with a session of two seats, Anna, and somebody who decides."""

    def __init__(self, db: Session, database: Database) -> None:
        self.db, self.database = db, database
        self.course: Course = make.course(db, seats=2, targets={"ST": 0, "SPEC": 0}, objectives_2015=["a5"])
        self.session = make.session(db, of=self.course, days=DAY, minimum=2)
        self.anna, self.office = make.person(db), make.coordinator(db)

    def sister(self, *, full: bool = False, **facts) -> CourseSession:
        made = make.session(self.db, of=self.course, days=NEXT, **{"seats": 1, **facts})
        if full:
            seat(self.db, made, make.person(self.db))
        return made

    def twice(self, do: Callable[..., object], **wanted) -> Person:
        """Somebody presses twice: the second time is refused."""
        do(self.db, **wanted)
        self.db.flush()
        with pytest.raises(Refused):
            do(self.db, **wanted)
        return self.anna

    def ticks(self, now=AFTER) -> Person:
        """The tick comes, and comes again."""
        self.db.flush()
        for minutes in range(3):
            tick.run_due(self.database, now=now + timedelta(minutes=minutes))
        return self.anna

    def of_anna(self, session: CourseSession | None = None, *, now=AFTER) -> dict:
        where = session or self.session
        return {"session_id": where.id, "person_id": self.anna.id, "now": now, "by": self.anna.id}

    def by_office(self, session: CourseSession | None = None, *, now=AFTER) -> dict:
        return {"session_id": (session or self.session).id, "now": now, "by": self.office.id}


def offered(at: Scene) -> Person:
    place(at.db, at.session, at.anna, standing_yes=False)
    return at.ticks()


def reminded(at: Scene) -> Person:
    offered(at)
    return at.ticks(AFTER + timedelta(hours=61))


def lapsed(at: Scene) -> Person:
    reminded(at)
    return at.ticks(AFTER + timedelta(days=8))


def withdrawn(at: Scene) -> Person:
    offered(at)
    at.session.publicity = Publicity.ARCHIVED
    return at.ticks()


def next_in_line(at: Scene) -> Person:
    place(at.db, at.session, at.anna, standing_yes=True)
    return at.ticks()


def asked(at: Scene) -> Person:
    place(at.db, at.session, at.anna, short_notice=True)
    place(at.db, at.session, make.person(at.db), short_notice=True)
    return at.ticks(LAST_DAYS)


def said_nothing(at: Scene) -> Person:
    asked(at)
    return at.ticks(LAST_DAYS + timedelta(hours=7))


def swapped(at: Scene) -> Person:
    sister, sara = at.sister(), make.person(at.db)
    for one, own, other in ((at.anna, at.session, sister), (sara, sister, at.session)):
        seat(at.db, own, one, rank=2)
        place(at.db, other, one)
    seat(at.db, at.session, make.person(at.db))
    at.ticks()
    assert occasions(at.db, sara) == ["seat_swapped"]
    return at.anna


def accepted(at: Scene) -> Person:
    offered(at)
    saw = answers.seen(at.db, session_id=at.session.id, person_id=at.anna.id, now=AFTER)
    return at.twice(answers.accept, **at.of_anna(), saw=saw)


def cancelled(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    return at.twice(cancellation.cancel, **at.of_anna(), reason="")


def cancelled_late(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    return at.twice(cancellation.cancel, **at.of_anna(now=LAST_DAYS), reason="", ground=CancelGround.ILLNESS)


def undone(at: Scene) -> Person:
    cancelled(at)
    return at.twice(cancellation.undo, **at.of_anna(now=AFTER + timedelta(minutes=1)))


def rebooked(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    about = at.of_anna()
    del about["session_id"]
    return at.twice(rebooking.rebook, **about, from_session_id=at.session.id, to_session_id=at.sister().id)


def booked(at: Scene) -> Person:
    return at.twice(left_over_seats.book, **at.of_anna())


def joined(at: Scene) -> Person:
    return at.twice(waitlist.join, **at.of_anna(at.sister(full=True)))


def off_the_line(at: Scene) -> Person:
    place(at.db, at.session, at.anna)
    return at.twice(taken_off.take_off, **{**at.of_anna(), "by": at.office.id}, reason="Anna har slutat.")


def called_off(at: Scene) -> Person:
    db = at.db
    leader, at.other = make.holder(db, Role.LEADER), make.coordinator(db)
    db.add(SessionLeader(session_id=at.session.id, person_id=leader.id))
    seat(db, at.session, at.anna)
    at.waits = make.person(db)
    place(db, at.session, at.waits)
    db.flush()
    saw = calling_off.foreseen(db, session_id=at.session.id, now=AFTER).token
    at.twice(calling_off.call_off, **at.by_office(), reason="För få.", saw=saw)
    return at.ticks()


def called_off_for_who_waits(at: Scene) -> Person:
    called_off(at)
    return at.waits


def called_off_for_others_who_decide(at: Scene) -> Person:
    called_off(at)
    return at.other


def few(at: Scene) -> Person:
    at.ticks(WARNED)
    return at.office


def too_few(at: Scene) -> Person:
    few(at)
    at.ticks(DECIDED)
    return at.office


def day_moved(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    at.twice(rescues.move_day, **at.by_office(), to=date(2027, 3, 1), reason="Fler har hört av sig.")
    return at.ticks()


def runs_after_all(at: Scene) -> Person:
    day_moved(at)
    at.other = make.coordinator(at.db)
    return at.twice(rescues.run_anyway, **at.by_office(now=AFTER + timedelta(days=1)), reason="Ämnet behövs.")


def runs(at: Scene) -> Person:
    runs_after_all(at)
    return at.other


def invited(at: Scene) -> Person:
    free_seats.ask(at.db, course_id=at.course.id, person_id=at.anna.id, now=AFTER, by=at.anna.id)
    at.db.flush()
    about = {"session_id": at.session.id, "audience": Audience.ASKED, "now": AFTER}
    saw = invitations.reach(at.db, **about).token
    at.twice(invitations.invite, **about, saw=saw, by=at.office.id)
    place(at.db, at.sister(full=True), at.anna)
    assert invitations.reach(at.db, **{**about, "audience": Audience.WAITING}).persons == []
    return at.ticks()


def reserve(at: Scene) -> Person:
    full = at.sister(full=True)
    make.session(at.db, of=at.course, days=LATER, minimum=1, publicity=Publicity.DRAFT, is_reserve=True)
    at.anna.category = Category.SPECIALIST
    place(at.db, full, at.anna)
    at.ticks()
    return at.office


STORIES = [
    ("seat_offered", offered),
    ("answer_reminder", reminded),
    ("offer_lapsed", lapsed),
    ("offer_withdrawn", withdrawn),
    ("seat_from_line", next_in_line),
    ("seat_from_line", accepted),
    ("called_out", asked),
    ("call_out_over", said_nothing),
    ("seat_cancelled", cancelled),
    ("seat_cancelled_late", cancelled_late),
    ("cancellation_undone", undone),
    ("seat_moved", rebooked),
    ("seat_swapped", swapped),
    ("seat_booked", booked),
    ("place_in_line", joined),
    ("taken_off_line", off_the_line),
    ("session_called_off", called_off),
    ("line_called_off", called_off_for_who_waits),
    ("session_called_off_to_staff", called_off_for_others_who_decide),
    ("few_booked", few),
    ("too_few_booked", too_few),
    ("decision_day_moved", day_moved),
    ("session_runs_after_all", runs_after_all),
    ("session_runs", runs),
    ("free_seats", invited),
    ("reserve_wanted", reserve),
]


@pytest.mark.parametrize(("occasion", "story"), STORIES)
def test_it_is_sent_once(db, database, occasion, story):
    person = story(Scene(db, database))
    db.flush()
    assert occasions(db, person).count(occasion) == 1


def test_every_letter_about_a_seat_an_offer_or_a_session_with_few_is_in_the_table():
    rooms = {letters.seats, letters.offers, letters.calling_off, letters.minimum}
    posted = {name for name in letters.__all__ if name.islower() and any(name in vars(room) for room in rooms)}
    assert posted == {occasion for occasion, _ in STORIES}
