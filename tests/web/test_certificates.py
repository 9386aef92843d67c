"""Certificates on pages: made by a job with progress, fetched, signed, one's own, and checked by anybody."""

import io
import re

import pytest
from bookings_pages import words_of
from certificates_room import AFTER_IT, NOT_MET, completed
from pypdf import PdfReader

import make
from auth.queries import looks
from auth.states import Role
from courses.days.half_days import halves_of
from courses.states import CertificateState
from lararportal import clock, tick

LATER = clock.parse("2027-03-18T10:00")


@pytest.fixture
def room(db):
    return completed(db)


@pytest.fixture
def desk(room):
    return f"/kurstillfallen/{room.session.id}/intyg"


def pages_of(answer) -> list[str]:
    return [each.extract_text() for each in PdfReader(io.BytesIO(answer.data)).pages]


def test_a_correction_hands_the_version_that_it_asks_for_to_the_workers(room, visit, installation):
    anna, half = room.people[0], halves_of(room.session)[0].name
    room.ask(anna)
    room.make()
    browser = visit(make.coordinator(room.db), at=AFTER_IT)
    sent = {f"state-{half}": "late", f"minutes-{half}": "30", f"competence-{anna.id}": "on", "reason": "Kom sent."}
    address = f"/samordning/tillfallen/{room.session.id}/narvaro/{anna.id}"
    page = browser.post(address, data=sent, follow_redirects=True)
    assert ("Ett nytt intyg framställs" in page.text, [state for *_, state in room.stand()]) == (
        True,
        ["valid", "making"],
    )
    jobs = [installation.queue.fetch_job(each) for each in installation.queue.get_job_ids()]
    assert [each.args for each in jobs if each.args] == [[room.session.id]]


def test_the_leader_makes_them_in_a_job_and_sees_how_far_it_has_come(room, desk, visit, database, installation):
    browser = visit(room.leader, at=AFTER_IT)
    assert browser.get(desk).text.count("inte framställt<") == 3
    assert "Framställ intyg: 3" in browser.get("/kursledare").text
    assert f'href="{desk}"' in visit(make.coordinator(room.db), at=AFTER_IT).get("/samordning").text
    shown = browser.get(f"{desk}/framstall").text
    chosen = re.findall(r'name="(chosen-\d+)" checked', shown)
    assert len(chosen) == 3
    assert browser.post(f"{desk}/framstall", data=dict.fromkeys(chosen[:2], "on")).headers["Location"] == desk
    assert "Framställ intyg: 1" in browser.get("/kursledare").text
    going_on = browser.get(desk)
    assert ("0 av 2 är klara" in going_on.text, going_on.headers["Refresh"]) == (True, "2")
    jobs = [installation.queue.fetch_job(each) for each in installation.queue.get_job_ids()]
    [job] = [each for each in jobs if each.args]
    assert (job.func_name, job.args, job.retries_left) == (
        "lararportal.workers.make_certificates", [room.session.id], 1
    )  # fmt: skip
    # A worker that does the same once more, after one that ended in the middle, makes none twice.
    assert [tick.make_certificates(database, room.session.id, now=AFTER_IT) for _ in range(2)] == [2, 0]
    done = browser.get(desk)
    assert (done.text.count("giltigt<"), "Refresh" in done.headers) == (2, False)
    assert len(re.findall(r'name="chosen-\d+"', browser.get(f"{desk}/framstall").text)) == 1
    again = browser.post(f"{desk}/framstall", data=dict.fromkeys(chosen[:2], "on"), follow_redirects=True)
    assert "Inget nytt framställdes" in again.text
    room.session.completed_at = room.session.completed_by = None
    room.db.flush()
    assert browser.post(f"{desk}/framstall", data={chosen[2]: "on"}).status_code == 409
    assert "inte slutfört" in browser.get(desk).text


def test_whoever_signs_fetches_one_file_and_notes_the_day(room, desk, visit):
    room.ask()
    room.make()
    anna, bo, cia = room.people
    bo.is_protected = True
    room.db.flush()
    browser = visit(room.leader, at=LATER)
    file = browser.get(f"{desk}.pdf")
    assert (file.mimetype, [len(pages_of(file)), "no-store" in file.headers["Cache-Control"]]) == (
        "application/pdf", [2, True]
    )  # fmt: skip
    assert len(pages_of(visit(make.coordinator(room.db), at=LATER).get(f"{desk}.pdf"))) == 3
    assert "En utbildningskoordinator hämtar dem" in browser.get(desk).text
    assert len(looks(room.db, anna.id)) == 2
    page = browser.get(f"{desk}/underskrifter").text
    assert ('value="2027-03-18"' in page, bo.family_name in page) == (True, False)
    [first], [third] = room.of(anna), room.of(cia)
    was = {f"was-{each.id}": "0" for each in (first, third)}
    sent = {"on": "2027-03-19", f"signed-{first.id}": "on", **was}
    refused = browser.post(f"{desk}/underskrifter", data=sent)
    assert (refused.status_code, "Dagen har inte varit än" in refused.text) == (409, True)
    assert re.search(rf'name="signed-{first.id}" checked', refused.text)
    assert browser.post(f"{desk}/underskrifter", data={**sent, "on": ""}).status_code == 400
    assert browser.post(f"{desk}/underskrifter", data={**sent, "on": "2027-03-17"}).status_code == 302
    assert [len(pages_of(browser.get(f"{desk}.pdf{way}"))) for way in ("", "?alla=1")] == [1, 2]
    assert ([row.signed_on for row in (*room.of(anna), *room.of(cia))][1], room.of(anna)[0].signed_on.day) == (
        None,
        17,
    )


