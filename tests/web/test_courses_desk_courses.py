"""Coordinators keep the catalogue: list, create, change, publish and archive courses."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

import make
from auth.states import Role
from courses import catalogue
from courses.models import Course
from courses.rules import CourseFacts
from courses.states import Kind, Order, Publicity
from lararportal import clock
from lararportal.journal import Entry

SOON = clock.day_of(clock.now()) + timedelta(days=40)
TYPED = {
    "code": " kl29 ",
    "title": " Hud och hår ",
    "kind": "klinisk",
    "description": "Ett.\r\n\r\nTvå.",
    "objectives_2015": "c5, C4",
    "objectives_2021": "stc4",
    "day_count": "2",
    "seats": "24",
    "minimum": "12",
    "preparatory_parts": "1",
    "sessions_per_year": "3",
    "order": "straight",
    "target_st": "1",
    "target_spec": "0",
    "target_pre": "",
    "swap_rings": "y",
    "required_share": "75",
    "needs_preparation": "y",
}
FACTS = CourseFacts(
    title="Hud och hår",
    kind=Kind.CLINICAL,
    description="Ett.\n\nTvå.",
    objectives_2015=("c4", "c5"),
    objectives_2021=("STc4",),
    day_count=2,
    seats=24,
    minimum=12,
    preparatory_parts=1,
    sessions_per_year=3,
    order=Order.STRAIGHT,
    targets={"ST": 1, "SPEC": 0},
    required_share=75,
    needs_preparation=True,
)


@pytest.fixture
def olle(db, client, sign_in):
    """A coordinator who is signed in."""
    person = make.coordinator(db)
    sign_in(client, person)
    return person


def listed(answer):
    assert answer.status_code == 200
    return re.findall(r'<th scope="row"><a href="/kurser/([^"]+)"', answer.text)


def course(db, code):
    db.expire_all()
    return db.scalars(select(Course).where(Course.code == code)).one()


def test_the_list_has_every_course_with_its_state_and_coming_sessions(db, client, olle):
    busy = make.course(db, code="OB01")
    make.course(db, code="KL01", kind=Kind.CLINICAL, publicity=Publicity.DRAFT)
    make.session(db, of=busy, days=[SOON])
    make.session(db, of=busy, days=[SOON], publicity=Publicity.DRAFT)
    make.session(db, of=busy, days=[SOON], publicity=Publicity.ARCHIVED)
    make.session(db, of=busy, days=[SOON - timedelta(days=100)])

    answer = client.get("/samordning/kurser")

    assert listed(answer) == ["OB01", "KL01"]
    assert re.findall(r'<td data-label="Tillfällen framåt" class="num">(\d+)</td>', answer.text) == ["2", "0"]


def test_the_list_is_narrowed_by_words_and_state(db, client, olle):
    make.course(db, code="OB01", title="Hud")
    make.course(db, code="KL01", title="Hud", publicity=Publicity.DRAFT)
    make.course(db, code="KL02", title="Hjärta", publicity=Publicity.DRAFT)

    assert listed(client.get("/samordning/kurser?q=hud")) == ["KL01", "OB01"]
    assert listed(client.get("/samordning/kurser?q=hud&lage=draft")) == ["KL01"]
    assert "Ingen kurs passar" in client.get("/samordning/kurser?q=lever").text


def test_a_new_course_is_a_draft_with_what_was_typed(db, client, olle):
    answer = client.post("/samordning/kurser/ny", data=TYPED)

    assert (answer.status_code, answer.location) == (302, "/kurser/KL29")
    assert catalogue.facts_of(course(db, "KL29")) == FACTS
    assert course(db, "KL29").publicity is Publicity.DRAFT
    last = db.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (last.deed, last.by, last.facts["course"]) == ("course.created", olle.id, "KL29")
    assert "Hud och hår är sparad som utkast." in client.get(answer.location).text


def test_a_code_that_is_taken_is_refused_and_everything_typed_is_kept(db, client, olle):
    make.course(db, code="KL29")

    answer = client.post("/samordning/kurser/ny", data=TYPED)

    assert answer.status_code == 409
    assert "Det finns redan en kurs med den koden." in answer.text
    for value in ("KL29", "Hud och hår", "24"):
        assert f'value="{value}"' in answer.text
    assert re.findall(r'<input checked[^>]* name="order"[^>]* value="(\w+)"', answer.text) == ["straight"]
    assert db.scalars(select(Course.code)).all() == ["KL29"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": ""}, "Det här behöver fyllas i."),
        ({"code": "KL 29"}, "är ingen kurskod"),
        ({"title": "x" * 201}, "Skriv högst 200 tecken."),
        ({"objectives_2015": "c4 c99 STc4"}, "”c99, STc4” är inget delmål i den här målbeskrivningen."),
        (
            {"kind": "obligatorisk"},
            "minst ett delmål som kräver kurs (a1, a2, a5, a6, b1, b2, b3, b4, b5, c3, c6, c14). Lägg till",
        ),
        ({"seats": "många"}, "Skriv ett heltal med siffror."),
        ({"day_count": "0"}, "Talet behöver vara mellan 1 och 30."),
        ({"kind": "kul"}, "Välj ett av alternativen."),
    ],
)
def test_a_field_with_a_fault_is_named(db, client, olle, change, sentence):
    answer = client.post("/samordning/kurser/ny", data=TYPED | change)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert db.scalars(select(Course)).all() == []


def test_the_form_of_a_course_shows_it_and_changes_it(db, client, olle):
    make.course(db, code="KL29", targets={"ST": 0, "PRE": 1}, objectives_2015=["c4"])

    shown = client.get("/samordning/kurser/KL29/andra").text
    answer = client.post("/samordning/kurser/KL29/andra", data=TYPED)

    assert re.search(r'name="objectives_2015"[^>]* value="c4"', shown)
    assert re.findall(r'<select[^>]* name="(target_\w+)">.*?<option selected value="(\d?)">', shown, re.DOTALL) == [
        ("target_st", "0"),
        ("target_spec", ""),
        ("target_pre", "1"),
    ]
    assert (answer.status_code, answer.location) == (302, "/kurser/KL29")
    assert catalogue.facts_of(course(db, "KL29")) == FACTS


def test_changing_seats_with_each_other_is_switched_off(db, client, olle):
    client.post("/samordning/kurser/ny", data=TYPED)
    is_on = re.compile(r'<input [^>]*checked [^>]*name="swap_rings"')
    assert is_on.search(client.get("/samordning/kurser/ny").text)
    assert is_on.search(client.get("/samordning/kurser/KL29/andra").text)

    client.post(
        "/samordning/kurser/KL29/andra", data={name: value for name, value in TYPED.items() if name != "swap_rings"}
    )

    assert catalogue.facts_of(course(db, "KL29")) == replace(FACTS, swap_rings=False)
    assert not is_on.search(client.get("/samordning/kurser/KL29/andra").text)


def test_a_change_that_contradicts_itself_is_refused(db, client, olle):
    make.course(db, code="KL29", seats=10)

    answer = client.post("/samordning/kurser/KL29/andra", data=TYPED | {"minimum": "25"})

    assert answer.status_code == 409
    assert "Minsta antal deltagare kan inte vara större än antalet platser." in answer.text
    assert course(db, "KL29").seats == 10


def test_a_course_is_published_and_archived_with_one_press(db, client, olle):
    make.course(db, code="KL29", publicity=Publicity.DRAFT)

    published = client.post("/samordning/kurser/KL29/publicera")
    between = course(db, "KL29").publicity
    archived = client.post("/samordning/kurser/KL29/arkivera")

    assert (published.location, archived.location) == ("/kurser/KL29", "/kurser/KL29")
    assert (between, course(db, "KL29").publicity) == (Publicity.PUBLISHED, Publicity.ARCHIVED)


def test_a_course_that_is_published_already_is_refused(db, client, olle):
    make.course(db, code="KL29")

    answer = client.post("/samordning/kurser/KL29/publicera")

    assert answer.status_code == 409
    assert "Någon annan kan ha hunnit före." in answer.text


def test_a_course_with_sessions_ahead_is_not_archived(db, client, olle):
    make.session(db, of=make.course(db, code="KL29"), days=[SOON])

    answer = client.post("/samordning/kurser/KL29/arkivera")

    assert answer.status_code == 409
    assert "Arkivera dem först." in answer.text
    assert course(db, "KL29").publicity is Publicity.PUBLISHED


PAGES = [
    ("GET", "/samordning/kurser"),
    ("GET", "/samordning/kurser/ny"),
    ("GET", "/samordning/kurser/KL29/andra"),
    ("POST", "/samordning/kurser/KL29/publicera"),
    ("POST", "/samordning/kurser/KL29/arkivera"),
]


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_the_desk_is_for_coordinators_only(db, client, sign_in, method, path):
    make.course(db, code="KL29", publicity=Publicity.DRAFT)
    as_nobody = client.open(path, method=method)
    sign_in(client, make.holder(db, Role.LEADER))
    as_leader = client.open(path, method=method)

    assert as_nobody.status_code in {302, 401}
    assert as_leader.status_code == 403
    assert course(db, "KL29").publicity is Publicity.DRAFT


@pytest.mark.parametrize(("method", "path"), PAGES[2:])
def test_a_course_that_does_not_exist_is_not_found(client, olle, method, path):
    assert client.open(path, method=method).status_code == 404


def test_the_list_asks_as_much_of_the_database_for_30_courses_as_for_one(db, client, olle, queries):
    make.course(db)
    queries.reset()
    client.get("/samordning/kurser")
    for_one = queries.count
    for _ in range(29):
        make.course(db)
    queries.reset()

    assert len(listed(client.get("/samordning/kurser"))) == 30
    assert queries.count == for_one
