"""What is asked about a course: chosen and written by coordinators, in versions."""

import json

import pytest
from bookings_room import noted
from evaluation_room import NOW
from sqlalchemy import select, update

import make
from courses.evaluations import questions
from courses.models import QuestionForm
from courses.rules.evaluations import USUAL, own
from courses.states import QuestionKind
from lararportal.audit import invariants

KINDS = {f"kind-{row}": "scale" for row in range(5)}
OWN = KINDS | {
    "usual": ["overall", "keep"],
    "text-0": "Hur var maten?",
    "kind-0": "choice",
    "options-0": "bra / dålig",
}
FOOD = own("Hur var maten?", QuestionKind.CHOICE, ["bra", "dålig"])


def test_a_changed_question_is_a_new_one_and_every_change_a_version(db, visit):
    course, who = make.course(db), make.coordinator(db)
    path, coordinator = f"/samordning/kurser/{course.code}/utvarderingsfragor", visit(who)
    assert coordinator.get(path).text.count("checked") == len(USUAL)

    saved = coordinator.post(path, data=OWN, follow_redirects=True).text
    coordinator.post(path, data=OWN)
    assert ("Frågorna är sparade." in saved, 'value="Hur var maten?"' in saved) == (True, True)
    assert questions.of_course(db, course.id) == [USUAL[0], USUAL[9], FOOD]
    coordinator.post(path, data=OWN | {"text-0": "Hur var kaffet?"})

    assert FOOD.key not in {each.key for each in questions.of_course(db, course.id)}
    assert db.scalars(select(QuestionForm.version).order_by(QuestionForm.id)).all() == [1, 2]
    assert [deed for deed, *_ in noted(db)].count("evaluation.questions_changed") == 2
    before = {each.check for each in invariants(db, now=NOW)}
    db.execute(update(QuestionForm).where(QuestionForm.version == 1).values(questions=[]))
    assert {each.check for each in invariants(db, now=NOW)} - before == {"question_form_not_as_noted"}


def test_the_order_of_its_own_questions_is_theirs_who_ask(db, visit):
    course = make.course(db)
    path, coordinator = f"/samordning/kurser/{course.code}/utvarderingsfragor", visit(make.coordinator(db))
    texts = {f"text-{row}": text for row, text in enumerate("ABCD")}

    def order(**places: str) -> str:
        there = {f"text-{row}": each.text for row, each in enumerate(own_of(course.id))} or texts
        given = KINDS | {"usual": ["overall"]} | there | {f"place-{row}": str(row + 1) for row in range(5)}
        assert (
            coordinator.post(path, data=given | {f"place-{row[1:]}": at for row, at in places.items()}).status_code
            == 302
        )
        return "".join(each.text for each in own_of(course.id))

    def own_of(course_id: int):
        return [each for each in questions.of_course(db, course_id) if each.text]

    assert [order(), order(_2="1"), order(_0="3"), order(_0="4", _3="1")] == ["ABCD", "CABD", "ABCD", "DBCA"]
    versions = select(QuestionForm.version).order_by(QuestionForm.id)
    assert db.scalars(versions).all() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"options-0": "bra"}, "Skriv minst två svar att välja mellan"),
        ({"kind-0": "text"}, "Bara ett val har svar att välja mellan"),
        ({"usual": [], "text-0": "", "options-0": ""}, "Utvärderingen behöver minst en fråga."),
        ({"usual": ["other"]}, ""),
    ],
    ids=json.dumps,
)
def test_what_cannot_be_asked_is_said_and_kept(db, visit, given: dict, sentence: str):
    course = make.course(db)
    page = visit(make.coordinator(db)).post(f"/samordning/kurser/{course.code}/utvarderingsfragor", data=OWN | given)

    assert (page.status_code, sentence in page.text) == (400, True)
    assert questions.of_course(db, course.id) == list(USUAL)
