"""Attendance: noted by the leader, by the code on the screen, corrected by a coordinator; and each time put down."""

from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest
from bookings_room import last_facts, noted, place, refused, seat
from session_changes_room import asked, change
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Role
from bookings import impartiality
from bookings.queries import seated
from bookings.states import Refusal as NoSeat
from courses.days import attendance, check_in, completion, correcting, half_days
from courses.models import Attendance, Completion, CourseDay, CourseSession, SessionLeader
from courses.rules import Day
from courses.rules.days import Mark, Verdict
from courses.states import Absence, CourseOutcome, Half, Presence, Refusal, Source
from lararportal import clock
from lararportal.audit import invariants
from lararportal.errors import NotFound
from lararportal.journal import Entry
from lararportal.outbox import Letter

MONDAY, TUESDAY = date(2027, 3, 15), date(2027, 3, 16)
FM, EM = (MONDAY, Half.MORNING), (MONDAY, Half.AFTERNOON)
FM2, EM2 = (TUESDAY, Half.MORNING), (TUESDAY, Half.AFTERNOON)
IN_THE_MORNING, AT_THE_END = clock.parse("2027-03-15T08:20"), clock.parse("2027-03-16T15:45")
THERE, ILL, AWAY = Mark(Presence.PRESENT), Mark(Presence.ABSENT_ILL), Mark(Presence.ABSENT_OTHER)
MET, NOT_MET = Verdict(competence_met=True), Verdict(competence_met=False)


@dataclass
class Room:
    """A session of two days with Anna, Bo and Cia in it, and who leads it."""

    db: Session
    session: CourseSession
    leader: Person
    people: list[Person]

    @property
    def ids(self) -> list[int]:
        return [each.id for each in self.people]

    def note(self, marks: dict[int, Mark], half=FM, now=IN_THE_MORNING, by=None) -> int:
        about = {"session_id": self.session.id, "half": half, "roster": seated, "now": now}
        return attendance.note(self.db, noted=marks, by=by or self.leader.id, **about)

    def all_there(self, half=FM, now=AT_THE_END) -> int:
        about = {"session_id": self.session.id, "half": half, "roster": seated, "now": now}
        return attendance.everybody_is_there(self.db, by=self.leader.id, **about)

    def code(self, now=IN_THE_MORNING, half=FM) -> str:
        return check_in.code_now(self.db, self.session.id, half_days.half_of(self.session, half), now=now)

    def checks_in(self, who: Person, code: str | None = None, now=IN_THE_MORNING) -> Attendance:
        code = self.code(now) if code is None else code
        return check_in.by_code(self.db, session_id=self.session.id, code=code, roster=seated, now=now, by=who.id)

    def complete(self, *verdicts: Verdict, now=AT_THE_END) -> int:
        said = dict(zip(self.ids, verdicts, strict=False))
        about = {"session_id": self.session.id, "roster": seated, "now": now, "by": self.leader.id}
        passed = completion.complete(self.db, verdicts=said, **about)
        self.db.flush()
        return passed

    def state(self, who: int, half=FM) -> tuple | None:
        row = self.db.get(Attendance, (self.session.id, who, *half), populate_existing=True)
        return row and (row.state, row.minutes, row.source, row.noted_by)

    def result(self, who: int) -> Completion:
        return self.db.get_one(Completion, (self.session.id, who), populate_existing=True)


def letters(room: Room) -> list[tuple]:
    return [tuple(row) for row in room.db.execute(select(Letter.person_id, Letter.occasion).order_by(Letter.id))]


def wrong(room: Room, now) -> set[str]:
    """What the audit finds, but that nobody has noted how these seats came about."""
    room.db.flush()
    return {each.check for each in invariants(room.db, now=now)} - {"seat_not_noted"}


@pytest.fixture
def room(db):
    session = make.session(db)
    leader = make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    people = [make.person(db) for _ in range(3)]
    for each in people:
        seat(db, session, each)
    return Room(db, session, leader, people)