def test_they_are_for_leaders_of_the_session_and_coordinators_who_have_just_signed_in(room, desk, visit):
    room.ask()
    room.make()
    stranger = visit(make.holder(room.db, Role.LEADER), at=LATER)
    ways = (desk, f"{desk}/framstall", f"{desk}/underskrifter", f"{desk}.pdf")
    assert [stranger.get(each).status_code for each in ways] == [404] * 4
    assert [visit(room.people[0], at=LATER).get(each).status_code for each in ways] == [403] * 4
    olle = visit(make.coordinator(room.db), at=LATER)
    assert [olle.get(each).status_code for each in ways] == [200] * 4
    olle.environ_base["test.now"] = clock.parse("2027-03-18T10:20")
    assert [olle.get(each).status_code for each in ways] == [200, 302, 302, 302]


def test_everybody_finds_their_own_and_nobody_elses(room, visit, queries):
    anna, bo, cia = room.people
    room.ask(anna, bo)
    room.make()
    browser = visit(anna, at=LATER)
    [row], [other] = room.of(anna), room.of(bo)
    queries.reset()
    mine = browser.get("/mina-kurser/intyg").text
    few = queries.count
    assert (row.number in mine, other.number in mine, "giltigt" in mine) == (True, False, True)
    [page] = pages_of(browser.get(f"/mina-kurser/intyg/{row.id}.pdf"))
    assert ("19121212-1212" in page, "Anna Alm" in page) == (True, True)
    assert looks(room.db, anna.id) == []
    row.signed_on = AFTER_IT.date()
    room.db.flush()
    assert "underskrivet 17 mars 2027" in browser.get("/mina-kurser/intyg").text
    assert browser.get(f"/mina-kurser/intyg/{other.id}.pdf").status_code == 404
    assert "Du har inga intyg här än" in visit(cia, at=LATER).get("/mina-kurser/intyg").text
    assert "Du är godkänd. Intyg för" in words_of(browser.get("/mina-kurser"))
    anna.given_name = "Anne"
    room.db.flush()
    room.ask(anna, now=LATER)
    assert "giltigt" in browser.get("/mina-kurser/intyg").text
    room.make(LATER)
    assert browser.get(f"/mina-kurser/intyg/{row.id}.pdf").status_code == 404
    queries.reset()
    assert "version 2" in browser.get("/mina-kurser/intyg").text
    assert queries.count == few


def test_anybody_with_a_code_is_told_what_has_become_of_it_and_nothing_more(room, visit):
    anna, bo, _ = room.people
    room.ask(anna, bo)
    browser = visit(at=LATER)
    [row], [other] = room.of(anna), room.of(bo)
    assert browser.get(f"/intyg/{row.code}").status_code == 404
    room.make()
    asked = browser.post("/intyg", data={"code": f" {row.code[:4]}-{row.code[4:8]}-{row.code[8:].lower()} "})
    assert asked.headers["Location"] == f"/intyg/{row.code}"
    told = browser.get(asked.headers["Location"])
    course = room.session.course.title
    assert [each in told.text for each in ("Intyget gäller", course, "15 och 16 mars 2027", "A. A.")] == [True] * 4
    kept_back = ("Alm", "1212", row.number, "Göteborg", "Öberg")
    assert [each for each in kept_back if each in told.text.partition("<main")[2].partition("</main")[0]] == []
    assert (told.headers["X-Robots-Tag"], told.headers["Cache-Control"]) == ("noindex", "no-store")
    assert browser.get(f"/intyg/{row.code.lower()}").status_code == 200
    bo.is_protected = True
    room.complete(NOT_MET, NOT_MET, NOT_MET, now=clock.parse("2027-03-17T12:00"))
    withdrawn = browser.get(f"/intyg/{other.code}").text
    assert ("återkallat intyget" in withdrawn, "Initialer" in withdrawn) == (True, False)
    row.state = CertificateState.REPLACED
    room.db.flush()
    assert "ersatt av en ny version" in browser.get(f"/intyg/{row.code}").text
    unknown = browser.get("/intyg/CCCCCCCCCCCC")
    assert (unknown.status_code, "Inget intyg har den koden" in unknown.text) == (404, True)
    mistyped = browser.post("/intyg", data={"code": "CDFH-JKM"})
    assert (mistyped.status_code, 'value="CDFH-JKM"' in mistyped.text) == (400, True)
    assert "Koden har tolv tecken" in mistyped.text


def test_the_pages_of_a_session_ask_as_little_for_many_as_for_few(room, desk, visit, queries):
    browser, counts = visit(room.leader, at=LATER), []
    room.ask(room.people[0])
    room.make()
    for extra in (0, 1):
        room.ask(*room.people[: 1 + 2 * extra])
        room.make()
        for way in ("", "/framstall", "/underskrifter"):
            queries.reset()
            assert browser.get(desk + way).status_code == 200
            counts.append(queries.count)
    assert counts[:3] == counts[3:]
