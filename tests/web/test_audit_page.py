"""The page of proof: what it says, to whom, what can be put right there, and the look at everything by a worker."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from bookings_pages import words_of
from portals import made
from redis import Redis
from sqlalchemy import select, text

import make
from auth.states import Category, Role
from bookings import left_over_seats
from bookings.models import Booking, SeatDay
from lararportal import clock, workers
from lararportal.audit import EVERYTHING
from lararportal.audit.stored import Audit
from lararportal.edge import DELIVERY_SECONDS
from lararportal.heartbeat import beat
from lararportal.journal import Entry
from lararportal.outbox import Letter, LetterState
from lararportal.seals import seal_batch

PATH = "/samordning/kontroll"


@pytest.fixture
def olle(db, now):
    """A coordinator of a portal that lives, in which one person has a seat."""
    beat(db, "tick", now=now)
    session = make.session(db)
    left_over_seats.book(db, session_id=session.id, person_id=make.person(db).id, now=now, by=None)
    db.flush()
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def booking(db, olle):
    return db.scalars(select(Booking)).one()


def last_entry(db) -> tuple[str, int, dict]:
    entry = db.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    return entry.deed, entry.by, entry.facts


def test_the_page_says_that_all_is_well_and_what_is_not_looked_at(olle, visit):
    page = words_of(visit(olle).get(PATH))

    assert "Allt som går att se direkt stämmer." in page
    assert "Den har inte gjorts än." in page
    assert "Loggen har inte förseglats än." in page
    assert "Filer utan ägare söks inte, eftersom databasen inte kan ha någon." in page


def test_the_page_tells_the_last_seal_of_the_journal(db, olle, visit, now):
    entries = db.scalar(text("SELECT max(id) FROM journal"))
    sealed = seal_batch(db, upto=entries, now=now)

    page = words_of(visit(olle).get(PATH))
    assert f"Loggen förseglades senast 11 januari 2027 kl. 08.00, försegling 1 med summan {sealed.hash}." in page


@pytest.mark.parametrize("who", [Role.DIRECTOR, Role.LEADER, Role.ADMINISTRATOR, None])
def test_it_is_for_coordinators_alone(db, olle, booking, visit, who):
    browser = visit(make.holder(db, who) if who else make.person(db))

    paths = [PATH, f"{PATH}/recount/{booking.session_id}", f"{PATH}/resend/1", f"{PATH}/catch_up/0"]
    assert [browser.get(path).status_code for path in paths] == [403] * 4
    assert [browser.post(path).status_code for path in paths] == [403] * 4


def test_a_counter_is_put_right_by_somebody_with_a_name_after_they_were_asked(db, olle, booking, visit):
    db.execute(text("UPDATE course_sessions SET seats_taken = 3"))
    browser, repair = visit(olle), f"{PATH}/recount/{booking.session_id}"
    page = browser.get(PATH)

    assert "räknar 3 upptagna platser, men 1 är bokade." in words_of(page)
    assert f'href="{repair}"' in page.text
    assert "Ingen får eller förlorar en plats." in words_of(browser.get(repair))
    assert db.scalar(text("SELECT seats_taken FROM course_sessions")) == 3

    done = browser.post(repair, follow_redirects=True)
    assert "Platserna är omräknade." in words_of(done)
    assert "räknar 3 upptagna platser" not in words_of(done)
    counts = {
        "before": {"seats_taken": 3, "seats_offered": 0, "seats_over": 0},
        "after": {"seats_taken": 1, "seats_offered": 0, "seats_over": 0},
    }
    assert last_entry(db) == ("audit.recounted", olle.id, counts)
    assert "Det behövdes inte" in words_of(browser.post(repair, follow_redirects=True))


def test_the_days_of_a_seat_are_put_right_unless_the_person_is_elsewhere(db, olle, booking, visit, now):
    days = sorted(db.scalars(select(SeatDay.day)))
    db.execute(text("UPDATE seat_days SET day = '2030-01-01' WHERE day = (SELECT min(day) FROM seat_days)"))
    browser, repair = visit(olle), f"{PATH}/occupy/{booking.id}"

    assert words_of(browser.get(PATH)).count("Rätta kursdagarna") == 2
    browser.post(repair)
    assert sorted(db.scalars(select(SeatDay.day))) == days
    assert last_entry(db)[:2] == ("audit.occupied", olle.id)

    other = left_over_seats.book(
        db,
        session_id=make.session(db, days=[days[0] + timedelta(days=7)]).id,
        person_id=booking.person_id,
        now=now,
        by=None,
    )
    db.execute(text(f"DELETE FROM seat_days WHERE booking_id = {booking.id} AND day = '{days[0]}'"))
    db.execute(text(f"UPDATE seat_days SET day = '{days[0]}' WHERE booking_id = {other.id}"))
    assert "Det går inte att rätta så här" in words_of(browser.post(repair, follow_redirects=True))


def test_a_letter_that_was_given_up_is_sent_again(db, olle, visit):
    letter = db.scalars(select(Letter)).one()
    letter.state, letter.attempts, letter.answer = LetterState.FAILED, 12, "550 okänd"
    db.flush()
    browser, repair = visit(olle), f"{PATH}/resend/{letter.id}"

    assert f"Brev {letter.id} till Förnamn" in words_of(browser.get(PATH))
    assert letter.address in words_of(browser.get(repair))
    browser.post(repair)
    db.refresh(letter)
    assert (letter.state, letter.attempts) == (LetterState.QUEUED, 0)
    assert last_entry(db)[0] == "letter.resent"


def test_what_is_due_is_done_by_a_worker_as_the_tick_would_do_it(db, olle, visit, installation, monkeypatch):
    today = clock.day_of(clock.now())
    dates = {"days": [today + timedelta(days=40)], "cancel_by": today + timedelta(days=16)}
    resident = make.person(db, category=Category.ST_2021)
    yesterday = clock.now() - timedelta(days=1)
    left_over_seats.book(
        db, session_id=make.session(db, **dates).id, person_id=resident.id, now=yesterday, by=resident.id
    )
    db.flush()

    visit(olle).post(f"{PATH}/catch_up/0")
    [job] = [each for each in installation.queue.jobs if each.func_name == "lararportal.workers.catch_up"]
    assert job.timeout == DELIVERY_SECONDS
    assert last_entry(db) == ("audit.caught_up", olle.id, {})
    releasing = replace(installation, settings=replace(installation.settings, unfunded_seats="release"))
    monkeypatch.setattr(workers, "_place", lambda: releasing)
    workers.catch_up()
    reminded = select(Entry.facts["announced"]).where(Entry.deed == "funding.reminded")
    assert db.scalars(reminded.where(Entry.person_id == resident.id)).all() == [True]


def test_what_is_not_there_is_not_found(olle, visit):
    browser = visit(olle)

    paths = ["recount/999999", "occupy/999999", "resend/999999", "nothing/1"]
    assert [browser.get(f"{PATH}/{each}").status_code for each in paths] == [404] * 4
    assert [browser.post(f"{PATH}/{each}").status_code for each in paths] == [404] * 4


def test_it_asks_as_little_however_much_is_amiss(db, olle, booking, visit, queries, now):
    for _ in range(30):
        left_over_seats.book(db, session_id=make.session(db).id, person_id=make.person(db).id, now=now, by=None)
    browser = visit(olle)
    db.execute(text(f"UPDATE course_sessions SET seats_taken = 3 WHERE id = {booking.session_id}"))
    db.execute(text(f"DELETE FROM seat_days WHERE booking_id = {booking.id}"))
    queries.reset()
    assert words_of(browser.get(PATH)).count("räknar 3 upptagna platser") == 1
    few = queries.count
    db.execute(text("UPDATE course_sessions SET seats_taken = 3"))
    db.execute(text("DELETE FROM seat_days"))
    queries.reset()
    assert words_of(browser.get(PATH)).count("räknar 3 upptagna platser") == 31

    assert queries.count == few
    assert few <= 33


def test_of_very_many_findings_some_are_shown_and_all_counted(db, olle, visit):
    db.execute(
        text("""INSERT INTO letters (once, occasion, person_id, address, subject, body, calendars, message_id,
            created_at, state, attempts, next_attempt_at)
        SELECT 'many' || n, 'x', 1, '', '', '', '{}', '<x>', '2027-01-11', 'failed', 12, '2027-01-11'
        FROM generate_series(1, 60) n""")
    )

    assert "Här visas 50 av 60." in words_of(visit(olle).get(PATH))


class TestTheLookAtEverything:
    def test_is_handed_over_once_done_by_a_worker_and_kept_with_its_time(
        self, db, olle, visit, installation, monkeypatch, now
    ):
        monkeypatch.setattr(workers, "_place", lambda: installation)
        monkeypatch.setattr(clock, "now", lambda: now)
        db.execute(text("DELETE FROM letters"))
        browser = visit(olle)

        waiting = browser.post(PATH, follow_redirects=True)
        assert "Kontrollen står på tur" in words_of(waiting)
        assert browser.get(PATH).headers["Refresh"] == "2"
        browser.post(PATH)
        [job] = [
            each for each in installation.queue.jobs if each.func_name == "lararportal.workers.look_at_everything"
        ]
        asked = db.scalars(select(Audit)).one()
        assert (job.args, asked.asked_by) == ([asked.id], olle.id)

        asked.done, asked.total = 3, 40
        db.flush()
        assert "Steg 4 av 40." in words_of(browser.get(PATH))

        workers.look_at_everything(asked.id)
        db.refresh(asked)
        assert (asked.done, asked.total, asked.ended_at) == (len(EVERYTHING), len(EVERYTHING), now)
        page = browser.get(PATH)
        assert "Refresh" not in page.headers
        assert "Det här stämde inte när hela kontrollen var klar 11 januari 2027 kl. 08.00." in words_of(page)
        assert re.search(r"Förnamn\d+ Efternamn\d+ skulle ha fått ett brev", words_of(page))
        assert asked.counts == {"queue_waits": 1, "letter_missing": 1}

    def test_says_that_it_was_broken_off(self, db, olle, visit, now):
        begun = now - timedelta(minutes=11)
        db.add(Audit(asked_at=begun, seen_at=begun, asked_by=None, done=3, total=40))
        db.flush()

        assert "blev avbruten" in words_of(visit(olle).get(PATH))

    def test_cannot_be_handed_over_while_the_queue_is_away(self, db, olle, visit, installation, compiled):
        away = Redis.from_url("redis://127.0.0.1:1/0")
        page = words_of(
            visit(olle, of=made(replace(installation, redis=away), compiled=compiled)).post(
                PATH, follow_redirects=True
            )
        )

        assert "kön för arbete i bakgrunden inte svarar" in page
        assert "(Redis) svarar inte" in page
        assert db.scalars(select(Audit)).all() == []
