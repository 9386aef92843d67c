"""The days of a session on pages: the leader's sheet and code, the participant's check-in, and completing."""

import re
from datetime import timedelta

import pytest
from bookings_room import seat
from portals import STOPPED

import make
from auth import login_sessions
from auth.states import Role
from bookings.queries import seated
from courses.days import attendance, check_in, completion, half_days
from courses.models import Attendance, Completion
from courses.rules.days import Mark, Verdict
from courses.states import CourseOutcome, Half, Presence, Source
from lararportal import clock

MORNING, END = clock.parse("2027-03-15T08:20"), clock.parse("2027-03-16T15:45")
LOCKED = clock.parse("2027-04-20T09:00")
MEANWHILE = "Uppgifterna har ändrats sedan du öppnade sidan."
DRAWN = 'aria-label="QR-kod för incheckning"><svg'


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture
def leader(db, session):
    return make.leader(db, session)


@pytest.fixture
def people(db, session):
    made = [make.person(db, family_name=each) for each in ("Alm", "Berg", "Dahl")]
    for each in made:
        seat(db, session, each)
    return made


@pytest.fixture
def at(app, db):
    """A browser of somebody who has just signed in, at a moment."""

    def at(person, moment, browser=None):
        browser = browser or app.test_client()
        token = login_sessions.begin(db, person_id=person.id, provider="demo", id_token="", now=moment)
        db.flush()
        browser.environ_base[STOPPED] = moment
        with browser.session_transaction() as cookie:
            cookie[login_sessions.COOKIE_KEY] = token
        return browser

    return at


def chosen_in(page):
    return re.findall(r'<option value="(\w+)" selected', page)


def noted(db, session, person, half="fm"):
    key = (session.id, person.id, session.days[0].day, Half(half))
    row = db.get(Attendance, key, populate_existing=True)
    return row and (row.state, row.minutes, row.source)


def test_the_leader_notes_by_the_form_row_by_row_and_everybody_at_once(db, session, leader, people, at, queries):
    anna, bo, _ = people
    browser, page = at(leader, MORNING), f"/kursledare/tillfallen/{session.id}/narvaro"
    queries.reset()
    shown = browser.get(page)
    few = queries.count
    assert (shown.status_code, shown.text.count("inte noterad<")) == (200, 3)
    script = {"Accept": "application/json"}
    row = {f"state-{anna.id}": "late", f"minutes-{anna.id}": "20"}
    saved = browser.post(page, data=row, headers=script)
    assert (saved.status_code, saved.json) == (200, {"at": "08.20"})
    refused = browser.post(page, data={**row, f"minutes-{anna.id}": "999"}, headers=script)
    assert (refused.status_code, list(refused.json)) == (409, ["refused"])
    # What the page showed and nobody touched is not said anew.
    stale = {f"state-{anna.id}": "absent_ill", f"was-{anna.id}": "absent_ill", f"state-{bo.id}": "absent_other"}
    assert browser.post(page, data={**stale, "alla": "1"}).status_code == 302
    by = Source.LEADER
    expected = [(Presence.LATE, 20, by), (Presence.ABSENT_OTHER, None, by), (Presence.PRESENT, None, by)]
    assert [noted(db, session, each) for each in people] == expected
    # Without the script, what is refused stands there as it was typed.
    endless = browser.post(page, data={f"state-{bo.id}": "left_early", f"minutes-{bo.id}": "9" * 5000})
    assert endless.status_code == 409
    kept = browser.post(page, data={f"state-{bo.id}": "left_early", f"minutes-{bo.id}": "x"})
    assert (kept.status_code, sorted(chosen_in(kept.text))) == (409, ["late", "left_early", "present"])
    assert sorted(re.findall(r'name="minutes-\d+" value="([^"]+)"', kept.text)) == ["20", "x"]
    assert browser.get(f"{page}?halvdag=2027-03-17-fm").status_code == 404
    for _ in range(6):
        seat(db, session, make.person(db))
    queries.reset()
    assert leader.name in browser.get(page).text
    assert queries.count == few
    for elsewhere in (page, page.replace("narvaro", "kod"), page.replace("narvaro", "slutfor")):
        assert at(make.holder(db, Role.LEADER), MORNING).get(elsewhere).status_code == 404


