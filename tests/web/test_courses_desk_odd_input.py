"""What no browser sends to the form of a session: it is ignored, or answered with a sentence."""

from datetime import timedelta

import pytest
from courses_desk import FIRST, SECOND, days_of, form_of, session_with, the_session, typed
from sqlalchemy import select

import make
from courses.models import CourseSession

PATH = "/samordning/tillfallen/nytt?kurs=KL29"
THIRD = SECOND + timedelta(days=1)


@pytest.fixture
def olle(db, client, sign_in):
    """A coordinator who is signed in, and a course."""
    person = make.coordinator(db)
    make.course(db, code="KL29")
    sign_in(client, person)
    return person


def rows(count):
    """So many days, one after another."""
    found = {"days-0-day": "", "days-1-day": "", "days-2-day": ""}
    for number in range(count):
        found[f"days-{number}-day"] = str(FIRST + timedelta(days=number))
        found[f"days-{number}-starts"], found[f"days-{number}-ends"] = "08:30", "16:30"
    return found


@pytest.mark.parametrize(
    "number",
    ["x", "", "-1", "1.5", "²", "٣", "999999999", "9" * 5000, "0x1", " 3"],
    ids=lambda text: text[:10] or "none",
)
def test_a_row_that_has_no_number_of_a_row_is_ignored(db, client, olle, number):
    odd = {f"days-{number}-day": str(THIRD), f"days-{number}-starts": "08:30", f"days-{number}-ends": "16:30"}

    answer = client.post(PATH, data=typed(**odd))

    assert answer.status_code == 302
    assert [day for day, *_ in days_of(db, the_session(db))] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "name", ["days", "days-", "days-3", "days-3-", "days-3-night", "daysday-3-day", "days_3_day"]
)
def test_a_field_that_no_row_has_is_ignored(db, client, olle, name):
    answer = client.post(PATH, data=typed(**{name: str(THIRD)}))

    assert answer.status_code == 302
    assert [day for day, *_ in days_of(db, the_session(db))] == [FIRST, SECOND]


def test_as_many_days_as_the_form_takes_come_back_with_what_is_wrong(db, client, olle):
    answer = client.post(PATH, data=typed(**rows(40), place=""))

    assert answer.status_code == 400
    assert sum(name.endswith("-day") for name in form_of(answer)) == 40
    assert "Det här behöver fyllas i." in answer.text


def test_more_days_than_the_form_takes_are_refused_and_not_left_out(db, client, olle):
    answer = client.post(PATH, data=typed(**rows(41)))

    assert answer.status_code == 400
    assert "Ett kurstillfälle har högst 40 dagar." in answer.text
    assert db.scalars(select(CourseSession)).all() == []


def test_a_session_of_as_many_days_as_the_form_takes_can_be_looked_at(db, client, olle):
    session = make.session(db, days=[FIRST + timedelta(days=number) for number in range(40)])

    form = form_of(client.get(f"/samordning/tillfallen/{session.id}/andra"))

    assert sum(name.endswith("-day") for name in form) == 40


def test_the_question_may_be_sent_back_with_odd_fields(client, db, olle):
    session = session_with(db, seats_taken=3)
    path = f"/samordning/tillfallen/{session.id}/andra"

    asked = client.post(path, data=typed(**{"days-²-day": str(THIRD)}))
    back = client.post(path, data=form_of(asked) | {"back": "1"})

    assert (asked.status_code, back.status_code) == (200, 200)
