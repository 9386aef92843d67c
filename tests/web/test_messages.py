"""Writing to participants: seen before it is sent, sent once to each, and read in the portal by who may."""

import re
from html import unescape

import pytest
from bookings_room import AFTER, letter, noted, occasions, seat
from sqlalchemy import delete, select

import make
from auth import protection
from auth.models import Grant
from auth.states import Role
from bookings import erasure
from bookings.queries import my_data
from courses.models import Attendance, Message
from courses.rules.messages import Draft
from courses.states import Half, Presence, Source
from lararportal import clock
from lararportal.audit import invariants
from lararportal.mail import message_of
from lararportal.outbox import Letter

TYPED = {"addressed": "seated", "subject": "Ny\nlokal", "text": "vi är i <b>Eken</b>.\r\n\r\n- Ta med stetoskop"}
DURING, OVER = clock.parse("2027-03-15T13:00"), clock.parse("2027-03-16T17:00")


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture
def leader(db, session):
    return make.leader(db, session, given_name="Lena", family_name="Ek", email="lena@example.org")


def hidden(page: str) -> dict[str, str]:
    """What a preview sends on."""
    sent = dict(
        re.findall(
            r'type="hidden" (?:id="\w+" )?name="(\w+)"(?: id="\w+")? ?(?:type="hidden" )?value="([^"]*)"', page
        )
    )
    sent |= dict(re.findall(r'name="(key|saw)" type="hidden" value="([^"]*)"', page))
    [text] = re.findall(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return {name: unescape(value) for name, value in (sent | {"text": text}).items()}


def test_a_letter_is_shown_as_it_will_be_and_sent_once_however_often_it_is_pressed(
    db, session, leader, visit, queries
):
    anna, bo = make.person(db, family_name="Alm", email="anna@example.org"), make.person(db)
    for each in (anna, bo):
        seat(db, session, each)
    protection.protect(db, person_id=bo.id, now=AFTER, by=make.coordinator(db).id)
    db.flush()
    browser, address = visit(leader, at=AFTER), f"/kurstillfallen/{session.id}/brev"
    begun = browser.get(f"{address}/nytt?mall=practical").text
    assert ("[fyll i" in begun, "alla som har plats (2)" in begun) == (True, True)
    unfinished = browser.post(f"{address}/nytt", data=TYPED | {"text": "Lokal: [fyll i]"})
    assert (unfinished.status_code, "Lokal: [fyll i]" in unfinished.text) == (400, True)
    preview = browser.post(f"{address}/nytt", data=TYPED)
    assert (preview.status_code, "Skicka till 2" in preview.text, "anna@" in preview.text) == (200, True, False)
    assert (occasions(db), db.scalars(select(Message)).all()) == ([], [])
    form = hidden(preview.text) | {"steg": "skicka"}
    sent = [browser.post(f"{address}/nytt", data=form) for _ in range(2)]
    assert [each.status_code for each in sent] == [302, 302]
    assert [occasions(db, each) for each in (anna, bo)] == [["message"], ["message"]]
    told = letter(db, anna)
    shown = unescape(re.search(r'<div class="panel letter text-break">(.*?)</div>', preview.text, re.DOTALL)[1])
    assert told.body == shown.replace("[mottagarens namn]", anna.name)
    assert (told.subject, told.reply_to) == ("Ny lokal", "lena@example.org")
    assert str(message_of(told, sender="Kurser <k@example.org>")["Reply-To"]) == "lena@example.org"
    secret = letter(db, bo)
    assert ("Eken" in secret.body, secret.reply_to) == (False, "")
    for each in (anna, bo):
        own = visit(each, at=AFTER).get(f"/tillfallen/{session.id}/forberedelse").text
        assert ("vi är i &lt;b&gt;Eken&lt;/b&gt;." in own, "Lena Ek" in own) == (True, True)
    back = hidden(browser.post(f"{address}/nytt", data=TYPED | {"key": form["key"], "text": "Kl. 9."}).text)
    assert browser.post(f"{address}/nytt", data=back | {"steg": "skicka"}).status_code == 302
    assert occasions(db, anna) == ["message"] * 2
    again = browser.post(f"{address}/nytt", data=form | {"key": "0" * 32})
    assert (again.status_code, "Precis samma brev" in again.text, "Eken" in again.text) == (409, True, True)
    costs = []
    for _ in range(2):
        browser.get(address)
        queries.reset()
        page = browser.get(address).text
        costs.append(queries.count)
        browser.post(f"{address}/nytt", data=form | {"key": "1" * 32, "text": "Mer."})
    assert (costs[0], "Ny lokal" in page) == (costs[1], True)
    stranger = visit(make.holder(db, Role.LEADER), at=AFTER)
    ways = [stranger.get(address), stranger.get(f"{address}/nytt"), stranger.post(f"{address}/nytt", data=form)]
    assert [each.status_code for each in ways] == [404, 404, 404]
    assert [by for deed, by, *_ in noted(db) if deed == "message.sent"] == [leader.id] * 3
    assert {each.check for each in invariants(db, now=AFTER)} - {"seat_not_noted"} == set()
    db.execute(delete(Letter).where(Letter.id == told.id))
    lost = [each for each in invariants(db, now=AFTER) if each.check == "letter_missing"]
    assert [each.facts["person"] for each in lost] == [anna.id]
    told = db.scalars(select(Letter).where(Letter.person_id == anna.id)).all()[-1]
    protection.protect(db, person_id=leader.id, now=AFTER, by=make.coordinator(db).id)
    db.refresh(told)
    assert ("Lena" in told.body, told.reply_to) == (False, "")


def test_who_protects_somebody_reads_that_what_stands_in_messages_is_not_looked_through(db, leader, visit):
    asked = visit(make.coordinator(db)).get(f"/personer/{leader.id}/skydd").text

    assert "söks inte igenom: meddelanden till deltagare" in asked


def test_it_is_for_those_who_lack_something_or_were_there_and_for_those_who_were_shown(db, session, leader, visit):
    anna, bo, late, office = make.person(db), make.person(db), make.person(db), make.coordinator(db)
    db.refresh(session, ["course"])
    make.part(db, session.course)
    for each in (anna, bo):
        seat(db, session, each)
    noted_by = {"noted_at": DURING, "source": Source.LEADER, "session_id": session.id, "half": Half.MORNING}
    for each, state in ((anna, Presence.LATE), (bo, Presence.ABSENT_ILL)):
        db.add(Attendance(person_id=each.id, day=session.starts_on, state=state, **noted_by))
    db.flush()
    browser, address = visit(office, at=DURING), f"/kurstillfallen/{session.id}/brev/nytt"
    counts = [
        f"{whom} ({count})" for whom, count in (("alla som har plats", 2), ("på plats", 1), ("förberedelsen", 2))
    ]
    page = browser.get(f"{address}?mall=thanks").text
    assert [each in page for each in counts] == [True] * 3
    assert counts[2] not in visit(office, at=OVER).get(address).text
    assert [browser.get(f"{address}?mall={each}").status_code for each in (*Draft, "x")] == [200] * 6
    form = hidden(browser.post(address, data=TYPED).text) | {"steg": "skicka"}
    seat(db, session, late)
    db.flush()
    other = browser.post(address, data=form)
    assert (other.status_code, "Skicka till 3" in other.text, occasions(db)) == (409, True, [])
    there = hidden(browser.post(address, data=TYPED | {"addressed": "there"}).text)
    back = browser.post(address, data=there | {"steg": "andra"})
    assert (back.status_code, "<textarea" in back.text, there["key"] in back.text) == (200, True, True)
    assert browser.post(address, data=there | {"steg": "skicka"}).status_code == 302
    assert [occasions(db, each) for each in (anna, bo, late)] == [["message"], [], []]
    assert letter(db, anna).reply_to == ""
    read = [
        "Eken" in visit(each, at=DURING).get(f"/tillfallen/{session.id}/forberedelse").text for each in (anna, bo)
    ]
    assert read == [True, False]
    assert [len(my_data.own_data(db, each.id)["messages"]) for each in (office, anna)] == [1, 0]
    empty = make.session(db)
    nobody = visit(office, at=AFTER).post(f"/kurstillfallen/{empty.id}/brev/nytt", data=TYPED | {"steg": "skicka"})
    assert (nobody.status_code, "Det finns ingen att skicka brevet till" in nobody.text) == (409, True)
    db.execute(delete(Grant).where(Grant.person_id == office.id))
    erasure.erase(db, person_id=office.id, reason="Begäran", now=OVER, by=make.coordinator(db).id)
    assert db.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [("subject", ""), ("subject", "x" * 151), ("subject", "a\u202eb"), ("text", "x" * 4001), ("addressed", "all")],
)
def test_what_cannot_be_sent_is_kept_and_named(db, session, leader, visit, field, typed):
    seat(db, session, make.person(db))
    answer = visit(leader, at=AFTER).post(f"/kurstillfallen/{session.id}/brev/nytt", data=TYPED | {field: typed})
    assert (answer.status_code, "stetoskop" in answer.text or field == "text") == (400, True)
    assert 'id="error-summary"' in answer.text


def test_no_header_can_be_added_to_a_letter():
    planted = "lena@example.org\nBcc: all@example.org"
    with pytest.raises(ValueError, match="linefeed"):
        message_of(
            Letter(
                address="a@example.org",
                reply_to=planted,
                subject="x",
                body="x",
                calendars=[],
                message_id="<x>",
                created_at=AFTER,
            ),
            sender="k@example.org",
        )