def test_a_participant_checks_in_by_the_code_on_the_screen(db, session, leader, people, at):
    anna, bo, _ = people
    screen = at(leader, MORNING).get(f"/kursledare/tillfallen/{session.id}/kod")
    assert (screen.headers["Refresh"], DRAWN in screen.text) == ("15", True)
    assert DRAWN not in at(leader, END.replace(hour=23)).get(f"/kursledare/tillfallen/{session.id}/kod").text
    from_the_screen = code_of(db, session)
    page = f"/incheckning/{session.id}/{from_the_screen}"
    browser = at(anna, MORNING)
    assert "Checka in inom fem minuter" in browser.get(page).text
    assert "Du är incheckad sedan" in browser.post(page).text
    assert noted(db, session, anna) == (Presence.PRESENT, None, Source.SELF)
    later = at(anna, clock.parse("2027-03-15T09:30")).get(page)
    assert (later.status_code, "Du är incheckad sedan" in later.text) == (200, True)
    answers = {
        "Koden är för gammal": at(bo, clock.parse("2027-03-15T08:22")).post(page),
        "Koden hör inte till": at(bo, MORNING).post(f"/incheckning/{session.id}/aaaabbbbccccdddd"),
        "Du är inte bokad på": at(make.person(db), MORNING).post(page),
        "Incheckningen är inte": at(bo, clock.parse("2027-03-15T06:00")).get(page),
    }
    assert [(said in answer.text, answer.status_code) for said, answer in answers.items()] == [(True, 409)] * 4
    assert noted(db, session, bo) is None


def test_when_the_session_is_completed_the_screen_shows_no_code_and_who_has_one_is_told_why(
    db, session, leader, people, at
):
    page = f"/incheckning/{session.id}/{code_of(db, session)}"
    session.completed_at = MORNING
    db.flush()
    screen = at(leader, MORNING).get(f"/kursledare/tillfallen/{session.id}/kod").text
    assert (DRAWN in screen, "Kurstillfället är slutfört, så ingen kan checka in." in screen) == (False, True)
    late = at(people[0], MORNING).post(page)
    assert (late.status_code, "Kurstillfället är slutfört, så närvaron är redan avgjord" in late.text) == (409, True)


def test_a_code_that_was_read_in_time_outlives_the_sign_in_in_that_browser_and_for_one_person(
    app, db, session, people, at
):
    anna, bo, cia = people
    page = f"/incheckning/{session.id}/{code_of(db, session)}"

    def reads(path=page, moment=MORNING):
        browser = app.test_client()
        browser.environ_base[STOPPED] = moment
        assert browser.get(path).location.startswith("/logga-in?next=")
        return browser

    browser = reads()
    proof = browser.get_cookie("scan")
    assert (proof.http_only, proof.same_site, proof.max_age) == (True, "Lax", 300)
    at(anna, MORNING + timedelta(seconds=100), browser)
    assert "Checka in inom fem minuter" in browser.get(page).text
    assert "Du är incheckad sedan" in browser.post(page).text
    assert noted(db, session, anna) == (Presence.PRESENT, None, Source.SELF)
    assert browser.get_cookie("scan") is None

    def answers(value, path=page, later=100):
        browser = at(bo, MORNING + timedelta(seconds=later))
        browser.set_cookie("scan", value)
        answer = browser.post(path)
        return answer.status_code, re.search(r"Koden är för gammal|Någon har redan|Koden hör inte", answer.text)[0]

    elsewhere = make.session(db)
    foreign = reads(f"/incheckning/{elsewhere.id}/{code_of(db, elsewhere)}").get_cookie("scan")
    assert answers(proof.value) == (409, "Någon har redan")
    assert answers(proof.value + "x") == (409, "Koden är för gammal")
    assert answers(foreign.value) == (409, "Koden är för gammal")
    assert answers(foreign.value, path=f"/incheckning/{session.id}/aaaabbbbccccdddd") == (409, "Koden hör inte")
    late = reads().get_cookie("scan").value
    assert answers(late, later=301) == (409, "Koden är för gammal")
    # A code that is not good when it is read is kept for nobody.
    assert reads(moment=MORNING + timedelta(seconds=100)).get_cookie("scan") is None
    assert [noted(db, session, each) for each in (bo, cia)] == [None, None]


def code_of(db, session):
    return check_in.code_now(db, session.id, half_days.halves_of(session)[0], now=MORNING)


def test_the_leader_completes_the_session_on_one_page(db, session, leader, people, at):
    anna, _, cia = people
    browser, page = at(leader, END), f"/kursledare/tillfallen/{session.id}/slutfor"
    about = {"session_id": session.id, "roster": seated, "now": END, "by": leader.id}
    for half in half_days.halves_of(session):
        attendance.note(db, half=half.key, noted={cia.id: Mark(Presence.ABSENT_ILL)}, **about)
        attendance.everybody_is_there(db, half=half.key, **about)
    db.flush()
    assert sorted(re.findall(r"(\d) av 4", browser.get(page).text)) == ["0", "4", "4"]
    assert at(leader, MORNING).post(page).status_code == 409
    assert browser.post(page, data={f"competence-{anna.id}": "on"}).status_code == 302
    results = [db.get_one(Completion, (session.id, each.id)) for each in people]
    assert [(each.outcome, each.competence_met) for each in results] == [
        (CourseOutcome.PASSED, True),
        (CourseOutcome.NOT_PASSED, False),
        (CourseOutcome.NOT_PASSED, None),
    ]
    told = browser.get(page).text
    assert ("Slutfört" in told, told.count("inte godkänd")) == (True, 2)


