-- Bookings, cases and decisions beside the rules, as the journal noted them. Whoever changes what a deed notes changes
-- it here too. Each statement selects a row for whatever does not hold.

WITH entries AS (
    SELECT (facts ->> 'booking')::int AS booking, deed, person_id, session_id FROM journal WHERE facts ? 'booking'
),
outcomes AS (
    SELECT id, person_id, (facts ->> 'round')::int AS round_id, outcome.key::int AS session_id, outcome.value AS code
    FROM journal CROSS JOIN LATERAL jsonb_each_text(facts -> 'outcomes') AS outcome
    WHERE deed = 'round.decided'
),
became_seats AS (
    SELECT booking FROM entries
    WHERE deed IN ('seat.booked', 'seat.from_line', 'seat.swapped', 'seat.moved', 'seat.displaced')
    UNION ALL
    SELECT b.id FROM bookings b JOIN outcomes o USING (person_id, round_id, session_id)
    WHERE b.origin = 'round' AND o.code = 'ADMITTED'
),
stands(booking, state, entry) AS (
    SELECT (facts ->> 'booking')::int, CASE
        WHEN deed = 'seat.cancelled' THEN 'cancelled'
        WHEN deed = 'seat.called_off' THEN 'called_off'
        WHEN deed = 'seat.unfunded' THEN 'unfunded'
        WHEN deed = 'seat.to_choose' THEN 'must_choose'
        WHEN deed LIKE 'seat.%' THEN 'booked'
        WHEN deed IN ('line.joined', 'line.carried', 'line.exception') THEN 'waiting'
        WHEN deed IN ('call_out.made', 'call_out.joined') THEN 'asked'
        WHEN deed = 'offer.made' THEN 'offered'
        WHEN deed = 'offer.declined' THEN 'declined'
        WHEN deed IN ('offer.lapsed', 'choice.lapsed') THEN 'lapsed'
        WHEN (facts ->> 'goes_on')::boolean OR (facts ->> 'said_yes')::boolean THEN 'waiting'
        ELSE 'left' END, id
    FROM journal
    WHERE deed IN ('seat.booked', 'seat.from_line', 'seat.swapped', 'seat.moved', 'seat.displaced', 'seat.restored',
            'seat.cancelled', 'seat.called_off', 'seat.unfunded', 'seat.to_choose', 'seat.chosen', 'seat.had_again',
            'choice.lapsed', 'line.joined', 'line.carried', 'offer.made', 'offer.withdrawn',
            'offer.declined', 'offer.lapsed', 'call_out.made', 'call_out.declined', 'call_out.ended', 'line.left',
            'line.ended', 'line.taken_off', 'line.called_off')
        OR (deed = 'line.exception' AND facts ->> 'former' IS NULL)
        OR (deed = 'call_out.joined' AND (facts ->> 'said_yes')::boolean)
    UNION ALL
    SELECT (facts ->> 'left')::int, 'moved', id FROM journal WHERE deed = 'seat.moved'
    UNION ALL
    SELECT jsonb_array_elements_text(facts -> 'left')::int, 'moved', id FROM journal
    WHERE deed IN ('seat.from_line', 'seat.swapped', 'seat.chosen')
    UNION ALL
    SELECT (facts ->> 'booking')::int, facts ->> 'state', id FROM journal WHERE deed = 'session.told'
    UNION ALL
    SELECT jsonb_array_elements_text(facts -> 'struck')::int, 'left', id FROM journal WHERE facts ? 'struck'
    UNION ALL
    SELECT b.id, CASE o.code WHEN 'ADMITTED' THEN 'booked' ELSE 'waiting' END, o.id
    FROM bookings b JOIN outcomes o USING (person_id, round_id, session_id) WHERE b.origin = 'round'
),
case_entries AS (
    SELECT id, (facts ->> 'case')::int AS case_id, substr(deed, 9) AS step, at, by, session_id,
        coalesce(facts ->> 'reason', '') AS reason, (facts ->> 'count')::int AS count, facts ? 'count' AS tells_count,
        (facts ->> 'booked')::int AS booked
    FROM journal WHERE deed LIKE 'minimum.%'
),
stands_last AS (
    SELECT DISTINCT ON (booking) booking, state FROM stands ORDER BY booking, entry DESC, state = 'moved' DESC
)

--: seat_not_noted
-- Every seat has its entry in the journal, once.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session, count(e.booking) AS times
FROM bookings b LEFT JOIN became_seats e ON e.booking = b.id
WHERE b.booked_at IS NOT NULL GROUP BY b.id HAVING count(e.booking) <> 1 ORDER BY b.id

--: place_not_noted
-- Every place in line has its entry in the journal.
SELECT id AS booking, person_id AS person, session_id AS session FROM bookings b
WHERE origin = 'line' AND NOT EXISTS (
    SELECT FROM entries e WHERE e.booking = b.id AND e.deed IN ('line.joined', 'line.carried', 'line.exception'))
