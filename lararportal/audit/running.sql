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
-- No letter has waited for the mail server for longer than half an hour since it was written, or sent again.
SELECT count(*) AS count, min(coalesce(sent_again_at, created_at)) AS since,
    coalesce((array_agg(answer ORDER BY coalesce(sent_again_at, created_at), id))[1], '') AS answer
FROM letters WHERE state = 'queued' AND refused_at IS NULL
    AND coalesce(sent_again_at, created_at) < :now - interval '30 minutes' HAVING count(*) > 0

--: letter_failed
-- No letter was refused for its address or given up, but for those that somebody stopped.
SELECT id AS letter, person_id AS person, coalesce(answer, '') AS answer
FROM letters WHERE (state = 'failed' OR (state = 'queued' AND refused_at IS NOT NULL)) AND stopped_at IS NULL ORDER BY id
