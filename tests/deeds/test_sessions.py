"""Course sessions are planned, published, opened and archived."""

from datetime import UTC, date, datetime, time
from threading import Thread

import pytest
from sqlalchemy import select

import make
from auth.states import Area, Role
from courses import catalogue, sessions
from courses.models import HELD_IN_RESERVE, CourseSession
from courses.rules import Day, is_held_in_reserve, is_public
from courses.states import Publicity, Refusal
from lararportal.db import Database, connect
from lararportal.errors import NotFound, Refused
from lararportal.journal import Entry

DAYS = [Day(date(2027, 3, 10), time(9), time(15)), Day(date(2027, 3, 9), time(8, 30), time(16, 30))]


def wanted(**facts):
    return {
        "days": DAYS,
        "place": "Skövde, Billingehus",
        "area": Area.SKARABORG,
        "seats": 24,
        "minimum": 12,
        "leader_ids": [],
        "cancel_by": date(2027, 2, 16),
        "go_no_go_on": date(2027, 2, 9),
        "prepare_by": date(2027, 3, 4),
        **facts,
    }


def entries(db):
    return [(e.deed, e.by, e.session_id, e.facts) for e in db.scalars(select(Entry).order_by(Entry.id))]


def test_a_planned_session_is_a_draft_with_its_days_in_order_and_its_leaders(db, now):
    course, leader = make.course(db), make.holder(db, Role.LEADER)

    made = sessions.plan(db, course_id=course.id, now=now, by=7, **wanted(leader_ids=[leader.id]))
    db.expire_all()
    (session,) = sessions.lock(db, [made.id])
    db.refresh(session, ["leaders"])

    assert [(each.day, each.starts, each.ends) for each in session.days] == [
        (date(2027, 3, 9), time(8, 30), time(16, 30)),
        (date(2027, 3, 10), time(9), time(15)),
    ]
    assert [person.id for person in session.leaders] == [leader.id]
    assert (session.course_id, session.place, session.area) == (course.id, "Skövde, Billingehus", Area.SKARABORG)
    assert (session.seats, session.minimum, session.seats_taken, session.free_seats) == (24, 12, 0, 24)
    assert (session.starts_on, session.cancel_by) == (date(2027, 3, 9), date(2027, 2, 16))
    assert (session.go_no_go_on, session.prepare_by) == (date(2027, 2, 9), date(2027, 3, 4))
    assert (session.publicity, session.is_reserve, session.created_at) == (Publicity.DRAFT, False, now)
    assert entries(db) == [
        (
            "session.planned",
            7,
            made.id,
            {
                "course": course.id,
                "days": ["2027-03-10 09:00-15:00", "2027-03-09 08:30-16:30"],
                "place": "Skövde, Billingehus",
                "area": "skaraborg",
                "seats": 24,
                "minimum": 12,
                "leader_ids": [leader.id],
                "cancel_by": "2027-02-16",
                "go_no_go_on": "2027-02-09",
                "prepare_by": "2027-03-04",
                "reserves": {},
                "known_as": {},
            },
        )
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"days": []}, Refusal.SESSION_WITHOUT_DAYS),
        ({"days": [DAYS[0], DAYS[0]]}, Refusal.DAY_TWICE),
        ({"days": [Day(date(2027, 3, 9), time(16), time(9))]}, Refusal.HOURS_OUT_OF_ORDER),
        ({"minimum": 25}, Refusal.MINIMUM_ABOVE_SEATS),
        ({"cancel_by": date(2027, 3, 9)}, Refusal.DATES_OUT_OF_ORDER),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(db, now, change, reason):
    course = make.course(db)

    with pytest.raises(Refused) as refused:
        sessions.plan(db, course_id=course.id, now=now, by=7, **wanted(**change))

    assert refused.value.reason == reason
    assert db.scalars(select(CourseSession)).all() == []
    assert entries(db) == []


def test_only_a_person_with_the_role_can_be_chosen_as_leader(db, now):
    course, nobody = make.course(db), make.person(db)

    with pytest.raises(Refused) as refused:
        sessions.plan(db, course_id=course.id, now=now, by=7, **wanted(leader_ids=[nobody.id]))

    assert refused.value.reason == Refusal.NOT_A_LEADER


def test_a_session_of_no_course_is_not_found(db, now):
    with pytest.raises(NotFound):
        sessions.plan(db, course_id=4711, now=now, by=7, **wanted())


def test_a_session_is_published_with_its_course_and_archived(db, now):
    session = make.session(db, publicity=Publicity.DRAFT)

    sessions.publish(db, session_id=session.id, now=now, by=7)
    published = session.publicity
    sessions.archive(db, session_id=session.id, now=now, by=8)

    assert (published, session.publicity) == (Publicity.PUBLISHED, Publicity.ARCHIVED)
    assert entries(db) == [
        ("session.published", 7, session.id, {}),
        ("session.archived", 8, session.id, {}),
    ]


@pytest.mark.parametrize("publicity", [Publicity.DRAFT, Publicity.ARCHIVED])
def test_a_session_is_not_published_before_its_course(db, now, publicity):
    session = make.session(db, of=make.course(db, publicity=publicity), publicity=Publicity.DRAFT)

    with pytest.raises(Refused) as refused:
        sessions.publish(db, session_id=session.id, now=now, by=7)

    assert (refused.value.reason, session.publicity) == (Refusal.COURSE_NOT_PUBLISHED, Publicity.DRAFT)


