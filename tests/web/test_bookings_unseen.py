"""What nobody is shown yet is not told of by the answers to a doctor who tries numbers and codes."""

from bookings_pages import words_of

import make
from bookings.models import CourseWish
from courses.states import Publicity

SEAT = ("boka", "ko", "avboka", "angra-avbokning", "boka-om")
LINE = ("lamna-ko", "ko-val", "ko-upp", "ko-ner", "tacka-ja", "tacka-nej", "behall-platsen", "lamna-platsen")


def test_a_session_that_is_not_shown_answers_as_one_that_is_not_there(db, visit):
    draft = make.session(db, publicity=Publicity.DRAFT)
    of_draft = make.session(db, of=make.course(db, publicity=Publicity.DRAFT))
    browser = visit(make.person(db))

    def answers(number: int) -> dict[str, tuple[int, str]]:
        asked = {way: browser.post(f"/tillfallen/{number}/{way}") for way in (*SEAT, *LINE)}
        return {
            way: (answer.status_code, words_of(answer).partition("ärendenummer")[0]) for way, answer in asked.items()
        }

    unknown = answers(2_000_000_000)
    assert {status for status, _ in unknown.values()} == {404}
    assert (answers(draft.id), answers(of_draft.id)) == (unknown, unknown)


def test_nobody_asks_to_be_told_of_a_course_that_is_not_shown(db, visit):
    draft = make.course(db, publicity=Publicity.DRAFT)
    browser = visit(make.person(db))

    ways = [f"/kurser/{draft.code}/{way}" for way in ("sag-till", "sag-inte-till")]
    assert [browser.post(way).status_code for way in ways] == [404, 404]
    assert db.query(CourseWish).count() == 0
