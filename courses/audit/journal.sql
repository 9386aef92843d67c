-- Sessions as the journal noted them: what was planned, what was changed since, and who may see and book them. Whoever
-- changes what a deed notes changes it here too. A session of which the journal has nothing is left alone. Each
-- statement selects a row for whatever does not hold.

WITH entries AS (
    SELECT id, deed, at, session_id, facts FROM journal WHERE deed LIKE 'session.%'
        OR deed IN ('minimum.day_moved', 'minimum.reserves_opened')
),
noted(session_id, entry, fact, value) AS (
    SELECT session_id, id, fact.key, fact.value FROM entries CROSS JOIN LATERAL jsonb_each(facts) AS fact
    WHERE deed IN ('session.planned', 'session.planned_in_reserve')
    UNION ALL
    SELECT session_id, id, fact.key, fact.value -> 1
    FROM entries CROSS JOIN LATERAL jsonb_each(facts -> 'changed') AS fact WHERE deed = 'session.changed'
    UNION ALL
    SELECT session_id, id, 'go_no_go_on', facts -> 'day' FROM entries WHERE deed = 'minimum.day_moved'
    UNION ALL
    SELECT session_id, id, 'known_as', facts -> 'known_as' FROM entries WHERE deed = 'session.changed' AND facts ? 'known_as'
    UNION ALL
    SELECT session_id, id, 'reserves', '{}' FROM entries WHERE deed = 'minimum.reserves_opened'
    UNION ALL
    SELECT session_id, id, 'is_reserve', to_jsonb(deed = 'session.planned_in_reserve') FROM entries
    WHERE deed IN ('session.planned', 'session.planned_in_reserve', 'session.reserve_opened')
    UNION ALL
    SELECT session_id, id, 'publicity', to_jsonb(CASE deed WHEN 'session.archived' THEN 'archived'
        WHEN 'session.called_off' THEN 'called_off' WHEN 'session.published' THEN 'published'
        WHEN 'session.reserve_opened' THEN 'published' ELSE 'draft' END) FROM entries
    WHERE deed IN ('session.planned', 'session.planned_in_reserve', 'session.reserve_opened', 'session.published',
        'session.archived', 'session.called_off')
    UNION ALL
    SELECT session_id, id, 'closed', CASE deed WHEN 'session.booking_closed'
        THEN jsonb_build_array(extract(epoch FROM at), facts -> 'reason') ELSE '[null, ""]' END FROM entries
    WHERE deed IN ('session.planned', 'session.planned_in_reserve', 'session.booking_closed', 'session.booking_reopened')
),
noted_last AS (
    SELECT DISTINCT ON (session_id, fact) session_id, fact, value FROM noted ORDER BY session_id, fact, entry DESC
),
said AS (
    SELECT s.id AS session_id, fact.key AS fact, fact.value FROM course_sessions s CROSS JOIN LATERAL jsonb_each(
        jsonb_build_object('course', course_id, 'place', place, 'area', area, 'seats', seats, 'minimum', minimum,
            'cancel_by', cancel_by, 'go_no_go_on', go_no_go_on, 'prepare_by', prepare_by, 'publicity', publicity,
            'is_reserve', is_reserve, 'reserves', reserves,
            'closed', jsonb_build_array(extract(epoch FROM booking_closed_at), booking_closed_reason),
            'known_as', (SELECT coalesce(jsonb_object_agg(day, first_known_as), '{}') FROM course_days d
                WHERE d.session_id = s.id AND first_known_as IS NOT NULL),
            'leader_ids', (SELECT jsonb_agg(person_id) FROM session_leaders l WHERE l.session_id = s.id),
            'days', (SELECT jsonb_agg(format('%s %s-%s', day, left(starts::text, 5), left(ends::text, 5)))
                FROM course_days d WHERE d.session_id = s.id))) AS fact
),
in_order AS (
    SELECT session_id, fact, side, CASE WHEN fact NOT IN ('leader_ids', 'days') THEN value ELSE (
        SELECT coalesce(jsonb_agg(each ORDER BY each), '[]')
        FROM jsonb_array_elements(coalesce(nullif(value, 'null'), '[]')) AS each) END AS value
    FROM (SELECT *, 'said' AS side FROM said UNION ALL SELECT *, 'noted' FROM noted_last) AS both_sides
),
other AS (
    SELECT session_id, s.fact FROM in_order s JOIN in_order n USING (session_id, fact)
    WHERE s.side = 'said' AND n.side = 'noted' AND s.value IS DISTINCT FROM n.value
)

--: session_not_as_noted
-- What is said of a session is the last that was noted of it.
SELECT session_id AS session, array_agg(fact ORDER BY fact) AS told_facts
FROM other WHERE fact NOT IN ('publicity', 'is_reserve', 'closed') GROUP BY session_id ORDER BY session_id

--: access_not_as_noted
-- Who may see and book a session is what was noted last.
SELECT DISTINCT session_id AS session FROM other WHERE fact IN ('publicity', 'is_reserve', 'closed') ORDER BY session_id

--: freed_without_change
-- Whoever may cancel freely because a session was changed does so since a change that was noted.
SELECT s.id AS session FROM course_sessions s
WHERE (moved_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM entries e WHERE e.session_id = s.id AND e.deed = 'session.changed' AND e.at = s.moved_at))
    OR EXISTS (SELECT FROM jsonb_array_elements(former_cancel_by) AS told WHERE NOT EXISTS (
        SELECT FROM entries e WHERE e.session_id = s.id AND e.deed = 'session.changed'
            AND e.at = (told ->> 0)::timestamptz AND e.facts #>> '{changed,cancel_by,0}' = told ->> 1)) ORDER BY s.id
