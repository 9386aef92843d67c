"""A coordinator is told what they may not have meant with a session: odd days, and dates that are past."""

from datetime import timedelta

import pytest
from bookings_pages import words_of
from courses_desk import TODAY, form_of, the_session, typed

import make
from courses.rules import next_working_day
from courses.states import Publicity

MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
SATURDAY = MONDAY + timedelta(days=75)
NEW = "/samordning/tillfallen/nytt?kurs=KL29"
ODD = "Är det här tänkt?"


@pytest.fixture(autouse=True)
def olle(db, client, sign_in):
    """A coordinator who is signed in, and a course."""
    person = make.coordinator(db)
    make.course(db, code="KL29")
    sign_in(client, person)
    return person


def told(client, **change):
    """What the page of a session says after it has been planned like this."""
    return words_of(client.get(client.post(NEW, data=typed(**change)).location))


def test_a_day_on_a_weekend_is_said_on_the_page_and_to_coordinators_alone(db, client, sign_in):
    page = told(client, **{"days-0-day": str(SATURDAY), "days-1-day": ""})
    session = the_session(db)
    session.publicity = Publicity.PUBLISHED
    db.flush()

    assert ODD in page
    assert "Det är kurs på en lördag eller söndag (" in page
    assert ODD in words_of(client.get(f"/tillfallen/{session.id}"))
    sign_in(client, make.person(db))
    assert ODD not in words_of(client.get(f"/tillfallen/{session.id}"))


def test_a_public_holiday_is_said(client):
    christmas = TODAY.replace(year=TODAY.year + 1, month=12, day=25)

    assert "Det är kurs på en helgdag eller helgdagsafton (25 december" in told(
        client, **{"days-0-day": str(christmas), "days-1-day": ""}
    )


def test_dates_that_have_passed_already_are_said_while_the_session_is_a_draft(db, client):
    soon = next_working_day(TODAY + timedelta(days=7))

    page = told(client, **{"days-0-day": str(soon), "days-1-day": ""})

    assert "Dagen för beslut om kurstillfället blir av (" in page
    assert "Den som får en plats kan inte lämna den i tid." in page
    session = the_session(db)
    client.post(f"/samordning/tillfallen/{session.id}/publicera")
    assert ODD not in words_of(client.get(f"/tillfallen/{session.id}"))


def test_an_ordinary_plan_is_saved_without_a_word(client):
    day = next_working_day(TODAY + timedelta(days=60))

    assert ODD not in told(client, **{"days-0-day": str(day), "days-1-day": ""})


def test_a_change_of_a_published_session_says_once_what_it_lays_in_the_past(db, client):
    session = make.session(db, days=[next_working_day(TODAY + timedelta(days=60))])
    path = f"/samordning/tillfallen/{session.id}/andra"
    late = {"cancel_by": str(TODAY - timedelta(days=1))}

    changed = client.post(path, data=form_of(client.get(path)) | late)
    page = words_of(client.get(changed.location))
    again = client.post(path, data=form_of(client.get(path)) | {"seats": "30"})

    assert "Sista avbokningsdag (" in page
    assert "har redan varit" not in words_of(client.get(again.location))
