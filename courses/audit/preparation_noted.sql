-- The preparation beside what was noted of it. Each statement selects a row for whatever does not hold.

--: preparation_part_not_as_noted
-- The parts of a course are as they were noted last, and removed when somebody did so.
WITH noted AS (
    SELECT DISTINCT ON (part) part, session_id, facts
    FROM (SELECT (facts ->> 'part')::int AS part, id, session_id, facts FROM journal
        WHERE deed IN ('preparation.part_added', 'preparation.part_changed')) AS said ORDER BY part, id DESC
),
removed AS (SELECT (facts ->> 'part')::int AS part, at FROM journal WHERE deed = 'preparation.part_removed')
SELECT DISTINCT p.course_id AS course
FROM preparation_parts p LEFT JOIN noted n ON n.part = p.id LEFT JOIN removed r ON r.part = p.id
WHERE (p.session_id, p.title, p.address, p.minutes::text, p.questions) IS DISTINCT FROM
        (n.session_id, n.facts ->> 'title', n.facts ->> 'address', n.facts ->> 'minutes', n.facts -> 'questions')
    OR p.removed_at IS DISTINCT FROM r.at ORDER BY 1

--: preparation_not_as_noted
-- Who has done a part has said so last, and who has not has not.
WITH noted AS (
    SELECT DISTINCT ON (part, person_id) part, person_id, at, deed
    FROM (SELECT (facts ->> 'part')::int AS part, person_id, at, deed, id FROM journal
        WHERE deed IN ('preparation.done', 'preparation.undone')) AS said ORDER BY part, person_id, id DESC
)
SELECT DISTINCT coalesce(m.person_id, n.person_id) AS person
FROM preparation_marks m FULL JOIN noted n ON n.part = m.part_id AND n.person_id = m.person_id
WHERE m.done_at IS DISTINCT FROM CASE n.deed WHEN 'preparation.done' THEN n.at END ORDER BY 1

--: preparation_reminder_not_noted
-- Who is down as reminded of the preparation was, once for a session.
SELECT coalesce(r.session_id, j.session_id) AS session, coalesce(r.person_id, j.person_id) AS person
FROM preparation_reminders r FULL JOIN (SELECT * FROM journal WHERE deed = 'preparation.reminded') j
    ON j.session_id = r.session_id AND j.person_id = r.person_id
WHERE j.at IS DISTINCT FROM r.reminded_at ORDER BY 1, 2
