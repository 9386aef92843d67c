-- Seats, days and offers, by the bookings alone. Each statement selects a row for whatever does not hold.

WITH counted AS (
    SELECT s.id, s.seats, s.seats_taken, s.seats_offered, s.seats_over,
        count(b.id) FILTER (WHERE b.state IN ('booked', 'must_choose')) AS booked,
        count(b.id) FILTER (WHERE b.state = 'offered') AS offered
    FROM course_sessions s LEFT JOIN bookings b ON b.session_id = s.id AND b.state IN ('booked', 'must_choose', 'offered')
    GROUP BY s.id
),
days_of_seats AS (
    SELECT b.person_id, d.day, b.id AS booking_id
    FROM bookings b JOIN course_days d ON d.session_id = b.session_id
    WHERE b.state = 'booked'
),
occupied AS (
    SELECT person_id, day, booking_id FROM seat_days
)

--: seats_taken
-- Seats taken are the booked rows.
SELECT id AS session, seats_taken AS says, booked AS has
FROM counted WHERE seats_taken <> booked ORDER BY id

--: seats_offered
-- Seats offered are the offers that wait for an answer.
SELECT id AS session, seats_offered AS says, offered AS has
FROM counted WHERE seats_offered <> offered ORDER BY id

--: overbooked
-- No session has more booked and offered than it has seats, and had when there became fewer.
SELECT id AS session, seats + seats_over AS seats, booked, offered
FROM counted WHERE booked + offered > seats + seats_over ORDER BY id

--: day_not_occupied
-- A seat occupies the days of its session.
SELECT person_id AS person, booking_id AS booking, day
FROM (TABLE days_of_seats EXCEPT TABLE occupied) AS missing ORDER BY booking_id, day

--: day_occupied_by_nothing
-- A day is occupied by a seat.
SELECT person_id AS person, booking_id AS booking, day
FROM (TABLE occupied EXCEPT TABLE days_of_seats) AS too_many ORDER BY booking_id, day

--: two_places_a_day
-- Nobody is in two places on one day.
SELECT person_id AS person, day, count(*) AS seats
FROM days_of_seats GROUP BY person_id, day HAVING count(*) > 1 ORDER BY person_id, day

--: session_twice
-- Nobody has a session twice.
SELECT person_id AS person, session_id AS session, count(*) AS bookings
FROM bookings WHERE state IN ('waiting', 'asked', 'offered', 'booked', 'must_choose')
GROUP BY person_id, session_id HAVING count(*) > 1 ORDER BY person_id, session_id

--: course_twice
-- Nobody has two seats in one course, unless they did not pass, or it was corrected later that they did.
SELECT person_id AS person, course_id AS course, count(*) AS seats
FROM (SELECT person_id, course_id, session_id, max(booked_at) OVER (PARTITION BY person_id, course_id) AS booked_last
    FROM bookings b JOIN course_sessions s ON s.id = b.session_id WHERE state IN ('booked', 'must_choose')) AS had
WHERE NOT EXISTS (SELECT FROM completions c WHERE c.session_id = had.session_id AND c.person_id = had.person_id
    AND (c.outcome = 'not_passed' OR c.decided_at > had.booked_last)) GROUP BY person_id, course_id HAVING count(*) > 1 ORDER BY person_id, course_id

--: in_called_off_session
-- Nobody has a seat, or is kept or asked for one, in a session that was called off.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE s.publicity = 'called_off' AND b.state IN ('asked', 'offered', 'booked', 'must_choose') ORDER BY b.id

--: offer_overdue
-- Nobody is waited for who is past answering.
SELECT id AS booking, person_id AS person, session_id AS session, answer_by
FROM bookings WHERE state IN ('asked', 'offered', 'must_choose') AND answer_by < :settled ORDER BY id

--: choice_of_nothing
-- Whoever must choose between two seats has the other one.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b WHERE b.state = 'must_choose' AND NOT EXISTS (
    SELECT FROM course_days d JOIN occupied o USING (day)
    WHERE d.session_id = b.session_id AND o.person_id = b.person_id) ORDER BY b.id

--: choice_too_late
-- Nobody chooses any more when the session begins.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session, b.answer_by
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE b.state = 'must_choose' AND (b.answer_by AT TIME ZONE 'Europe/Stockholm')::date >= s.starts_on ORDER BY b.id

--: late_without_ground
-- What was cancelled late has its ground; a reason of the office is given by staff, and nobody was late.
SELECT id AS booking, person_id AS person, session_id AS session FROM bookings
WHERE state = 'cancelled' AND (
    (ended_late AND cancel_ground IS NULL) OR (cancel_ground IN ('other', 'ours') AND end_reason = '')
    OR (cancel_ground = 'ours' AND (ended_late OR cancelled_by_staff IS NOT TRUE))) ORDER BY id

--: absence_not_charged
-- What was put down of a seat that was charged for is whether its holder came, as it was decided.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session
FROM bookings b JOIN completions c USING (session_id, person_id)
WHERE b.state = 'booked' AND b.charged_on IS NOT NULL AND c.decided_at < :settled AND c.absence IS DISTINCT FROM (
    SELECT absence FROM absence_charges a WHERE a.booking_id = b.id ORDER BY id DESC LIMIT 1) ORDER BY b.id

--: fee_without_lateness
-- Nobody pays but for what was late.
SELECT id AS booking, person_id AS person, session_id AS session, fee_percent FROM bookings
WHERE fee_percent > 0 AND NOT (state = 'cancelled' AND ended_late AND cancel_ground = 'other') ORDER BY id
