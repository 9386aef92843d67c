"""The material of a session: added by who leads it, fetched by who has a seat, as long as it is shown."""

from io import BytesIO

import pytest
from bookings_room import AFTER, noted, seat
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import make
from auth.states import Role
from courses.models import MaterialFile
from courses.rules import materials as rules
from lararportal import clock
from lararportal.audit import invariants

PDF = b"%PDF-1.7 bilder"
OVER = clock.parse("2027-03-16T16:30")


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture
def leader(db, session):
    return make.leader(db, session)


def typed(file: bytes | None = None, **facts):
    sent = {"title": "Bilder: hud/öga", "shown": "after", "address": "", **facts}
    file_ = {} if file is None else {"file": FileStorage(BytesIO(file), "../../x.exe")}
    boundary, body = encode_multipart({**sent, **file_})  # The client would leave a large one in a file.
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def test_a_file_is_added_seen_by_who_may_and_gone_when_it_is_taken_away(db, session, leader, visit, queries):
    anna, led = make.person(db), visit(leader, at=AFTER)
    seat(db, session, anna)
    desk, own = f"/kurstillfallen/{session.id}/material", f"/tillfallen/{session.id}"
    assert led.post(desk, **typed(PDF)).status_code == 302
    link = typed(title="Länk", shown="always", address="https://a.example/x")
    assert led.post(desk, **link).status_code == 302
    [number] = db.scalars(select(MaterialFile.material_id))
    early, late = visit(anna, at=AFTER), visit(anna, at=OVER)
    path = f"{own}/material/{number}"
    assert [each.get(path).status_code for each in (early, visit(make.person(db), at=OVER))] == [404, 404]
    file = late.get(path)
    assert (file.data, file.mimetype, file.headers["X-Content-Type-Options"]) == (PDF, "application/pdf", "nosniff")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="Bilder--hud-oga.pdf"')
    shown = [each.get(f"{own}/forberedelse").text for each in (early, late)]
    assert [("Bilder: hud/öga" in page, "https://a.example/x" in page) for page in shown] == [
        (False, True), (True, True)
    ]  # fmt: skip
    assert led.get(f"{desk}/{number}").data == PDF
    assert visit(make.holder(db, Role.LEADER), at=AFTER).get(desk).status_code == 404
    late.get(f"{own}/forberedelse")
    queries.reset()
    late.get(f"{own}/forberedelse")
    few = queries.count
    led.post(desk, **typed(PDF, title="En till"))
    queries.reset()
    late.get(f"{own}/forberedelse")
    assert queries.count == few
    assert led.post(f"{desk}/{number}/ta-bort").status_code == 302
    assert [led.get(f"{desk}/{number}").status_code, late.get(path).status_code] == [404, 404]
    assert db.scalar(select(func.count()).select_from(MaterialFile)) == 1
    deeds = [deed for deed, by, *_ in noted(db) if by == leader.id and deed.startswith("material.")]
    assert deeds == ["material.added"] * 3 + ["material.removed"]
    assert {each.check for each in invariants(db, now=OVER)} - {"seat_not_noted"} == set()


def test_what_is_not_taken_is_told_and_what_was_typed_is_kept(db, session, leader, visit, monkeypatch):
    led, desk = visit(leader, at=AFTER), f"/kurstillfallen/{session.id}/material"
    for sent, said in (
        (typed(b"MZ\x90"), "av en sort som inte tas emot"),
        (typed(b"%PDF- /JavaScript"), "makron eller andra program"),
        (typed(PDF + bytes(rules.LARGEST)), "högst 5 megabyte. Spara den"),
        (typed(), "Välj en fil eller skriv en adress"),
        (typed(PDF, address="https://a.example"), "inte båda"),
        (typed(address="javascript:alert(1)"), "Skriv hela adressen"),
    ):
        refused = led.post(desk, **sent)
        assert (refused.status_code, said in refused.text) == (400, True), said
        assert 'value="Bilder: hud/öga"' in refused.text
    monkeypatch.setattr(rules, "MOST", 0)
    full = led.post(desk, **typed(PDF))
    assert (full.status_code, "redan så mycket material" in full.text) == (409, True)
