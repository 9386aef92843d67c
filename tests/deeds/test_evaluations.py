"""Evaluations: who is asked and reminded when, that each answers once, and what is left of it when it closes."""

from dataclasses import dataclass
from datetime import date

import pytest
from bookings_room import refused, seat
from evaluation_room import units_of
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Role
from bookings.queries import seated
from courses.days import attendance
from courses.evaluations import answering, box, closing, compilation, opening, shown
from courses.models import AnswerBox, Asked, CourseSession, Evaluation, QuestionForm, SessionLeader
from courses.rules.days import Mark
from courses.rules.evaluations import Tallies
from courses.states import Half, Presence, Publicity, Refusal
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.errors import NotFound
from lararportal.outbox import Letter

MONDAY, TUESDAY = date(2027, 3, 15), date(2027, 3, 16)
OVER = clock.parse("2027-03-16T16:30")
THIRD_DAY, TENTH_DAY = clock.parse("2027-03-19T09:00"), clock.parse("2027-03-26T09:00")
LAST_EVENING, PAST = clock.parse("2027-04-06T23:59"), clock.parse("2027-04-07T00:00")
GOOD = {"overall": "6", "keep": "Fallen"}


@dataclass
class Room:
    """A session of two days that is over, with people in it, and who leads it."""

    db: Session
    session: CourseSession
    leader: Person
    people: list[Person]

    def open(self, now=OVER) -> list[int]:
        assert opening.due(self.db, now=now) == [self.session.id]
        opening.open_(self.db, self.session.id, roster=seated, now=now, by=None)
        return self.asked()

    def asked(self) -> list[int]:
        return list(self.db.scalars(select(Asked.person_id).order_by(Asked.person_id)))

    def answer(self, who: Person, now=OVER, **given: str) -> None:
        answering.answer(self.db, session_id=self.session.id, given=given or GOOD, now=now, by=who.id)

    def close(self, now=PAST) -> Evaluation:
        assert closing.due(self.db, now=now) == [self.session.id]
        closing.close(self.db, self.session.id, now=now, by=None)
        return self.db.get_one(Evaluation, self.session.id)

    def inside(self) -> Tallies:
        return box.opened(self.db, self.db.get_one(AnswerBox, self.session.id))

    def letters(self) -> list[tuple[int, str]]:
        rows = select(Letter.person_id, Letter.occasion).where(Letter.occasion.startswith("evaluation"))
        return [tuple(row) for row in self.db.execute(rows.order_by(Letter.id))]


def room_of(db: Session, number: int = 3, **facts) -> Room:
    session = make.session(db, **facts)
    leader = make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    people = [make.person(db) for _ in range(number)]
    for each in people:
        seat(db, session, each)
    db.flush()
    return Room(db, session, leader, people)


@pytest.fixture
def room(db):
    return room_of(db)


def test_at_the_end_of_the_last_day_those_who_were_there_are_asked_once(room, database):
    anna, bo, cia = room.people
    half = {"session_id": room.session.id, "roster": seated, "now": OVER, "by": room.leader.id}
    attendance.note(room.db, half=(MONDAY, Half.MORNING), noted={bo.id: Mark(Presence.ABSENT_ILL)}, **half)
    assert opening.due(room.db, now=clock.parse("2027-03-16T16:29")) == []

    done = [tick.run_due(database, now=OVER)["evaluations opened"] for _ in range(2)]

    assert done == [1, 0]
    assert room.asked() == [anna.id, cia.id]
    assert room.letters() == [(anna.id, "evaluation_opened"), (cia.id, "evaluation_opened")]
    assert opening.due(room.db, now=LAST_EVENING) == []


@pytest.mark.parametrize("publicity", [Publicity.DRAFT, Publicity.CALLED_OFF])
def test_nobody_is_asked_about_what_was_not_held_or_is_long_over(room, publicity: Publicity):
    assert opening.due(room.db, now=PAST) == []
    room.session.publicity = publicity
    room.db.flush()
    assert opening.due(room.db, now=OVER) == []


