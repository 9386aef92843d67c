"""Faults of evaluations, for `demo_faults`: each is planted on a session ahead of its own."""

from day_faults import AT


def evaluated(place: int, counts: str = "0, 0") -> str:
    """The evaluation of one of the sessions that are farthest ahead."""
    return f"""INSERT INTO evaluations (session_id, questions, opened_at, closes_on, closed_at, asked, answered)
        SELECT id, '[]', {AT}, '2027-12-01', {AT}, {counts} FROM ({session(place)}) s"""


def session(place: int) -> str:
    return f"SELECT id FROM course_sessions ORDER BY starts_on DESC, id LIMIT 1 OFFSET {place}"


SOMEBODY = "(SELECT min(id) FROM persons)"


def masked(place: int) -> str:
    """It was noted that a text about one of the last sessions was masked."""
    return f"""INSERT INTO journal (at, by, deed, facts) SELECT {AT}, {SOMEBODY}, 'evaluation.text_masked',
        jsonb_build_object('sessions', jsonb_build_array(id), 'imprint', 'gone', 'reason', 'Planted')
        FROM ({session(place)}) s"""


OF_EVALUATIONS = {
    "evaluation_answers_differ": [evaluated(0, "1, 1")],
    "evaluation_remembers_people": [
        evaluated(1),
        f"""INSERT INTO evaluations_asked (session_id, person_id)
        SELECT s.id, p.id FROM ({session(1)}) s CROSS JOIN (SELECT min(id) AS id FROM persons) p""",
    ],
    "evaluation_by_another_key": [
        evaluated(2),
        f"INSERT INTO answer_boxes (session_id, sealed) SELECT id, 'sealed:gone:AAAA' FROM ({session(2)}) s",
    ],
    "masking_hides_nothing": [
        evaluated(4),
        f"INSERT INTO maskings SELECT id, 'gone', 'Planted', {AT}, {SOMEBODY} FROM ({session(4)}) s",
        masked(4),
    ],
    "reflection_not_as_noted": [
        f"""INSERT INTO reflections (session_id, text, actions, written_at, written_by)
        SELECT s.id, 'Planted', '[]', {AT}, {SOMEBODY} FROM ({session(3)}) s"""
    ],
    "masking_not_as_noted": [evaluated(5), masked(5)],
    "question_form_not_as_noted": [
        f"""INSERT INTO question_forms (course_id, version, questions, made_at, made_by)
        SELECT min(id), 1, '[]', {AT}, {SOMEBODY} FROM courses"""
    ],
}
