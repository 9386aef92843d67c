"""Whoever reads evaluations again and again, by every filter there is, and subtracts, is left with five or nothing.

What is read is asked of everybody who may read, through every door, each time that anything has happened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

import pytest
from evaluation_room import NOW, over
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Role
from courses.evaluations import answering, closing, compilation, masking, questions
from courses.models import Asked, Course, CourseSession, Evaluation, SessionLeader
from courses.reviews import opening as reviewing
from courses.reviews import shown
from courses.rules import evaluations, reading
from courses.rules.evaluations import SCALE
from courses.rules.reading import FEWEST
from courses.states import QuestionKind
from lararportal import clock
from lararportal.errors import NotFound

AUTUMN, SPRING = date(2026, 12, 29), date(2027, 1, 7)
LATER = clock.parse("2027-07-02T08:00")
NAME = "Zebulon"
Reading = tuple[str, frozenset[int], str, str, int]
"""Of a unit or a sum: of which sessions, at which question, which choice, and how many; what one can write down."""
TEXTS = ("keep", "change", "learnt", "recommend")


@dataclass
class Room:
    """A course with its sessions, their leaders, and a reader of each other kind."""

    db: Session
    course: Course
    leaders: list[Person]

    def held(self, day: date, *answers: dict[str, str], led_by: int = 0) -> CourseSession:
        """A session that is asked about; so many more are asked than answer."""
        found = over(self.db, people=len(answers) + 2, days=[day])
        found.session.course_id = self.course.id
        self.db.add(SessionLeader(session_id=found.session.id, person_id=self.leaders[led_by].id))
        self.db.flush()
        for person, given in zip(found.people, answers, strict=False):
            answering.answer(self.db, session_id=found.session.id, given=given, now=NOW, by=person.id)
        self.db.expire_all()
        return found.session

    def asked_more(self, session: CourseSession, people: int) -> list[int]:
        """So many more who are asked about it."""
        found = [make.person(self.db).id for _ in range(people)]
        self.db.add_all(Asked(session_id=session.id, person_id=each) for each in found)
        self.db.flush()
        return found

    def close(self, session: CourseSession, now=NOW) -> None:
        closing.close(self.db, session.id, now=now, by=None)
        self.db.expire_all()

    def readings(self) -> set[Reading]:
        """What there is to read now, for everybody, of every term and of all, and in reviews."""
        found = set()
        readers = [(each.id, False) for each in self.leaders] + [(0, True)]
        for (by, sees_all), term in product(readers, ("", "2026-2", "2027-1")):
            try:
                read = compilation.of_course(self.db, code=self.course.code, by=by, sees_all=sees_all, term=term)
            except NotFound:
                continue
            found |= set(written_down(read))
        for half in shown.halves(self.db):
            for each in shown.of_half(self.db, half, by=0):
                found |= set(written_down(each.compilation))
        return found


def written_down(read: compilation.Compilation) -> Iterator[Reading]:
    for kind, part in [*(("unit", each) for each in read.parts), *([("sum", read.whole)] if read.whole else [])]:
        sessions = frozenset(part.days)
        yield kind, sessions, "", "", part.answers
        for each in part.shown:
            yield kind, sessions, each.question.key, "", each.answers
            yield from ((kind, sessions, each.question.key, choice, count) for choice, count in each.counts.items())
    for term, each in read.over_time.items():
        of_term = [set(part.days) for part in read.parts if reading.term(map(max, part.days.values())) == term]
        if of_term:
            yield "sum", frozenset().union(*of_term), each.question.key, "", each.answers


def small_differences(readings: set[Reading]) -> list[tuple[Reading, Reading]]:
    """Two readings of the same question of which one tells of fewer than five people more than the other."""
    people = [each for each in readings if not each[3] and each[2] not in TEXTS]
    return [
        (one, other)
        for one, other in product(people, people)
        if one[2] == other[2] and one[1] <= other[1] and 0 < other[4] - one[4] < FEWEST
    ]


@pytest.fixture
def room(db) -> Room:
    return Room(db, make.course(db), [make.holder(db, Role.LEADER) for _ in range(2)])


def test_a_sixth_answer_is_read_with_the_five_before_it_or_not_at_all(room):
    first = room.held(SPRING, *[{"overall": "4"}] * 5)
    assert room.readings() == set()
    second = room.held(SPRING, *[{"overall": "4"}] * 6)
    assert room.readings() == set()

    room.close(first)
    room.close(second)
    found = room.readings()
    assert {(kind, count) for kind, _, question, _, count in found if not question} == {
        ("unit", 5),
        ("unit", 6),
        ("sum", 11),
    }
    assert small_differences(found) == []


def test_no_two_readings_differ_by_fewer_than_five_whoever_reads_what_when(room):
    said = [{"overall": choice, "level": "right", "keep": choice} for choice in SCALE]
    shy = [{"overall": "2", "keep": NAME}, *[{"overall": "3"}] * 3, *[{"overall": "4", "level": "right"}] * 3]
    sessions = [
        room.held(AUTUMN, *said[:4]),
        room.held(AUTUMN, *said),
        room.held(SPRING, said[0], led_by=1),
        room.held(SPRING, *shy, led_by=1),
        room.held(SPRING, *said[:3], led_by=1),
        room.held(SPRING, *said[:5]),
        room.held(SPRING, *said[:2]),
    ]
    office, everything, former = make.coordinator(room.db).id, set(), set()
    for number, each in enumerate(sessions):
        room.close(each, now=clock.parse(f"2027-01-{11 + number}T08:00"))
        if number == 1:
            reviewing.open_(room.db, half="2026-2", now=NOW, by=office)
        found = room.readings()
        assert {each for each in former if each[0] == "unit"} <= found
        everything, former = everything | found, found

    assert small_differences(everything) == []
    assert {count for kind, _, question, _, count in everything if kind == "unit" and not question} == {5, 6, 7}
    [spring] = reviewing.open_(room.db, half="2027-1", now=LATER, by=office)
    [autumn] = shown.halves(room.db)["2026-2"]
    assert [(each.answered, each.asked) for each in (autumn, spring)] == [(6, 8), (22, 34)]


def test_what_closes_by_a_clock_that_was_set_back_changes_no_unit(room):
    late, *others = (room.held(SPRING, *[{"overall": "4"}] * people) for people in (3, 3, 2))
    for each in others:
        room.close(each, now=clock.parse("2027-01-29T08:01"))
    before = {each for each in room.readings() if each[0] == "unit"}
    room.close(late, now=clock.parse("2027-01-29T08:00"))

    assert len(before) > 0
    assert {each for each in room.readings() if each[0] == "unit"} == before


def test_a_text_to_what_only_a_small_session_of_a_unit_was_asked_is_not_read(room):
    """Four were asked the usual, and one person something else besides: a text to that could only be theirs."""
    special = evaluations.own("Hur var gästen?", QuestionKind.TEXT)

    def asked_besides(session: CourseSession) -> None:
        row = room.db.get_one(Evaluation, session.id)
        row.questions = [*row.questions, *questions.written([special])]

    four, alone, many = (room.held(SPRING) for _ in range(3))
    asked_besides(alone)
    asked_besides(many)
    said = {"overall": "4", "keep": NAME, special.key: NAME}
    for session, people in ((four, 4), (alone, 1), (many, 5)):
        for person_id in room.asked_more(session, people):
            answering.answer(room.db, session_id=session.id, given=said, now=NOW, by=person_id)
        room.close(session)

    read = compilation.of_course(room.db, code=room.course.code, by=0, sees_all=True)
    texts = [{each.question.key: len(each.texts) for each in part.shown if each.texts} for part in read.parts]
    assert texts == [{"keep": 5, special.key: 5}, {"keep": 5}]
    assert [each.question for each in masking.comments(room.db, room.course.id)].count(special) == 1


def test_what_is_masked_takes_no_answer_from_any_figure(room):
    session = room.held(SPRING, *[{"overall": "4", "keep": NAME}] * 2, *[{"overall": "5", "keep": "Fallen"}] * 4)
    room.close(session)
    before = room.readings()
    comment = next(each for each in masking.comments(room.db, room.course.id) if each.text == NAME)
    by = make.coordinator(room.db).id
    masking.mask(room.db, session_id=session.id, imprint=comment.imprint, reason="Namn", now=NOW, by=by)

    assert room.readings() == before


def test_a_sum_with_four_more_than_a_unit_would_be_found():
    unit = ("unit", frozenset({1}), "overall", "", 6)

    assert len(small_differences({unit, ("sum", frozenset({1, 2}), "overall", "", 10)})) == 1
    assert small_differences({unit, ("sum", frozenset({1, 2}), "overall", "", 11)}) == []
