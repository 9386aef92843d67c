"""Faults of the preparation and the material, for `demo_faults`: what nobody added, or said."""

PART = """INSERT INTO preparation_parts (course_id, place, title, about, address, minutes, questions)
    SELECT min(id), 1, 'Planted', '', '', 5, '[]' FROM courses"""
NOTED = """INSERT INTO journal (at, deed, facts) SELECT timestamptz '2027-01-10T00:00Z', 'preparation.part_added',
    jsonb_build_object('part', id, 'title', title, 'address', '', 'minutes', 5, 'questions', '[]'::jsonb)
    FROM preparation_parts WHERE title = 'Planted'"""
SOMEBODY = "SELECT {}, min(id), timestamptz '2027-01-10T00:00Z' FROM persons"


def material(facts: str) -> str:
    return f"""INSERT INTO materials (session_id, title, shown, address, media_type, size, sha256, added_at)
        SELECT min(id), 'Planted', 'always', {facts}, timestamptz '2027-01-10T00:00Z' FROM course_sessions"""


def noted_material(sha256: str) -> str:
    return f"""INSERT INTO journal (at, deed, session_id, facts) SELECT added_at, 'material.added', session_id,
        jsonb_build_object('material', id, 'title', title, 'shown', shown, 'address', '', 'sha256', sha256)
        FROM materials WHERE sha256 = '{sha256}'"""


OF_PREPARATION = {
    "preparation_part_not_as_noted": [PART],
    "preparation_not_as_noted": [
        PART,
        NOTED,
        "INSERT INTO preparation_marks " + SOMEBODY.format("(SELECT max(id) FROM preparation_parts)"),
    ],
    "preparation_reminder_not_noted": [
        "INSERT INTO preparation_reminders " + SOMEBODY.format("(SELECT min(id) FROM course_sessions)")
    ],
    "material_file_wrong": [
        material("'', 'application/pdf', 8, 'abc'"),
        noted_material("abc"),
    ],
    "material_not_as_noted": [material("'https://a.example', '', NULL, ''")],
    "part_file_wrong": [
        PART,
        NOTED,
        """INSERT INTO materials (part_id, title, shown, media_type, size, sha256, address, added_at)
        SELECT max(id), 'Planted', 'always', 'application/pdf', 8, 'abc', '', timestamptz '2027-01-10T00:00Z'
        FROM preparation_parts""",
    ],
    "need_not_noted": [
        """INSERT INTO needs (session_id, person_id, diets, other_food, access, said_at)
        SELECT session_id, person_id, '{vegan}', '', '', timestamptz '2027-01-10T00:00Z' FROM bookings b
            JOIN course_sessions s ON s.id = b.session_id
        WHERE state = 'booked' AND starts_on > '2027-02-01' ORDER BY b.id LIMIT 1"""
    ],
    "message_not_as_noted": [
        """INSERT INTO messages (session_id, person_id, addressed, recipients, subject, text, form_key, sent_at)
        SELECT (SELECT min(id) FROM course_sessions), min(id), 'seated', 1, 'x', 'x', 'x',
            timestamptz '2027-01-10T00:00Z' FROM persons"""
    ],
    "programme_not_as_noted": [
        """UPDATE course_sessions SET programme = '[{"day": 1, "at": "08:30", "title": "x", "teacher": ""}]'
        WHERE id = (SELECT min(id) FROM course_sessions)"""
    ],
}
