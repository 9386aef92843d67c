"""A fault for each invariant of the demonstration term: statements that break it and nothing said before."""

ONE_SEAT = "SELECT min(id) FROM bookings WHERE state = 'booked'"
PAIR = """
    SELECT a.session_id AS one, b.session_id AS other FROM bookings a JOIN bookings b USING (person_id)
    WHERE a.state = 'booked' AND b.state = 'booked' AND a.session_id < b.session_id ORDER BY 1, 2 LIMIT 1
"""
LONGEST_LINE = """
    SELECT session_id FROM bookings b JOIN course_sessions s ON s.id = b.session_id
    WHERE state = 'waiting' AND starts_on > '2027-01-12' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""
FAULTS = {
    "seats taken are the booked rows": [
        "UPDATE course_sessions SET seats_taken = seats_taken - 1 WHERE seats_taken > 0",
    ],
    "seats offered are the offers that wait for an answer": [
        "UPDATE course_sessions SET seats_offered = 1 WHERE seats_taken < seats",
    ],
    "no session is overbooked": [
        "ALTER TABLE course_sessions DROP CONSTRAINT ck_course_sessions_seats_taken",
        "UPDATE course_sessions SET minimum = 0, seats = seats_taken - 1 WHERE seats_taken = seats",
    ],
    "a seat occupies the days of its session": [f"DELETE FROM seat_days WHERE booking_id = ({ONE_SEAT})"],
    "a day is occupied by a seat": [
        "INSERT INTO seat_days SELECT person_id, '2030-01-01', id FROM bookings WHERE state = 'cancelled' LIMIT 1"
    ],
    "nobody is in two places on one day": [
        f"""WITH pair AS ({PAIR}), day_of AS (SELECT session_id, min(day) AS day FROM course_days GROUP BY 1)
        UPDATE course_days d SET day = theirs.day FROM pair, day_of mine, day_of theirs
        WHERE mine.session_id = one AND theirs.session_id = other AND d.session_id = one AND d.day = mine.day"""
    ],
    "nobody has a session twice": [
        "DROP INDEX uq_bookings_live",
        f"""INSERT INTO bookings
            (person_id, session_id, state, origin, rank, wave, key, joined_at, ended_late, end_reason,
            standing_yes, short_notice, calendar_sequence)
        SELECT person_id, session_id, 'waiting', 'line', 9, 1, '{{}}', joined_at, false, '', true, false, 0
        FROM bookings
        WHERE id = ({ONE_SEAT})""",
    ],
    "nobody has two seats in one course": [
        f"""WITH pair AS ({PAIR}) UPDATE course_sessions s SET course_id = o.course_id FROM pair, course_sessions o
        WHERE s.id = one AND o.id = other"""
    ],
    "every seat has its entry in the journal": ["DELETE FROM journal WHERE deed = 'seat.booked'"],
    "every place in line has its entry in the journal": ["DELETE FROM journal WHERE deed = 'line.joined'"],
    "every end has its entry in the journal": ["DELETE FROM journal WHERE deed = 'line.left'"],
    "a cancellation is undone or stands": [
        """UPDATE journal SET deed = 'seat.restored'
        WHERE id = (SELECT max(id) FROM journal WHERE deed = 'seat.cancelled')"""
    ],
    "what was cancelled late has its ground": [
        "UPDATE bookings SET ended_late = true, cancel_ground = 'other', end_reason = '' WHERE state = 'cancelled'"
    ],
    "nobody pays but for what was late": ["UPDATE bookings SET fee_percent = 50 WHERE state = 'cancelled'"],
    "every offer that was not taken has its entry in the journal": [
        "UPDATE bookings SET state = 'lapsed' WHERE state = 'left'",
    ],
    "every entry in the journal has its booking": [
        "UPDATE journal SET facts = facts || '{\"booking\": 999999}' WHERE deed = 'seat.cancelled'"
    ],
    "nobody has a seat or a place in a session that was called off": [
        "UPDATE course_sessions SET publicity = 'called_off' WHERE seats_taken > 0",
    ],
    "whoever had a seat in a session that was called off has another one, or precedence": [
        "UPDATE bookings SET state = 'called_off' WHERE state = 'cancelled'",
    ],
    "every step in a case has its entry in the journal": ["DELETE FROM journal WHERE deed = 'minimum.asked'"],
    "every decision for a seat has its booking": ["UPDATE decisions SET code = 'ADMITTED' WHERE code = 'WAITLISTED'"],
    "every booking from a round has its decision": ["DELETE FROM decisions WHERE code = 'ADMITTED'"],
    "every choice of a published round is decided": ["DELETE FROM decisions WHERE code = 'BETTER_SESSION'"],
    "precedence is used up by a seat in its course": [
        f"UPDATE precedences SET revoked_at = NULL, revoked_by = NULL, revoke_reason = '', used_by = ({ONE_SEAT})"
    ],
    "every decision beside the rules has its entry in the journal": [
        "DELETE FROM journal WHERE deed = 'precedence.granted'"
    ],
    "whoever stands in line without having applied in time does so by a decision": [
        "UPDATE bookings SET wave = 0 WHERE origin = 'line' AND state = 'waiting'"
    ],
    "every deed has its letter": ["DELETE FROM letters WHERE occasion = 'seat_cancelled'"],
    "every letter has its deed": ["DELETE FROM journal WHERE deed = 'seat.cancelled'"],
    "no seat is free that somebody in line would take": [
        f"""UPDATE bookings SET state = 'cancelled' WHERE id = (
        SELECT max(id) FROM bookings WHERE state = 'booked' AND session_id = ({LONGEST_LINE}))"""
    ],
    "no seat is kept for who is past answering": [
        "UPDATE bookings SET state = 'offered', answer_by = '2020-01-01' WHERE state = 'waiting'",
    ],
    "what was published follows the rules": [
        "UPDATE runs SET result = replace(result, '\"WAITLISTED\"', '\"HELD_BACK\"')"
    ],
    "every seed follows from what was revealed": [
        "UPDATE rounds SET public_value = repeat('0', 64) WHERE state = 'published'"
    ],
}
"""By the name of the invariant."""