UNION ALL
SELECT id, person_id, session_id FROM bookings b
WHERE origin = 'round' AND NOT EXISTS (
    SELECT FROM outcomes o
    WHERE o.person_id = b.person_id AND o.round_id = b.round_id AND o.session_id = b.session_id)

--: state_not_noted
-- A booking stands as the last that was noted of it says.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session, b.state, l.state AS noted
FROM bookings b LEFT JOIN stands_last l ON l.booking = b.id
WHERE b.state <> coalesce(l.state, CASE WHEN b.state IN ('waiting', 'booked') THEN b.state ELSE '' END) ORDER BY b.id

--: noted_of_nothing
-- Every entry in the journal has its booking.
SELECT e.booking, e.person_id AS person, e.session_id AS session, e.deed
FROM entries e WHERE NOT EXISTS (SELECT FROM bookings b WHERE b.id = e.booking) ORDER BY e.booking

--: called_off_with_nothing
-- Whoever had a seat in a session that was called off has another one, or precedence.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE b.state = 'called_off'
    AND NOT EXISTS (SELECT FROM journal WHERE deed = 'seat.displaced' AND (facts ->> 'left')::int = b.id)
    AND NOT EXISTS (SELECT FROM precedences p WHERE p.person_id = b.person_id AND p.course_id = s.course_id
        AND p.granted_at <= b.ended_at) ORDER BY b.id

--: over_without_fewer
-- What is over was taken before there became fewer seats.
SELECT id AS session, seats_over FROM course_sessions
WHERE seats_over > 0 AND id NOT IN (
    SELECT session_id FROM journal
    WHERE deed = 'session.changed' AND (facts #>> '{changed,seats,1}')::int < (facts #>> '{changed,seats,0}')::int)
ORDER BY id

--: lost_by_silence
-- Whoever did not choose in time has kept another seat.
SELECT (facts ->> 'booking')::int AS booking, person_id AS person, session_id AS session
FROM journal WHERE deed = 'choice.lapsed' AND jsonb_array_length(facts -> 'kept') = 0 ORDER BY id

--: funding_not_noted
-- Funding is settled by somebody, for this seat or for one that it was changed for.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE funded_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM entries e JOIN bookings o ON o.id = e.booking JOIN course_sessions os ON os.id = o.session_id
    WHERE e.deed = 'funding.settled' AND o.person_id = b.person_id AND os.course_id = s.course_id) ORDER BY b.id

--: released_unannounced
-- Whoever lost a seat for want of funding had been told that it would be so.
SELECT e.booking, e.person_id AS person, e.session_id AS session
FROM entries e WHERE e.deed = 'seat.unfunded' AND NOT EXISTS (
    SELECT FROM journal j WHERE j.deed = 'funding.reminded' AND (j.facts ->> 'announced')::boolean
        AND (j.facts ->> 'booking')::int = e.booking) ORDER BY e.booking

--: step_not_noted
-- Every step in a case has its entry in the journal.
SELECT c.session_id AS session, c.id AS "case", coalesce(s.steps, 0) AS steps, coalesce(j.entries, 0) AS entries
FROM minimum_cases c
    LEFT JOIN (SELECT case_id, count(*) AS steps FROM minimum_steps GROUP BY 1) AS s ON s.case_id = c.id
    LEFT JOIN (SELECT (facts ->> 'case')::int AS case_id, count(*) AS entries FROM journal
        WHERE deed LIKE 'minimum.%' GROUP BY 1) AS j ON j.case_id = c.id
WHERE coalesce(s.steps, 0) <> coalesce(j.entries, 0) ORDER BY c.id

--: case_not_as_noted
-- What was done about a session with too few booked, when and why, and how it ended, is what was noted, as far as there
-- is an entry for each step. A reason in which a personnummer was hidden is left alone.
SELECT DISTINCT coalesce(s.session_id, n.session_id) AS session, coalesce(s.case_id, n.case_id) AS "case"
FROM (SELECT m.*, c.session_id FROM minimum_steps m JOIN minimum_cases c ON c.id = m.case_id) AS s
    FULL JOIN case_entries n ON n.case_id = s.case_id AND n.step = s.step AND n.at = s.at
WHERE coalesce(s.case_id, n.case_id) NOT IN (
        SELECT c.id FROM minimum_cases c WHERE (SELECT count(*) FROM minimum_steps m WHERE m.case_id = c.id)
            <> (SELECT count(*) FROM case_entries e WHERE e.case_id = c.id))
    AND ((s.id IS NULL) <> (n.id IS NULL) OR s.session_id <> n.session_id OR s.by IS DISTINCT FROM n.by
    OR (s.reason <> n.reason AND n.reason NOT LIKE '%-****%') OR (n.tells_count AND s.count IS DISTINCT FROM n.count))
UNION
SELECT c.session_id, c.id FROM minimum_cases c
    JOIN (SELECT DISTINCT ON (case_id) * FROM case_entries ORDER BY case_id, id) AS first ON first.case_id = c.id
    JOIN (SELECT DISTINCT ON (case_id) * FROM case_entries ORDER BY case_id, id DESC) AS last ON last.case_id = c.id
    LEFT JOIN (SELECT DISTINCT ON (case_id) * FROM case_entries WHERE step IN ('asked', 'day_moved')
        ORDER BY case_id, id DESC) AS asked ON asked.case_id = c.id
WHERE c.opened_at <> first.at OR c.booked <> first.booked
    OR c.asked_at IS DISTINCT FROM CASE asked.step WHEN 'asked' THEN asked.at END
    OR (c.ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM case_entries e WHERE e.case_id = c.id
        AND (e.step, e.at) = (c."end", c.ended_at) AND e.booked IS NOT DISTINCT FROM c.booked_then))
    OR (c.ended_at IS NULL AND last.step IN (
        'runs_anyway', 'called_off', 'merged', 'enough', 'withdrawn', 'moved', 'begun'))
