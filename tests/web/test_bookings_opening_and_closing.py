"""The pages on which a coordinator opens or closes a session between two dry runs."""

from datetime import date

import pytest
from bookings_room import CLOSES, drawn_up, noted, published

import make
from bookings import allocation
from bookings.models import SessionDecision
from courses.states import Publicity

NEAR, FAR = date(2028, 1, 11), date(2031, 1, 11)


@pytest.fixture
def office(db):
    return make.coordinator(db)


@pytest.fixture
def crowded(db):
    """A round with one seat for two, and a session in reserve."""
    course = make.course(db, title="Hud")
    session = make.session(db, of=course, seats=1, minimum=0)
    spare = make.session(db, of=course, seats=1, minimum=0, publicity=Publicity.DRAFT, is_reserve=True)
    near = make.person(db, planned_end=NEAR, given_name="Nea", family_name="Nord")
    far = make.person(db, planned_end=FAR, given_name="Finn", family_name="Fors")
    return drawn_up(db, {near: [session, spare], far: [session, spare]}), session, spare


def address(round_, session, name):
    return f"/samordning/omgangar/{round_.id}/tillfallen/{session.id}/{name}"


def test_the_page_of_the_round_leads_to_what_opening_would_change(visit, office, crowded):
    round_, _, spare = crowded
    page = visit(office, at=CLOSES).get(f"/samordning/omgangar/{round_.id}").text

    assert f'href="{address(round_, spare, "oppna")}"' in page
    assert "1 utan plats på kursen" in page
    assert "2 sökande, 1 får minst en plats, 1 får sitt första val" in page


def test_a_session_in_reserve_is_marked_before_anything_is_drawn_up(visit, office, db):
    course = make.course(db)
    spare = make.session(db, of=course, publicity=Publicity.DRAFT, is_reserve=True)
    round_ = make.round_of(db, make.session(db, of=course), spare)

    assert visit(office, at=CLOSES).get(f"/samordning/omgangar/{round_.id}").text.count("reserv</span>") == 1


def test_opening_shows_what_it_would_change_and_asks_why(visit, office, crowded, db):
    round_, _, spare = crowded
    browser = visit(office, at=CLOSES)
    page = browser.get(address(round_, spare, "oppna")).text
    assert "Finn Fors, Hud" in page
    assert db.query(SessionDecision).count() == 0

    answer = browser.post(address(round_, spare, "oppna"), data={"reason": "En sökande saknar plats."})
    assert (answer.status_code, answer.location) == (302, f"/samordning/omgangar/{round_.id}")
    page = browser.get(answer.location).text
    assert "Tillfället är öppnat." in page
    assert "Fördela igen innan du publicerar." in page
    assert "Skäl: En sökande saknar plats." in page
    assert ("round.session_opened", office.id, None, spare.id) in noted(db)


def test_without_a_reason_nothing_is_decided(visit, office, crowded, db):
    round_, session, _ = crowded
    answer = visit(office, at=CLOSES).post(address(round_, session, "stang"), data={"reason": ""})

    assert answer.status_code == 400
    assert "Blir utan plats: 1" in answer.text
    assert "Nea Nord, Hud" in answer.text
    assert db.query(SessionDecision).count() == 0


def test_what_is_decided_already_is_refused_and_the_reason_kept(visit, office, crowded, db):
    round_, session, _ = crowded
    answer = visit(office, at=CLOSES).post(address(round_, session, "oppna"), data={"reason": "Fler platser"})

    assert answer.status_code == 409
    assert "Det är redan beslutat så." in answer.text
    assert "Fler platser</textarea>" in answer.text
    assert "Ingen skulle få det annorlunda." in answer.text
    assert db.query(SessionDecision).count() == 0


def test_nobody_is_asked_about_what_is_decided_already(visit, office, crowded):
    round_, session, spare = crowded
    browser = visit(office, at=CLOSES)
    for answer in (browser.get(address(round_, session, "oppna")), browser.get(address(round_, spare, "stang"))):
        assert answer.status_code == 409
        assert "Det är redan beslutat så." in answer.text
        assert "Vad det skulle ändra" not in answer.text


def test_nobody_is_asked_to_decide_about_a_published_round(visit, office, db):
    session = make.session(db, minimum=0)
    round_ = published(db, {make.person(db): [session]})
    answer = visit(office, at=CLOSES).get(address(round_, session, "stang"))

    assert answer.status_code == 409
    assert "Omgången är i ett annat läge" in answer.text