def test_who_came_or_was_judged_after_a_page_was_opened_is_not_judged_by_it_unseen(db, session, leader, people, at):
    anna, bo, _ = people
    browser, page = at(leader, END), f"/kursledare/tillfallen/{session.id}/slutfor"
    office, case = at(make.coordinator(db), END), f"/samordning/tillfallen/{session.id}/narvaro/{anna.id}"
    about = {"session_id": session.id, "roster": seated, "now": END, "by": leader.id}
    for half in half_days.halves_of(session):
        attendance.note(db, half=half.key, noted={anna.id: Mark(Presence.PRESENT)}, **about)
    opened, corrected = saw(browser.get(page)), saw(office.get(case)) | {"reason": "Kom sent."}
    for half in half_days.halves_of(session):
        attendance.note(db, half=half.key, noted={bo.id: Mark(Presence.PRESENT)}, **about)
    met = {f"competence-{anna.id}": "on"}
    refused = browser.post(page, data=opened | met)
    assert (refused.status_code, MEANWHILE in refused.text, refused.text.count(" checked")) == (409, True, 1)
    now_seen = saw(refused) | met | {f"competence-{bo.id}": "on"}
    assert [browser.post(page, data=now_seen).status_code for _ in range(2)] == [302, 302]
    assert browser.post(page, data=opened | met).status_code == 409
    refused = office.post(case, data=corrected)
    assert (refused.status_code, MEANWHILE in refused.text, " checked" in refused.text) == (409, True, True)
    assert {db.get_one(Completion, (session.id, each.id)).competence_met for each in (anna, bo)} == {True}
    unmet = saw(refused) | {"reason": "Kom sent."}
    assert [office.post(case, data=unmet).status_code for _ in range(2)] == [302, 302]
    assert db.get_one(Completion, (session.id, anna.id)).competence_met is False


def saw(page):
    """What stands in a form for what its page said."""
    return {"saw": re.findall('name="saw"[^>]*value="([^"]*)"', page.text)[0]}


def test_a_coordinator_puts_right_what_is_locked_and_what_is_refused_stays_as_typed(
    db, session, leader, people, at, queries
):
    anna = people[0]
    about = {"session_id": session.id, "roster": seated, "now": END, "by": leader.id}
    for half in half_days.halves_of(session):
        attendance.everybody_is_there(db, half=half.key, **about)
    completion.complete(db, verdicts={each.id: Verdict(competence_met=True) for each in people}, **about)
    browser, locked = at(make.coordinator(db), LOCKED), f"/samordning/tillfallen/{session.id}/narvaro"
    assert f'href="{locked}"' in browser.get(f"/samordning/tillfallen/{session.id}").text
    assert browser.get(locked).text.count("4 av 4") == 3
    page = f"{locked}/{anna.id}"
    assert chosen_in(browser.get(page).text) == ["present"] * 4
    typed = {f"competence-{anna.id}": "on", "state-2027-03-15-em": "left_early", "minutes-2027-03-15-em": "999"}
    for fault, status in (({}, 400), ({"reason": "Gick hem."}, 409)):
        kept = browser.post(page, data={**typed, **fault})
        assert (kept.status_code, chosen_in(kept.text)) == (status, ["present", "left_early", "present", "present"])
        assert ('value="999"' in kept.text, " checked" in kept.text) == (True, True)
    saved = {**typed, "minutes-2027-03-15-em": "60", "reason": "Gick hem."}
    assert browser.post(page, data=saved).location == locked
    assert noted(db, session, anna, "em") == (Presence.LEFT_EARLY, 60, Source.OFFICE)
    assert "Rättelsen för" in browser.get(locked).text
    assert browser.post(page, data={f"competence-{anna.id}": "on", "reason": "Igen."}).location == locked
    assert "Ingenting var annorlunda" in browser.get(locked).text
    assert browser.post(page, data={"reason": "Inte godkänd."}).location == locked
    assert db.get_one(Completion, (session.id, anna.id), populate_existing=True).lacks == ["competence"]
    counts = []
    for extra in (0, 6):
        for _ in range(extra):
            seat(db, session, make.person(db))
        db.flush()
        for path in (locked, page):
            queries.reset()
            browser.get(path)
            counts.append(queries.count)
    assert counts[:2] == counts[2:]
    assert browser.get(f"{locked}/{leader.id}").status_code == 404
    assert at(anna, LOCKED).get(locked).status_code == 403
