"""The golden copies of what is posted about a seat, a place in line, an offer, and a decision beside the rules."""

from collections.abc import Callable
from datetime import datetime

from letter_facts import ANNA, GONE, HEART, LATE, LATER_SKIN, NOW, SKIN, UNEVEN, Desk

from bookings import letters
from bookings.letters import Lines
from bookings.models import Booking, LineException, Precedence
from bookings.rules.answer_time import CallOutEnd
from bookings.states import CancelGround, ExceptionKind, Origin
from courses.models import CourseSession
from lararportal import clock


def about_seat(
    tell: Callable[..., None],
    session_: CourseSession,
    *left: CourseSession,
    now: datetime = NOW,
    bound: bool = False,
    **more,
):
    def write(db: Desk) -> None:
        bound_days = 3 if bound else None
        booking = Booking(id=100 + session_.id, session_id=session_.id, bound_days=bound_days, calendar_sequence=0)
        given_up = [(Booking(id=100 + each.id, session_id=each.id, calendar_sequence=1), each) for each in left]
        if tell is not letters.seat_booked:
            more.setdefault("left", given_up)
        more.setdefault("lines", Lines())
        tell(db, booking, person=ANNA, session=session_, now=now, **more)

    return write


def cancelled(
    tell: Callable[..., None], more: dict | None = None, *, now: datetime = NOW, by: int | None = ANNA.id, **facts
):
    def write(db: Desk) -> None:
        seat = Booking(**{"id": 101, "end_reason": "", "calendar_sequence": 1, **facts})
        tell(db, seat, person=ANNA, session=SKIN, by=by, now=now, **(more or {}))

    return write


def about_offer(tell: Callable[..., None], *, session: CourseSession = SKIN, yes_at: datetime | None = None, **more):
    until = clock.parse("2027-01-18T12:00")
    booking = Booking(id=101, answer_by=until, yes_at=yes_at, end_reason="Du bad oss om det.")
    return lambda db: tell(db, booking, person=ANNA, session=session, now=NOW, **more)


def in_line(position: int | None):
    def write(db: Desk) -> None:
        letters.place_in_line(db, Booking(id=101), person=ANNA, session=SKIN, position=position, now=NOW)

    return write


def favoured(tell: Callable[..., None]):
    def write(db: Desk) -> None:
        made = Precedence(id=4, term="2026-2")
        tell(db, made, person=ANNA, course=SKIN.course, decided_by="Eva Studierektor", now=NOW)

    return write


def excepted(kind: ExceptionKind, *, position: int | None = 2):
    def write(db: Desk) -> None:
        made = LineException(id=6, kind=kind)
        letters.placed_by_exception(
            db, made, person=ANNA, session=SKIN, position=position, decided_by="Eva Studierektor", now=NOW
        )

    return write


LINES = {"lines": Lines(), "since": NOW}