def test_who_applied_is_neither_shown_nor_asked_what_a_decision_would_change(visit, db):
    facts = {"category": "st_2015", "residency_start": date(2025, 1, 1), "planned_end": FAR}
    own, course = make.coordinator(db, **facts), make.course(db)
    session = make.session(db, of=course, seats=3, minimum=3)
    spare = make.session(db, of=course, publicity=Publicity.DRAFT, is_reserve=True)
    round_ = drawn_up(db, {own: [session, spare]})
    ways = [address(round_, session, "stang"), address(round_, spare, "oppna")]
    other, applicant = visit(make.coordinator(db), at=CLOSES), visit(own, at=CLOSES)

    pages = [browser.get(f"/samordning/omgangar/{round_.id}").text for browser in (other, applicant)]
    assert [[f'href="{way}"' in page for way in ways] for page in pages] == [[True, True], [False, False]]
    assert ["Stäng ett i taget" in page for page in pages] == [True, False]
    assert [other.get(way).status_code for way in ways] == [200, 200]
    for answer in [applicant.get(ways[0]), applicant.post(ways[1], data={"reason": "Många sökande."})]:
        assert (answer.status_code, "Du har själv sökt i omgången" in answer.text) == (409, True)
        assert "Vad det skulle ändra" not in answer.text
    assert db.query(SessionDecision).count() == 0


def test_the_next_dry_run_says_what_is_different_from_the_last(visit, office, crowded, db):
    round_, _, spare = crowded
    browser = visit(office, at=CLOSES)
    browser.post(address(round_, spare, "oppna"), data={"reason": "Många sökande."})
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=office.id)
    page = browser.get(f"/samordning/omgangar/{round_.id}").text

    assert "Skillnad mot förra förslaget" in page
    assert "Får plats: 1" in page
    assert "Fördela igen innan du publicerar." not in page


def test_a_published_round_has_no_way_to_open_or_close(visit, office, db):
    session = make.session(db, minimum=3)
    round_ = published(db, {make.person(db): [session]})
    browser = visit(office, at=CLOSES)

    page = browser.get(f"/samordning/omgangar/{round_.id}").text
    assert "1 av minst 3" in page
    assert [
        said for said in (address(round_, session, "stang"), "Stäng ett i taget", "regeln skulle") if said in page
    ] == []
    answer = browser.post(address(round_, session, "stang"), data={"reason": "För få."})
    assert answer.status_code == 409


def test_the_application_says_which_sessions_open_only_when_many_apply(visit, db, now):
    course = make.course(db, title="Hud")
    spare = make.session(db, of=course, publicity=Publicity.DRAFT, is_reserve=True)
    round_ = make.round_of(db, make.session(db, of=course), spare)
    page = visit(make.person(db)).get(f"/ansokan/{round_.id}").text

    assert page.count("öppnas om många söker") == 1
    assert f'value="add:{spare.id}"' in page


@pytest.mark.parametrize("step", ["fordela", "publicera", "oppna", "stang"])
def test_whatever_decides_who_gets_a_seat_asks_for_a_proof_that_is_minutes_old(visit, office, crowded, db, step):
    round_, session, spare = crowded
    browser, before = visit(office, at=CLOSES), noted(db)
    browser.environ_base["test.now"] = CLOSES.replace(minute=11)
    path = f"/samordning/omgangar/{round_.id}/{step}"
    if step in ("oppna", "stang"):
        path = address(round_, spare if step == "oppna" else session, step)

    assert browser.get(path).location == f"/logga-in/igen?next={path}"
    assert browser.post(path).location == f"/logga-in/igen?next={path}"
    assert noted(db) == before


def test_the_page_reads_the_last_drawing_up_once_and_the_one_before_once(visit, office, db, queries):
    browser, counts = visit(office, at=CLOSES), []
    for size in (1, 3):
        sessions = [make.session(db, days=[date(2027, 2 + size, 20 + number)]) for number in range(size)]
        round_ = drawn_up(db, {make.person(db): sessions for _ in range(size)})
        db.expire_all()
        queries.reset()
        browser.get(f"/samordning/omgangar/{round_.id}")
        counts.append((queries.count, len([each for each in queries.statements if "runs.result" in each])))
    assert counts == [(19, 2), (19, 2)]
