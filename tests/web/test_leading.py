"""A leader's desk: what there is to do about each session, and the list to print."""

from bookings_room import seat

import make
from auth import protection
from auth.states import Role
from courses.models import SessionLeader
from lararportal import clock

BEFORE, AT_THE_END = clock.parse("2027-03-01T08:00"), clock.parse("2027-03-16T17:00")


def test_a_leader_sees_what_to_do_and_who_comes_with_as_many_statements_for_many(db, visit, queries):
    leader, costs = make.holder(db, Role.LEADER), []
    for number in range(2):
        session = make.session(db)
        db.refresh(session, ["course"])
        make.part(db, session.course)
        db.add(SessionLeader(session_id=session.id, person_id=leader.id))
        people = [make.person(db, family_name=f"Berg{each}") for each in range(number + 1)]
        for each in people:
            seat(db, session, each)
        browser = visit(leader, at=BEFORE)
        browser.get("/kursledare")
        queries.reset()
        page = browser.get("/kursledare").text
        costs.append(queries.count)
    assert costs[0] == costs[1]
    assert [f"Inte klara med förberedelsen: {count}" in page for count in (1, 2)] == [True, True]
    late = visit(leader, at=AT_THE_END).get("/kursledare").text
    assert (late.count("Halvdagar utan full närvaro: 4"), late.count("Slutför kurstillfället")) == (2, 2)
    protection.protect(db, person_id=people[0].id, now=BEFORE, by=make.coordinator(db).id)
    db.flush()
    names = browser.get(f"/kursledare/tillfallen/{session.id}/grupplista").text
    assert ("Berg0" in names, "Berg1" in names, "skyddad" in names) == (False, True, True)
