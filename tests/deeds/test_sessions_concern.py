"""A change of a session that concerns people without a seat is asked about first: those who wait, or have applied."""

from datetime import date, time

import pytest
from bookings_room import AFTER, CLOSES, OPENS, place, sent

import make
from bookings import applications, waitlist
from bookings import queries as reads
from bookings.models import Round
from bookings.states import RoundState
from courses import session_changes, sessions
from courses.concerned import Change, Interested
from courses.rules import Day
from courses.states import Publicity, Refusal
from lararportal.errors import Refused

OTHER_DAYS = [Day(date(2027, 3, 22), time(8, 30), time(16, 30)), Day(date(2027, 3, 23), time(8, 30), time(16, 30))]


def change(db, session, *, confirmed="", **facts):
    db.flush()
    return session_changes.change(
        db,
        session_id=session.id,
        confirmed=confirmed,
        interested=reads.interested,
        now=AFTER,
        by=7,
        **{
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
        },
    )


def archive(db, session, *, confirmed=""):
    db.flush()
    sessions.archive(db, session_id=session.id, confirmed=confirmed, interested=reads.interested, now=AFTER, by=7)


def asked(deed, *facts, **more) -> dict:
    """What a deed asks before it is done."""
    with pytest.raises(Refused) as refusal:
        deed(*facts, **more)
    assert refusal.value.reason is Refusal.CHANGE_NOT_CONFIRMED
    return refusal.value.facts


def waited_for(db, session) -> None:
    place(db, session, make.person(db))


def applied_for(db, session) -> None:
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    sent(db, round_, make.person(db), session)


CONCERNED = [
    pytest.param(waited_for, Interested(waiting=1), id="somebody waits"),
    pytest.param(applied_for, Interested(applied=1), id="somebody has applied"),
]


@pytest.mark.parametrize(("concern", "told"), CONCERNED)
def test_other_days_are_told_first_and_done_when_they_are_confirmed(db, concern, told):
    session = make.session(db)
    concern(db, session)
    before = tuple(Day(each.day, each.starts, each.ends) for each in session.days)
    facts = asked(change, db, session, days=OTHER_DAYS)
    assert (facts["booked"], facts["interested"]) == (0, told)
    assert facts["changes"] == [Change("days", before, tuple(OTHER_DAYS))]
    assert session.starts_on == before[0].day
    change(db, session, days=OTHER_DAYS, confirmed=facts["token"])
    assert session.starts_on == OTHER_DAYS[0].day


@pytest.mark.parametrize(("concern", "told"), CONCERNED)
def test_archiving_is_told_first_and_done_when_it_is_confirmed(db, concern, told):
    session = make.session(db)
    concern(db, session)
    facts = asked(archive, db, session)
    assert (facts["booked"], facts["interested"], session.publicity) == (0, told, Publicity.PUBLISHED)
    archive(db, session, confirmed=facts["token"])
    assert session.publicity is Publicity.ARCHIVED


def test_a_confirmation_is_of_those_who_were_concerned_then(db):
    session = make.session(db)
    waited_for(db, session)
    for deed, facts in ((archive, {}), (change, {"place": "Borås, Textile"})):
        token = asked(deed, db, session, **facts)["token"]
        waited_for(db, session)
        assert asked(deed, db, session, confirmed=token, **facts)["token"] != token


def test_the_confirmation_of_a_change_does_not_archive(db):
    session = make.session(db)
    waited_for(db, session)
    token = asked(change, db, session, place="Borås, Textile")["token"]
    assert asked(archive, db, session, confirmed=token)["token"] != token


def test_what_is_of_no_concern_to_them_is_done_at_once(db):
    session = make.session(db)
    waited_for(db, session)
    assert change(db, session, seats=session.seats + 1).seats == 11


def test_where_nobody_is_concerned_nothing_is_asked(db):
    session = make.session(db)
    change(db, session, days=OTHER_DAYS)
    archive(db, session)
    assert session.publicity is Publicity.ARCHIVED


def test_what_is_over_is_archived_without_a_question(db):
    session = make.session(db, days=[date(2026, 11, 2)])
    waited_for(db, session)
    archive(db, session)
    assert session.publicity is Publicity.ARCHIVED


@pytest.mark.parametrize("state", [state for state in RoundState if state is not RoundState.PUBLISHED])
def test_who_has_applied_counts_until_the_round_is_published(db, state):
    session = make.session(db)
    applied_for(db, session)
    round_ = db.query(Round).one()
    round_.state = state
    db.flush()
    assert reads.interested(db, session.id) == Interested(applied=1)
    round_.state = RoundState.PUBLISHED
    db.flush()
    assert reads.interested(db, session.id) == Interested()


def test_who_withdrew_or_left_or_asked_for_another_session_does_not_count(db):
    session, other = make.session(db), make.session(db)
    round_ = make.round_of(db, session, other, opens_at=OPENS, closes_at=CLOSES)
    withdrawn, elsewhere, left = (make.person(db) for _ in range(3))
    sent(db, round_, withdrawn, session)
    sent(db, round_, elsewhere, other)
    applications.withdraw(db, round_id=round_.id, person_id=withdrawn.id, now=OPENS, by=None)
    place(db, session, left)
    waitlist.leave(db, session_id=session.id, person_id=left.id, now=AFTER, by=None)
    db.flush()
    assert reads.interested(db, session.id) == Interested()


def test_they_are_counted_in_one_statement(db, queries):
    session = make.session(db)
    for _ in range(3):
        waited_for(db, session)
    queries.reset()
    assert reads.interested(db, session.id) == Interested(waiting=3)
    assert queries.count == 1
