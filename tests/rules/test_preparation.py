"""The preparation: questions as they are typed and answered, and when somebody is reminded."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.preparation import Question, QuizFault, is_time, questions_in, typed, wrong
from courses.states import Refusal

WORDS = st.text("abcåäö0129 ?", min_size=1, max_size=20).map(lambda text: f"x{' '.join(text.split())}")
QUESTIONS = st.builds(
    lambda asks, choices, right: Question(asks, tuple(choices), right % len(choices)),
    WORDS,
    st.lists(WORDS, min_size=2, max_size=5, unique=True),
    st.integers(0, 100),
)


@given(st.lists(QUESTIONS, max_size=4))
def test_what_is_read_is_what_was_typed_and_only_the_right_answers_are_right(questions):
    assert questions_in(typed(questions)) == questions
    right = {place: each.right for place, each in enumerate(questions)}
    assert wrong(questions, right) == []
    assert wrong(questions, {}) == list(range(len(questions)))
    shifted = {place: (each.right + 1) % len(each.choices) for place, each in enumerate(questions)}
    assert wrong(questions, shifted) == list(range(len(questions)))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- ja\n* nej", QuizFault(1, Refusal.QUIZ_ASKS_NOTHING)),
        ("Vad?\n- ja\n* nej\nmer text", QuizFault(1, Refusal.QUIZ_ASKS_NOTHING)),
        ("Vad?\n* ja\n- nej\n\nOch?\n* ja", QuizFault(2, Refusal.QUIZ_WITHOUT_CHOICE)),
        ("Vad?\n* ja\n- ja", QuizFault(1, Refusal.QUIZ_WITHOUT_CHOICE)),
        ("Vad?\n* ja\n-", QuizFault(1, Refusal.QUIZ_WITHOUT_CHOICE)),
        ("Vad?\n- ja\n- nej", QuizFault(1, Refusal.QUIZ_WITHOUT_RIGHT)),
        ("Vad?\n* ja\n* nej", QuizFault(1, Refusal.QUIZ_WITHOUT_RIGHT)),
        ("\n \n", []),
        ("En fråga\npå två rader?\r\n*ja\r\n -  nej ", [Question("En fråga på två rader?", ("ja", "nej"), 0)]),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(text, fault):
    assert questions_in(text) == fault


@pytest.mark.parametrize(("day", "due"), [(4, False), (5, True), (10, True), (11, False)])
def test_it_is_reminded_of_from_five_days_before_until_the_day_is_over(day, due):
    assert is_time(prepare_by=date(2027, 3, 10), today=date(2027, 3, day)) is due
    assert is_time(prepare_by=None, today=date(2027, 3, day)) is False
