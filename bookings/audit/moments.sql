-- Moments, costs and places as the journal noted them of each booking. Whoever changes what a deed notes changes it
-- here too. Each statement selects a row for whatever does not hold.

WITH entries AS (
    SELECT id, deed, at, by, (facts ->> 'booking')::int AS booking, facts FROM journal WHERE facts ? 'booking'
),
decided AS (
    SELECT b.id AS booking, j.at, j.facts -> 'outcomes' ->> b.session_id::text AS code
    FROM bookings b JOIN journal j ON j.deed = 'round.decided' AND j.person_id = b.person_id
        AND (j.facts ->> 'round')::int = b.round_id
    WHERE b.origin = 'round'
),
became_seats AS (
    SELECT booking, at FROM entries
    WHERE deed IN ('seat.booked', 'seat.from_line', 'seat.swapped', 'seat.moved', 'seat.displaced')
    UNION ALL
    SELECT booking, at FROM decided WHERE code = 'ADMITTED'
),
cancelled AS (
    SELECT DISTINCT ON (booking) * FROM entries WHERE deed = 'seat.cancelled' ORDER BY booking, id DESC
),
asked AS (
    SELECT DISTINCT ON (booking) * FROM entries
    WHERE deed IN ('offer.made', 'call_out.made', 'call_out.joined', 'seat.to_choose', 'choice.brought_forward',
        'session.told')
    ORDER BY booking, id DESC
),
raised AS (
    SELECT DISTINCT ON (booking) booking, (SELECT coalesce(array_agg(each.key::bigint ORDER BY number), '{}')
        FROM jsonb_array_elements_text(facts -> 'key') WITH ORDINALITY AS each(key, number)) AS key
    FROM entries WHERE deed = 'line.exception' ORDER BY booking, id DESC
),
joined AS (
    SELECT booking, at FROM entries
    WHERE deed IN ('line.joined', 'line.exception') AND NOT facts ? 'carried_from'
    UNION ALL
    SELECT booking, at FROM decided
    UNION ALL
    SELECT e.booking, o.joined_at FROM entries e JOIN bookings o ON o.id = (e.facts ->> 'carried_from')::int
)

--: seat_since_otherwise
-- A seat is had since it was noted.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b JOIN became_seats e ON e.booking = b.id WHERE b.booked_at IS DISTINCT FROM e.at ORDER BY b.id

--: cancelled_otherwise
-- What was cancelled was so when, by whom, as late and for as much as was noted.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b JOIN cancelled e ON e.booking = b.id
WHERE b.state = 'cancelled' AND (
    b.ended_at IS DISTINCT FROM e.at OR b.ended_late IS DISTINCT FROM (e.facts ->> 'late')::boolean
    OR b.fee_percent IS DISTINCT FROM (e.facts ->> 'fee')::int
    OR b.cancelled_by_staff <> (e.by IS DISTINCT FROM b.person_id)
    OR b.charged_on <> (e.at AT TIME ZONE 'Europe/Stockholm')::date) ORDER BY b.id

--: answer_by_otherwise
-- Whoever is waited for has the time to answer that was noted last; who was asked anew since a move has another.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session, b.answer_by
FROM bookings b JOIN asked e ON e.booking = b.id
WHERE b.state IN ('asked', 'offered', 'must_choose') AND b.answer_by <> (e.facts ->> 'answer_by')::timestamptz
ORDER BY b.id

--: place_otherwise
-- Whoever waits stands where a round, the moment or a decision has put them.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b LEFT JOIN raised r ON r.booking = b.id
    LEFT JOIN decisions d ON b.origin = 'round' AND d.person_id = b.person_id AND d.session_id = b.session_id
        AND d.round_id = b.round_id
WHERE b.state IN ('waiting', 'asked', 'offered') AND b.origin IN ('line', 'round')
    AND EXISTS (SELECT FROM joined j WHERE j.booking = b.id)
    AND NOT EXISTS (SELECT FROM joined j WHERE j.booking = b.id AND j.at = b.joined_at AND b.wave IN (0, 1)
        AND b.key = coalesce(r.key, d.key, b.key))
ORDER BY b.id
