"""The outbox: a letter is stored with its deed, sent once, tried again when it must be, and given up in the end."""

import smtplib
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from bookings_room import AFTER
from mail_server import Talk, served
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import make
from lararportal import outbox, tick
from lararportal.errors import RecipientError
from lararportal.mail import Mailer, message_of
from lararportal.outbox import ATTEMPTS, Letter, LetterState


def post(db, person, once="line:1", *, now=AFTER, calendars=(), title="Hud") -> Letter:
    session = make.session(db, of=make.course(db, title=title))
    db.refresh(session, ["course", "days"])
    outbox.post(
        db,
        "place_in_line",
        to=person.recipient,
        once=once,
        now=now,
        calendars=calendars,
        session=session,
        position=3,
    )
    db.flush()
    return db.scalars(select(Letter).where(Letter.once == once)).one()


def deliver(db, *, now=AFTER, send=lambda _letter: "accepted"):
    done = outbox.deliver_next(db, now=now, send=send)
    db.flush()
    return done


def away(_letter):
    raise smtplib.SMTPServerDisconnected("nobody there")


def test_a_letter_is_finished_when_it_is_posted(db):
    person = make.person(db, given_name="Anna", family_name="Berg", email="anna@example.org")
    letter = post(db, person, calendars=["BEGIN:VCALENDAR"])
    assert (letter.state, letter.attempts, letter.sent_at, letter.answer) == (LetterState.QUEUED, 0, None, None)
    assert (letter.occasion, letter.person_id, letter.address) == ("place_in_line", person.id, "anna@example.org")
    assert letter.subject == "Du står i kö: Hud"
    assert letter.body.startswith("Hej Anna Berg,\n")
    assert "http://portal.test/mina-kurser" in letter.body
    assert (letter.calendars, letter.created_at, letter.next_attempt_at) == (["BEGIN:VCALENDAR"], AFTER, AFTER)


def test_an_occasion_is_told_once(db):
    person = make.person(db)
    post(db, person)
    with pytest.raises(IntegrityError, match="uq_letters_once"), db.begin_nested():
        post(db, person)


def test_a_letter_of_a_deed_that_failed_does_not_exist(db, database):
    person = make.person(db)
    with pytest.raises(IntegrityError), database.transaction() as own:
        assert [post(own, person, once) for once in ("a", "a")] == []
    assert db.scalars(select(Letter)).all() == []


def test_every_letter_has_a_message_id_of_its_own(db):
    person = make.person(db)
    ids = {post(db, person, f"line:{number}").message_id for number in range(20)}
    assert len(ids) == 20


def test_a_missing_fact_is_an_error_and_not_a_hole_in_the_letter(db):
    with pytest.raises(Exception, match="'session' is undefined"):
        outbox.post(db, "place_in_line", to=make.person(db).recipient, once="x", now=AFTER)


def test_a_very_long_title_does_not_burst_the_subject(db):
    letter = post(db, make.person(db), title="Ångest " * 28)
    assert letter.subject.startswith("Du står i kö: Ångest Ångest")


def test_a_due_letter_is_sent_and_marked(db):
    letter = post(db, make.person(db))
    sent = []
    assert deliver(db, send=lambda each: sent.append(each.id) or "250 fine") is letter
    assert sent == [letter.id]
    assert (letter.state, letter.attempts, letter.sent_at, letter.answer) == (
        LetterState.SENT,
        1,
        AFTER,
        "250 fine",
    )


def test_a_sent_letter_is_not_sent_again(db):
    post(db, make.person(db))
    deliver(db)
    assert deliver(db, now=AFTER + timedelta(days=9)) is None


def test_letters_leave_in_the_order_they_came(db):
    person = make.person(db)
    later = post(db, person, "b", now=AFTER + timedelta(seconds=1))
    first, second = post(db, person, "c"), post(db, person, "d")
    at = AFTER + timedelta(minutes=1)
    assert [deliver(db, now=at) for _ in range(4)] == [first, second, later, None]


def test_a_letter_that_is_not_due_waits(db):
    letter = post(db, make.person(db))
    assert deliver(db, now=AFTER - timedelta(seconds=1)) is None
    assert letter.state is LetterState.QUEUED


def test_a_letter_that_failed_keeps_the_answer_and_waits_longer_each_time(db):
    letter = post(db, make.person(db))
    waits = []
    now = AFTER
    for _ in range(11):
        deliver(db, now=now, send=away)
        waits.append((letter.next_attempt_at - now) / timedelta(minutes=1))
        assert letter.state is LetterState.QUEUED
        assert deliver(db, now=letter.next_attempt_at - timedelta(seconds=1)) is None
        now = letter.next_attempt_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert (letter.attempts, letter.answer) == (11, "nobody there")


def test_a_letter_that_failed_too_often_waits_for_a_person(db):
    letter, now = post(db, make.person(db)), AFTER
    for _ in range(ATTEMPTS):
        deliver(db, now=now, send=away)
        now = letter.next_attempt_at
    assert (letter.state, letter.attempts) == (LetterState.FAILED, ATTEMPTS)
    assert deliver(db, now=now + timedelta(days=30)) is None


