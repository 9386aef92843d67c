"""Comments that name a person: hidden by a coordinator from whoever reads, in whatever form, and shown again."""

from io import BytesIO

import pytest
from bookings_room import last_facts, noted, refused
from evaluation_room import NOW, closed, units_of
from openpyxl import load_workbook
from sqlalchemy import func, select, text, update

import make
from auth.states import Role
from courses.evaluations import compilation, masking
from courses.models import Masking, SessionLeader
from courses.states import Refusal
from courses.views import compilation_files
from lararportal.audit import invariants
from lararportal.errors import NotFound

NAMED, OTHER = "Zebulon Planterad pratade för mycket", "Fallen var bra"
HIDDEN = "Texten är dold av en utbildningskoordinator"
SAID = [{"overall": "4", "keep": NAMED}, {"overall": "5", "keep": OTHER}, *[{"overall": "3"}] * 3]


def comment_of(db, course_id: int, said: str = NAMED) -> masking.Comment:
    return next(each for each in masking.comments(db, course_id) if each.text == said)


def masked(db, room, said: str = NAMED, by: int | None = None) -> masking.Comment:
    found = comment_of(db, room.session.course_id, said)
    by = by or make.coordinator(db).id
    masking.mask(db, session_id=found.sessions[0], imprint=found.imprint, reason="Namn", now=NOW, by=by)
    return found


def test_a_masked_text_is_read_nowhere_and_the_journal_has_the_reason_and_not_the_text(db, visit, app):
    room = closed(db, *SAID)
    office, code = visit(make.coordinator(db)), room.session.course.code
    listed, page = f"/samordning/kurser/{code}/kommentarer", f"/utvarderingar/{code}"
    found = comment_of(db, room.session.course_id)
    path = f"/samordning/kommentarer/{room.session.id}/{found.imprint}"
    assert (f"{path}/dolj" in office.get(listed).text, listed in office.get(page).text) == (True, True)
    empty, told = office.post(f"{path}/dolj", data={"reason": " "}), {"reason": f"Det står: {NAMED.upper()}"}
    assert (empty.status_code, NAMED in office.get(f"{path}/dolj").text) == (400, True)
    copied = office.post(f"{path}/dolj", data=told)
    assert (copied.status_code, "Skriv inte av kommentaren" in copied.text) == (409, True)
    assert office.post(f"{path}/visa", data={"reason": "Fel"}).status_code == 409

    done = office.post(f"{path}/dolj", data={"reason": "Nämner en person"}, follow_redirects=True).text
    assert ("Kommentaren är dold." in done, NAMED in done, "Nämner en person" in done) == (True, True, True)
    assert office.post(f"{path}/dolj", data={"reason": "Igen"}).status_code == 409
    facts = {"course": code, "sessions": [room.session.id], "question": "keep", "imprint": found.imprint}
    assert last_facts(db) == {**facts, "reason": "Nämner en person"}
    readers = [visit(each) for each in (room.leader, make.holder(db, Role.REVIEWER))]
    for each in (*readers, office):
        read = each.get(page).text
        assert (NAMED in read, OTHER in read, read.count(HIDDEN)) == (False, True, 1)
        sheet = load_workbook(BytesIO(each.get(f"{page}/sammanstallning.xlsx", buffered=True).data)).active.values
        written = [str(row[4])[: len(HIDDEN)] for row in sheet if not str(row[4]).isdigit()]
        assert (NAMED in written, OTHER in written, written.count(HIDDEN)) == (False, True, 1)
    with app.test_request_context():
        seen = compilation.of_course(db, code=code, by=0, sees_all=True)
        paper = str(compilation_files.paper(seen, now=NOW))
    assert (NAMED in paper, OTHER in paper, HIDDEN in paper) == (False, True, True)

    office.post(f"{path}/visa", data={"reason": "Var inget namn"})
    assert last_facts(db) == {**facts, "reason": "Var inget namn"}
    assert (NAMED in readers[1].get(page).text, db.scalar(select(func.count()).select_from(Masking))) == (True, 0)
    assert "Zebulon" not in str(db.execute(text("SELECT facts FROM journal")).all())


def test_who_has_led_the_session_does_not_mask_what_is_said_of_it(db):
    room, office = closed(db, *SAID), make.coordinator(db)
    db.add(SessionLeader(session_id=room.session.id, person_id=office.id))
    db.flush()
    with refused(Refusal.LED_THEMSELVES):
        masked(db, room, by=office.id)
    with pytest.raises(NotFound):
        masking.comment(db, session_id=room.session.id, imprint="0" * 64)
    assert "evaluation.text_masked" not in {deed for deed, *_ in noted(db)}


def test_nothing_tells_from_which_of_the_sessions_of_a_unit_a_masked_text_comes(db):
    """One answered at the second session: whoever knew the text to be from there would know who wrote it."""
    rows = []
    for at in (0, 1):
        said = [[{"overall": "4"}] * 4, [{"overall": "4"}]]
        said[at][0] = {"overall": "4", "keep": NAMED}
        first = closed(db, *said[0])
        second = closed(db, *said[1], after=first.session)
        found = masked(db, first)
        assert found.sessions == (first.session.id, second.session.id)
        rows.append(db.scalars(select(Masking.session_id).where(Masking.session_id.in_(found.sessions))).all())
        assert rows[-1] == [first.session.id]
        assert last_facts(db)["sessions"] == [first.session.id, second.session.id]


def test_what_is_masked_is_masked_however_often_it_is_said_there_and_nowhere_else(db):
    twice = [{"overall": "4", "keep": NAMED}] * 2
    room = closed(db, *twice, {"overall": "4", "change": NAMED}, *SAID[2:])
    closed(db, *SAID, after=room.session)
    found = next(each for each in masking.comments(db, room.session.course_id) if each.times == len(twice))
    by = make.coordinator(db).id
    masking.mask(db, session_id=room.session.id, imprint=found.imprint, reason="Namn", now=NOW, by=by)

    one, other = units_of(db, room.session.course_id)
    assert (one.tallies.texts, one.tallies.masked) == ({"keep": [], "change": [NAMED]}, {"keep": 2})
    assert (other.tallies.texts, other.tallies.masked) == ({"keep": [OTHER, NAMED]}, {})
    assert one.tallies.counts == {"overall": {"4": 3, "3": 3}}


def test_a_masking_that_hides_nothing_or_was_changed_is_found(db):
    room = closed(db, *SAID)
    before = {each.check for each in invariants(db, now=NOW)}
    masked(db, room)
    assert {each.check for each in invariants(db, now=NOW)} == before
    db.execute(update(Masking).values(reason="Annat"))
    assert {each.check for each in invariants(db, now=NOW)} - before == {"masking_not_as_noted"}
    db.execute(update(Masking).values(imprint="0" * 64))
    assert {each.check for each in invariants(db, now=NOW)} - before == {
        "masking_hides_nothing",
        "masking_not_as_noted",
    }


def test_the_page_of_comments_asks_as_little_for_many_as_for_few(db, visit, queries):
    office, counts = visit(make.coordinator(db)), []
    room = closed(db, *SAID)
    path = f"/samordning/kurser/{room.session.course.code}/kommentarer"
    for _ in range(2):
        masked(db, closed(db, *SAID, after=room.session))
        db.expire_all()
        queries.reset()
        assert office.get(path).status_code == 200
        counts.append(queries.count)
    assert counts[0] == counts[1]