def test_the_leader_notes_who_is_there_and_the_rest_with_one_press(room):
    anna, bo, cia = room.ids
    assert room.note({anna: Mark(Presence.LATE, 20), bo: ILL}) == 2
    assert room.note({anna: Mark(Presence.LATE, 20), bo: AWAY}) == 1
    assert last_facts(room.db) == {
        "day": "2027-03-15", "half": "fm", "state": "absent_other", "minutes": None, "source": "leader",
        "before": "absent_ill",
    }  # fmt: skip
    assert (room.all_there(), room.all_there()) == (1, 0)
    by = (Source.LEADER, room.leader.id)
    expected = [(Presence.LATE, 20, *by), (Presence.ABSENT_OTHER, None, *by), (Presence.PRESENT, None, *by)]
    assert [room.state(each) for each in (anna, bo, cia)] == expected
    assert [each[0] for each in noted(room.db)[-4:]] == ["attendance.noted"] * 4
    with refused(Refusal.MINUTES_OUT_OF_RANGE):
        room.note({anna: Mark(Presence.LATE, 300)})
    with refused(Refusal.NOT_BOOKED_HERE):
        room.note({make.person(room.db).id: THERE})
    with refused(Refusal.HALF_DAY_AHEAD):
        room.note({anna: THERE}, half=EM)
    with refused(Refusal.ATTENDANCE_LOCKED):
        room.note({anna: THERE}, now=clock.parse("2027-03-31T00:00"))
    with pytest.raises(NotFound):
        room.note({anna: THERE}, half=(date(2027, 3, 17), Half.MORNING))
    with pytest.raises(NotFound):
        room.note({anna: THERE}, by=make.holder(room.db, Role.LEADER).id)
    seat(room.db, room.session, room.leader)
    with refused(Refusal.NOTES_ONESELF):
        room.note({room.leader.id: THERE})


def test_a_participant_checks_in_by_the_code_of_the_moment_once(room):
    anna, bo, cia = room.people
    code = room.code()
    row = room.checks_in(anna, code)
    assert (row.state, row.source, row.noted_by) == (Presence.PRESENT, Source.SELF, anna.id)
    entries = noted(room.db)
    assert room.checks_in(anna, code, IN_THE_MORNING + timedelta(minutes=5)).noted_at == IN_THE_MORNING
    assert noted(room.db) == entries
    with refused(Refusal.CODE_OLD):
        room.checks_in(bo, code, IN_THE_MORNING + timedelta(minutes=5))
    with refused(Refusal.CODE_FORGED):
        room.checks_in(bo, "abcdefghijklmnop")
    with refused(Refusal.NOT_BOOKED_HERE):
        room.checks_in(make.person(room.db), code)
    with refused(Refusal.CHECK_IN_CLOSED):
        room.checks_in(bo, now=clock.parse("2027-03-15T07:00"))
    room.note({cia.id: AWAY})
    late = clock.parse("2027-03-15T09:00")
    assert (room.checks_in(cia, now=late).state, room.state(cia.id)[1]) == (Presence.LATE, 30)


def test_who_was_there_and_meets_the_competence_has_passed_and_who_was_absent_is_told_once(room):
    anna, bo, cia = room.ids
    for half in (FM, EM, FM2, EM2):
        room.note({cia: ILL if half is FM else AWAY, bo: THERE if half is not EM else AWAY}, half, AT_THE_END)
        room.all_there(half)
    with refused(Refusal.VERDICT_MISSING, name=room.people[0].name):
        room.complete()
    with refused(Refusal.SESSION_STILL_GOES_ON):
        room.complete(MET, MET, now=clock.parse("2027-03-16T12:59"))
    assert room.complete(MET, MET) == 1
    [first, second, third] = (room.result(each) for each in room.ids)
    assert (first.outcome, first.half_days, first.of_half_days, first.minutes) == (CourseOutcome.PASSED, 4, 4, 840)
    assert (second.outcome, second.lacks, second.half_days) == (CourseOutcome.NOT_PASSED, ["attendance"], 3)
    assert (third.absence, third.competence_met, third.minutes) == (Absence.ILL, None, 0)
    assert letters(room) == [(bo, "absence_noted"), (cia, "absence_noted")]
    entries = noted(room.db)
    assert room.complete(MET, MET, now=AT_THE_END + timedelta(hours=1)) == 1
    assert (noted(room.db), room.session.completed_at) == (entries, AT_THE_END)
    with refused(Refusal.CHECK_IN_OVER):
        room.checks_in(room.people[2], room.code(AT_THE_END, EM2), now=AT_THE_END)
    # What is noted afterwards changes what came of it.
    room.note({bo: THERE}, EM, AT_THE_END)
    assert (room.result(bo).outcome, room.result(bo).half_days) == (CourseOutcome.PASSED, 4)
    room.complete(NOT_MET, MET)
    assert (room.result(anna).outcome, room.result(anna).lacks) == (CourseOutcome.NOT_PASSED, ["competence"])
    assert len(letters(room)) == 2
    assert wrong(room, AT_THE_END) == set()


