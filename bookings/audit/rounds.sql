-- What published rounds decided, beside the bookings; what was asked for is done again by the replay. Each statement
-- selects a row for whatever does not hold.

--: admitted_without_booking
-- Every decision for a seat has its booking.
SELECT d.person_id AS person, d.session_id AS session, d.round_id AS round
FROM decisions d LEFT JOIN bookings b ON b.person_id = d.person_id AND b.session_id = d.session_id
    AND b.round_id = d.round_id AND b.origin = 'round' AND b.booked_at IS NOT NULL
WHERE d.code = 'ADMITTED' AND b.id IS NULL ORDER BY d.id

--: booking_without_decision
-- Every booking from a round has its decision.
SELECT b.id AS booking, b.person_id AS person, b.session_id AS session, b.round_id AS round
FROM bookings b LEFT JOIN decisions d USING (person_id, session_id, round_id)
WHERE b.origin = 'round' AND d.id IS NULL ORDER BY b.id
