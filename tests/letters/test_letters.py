"""Every letter as the doctor reads it: subject, text and calendar, compared with a golden copy.

`pytest tests/letters --golden-update` writes the copies anew, for a person to read before they are committed.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from letter_facts import ANNA, HEART, LATE, LATER_SKIN, NOW, ROUND, SKIN, UNEVEN, Desk, session
from letters_about_calling_off import ABOUT_CALLING_OFF
from letters_about_changes import ABOUT_CHANGES
from letters_about_days import ABOUT_DAYS
from letters_about_minimum import ABOUT_MINIMUM, lacking
from letters_about_seats import ABOUT_SEATS
from sqlalchemy import select

import make
from auth import letters as people_letters
from auth.models import AccountInvitation, Person
from auth.rules import Facts
from auth.states import Area, Binding, Category, Role, Standing
from bookings import letters
from bookings.models import Application, Booking, Decision
from bookings.rules.merits import merits
from bookings.rules.reasons import explanation_of
from bookings.states import Outcome
from courses import letters as course_letters
from courses.models import CourseSession
from courses.states import Order
from lararportal import clock, pages
from lararportal.outbox import Letter

GOLDEN = Path(__file__).parent / "golden"


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
                Booking(id=100 + each.session_id, session_id=each.session_id, calendar_sequence=0)
                for each in decisions
                if each.code is Outcome.ADMITTED
            ],
            now=NOW,
        )

    return write


def waitlisted(own: list[int], last: list[int] | None, *, order: Order = Order.DEADLINE, **facts):
    full = session(9, "Försäkringsmedicin", "Vänersborg, Quality Hotel", date(2027, 4, 19), order=order)
    return decided((full, Outcome.WAITLISTED, {"position": 4, "key": own, "last_key": last, **facts}))


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


def invited(**facts):
    invitation = AccountInvitation(
        **{
            "id": 4,
            "binding": Binding.EMAIL,
            "bound_to": "anna.berg@example.org",
            "roles": [],
            "sent_at": NOW,
            "expires_at": LATE,
            **facts,
        }
    )
    return lambda db: people_letters.invited(db, person=ANNA, invitation=invitation, token="4-" + "x" * 43, now=NOW)


def told_of_identity(tell: Callable[..., None]):
    return lambda db: tell(db, person=ANNA, identity_id=9, provider="e-legitimation", now=NOW)


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
    "invited": invited(),
    "invited.by_number": invited(binding=Binding.PERSONAL_NUMBER, bound_to="0f" * 32, roles=["leader", "reviewer"]),
    "address_changed": lambda db: people_letters.address_changed(
        db, to=ANNA.recipient, address="anna@klinik.example", now=NOW
    ),
    "identity_linked": told_of_identity(people_letters.identity_linked),
    "identity_removed": told_of_identity(people_letters.identity_removed),
    **ABOUT_CALLING_OFF,
    **ABOUT_SEATS,
    **ABOUT_CHANGES,
    **ABOUT_DAYS,
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


@pytest.mark.parametrize("name", ABOUT_MINIMUM)
def test_a_letter_about_a_session_that_too_few_have_booked_is_its_golden_copy(db, golden, name):
    ABOUT_MINIMUM[name](db, lacking(db))
    [letter] = [each for each in db.new if isinstance(each, Letter)]
    assert letter.occasion == name.partition(".")[0]
    golden(name, as_text(letter))


@pytest.mark.parametrize(("moved", "left"), [(0, 0), (1, 2), (5, 1), (5, 0)])
def test_what_leaders_are_told_of_a_session_that_is_called_off_is_its_golden_copy(db, golden, moved, left):
    leader = make.holder(db, Role.LEADER, given_name="Karin", family_name="Ledare", email="karin@example.org")
    session_ = make.session(db, of=make.course(db, code="ALM1", title="Hudsjukdomar i primärvård"))
    db.refresh(session_, ["course", "days"])
    decision = {"persons": [leader], "reason": "För få bokade.", "decided_by": "Olle Samordnare"}
    letters.session_called_off_to_staff(db, session=session_, moved=moved, left=left, **decision, now=NOW)
    [letter] = [each for each in db.new if isinstance(each, Letter)]
    golden(f"session_called_off_to_staff.{moved}_moved_{left}_left", as_text(letter))


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


LOTTERY = {"lottery_to_commit", "lottery_to_commit.late", "lottery_to_reveal"}
TO_LEADERS = {
    f"session_called_off_to_staff.{moved}_moved_{left}_left" for moved, left in ((0, 0), (1, 2), (5, 1), (5, 0))
}
COPIES = sorted({*LETTERS, *ABOUT_MINIMUM, *LOTTERY, *TO_LEADERS})


def test_every_golden_copy_is_a_letter():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == COPIES


def test_every_template_has_a_golden_copy():
    templates = {path.stem for path in (pages.folder() / "letters").glob("[!_]*.txt")}
    assert {name.partition(".")[0] for name in COPIES} == templates


def test_every_function_that_posts_a_letter_has_a_golden_copy():
    posting = {
        name
        for room in (people_letters, course_letters, letters)
        for name, function in inspect.getmembers(room, inspect.isfunction)
        if function.__module__.startswith(room.__name__) and not name.startswith("_")
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
