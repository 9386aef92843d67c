"""Everybody reads all that is held of them, and nothing that is anybody else's."""

import json
from datetime import timedelta

from access_ground import everything
from access_words import COORDINATOR, RESIDENT
from portals import STOPPED
from sqlalchemy import select

import make
from auth import personal_numbers
from auth.models import Identity, Person
from bookings.queries import my_data
from lararportal import journal, pages, personal_number
from lararportal.db import Base
from lararportal.outbox import Letter


def names_a_person(table) -> bool:
    """Whether a row of the table says of somebody that it is about them or by them."""
    to_person = any(key.column.table.name == "persons" for key in table.foreign_keys)
    return to_person or {"person_id", "by"} & set(table.columns.keys()) != set()


def test_no_table_that_speaks_of_a_person_is_left_out():
    told = {each.name for each in my_data.tables()} | my_data.ELSEWHERE
    speaking = {each.name for each in Base.metadata.sorted_tables if names_a_person(each)}

    assert speaking - told == my_data.OF_OTHERS
    assert {each.name for each in my_data.tables()} - pages.words()["my_data"].keys() == set()
    assert told - speaking == {"persons", "choices", "identities_put_aside"}
    columns = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    assert (my_data.SECRETS | my_data.OTHERS) - columns == set()


def test_the_file_has_everything_of_oneself_without_secrets_and_other_people(client, sign_in, db, app):
    made = everything(db)
    anna, olle = (db.get_one(Person, made.persons[who]) for who in (RESIDENT, COORDINATOR))
    personal_numbers.show(db, person_id=anna.id, reason="Intyget", now=made_at(db), by=olle.id)
    imprint = personal_numbers.imprint(db, personal_number.of("191212121212"))
    eleg = {"person_id": anna.id, "issuer": "https://a", "kind": "personal_number", "linked_at": made_at(db)}
    for value in (imprint, "191212121212"):  # As it is kept, and as it was before numbers were sealed.
        db.add(Identity(**eleg, value=value))
    journal.note(db, "identity.linked", now=made_at(db), by=anna.id, person=anna.id, trace=imprint)
    sign_in(client, anna)
    answer = client.get("/profil/mina-uppgifter.json")
    data = json.loads(answer.text)

    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/json", "private, no-store")
    assert "attachment" in answer.headers["Content-Disposition"]
    whole = {
        "letters",
        "bookings",
        "decisions",
        "applications",
        "choices",
        "precedences",
        "login_sessions",
        "journal",
    }
    assert [name for name in whole if not data[name]] == []
    assert (data["person"]["family_name"], data["personal_number"]) == (anna.family_name, "19121212-****")
    rows = [row for each in data.values() if isinstance(each, list) for row in each]
    assert {row["person_id"] for row in rows if "person_id" in row} == {anna.id}
    assert [name for row in rows for name in row if name in my_data.SECRETS | (my_data.OTHERS - {"by"})] == []
    assert {entry["by"] for entry in data["journal"]} <= {"oneself", "portal", "staff"}
    others = db.scalars(select(Person.email).where(Person.id != anna.id))
    assert [each for each in others if each in answer.text] == []
    assert [each["value"] for each in data["identities"] if each["kind"] == "personal_number"] == ["****", "****"]
    assert [each for each in ("1212121", imprint, '"sid"', '"trace"') if each in answer.text] == []


def test_the_file_asks_for_a_proof_that_is_minutes_old_and_leads_back_to_the_page(visit, db, now):
    anna = make.person(db)
    about = {"once": "one", "occasion": "x", "address": "a@example.org", "message_id": "<1@portal.example.org>"}
    text = {"subject": "Din plats", "body": "Hej", "calendars": []}
    db.add(Letter(**about, **text, person_id=anna.id, created_at=now, next_attempt_at=now))
    browser = visit(anna, at=now)
    browser.environ_base[STOPPED] = now + timedelta(minutes=11)
    answer = browser.get("/profil/mina-uppgifter.json")

    assert answer.location == "/logga-in/igen?next=/profil/mina-uppgifter"
    assert "lämnar ut personuppgifter" in browser.get(answer.location).text
    assert "<summary>Din plats (11 januari 2027 kl. 08.00)</summary>" in browser.get("/profil/mina-uppgifter").text


def made_at(db):
    return db.scalars(select(Person.created_at).limit(1)).one()


def test_the_page_tells_who_has_looked_at_ones_number_and_costs_the_same_for_much_and_little(
    client, sign_in, db, queries, now
):
    little, much = make.person(db), make.person(db)
    olle = make.coordinator(db, given_name="Olle", family_name="Olsson")
    personal_numbers.keep_shown(db, person_id=much.id, kind="personal_number", value="191212121212", now=now)
    for number in range(30):
        personal_numbers.show(db, person_id=much.id, reason=f"Skäl {number}", now=now, by=olle.id)
    db.flush()
    cost = {}
    for person in (little, much):
        sign_in(client, person)
        client.get("/profil/mina-uppgifter")
        queries.reset()
        page = client.get("/profil/mina-uppgifter").text
        cost[person.id] = queries.count

    assert ("Olle Olsson. Skäl: Skäl 29" in page, page.count("Skäl: Skäl")) == (True, 30)
    assert ("19121212-****" in page, "1212121" in page) == (True, False)
    assert (len(set(cost.values())), cost[much.id] < 40) == (1, True)
    assert "Allt som är sparat om dig" in client.get("/profil").text
