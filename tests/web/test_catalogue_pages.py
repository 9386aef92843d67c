"""A course and a session have a page each, for everybody once they are published."""

import re
from datetime import time, timedelta

import pytest

import make
from auth.states import Area, Role
from courses.models import CourseDay
from courses.states import Kind, Order, Publicity
from lararportal import clock, pages

TODAY = clock.day_of(clock.now())
SOON = TODAY + timedelta(days=40)


def words_of(answer):
    """The text of the main part, without tags and with single blanks."""
    main = re.search(r"<main.*?</main>", answer.text, re.DOTALL).group(0)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split()).replace(" .", ".").replace(" ,", ",")


def test_a_course_says_what_it_teaches_to_whom_and_when(db, client):
    course = make.course(
        db,
        code="KL02",
        title="Dermatologi",
        kind=Kind.CLINICAL,
        description="Hudens <sjukdomar>.\n\nFall i grupp.",
        objectives_2015=["c4", "c5"],
        objectives_2021=["STc4"],
        preparatory_parts=1,
        targets={"PRE": 1, "SPEC": 0, "ST": 0},
        order=Order.REVERSED,
    )
    session = make.session(db, of=course, days=[SOON, SOON + timedelta(days=1)], seats_taken=3)

    answer = client.get("/kurser/kl02")
    text = words_of(answer)

    assert answer.status_code == 200
    assert "<p>Hudens &lt;sjukdomar&gt;.</p>" in answer.text
    assert "<p>Fall i grupp.</p>" in answer.text
    assert (
        "Platserna ges i första hand till ST-läkare och specialister i allmänmedicin, "
        "i andra hand till legitimerade läkare före ST." in text
    )
    assert pages.words()["order"]["reversed"] in text
    assert "Delmål, 2015 års regler c4, c5 Delmål, 2021 års regler STc4" in text
    assert "Förberedande del ja" in text
    assert f'<a href="/tillfallen/{session.id}">' in answer.text
    assert "7 lediga av 10" in text


def test_a_course_for_one_group_says_so(db, client):
    make.course(db, code="OB02", targets={"ST": 0})

    assert "Kursen är till för ST-läkare." in words_of(client.get("/kurser/OB02"))


def test_a_session_says_where_when_and_until_when(db, client):
    leader = make.holder(db, Role.LEADER)
    session = make.session(
        db,
        days=[SOON, SOON + timedelta(days=1)],
        place="Skövde, Billingehus",
        area=Area.SKARABORG,
        seats=20,
        seats_taken=20,
        minimum=8,
        prepare_by=SOON - timedelta(days=3),
        leaders=[leader],
    )

    answer = client.get(f"/tillfallen/{session.id}")
    text = words_of(answer)

    assert answer.status_code == 200
    assert f"{pages.day(SOON).capitalize()} kl. 08.30\u201316.30" in text
    assert "Plats Skövde, Billingehus Delområde Skaraborg Platser Fullt, 20 platser" in text
    assert f"Förberedelser klara senast {pages.day(SOON - timedelta(days=3))}" in text
    assert f"Sista avbokningsdag {pages.day(session.cancel_by)}" in text
    assert f"Beslut om kurstillfället blir av {pages.day(session.go_no_go_on)}" in text
    assert leader.name not in text


@pytest.mark.parametrize(
    "facts",
    [{"publicity": Publicity.DRAFT}, {"is_reserve": True}, {"publicity": Publicity.DRAFT, "is_reserve": True}],
)
def test_what_is_not_shown_exists_for_coordinators_only(db, client, sign_in, facts):
    hidden = make.session(db, days=[SOON], **facts)
    shown = make.session(db, of=make.course(db), days=[SOON])
    path = f"/tillfallen/{hidden.id}"

    before = [client.get(path).status_code, client.get(f"/tillfallen/{shown.id}").status_code]
    sign_in(client, make.person(db))
    as_doctor = client.get(path).status_code
    sign_in(client, make.coordinator(db))
    as_coordinator = client.get(path).status_code

    assert (before, as_doctor, as_coordinator) == ([404, 200], 404, 200)


def test_a_course_page_lists_hidden_sessions_for_coordinators_only(db, client, sign_in):
    course = make.course(db, code="KL02")
    shown = make.session(db, of=course, days=[SOON])
    draft = make.session(db, of=course, days=[SOON], publicity=Publicity.DRAFT)
    reserve = make.session(db, of=course, days=[SOON], is_reserve=True)

    def listed():
        return {int(number) for number in re.findall(r'href="/tillfallen/(\d+)"', client.get("/kurser/KL02").text)}

    everybody = listed()
    sign_in(client, make.coordinator(db))

    assert (everybody, listed()) == ({shown.id}, {shown.id, draft.id, reserve.id})


def test_a_draft_of_a_course_exists_for_coordinators_only(db, client, sign_in):
    make.course(db, code="KL02", publicity=Publicity.DRAFT)

    before = client.get("/kurser/KL02").status_code
    sign_in(client, make.coordinator(db))

    assert (before, client.get("/kurser/KL02").status_code) == (404, 200)


@pytest.mark.parametrize(
    ("publicity", "sentence"),
    [
        (Publicity.ARCHIVED, "Kurstillfället är arkiverat och går inte att söka."),
        (Publicity.CALLED_OFF, "Kurstillfället är inställt."),
    ],
)
def test_a_session_that_is_over_or_called_off_keeps_its_page_and_says_so(db, client, publicity, sentence):
    session = make.session(db, days=[SOON], publicity=publicity)

    answer = client.get(f"/tillfallen/{session.id}")

    assert answer.status_code == 200
    assert sentence in answer.text


@pytest.mark.parametrize("path", ["/kurser/FINNS-INTE", "/tillfallen/4711", "/tillfallen/x"])
def test_what_does_not_exist_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_pages_of_a_session_and_a_course_take_in_what_the_bookings_room_adds(own_app, db):
    @own_app.context_processor
    def additions():
        return {
            "session_actions": lambda session: f"[session {session.id}]",
            "course_actions": lambda course: f"[course {course.code}]",
        }

    session = make.session(db, of=make.course(db, code="KL02"), days=[SOON])
    client = own_app.test_client()

    assert f"[session {session.id}]" in client.get(f"/tillfallen/{session.id}").text
    assert "[course KL02]" in client.get("/kurser/KL02").text


def test_pages_ask_as_much_of_the_database_for_30_sessions_or_days_as_for_one(db, client, queries):
    course = make.course(db, code="KL02")
    session = make.session(db, of=course, days=[SOON])

    def count(path):
        queries.reset()
        assert client.get(path).status_code == 200
        return queries.count

    before = count("/kurser/KL02"), count(f"/tillfallen/{session.id}")
    for n in range(1, 30):
        make.session(db, of=course, days=[SOON + timedelta(days=n)])
        session.days.append(CourseDay(day=SOON + timedelta(days=n), starts=time(9), ends=time(16)))
    db.flush()

    assert (count("/kurser/KL02"), count(f"/tillfallen/{session.id}")) == before
    assert max(before) <= 6


def test_from_a_session_a_coordinator_comes_to_its_roster_and_its_form(db, client, sign_in):
    session = make.session(db, days=[SOON])
    everybody = client.get(f"/tillfallen/{session.id}").text
    sign_in(client, make.coordinator(db))
    answer = client.get(f"/tillfallen/{session.id}").text

    for path in (f"/samordning/tillfallen/{session.id}", f"/samordning/tillfallen/{session.id}/andra"):
        assert f'href="{path}"' in answer
        assert f'href="{path}"' not in everybody
        assert client.get(path).status_code == 200
