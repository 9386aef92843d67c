-- The letters that the deeds of this room owe: what each was posted as (`once`), to whom, and about which session.

SELECT format('facts:%s:%s', person_id, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')) AS once, person_id,
    NULL::int AS session_id
FROM journal WHERE deed = 'person.corrected' AND facts -> 'new' <> '{}'
UNION ALL
SELECT format('address_changed:%s:%s', person_id, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')), person_id, NULL
FROM journal WHERE deed = 'person.address_changed'
UNION ALL
SELECT format('invitation:%s:%s', facts ->> 'invitation', to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')),
    person_id, NULL
FROM journal WHERE deed IN ('invitation.made', 'invitation.sent_again')
UNION ALL
SELECT format('%s:%s', replace(deed, '.', '_'), facts ->> 'identity'), person_id, NULL
FROM journal WHERE deed IN ('identity.linked', 'identity.removed')
