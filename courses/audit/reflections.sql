-- The reflections of leaders. Each statement selects a row for whatever does not hold.

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
