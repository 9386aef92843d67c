"""The preparation on pages: a coordinator types it, a participant does it, the leader sees who lacks what."""

import re
from datetime import date
from io import BytesIO

import pytest
from bookings_room import AFTER, letter, noted, seat
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import make
from auth import protection
from auth.states import Role
from bookings.queries import seated
from courses.days import attendance, half_days
from courses.models import MaterialFile, PreparationPart, SessionLeader
from courses.rules.days import Mark
from courses.rules.preparation import Question
from courses.states import Presence
from lararportal import clock, tick
from lararportal.audit import invariants

QUIZ = "Vilken?\n- Den ena\n* Den andra"
AT_THE_END = clock.parse("2027-03-16T15:45")


@pytest.fixture
def session(db):
    made = make.session(db, of=make.course(db, needs_preparation=True))
    db.refresh(made, ["course"])
    return made


def test_a_coordinator_types_changes_and_removes_parts_and_keeps_what_could_not_be_read(db, session, visit):
    browser = visit(make.coordinator(db), at=AFTER)
    address = f"/samordning/kurser/{session.course.code}/forberedelse"
    typed = {
        "title": "Föreläsning",
        "address": "www",
        "about": "",
        "minutes": "40",
        "place": "1",
        "questions": "Vad?",
    }
    refused = browser.post(address, data=typed)
    assert refused.status_code == 400
    for said in ("Skriv hela adressen", "Fråga 1 behöver minst två olika svar", 'value="www"'):
        assert said in refused.text
    good = typed | {"address": "https://a.example/film?x=1", "questions": QUIZ}
    assert browser.post(address, data=good).status_code == 302
    [part] = db.query(PreparationPart)
    assert "* Den andra" in browser.get(f"{address}/{part.id}").text
    assert browser.post(f"{address}/{part.id}", data=good | {"title": "Film"}).status_code == 302
    assert "Film" in browser.get(address).text
    assert browser.post(f"{address}/{part.id}/ta-bort").status_code == 302
    assert browser.get(f"{address}/{part.id}").status_code == 404


def test_a_part_has_a_file_that_who_has_a_seat_fetches_until_it_is_replaced_or_taken_away(db, session, visit):
    office, anna = make.coordinator(db), make.person(db)
    seat(db, session, anna)
    browser, own = visit(office, at=AFTER), visit(anna, at=AFTER)
    address = f"/samordning/kurser/{session.course.code}/forberedelse"
    facts = {"title": "Läs: öga", "address": "", "about": "", "minutes": "40", "place": "1", "questions": ""}

    def sent(file: bytes, **more: str) -> dict:
        boundary, body = encode_multipart({**facts, **more, "file": FileStorage(BytesIO(file), "x.exe")})
        return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}

    refused = browser.post(address, **sent(b"MZ"))
    assert (refused.status_code, "av en sort som inte tas emot" in refused.text) == (400, True)
    assert 'value="Läs: öga"' in refused.text
    assert browser.post(address, **sent(b"%PDF-1")).status_code == 302
    [part] = db.query(PreparationPart)
    path = f"/tillfallen/{session.id}/forberedelse"
    assert f"{path}/{part.id}/fil" in own.get(path).text
    file = own.get(f"{path}/{part.id}/fil")
    assert (file.data, file.mimetype, file.headers["Content-Disposition"][:10]) == (
        b"%PDF-1",
        "application/pdf",
        "attachment",
    )
    assert browser.get(f"{address}/{part.id}/fil").data == b"%PDF-1"
    stranger = visit(make.person(db), at=AFTER)
    assert stranger.get(f"{path}/{part.id}/fil").status_code == 404
    assert browser.post(f"{address}/{part.id}", **sent(b"%PDF-2", title="Ny")).status_code == 302
    assert own.get(f"{path}/{part.id}/fil").data == b"%PDF-2"
    assert browser.post(f"{address}/{part.id}", data=facts).status_code == 302
    assert own.get(f"{path}/{part.id}/fil").status_code == 200
    assert browser.post(f"{address}/{part.id}", data=facts | {"without_file": "y"}).status_code == 302
    assert own.get(f"{path}/{part.id}/fil").status_code == 404
    browser.post(f"{address}/{part.id}", **sent(b"%PDF-3"))
    assert browser.post(f"{address}/{part.id}/ta-bort").status_code == 302
    assert db.scalars(select(MaterialFile)).all() == []
    deeds = [deed.partition(".")[2] for deed, *_ in noted(db) if deed.startswith("material.")]
    assert deeds == ["added", "removed", "added", "removed", "added", "removed"]
    assert {each.check for each in invariants(db, now=AFTER)} - {"seat_not_noted"} == set()


