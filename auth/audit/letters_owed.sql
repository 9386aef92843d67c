-- The letters that the deeds of this room owe: what each was posted as (`once`), to whom, and about which session.

SELECT format('facts:%s:%s', person_id, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')) AS once, person_id,
    NULL::int AS session_id
FROM journal WHERE deed = 'person.corrected' AND facts -> 'new' <> '{}'
