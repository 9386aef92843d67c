"""The message log: which letters somebody had, what the mail server said, and what can be done about one."""

import pytest
from bookings_pages import words_of
from bookings_room import place
from sqlalchemy import select

import make
from auth.states import Role
from bookings import cancellation, left_over_seats
from bookings.models import Booking
from courses.models import CourseSession
from lararportal.journal import Entry
from lararportal.letter_log import correcting
from lararportal.outbox import Letter, LetterState

PATH = "/samordning/brev"


@pytest.fixture
def olle(db):
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def anna(db, now):
    """Somebody who booked two seats and gave one of them back: three letters."""
    anna = make.person(db, given_name="Anna", family_name="Berg", email="anna@exmaple.org")
    sessions = [make.session(db, of=make.course(db, title=title)) for title in ("Hud", "Hjärta")]
    left_over_seats.book(db, session_id=sessions[0].id, person_id=anna.id, now=now, by=None)
    cancellation.cancel(db, session_id=sessions[0].id, person_id=anna.id, reason="", now=now, by=anna.id)
    left_over_seats.book(db, session_id=sessions[1].id, person_id=anna.id, now=now, by=None)
    db.flush()
    return anna


def letters_of(db, person) -> list[Letter]:
    return list(db.scalars(select(Letter).where(Letter.person_id == person.id).order_by(Letter.id)))


def failed(db, letter, *, answer="550 5.1.1 okänd mottagare"):
    letter.state, letter.attempts, letter.answer = LetterState.FAILED, 12, answer
    db.flush()


def deeds_about(db, person) -> list[tuple[str, int | None]]:
    rows = db.execute(
        select(Entry.deed, Entry.by)
        .where(Entry.person_id == person.id, Entry.deed.like("letter.%") | (Entry.deed == "person.address_corrected"))
        .order_by(Entry.id)
    )
    return list(map(tuple, rows.all()))


def test_every_letter_of_a_person_or_a_booking_is_listed_with_what_the_server_said(db, olle, anna, visit, now):
    first, _, last = letters_of(db, anna)
    first.state, first.sent_at, first.answer = LetterState.SENT, now, "250 2.0.0 Ok: queued as 7F3A"
    failed(db, last)
    browser = visit(olle)

    page = words_of(browser.get(f"{PATH}?person={anna.id}"))
    assert "Brev till Anna Berg" in page
    assert "3 brev" in page
    assert "E-postservern tog emot det 11 januari 2027 kl. 08.00 och svarade: 250 2.0.0 Ok: queued as 7F3A" in page
    assert "Servern svarade: 550 5.1.1 okänd mottagare (försök: 12)" in page
    assert "Inget försök än" in page
    given_back = db.scalar(select(Booking.id).where(Booking.state == "cancelled"))
    assert "2 brev" in words_of(browser.get(f"{PATH}?bokning={given_back}"))
    found = {
        stage: words_of(browser.get(f"{PATH}?lage={stage}&q=anna berg")).count(" Anna Berg 11 januari")
        for stage in ("waiting", "sent", "failed", "stopped", "")
    }
    assert found == {"waiting": 1, "sent": 1, "failed": 1, "stopped": 0, "": 3}
    assert "Inga brev att visa" in words_of(browser.get(f"{PATH}?q=nobody"))
    assert [browser.get(f"{PATH}?{each}=999999").status_code for each in ("person", "bokning")] == [404, 404]


def test_it_asks_as_little_however_many_letters_there_are(db, olle, anna, visit, queries, now):
    browser = visit(olle)
    queries.reset()
    browser.get(PATH)
    few = queries.count
    for _ in range(30):
        left_over_seats.book(db, session_id=make.session(db).id, person_id=make.person(db).id, now=now, by=None)
    db.flush()
    queries.reset()

    assert "33 brev" in words_of(browser.get(PATH))
    assert queries.count == few


@pytest.mark.parametrize("who", [Role.DIRECTOR, Role.LEADER, Role.ADMINISTRATOR, None])
def test_it_is_for_coordinators_alone(db, anna, visit, who):
    browser, letter = visit(make.holder(db, who) if who else anna), letters_of(db, anna)[0]

    paths = [PATH, *(f"{PATH}/{letter.id}{deed}" for deed in ("", "/igen", "/stoppa", "/adress"))]
    assert [browser.get(path).status_code for path in paths] == [403] * 5
    assert [browser.post(path).status_code for path in paths[2:]] == [403] * 3