ORDER BY 1, 2

--: precedence_used_wrongly
-- Precedence is used up by a seat in its course, also by one that was had before and is had again.
SELECT p.id AS precedence, p.person_id AS person, p.used_by AS booking
FROM precedences p JOIN bookings b ON b.id = p.used_by JOIN course_sessions s ON s.id = b.session_id
WHERE b.person_id <> p.person_id OR s.course_id <> p.course_id OR b.booked_at IS NULL

--: precedence_left_open
-- Whoever has a seat in a course, and had it not in vain, has no precedence for it any more.
SELECT p.id AS precedence, p.person_id AS person, p.course_id AS course
FROM precedences p JOIN bookings b USING (person_id) JOIN course_sessions s ON s.id = b.session_id
WHERE p.used_by IS NULL AND p.revoked_at IS NULL AND s.course_id = p.course_id AND b.state = 'booked'
    AND NOT EXISTS (SELECT FROM completions c WHERE c.session_id = b.session_id AND c.person_id = b.person_id
        AND (c.outcome = 'not_passed' OR c.decided_at > p.granted_at))

--: precedence_not_noted
-- Every precedence has its entry in the journal.
SELECT id AS precedence, person_id AS person, course_id AS course FROM precedences p
WHERE NOT EXISTS (SELECT FROM journal j
    WHERE j.deed IN ('precedence.granted', 'precedence.displaced') AND (j.facts ->> 'precedence')::int = p.id)

--: exception_not_noted
-- Every exception in a line has its entry in the journal.
SELECT id AS exception, person_id AS person, session_id AS session FROM line_exceptions x
WHERE NOT EXISTS (SELECT FROM journal j
    WHERE j.deed = 'line.exception' AND (j.facts ->> 'exception')::int = x.id)

--: absence_charge_not_noted
-- What was put down of somebody's absence is what was noted.
SELECT coalesce(a.booking_id, (j.facts ->> 'booking')::int) AS booking, coalesce(a.person_id, j.person_id) AS person
FROM absence_charges a FULL JOIN (SELECT person_id, facts FROM journal WHERE deed = 'absence.charged') j
    ON (j.facts ->> 'charge')::int = a.id
WHERE (a.booking_id, a.person_id, a."on"::text, a.absence, a.percent) IS DISTINCT FROM
    ((j.facts ->> 'booking')::int, j.person_id, j.facts ->> 'on', j.facts ->> 'absence', (j.facts ->> 'percent')::int)
ORDER BY 1

--: calendar_feed_not_noted
-- Somebody has an address for their calendar since the journal says so, and as long; who is erased has none.
SELECT coalesce(f.person_id, j.person_id) AS person FROM calendar_feeds f FULL JOIN (
    SELECT DISTINCT ON (person_id) person_id, CASE deed WHEN 'calendar_feed.opened' THEN at END AS opened_at
    FROM journal WHERE deed IN ('calendar_feed.opened', 'calendar_feed.closed', 'person.erased')
    ORDER BY person_id, journal.id DESC) j USING (person_id)
WHERE f.opened_at IS DISTINCT FROM j.opened_at ORDER BY 1

--: in_time_by_nobody
-- Whoever stands in line without having applied in time does so by a decision.
SELECT id AS booking, person_id AS person, session_id AS session FROM bookings b
WHERE wave = 0 AND round_id IS NULL
    AND NOT EXISTS (SELECT FROM line_exceptions x WHERE x.booking_id = b.id)
    AND NOT EXISTS (SELECT FROM journal j
        WHERE j.facts ? 'carried_from' AND (j.facts ->> 'booking')::int = b.id) ORDER BY id
