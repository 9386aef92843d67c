"""The page on which a coordinator completes a session in place of its leader."""

from bookings_room import seat

import make
from auth.states import Role
from courses.models import Completion, SessionLeader
from courses.states import CourseOutcome
from lararportal import clock

LATE = clock.parse("2027-04-05T09:00")


def test_the_rest_is_noted_then_it_is_completed_and_a_missing_reason_loses_nothing(db, visit):
    session, office = make.session(db), make.coordinator(db)
    db.add(SessionLeader(session_id=session.id, person_id=make.holder(db, Role.LEADER).id))
    anna, bo = make.person(db), make.person(db)
    for each in (anna, bo):
        seat(db, session, each)
    db.flush()
    browser, address = visit(office, at=LATE), f"/samordning/tillfallen/{session.id}/slutfor"
    assert "som ingen har slutfört" in browser.get("/samordning").text
    assert address in browser.get(f"/samordning/tillfallen/{session.id}/narvaro").text
    noted = browser.post(address, data={"steg": "resten", "reason": "Lärarens lista"})
    assert (noted.status_code, "Lärarens lista" in noted.text) == (200, True)
    assert "Noterade som närvarande: 2" in noted.text
    said = {"steg": "slutfor", f"competence-{anna.id}": "on"}
    refused = browser.post(address, data=said)
    assert (refused.status_code, f'name="competence-{anna.id}"' in refused.text) == (400, True)
    assert refused.text.count(" checked") == 1
    assert browser.post(address, data=said | {"reason": "Lärarens lista"}).status_code == 302
    found = [db.get_one(Completion, (session.id, each.id)).outcome for each in (anna, bo)]
    assert found == [CourseOutcome.PASSED, CourseOutcome.NOT_PASSED]
    again = browser.post(address, data=said | {"reason": "Lärarens lista"})
    assert (again.status_code, "redan slutfört" in again.text) == (409, True)
    assert "som ingen har slutfört" not in browser.get("/samordning").text
    assert visit(make.holder(db, Role.LEADER), at=LATE).get(address).status_code == 403
