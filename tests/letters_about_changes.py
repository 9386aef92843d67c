"""The golden copies of what is posted when a session was changed, and about who pays for a seat."""

from collections.abc import Callable
from datetime import date, datetime, time

from letter_facts import ANNA, HEART, LATER_SKIN, NOW, SKIN, Desk

from auth.states import Area
from bookings import letters
from bookings.letters.changes import Before
from bookings.models import Application, Booking
from bookings.states import BookingState
from courses.concerned import Change, Former, FormerDay
from courses.models import CourseDay, CourseSession
from courses.rules import Day
from lararportal import clock

WAS = [date(2027, 3, 8), date(2027, 3, 9)]
UNTIL = clock.parse("2027-01-18T12:00")


def hours(day: date) -> Day:
    return Day(day, time(8, 30), time(16, 30))


DAYS = Change("days", tuple(map(hours, WAS)), tuple(hours(each.day) for each in SKIN.days))
PLACE = Change("place", "Borås, Textile", "Göteborg, Konferens Aspen")
AREA = Change("area", Area.SODRA_ALVSBORG, Area.GOTEBORG)
DECISIONS = [
    Change("cancel_by", date(2027, 2, 15), date(2027, 2, 22)),
    Change("prepare_by", None, date(2027, 3, 11)),
]
SOONER = Change("cancel_by", date(2027, 3, 1), date(2027, 2, 22))
FORMER = Former(tuple(FormerDay(day, day, time(8, 30), time(16, 30)) for day in WAS), "Borås, Textile")


def moved() -> CourseSession:
    """The session as it is since, a day of which calendars know by another."""
    facts = {
        name: getattr(SKIN, name)
        for name in ("id", "course_id", "course", "place", "seats", "starts_on", "cancel_by", "former_cancel_by")
    }
    days = [
        CourseDay(day=each.day, starts=each.starts, ends=each.ends, first_known_as=was)
        for each, was in zip(SKIN.days, WAS, strict=True)
    ]
    return CourseSession(**facts, days=days)


def told(
    state: BookingState, *changes: Change, others=(), was: BookingState | None = None, until: datetime = UNTIL, **had
):
    def write(db: Desk) -> None:
        booking = Booking(id=101, state=state, answer_by=until, calendar_sequence=1, **had)
        session = moved()
        for each in (each for each in changes if each.leaves_less_time):
            session.cancel_sooner(each.before, now=NOW)
        letters.session_changed(
            db,
            booking,
            person=ANNA,
            session=session,
            changes=changes,
            before=Before(was or state, FORMER),
            others=others,
            now=NOW,
        )

    return write


def told_applicant(db: Desk) -> None:
    letters.session_changed_for_applicant(
        db, Application(id=5), person=ANNA, session=moved(), changes=[DAYS, PLACE], now=NOW
    )


def told_leader(db: Desk) -> None:
    letters.session_changed_for_leader(db, [ANNA], session=moved(), changes=[DAYS, PLACE], now=NOW)


def undone_after_a_move(db: Desk) -> None:
    session = moved()
    session.moved_at = NOW
    mine = Booking(id=101, calendar_sequence=3)
    letters.cancellation_undone(
        db, mine, person=ANNA, session=session, lines=letters.Lines(), since=NOW, by=ANNA.id, now=NOW
    )


def kept(db: Desk) -> None:
    mine = Booking(id=101, calendar_sequence=2)
    left = [(Booking(id=100 + each.id, calendar_sequence=1), each) for each in (HEART, LATER_SKIN)]
    still = [Booking(id=104, session=SKIN, answer_by=UNTIL)]
    letters.seat_chosen(
        db,
        mine,
        person=ANNA,
        kept=[(mine, moved())],
        left=left,
        still=still,
        again={HEART.id: "2028-1", LATER_SKIN.id: None},
        now=NOW,
    )


def given_up(db: Desk) -> None:
    mine = Booking(id=101, calendar_sequence=2)
    others = [(Booking(id=100 + each.id), each) for each in (HEART, LATER_SKIN)]
    letters.seat_chosen(
        db, mine, person=ANNA, kept=others, left=[(mine, moved())], still=[], again={SKIN.id: "2028-1"}, now=NOW
    )


def about_choice(tell: Callable[..., None], **facts):
    booking = Booking(id=101, answer_by=UNTIL, calendar_sequence=2)
    return lambda db: tell(db, booking, person=ANNA, session=moved(), now=NOW, **facts)


def unfunded(until: datetime | None = None):
    return lambda db: letters.funding_missing(
        db, Booking(id=101), person=ANNA, session=SKIN, released_at=until, now=NOW
    )


def released(db: Desk) -> None:
    letters.seat_unfunded(
        db, Booking(id=101, calendar_sequence=1), person=ANNA, session=SKIN, now=clock.parse("2027-02-22T18:00")
    )


ABOUT_CHANGES: dict[str, Callable[[Desk], None]] = {
    "session_changed": told(BookingState.BOOKED, DAYS, PLACE, AREA),
    "session_changed.dates_of_decision": told(BookingState.BOOKED, *DECISIONS),
    "session_changed.less_time": told(BookingState.BOOKED, SOONER, booked_at=NOW),
    "session_changed.must_choose": told(BookingState.MUST_CHOOSE, DAYS, others=[HEART], was=BookingState.BOOKED),
    "session_changed.still_to_choose": told(BookingState.MUST_CHOOSE, PLACE, others=[HEART, LATER_SKIN]),
    "session_changed.chosen_by_itself": told(BookingState.BOOKED, DAYS, was=BookingState.MUST_CHOOSE),
    "session_changed.chosen_against": told(BookingState.BOOKED, DAYS, others=[HEART]),
    "session_changed.offered": told(BookingState.OFFERED, DAYS),
    "session_changed.offer_withdrawn": told(BookingState.WAITING, DAYS, was=BookingState.OFFERED),
    "session_changed.offer_too_late": told(BookingState.WAITING, DAYS, was=BookingState.OFFERED, until=NOW),
    "session_changed.call_out_void": told(BookingState.WAITING, DAYS, was=BookingState.ASKED),
    "session_changed.waiting": told(BookingState.WAITING, DAYS),
    "session_changed.waiting_elsewhere": told(BookingState.WAITING, PLACE),
    "cancellation_undone.after_a_move": undone_after_a_move,
    "session_changed_for_applicant": told_applicant,
    "session_changed_for_leader": told_leader,
    "seat_chosen": kept,
    "seat_chosen.the_other": given_up,
    "seat_had_again": about_choice(letters.seat_had_again, still=[]),
    "seat_had_again.one_more": about_choice(
        letters.seat_had_again, still=[Booking(id=104, session=HEART, answer_by=UNTIL)]
    ),
    "seat_had_again.one_more_on_its_days": about_choice(
        letters.seat_had_again, still=[Booking(id=104, session=SKIN, answer_by=UNTIL)]
    ),
    "choice_reminder": about_choice(letters.choice_reminder, others=[HEART]),
    "choice_lapsed": about_choice(letters.choice_lapsed, others=[HEART], precedence=False),
    "choice_lapsed.precedence": about_choice(letters.choice_lapsed, others=[HEART], precedence=True),
    "funding_missing": unfunded(),
    "funding_missing.or_released": unfunded(clock.parse("2027-02-22T18:00")),
    "seat_unfunded": released,
}
