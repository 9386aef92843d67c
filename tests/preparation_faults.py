"""Faults of the preparation, for `demo_faults`: a part that nobody added, and what nobody said of one."""

PART = """INSERT INTO preparation_parts (course_id, place, title, about, address, minutes, questions)
    SELECT min(id), 1, 'Planted', '', '', 5, '[]' FROM courses"""
NOTED = """INSERT INTO journal (at, deed, facts) SELECT timestamptz '2027-01-10T00:00Z', 'preparation.part_added',
    jsonb_build_object('part', id, 'title', title, 'address', '', 'minutes', 5, 'questions', '[]'::jsonb)
    FROM preparation_parts"""
SOMEBODY = "SELECT {}, min(id), timestamptz '2027-01-10T00:00Z' FROM persons"

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
}
