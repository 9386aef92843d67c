-- The programmes of sessions beside what was noted of them.

--: programme_not_as_noted
-- The programme of a session is the one that somebody put there last.
SELECT s.id AS session FROM course_sessions s LEFT JOIN (SELECT DISTINCT ON (session_id) session_id, at, facts
    FROM journal
    WHERE deed = 'programme.put' ORDER BY session_id, id DESC) n ON n.session_id = s.id
WHERE (s.programme, s.programme_at) IS DISTINCT FROM (coalesce(n.facts -> 'programme', '[]'), n.at) ORDER BY 1
