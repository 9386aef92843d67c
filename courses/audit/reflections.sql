-- The reflections of leaders, and what courses ask. Each statement selects a row for whatever does not hold.

--: reflection_not_as_noted
-- What stands there was written last, by whom it says and when.
WITH noted AS (
    SELECT DISTINCT ON (session_id) session_id, at, by, facts FROM journal
    WHERE deed = 'reflection.written' ORDER BY session_id, id DESC
)
SELECT coalesce(r.session_id, n.session_id) AS session
FROM reflections r FULL JOIN noted n ON n.session_id = r.session_id
WHERE (r.text, r.actions, r.written_at, r.written_by)
    IS DISTINCT FROM (n.facts ->> 'text', n.facts -> 'actions', n.at, n.by) ORDER BY 1

--: masking_not_as_noted
-- A text is masked when that was noted last of it, by whom and for the reason that it says.
WITH noted AS (
    SELECT DISTINCT ON (facts -> 'sessions' ->> 0, facts ->> 'imprint') (facts -> 'sessions' ->> 0)::int AS session_id,
        facts ->> 'imprint' AS imprint, facts ->> 'reason' AS reason, deed, at, by
    FROM journal WHERE deed IN ('evaluation.text_masked', 'evaluation.text_shown')
    ORDER BY facts -> 'sessions' ->> 0, facts ->> 'imprint', id DESC
)
SELECT DISTINCT coalesce(m.session_id, n.session_id) AS session
FROM maskings m FULL JOIN (SELECT * FROM noted WHERE deed = 'evaluation.text_masked') n
    ON n.session_id = m.session_id AND n.imprint = m.imprint
WHERE (m.reason, m.masked_at, m.masked_by) IS DISTINCT FROM (n.reason, n.at, n.by) ORDER BY 1

--: question_form_not_as_noted
-- Every version of what is asked about a course was made by somebody, and none was changed.
SELECT DISTINCT coalesce(q.course_id, c.id) AS course
FROM (SELECT * FROM journal WHERE deed = 'evaluation.questions_changed') n JOIN courses c ON c.code = n.facts ->> 'course'
    FULL JOIN question_forms q ON q.course_id = c.id AND q.version = (n.facts ->> 'version')::int
WHERE (q.questions, q.made_at, q.made_by) IS DISTINCT FROM (n.facts -> 'questions', n.at, n.by) ORDER BY 1
