"""Courses taken elsewhere, on pages: what is typed is kept, what is no document is told, and who may read one."""

from io import BytesIO

import pytest
from bookings_room import AFTER
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import make
from auth import protection
from auth.states import Area, Role
from bookings import queries as reads
from bookings.rules.goals import GoalState
from courses.reports import reporting
from courses.rules.reports import LARGEST
from lararportal.journal import Entry

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
SEND = "/mina-delmal/rapportera"


@pytest.fixture
def anna(db):
    return make.person(db)


def sent(browser, content, **facts):
    typed = {"title": "Ledarskap", "provider": "Halland", "finished_on": "2026-11-06", "objectives": ["a1", "a5"]}
    file = {"document": FileStorage(BytesIO(content), "../../intyg.exe")} if content is not None else {}
    boundary, body = encode_multipart({**typed, **facts, **file})  # The client would leave a large one in a file.
    return browser.post(SEND, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_a_report_goes_from_who_did_it_to_who_confirms_it(db, anna, visit):
    eva = make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG)
    browser, desk = visit(anna, at=AFTER), visit(eva, at=AFTER)
    assert sent(browser, PNG).status_code == 302
    [row] = reads.my_goals(db, anna.id, now=AFTER).reports
    address = f"/personer/rapporter/{row.report.id}"
    for who, path in ((browser, f"/mina-delmal/rapporter/{row.report.id}/intyg"), (desk, f"{address}/intyg")):
        file = who.get(path)
        assert (file.data, file.mimetype) == (PNG, "image/png")
        assert file.headers["Content-Disposition"] == f'attachment; filename="intyg-{row.report.id}.png"'
        assert (file.headers["Cache-Control"], file.headers["X-Content-Type-Options"]) == (
            "private, no-store", "nosniff"
        )  # fmt: skip
    assert db.query(Entry).filter_by(deed="report.document_fetched", by=eva.id).count() == 1
    assert address in desk.get("/personer/rapporter").text
    missing = desk.post(f"{address}/avsla", data={"reason": ""})
    assert (missing.status_code, "reason-error" in missing.text) == (400, True)
    assert desk.post(f"{address}/bekrafta").status_code == 302
    again = desk.post(f"{address}/bekrafta")
    assert (again.status_code, "redan avgjort" in again.text) == (409, True)
    db.expire_all()
    states = {each.objective: each.state for each in reads.my_goals(db, anna.id, now=AFTER).rows}
    assert (states["a1"], states["a5"], states["a2"]) == (
        GoalState.DONE_ELSEWHERE, GoalState.DONE_ELSEWHERE, GoalState.MISSING
    )  # fmt: skip
    assert "klart, på annat håll" in browser.get("/mina-delmal").text


def test_the_document_of_whom_a_protected_identity_hides_is_for_coordinators(db, anna, visit):
    about = {"objectives": ["a1"], "title": "Kurs", "provider": "X", "content": PNG, "now": AFTER}
    made = reporting.report(db, person_id=anna.id, finished_on=AFTER.date(), by=anna.id, **about)
    office, eva = make.coordinator(db), make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG)
    protection.protect(db, person_id=anna.id, now=AFTER, by=office.id)
    db.flush()
    address = f"/personer/rapporter/{made.id}"
    assert [visit(each, at=AFTER).get(f"{address}/intyg").status_code for each in (office, eva)] == [200, 404]
    assert "kan bara en utbildningskoordinator" in visit(eva, at=AFTER).get(address).text


@pytest.mark.parametrize(
    ("content", "facts", "says"),
    [
        (None, {}, "Välj en fil med intyget."),
        (b"", {}, "Välj en fil med intyget."),
        (b"MZ", {}, "varken PDF, JPEG eller PNG"),
        (PNG + bytes(LARGEST), {}, "större än 5 megabyte"),
        (PNG, {"objectives": []}, "Välj minst ett delmål"),
        (PNG, {"finished_on": "2027-11-06"}, "Dagen har inte varit än"),
        (PNG, {"provider": " "}, "provider-error"),
    ],
    ids=["no file", "empty", "program", "large", "no objective", "ahead", "nobody"],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(anna, visit, content, facts, says):
    answer = sent(visit(anna, at=AFTER), content, **facts)
    assert (answer.status_code in (400, 409), says in answer.text) == (True, True)
    assert 'value="Ledarskap"' in answer.text


def test_a_form_beyond_all_measure_is_not_read_and_nobody_sends_a_large_one_from_outside(anna, visit):
    answer = sent(visit(anna, at=AFTER), bytes(7 * 1024 * 1024))
    assert (answer.status_code, "högst 5 megabyte" in answer.text) == (413, True)
    outside = visit(at=AFTER)
    outside.application.config["WTF_CSRF_ENABLED"] = True
    try:
        assert sent(outside, bytes(2 * 1024 * 1024)).status_code == 413
    finally:
        outside.application.config["WTF_CSRF_ENABLED"] = False


def test_the_list_takes_as_many_statements_for_many_as_for_few(db, visit, queries):
    eva, counts = make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG), []
    about = {"objectives": ["a1"], "title": "Kurs", "provider": "X", "content": PNG, "now": AFTER}
    for number in (1, 3):
        for _ in range(number):
            person = make.person(db)
            reporting.report(db, person_id=person.id, finished_on=AFTER.date(), by=person.id, **about)
        browser = visit(eva, at=AFTER)
        queries.reset()
        assert browser.get("/personer/rapporter").status_code == 200
        counts.append(queries.count)
    assert counts[0] == counts[1]
