"""Coordinators plan, change, publish, open and archive course sessions."""

import re
from datetime import time, timedelta

import pytest
from courses_desk import FIRST, SECOND, TODAY, days_of, deeds, form_of, session_with, the_session, typed
from sqlalchemy import select

import make
from auth.states import Area, Role
from courses.models import CourseSession
from courses.rules import Day, default_dates
from courses.states import Publicity

USUAL = default_dates([Day(FIRST, time(8, 30), time(16, 30))])


@pytest.fixture
def olle(db, client, sign_in):
    """A coordinator who is signed in."""
    person = make.coordinator(db)
    sign_in(client, person)
    return person


def test_a_new_session_begins_with_what_is_usual_for_its_course(db, client, olle):
    make.course(db, code="KL29", seats=28, minimum=14, day_count=7)

    form = form_of(client.get("/samordning/tillfallen/nytt?kurs=KL29"))

    assert (form["seats"], form["minimum"]) == ("28", "14")
    assert sum(name.endswith("-day") for name in form) == 7
    assert (form["days-0-starts"], form["days-0-ends"]) == ("08:30", "16:30")


def test_a_session_is_planned_with_its_rows_of_days_and_the_usual_dates(db, client, olle):
    course, leader = make.course(db, code="KL29", preparatory_parts=1), make.holder(db, Role.LEADER)

    answer = client.post("/samordning/tillfallen/nytt?kurs=KL29", data=typed(leader_ids=[str(leader.id)]))
    session = the_session(db)
    db.refresh(session, ["leaders"])

    assert (answer.status_code, answer.location) == (302, f"/tillfallen/{session.id}")
    assert days_of(db, session) == [(FIRST, time(8, 30), time(16, 30)), (SECOND, time(9), time(15))]
    assert (session.course_id, session.place, session.area) == (course.id, "Skövde, Billingehus", Area.SKARABORG)
    assert (session.seats, session.minimum) == (24, 12)
    assert [person.id for person in session.leaders] == [leader.id]
    assert (session.cancel_by, session.go_no_go_on, session.prepare_by) == (
        USUAL.cancel_by,
        USUAL.go_no_go_on,
        USUAL.prepare_by,
    )
    assert (session.publicity, session.is_reserve) == (Publicity.DRAFT, False)
    assert deeds(db) == [("session.planned", olle.id)]
    assert "Kurstillfället är sparat." in client.get(answer.location).text


def test_dates_that_are_typed_stand_and_a_course_without_preparation_gets_no_day_for_it(db, client, olle):
    make.course(db, code="KL29", preparatory_parts=0)
    day = FIRST - timedelta(days=5)

    client.post("/samordning/tillfallen/nytt?kurs=KL29", data=typed(cancel_by=str(day)))

    assert (the_session(db).cancel_by, the_session(db).prepare_by) == (day, None)


def test_a_session_may_be_planned_in_reserve(db, client, olle):
    make.course(db, code="KL29")

    client.post("/samordning/tillfallen/nytt?kurs=KL29", data=typed(in_reserve="y"))

    assert (the_session(db).is_reserve, the_session(db).publicity) == (True, Publicity.DRAFT)


@pytest.mark.parametrize(
    ("change", "answered"),
    [
        ({"days-0-day": "", "days-1-day": ""}, (400, "Kurstillfället behöver minst en dag.")),
        ({"days-0-day": "i mars"}, (400, "Skriv ett datum, till exempel 2027-03-02.")),
        ({"days-0-day": "0207-03-02"}, (400, "Kontrollera årtalet.")),
        ({"days-0-ends": ""}, (400, "Skriv när kursdagen börjar och slutar.")),
        ({"place": " "}, (400, "Det här behöver fyllas i.")),
        ({"seats": "0"}, (400, "Talet behöver vara mellan 1 och 1000.")),
        ({"area": ""}, (400, "Det här behöver fyllas i.")),
        ({"area": "norrland"}, (400, "Välj ett av alternativen.")),
        ({"leader_ids": ["4711"]}, (400, "4711 finns inte bland alternativen.")),
        ({"days-0-day": str(FIRST)}, (409, "Samma dag står två gånger.")),
        ({"days-0-ends": "08:00"}, (409, "Varje kursdag ska sluta senare än den börjar.")),
        ({"minimum": "25"}, (409, "Minsta antal deltagare kan inte vara större än antalet platser.")),
        (
            {"cancel_by": str(FIRST)},
            (409, "Sista avbokningsdag och dagen för beslut ska ligga före första kursdagen"),
        ),
    ],
)
def test_a_plan_with_a_fault_is_explained_and_kept(db, client, olle, change, answered):
    make.course(db, code="KL29")

    answer = client.post("/samordning/tillfallen/nytt?kurs=KL29", data=typed(**change))
    form = form_of(answer)

    assert answer.status_code == answered[0]
    assert answered[1] in answer.text
    assert form["days-1-day"] == typed(**change)["days-1-day"]
    assert form["minimum"] == typed(**change)["minimum"]
    assert db.scalars(select(CourseSession)).all() == []


@pytest.mark.parametrize("query", ["", "?kurs=FINNS-INTE"])
def test_a_session_is_planned_of_a_course_that_exists(client, olle, query):
    assert client.get(f"/samordning/tillfallen/nytt{query}").status_code == 404


