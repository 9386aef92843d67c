"""Every letter as the doctor reads it: subject, text and calendar, compared with a golden copy.

`pytest tests/letters --golden-update` writes the copies anew, for a person to read before they are committed.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
from bookings_room import place, seat
from sqlalchemy import select
from sqlalchemy.orm import Session

import make
from auth import letters as people_letters
from auth.models import Person
from auth.rules import Facts
from auth.states import Area, Category, Role, Standing
from bookings import letters
from bookings.models import Application, Booking, Decision, LineException, Precedence, Round
from bookings.rules.merits import merits
from bookings.rules.reasons import explanation_of
from bookings.states import ExceptionKind, Outcome
from courses.models import Course, CourseDay, CourseSession
from courses.states import Kind, Order
from lararportal import clock, pages
from lararportal.outbox import Letter

GOLDEN = Path(__file__).parent / "golden"
NOW = clock.parse("2027-01-12T09:00")
LATE = clock.parse("2027-03-12T09:00")
ANNA = Person(
    id=7, given_name="Anna", family_name="Berg", email="anna.berg@example.org", standing=Standing.CONFIRMED,
    category=Category.ST_2015,
)  # fmt: skip
ROUND = Round(
    id=3,
    title="Vårterminen 2027",
    closes_at=clock.parse("2027-01-11T12:00"),
    decision_on=date(2027, 1, 29),
    booking_opens_at=clock.parse("2027-01-14T09:00"),
    seed="6f" * 32,
    frozen_hash="c3" * 32,
)


def session(
    number: int, title: str, place_: str, *days: date, order: Order = Order.DEADLINE, **facts
) -> CourseSession:
    course = Course(
        id=number,
        code=f"ALM{number}",
        title=title,
        kind=Kind.MANDATORY,
        order=order,
        targets={"ST": 0},
        swap_rings=True,
    )
    return CourseSession(
        **{
            "id": number,
            "course_id": number,
            "course": course,
            "place": place_,
            "seats": 24,
            "seats_taken": 5,
            "minimum": 12,
            "starts_on": days[0],
            "cancel_by": date(2027, 2, 22),
            "days": [CourseDay(day=each, starts=time(8, 30), ends=time(16, 30)) for each in days],
            **facts,
        }
    )


SKIN = session(1, "Hudsjukdomar i primärvård", "Göteborg, Konferens Aspen", date(2027, 3, 15), date(2027, 3, 16))
LATER_SKIN = session(2, "Hudsjukdomar i primärvård", "Skövde, Billingehus", date(2027, 5, 31), date(2027, 6, 1))
HEART = session(3, "Hjärtsvikt och förmaksflimmer", "Borås, Navet", date(2027, 4, 12))
HEART.days[0].starts, HEART.days[0].ends = time(9), time(15)
UNEVEN = session(4, "Allmänmedicinens grunder", "Uddevalla, Bohusgården", date(2027, 9, 6), date(2027, 9, 7))
UNEVEN.days[1].ends = time(12)


class Desk(Session):
    """A session that takes letters and keeps them in memory."""

    def __init__(self) -> None:
        super().__init__(info={"portal_url": "https://portal.example.org"})

    @property
    def letter(self) -> Letter:
        [letter] = [each for each in self.new if isinstance(each, Letter)]
        return letter


def applied(tell: Callable[..., None], *, cap: int = 4, standing: Standing = Standing.CONFIRMED, version: int = 1):
    def write(db: Desk) -> None:
        person = Person(id=7, given_name="Anna", family_name="Berg", email="anna.berg@example.org", standing=standing)
        application = Application(id=5, cap=cap, version=version)
        wanted = [LATER_SKIN, HEART] if cap > 1 else [HEART]
        tell(db, application, round_=ROUND, person=person, sessions=wanted, now=NOW)

    return write


def withdrawn(db: Desk) -> None:
    letters.application_withdrawn(db, Application(id=5, version=1), round_=ROUND, person=ANNA, now=NOW)


def decided(*wishes: tuple[CourseSession, Outcome, dict]):
    def write(db: Desk) -> None:
        decisions = [
            Decision(person_id=7, session_id=wanted.id, rank=rank, code=code, **facts)
            for rank, (wanted, code, facts) in enumerate(wishes, start=1)
        ]
        sessions = {each.id: each for each in (SKIN, LATER_SKIN, HEART, UNEVEN, *(wanted for wanted, *_ in wishes))}
        found = {
            each.session_id: explanation_of(
                each.code, each.key, each.last_key, order=sessions[each.session_id].course.order
            )
            for each in decisions
        }
        letters.decided(
            db,
            round_=ROUND,
            person=ANNA,
            decisions=decisions,
            sessions=sessions,
            explanations={key: why for key, why in found.items() if why is not None},
            standings={
                each.session_id: merits(each.key, order=sessions[each.session_id].course.order)
                for each in decisions
                if each.key
            },
            seats=[
                Booking(id=100 + each.session_id, session_id=each.session_id)
                for each in decisions
                if each.code is Outcome.ADMITTED
            ],
            now=NOW,
        )

    return write


def waitlisted(own: list[int], last: list[int] | None, *, order: Order = Order.DEADLINE, **facts):
    full = session(9, "Försäkringsmedicin", "Vänersborg, Quality Hotel", date(2027, 4, 19), order=order)
    return decided((full, Outcome.WAITLISTED, {"position": 4, "key": own, "last_key": last, **facts}))


def about_seat(
    tell: Callable[..., None], session_: CourseSession, *left: CourseSession, now: datetime = NOW, bound: bool = False
):
    def write(db: Desk) -> None:
        booking = Booking(id=100 + session_.id, session_id=session_.id, ended_late=bound)
        given_up = [(Booking(id=100 + each.id, session_id=each.id), each) for each in left]
        more = {} if tell is letters.seat_booked else {"left": given_up}
        tell(db, booking, person=ANNA, session=session_, now=now, **more)

    return write


def cancelled(*, late: bool, now: datetime = NOW, by: int | None = ANNA.id, reason: str = ""):
    def write(db: Desk) -> None:
        seat = Booking(id=101, ended_late=late, end_reason=reason)
        letters.seat_cancelled(db, seat, person=ANNA, session=SKIN, by=by, now=now)

    return write


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


def corrected(**facts):
    old = Facts(
        category=Category.ST_2015,
        area=Area.GOTEBORG,
        residency_start=date(2024, 1, 11),
        planned_end=date(2029, 1, 11),
        leave_months=0,
    )

    def write(db: Desk) -> None:
        new = replace(old, **facts)
        people_letters.facts_corrected(db, person=ANNA, old=old, new=new, decided_by="Eva Studierektor", now=NOW)

    return write


SAME = [0, 1, 1, 14, 0]
LETTERS: dict[str, Callable[[Desk], None]] = {
    "application_received": applied(letters.application_received),
    "application_received.one": applied(letters.application_received, cap=1),
    "application_received.pending": applied(letters.application_received, standing=Standing.PENDING),
    "application_changed": applied(letters.application_changed, version=2),
    "application_withdrawn": withdrawn,
    "decision.admitted": decided((SKIN, Outcome.ADMITTED, {"key": [0, 0, 0, 5, 0, 0x3F0000000001]})),
    "decision.admitted_twice": decided(
        (UNEVEN, Outcome.ADMITTED, {}),
        (HEART, Outcome.ADMITTED, {}),
        (SKIN, Outcome.CAP, {}),
        (LATER_SKIN, Outcome.CAP, {}),
    ),
    "decision.better_session": decided(
        (SKIN, Outcome.ADMITTED, {}), (LATER_SKIN, Outcome.BETTER_SESSION, {"other_session_id": SKIN.id})
    ),
    "decision.waits_with_a_seat": decided(
        (
            SKIN,
            Outcome.WAITLISTED,
            {"position": 2, "key": [0, 1, 1, 19, 0, 1], "last_key": [*SAME, 9], "other_session_id": LATER_SKIN.id},
        ),
        (LATER_SKIN, Outcome.ADMITTED, {}),
    ),
    "decision.held_back": decided(
        (SKIN, Outcome.HELD_BACK, {"position": 1, "other_session_id": LATER_SKIN.id}),
        (LATER_SKIN, Outcome.ADMITTED, {}),
        (HEART, Outcome.HELD_BACK, {"position": 2}),
    ),
    "decision.conflict": decided(
        (UNEVEN, Outcome.ADMITTED, {}), (SKIN, Outcome.CONFLICT, {"other_session_id": UNEVEN.id})
    ),
    "decision.conflict_with_own_seat": decided((SKIN, Outcome.CONFLICT, {})),
    "decision.cap": decided((UNEVEN, Outcome.ADMITTED, {}), (SKIN, Outcome.CAP, {})),
    "decision.ineligible": decided((SKIN, Outcome.INELIGIBLE, {})),
    "decision.unconfirmed": decided((SKIN, Outcome.UNCONFIRMED, {}), (HEART, Outcome.UNCONFIRMED, {})),
    "decision.cancelled": decided((SKIN, Outcome.CANCELLED, {})),
    "decision.waitlisted_months_left": waitlisted([0, 1, 1, 19, 0, 5], [*SAME, 9]),
    "decision.waitlisted_one_month": waitlisted([0, 1, 1, 2, 0, 5], [0, 1, 1, 1, 0, 9]),
    "decision.waitlisted_months_served": waitlisted([0, 1, 1, -20, 0, 5], [0, 1, 1, -31, 0, 9], order=Order.STRAIGHT),
    "decision.waitlisted_served_too_long": waitlisted([0, 1, 1, 0, 30, 5], [0, 1, 1, 0, 6, 9], order=Order.REVERSED),
    "decision.waitlisted_refusals": waitlisted([0, 1, 1, 0, 3, 5], [0, 1, 1, -2, 30, 9], order=Order.REVERSED),
    "decision.waitlisted_many_refusals": waitlisted([0, 1, 1, -1, 3, 5], [0, 1, 1, -9, 3, 9], order=Order.REVERSED),
    "decision.waitlisted_lottery": waitlisted([*SAME, 0x91A2B3C4D5E6], [*SAME, 0x3F0000000001]),
    "decision.waitlisted_last_chance": waitlisted([*SAME, 5], [0, 1, 0, 4, 0, 9]),
    "decision.waitlisted_precedence": waitlisted([*SAME, 5], [0, 0, 1, 30, 0, 9]),
    "decision.waitlisted_target": waitlisted([1, 1, 1, 4, 0, 5], [*SAME, 9]),
    "decision.waitlisted_hidden": waitlisted([0, 1, 1, 19, 0, 5], [0, 1, 1]),
    "decision.waitlisted_nobody_of_the_group": waitlisted([1, 1, 1, 999, 0, 5], None),
    "facts_corrected": corrected(planned_end=date(2029, 9, 11), leave_months=8),
    "facts_corrected.to_specialist": corrected(
        category=Category.SPECIALIST, area=Area.FYRBODAL, residency_start=None, planned_end=None
    ),
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
    "seat_cancelled": cancelled(late=False),
    "seat_cancelled.late": cancelled(late=True, now=LATE),
    "seat_cancelled.changed_late": cancelled(late=True),
    "seat_cancelled.by_staff": cancelled(late=False, by=99, reason="Anna ringde och är sjuk."),
    "seat_from_line": about_seat(letters.seat_from_line, SKIN),
    "seat_from_line.late": about_seat(letters.seat_from_line, SKIN, now=LATE),
    "seat_from_line.soon": about_seat(letters.seat_from_line, SKIN, now=clock.parse("2027-02-18T09:00")),
    "seat_from_line.with_swap": about_seat(letters.seat_from_line, SKIN, LATER_SKIN, HEART),
    "seat_moved": about_seat(letters.seat_moved, LATER_SKIN, SKIN),
    "seat_moved.bound": about_seat(letters.seat_moved, LATER_SKIN, SKIN, now=LATE, bound=True),
    "seat_moved.late": about_seat(letters.seat_moved, SKIN, LATER_SKIN, now=LATE),
    "seat_swapped": about_seat(letters.seat_swapped, LATER_SKIN, SKIN),
    "seat_swapped.bound": about_seat(letters.seat_swapped, LATER_SKIN, SKIN, bound=True),
}
"""By the name of the golden copy: the occasion, and after a dot what is special."""


def as_text(letter: Letter) -> str:
    """A letter as its golden copy holds it."""
    calendars = [
        f"---- kurs-{number}.ics ----\n" + calendar.replace("\r\n", "\n")
        for number, calendar in enumerate(letter.calendars, start=1)
    ]
    return "\n".join([f"Till: {letter.address}\nÄmne: {letter.subject}\n\n{letter.body}", *calendars])


@pytest.fixture
def golden(request):
    """Compares a text with its golden copy, or writes the copy when asked to."""

    def compare(name: str, text: str) -> None:
        copy = GOLDEN / f"{name}.txt"
        if request.config.getoption("golden_update"):
            copy.write_text(text, "utf-8")
        assert text == (copy.read_text("utf-8") if copy.exists() else "")

    return compare


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_its_golden_copy(name, golden):
    db = Desk()
    LETTERS[name](db)
    assert db.letter.occasion == name.partition(".")[0]
    golden(name, as_text(db.letter))


@pytest.mark.parametrize("waiting", [0, 1, 3])
def test_the_question_whether_a_session_runs_is_its_golden_copy(db, golden, waiting):
    make.coordinator(db, given_name="Olle", family_name="Samordnare", email="olle@example.org")
    course = make.course(db, code="ALM1", title="Hudsjukdomar i primärvård")
    session_ = make.session(db, of=course, id=10**6, minimum=6)
    seat(db, session_, make.person(db))
    for _ in range(waiting):
        place(db, session_, make.person(db))
    db.refresh(session_, ["course", "days"])
    letters.too_few_booked(db, session=session_, waiting=waiting, now=NOW)
    [letter] = [each for each in db.new if isinstance(each, Letter)]
    golden(f"too_few_booked.{waiting}_waiting", as_text(letter))


ASKED = clock.parse("2026-12-01T09:00")


@pytest.mark.parametrize(
    ("name", "now"), [("lottery_to_commit", ASKED), ("lottery_to_commit.late", NOW), ("lottery_to_reveal", NOW)]
)
def test_a_letter_to_the_second_party_is_its_golden_copy(db, golden, name, now):
    eva = make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Nordin", email="eva@example.org")
    round_ = make.round_of(db, id=10**6, second_party_id=eva.id, second_commitment="5a" * 32, frozen_hash="c3" * 32)
    for _ in range(2):
        if name == "lottery_to_reveal":
            letters.lottery_to_reveal(db, round_=round_, person=eva, until=LATE, now=now)
        else:
            letters.lottery_to_commit(db, round_=round_, person=eva, commitment="3f" * 32, now=now)
        db.flush()
    [letter] = db.scalars(select(Letter)).all()
    golden(name, as_text(letter))


QUESTIONS = {f"too_few_booked.{waiting}_waiting" for waiting in (0, 1, 3)}
LOTTERY = {"lottery_to_commit", "lottery_to_commit.late", "lottery_to_reveal"}
COPIES = sorted({*LETTERS, *QUESTIONS, *LOTTERY})


def test_every_golden_copy_is_a_letter():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == COPIES


def test_every_template_has_a_golden_copy():
    templates = {path.stem for path in (pages.folder() / "letters").glob("[!_]*.txt")}
    assert {name.partition(".")[0] for name in COPIES} == templates


def test_every_function_that_posts_a_letter_has_a_golden_copy():
    posting = {
        name
        for room in (people_letters, letters)
        for name, function in inspect.getmembers(room, inspect.isfunction)
        if function.__module__ == room.__name__ and not name.startswith("_")
    }
    assert {name.partition(".")[0] for name in COPIES} == {
        "decision" if each == "decided" else each for each in posting
    }


def test_every_outcome_has_a_golden_copy():
    told = {name.removeprefix("decision.") for name in COPIES}
    missing = {outcome.value.lower() for outcome in Outcome} - told - {"waitlisted"}
    assert missing == set()


@pytest.mark.parametrize("name", COPIES)
def test_a_letter_is_laid_out_for_reading(name):
    text = (GOLDEN / f"{name}.txt").read_text("utf-8").partition("---- kurs-1.ics")[0]
    assert [line for line in text.splitlines() if len(line) > pages.LINE_LENGTH and "http" not in line] == []
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert "\n\n\n" not in text
    assert re.findall(r"None|Undefined|\{|\}| ,| \.|\. \.|\.\.|  \S+  ", text) == []
    assert text.partition("\n\n")[2].startswith("Hej ")
    assert text.rstrip().endswith(("Allmänläkarkurser", "Lärportalen"))
