"""A session that its leader has not completed: they are reminded, and a coordinator does it in their place."""

from datetime import date, timedelta

import pytest
from bookings_room import last_facts, noted, occasions, place, refused, seat

import make
from auth.states import Role
from bookings import impartiality
from bookings.queries import desk, seated
from bookings.states import Refusal as NoSeat
from courses.days import attendance, completion, half_days, in_place
from courses.models import Attendance, Completion, SessionLeader
from courses.rules.days import Mark, Verdict
from courses.states import CourseOutcome, Presence, Publicity, Refusal, Source
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.errors import NotFound

END = clock.parse("2027-03-16T15:45")
DAYS_AFTER = [END + timedelta(days=each) for each in range(17)]
MET = Verdict(competence_met=True)


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture
def leaders(db, session):
    made = [make.holder(db, Role.LEADER) for _ in range(2)]
    db.add_all(SessionLeader(session_id=session.id, person_id=each.id) for each in made)
    return made


@pytest.fixture
def people(db, session):
    made = [make.person(db) for _ in range(3)]
    for each in made:
        seat(db, session, each)
    return made


def wrong(db, now) -> set[str]:
    db.flush()
    return {each.check for each in invariants(db, now=now)} - {"seat_not_noted"}


def test_its_leaders_are_reminded_twice_while_there_is_time_and_not_when_it_is_completed(
    db, database, session, leaders, people
):
    done, empty = make.session(db), make.session(db)
    for each in (done, empty):
        db.add(SessionLeader(session_id=each.id, person_id=leaders[0].id))
    seat(db, done, make.person(db))
    db.flush()
    completion.complete(db, session_id=done.id, verdicts={}, roster=seated, now=END, by=leaders[0].id)
    db.flush()
    moments = [DAYS_AFTER[day] + timedelta(minutes=each) for day, each in ((2, 0), (3, 0), (3, 1), (10, 0), (15, 0))]
    told = [tick.run_due(database, now=each)["completions reminded of"] for each in moments]
    assert told == [0, 1, 0, 1, 0]
    assert [occasions(db, each).count("completion_reminder") for each in leaders] == [2, 2]
    assert [by for deed, by, *_ in noted(db) if deed == "completion.reminded"] == [None, None]
    assert wrong(db, DAYS_AFTER[15]) <= {"absence_not_charged"}


def test_a_coordinator_completes_it_in_their_place_once_and_says_why(db, session, leaders, people):
    anna, bo, cia = people
    office = make.coordinator(db)
    first = half_days.halves_of(session)[0]
    noted_by_leader = {bo.id: Mark(Presence.ABSENT_ILL)}
    about = {"session_id": session.id, "roster": seated}
    attendance.note(db, half=first.key, noted=noted_by_leader, now=END, by=leaders[0].id, **about)
    late = {"now": DAYS_AFTER[16], "by": office.id, **about}
    with refused(Refusal.ATTENDANCE_LOCKED):
        completion.complete(db, verdicts={}, **{**late, "by": leaders[0].id})
    assert [row.session_id for row in desk(db, now=DAYS_AFTER[4]).uncompleted] == [session.id]
    assert desk(db, now=DAYS_AFTER[3]).uncompleted == []
    with refused(Refusal.COMPLETED_WITHOUT_REASON):
        in_place.note_rest(db, reason=" ", **late)
    with refused(Refusal.SESSION_STILL_GOES_ON):
        in_place.complete(db, verdicts={}, reason="Sjuk", **{**late, "now": END - timedelta(hours=5)})
    why = {"reason": "Kursledaren kan inte. Bedömt av Åsa Öberg.", **late}
    assert (in_place.note_rest(db, **why), in_place.note_rest(db, **why)) == (3, 0)
    row = db.get_one(Attendance, (session.id, anna.id, *first.key))
    assert (row.state, row.source, row.noted_by) == (Presence.PRESENT, Source.OFFICE, office.id)
    with refused(Refusal.VERDICT_MISSING, name=cia.name):
        in_place.complete(db, verdicts={anna.id: MET, bo.id: MET}, **why)
    said = {anna.id: MET, bo.id: MET, cia.id: Verdict(competence_met=False)}
    assert desk(db, now=DAYS_AFTER[16]).uncertified == []
    assert in_place.complete(db, verdicts=said, **why) == 1
    assert [row.session_id for row in desk(db, now=DAYS_AFTER[16]).uncertified] == [session.id]
    assert (noted(db)[-1][:2], last_facts(db)) == (
        ("session.completed", office.id),
        {"passed": 1, "booked": 3, "reason": why["reason"]},
    )
    results = [db.get_one(Completion, (session.id, each.id)).outcome for each in people]
    assert results == [CourseOutcome.PASSED, CourseOutcome.NOT_PASSED, CourseOutcome.NOT_PASSED]
    assert (session.completed_by, desk(db, now=DAYS_AFTER[16]).uncompleted) == (office.id, [])
    with refused(Refusal.COMPLETED_ALREADY):
        in_place.complete(db, verdicts=said, **why)
    assert wrong(db, DAYS_AFTER[16]) <= {"absence_not_charged"}


def test_who_would_gain_by_it_or_was_there_does_not_complete_it(db, session, leaders, people):
    office, other = make.coordinator(db), make.coordinator(db)
    db.refresh(session, ["course"])
    place(db, make.session(db, of=session.course, days=[date(2027, 5, 10)]), office)
    seat(db, session, other)
    about = {"session_id": session.id, "roster": seated, "reason": "Sjuk", "now": DAYS_AFTER[1]}
    with refused(NoSeat.DECIDES_OVER_OWN_SESSION):
        in_place.complete(db, verdicts={}, impartial=impartiality.insist, by=office.id, **about)
    for deed, said in ((in_place.note_rest, {}), (in_place.complete, {"verdicts": {}})):
        with refused(Refusal.NOTES_ONESELF):
            deed(db, by=other.id, **said, **about)


@pytest.mark.parametrize("publicity", [Publicity.CALLED_OFF, Publicity.DRAFT])
def test_nobody_completes_what_does_not_take_place(db, publicity):
    session, leader = make.session(db, publicity=publicity), make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    db.flush()
    with pytest.raises(NotFound):
        completion.complete(db, session_id=session.id, verdicts={}, roster=seated, now=END, by=leader.id)
    done = {"reason": "Ledaren är sjuk.", "roster": seated, "now": END, "by": make.coordinator(db).id}
    with pytest.raises(NotFound):
        in_place.complete(db, session_id=session.id, verdicts={}, **done)
