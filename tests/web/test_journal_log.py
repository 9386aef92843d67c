"""The journal as coordinators read it: by person, session, course, deed and time, and who looked is in it too."""

import ast
import re
from pathlib import Path

import pytest
from bookings_pages import words_of
from sqlalchemy import select, text

import make
from auth.states import Role
from bookings import cancellation, left_over_seats
from bookings.rules.minimum import CaseStep
from bookings.states import SessionFate
from lararportal import journal, pages
from lararportal.journal import Entry
from lararportal.journal_log import queries

PATH = "/samordning/journal"
ROOT = Path(__file__).parents[2]
DEED = re.compile(r"[a-z_]+\.[a-z_]+")
NO_DEEDS = {
    *("audit.proof", "courses.id", "courses.sql", "journal.sql", "lottery.txt", "preparation.of_course"),
    *("needs.sql", "preparation.own", "programme.of_session", "round.session_", "seats.sql"),
    *(f"preparation.{page}" for page in ("change_part", "file", "of_session", "own_file", "session_file")),
}
"""What else is called in the way of deeds."""


@pytest.fixture
def olle(db):
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def anna(db, now):
    """Somebody who has booked a seat in each of two courses, and given one back."""
    anna = make.person(db, given_name="Anna", family_name="Berg")
    for title in ("Hud", "Hjärta"):
        session = make.session(db, of=make.course(db, title=title))
        left_over_seats.book(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)
        if title == "Hud":
            cancellation.cancel(db, session_id=session.id, person_id=anna.id, reason="Jour", now=now, by=anna.id)
    db.flush()
    return anna


def told(page) -> list[tuple[str, ...]]:
    """The rows of the table."""
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", page.text, re.DOTALL)
    return [tuple(" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row.split("<td")) for row in rows]


def deeds(page) -> list[str]:
    return [re.sub(r"^.*?> ?", "", row[1]).partition(" Skäl")[0] for row in told(page)]


def test_the_journal_is_read_by_person_session_course_deed_and_time(db, olle, anna, visit, now):
    browser = visit(olle)
    sessions = db.scalars(text("SELECT id FROM course_sessions ORDER BY id")).all()
    courses = db.scalars(text("SELECT id FROM courses ORDER BY id")).all()
    seat, given_back = "Bokade en plats", "Avbokade sin plats"

    assert deeds(browser.get(PATH))[:4] == ["Loggade in", seat, given_back, seat]
    for asked, found in {
        f"person={anna.id}": [seat, given_back, seat],
        f"tillfalle={sessions[1]}": [seat],
        f"kurs={courses[0]}": [given_back, seat],
        f"person={anna.id}&handelse=seat.booked": [seat, seat],
        "handelse=seat.booked&fran=2027-01-11&till=2027-01-11": [seat, seat],
        "handelse=seat.booked&till=2027-01-10": [],
        "handelse=seat.booked&fran=2027-01-12": [],
    }.items():
        assert deeds(browser.get(f"{PATH}?{asked}")) == found, asked
    journal.note(db, "line.taken_off", now=now, by=olle.id, person=anna.id, session=sessions[0], reason="<b>Jour")
    db.flush()
    page = browser.get(f"{PATH}?handelse=line.taken_off")
    assert "Skäl: &lt;b&gt;Jour" in page.text
    assert "Hud, " in words_of(page)
    assert page.headers["Cache-Control"] == "private, no-store"


def test_who_reads_about_one_person_is_in_the_journal_and_who_reads_about_all_is_not(db, olle, anna, visit):
    browser = visit(olle)
    looked = select(Entry.by, Entry.person_id).where(Entry.deed == "journal.looked_at")

    browser.get(PATH)
    assert db.execute(looked).all() == []
    browser.get(f"{PATH}?person={anna.id}")
    assert [tuple(each) for each in db.execute(looked)] == [(olle.id, anna.id)]
    assert deeds(browser.get(f"{PATH}?person={anna.id}"))[0] == "Läste loggen om personen"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("person=0", 404),
        ("person=99999999999999999999", 404),
        ("tillfalle=987654", 404),
        ("kurs=987654", 404),
        ("fran=x&till=2027-13-01&handelse=nothing&person=x&fore=-1", 200),
        ("fore=99999999999999999999&fran=0001-01-01&till=9999-12-31", 200),
    ],
)
def test_what_nobody_has_is_not_found_and_odd_input_breaks_nothing(olle, visit, asked, status):
    assert visit(olle).get(f"{PATH}?{asked}").status_code == status


@pytest.mark.parametrize("who", [Role.DIRECTOR, Role.LEADER, Role.ADMINISTRATOR, None])
def test_it_is_for_coordinators_alone(db, visit, who):
    assert visit(make.holder(db, who) if who else make.person(db)).get(PATH).status_code == 403


def test_older_entries_are_a_page_away(db, olle, anna, visit, now):
    browser = visit(olle)
    for _ in range(queries.AT_ONCE):
        journal.note(db, "line.joined", now=now, by=olle.id, person=make.person(db).id)
    db.flush()

    first = browser.get(f"{PATH}?fran=2020-01-01")
    older = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    second = browser.get(PATH + older)
    assert (len(told(first)), len(told(second)) >= 3, 'rel="next"' in second.text) == (queries.AT_ONCE, True, False)
    assert "fran=2020-01-01" in older
    assert deeds(second)[1:4] == ["Bokade en plats", "Avbokade sin plats", "Bokade en plats"]


def test_a_page_takes_as_many_statements_with_one_entry_as_with_thirty(db, olle, anna, visit, now, queries):
    browser, counts = visit(olle), []
    for number in (1, 30):
        for _ in range(number):
            session = make.session(db)
            journal.note(
                db, "line.joined", now=now, by=make.person(db).id, person=make.person(db).id, session=session.id
            )
        db.flush()
        browser.get(f"{PATH}?handelse=line.joined")
        queries.reset()
        assert len(told(browser.get(f"{PATH}?handelse=line.joined"))) == (1 if number == 1 else 31)
        counts.append(queries.count)

    assert counts[0] == counts[1] <= 8


def test_every_deed_has_its_words():
    known = set(pages.words()["journal_deed"])
    heads = {each.partition(".")[0] for each in known}
    written = {f"minimum.{step}" for step in CaseStep} | {f"round.session_{fate}" for fate in SessionFate}
    for room in ("auth", "bookings", "courses", "lararportal"):
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            called = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and is_note(each.func)]
            noted = {arg.value for each in called for arg in each.args[1:2] if isinstance(arg, ast.Constant)}
            texts = {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)}
            named = {each for each in texts if isinstance(each, str) and DEED.fullmatch(each)}
            written |= noted | {each for each in named if each.partition(".")[0] in heads}
    assert len(written) > 100
    assert sorted(written - known - NO_DEEDS) == []


def is_note(called: ast.expr) -> bool:
    return getattr(called, "attr", getattr(called, "id", "")) == "note"
