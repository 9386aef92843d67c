"""Two coordinators, or two tabs, change the same course or session: nothing is undone unseen."""

import pytest
from courses_desk import deeds, form_of, session_with, the_session

import make
from courses.models import Course

MEANWHILE = "Uppgifterna har ändrats sedan du öppnade sidan."
BELOW_MINIMUM = {"seats": "10", "minimum": "11"}


@pytest.fixture(autouse=True)
def olle(db, client, sign_in):
    """A coordinator who is signed in."""
    sign_in(client, make.coordinator(db))


def test_a_session_that_was_changed_meanwhile_is_not_saved_unseen(db, client):
    path = f"/samordning/tillfallen/{session_with(db).id}/andra"
    one, other = form_of(client.get(path)), form_of(client.get(path))
    assert client.post(path, data=one | {"place": "Borås, Medicinens hus"}).status_code == 302

    answer = client.post(path, data=other | {"seats": "18"})

    assert (answer.status_code, MEANWHILE in answer.text) == (409, True)
    assert form_of(answer)["seats"] == "18"
    assert the_session(db).place == "Borås, Medicinens hus"
    assert the_session(db).seats != 18


def test_a_second_press_of_the_same_button_changes_nothing_and_is_no_fault(db, client):
    course, session = make.course(db, code="KL29"), session_with(db, seats_taken=3)
    path = f"/samordning/tillfallen/{session.id}/andra"
    confirmed = form_of(client.post(path, data=form_of(client.get(path)) | {"place": "Borås, Medicinens hus"}))
    title = form_of(client.get(f"/samordning/kurser/{course.code}/andra")) | {"title": "Hud i primärvård"}

    presses = [client.post(path, data=confirmed).status_code for _ in range(2)]
    presses += [client.post(f"/samordning/kurser/{course.code}/andra", data=title).status_code for _ in range(2)]

    assert presses == [302] * 4
    assert [deed for deed, _ in deeds(db)] == ["session.changed", "course.changed"]


def test_who_has_been_told_may_save_all_the_same(db, client):
    path = f"/samordning/tillfallen/{session_with(db).id}/andra"
    one, other = form_of(client.get(path)), form_of(client.get(path))
    client.post(path, data=one | {"place": "Borås, Medicinens hus"})
    told = form_of(client.post(path, data=other | {"seats": "18"}))

    assert client.post(path, data=told).status_code == 302
    assert (the_session(db).seats, the_session(db).place) == (18, other["place"])


def test_seats_that_are_booked_meanwhile_are_no_change_of_the_plan(db, client):
    session = session_with(db)
    path = f"/samordning/tillfallen/{session.id}/andra"
    form = form_of(client.get(path))
    session.seats_taken = 3
    db.flush()

    assert client.post(path, data=form | {"seats": "18"}).status_code == 302


def test_a_course_that_was_changed_meanwhile_is_not_saved_unseen(db, client):
    course = make.course(db, code="KL29")
    path = "/samordning/kurser/KL29/andra"
    one, other = form_of(client.get(path)), form_of(client.get(path))
    assert client.post(path, data=one | {"title": "Hud i primärvård"}).status_code == 302

    answer = client.post(path, data=other | {"seats": "18"})
    assert (answer.status_code, MEANWHILE in answer.text) == (409, True)
    assert client.post(path, data=form_of(answer)).status_code == 302
    db.expire_all()
    assert (db.get_one(Course, course.id).title, db.get_one(Course, course.id).seats) == (other["title"], 18)


def test_another_fault_does_not_hide_what_a_course_has_become_meanwhile(db, client):
    course = make.course(db, code="KL29")
    path = "/samordning/kurser/KL29/andra"
    one, other = form_of(client.get(path)), form_of(client.get(path))
    client.post(path, data=one | {"title": "Hud i primärvård"})

    answer = client.post(path, data=other | BELOW_MINIMUM)

    assert (answer.status_code, MEANWHILE in answer.text) == (409, True)
    again = client.post(path, data=form_of(answer))
    assert (again.status_code, MEANWHILE in again.text) == (409, False)
    db.expire_all()
    assert db.get_one(Course, course.id).title == "Hud i primärvård"


def test_another_fault_does_not_hide_what_a_session_has_become_meanwhile(db, client):
    path = f"/samordning/tillfallen/{session_with(db).id}/andra"
    one, other = form_of(client.get(path)), form_of(client.get(path))
    client.post(path, data=one | {"place": "Borås, Medicinens hus"})

    answer = client.post(path, data=other | BELOW_MINIMUM)

    assert (answer.status_code, MEANWHILE in answer.text) == (409, True)
    assert the_session(db).place == "Borås, Medicinens hus"
