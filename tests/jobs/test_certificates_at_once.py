"""Two who ask, two workers and the tick at once: each certificate is made once, and no number is given twice."""

from functools import partial

from bookings_room import seat
from certificates_room import AFTER_IT, completed
from processes import all_at_once
from sqlalchemy import func, select

import make
from courses.certificates import issuing
from courses.models import Certificate, Completion
from courses.states import CourseOutcome
from lararportal import tick
from lararportal.audit import invariants
from lararportal.outbox import Letter

MANY = 7


def filled(room) -> None:
    """More people who have been through it."""
    counted = {"minutes": 840, "half_days": 4, "of_half_days": 4, "competence_met": True, "decided_at": AFTER_IT}
    for _ in range(MANY):
        person = make.person(room.db)
        seat(room.db, room.session, person)
        about = {"session_id": room.session.id, "person_id": person.id}
        room.db.add(Completion(**about, **counted, outcome=CourseOutcome.PASSED, lacks=[], told_of=[]))
        room.people.append(person)
    room.db.flush()


def test_asked_for_and_made_by_several_at_once_each_is_made_once(shared_database):
    with shared_database.transaction() as db:
        rooms = [completed(db), completed(db, title="En annan kurs")]
        for room in rooms:
            filled(room)
    asked = [
        partial(
            issuing.ask, session_id=room.session.id, people=room.ids, now=AFTER_IT, by=room.leader.id
        )
        for room in rooms
        for _ in range(2)
    ]  # fmt: skip
    counts = all_at_once([partial(shared_database.run, each) for each in asked])
    assert sorted(counts) == [0, 0, MANY + 3, MANY + 3]
    working = [
        partial(tick.make_certificates, shared_database, room.session.id, now=AFTER_IT)
        for room in rooms
        for _ in range(2)
    ]
    all_at_once([*working, partial(tick.run_due, shared_database, now=AFTER_IT)])
    with shared_database.transaction() as db:
        made = select(Certificate.state, func.count(), func.count(Certificate.serial.distinct())).group_by("state")
        assert [tuple(row) for row in db.execute(made)] == [("valid", 2 * (MANY + 3), 2 * (MANY + 3))]
        ready = select(func.count()).where(Letter.occasion == "certificate_ready")
        assert db.scalar(ready) == 2 * (MANY + 3)
        found = {each.check for each in invariants(db, now=AFTER_IT)}
        assert {each for each in found if each.startswith(("certificate", "letter"))} == set()
