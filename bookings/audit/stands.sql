-- What holds of each booking as the last entry of the journal that tells of it has it. Whoever changes what is noted
-- (`bookings/noting.py`) changes it here too. A booking of which nothing of the kind was noted is left alone, and so is
-- what an older entry does not tell. Each statement selects a row for whatever does not hold.

WITH stood AS (
    SELECT DISTINCT ON (stands.key) stands.key::int AS booking_id, stands.value
    FROM journal CROSS JOIN LATERAL jsonb_each(facts -> 'stands') AS stands
    WHERE facts ? 'stands' ORDER BY stands.key, id DESC
),
stand AS (
    SELECT id, person_id, session_id, jsonb_build_object(
        'rank', rank, 'joined_at', (extract(epoch FROM joined_at) * 1000000)::bigint,
        'standing_yes', standing_yes, 'short_notice', short_notice, 'bound_days', bound_days,
        'cancel_ground', cancel_ground,
        'end_reason', CASE end_reason WHEN '' THEN ''
            ELSE left(encode(sha256(convert_to(end_reason, 'UTF8')), 'hex'), 4) END,
        'charged_on', charged_on, 'charged_category', charged_category,
        'charged_workplace', CASE charged_workplace WHEN '' THEN ''
            ELSE left(encode(sha256(convert_to(charged_workplace, 'UTF8')), 'hex'), 4) END,
        'credited_on', credited_on, 'funded_at', (extract(epoch FROM funded_at) * 1000000)::bigint,
        'funded_by', funded_by) AS said
    FROM bookings
)

--: booking_not_as_noted
-- What else holds of a booking is what was noted last.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session, array_agg(each.key ORDER BY each.key) AS booking_facts
FROM stand b JOIN stood s ON s.booking_id = b.id CROSS JOIN LATERAL jsonb_each(b.said) AS each
WHERE b.said <> s.value AND s.value ? each.key AND each.value <> s.value -> each.key
GROUP BY b.id, b.person_id, b.session_id ORDER BY b.id
