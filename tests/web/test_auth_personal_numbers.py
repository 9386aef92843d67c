"""Who looks at a personal number says why, and nobody else sees more than its mask."""

import pytest
from flask import request
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from auth import personal_numbers, queries
from auth.models import Person
from auth.states import Role
from lararportal import journal, outbox, personal_number
from lararportal.forms import Form, PersonalNumberField
from lararportal.journal import Entry
from make import coordinator, holder, person

NUMBER = personal_number.of("191212121212")


@pytest.fixture
def tolvan(db, now) -> Person:
    found = person(db, given_name="Tolvan", family_name="Tolvansson")
    personal_numbers.keep(db, person_id=found.id, number=NUMBER, now=now)
    return found


def test_a_coordinator_sees_the_mask_and_the_number_once_they_say_why_which_is_kept(client, sign_in, db, tolvan):
    olle = coordinator(db, given_name="Olle", family_name="Olsson")
    sign_in(client, olle)
    here, there = f"/personer/{tolvan.id}", f"/personer/{tolvan.id}/personnummer"

    seen = [client.get(here), client.get(there), client.post(there, data={"reason": " "})]
    assert [(each.status_code, "19121212-****" in each.text, "1212121" in each.text) for each in seen] == [
        (200, True, False),
        (200, True, False),
        (409, True, False),
    ]
    assert "Skriv varför du behöver se personnumret." in seen[2].text
    assert (queries.looks(db, tolvan.id), there in seen[0].text) == ([], True)
    answer = client.post(there, data={"reason": "Intyget ska skrivas om."})
    assert (answer.status_code, "191212121212" in answer.text) == (200, True)
    assert "no-store" in answer.headers["Cache-Control"]
    [look] = queries.looks(db, tolvan.id)
    assert (look.by, look.reason) == ("Olle Olsson", "Intyget ska skrivas om.")
    [entry] = db.scalars(select(Entry).where(Entry.deed == personal_numbers.SHOWN))
    assert (entry.by, entry.person_id, "12121212" in str(entry.facts)) == (olle.id, tolvan.id, False)


def test_there_is_nothing_to_see_of_who_has_none_and_for_a_director(client, sign_in, db, tolvan):
    sign_in(client, coordinator(db))
    assert client.get(f"/personer/{person(db).id}/personnummer").status_code == 404

    sign_in(client, holder(db, Role.DIRECTOR, area=tolvan.area))
    assert client.get(f"/personer/{tolvan.id}/personnummer").status_code == 403
    assert "19121212" not in client.get(f"/personer/{tolvan.id}").text


def test_a_number_of_which_the_key_is_gone_breaks_no_page(client, sign_in, db, tolvan):
    row = db.get(personal_numbers.models.PersonalNumber, tolvan.id)
    row.sealed = row.sealed.replace(":new:", ":gone:")
    db.flush()
    sign_in(client, coordinator(db))

    assert client.get(f"/personer/{tolvan.id}").status_code == 200
    answer = client.post(f"/personer/{tolvan.id}/personnummer", data={"reason": "Intyget ska skrivas om."})
    assert (answer.status_code, "går inte att läsa" in answer.text) == (409, True)
    assert queries.looks(db, tolvan.id) == []


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/personer?q=19121212-1212&visa=pending&sida=2", "/personer?visa=pending&sida=2"),
        ("/samordning/brev?lage=sent&q=Eva+191212121212", "/samordning/brev?lage=sent"),
        ("/personer?q=19121212%E2%80%931212", "/personer"),
        ("/kurser?q=121212%2B1212&typ=klinisk", "/kurser?typ=klinisk"),
    ],
    ids=["people", "letters", "dash", "catalogue"],
)
def test_a_number_in_a_search_does_not_stay_in_the_address_nor_come_back_on_the_page(
    client, sign_in, db, asked, led_to
):
    sign_in(client, coordinator(db))
    answer = client.get(asked)
    page = client.get(answer.location).text

    assert (answer.status_code, answer.location) == (302, led_to)
    assert ("Sök inte på personnummer" in page, [each for each in ("1212", "Eva") if each in page]) == (True, [])


class Typed(Form):
    number = PersonalNumberField()
    text = StringField()


@pytest.mark.parametrize(
    ("sent", "number", "faults"),
    [
        ({"number": "19121212-1212", "text": "hej"}, NUMBER, []),
        ({"number": "121212+1212"}, NUMBER, []),
        ({"number": ""}, None, []),
        ({"number": "19121212-1213"}, None, ["personal_number_impossible"]),
        ({"text": "Det gäller 19121212-1212."}, None, ["text_tells_number"]),
    ],
)
def test_a_number_is_typed_in_its_own_field_and_in_no_other(app, sent, number, faults):
    with app.test_request_context(method="POST", data=sent):
        form = Typed(MultiDict(request.form))
        form.validate()

    assert (form.number.data, [error for field in form for error in field.errors]) == (number, faults)


def test_no_entry_and_no_letter_has_a_number_in_it_whatever_somebody_wrote(db, tolvan, now):
    why = {"reason": "Fel person: 191212121212", "all": [{"who": "19121212-1212"}], "count": 3}
    journal.note(db, "test.done", now=now, by=None, person=tolvan.id, **why)
    facts = {"changes": [], "decided_by": "19121212-1212"}
    outbox.post(db, "facts_corrected", to=tolvan.recipient, once="x", now=now, **facts)
    db.flush()

    [entry] = db.scalars(select(Entry).where(Entry.deed == "test.done"))
    assert entry.facts == {"reason": "Fel person: 19121212-****", "all": [{"who": "19121212-****"}], "count": 3}
    [letter] = db.scalars(select(outbox.Letter))
    assert ("19121212-****" in letter.body, "1212121" in letter.body) == (True, False)