def test_a_letter_is_sent_again_as_it_was_and_another_message_if_a_server_has_taken_it(db, olle, anna, visit, now):
    refused, taken, waits = letters_of(db, anna)
    refused.attempts, refused.refused_at = 1, now
    taken.state, taken.sent_at, taken.answer = LetterState.SENT, now, "250 ok"
    db.flush()
    ids = refused.message_id, taken.message_id
    browser = visit(olle)
    desk = words_of(browser.get("/samordning"))
    assert ("1 brev som inte gick fram" in desk, "1 väntar på att skickas" in desk) == (True, True)
    assert [words_of(browser.get(f"{PATH}?lage={each}")).count("1 brev") for each in ("failed", "waiting")] == [1, 1]

    assert "Personen får det två gånger" in words_of(browser.get(f"{PATH}/{taken.id}/igen"))
    for letter in (refused, taken):
        assert "Brevet är på väg igen." in words_of(browser.post(f"{PATH}/{letter.id}/igen", follow_redirects=True))
        db.refresh(letter)
        assert (letter.state, letter.attempts, letter.sent_at) == (LetterState.QUEUED, 0, None)
    assert (refused.message_id == ids[0], taken.message_id == ids[1]) == (True, False)
    assert "väntar redan" in words_of(browser.post(f"{PATH}/{waits.id}/igen", follow_redirects=True))
    assert deeds_about(db, anna) == [("letter.resent", olle.id)] * 2
    assert "Skickat igen" in words_of(browser.get(f"{PATH}/{taken.id}"))


def test_a_letter_that_waits_is_stopped_and_no_longer_counted_as_failed(db, olle, anna, visit):
    letter = letters_of(db, anna)[0]
    browser = visit(olle)

    assert "Det som brevet handlar om har hänt ändå." in words_of(browser.get(f"{PATH}/{letter.id}/stoppa"))
    page = words_of(browser.post(f"{PATH}/{letter.id}/stoppa", follow_redirects=True))
    assert "Brevet är stoppat och skickas inte." in page
    assert "av Olle Sandberg" in page
    db.refresh(letter)
    assert (letter.state, letter.stopped_at is not None) == (LetterState.FAILED, True)
    assert "0 brev som inte gick fram" in words_of(browser.get("/samordning"))
    assert "går inte att stoppa" in words_of(browser.post(f"{PATH}/{letter.id}/stoppa", follow_redirects=True))
    assert deeds_about(db, anna) == [("letter.stopped", olle.id)]


def test_a_wrong_address_is_put_right_and_everything_unsent_goes_there(db, olle, anna, visit, now):
    given_up, taken, waits = letters_of(db, anna)
    failed(db, given_up)
    taken.state, taken.sent_at = LetterState.SENT, now
    db.flush()
    browser, path = visit(olle), f"{PATH}/{given_up.id}/adress"

    refused = browser.post(path, data={"address": "anna"})
    assert (refused.status_code, anna.email) == (400, "anna@exmaple.org")
    page = words_of(browser.post(path, data={"address": " anna@example.org "}, follow_redirects=True))

    assert "Anna Berg har fått den nya adressen. Brev på väg dit: 2." in page
    for each in (anna, given_up, taken, waits):
        db.refresh(each)
    assert anna.email == "anna@example.org"
    assert [each.address for each in (given_up, taken, waits)] == [anna.email, "anna@exmaple.org", anna.email]
    assert [each.state for each in (given_up, taken)] == [LetterState.QUEUED, LetterState.SENT]
    assert deeds_about(db, anna) == [
        ("person.address_corrected", olle.id),
        *[("letter.readdressed", olle.id)] * 2,
    ]


def test_the_journal_has_no_address_of_whoever_got_another_one(db, olle, anna, now):
    taken = letters_of(db, anna)[0]
    answer = '550 5.1.1 <Anna Berg@example.org> anna@exmaple.org: "a b"@example.org, ej här'
    taken.state, taken.sent_at, taken.answer = LetterState.SENT, now, answer
    correcting.correct_and_resend(db, letter_id=taken.id, address="anna@example.org", now=now, by=olle.id)
    db.flush()

    about = Entry.deed.in_(("person.address_corrected", "letter.resent"))
    assert db.scalars(select(Entry.facts).where(about).order_by(Entry.id)).all() == [
        {},
        {"letter": taken.id, "state": "sent", "answer": "550 5.1.1 <...> <...> <...> ej här"},
    ]
    assert [each for each in db.scalars(select(Entry.facts)) if "@" in str(each)] == []


@pytest.mark.parametrize("deed", ["stoppa", "adress"])
def test_whoever_wants_a_course_of_the_person_does_not_decide_what_reaches_them(db, olle, anna, visit, deed):
    letter, session = letters_of(db, anna)[-1], db.scalar(select(Booking.session_id).where(Booking.state == "booked"))
    place(db, db.get(CourseSession, session), olle)
    browser, sent = visit(olle), {"address": "olle@example.org"}
    path = f"{PATH}/{letter.id}/{deed}"

    answer = browser.post(path, data=sent)

    assert answer.status_code == 409
    assert "Be en annan utbildningskoordinator." in words_of(answer)
    assert (anna.email, letter.state, deeds_about(db, anna)) == ("anna@exmaple.org", LetterState.QUEUED, [])
    assert visit(make.coordinator(db)).post(path, data=sent).status_code == 302


def test_a_letter_shows_its_text_and_one_that_is_not_there_is_not_found(db, olle, anna, visit):
    letter = letters_of(db, anna)[0]
    browser = visit(olle)

    page = words_of(browser.get(f"{PATH}/{letter.id}"))
    assert " ".join(letter.body.split()) in page
    assert "Bilagor 1 till kalendern" in page
    paths = [f"{PATH}/999999{deed}" for deed in ("", "/igen", "/stoppa", "/adress")]
    assert [browser.get(path).status_code for path in paths] == [404] * 4
