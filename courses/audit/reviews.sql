-- Reviews of courses beside what was noted of them. Each statement selects a row for whatever does not hold.

--: review_not_as_noted
-- A review was opened with these figures, and its statement, its answer and how far it is are what was noted last.
WITH said AS (
    SELECT (facts ->> 'review')::int AS review, deed, at, by, facts FROM journal
    WHERE deed IN ('review.stated', 'review.answered', 'review.closed')
)
SELECT DISTINCT r.course_id AS course FROM reviews r
LEFT JOIN journal o ON o.deed = 'review.opened' AND o.facts ->> 'half' = r.half
LEFT JOIN said s ON s.review = r.id AND s.deed = 'review.stated'
LEFT JOIN said a ON a.review = r.id AND a.deed = 'review.answered'
LEFT JOIN said c ON c.review = r.id AND c.deed = 'review.closed'
WHERE (r.opened_at, jsonb_build_object('sessions', sessions, 'participants', participants, 'asked', asked,
        'answered', answered)) IS DISTINCT FROM (o.at, o.facts -> 'courses' -> r.course_id::text)
    OR r.state <> CASE WHEN c.at IS NOT NULL THEN 'closed' WHEN a.at IS NOT NULL THEN 'answered'
        WHEN s.at IS NOT NULL THEN 'stated' ELSE 'open' END
    OR (r.stated_at, r.stated_by, r.answered_at, r.answer)
        IS DISTINCT FROM (s.at, s.by, a.at, coalesce(a.facts ->> 'answer', ''))
    OR (s.at IS NOT NULL AND (r.criteria, r.statement) IS DISTINCT FROM (s.facts -> 'criteria', s.facts ->> 'text'))
ORDER BY 1

--: review_action_not_as_noted
-- What was promised is what was noted with the answer, and done when somebody said so.
SELECT DISTINCT r.course_id AS course FROM reviews r
LEFT JOIN journal a ON a.deed = 'review.answered' AND (a.facts ->> 'review')::int = r.id
WHERE coalesce(a.facts -> 'actions', '[]') IS DISTINCT FROM (SELECT coalesce(jsonb_agg(jsonb_build_object('action', x.id,
        'what', what, 'responsible', responsible, 'due_on', due_on) ORDER BY x.id), '[]')
        FROM review_actions x WHERE x.review_id = r.id)
    OR EXISTS (SELECT FROM review_actions x
        LEFT JOIN journal d ON d.deed = 'review.action_done' AND (d.facts ->> 'action')::int = x.id
        WHERE x.review_id = r.id AND x.done_at IS DISTINCT FROM d.at)
ORDER BY 1
