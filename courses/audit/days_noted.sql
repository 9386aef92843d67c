-- Attendance and completions beside what was noted of them: by whom, when, and as what. Each statement selects a row
-- for whatever does not hold.

WITH noted_attendance AS (
    SELECT DISTINCT ON (session_id, person_id, facts ->> 'day', facts ->> 'half') session_id, person_id, at, by, facts
    FROM journal WHERE deed = 'attendance.noted'
    ORDER BY session_id, person_id, facts ->> 'day', facts ->> 'half', id DESC
),
noted_completions AS (
    SELECT DISTINCT ON (session_id, person_id) session_id, person_id, at, by, facts
    FROM journal WHERE deed = 'completion.decided' ORDER BY session_id, person_id, id DESC
),
noted_sessions AS (
    SELECT DISTINCT ON (session_id) session_id, at, by FROM journal WHERE deed = 'session.completed'
    ORDER BY session_id, id DESC
)

--: attendance_not_as_noted
-- What is noted of somebody for a half day is what was noted last.
SELECT DISTINCT coalesce(a.session_id, n.session_id) AS session, coalesce(a.person_id, n.person_id) AS person
FROM attendance a FULL JOIN noted_attendance n ON n.session_id = a.session_id AND n.person_id = a.person_id
    AND n.facts ->> 'day' = a.day::text AND n.facts ->> 'half' = a.half
WHERE (a.state, a.minutes, a.source, a.noted_at, a.noted_by) IS DISTINCT FROM
    (n.facts ->> 'state', (n.facts ->> 'minutes')::int, n.facts ->> 'source', n.at, n.by) ORDER BY 1, 2

--: completion_not_as_noted
-- What came of somebody's seat is what was decided last.
SELECT coalesce(c.session_id, n.session_id) AS session, coalesce(c.person_id, n.person_id) AS person
FROM completions c FULL JOIN noted_completions n USING (session_id, person_id)
WHERE (c.outcome, c.half_days, c.of_half_days, c.minutes, c.competence_met, c.prepared, c.absence, to_jsonb(c.lacks),
        c.decided_at, c.decided_by) IS DISTINCT FROM
    (n.facts ->> 'outcome', (n.facts ->> 'half_days')::int, (n.facts ->> 'of_half_days')::int,
        (n.facts ->> 'minutes')::int, (n.facts ->> 'competence_met')::boolean, (n.facts ->> 'prepared')::boolean,
        n.facts ->> 'absence', n.facts -> 'lacks', n.at, n.by) ORDER BY 1, 2

--: session_completed_by_nobody
-- A session is completed when somebody did so.
SELECT s.id AS session FROM course_sessions s LEFT JOIN noted_sessions n ON n.session_id = s.id
WHERE (s.completed_at, s.completed_by) IS DISTINCT FROM (n.at, n.by) ORDER BY 1