def test_each_answers_once_and_what_is_said_is_in_the_box_and_nowhere_else(room):
    anna, bo, _ = room.people
    room.open()
    room.answer(anna)
    room.answer(bo, overall="2", keep=" Pauserna ")

    with refused(Refusal.ANSWERED_ALREADY):
        room.answer(anna)
    with refused(Refusal.NO_SUCH_ANSWER):
        room.answer(room.people[2], overall="7")
    with refused(Refusal.NOTHING_ANSWERED):
        room.answer(room.people[2], keep=" ")
    assert room.inside() == Tallies(2, {"overall": {"2": 1, "6": 1}}, {"keep": ["Fallen", "Pauserna"]})
    with pytest.raises(NotFound):
        room.answer(room.leader)


def test_whoever_has_not_answered_is_reminded_on_the_third_and_the_tenth_day(room, database):
    anna, *others = room.people
    room.open()
    room.answer(anna)

    reminded = [
        tick.run_due(database, now=now)["evaluations reminded of"]
        for now in (clock.parse("2027-03-19T08:59"), THIRD_DAY, THIRD_DAY, TENTH_DAY, TENTH_DAY, LAST_EVENING)
    ]

    assert reminded == [0, 1, 0, 1, 0, 0]
    twice = [(each.id, "evaluation_reminder") for each in others] * 2
    assert [each for each in room.letters() if each[1] == "evaluation_reminder"] == twice


def test_it_closes_after_three_weeks_and_nobody_knows_then_who_was_asked(room):
    room.open()
    room.answer(room.people[0], LAST_EVENING)
    with refused(Refusal.EVALUATION_CLOSED):
        room.answer(room.people[1], PAST)
    assert closing.due(room.db, now=LAST_EVENING) == []

    evaluation = room.close()

    assert (evaluation.asked, evaluation.answered, room.asked()) == (3, 1, [])
    assert room.letters()[-1] == (room.leader.id, "evaluation_closed")
    with refused(Refusal.EVALUATION_CLOSED):
        room.answer(room.people[1], PAST)
    closing.close(room.db, room.session.id, now=PAST, by=None)
    assert [each for _, each in room.letters()].count("evaluation_closed") == 1
    assert {each.check for each in invariants(room.db, now=PAST)} <= {"seat_not_noted"}


def test_it_closes_at_once_when_everybody_has_answered(room):
    room.open()
    for each in room.people:
        room.answer(each)

    assert room.close(OVER).answered == 3
    assert shown.to_answer(room.db, person_id=room.people[0].id, now=OVER) == []


def test_nothing_is_read_before_it_closes_and_from_five_answers_up(db):
    few, many = room_of(db, 4), room_of(db, 6)
    for each in (few, many):
        opening.open_(db, each.session.id, roster=seated, now=OVER, by=None)
        for person in each.people[1:]:
            each.answer(person)
    course = few.session.course_id
    assert units_of(db, many.session.course_id) == []

    closing.close(db, few.session.id, now=PAST, by=None)
    closing.close(db, many.session.id, now=PAST, by=None)

    assert units_of(db, course) == []
    [unit] = units_of(db, many.session.course_id)
    assert (unit.sessions, unit.asked, unit.tallies.answers) == ((many.session.id,), 6, 5)
    found = compilation.of_course(db, code=many.session.course.code, by=many.leader.id, sees_all=False)
    assert [(each.asked, each.answers) for each in found.parts] == [(6, 5)]
    with pytest.raises(NotFound):
        compilation.of_course(db, code=many.session.course.code, by=few.leader.id, sees_all=False)


def test_a_course_is_asked_about_by_its_newest_form(room):
    office = make.coordinator(room.db)
    for version in (1, 2):
        asked = {"key": f"own{version}", "kind": "text", "text": f"Fråga {version}?", "options": [], "about": None}
        room.db.add(
            QuestionForm(
                course_id=room.session.course_id, version=version, questions=[asked], made_at=OVER, made_by=office.id
            )
        )
    room.db.flush()
    room.open()

    [asked] = answering.look(room.db, session_id=room.session.id, by=room.people[0].id, now=OVER)
    assert (asked.key, asked.text) == ("own2", "Fråga 2?")


def test_the_box_is_as_long_whatever_the_last_one_wrote(room):
    room.open()
    lengths = []
    for each, text in zip(room.people, ("x", "x" * 2_000, "å" * 500), strict=True):
        room.answer(each, keep=text)
        lengths.append(room.db.scalar(select(func.length(AnswerBox.sealed))))

    assert len(set(lengths)) == 1
