-- What must hold of every term. The first part stands before each of the others; these have the invariant as their
-- heading, and select a sentence for every violation.

WITH counted AS (
    SELECT s.id, s.seats, s.seats_taken, s.seats_offered,
        count(b.id) FILTER (WHERE b.state = 'booked') AS booked,
        count(b.id) FILTER (WHERE b.state = 'offered') AS offered
    FROM course_sessions s LEFT JOIN bookings b ON b.session_id = s.id AND b.state IN ('booked', 'offered')
    GROUP BY s.id
),
days_of_seats AS (
    SELECT b.person_id, d.day, b.id AS booking_id
    FROM bookings b JOIN course_days d ON d.session_id = b.session_id
    WHERE b.state = 'booked'
),
occupied AS (
    SELECT person_id, day, booking_id FROM seat_days
),
entries AS (
    SELECT (facts ->> 'booking')::int AS booking, deed FROM journal WHERE facts ? 'booking'
),
outcomes AS (
    SELECT person_id, (facts ->> 'round')::int AS round_id, outcome.key::int AS session_id, outcome.value AS code
    FROM journal CROSS JOIN LATERAL jsonb_each_text(facts -> 'outcomes') AS outcome
    WHERE deed = 'round.decided'
),
became_seats AS (
    SELECT booking FROM entries WHERE deed IN ('seat.booked', 'seat.from_line', 'seat.swapped', 'seat.moved', 'seat.displaced')
    UNION ALL
    SELECT b.id FROM bookings b JOIN outcomes o USING (person_id, round_id, session_id)
    WHERE b.origin = 'round' AND o.code = 'ADMITTED'
),
given_up AS (
    SELECT (facts ->> 'left')::int AS booking FROM journal WHERE deed = 'seat.moved'
    UNION ALL
    SELECT jsonb_array_elements_text(facts -> 'left')::int FROM journal
    WHERE deed IN ('seat.from_line', 'seat.swapped')
),
left_the_line AS (
    SELECT booking FROM entries WHERE deed IN ('line.left', 'line.ended', 'line.taken_off', 'line.called_off', 'call_out.declined')
    UNION ALL
    SELECT (facts ->> 'booking')::int FROM journal
    WHERE (deed = 'offer.withdrawn' AND NOT (facts ->> 'goes_on')::boolean)
        OR (deed = 'call_out.ended' AND NOT (facts ->> 'said_yes')::boolean)
    UNION ALL
    SELECT jsonb_array_elements_text(facts -> 'struck')::int FROM journal
    WHERE deed IN ('seat.from_line', 'seat.swapped', 'seat.displaced')
),
of_applications AS (
    SELECT j.deed, a.id AS application, count(*) FILTER (WHERE j.deed = 'application.sent')
        OVER (PARTITION BY a.id ORDER BY j.id) AS version
    FROM journal j JOIN applications a ON a.person_id = j.person_id AND a.round_id = (j.facts ->> 'round')::int
    WHERE j.deed IN ('application.sent', 'application.withdrawn')
),
about_offers(deed, occasion) AS (
    VALUES ('offer.made', 'seat_offered'), ('offer.reminded', 'answer_reminder'),
        ('offer.lapsed', 'offer_lapsed'), ('offer.withdrawn', 'offer_withdrawn'),
        ('call_out.made', 'called_out'), ('call_out.ended', 'call_out_over')
),
to_be_asked AS (
    SELECT id AS session_id, person_id FROM course_sessions s JOIN session_leaders l ON l.session_id = s.id
    UNION
    SELECT s.id, person_id FROM course_sessions s CROSS JOIN grants WHERE role = 'coordinator'
),
owed AS (
    SELECT format('application:%s:%s', application, version) AS once
    FROM of_applications WHERE deed = 'application.sent'
    UNION ALL
    SELECT format('application:%s:%s:withdrawn', application, version)
    FROM of_applications WHERE deed = 'application.withdrawn'
    UNION ALL
    SELECT format('decision:%s:%s', facts ->> 'round', person_id) FROM journal WHERE deed = 'round.decided'
    UNION ALL
    SELECT format('seat:%s', booking) FROM entries
    WHERE deed IN ('seat.booked', 'seat.from_line', 'seat.swapped', 'seat.moved')
    UNION ALL
    SELECT format('line:%s', booking) FROM entries WHERE deed = 'line.joined'
    UNION ALL
    SELECT format('%s:%s:%s', o.occasion, facts ->> 'booking', to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'))
    FROM journal j JOIN about_offers o USING (deed)
    UNION ALL
    SELECT format('offer_withdrawn:%s:%s', facts ->> 'booking', to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'))
    FROM journal WHERE deed = 'line.ended' AND (facts ->> 'was_offered')::boolean
    UNION ALL
    SELECT format('taken_off:%s', booking) FROM entries WHERE deed = 'line.taken_off'
    UNION ALL
    SELECT format('%s:%s:%s', CASE WHEN deed = 'seat.restored' THEN 'cancellation_undone'
        WHEN (facts ->> 'late')::boolean THEN 'seat_cancelled_late' ELSE 'seat_cancelled' END,
        facts ->> 'booking', to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'))
    FROM journal WHERE deed IN ('seat.cancelled', 'seat.restored')
    UNION ALL
    SELECT format('called-off:%s', booking) FROM entries WHERE deed = 'seat.called_off'
    UNION ALL
    SELECT format('line-called-off:%s', booking) FROM entries WHERE deed = 'line.called_off'
    UNION ALL
    SELECT format('called-off-leader:%s:%s', session_id, l.person_id)
    FROM journal j JOIN session_leaders l USING (session_id) WHERE deed = 'calling_off.decided'
    UNION ALL
    SELECT format('precedence:%s', facts ->> 'precedence') FROM journal WHERE deed = 'precedence.granted'
    UNION ALL
    SELECT format('precedence:%s:revoked', facts ->> 'precedence') FROM journal WHERE deed = 'precedence.revoked'
    UNION ALL
    SELECT format('exception:%s', facts ->> 'exception') FROM journal WHERE deed = 'line.exception' AND facts ->> 'ground' <> 'called_off'
    UNION ALL
    SELECT format('facts:%s:%s', person_id, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'))
    FROM journal WHERE deed = 'person.corrected' AND facts -> 'new' <> '{}'
    UNION ALL
    SELECT format('few-booked:%s:%s', facts ->> 'case', t.person_id)
    FROM journal j JOIN to_be_asked t USING (session_id) WHERE deed = 'minimum.warned'
    UNION ALL
    SELECT format('too-few:%s:%s:%s', facts ->> 'case', facts ->> 'day', t.person_id)
    FROM journal j JOIN to_be_asked t USING (session_id) WHERE deed = 'minimum.asked'
    UNION ALL
    SELECT format('decision_day_moved:%s:%s', facts ->> 'case', jsonb_array_elements_text(facts -> 'told'))
    FROM journal WHERE deed = 'minimum.day_moved'
    UNION ALL
    SELECT format('reserve-wanted:%s:%s', session_id, g.person_id)
    FROM journal j CROSS JOIN grants g WHERE deed = 'reserve.wanted' AND role = 'coordinator'
    UNION ALL
    SELECT format('free-seats:%s:%s', session_id, person_id) FROM invitations
    UNION ALL
    SELECT format('session_runs:%s:%s', facts ->> 'case', l.person_id)
    FROM journal j JOIN session_leaders l USING (session_id) WHERE deed = 'minimum.runs_anyway'
    UNION ALL
    SELECT format('lottery_to_commit:%s:%s:%s', facts ->> 'round', facts ->> 'second_party',
        (at AT TIME ZONE 'Europe/Stockholm')::date)
    FROM journal WHERE deed = 'round.planned' AND facts ->> 'second_party' IS NOT NULL
    UNION ALL
    SELECT format('lottery_to_reveal:%s:%s:%s', id, second_party_id, (closed_at AT TIME ZONE 'Europe/Stockholm')::date)
    FROM rounds WHERE closed_at IS NOT NULL AND second_commitment IS NOT NULL
),
posted AS (
    SELECT once FROM letters
)

--: seats taken are the booked rows
SELECT format('session %s says %s taken, and has %s booked', id, seats_taken, booked)
FROM counted WHERE seats_taken <> booked ORDER BY id

--: seats offered are the offers that wait for an answer
SELECT format('session %s says %s offered, and has %s', id, seats_offered, offered)
FROM counted WHERE seats_offered <> offered ORDER BY id

--: no session is overbooked
SELECT format('session %s has %s seats, %s booked and %s offered', id, seats, booked, offered)
FROM counted WHERE booked + offered > seats ORDER BY id

--: a seat occupies the days of its session
SELECT format('booking %s does not occupy %s', booking_id, day)
FROM (TABLE days_of_seats EXCEPT TABLE occupied) AS missing ORDER BY booking_id, day

--: a day is occupied by a seat
SELECT format('person %s is occupied on %s by booking %s, which is no seat then', person_id, day, booking_id)
FROM (TABLE occupied EXCEPT TABLE days_of_seats) AS too_many ORDER BY booking_id, day

--: nobody is in two places on one day
SELECT format('person %s has %s seats on %s', person_id, count(*), day)
FROM days_of_seats GROUP BY person_id, day HAVING count(*) > 1

--: nobody has a session twice
SELECT format('person %s has %s live bookings in session %s', person_id, count(*), session_id)
FROM bookings WHERE state IN ('waiting', 'asked', 'offered', 'booked') GROUP BY person_id, session_id HAVING count(*) > 1

--: nobody has two seats in one course
SELECT format('person %s has %s seats in course %s', person_id, count(*), course_id)
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE state = 'booked' GROUP BY person_id, course_id HAVING count(*) > 1

--: every seat has its entry in the journal
SELECT format('booking %s became a seat once, and %s times by the journal', b.id, count(e.booking))
FROM bookings b LEFT JOIN became_seats e ON e.booking = b.id
WHERE b.booked_at IS NOT NULL GROUP BY b.id HAVING count(e.booking) <> 1

--: every place in line has its entry in the journal
SELECT format('booking %s began in a line, and the journal does not know it', id) FROM bookings b
WHERE (origin = 'line' AND id NOT IN (
        SELECT booking FROM entries WHERE deed IN ('line.joined', 'line.carried', 'line.exception')))
    OR (origin = 'round' AND (person_id, round_id, session_id) NOT IN (
        SELECT person_id, round_id, session_id FROM outcomes))

--: every end has its entry in the journal
SELECT format('booking %s is %s, and the journal does not say so', id, state) FROM bookings
WHERE (state = 'cancelled' AND id NOT IN (SELECT booking FROM entries WHERE deed = 'seat.cancelled'))
    OR (state = 'moved' AND id NOT IN (TABLE given_up))
    OR (state = 'called_off' AND id NOT IN (SELECT booking FROM entries WHERE deed = 'seat.called_off'))
    OR (state = 'left' AND id NOT IN (TABLE left_the_line))

--: a cancellation is undone or stands
SELECT format('booking %s is %s, and was cancelled %s times more often than that was undone', id, state, times)
FROM bookings JOIN (
    SELECT booking, sum(CASE deed WHEN 'seat.cancelled' THEN 1 ELSE -1 END) AS times
    FROM entries WHERE deed IN ('seat.cancelled', 'seat.restored') GROUP BY booking
) AS counted ON booking = id
WHERE times <> (state = 'cancelled')::int

--: what was cancelled late has its ground
SELECT format('booking %s was cancelled late, and nobody knows why', id) FROM bookings
WHERE state = 'cancelled' AND ended_late
    AND (cancel_ground IS NULL OR (cancel_ground = 'other' AND end_reason = ''))

--: nobody pays but for what was late
SELECT format('booking %s is %s, and costs %s per cent', id, state, fee_percent) FROM bookings
WHERE fee_percent > 0 AND NOT (state = 'cancelled' AND ended_late AND cancel_ground = 'other')

--: every offer that was not taken has its entry in the journal
SELECT format('booking %s is %s, and the journal does not say so', id, state) FROM bookings
WHERE (state = 'declined' AND id NOT IN (SELECT booking FROM entries WHERE deed = 'offer.declined'))
    OR (state = 'lapsed' AND id NOT IN (SELECT booking FROM entries WHERE deed = 'offer.lapsed'))
    OR (state = 'offered' AND id NOT IN (SELECT booking FROM entries WHERE deed = 'offer.made'))
    OR (state = 'asked' AND id NOT IN (SELECT booking FROM entries WHERE deed = 'call_out.made'))

--: every entry in the journal has its booking
SELECT format('the journal has %s of booking %s, which is not there', deed, booking)
FROM entries WHERE booking NOT IN (SELECT id FROM bookings)

--: nobody has a seat or a place in a session that was called off
SELECT format('booking %s is %s in session %s, which was called off', b.id, b.state, b.session_id)
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE s.publicity = 'called_off' AND b.state IN ('asked', 'offered', 'booked')

--: whoever had a seat in a session that was called off has another one, or precedence
SELECT format('booking %s was called off, and person %s has neither another seat nor precedence', b.id, b.person_id)
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE b.state = 'called_off'
    AND NOT EXISTS (SELECT 1 FROM journal WHERE deed = 'seat.displaced' AND (facts ->> 'left')::int = b.id)
    AND NOT EXISTS (SELECT 1 FROM precedences p WHERE p.person_id = b.person_id AND p.course_id = s.course_id
        AND p.granted_at <= b.ended_at)

--: every step in a case has its entry in the journal
SELECT format('case %s has %s steps, and %s entries', c.id, count(DISTINCT s.id), count(DISTINCT j.id))
FROM minimum_cases c LEFT JOIN minimum_steps s ON s.case_id = c.id
    LEFT JOIN journal j ON j.deed LIKE 'minimum.%' AND (j.facts ->> 'case')::int = c.id
GROUP BY c.id HAVING count(DISTINCT s.id) <> count(DISTINCT j.id)

--: every decision for a seat has its booking
SELECT format('person %s was given a seat in session %s, and has no booking', d.person_id, d.session_id)
FROM decisions d LEFT JOIN bookings b ON b.person_id = d.person_id AND b.session_id = d.session_id
    AND b.round_id = d.round_id AND b.origin = 'round' AND b.booked_at IS NOT NULL
WHERE d.code = 'ADMITTED' AND b.id IS NULL

--: every booking from a round has its decision
SELECT format('booking %s comes from round %s, which decided nothing about it', b.id, b.round_id)
FROM bookings b LEFT JOIN decisions d USING (person_id, session_id, round_id)
WHERE b.origin = 'round' AND d.id IS NULL

--: every choice of a published round is decided
SELECT format('person %s asked for session %s, and has no decision', a.person_id, c.session_id)
FROM rounds r JOIN applications a ON a.round_id = r.id AND a.state = 'submitted'
    JOIN choices c ON c.application_id = a.id
    LEFT JOIN decisions d ON d.round_id = r.id AND d.person_id = a.person_id AND d.session_id = c.session_id
WHERE r.state = 'published' AND d.id IS NULL

--: precedence is used up by a seat in its course
SELECT format('precedence %s is used by booking %s, which is no seat of that person in that course', p.id, p.used_by)
FROM precedences p JOIN bookings b ON b.id = p.used_by JOIN course_sessions s ON s.id = b.session_id
WHERE b.person_id <> p.person_id OR s.course_id <> p.course_id OR b.booked_at IS NULL OR b.booked_at < p.granted_at
UNION ALL
SELECT format('precedence %s is open, and person %s has a seat in the course', p.id, p.person_id)
FROM precedences p JOIN bookings b USING (person_id) JOIN course_sessions s ON s.id = b.session_id
WHERE p.used_by IS NULL AND p.revoked_at IS NULL AND s.course_id = p.course_id AND b.state = 'booked'

--: every decision beside the rules has its entry in the journal
SELECT format('precedence %s is not in the journal', id) FROM precedences
WHERE id NOT IN (SELECT (facts ->> 'precedence')::int FROM journal
    WHERE deed IN ('precedence.granted', 'precedence.displaced'))
UNION ALL
SELECT format('exception %s is not in the journal', id) FROM line_exceptions
WHERE id NOT IN (SELECT (facts ->> 'exception')::int FROM journal WHERE deed = 'line.exception')

--: whoever stands in line without having applied in time does so by a decision
SELECT format('booking %s stands among those who applied in time', id) FROM bookings
WHERE wave = 0 AND round_id IS NULL AND id NOT IN (SELECT booking_id FROM line_exceptions)
    AND id NOT IN (SELECT (facts ->> 'booking')::int FROM journal WHERE facts ? 'carried_from')

--: every deed has its letter
SELECT format('there is no letter %s', once) FROM (TABLE owed EXCEPT ALL TABLE posted) AS missing ORDER BY once

--: every letter has its deed
SELECT format('nothing happened for letter %s', once) FROM (TABLE posted EXCEPT ALL TABLE owed) AS too_many ORDER BY once
