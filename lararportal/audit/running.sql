-- Whether the parts live that nobody looks at, by the rows they leave. Each statement selects a row for whatever is amiss.

--: tick_never
-- The tick has run.
SELECT 'tick' AS part WHERE NOT EXISTS (SELECT FROM heartbeats WHERE part = 'tick')

--: tick_late
-- The tick runs every minute.
SELECT at AS last FROM heartbeats WHERE part = 'tick' AND at < :settled

--: journal_unsealed
-- What the journal says is sealed by the next tick.
SELECT count(*) AS count, min(at) AS since FROM journal
WHERE id > coalesce((SELECT max(upto) FROM journal_seals), 0) AND at < :settled HAVING count(*) > 0

--: clock_ahead
-- Nothing has happened later than now: a clock that went wrong left no trace.
SELECT happened.last FROM (
    SELECT max(at) AS last FROM heartbeats
    UNION ALL
    SELECT at FROM (SELECT at FROM journal ORDER BY id DESC LIMIT 100) AS latest
) AS happened WHERE happened.last > :now + interval '5 minutes' ORDER BY happened.last DESC LIMIT 1

--: letters_wait
-- No letter that waits was written longer ago than half an hour.
SELECT count(*) AS count, min(created_at) AS since,
    coalesce((array_agg(answer ORDER BY created_at, id))[1], '') AS answer
FROM letters WHERE state = 'queued' AND created_at < :now - interval '30 minutes' HAVING count(*) > 0

--: letter_failed
-- No letter was given up, but for those that somebody stopped.
SELECT id AS letter, person_id AS person, coalesce(answer, '') AS answer
FROM letters WHERE state = 'failed' AND stopped_at IS NULL ORDER BY id
