-- The letters that the deeds of this room owe: what each was posted as (`once`), to whom, and about which session.

SELECT format('absence_noted:%s:%s:%s', session_id, person_id, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'))
    AS once, person_id, session_id
FROM journal WHERE deed = 'absence.told'
UNION ALL
SELECT format('certificate_ready:%s', facts ->> 'certificate'), person_id, session_id
FROM journal WHERE deed = 'certificate.made'
UNION ALL
SELECT format('certificate_withdrawn:%s', facts ->> 'certificate'), person_id, session_id
FROM journal WHERE deed = 'certificate.withdrawn' AND (facts ->> 'told')::boolean
UNION ALL
SELECT format('%s:%s', replace(deed, '.', '_'), facts ->> 'report'), person_id, session_id
FROM journal WHERE deed IN ('report.confirmed', 'report.declined')
UNION ALL
SELECT format('preparation_reminder:%s:%s', session_id, person_id), person_id, session_id
FROM journal WHERE deed = 'preparation.reminded'
UNION ALL
SELECT format('evaluation_opened:%s:%s', session_id, each), each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'people') AS each WHERE deed = 'evaluation.opened'
UNION ALL
SELECT format('evaluation_reminder:%s:%s:%s', facts ->> 'number', session_id, each), each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'people') AS each WHERE deed = 'evaluation.reminded'
UNION ALL
SELECT format('evaluation_closed:%s:%s', session_id, each), each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'leaders') AS each WHERE deed = 'evaluation.closed'
UNION ALL
SELECT format('%s:%s:%s', replace(deed, '.', '_'), coalesce(facts ->> 'half', facts ->> 'review'), each), each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'people') AS each
WHERE deed IN ('review.opened', 'review.stated', 'review.answered')
UNION ALL
SELECT format('review_action_late:%s:%s', facts ->> 'action', each), each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'people') AS each WHERE deed = 'review.action_late'
UNION ALL
SELECT format('summons:%s:%s', session_id, person_id), person_id, session_id FROM journal WHERE deed = 'summons.sent'
UNION ALL
SELECT format('message:%s:%s', facts ->> 'message', each), each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'people') AS each WHERE deed = 'message.sent'
UNION ALL
SELECT format('programme_changed:%s:%s:%s', session_id, each, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')),
    each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'people') AS each WHERE deed = 'programme.told'
UNION ALL
SELECT format('completion_reminder:%s:%s:%s', facts ->> 'number', session_id, each), each::int, session_id
FROM journal, jsonb_array_elements_text(facts -> 'leaders') AS each WHERE deed = 'completion.reminded'
