-- Bookings, cases and decisions beside the rules, as the journal noted them. Whoever changes what a deed notes changes
-- it here too. Each statement selects a row for whatever does not hold.

WITH entries AS (
    SELECT (facts ->> 'booking')::int AS booking, deed, person_id, session_id FROM journal WHERE facts ? 'booking'
),
outcomes AS (
    SELECT person_id, (facts ->> 'round')::int AS round_id, outcome.key::int AS session_id, outcome.value AS code
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
stands(booking, state) AS (
    SELECT booking, 'cancelled' FROM entries WHERE deed = 'seat.cancelled'
    UNION ALL
    SELECT (facts ->> 'left')::int, 'moved' FROM journal WHERE deed = 'seat.moved'
    UNION ALL
    SELECT jsonb_array_elements_text(facts -> 'left')::int, 'moved' FROM journal
    WHERE deed IN ('seat.from_line', 'seat.swapped', 'seat.chosen')
    UNION ALL
    SELECT booking, 'unfunded' FROM entries WHERE deed = 'seat.unfunded'
    UNION ALL
    SELECT booking, 'must_choose' FROM entries WHERE deed = 'seat.to_choose'
    UNION ALL
    SELECT (facts ->> 'booking')::int, 'left' FROM journal WHERE deed = 'session.told' AND facts ->> 'state' = 'left'
    UNION ALL
    SELECT booking, 'called_off' FROM entries WHERE deed = 'seat.called_off'
    UNION ALL
    SELECT booking, 'left' FROM entries
    WHERE deed IN ('line.left', 'line.ended', 'line.taken_off', 'line.called_off', 'call_out.declined')
    UNION ALL
    SELECT (facts ->> 'booking')::int, 'left' FROM journal
    WHERE (deed = 'offer.withdrawn' AND NOT (facts ->> 'goes_on')::boolean)
        OR (deed = 'call_out.ended' AND NOT (facts ->> 'said_yes')::boolean)
    UNION ALL
    SELECT jsonb_array_elements_text(facts -> 'struck')::int, 'left' FROM journal WHERE facts ? 'struck'
    UNION ALL
    SELECT booking, CASE deed WHEN 'offer.made' THEN 'offered' WHEN 'call_out.made' THEN 'asked'
        WHEN 'offer.declined' THEN 'declined' ELSE 'lapsed' END
    FROM entries WHERE deed IN ('offer.made', 'call_out.made', 'offer.declined', 'offer.lapsed', 'choice.lapsed')
    UNION ALL
    SELECT (facts ->> 'booking')::int, 'asked' FROM journal
    WHERE deed = 'call_out.joined' AND (facts ->> 'said_yes')::boolean
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
-- Whatever became of a booking, the journal says so.
SELECT id AS booking, person_id AS person, session_id AS session, state FROM bookings b
WHERE state NOT IN ('waiting', 'booked')
    AND NOT EXISTS (SELECT FROM stands s WHERE s.booking = b.id AND s.state = b.state) ORDER BY id

--: cancellation_not_noted
-- A cancellation is undone or stands.
SELECT id AS booking, b.person_id AS person, b.session_id AS session, state, times
FROM bookings b JOIN (
    SELECT booking, sum(CASE deed WHEN 'seat.cancelled' THEN 1 ELSE -1 END) AS times
    FROM entries WHERE deed IN ('seat.cancelled', 'seat.restored') GROUP BY booking
) AS counted ON booking = id
WHERE times <> (state = 'cancelled')::int ORDER BY id

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

--: precedence_used_wrongly
-- Precedence is used up by a seat in its course, also by one that was had before and is had again.
SELECT p.id AS precedence, p.person_id AS person, p.used_by AS booking
FROM precedences p JOIN bookings b ON b.id = p.used_by JOIN course_sessions s ON s.id = b.session_id
WHERE b.person_id <> p.person_id OR s.course_id <> p.course_id OR b.booked_at IS NULL

--: precedence_left_open
-- Whoever has a seat in a course has no precedence for it any more.
SELECT p.id AS precedence, p.person_id AS person, p.course_id AS course
FROM precedences p JOIN bookings b USING (person_id) JOIN course_sessions s ON s.id = b.session_id
WHERE p.used_by IS NULL AND p.revoked_at IS NULL AND s.course_id = p.course_id AND b.state = 'booked'

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

--: in_time_by_nobody
-- Whoever stands in line without having applied in time does so by a decision.
SELECT id AS booking, person_id AS person, session_id AS session FROM bookings b
WHERE wave = 0 AND round_id IS NULL
    AND NOT EXISTS (SELECT FROM line_exceptions x WHERE x.booking_id = b.id)
    AND NOT EXISTS (SELECT FROM journal j
        WHERE j.facts ? 'carried_from' AND (j.facts ->> 'booking')::int = b.id) ORDER BY id