def test_a_session_is_published_and_archived_with_one_press(db, client, olle):
    session = session_with(db, publicity=Publicity.DRAFT)

    published = client.post(f"/samordning/tillfallen/{session.id}/publicera")
    between = the_session(db).publicity
    archived = client.post(f"/samordning/tillfallen/{session.id}/arkivera")

    assert (published.location, archived.location) == (f"/tillfallen/{session.id}",) * 2
    assert (between, the_session(db).publicity) == (Publicity.PUBLISHED, Publicity.ARCHIVED)


def test_a_session_that_has_begun_is_not_published(db, client, olle):
    session = make.session(db, days=[TODAY], publicity=Publicity.DRAFT)

    answer = client.post(f"/samordning/tillfallen/{session.id}/publicera")

    assert answer.status_code == 409
    assert "Kurstillfället har redan börjat." in answer.text
    assert the_session(db).publicity is Publicity.DRAFT


def test_a_session_of_a_draft_is_not_published(db, client, olle):
    session = session_with(db, of=make.course(db, publicity=Publicity.DRAFT), publicity=Publicity.DRAFT)

    answer = client.post(f"/samordning/tillfallen/{session.id}/publicera")

    assert answer.status_code == 409
    assert "Publicera kursen först." in answer.text


def test_a_session_with_booked_people_ahead_is_not_archived(db, client, olle):
    session = session_with(db, seats_taken=3)

    answer = client.post(f"/samordning/tillfallen/{session.id}/arkivera")

    assert answer.status_code == 409
    assert "Därför kan det inte arkiveras." in answer.text


def test_a_reserve_session_is_opened_with_one_press_once(db, client, olle):
    session = session_with(db, is_reserve=True, publicity=Publicity.DRAFT)
    path = f"/samordning/tillfallen/{session.id}/oppna"

    assert "Öppna reservtillfället" in client.get(f"/tillfallen/{session.id}").text
    assert client.post(path).location == f"/tillfallen/{session.id}"
    assert (the_session(db).is_reserve, the_session(db).publicity) == (False, Publicity.PUBLISHED)
    assert client.post(path).status_code == 409


def listed(answer):
    assert answer.status_code == 200
    return [int(number) for number in re.findall(r'<th scope="row"><a href="/tillfallen/(\d+)"', answer.text)]


def test_the_list_shows_what_comes_next_or_what_was_last(db, client, olle):
    skin = make.course(db, code="KL02", title="Hud")
    late = make.session(db, days=[SECOND])
    soon = make.session(db, of=skin, days=[FIRST], area=Area.FYRBODAL, publicity=Publicity.DRAFT, seats_taken=3)
    old = make.session(db, days=[TODAY - timedelta(days=9)])
    latest = make.session(db, days=[TODAY - timedelta(days=1)])

    def found(query=""):
        return listed(client.get(f"/samordning/tillfallen{query}"))

    assert found() == [soon.id, late.id]
    assert found("?nar=past") == [latest.id, old.id]
    assert found("?omrade=fyrbodal") == [soon.id]
    assert found("?lage=published") == [late.id]
    assert found("?q=hud") == [soon.id]
    assert found("?q=lever") == []
    assert "Inget kurstillfälle passar" in client.get("/samordning/tillfallen?q=lever").text
    assert "<strong>7</strong> lediga av 10" in client.get("/samordning/tillfallen?q=hud").text


def test_the_list_goes_on_to_a_second_page_and_costs_the_same_with_30_rows_as_with_one(db, client, olle, queries):
    course = make.course(db)

    def count():
        queries.reset()
        rows = len(listed(client.get("/samordning/tillfallen")))
        return rows, queries.count

    make.session(db, of=course, days=[FIRST], leaders=[make.holder(db, Role.LEADER)])
    _, for_one = count()
    for _ in range(29):
        make.session(db, of=course, days=[FIRST, SECOND], leaders=[make.holder(db, Role.LEADER)])
    assert count() == (30, for_one)
    last = [make.session(db, of=course, days=[SECOND]).id for _ in range(21)][-1]
    answer = client.get("/samordning/tillfallen?sida=2")

    assert listed(answer) == [last]
    assert "Sida 2 av 2" in answer.text


def pages_of(session_id):
    return [
        ("GET", "/samordning/tillfallen"),
        ("GET", "/samordning/tillfallen/nytt?kurs=KL29"),
        ("GET", f"/samordning/tillfallen/{session_id}/andra"),
        ("POST", f"/samordning/tillfallen/{session_id}/publicera"),
        ("POST", f"/samordning/tillfallen/{session_id}/oppna"),
        ("POST", f"/samordning/tillfallen/{session_id}/arkivera"),
    ]


def test_the_desk_is_for_coordinators_only(db, client, sign_in):
    session = session_with(db, of=make.course(db, code="KL29"), publicity=Publicity.DRAFT)
    as_nobody = {client.open(path, method=method).status_code for method, path in pages_of(session.id)}
    sign_in(client, make.holder(db, Role.LEADER))
    as_leader = {client.open(path, method=method).status_code for method, path in pages_of(session.id)}

    assert as_nobody <= {302, 401}
    assert as_leader == {403}
    assert the_session(db).publicity is Publicity.DRAFT


def test_a_session_that_does_not_exist_is_not_found(client, olle):
    answers = [client.open(path, method=method).status_code for method, path in pages_of(4711)[2:]]

    assert answers == [404, 404, 404, 404]