def test_a_leader_adds_a_part_for_one_session_that_no_other_has(db, session, visit, database):
    other, leader = make.session(db, of=session.course), make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    make.part(db, session.course, title="Alla")
    anna, bo = make.person(db), make.person(db)
    for where, who in ((session, anna), (other, bo)):
        seat(db, where, who)
        where.prepare_by = date(2027, 3, 10)
    browser, address = visit(leader, at=AFTER), f"/kurstillfallen/{session.id}/forberedelse"
    facts = {"title": "Bara här", "address": "", "about": "", "minutes": "40", "place": "2", "questions": ""}
    refused = browser.post(address, data=facts | {"minutes": "0"})
    assert (refused.status_code, 'value="Bara här"' in refused.text) == (400, True)
    assert browser.post(address, data=facts).status_code == 302
    own = db.query(PreparationPart).filter_by(title="Bara här").one()
    pages = [
        visit(who, at=AFTER).get(f"/tillfallen/{where.id}/forberedelse").text
        for where, who in ((session, anna), (other, bo))
    ]
    assert [("Alla" in page, "Bara här" in page) for page in pages] == [(True, True), (True, False)]
    elsewhere = [
        visit(bo, at=AFTER).post(f"/tillfallen/{other.id}/forberedelse/{own.id}"),
        visit(make.holder(db, Role.LEADER), at=AFTER).post(f"{address}/{own.id}/ta-bort"),
        visit(make.coordinator(db), at=AFTER).get(f"/samordning/kurser/{session.course.code}/forberedelse/{own.id}"),
    ]
    assert [each.status_code for each in elsewhere] == [404, 404, 404]
    for who, where in ((anna, session), (bo, other)):
        [common] = db.query(PreparationPart).filter_by(title="Alla")
        visit(who, at=AFTER).post(f"/tillfallen/{where.id}/forberedelse/{common.id}")
    db.flush()
    assert tick.run_due(database, now=clock.parse("2027-03-08T09:00"))["preparation reminded of"] == 1
    assert "Bara här" in letter(db, anna).body
    assert "Inte klara med förberedelsen: 1" in browser.get("/kursledare").text
    assert browser.post(f"{address}/{own.id}/ta-bort").status_code == 302
    assert "Inte klara med förberedelsen" not in browser.get("/kursledare").text
    assert {each.check for each in invariants(db, now=AFTER)} - {"seat_not_noted"} == set()


def test_a_participant_passes_the_questions_and_the_leader_sees_who_has_not(db, session, visit, queries):
    part = make.part(db, session.course, title="Prov", questions=[Question("Vilken?", ("En", "Två"), 1)])
    leader, anna = make.holder(db, Role.LEADER), make.person(db, family_name="Alm")
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    seat(db, session, anna)
    browser, led = visit(anna, at=AFTER), visit(leader, at=AT_THE_END)
    own, seen = (f"{way}/tillfallen/{session.id}/forberedelse" for way in ("", "/kursledare"))
    wrong = browser.post(f"{own}/{part}", data={"answer-0": "0"})
    assert (wrong.status_code, "Det är inte rätt svar." in wrong.text) == (409, True)
    assert re.search(r'value="0" checked', wrong.text)
    there = {anna.id: Mark(Presence.PRESENT)}
    half = half_days.halves_of(session)[0].key
    about = {"session_id": session.id, "half": half, "roster": seated, "now": AT_THE_END, "by": leader.id}
    attendance.note(db, noted=there, **about)
    assert "saknar Prov" in led.get(f"/kursledare/tillfallen/{session.id}/slutfor").text
    assert "0 av 1" in led.get(seen).text
    queries.reset()
    led.get(seen)
    few = queries.count
    assert browser.post(f"{own}/{part}", data={"answer-0": "1"}).status_code == 302
    assert "Du har gjort alla delar." in browser.get(own).text
    others = [make.person(db, family_name=name) for name in ("Berg", "Dahl")]
    for each in others:
        seat(db, session, each)
    protection.protect(db, person_id=others[0].id, now=AFTER, by=make.coordinator(db).id)
    db.flush()
    queries.reset()
    page = led.get(seen).text
    assert (queries.count, "Berg" in page, "1 av 3" in page) == (few, False, True)
    assert visit(make.person(db), at=AFTER).get(own).status_code == 404