ABOUT_SEATS: dict[str, Callable[[Desk], None]] = {
    "answer_reminder": about_offer(letters.answer_reminder),
    "seat_offered": about_offer(letters.seat_offered, left=[]),
    "seat_offered.with_swap": about_offer(letters.seat_offered, left=[LATER_SKIN, HEART]),
    "offer_lapsed": about_offer(letters.offer_lapsed),
    "offer_withdrawn": about_offer(letters.offer_withdrawn, goes_on=True),
    "offer_withdrawn.off_the_line": about_offer(letters.offer_withdrawn, goes_on=False),
    "offer_withdrawn.called_off": about_offer(letters.offer_withdrawn, session=GONE, goes_on=False),
    "called_out": about_offer(letters.called_out, left=[]),
    "called_out.with_swap": about_offer(letters.called_out, left=[LATER_SKIN]),
    **{f"call_out_over.{why}": about_offer(letters.call_out_over, yes_at=NOW, why=why) for why in CallOutEnd},
    "place_in_line": in_line(4),
    "place_in_line.passed_over": in_line(None),
    "placed_by_exception.hardship": excepted(ExceptionKind.HARDSHIP),
    "placed_by_exception.precedence": excepted(ExceptionKind.PRECEDENCE),
    "placed_by_exception.passed_over": excepted(ExceptionKind.PRECEDENCE, position=None),
    "precedence_granted": favoured(letters.precedence_granted),
    "precedence_revoked": favoured(letters.precedence_revoked),
    "seat_booked": about_seat(letters.seat_booked, SKIN),
    "seat_booked.uneven_hours": about_seat(letters.seat_booked, UNEVEN, now=clock.parse("2027-02-01T09:00")),
    "seat_booked.late": about_seat(letters.seat_booked, SKIN, now=LATE),
    "seat_cancelled": cancelled(letters.seat_cancelled),
    "seat_cancelled.was_moved_there": cancelled(letters.seat_cancelled, {"until": "2028-1"}, origin=Origin.DISPLACED),
    "seat_cancelled.precedence": cancelled(letters.seat_cancelled, {"until": "2028-1"}),
    "seat_cancelled.free": cancelled(letters.seat_cancelled, now=LATE),
    "seat_cancelled.by_staff": cancelled(letters.seat_cancelled, by=99, end_reason="Anna ringde och är sjuk."),
    "seat_cancelled.by_the_office": cancelled(
        letters.seat_cancelled, now=LATE, by=99, end_reason="Vi bokade fel person.", cancel_ground=CancelGround.OURS
    ),
    "seat_cancelled_late": cancelled(letters.seat_cancelled_late, now=LATE),
    "seat_cancelled_late.by_staff": cancelled(
        letters.seat_cancelled_late, now=LATE, by=99, end_reason="Anna ringde.", fee_percent=0
    ),
    "seat_cancelled_late.changed_late": cancelled(letters.seat_cancelled_late, bound_days=3),
    "seat_cancelled_late.with_fee": cancelled(letters.seat_cancelled_late, now=LATE, fee_percent=50),
    "cancellation_undone": cancelled(letters.cancellation_undone, LINES, calendar_sequence=2),
    "cancellation_undone.by_staff": cancelled(letters.cancellation_undone, LINES, by=99, calendar_sequence=2),
    "cancellation_undone.late": cancelled(letters.cancellation_undone, LINES, now=LATE, calendar_sequence=4),
    "cancellation_undone.bound": cancelled(letters.cancellation_undone, LINES, bound_days=3, calendar_sequence=2),
    "seat_from_line": about_seat(letters.seat_from_line, SKIN),
    "seat_from_line.late": about_seat(letters.seat_from_line, SKIN, now=LATE),
    "seat_from_line.soon": about_seat(letters.seat_from_line, SKIN, now=clock.parse("2027-02-18T09:00")),
    "seat_from_line.with_swap": about_seat(letters.seat_from_line, SKIN, LATER_SKIN, HEART),
    "seat_booked.still_waits": about_seat(letters.seat_booked, HEART, lines=Lines(still_wanted=[SKIN])),
    "seat_moved.waits_no_more": about_seat(letters.seat_moved, HEART, SKIN, lines=Lines(struck=[LATER_SKIN])),
    "seat_from_line.still_waits": about_seat(letters.seat_from_line, LATER_SKIN, lines=Lines(still_wanted=[SKIN])),
    "taken_off_line": about_offer(letters.taken_off_line, was_offered=False),
    "taken_off_line.offered": about_offer(letters.taken_off_line, was_offered=True),
    "seat_moved": about_seat(letters.seat_moved, LATER_SKIN, SKIN),
    "seat_moved.bound": about_seat(letters.seat_moved, LATER_SKIN, SKIN, now=LATE, bound=True),
    "seat_moved.late": about_seat(letters.seat_moved, SKIN, LATER_SKIN, now=LATE),
    "seat_swapped": about_seat(letters.seat_swapped, LATER_SKIN, SKIN),
    "seat_swapped.still_waits": about_seat(
        letters.seat_swapped, UNEVEN, LATER_SKIN, lines=Lines(still_wanted=[SKIN])
    ),
    "seat_swapped.bound": about_seat(letters.seat_swapped, LATER_SKIN, SKIN, bound=True),
}
