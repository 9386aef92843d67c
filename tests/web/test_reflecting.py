"""What a leader thinks of their session afterwards: written by who led it, read with what came of the evaluation."""

import json
import re

import pytest
from bookings_room import last_facts, noted
from evaluation_room import NOW, closed
from sqlalchemy import select, update

import make
from auth.states import Role
from courses.models import Reflection
from lararportal.audit import invariants

WRITTEN = {
    "text": "Fallen ska bli fler.\nMaten var bra.",
    "what-0": "Två nya fall",
    "who-0": "Karin",
    "due-0": "2027-05-01",
}


@pytest.fixture
def room(db):
    return closed(db, *[{"overall": "4"}] * 5)


def test_what_a_leader_writes_is_read_with_the_evaluation_and_noted(room, db, visit):
    leader, path = visit(room.leader), f"/kurstillfallen/{room.session.id}/reflektion"
    assert leader.get(path).status_code == 200
    saved = leader.post(path, data=WRITTEN, follow_redirects=True).text
    again = leader.post(path, data=WRITTEN)

    assert ("Reflektionen är sparad." in saved, 'value="Två nya fall"' in saved, again.status_code) == (
        True,
        True,
        302,
    )
    assert noted(db).count(("reflection.written", room.leader.id, None, room.session.id)) == 1
    actions = [{"what": "Två nya fall", "who": "Karin", "due": "2027-05-01"}]
    assert last_facts(db) == {"text": "Fallen ska bli fler.\nMaten var bra.", "actions": actions}
    for who in (room.leader, make.holder(db, Role.REVIEWER)):
        page = visit(who).get(f"/utvarderingar/{room.session.course.code}").text
        assert "Två nya fall (Karin, senast 1 maj 2027)" in page
    faults = {each.check for each in invariants(db, now=NOW)}
    db.execute(update(Reflection).values(text="Allt var bra."))
    assert {each.check for each in invariants(db, now=NOW)} - faults == {"reflection_not_as_noted"}


def test_what_another_has_written_meanwhile_is_shown_and_not_written_over(room, db, visit):
    path = f"/kurstillfallen/{room.session.id}/reflektion"
    leader, other = visit(room.leader), visit(make.coordinator(db))
    [first] = re.findall(r'name="saw"[^>]*value="(\w+)"', leader.get(path).text)
    assert other.post(path, data={"text": "Den andras", "saw": first}).status_code == 302
    late = leader.post(path, data={**WRITTEN, "saw": first})

    assert (late.status_code, "Den andras" in late.text, "Maten var bra." in late.text) == (409, True, True)
    [then] = re.findall(r'name="saw"[^>]*value="(\w+)"', late.text)
    assert leader.post(path, data={**WRITTEN, "saw": then}).status_code == 302
    assert db.scalars(select(Reflection.text)).one() == WRITTEN["text"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"who-0": ""}, "Fyll i vad som ska göras, vem som ansvarar och när"),
        ({"due-0": ""}, "Fyll i vad som ska göras, vem som ansvarar och när"),
        ({"due-0": "i maj"}, "Skriv ett datum"),
        ({"text": " "}, "Det här behöver fyllas i."),
    ],
    ids=json.dumps,
)
def test_what_is_not_whole_is_said_where_it_stands_and_kept(room, db, visit, given: dict[str, str], sentence: str):
    page = visit(room.leader).post(f"/kurstillfallen/{room.session.id}/reflektion", data=WRITTEN | given)

    assert (page.status_code, sentence in page.text, "Två nya fall" in page.text) == (400, True, True)
    assert "reflection.written" not in {deed for deed, *_ in noted(db)}


def test_others_write_nothing_there(room, db, visit):
    path = f"/kurstillfallen/{room.session.id}/reflektion"

    assert visit(make.holder(db, Role.LEADER)).post(path, data=WRITTEN).status_code == 404
    assert visit(make.holder(db, Role.REVIEWER)).get(path).status_code == 403
    assert visit(make.coordinator(db)).post(path, data=WRITTEN).status_code == 302
