"""Faults of reviews, for `demo_faults`: one that nobody opened, and an action that nobody promised."""

from day_faults import AT

REVIEW = f"""INSERT INTO reviews (half, course_id, state, opened_at, sessions, participants, asked, answered)
    SELECT '2020-1', min(id), 'open', {AT}, 1, 9, 9, 9 FROM courses"""
OPENED = """INSERT INTO journal (at, deed, facts) SELECT opened_at, 'review.opened', jsonb_build_object('half', half,
        'people', '[]'::jsonb, 'courses', jsonb_build_object(course_id, jsonb_build_object('sessions', sessions,
        'participants', participants, 'asked', asked, 'answered', answered)))
    FROM reviews WHERE half = '2020-1'"""
PROMISED = """INSERT INTO review_actions (review_id, what, responsible, due_on)
    SELECT id, 'x', 'x', '2027-01-01' FROM reviews WHERE half = '2020-1'"""

OF_REVIEWS = {"review_not_as_noted": [REVIEW], "review_action_not_as_noted": [REVIEW, OPENED, PROMISED]}
