"""The preparation: parts are said, done, taken back and reminded of; and each time put down."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, noted, occasions, seat

import make
from auth.states import Role
from bookings.queries import seated
from courses.models import SessionLeader
from courses.preparation import doing, parts, standing
from courses.preparation.parts import PartFacts
from courses.rules.preparation import Question
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.errors import NotFound

ASKED = [Question("Vilken?", ("Den ena", "Den andra"), 1)]
BY = date(2027, 3, 10)
EARLY, SOON, OVER = (clock.parse(f"2027-03-{day}T08:00") for day in ("04", "05", "11"))


@pytest.fixture
def session(db):
    made = make.session(db, prepare_by=BY)
    leader = make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=made.id, person_id=leader.id))
    return made


@pytest.fixture
def course(db, session):
    db.refresh(session, ["course"])
    return session.course


@pytest.fixture
def anna(db, session):
    anna = make.person(db, family_name="Alm")
    seat(db, session, anna)
    return anna


def do(db, session, part, who, answers=None):
    about = {"session_id": session.id, "part_id": part, "roster": seated, "now": AFTER, "by": who.id}
    return doing.do(db, answers=answers or {}, **about)


def lacking(db, session, who) -> list[str]:
    found = standing.prepared(db, session, seated(db, session.id))
    return [each.title for each in found.lacking(who.id)]


def sound(db) -> set[str]:
    db.flush()
    return {each.check for each in invariants(db, now=OVER)} - {"seat_not_noted"}


def test_it_is_done_by_a_press_or_the_right_answers_and_goes_along_to_another_session(db, session, course, anna):
    read, quiz = make.part(db, course, place=2, title="Läs"), make.part(db, course, title="Prov", questions=ASKED)
    assert lacking(db, session, anna) == ["Prov", "Läs"]
    assert [do(db, session, quiz, anna, answers) for answers in ({}, {0: 0})] == [[0], [0]]
    assert [do(db, session, quiz, anna, {0: 1}) for _ in range(2)] == [[], []]
    do(db, session, read, anna)
    about = {"session_id": session.id, "part_id": read, "roster": seated, "now": AFTER, "by": anna.id}
    for _ in range(2):
        doing.undo(db, **about)
    assert lacking(db, session, anna) == ["Läs"]
    deeds = ["preparation.done", "preparation.done", "preparation.undone"]
    assert [deed for deed, by, *_ in noted(db) if deed.startswith("preparation.") and by == anna.id] == deeds
    other = make.session(db, of=course, days=[date(2027, 4, 20)])
    assert [each.is_done for each in standing.own(db, other, anna.id)] == [True, False]
    assert sound(db) == set()


def test_only_who_has_a_seat_does_it_and_only_what_their_course_has(db, session, course, anna):
    own, foreign = make.part(db, course), make.part(db, make.course(db))
    gone = make.part(db, course)
    parts.remove(db, course_id=course.id, part_id=gone, now=AFTER, by=make.coordinator(db).id)
    for part, who in ((own, make.person(db)), (foreign, anna), (gone, anna)):
        with pytest.raises(NotFound):
            do(db, session, part, who)
    assert lacking(db, session, anna) == ["Föreläsning"]


def test_a_part_is_changed_once_and_stays_done(db, session, course, anna):
    part, by = make.part(db, course), make.coordinator(db).id
    do(db, session, part, anna)
    facts = PartFacts(place=1, title="Ny", about="", address="", minutes=5, questions=ASKED)
    about = {"course_id": course.id, "part_id": part, "facts": facts, "now": AFTER, "by": by}
    assert [parts.change(db, **about) for _ in range(2)] == [True, False]
    assert lacking(db, session, anna) == []
    assert sound(db) == set()


def test_who_lacks_a_part_is_reminded_once_before_the_day_and_whoever_has_done_it_is_not(
    db, database, session, course, anna
):
    part, bo = make.part(db, course), make.person(db)
    seat(db, session, bo)
    do(db, session, part, bo)
    db.flush()
    for moment in (EARLY, OVER):
        assert tick.run_due(database, now=moment)["preparation reminded of"] == 0
    told = [tick.run_due(database, now=SOON + timedelta(days=day))["preparation reminded of"] for day in range(3)]
    assert told == [1, 0, 0]
    assert [occasions(db, each).count("preparation_reminder") for each in (anna, bo)] == [1, 0]
    late = make.person(db)
    seat(db, session, late)
    db.flush()
    assert tick.run_due(database, now=SOON)["preparation reminded of"] == 1
    assert sound(db) == set()
