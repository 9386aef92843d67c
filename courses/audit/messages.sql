-- What was written to participants. That each of them was sent it is asked with all letters that are owed.

--: message_not_as_noted
-- What was written was sent by who is noted, when and to whom.
SELECT DISTINCT m.session_id AS session FROM messages m
    LEFT JOIN journal j ON j.deed = 'message.sent' AND (j.facts ->> 'message')::int = m.id
WHERE (m.session_id, m.person_id, m.sent_at, m.addressed, m.recipients) IS DISTINCT FROM
    (j.session_id, j.by, j.at, j.facts ->> 'to', jsonb_array_length(j.facts -> 'people')) ORDER BY 1
