"""A course session is changed; what concerns booked people is asked about first."""

from datetime import date, time

import pytest
from sqlalchemy import select

import make
from auth.models import Grant
from auth.states import Area, Role
from courses import session_changes
from courses.concerned import Change
from courses.models import CourseDay
from courses.rules import Day
from courses.states import Publicity, Refusal
from lararportal.errors import NotFound, Refused
from lararportal.journal import Entry

FIRST, SECOND = date(2027, 3, 15), date(2027, 3, 16)


def same_as(session, **facts):
    return {
        "days": [Day(each.day, each.starts, each.ends) for each in session.days],
        "place": session.place,
        "area": session.area,
        "seats": session.seats,
        "minimum": session.minimum,
        "leader_ids": [],
        "cancel_by": session.cancel_by,
        "go_no_go_on": session.go_no_go_on,
        "prepare_by": session.prepare_by,
        **facts,
    }


def changed(db):
    return [entry.facts["changed"] for entry in db.scalars(select(Entry).order_by(Entry.id))]


def days_of(db, session):
    rows = db.execute(
        select(CourseDay.day, CourseDay.starts, CourseDay.ends).where(CourseDay.session_id == session.id)
    )
    return sorted(tuple(row) for row in rows)


def test_nobody_is_booked_and_everything_can_be_changed_at_once(db, now):
    session, leader = make.session(db), make.holder(db, Role.LEADER)
    days = [Day(SECOND, time(9), time(12)), Day(date(2027, 3, 17), time(8, 30), time(16, 30))]

    session_changes.change(
        db,
        session_id=session.id,
        now=now,
        by=7,
        days=days,
        place="Borås, Textile",
        area=Area.SODRA_ALVSBORG,
        seats=12,
        minimum=6,
        leader_ids=[leader.id],
        cancel_by=date(2027, 3, 1),
        go_no_go_on=date(2027, 2, 20),
        prepare_by=date(2027, 3, 12),
    )
    db.flush()

    assert days_of(db, session) == [
        (SECOND, time(9), time(12)),
        (date(2027, 3, 17), time(8, 30), time(16, 30)),
    ]
    assert (session.starts_on, session.place, session.area) == (SECOND, "Borås, Textile", Area.SODRA_ALVSBORG)
    assert (session.seats, session.minimum, session.prepare_by) == (12, 6, date(2027, 3, 12))
    assert (session.cancel_by, session.go_no_go_on) == (date(2027, 3, 1), date(2027, 2, 20))
    assert changed(db) == [
        {
            "days": [
                ["2027-03-15 08:30-16:30", "2027-03-16 08:30-16:30"],
                ["2027-03-16 09:00-12:00", "2027-03-17 08:30-16:30"],
            ],
            "place": ["Göteborg, Konferens Aspen", "Borås, Textile"],
            "area": ["goteborg", "sodra_alvsborg"],
            "seats": [10, 12],
            "minimum": [0, 6],
            "leader_ids": [[], [leader.id]],
            "cancel_by": ["2027-02-22", "2027-03-01"],
            "go_no_go_on": ["2027-02-15", "2027-02-20"],
            "prepare_by": [None, "2027-03-12"],
        }
    ]


def test_saying_the_same_again_leaves_no_trace(db, now):
    session = make.session(db, seats_taken=4)

    session_changes.change(db, session_id=session.id, now=now, by=7, **same_as(session))
    db.flush()

    assert changed(db) == []
    assert len(days_of(db, session)) == 2


def test_fewer_seats_than_taken_put_nobody_out_and_say_how_many_are_over(db, now):
    session = make.session(db, seats_taken=4)

    session_changes.change(db, session_id=session.id, now=now, by=7, **same_as(session, seats=2))
    db.flush()

    assert (session.seats, session.seats_taken, session.seats_over, session.free_seats) == (2, 4, 2, 0)

    session_changes.change(db, session_id=session.id, now=now, by=7, **same_as(session, seats=5))
    db.flush()

    assert (session.seats, session.seats_over, session.free_seats) == (5, 0, 1)


def test_seats_are_never_fewer_than_what_is_reserved(db, now):
    session = make.session(db, reserves={"ST": 4, "SPEC": 3})

    with pytest.raises(Refused) as refused:
        session_changes.change(db, session_id=session.id, now=now, by=7, **same_as(session, seats=6))

    assert refused.value.reason == Refusal.RESERVES_ABOVE_SEATS