@pytest.mark.parametrize(("for_good", "minutes"), [(True, [0]), (False, [0, 1, 3, 7, 15, 31])])
def test_whom_the_server_refuses_at_once_or_puts_off_for_half_an_hour_is_refused_until_it_takes_them(
    db, for_good, minutes
):
    letter = post(db, make.person(db))

    def refuse(_letter):
        raise RecipientError("no such doctor", for_good=for_good)

    for minute in minutes:
        now = AFTER + timedelta(minutes=minute)
        assert (letter.refused_at, letter.next_attempt_at) == (None, now)
        assert not outbox.resend(db, letter_id=letter.id, now=now, by=None)
        deliver(db, now=now, send=refuse)
    assert letter.refused_at == now
    deliver(db, now=letter.next_attempt_at, send=away)
    assert (letter.state, letter.refused_at) == (LetterState.QUEUED, now)

    assert outbox.resend(db, letter_id=letter.id, now=now, by=None)
    assert (letter.refused_at, letter.attempts, letter.sent_again_at) == (None, 0, now)
    deliver(db, now=now, send=refuse)
    deliver(db, now=letter.next_attempt_at)
    assert (letter.state, letter.refused_at) == (LetterState.SENT, None)


@pytest.mark.parametrize("fault", [None, RecipientError("550 no\0body", for_good=True)])
def test_a_server_that_says_what_cannot_be_kept_is_heard_all_the_same(db, fault):
    letter = post(db, make.person(db))

    def send(_letter):
        if fault is not None:
            raise fault
        return "250 no\0body"

    deliver(db, send=send)

    assert letter.answer.endswith("no\N{REPLACEMENT CHARACTER}body")
    assert (letter.state is LetterState.SENT, letter.attempts) == (fault is None, 1)


def test_a_letter_that_failed_keeps_its_message_id(db):
    letter = post(db, make.person(db))
    before = letter.message_id
    deliver(db, send=away)
    deliver(db, now=letter.next_attempt_at)
    assert (letter.state, letter.message_id) == (LetterState.SENT, before)


def test_one_bad_letter_does_not_stop_the_one_behind_it(db):
    person = make.person(db)
    bad, good = post(db, person, "a"), post(db, person, "b")

    def choosy(each):
        if each is bad:
            raise ValueError
        return "accepted"

    assert [deliver(db, send=choosy) for _ in range(3)] == [bad, good, None]
    assert (bad.state, bad.answer, good.state) == (LetterState.QUEUED, "ValueError", LetterState.SENT)


def test_many_letters_take_two_statements_each_and_one_connection(db, database, queries):
    greeted = []

    def takes_everything(talk: Talk) -> None:
        greeted.append(talk)
        talk.greet()
        while talk.hear_letter():
            talk.say("250 taken")

    person = make.person(db)
    with served(takes_everything) as server:
        for letters in (1, 7):
            for number in range(letters):
                post(db, person, f"{letters}:{number}", calendars=["BEGIN:VCALENDAR"])
            queries.reset()
            with Mailer(f"smtp://127.0.0.1:{server.port}", sender="portal@example.org") as mailer:
                assert tick.deliver_letters(database, mailer, now=AFTER) == letters
            # One is looked for and held, one is marked; the last look finds none.
            assert queries.count == 2 * letters + 1
    assert (len(greeted), len(server.heard)) == (2, 8)


CANCELLED = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"


def test_the_message_is_the_same_at_every_attempt(db):
    letter = post(db, make.person(db, email="anna@example.org"), calendars=[CANCELLED])
    message = message_of(letter, sender="Portalen <portal@example.org>")
    assert (message["From"], message["To"]) == ("Portalen <portal@example.org>", "anna@example.org")
    assert (message["Message-ID"], message["Subject"]) == (letter.message_id, "Du står i kö: Hud")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000"
    text, calendar = message.iter_parts()
    assert text.get_content() == letter.body
    assert (calendar.get_content_type(), calendar.get_filename()) == ("text/calendar", "kurs-1.ics")
    assert calendar["Content-Type"].params["method"] == "CANCEL"
    assert calendar.get_content().splitlines() == CANCELLED.splitlines()
    again = message_of(letter, sender="Portalen <portal@example.org>")
    assert again.as_bytes() == message.as_bytes()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("subject", ["Plats", "Du står i kö: Öron", "Du står i kö: " + "mycket långt " * 12])
def test_nothing_in_a_letter_becomes_a_header_of_its_own(db, subject, ending):
    letter = post(db, make.person(db))
    planted = f"{ending}Bcc: other@example.org{ending}{ending}Hej"
    for name, value in (("subject", subject + planted), ("address", "anna@example.org" + planted)):
        before = getattr(letter, name)
        setattr(letter, name, value)
        with pytest.raises(ValueError, match=r"linefeed|newline|header"):
            message_of(letter, sender="portal@example.org").as_bytes()
        setattr(letter, name, before)

    with pytest.raises(ValueError, match=r"linefeed|newline|header"):
        message_of(letter, sender="Portalen <portal@example.org>" + planted)


def test_a_name_with_a_line_break_puts_nothing_before_the_text_of_a_letter(db):
    title = "Hud\nBcc: other@example.org\n\nHej"
    sent = message_from_bytes(
        message_of(post(db, make.person(db), title=title), sender="portal@example.org").as_bytes(), policy=default
    )

    assert (sent["Bcc"], sent["Subject"]) == (None, "Du står i kö: Hud")


def test_a_letter_without_calendar_is_plain_text(db):
    message = message_of(post(db, make.person(db)), sender="portal@example.org")
    assert message.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "title", ["Hud", "Hud och venereologi för allmänläkare", "Sår, sår och åter sår på vårdcentralen i Åmål " * 4]
)
def test_a_subject_arrives_with_all_its_spaces(db, title):
    letter = post(db, make.person(db), title=title.strip())

    sent = message_of(letter, sender="portal@example.org").as_bytes()

    assert message_from_bytes(sent, policy=default)["Subject"] == letter.subject
    assert max(map(len, sent.splitlines())) <= 78