@pytest.mark.parametrize("publicity", [Publicity.PUBLISHED, Publicity.CALLED_OFF])
def test_a_published_or_called_off_session_cannot_be_published(db, now, publicity):
    session = make.session(db, publicity=publicity)

    with pytest.raises(Refused) as refused:
        sessions.publish(db, session_id=session.id, now=now, by=7)

    assert refused.value.reason == Refusal.NOT_IN_THIS_STATE


def test_a_session_with_booked_people_is_archived_only_when_it_is_over(db, now):
    session = make.session(db, days=[date(2027, 1, 8), date(2027, 1, 11)], seats_taken=3)

    with pytest.raises(Refused) as refused:
        sessions.archive(db, session_id=session.id, now=now, by=7)
    sessions.archive(db, session_id=session.id, now=datetime(2027, 1, 11, 23, 30, tzinfo=UTC), by=7)

    assert (refused.value.reason, refused.value.facts) == (Refusal.SESSION_NOT_OVER, {"booked": 3})
    assert session.publicity is Publicity.ARCHIVED


def test_a_reserve_session_is_hidden_until_it_is_opened(db, now):
    course = make.course(db)
    session = sessions.plan_reserve(db, course_id=course.id, now=now, by=7, **wanted())
    hidden = (session.is_reserve, session.publicity, is_public(session))

    sessions.open_reserve(db, session_id=session.id, now=now, by=8)
    db.flush()
    db.refresh(session)

    assert hidden == (True, Publicity.DRAFT, False)
    assert (session.is_reserve, session.publicity, is_public(session)) == (False, Publicity.PUBLISHED, True)
    assert [(deed, by) for deed, by, *_ in entries(db)] == [
        ("session.planned_in_reserve", 7),
        ("session.reserve_opened", 8),
    ]


def test_the_database_holds_in_reserve_what_the_rule_does(db):
    course = make.course(db)
    made = [
        make.session(db, of=course, is_reserve=is_reserve, publicity=publicity)
        for is_reserve in (True, False)
        for publicity in Publicity
    ]

    assert [made[0]] == [each for each in made if is_held_in_reserve(each)]
    assert db.scalars(select(CourseSession).where(HELD_IN_RESERVE)).all() == [made[0]]


def test_a_reserve_session_is_opened_not_published_and_an_ordinary_one_the_other_way_round(db, now):
    reserve = make.session(db, is_reserve=True, publicity=Publicity.DRAFT)
    ordinary = make.session(db, publicity=Publicity.DRAFT)

    with pytest.raises(Refused) as publishing:
        sessions.publish(db, session_id=reserve.id, now=now, by=7)
    with pytest.raises(Refused) as opening:
        sessions.open_reserve(db, session_id=ordinary.id, now=now, by=7)

    assert publishing.value.reason == Refusal.SESSION_IS_RESERVE
    assert opening.value.reason == Refusal.SESSION_IS_NO_RESERVE


def test_a_reserve_session_of_an_unpublished_course_stays_hidden(db, now):
    session = make.session(
        db, of=make.course(db, publicity=Publicity.DRAFT), is_reserve=True, publicity=Publicity.DRAFT
    )

    with pytest.raises(Refused) as refused:
        sessions.open_reserve(db, session_id=session.id, now=now, by=7)

    assert refused.value.reason == Refusal.COURSE_NOT_PUBLISHED
    assert session.is_reserve


def test_sessions_are_held_in_id_order_each_once_with_their_course_and_days(db):
    first, second = make.session(db), make.session(db)
    ids = [second.id, first.id, second.id]
    db.expire_all()

    held = sessions.lock(db, ids)

    assert [session.id for session in held] == [first.id, second.id]
    assert [day.day for day in held[0].days] == [date(2027, 3, 15), date(2027, 3, 16)]
    assert held[0].course.id == held[0].course_id


def test_holding_a_session_reads_it_anew(db, database):
    session = make.session(db)
    db.commit()
    with database.transaction() as other:
        other.get(CourseSession, session.id).seats_taken = 4
    stale = session.seats_taken

    (held,) = sessions.lock(db, [session.id])

    assert (stale, held.seats_taken, held is session) == (0, 4, True)


def test_holding_a_session_that_does_not_exist_is_not_found(db):
    session = make.session(db)

    with pytest.raises(NotFound):
        sessions.lock(db, [session.id, 4711])


def test_holding_sessions_locks_their_rows_only_and_as_an_update_does(db, queries):
    ids = [make.session(db).id for _ in range(3)]
    queries.reset()

    sessions.lock(db, ids)

    locking = [statement for statement in queries.statements if "FOR " in statement]
    assert queries.count == 2
    assert len(locking) == 1
    assert locking[0].endswith("ORDER BY course_sessions.id FOR NO KEY UPDATE OF course_sessions")


def test_a_course_is_not_archived_while_a_session_of_it_is_being_published(fresh_database_url, now):
    database = Database(connect(fresh_database_url), portal_url="http://portal.test")
    with database.transaction() as db:
        session = make.session(db, publicity=Publicity.DRAFT)
    answers = []

    def archive():
        try:
            with database.transaction() as db:
                catalogue.archive(db, course_id=session.course_id, now=now, by=8)
        except Refused as refusal:
            answers.append(refusal.reason)

    archiving = Thread(target=archive)
    with database.transaction() as db:
        sessions.publish(db, session_id=session.id, now=now, by=7)
        archiving.start()
        archiving.join(0.5)
        waited = archiving.is_alive()
    archiving.join(20)
    database.dispose()

    assert (waited, answers) == (True, [Refusal.COURSE_HAS_SESSIONS_AHEAD])
