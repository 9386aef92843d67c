"""Courses are created, changed, published and archived."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import make
from courses import catalogue
from courses.models import Course
from courses.rules import CourseFacts
from courses.states import Kind, Order, Publicity, Refusal
from lararportal.errors import NotFound, Refused
from lararportal.journal import Entry

FACTS = CourseFacts(
    title="Dermatologi",
    kind=Kind.CLINICAL,
    description="Hud.",
    objectives_2015=("c4", "c5"),
    objectives_2021=("STc4",),
    day_count=2,
    seats=30,
    minimum=15,
    preparatory_parts=1,
    sessions_per_year=2,
    order=Order.STRAIGHT,
    targets={"ST": 0, "SPEC": 1},
)


def entries(db):
    return [(entry.deed, entry.by, entry.facts) for entry in db.scalars(select(Entry).order_by(Entry.id))]


def test_a_new_course_is_a_draft_and_says_what_was_told(db, now):
    course = catalogue.create(db, code="KL02", facts=FACTS, now=now, by=7)
    db.expire_all()

    assert catalogue.facts_of(course) == FACTS
    assert (course.code, course.publicity) == ("KL02", Publicity.DRAFT)
    said = {name: getattr(FACTS, name) for name in ("kind", "minimum", "order", "seats", "swap_rings", "targets")}
    assert entries(db) == [("course.created", 7, {"course": "KL02", "said": said})]


def test_a_code_that_is_taken_is_refused_by_the_database(db, now):
    make.course(db, code="KL02")

    with pytest.raises(IntegrityError, match="uq_courses_code"):
        catalogue.create(db, code="KL02", facts=FACTS, now=now, by=7)


def test_a_code_that_is_taken_becomes_a_polite_refusal_at_the_edge(db, database, now):
    make.course(db, code="KL02")
    db.commit()

    with pytest.raises(Refused) as refused, database.transaction() as other:
        catalogue.create(other, code="KL02", facts=FACTS, now=now, by=7)

    assert refused.value.reason == Refusal.CODE_TAKEN


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(FACTS, minimum=31), Refusal.MINIMUM_ABOVE_SEATS),
        (replace(FACTS, kind=Kind.MANDATORY, objectives_2015=("c4",)), Refusal.ONLY_LOOKS_MANDATORY),
        (replace(FACTS, targets={}), Refusal.NO_TARGET_GROUP),
        (replace(FACTS, targets={"ADMIN": 0}), Refusal.NO_TARGET_GROUP),
    ],
)
def test_facts_that_contradict_each_other_are_refused_for_new_and_old(db, now, facts, reason):
    course = make.course(db)

    with pytest.raises(Refused) as creating:
        catalogue.create(db, code="KL02", facts=facts, now=now, by=7)
    with pytest.raises(Refused) as changing:
        catalogue.change(db, course_id=course.id, facts=facts, now=now, by=7)

    assert (creating.value.reason, changing.value.reason) == (reason, reason)
    assert entries(db) == []
    assert db.scalars(select(Course.code)).all() == [course.code]


def test_a_change_is_remembered_with_before_and_after(db, now):
    course = catalogue.create(db, code="KL02", facts=FACTS, now=now, by=7)

    catalogue.change(
        db, course_id=course.id, facts=replace(FACTS, seats=28, objectives_2021=("STc4", "STc5")), now=now, by=8
    )
    db.flush()
    db.expire_all()

    assert catalogue.facts_of(course) == replace(FACTS, seats=28, objectives_2021=("STc4", "STc5"))
    assert entries(db)[1:] == [
        (
            "course.changed",
            8,
            {
                "course": "KL02",
                "changed": {"seats": [30, 28], "objectives_2021": [["STc4"], ["STc4", "STc5"]]},
            },
        )
    ]


def test_saying_the_same_again_leaves_no_trace(db, now):
    course = catalogue.create(db, code="KL02", facts=FACTS, now=now, by=7)

    catalogue.change(db, course_id=course.id, facts=FACTS, now=now, by=8)

    assert [deed for deed, *_ in entries(db)] == ["course.created"]


def test_planned_sessions_keep_their_seats_when_the_course_is_changed(db, now):
    course = catalogue.create(db, code="KL02", facts=FACTS, now=now, by=7)
    session = make.session(db, of=course)

    catalogue.change(db, course_id=course.id, facts=replace(FACTS, seats=12, minimum=6), now=now, by=8)
    db.flush()
    db.expire_all()

    assert (session.seats, session.minimum) == (30, 15)


def test_a_draft_is_published_then_archived_then_published_again(db, now):
    course = make.course(db, code="KL02", publicity=Publicity.DRAFT)

    seen = []
    for deed in (catalogue.publish, catalogue.archive, catalogue.publish):
        deed(db, course_id=course.id, now=now, by=7)
        seen.append(course.publicity)

    assert seen == [Publicity.PUBLISHED, Publicity.ARCHIVED, Publicity.PUBLISHED]
    assert entries(db) == [
        ("course.published", 7, {"course": "KL02"}),
        ("course.archived", 7, {"course": "KL02"}),
        ("course.published", 7, {"course": "KL02"}),
    ]


def test_a_published_course_cannot_be_published_nor_an_archived_one_archived(db, now):
    published, archived = make.course(db), make.course(db, publicity=Publicity.ARCHIVED)

    with pytest.raises(Refused) as once:
        catalogue.publish(db, course_id=published.id, now=now, by=7)
    with pytest.raises(Refused) as again:
        catalogue.archive(db, course_id=archived.id, now=now, by=7)

    assert (once.value.reason, again.value.reason) == (Refusal.NOT_IN_THIS_STATE, Refusal.NOT_IN_THIS_STATE)


def test_a_course_with_a_published_session_ahead_cannot_be_archived(db, now):
    session = make.session(db)

    with pytest.raises(Refused) as refused:
        catalogue.archive(db, course_id=session.course_id, now=now, by=7)

    assert refused.value.reason == Refusal.COURSE_HAS_SESSIONS_AHEAD


def test_a_session_whose_last_day_is_today_still_lies_ahead(db, now):
    session = make.session(db, days=[date(2027, 1, 8), date(2027, 1, 11)])

    with pytest.raises(Refused) as refused:
        catalogue.archive(db, course_id=session.course_id, now=now, by=7)

    assert refused.value.reason == Refusal.COURSE_HAS_SESSIONS_AHEAD


def test_sessions_that_are_over_archived_or_drafts_do_not_stop_the_archiving_of_their_course(db, now):
    course = make.course(db)
    make.session(db, of=course, days=[date(2027, 1, 8)])
    make.session(db, of=course, publicity=Publicity.ARCHIVED)
    make.session(db, of=course, publicity=Publicity.DRAFT)

    catalogue.archive(db, course_id=course.id, now=now, by=7)

    assert course.publicity is Publicity.ARCHIVED


@pytest.mark.parametrize("deed", [catalogue.publish, catalogue.archive])
def test_a_course_that_does_not_exist_is_not_found(db, now, deed):
    with pytest.raises(NotFound):
        deed(db, course_id=4711, now=now, by=7)
