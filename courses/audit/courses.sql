-- Courses as the journal noted them: who may have seats, in which order, how many, and who may see the course. Whoever
-- changes what a deed notes changes it here too. What was never noted of a course is left alone. Each statement selects
-- a row for whatever does not hold.

WITH noted(code, entry, fact, value) AS (
    SELECT facts ->> 'course', id, fact.key, fact.value
    FROM journal CROSS JOIN LATERAL jsonb_each(facts -> 'said') AS fact WHERE deed = 'course.created'
    UNION ALL
    SELECT facts ->> 'course', id, fact.key, fact.value -> 1
    FROM journal CROSS JOIN LATERAL jsonb_each(facts -> 'changed') AS fact WHERE deed = 'course.changed'
    UNION ALL
    SELECT facts ->> 'course', id, 'publicity', to_jsonb(CASE deed WHEN 'course.created' THEN 'draft'
        WHEN 'course.published' THEN 'published' ELSE 'archived' END)
    FROM journal WHERE deed IN ('course.created', 'course.published', 'course.archived')
),
noted_last AS (
    SELECT DISTINCT ON (code, fact) code, fact, value FROM noted ORDER BY code, fact, entry DESC
)

--: course_not_as_noted
-- What decides over the seats of a course is the last that was noted of it.
SELECT DISTINCT c.id AS course
FROM courses c CROSS JOIN LATERAL jsonb_each(jsonb_build_object('kind', kind, 'order', "order", 'targets', targets,
        'swap_rings', swap_rings, 'required_share', required_share,
        'needs_preparation', needs_preparation, 'seats', seats, 'minimum', minimum, 'publicity', publicity)) AS said
    JOIN noted_last n ON n.code = c.code AND n.fact = said.key
WHERE said.value IS DISTINCT FROM n.value ORDER BY c.id
