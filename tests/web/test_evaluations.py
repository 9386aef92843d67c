"""The pages of evaluations: what a participant answers, and what is read of it by whom."""

import logging
import re

import pytest
from evaluation_room import NOW, Over, over
from sqlalchemy import select
from structlog.testing import capture_logs

import make
from auth.states import Role
from courses.evaluations import answering, box, closing
from courses.models import AnswerBox, CourseSession
from courses.rules.evaluations import Tallies
from lararportal.db import Base


def inside(db, session: CourseSession) -> Tallies:
    return box.opened(db, db.get_one(AnswerBox, session.id, populate_existing=True))


@pytest.fixture
def room(db) -> Over:
    return over(db)


def test_a_participant_finds_it_answers_it_once_and_is_thanked(room, db, visit):
    anna = visit(room.people[0])
    path = f"/utvardering/{room.session.id}"
    assert f'href="{path}"' in anna.get("/mina-kurser/utvarderingar").text
    page = anna.get(path).text
    assert "Ingen kan se vem som har svarat vad" in page
    assert [f'name="q{number}"' in page for number in range(14)] == [*[True] * 13, False]

    empty = anna.post(path, data={"q0": "", "q9": "\u200b\u2060"})
    assert (empty.status_code, "Svara på minst en fråga." in empty.text) == (409, True)
    odd = anna.post(path, data={"q0": "9", "q9": "Fallen"})
    assert (odd.status_code, "Fallen" in odd.text) == (400, True)
    number = anna.post(path, data={"q9": "19121212-1212"}).text
    assert 'href="#q9">Vad ska vara kvar: Skriv inga personnummer här.' in number
    assert inside(db, room.session).answers == 0
    done = anna.post(path, data={"q0": "5", "q3": "right", "q9": "Fallen"}, follow_redirects=True)
    again = anna.post(path, data={"q0": "1"})

    assert "Tack! Ditt svar är sparat utan ditt namn." in done.text
    assert (again.status_code, "Du har redan svarat" in again.text) == (409, True)
    said = Tallies(1, {"overall": {"5": 1}, "level": {"right": 1}}, {"keep": ["Fallen"]})
    assert inside(db, room.session) == said


def test_who_writes_while_it_closes_is_shown_what_they_wrote(room, db, visit):
    anna, path = visit(room.people[0]), f"/utvardering/{room.session.id}"
    closing.close(db, room.session.id, now=NOW, by=None)
    late = anna.post(path, data={"q0": "5", "q3": "right", "q9": "Fallen <b>\nGrupperna", "q10": " "})

    assert (late.status_code, "Utvärderingen är stängd." in late.text) == (409, True)
    assert re.findall(r'<p class="prose">(.*?)</p>', late.text) == ["Fallen &lt;b&gt;", "Grupperna"]
    assert "Det du skrev är inte sparat" in late.text
    assert "Det du skrev" not in anna.get(path).text


def test_what_is_sent_stands_in_no_row_no_log_and_no_key_of_redis(room, db, visit, redis, caplog):
    word, anna = "Ordetsomsöks", visit(room.people[0])
    path = f"/utvardering/{room.session.id}"
    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        statuses = [anna.post(path, data={"q9": word, "q0": choice}).status_code for choice in ("9", "4", "4")]

    assert statuses == [400, 302, 409]
    kept = [repr(db.execute(select(each)).all()) for each in Base.metadata.sorted_tables]
    kept += [repr(logs), caplog.text, *(repr((key, redis.dump(key))) for key in redis.scan_iter())]
    assert [each for each in kept if word in each or repr(word.encode())[2:-1] in each] == []
    assert word in inside(db, room.session).texts["keep"]


def test_only_who_was_there_is_asked(room, db, visit):
    assert visit(make.person(db)).get(f"/utvardering/{room.session.id}").status_code == 404


def test_what_came_of_it_is_read_by_who_led_it_and_who_sees_all(room, db, visit):
    later = over(db, people=3)
    later.session.course_id = room.session.course_id
    said = {"overall": "4", "commercial": "no", "keep": "Fallen <b>"}
    for each in (room, later):
        for person in each.people:
            answering.answer(db, session_id=each.session.id, given=said, now=NOW, by=person.id)
        closing.close(db, each.session.id, now=NOW, by=None)
    path = f"/utvarderingar/{room.session.course.code}"

    pages = [visit(who).get(path) for who in (room.leader, make.coordinator(db), make.holder(db, Role.REVIEWER))]
    assert [each.status_code for each in pages] == [200] * 3
    for page in pages:
        assert "6 av 6 har svarat" in page.text
        assert "3 av 3" not in page.text
        assert re.search(r"4: 6(?!\d)", page.text)
        assert page.text.count("Fallen &lt;b&gt;") == 6
    nothing = visit(later.leader).get(path)
    assert (nothing.status_code, "Inget att visa än" in nothing.text) == (200, True)
    assert visit(make.holder(db, Role.LEADER)).get(path).status_code == 404


def test_the_pages_ask_as_little_for_many_as_for_few(db, visit, queries):
    counts = []
    reviewer = visit(make.holder(db, Role.REVIEWER))
    course = make.course(db)
    for _ in range(2):
        room = over(db, people=6)
        room.session.course_id = course.id
        for person in room.people:
            answering.answer(db, session_id=room.session.id, given={"overall": "4"}, now=NOW, by=person.id)
        closing.close(db, room.session.id, now=NOW, by=None)
        db.flush()
        db.expire_all()
        queries.reset()
        assert reviewer.get(f"/utvarderingar/{course.code}").status_code == 200
        counts.append(queries.count)

    assert counts == [8, 8]