def test_when_it_is_locked_a_coordinator_corrects_it_with_a_reason(room, office):
    anna = room.ids[0]
    for half in (FM, EM, FM2, EM2):
        room.all_there(half)
    room.complete(MET, MET, MET)
    later = clock.parse("2027-05-03T09:00")
    about = {"session_id": room.session.id, "person_id": anna, "roster": seated, "now": later}

    def correct(marks, verdict=MET, reason="Fel person kryssad.", **facts):
        correcting.correct(
            room.db, noted=marks, verdict=verdict, reason=reason, **{**about, "by": office.id, **facts}
        )

    correct({FM: AWAY, EM: THERE})
    assert room.state(anna) == (Presence.ABSENT_OTHER, None, Source.OFFICE, office.id)
    assert (room.result(anna).half_days, room.result(anna).outcome) == (3, CourseOutcome.NOT_PASSED)
    assert letters(room) == [(anna, "absence_noted")]
    reasons = [each for each in room.db.scalars(select(Entry.facts["reason"].astext)) if each]
    assert reasons == ["Fel person kryssad."] * 2
    correct({FM: THERE}, verdict=NOT_MET)
    assert (room.result(anna).half_days, room.result(anna).lacks) == (4, ["competence"])
    with refused(Refusal.CORRECTION_WITHOUT_REASON):
        correct({FM: AWAY}, reason=" ")
    with refused(Refusal.NOTES_ONESELF):
        correct({FM: AWAY}, by=anna)
    with refused(Refusal.NOT_BOOKED_HERE):
        correct({FM: AWAY}, person_id=make.person(room.db).id)
    with refused(Refusal.HALF_DAY_AHEAD):
        correct({FM: AWAY}, now=clock.parse("2027-03-01T09:00"))
    assert wrong(room, later) == set()
    place(room.db, make.session(room.db, of=room.session.course, days=[date(2027, 6, 1)]), office)
    with refused(NoSeat.DECIDES_OVER_OWN_SESSION):
        correct({FM: AWAY}, impartial=impartiality.insist)


def test_a_day_of_which_something_is_noted_is_not_taken_away(room, database):
    room.all_there()
    with refused(Refusal.DAY_HAS_ATTENDANCE), database.transaction() as db:
        db.execute(delete(CourseDay).where(CourseDay.session_id == room.session.id))


def test_hours_are_not_changed_so_that_a_noted_half_day_is_gone_nor_once_it_is_completed(room):
    room.all_there(EM)
    mornings = [Day(day, time(8, 30), time(12)) for day in (MONDAY, TUESDAY)]
    with refused(Refusal.DAY_HAS_ATTENDANCE):
        change(room.db, room.session, days=mornings, leader_ids=[room.leader.id], now=AT_THE_END)
    later = [Day(day, time(9), time(16)) for day in (MONDAY, TUESDAY)]
    about = {"days": later, "leader_ids": [room.leader.id]}
    assert asked(room.db, room.session, now=AT_THE_END, **about)["changes"]
    room.complete(MET, MET, MET)
    with refused(Refusal.COMPLETED_DAYS_STAY):
        change(room.db, room.session, now=AT_THE_END, **about)


def test_completing_takes_as_many_statements_for_many_as_for_few(room, queries):
    counts = []
    for extra in (0, 7):
        for _ in range(extra):
            seat(room.db, room.session, make.person(room.db))
        for half in (FM, EM, FM2):
            room.all_there(half)
        room.db.flush()
        queries.reset()
        said = dict.fromkeys(seated(room.db, room.session.id), MET)
        about = {"session_id": room.session.id, "roster": seated, "now": AT_THE_END, "by": room.leader.id}
        completion.complete(room.db, verdicts=said, **about)
        room.db.flush()
        counts.append(queries.count)
    assert counts[1] <= counts[0]