@pytest.mark.parametrize("day", [date(2027, 1, 11), date(2027, 1, 8)], ids=["today", "past"])
def test_a_published_session_is_not_moved_to_a_day_that_has_come(db, now, day):
    session = make.session(db)

    with pytest.raises(Refused) as refused:
        session_changes.change(db, session_id=session.id, now=now, by=7, **moved_to(session, day, SECOND))

    assert (refused.value.reason, changed(db)) == (Refusal.SESSION_DAYS_PAST, [])


def test_a_draft_is_moved_anywhere_and_what_has_begun_keeps_its_days(db, now):
    draft, begun = make.session(db, publicity=Publicity.DRAFT), make.session(db, days=[date(2027, 1, 11)])

    session_changes.change(db, session_id=draft.id, now=now, by=7, **moved_to(draft, date(2027, 1, 8)))
    session_changes.change(
        db, session_id=begun.id, now=now, by=7, **moved_to(begun, date(2027, 1, 11), date(2027, 1, 12))
    )

    assert [[each.day for each in session.days] for session in (draft, begun)] == [
        [date(2027, 1, 8)],
        [date(2027, 1, 11), date(2027, 1, 12)],
    ]


def moved_to(session, *days):
    dates = dict.fromkeys(("cancel_by", "go_no_go_on"), date(2027, 1, 4))
    return same_as(session, days=[Day(each, time(8, 30), time(16, 30)) for each in days], **dates)


def ask(db, session, now, **facts):
    with pytest.raises(Refused) as refused:
        session_changes.change(db, session_id=session.id, now=now, by=7, **same_as(session, **facts))
    assert refused.value.reason == Refusal.CHANGE_NOT_CONFIRMED
    return refused.value.facts


def test_what_concerns_the_booked_is_told_and_done_when_it_is_confirmed(db, now):
    session = make.session(db, seats_taken=4)
    new = {
        "place": "Borås, Textile",
        "days": [Day(FIRST, time(9), time(16, 30)), Day(SECOND, time(8, 30), time(16, 30))],
        "seats": 20,
    }

    asked = ask(db, session, now, **new)
    untouched = (session.place, changed(db))
    session_changes.change(
        db, session_id=session.id, confirmed=asked["token"], now=now, by=7, **same_as(session, **new)
    )
    db.flush()

    assert asked["booked"] == 4
    assert asked["changes"] == [
        Change(
            "days",
            (Day(FIRST, time(8, 30), time(16, 30)), Day(SECOND, time(8, 30), time(16, 30))),
            (Day(FIRST, time(9), time(16, 30)), Day(SECOND, time(8, 30), time(16, 30))),
        ),
        Change("place", "Göteborg, Konferens Aspen", "Borås, Textile"),
    ]
    assert untouched == ("Göteborg, Konferens Aspen", [])
    assert (session.place, session.seats) == ("Borås, Textile", 20)
    assert days_of(db, session)[0] == (FIRST, time(9), time(16, 30))
    assert [set(each) for each in changed(db)] == [{"days", "seats", "place"}]


def test_a_confirmation_is_of_that_change_and_of_those_who_were_booked_then(db, now):
    session = make.session(db, seats_taken=4)
    token = ask(db, session, now, place="Borås, Textile")["token"]

    for facts in ({"place": "Borås, Knalleland"}, {"place": "Borås, Textile", "cancel_by": date(2027, 2, 23)}):
        assert ask(db, session, now, confirmed=token, **facts)["token"] != token
    session.seats_taken = 5
    assert ask(db, session, now, confirmed=token, place="Borås, Textile")["booked"] == 5


@pytest.mark.parametrize("facts", [{"seats": 11}, {"minimum": 3}], ids=["seats", "minimum"])
def test_what_does_not_concern_the_booked_needs_no_confirmation(db, now, facts):
    session = make.session(db, seats_taken=4)

    session_changes.change(db, session_id=session.id, now=now, by=7, **same_as(session, **facts))

    assert [list(each) for each in changed(db)] == [list(facts)]


def test_other_leaders_need_no_confirmation_and_a_former_leader_may_stay(db, now):
    old, new = make.holder(db, Role.LEADER), make.holder(db, Role.LEADER)
    session = make.session(db, seats_taken=4, leaders=[old])
    db.execute(Grant.__table__.delete().where(Grant.person_id == old.id))

    session_changes.change(db, session_id=session.id, now=now, by=7, **same_as(session, leader_ids=[old.id, new.id]))

    assert changed(db) == [{"leader_ids": [[old.id], [old.id, new.id]]}]
    assert [person.id for person in session.leaders] == [old.id, new.id]


def test_a_session_that_does_not_exist_is_not_found(db, now):
    session = make.session(db)

    with pytest.raises(NotFound):
        session_changes.change(db, session_id=session.id + 1, now=now, by=7, **same_as(session))
