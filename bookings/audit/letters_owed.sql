-- The letters that the deeds of this room owe: what each was posted as (`once`), to whom, and about which session.

WITH stamped AS (
    SELECT *, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') AS stamp FROM journal
),
of_applications AS (
    SELECT j.deed, j.person_id, a.id AS application, count(*) FILTER (WHERE j.deed = 'application.sent')
        OVER (PARTITION BY a.id ORDER BY j.id) AS version
    FROM journal j JOIN applications a ON a.person_id = j.person_id AND a.round_id = (j.facts ->> 'round')::int
    WHERE j.deed IN ('application.sent', 'application.withdrawn')
),
about_offers(deed, occasion) AS (
    VALUES ('offer.made', 'seat_offered'), ('offer.reminded', 'answer_reminder'),
        ('offer.lapsed', 'offer_lapsed'), ('offer.withdrawn', 'offer_withdrawn'),
        ('call_out.made', 'called_out'), ('call_out.ended', 'call_out_over'),
        ('session.told', 'session_changed'), ('seat.chosen', 'seat_chosen'), ('seat.had_again', 'seat_had_again'),
        ('choice.reminded', 'choice_reminder'), ('choice.brought_forward', 'choice_reminder'),
        ('choice.lapsed', 'choice_lapsed'),
        ('funding.reminded', 'funding_missing'), ('seat.unfunded', 'seat_unfunded')
),
named_for_lottery AS (
    SELECT (facts ->> 'round')::int AS round_id, at, (facts ->> 'second_party')::int AS party,
        lag((facts ->> 'second_party')::int) OVER (PARTITION BY facts ->> 'round' ORDER BY id) AS former
    FROM journal WHERE deed IN ('round.planned', 'round.changed')
),
asked_for_lottery AS (
    SELECT 'lottery_to_commit' AS occasion, round_id, at, party FROM named_for_lottery
    WHERE party IS DISTINCT FROM former
    UNION ALL
    SELECT 'lottery_to_reveal', id, closed_at, second_party_id FROM rounds
    WHERE closed_at IS NOT NULL AND second_commitment IS NOT NULL
    UNION ALL
    SELECT CASE WHEN closed_at <= at THEN 'lottery_to_reveal' ELSE 'lottery_to_commit' END,
        r.id, at, (facts ->> 'second_party')::int
    FROM journal JOIN rounds r ON r.id = (facts ->> 'round')::int WHERE deed = 'lottery.reminded'
)
SELECT format('application:%s:%s', application, version) AS once, person_id, NULL::int AS session_id
FROM of_applications WHERE deed = 'application.sent'
UNION ALL
SELECT format('application:%s:%s:withdrawn', application, version), person_id, NULL
FROM of_applications WHERE deed = 'application.withdrawn'
UNION ALL
SELECT format('decision:%s:%s', facts ->> 'round', person_id), person_id, NULL FROM journal WHERE deed = 'round.decided'
UNION ALL
SELECT format('%s:%s', CASE deed WHEN 'line.joined' THEN 'line' WHEN 'line.taken_off' THEN 'taken_off'
    WHEN 'seat.called_off' THEN 'called-off' WHEN 'line.called_off' THEN 'line-called-off' ELSE 'seat' END,
    facts ->> 'booking'), person_id, session_id
FROM journal WHERE deed IN ('seat.booked', 'seat.from_line', 'seat.swapped', 'seat.moved',
    'line.joined', 'line.taken_off', 'seat.called_off', 'line.called_off')
UNION ALL
SELECT format('%s:%s:%s', o.occasion, facts ->> 'booking', stamp), person_id, session_id
FROM stamped JOIN about_offers o USING (deed)
UNION ALL
SELECT format('offer_withdrawn:%s:%s', facts ->> 'booking', stamp), person_id, session_id
FROM stamped WHERE deed = 'line.ended' AND (facts ->> 'was_offered')::boolean
UNION ALL
SELECT format('call_out_over:%s:%s', facts ->> 'booking', stamp), person_id, session_id
FROM stamped WHERE deed = 'line.ended' AND (facts ->> 'was_asked')::boolean
UNION ALL
SELECT format('%s:%s:%s', CASE WHEN deed = 'seat.restored' THEN 'cancellation_undone'
    WHEN (facts ->> 'late')::boolean THEN 'seat_cancelled_late' ELSE 'seat_cancelled' END,
    facts ->> 'booking', stamp), person_id, session_id
FROM stamped WHERE deed IN ('seat.cancelled', 'seat.restored')
UNION ALL
SELECT format('session_changed_for_applicant:%s:%s:%s', facts ->> 'application', session_id, stamp), person_id, session_id
FROM stamped WHERE deed = 'session.applicant_told'
UNION ALL
SELECT format('session_changed_for_leader:%s:%s:%s', session_id, told, stamp), told::int, session_id
FROM stamped CROSS JOIN LATERAL jsonb_array_elements_text(facts -> 'told') AS told WHERE deed = 'session.leaders_told'
UNION ALL
SELECT format('precedence:%s', facts ->> 'precedence'), person_id, NULL FROM journal WHERE deed = 'precedence.granted'
UNION ALL
SELECT format('precedence:%s:revoked', facts ->> 'precedence'), person_id, NULL
FROM journal WHERE deed = 'precedence.revoked'
UNION ALL
SELECT format('exception:%s', facts ->> 'exception'), person_id, session_id
FROM journal WHERE deed = 'line.exception' AND facts ->> 'ground' <> 'called_off'
UNION ALL
SELECT CASE deed WHEN 'calling_off.decided' THEN format('called-off-staff:%s:%s', session_id, told)
    WHEN 'minimum.warned' THEN format('few-booked:%s:%s', facts ->> 'case', told)
    WHEN 'minimum.asked' THEN format('too-few:%s:%s:%s', facts ->> 'case', facts ->> 'day', told)
    WHEN 'minimum.day_moved' THEN format('decision_day_moved:%s:%s', facts ->> 'case', told)
    ELSE format('session_runs:%s:%s', facts ->> 'case', told) END, told::int, session_id
FROM journal CROSS JOIN LATERAL jsonb_array_elements_text(facts -> 'told') AS told
WHERE deed IN ('calling_off.decided', 'minimum.warned', 'minimum.asked', 'minimum.day_moved', 'minimum.runs_anyway')
UNION ALL
SELECT format('session_runs_after_all:%s:%s', facts ->> 'case', worried), worried::int, session_id
FROM journal CROSS JOIN LATERAL jsonb_array_elements_text(facts -> 'worried') AS worried
WHERE deed = 'minimum.runs_anyway'
UNION ALL
SELECT format('reserve-wanted:%s:%s', session_id, told), told::int, session_id
FROM journal CROSS JOIN LATERAL jsonb_array_elements_text(facts -> 'told') AS told WHERE deed = 'reserve.wanted'
UNION ALL
SELECT format('free-seats:%s:%s', session_id, person_id), person_id, session_id FROM invitations
UNION ALL
SELECT DISTINCT format('%s:%s:%s:%s', occasion, round_id, party, (at AT TIME ZONE 'Europe/Stockholm')::date), party,
    NULL::int
FROM asked_for_lottery WHERE party IS NOT NULL
