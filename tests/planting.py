"""Of which rows the faults of `demo_faults` are made, and what a deed would have left behind of them."""

ONE_SEAT = "SELECT min(id) FROM bookings WHERE state = 'booked'"
LONGEST_LINE = """
    SELECT session_id FROM bookings b JOIN course_sessions s ON s.id = b.session_id
    WHERE state = 'waiting' AND starts_on > '2027-01-12' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""
PAIR = """
    SELECT a.session_id AS one, b.session_id AS other FROM bookings a JOIN bookings b USING (person_id)
    WHERE a.state = 'booked' AND b.state = 'booked' AND a.session_id < b.session_id
        AND NOT EXISTS (SELECT FROM bookings w WHERE w.session_id IN (a.session_id, b.session_id)
            AND w.state IN ('waiting', 'asked', 'offered'))
        AND NOT EXISTS (SELECT FROM attendance n WHERE n.session_id IN (a.session_id, b.session_id))
    GROUP BY 1, 2 HAVING count(*) = 1 ORDER BY 1, 2 LIMIT 1
"""
AHEAD = """
    SELECT min(b.id) FROM bookings b JOIN course_sessions s ON s.id = b.session_id
    WHERE state = 'booked' AND starts_on > '2027-02-01' AND NOT EXISTS (
        SELECT FROM bookings o WHERE o.person_id = b.person_id AND o.state IN ('waiting', 'asked', 'offered'))
"""
A_LETTER = "SELECT min(id) FROM letters WHERE occasion = 'seat_cancelled'"
FIRST = "SELECT min(id) FROM course_sessions"
CHOSEN = "SELECT min(id) FROM bookings WHERE state = 'must_choose'"
CANCELLED = "SELECT min(id) FROM bookings WHERE state = 'cancelled' AND NOT ended_late"
ADMITTED = """
    SELECT min(b.id) FROM bookings b JOIN decisions d USING (person_id, session_id, round_id)
    WHERE b.state = 'booked' AND b.origin = 'round' AND d.code = 'ADMITTED'
"""
NO_PRECEDENCE = "SELECT FROM precedences p WHERE p.person_id = b.person_id AND p.course_id = s.course_id"
SEATED = f"SELECT person_id FROM bookings WHERE id = ({ONE_SEAT})"
STAMP = r"\:20270110000000000000"
"""The moment of what is planted, as letters have it."""


def noted(deed: str, booking: str, facts: str = "{}") -> str:
    """An entry about a booking, as if the deed had been done."""
    return f"""INSERT INTO journal (at, deed, person_id, session_id, facts)
        SELECT '2027-01-10T00:00Z', '{deed}', person_id, session_id, jsonb_build_object('booking', id) || '{facts}'
        FROM bookings WHERE id = ({booking})"""


def posted(once: str, booking: str) -> str:
    """A letter about a booking; in `once`, {} is its number."""
    return f"""INSERT INTO letters (once, occasion, person_id, address, subject, body, calendars, message_id,
            created_at, state, attempts, next_attempt_at)
        SELECT replace('{once}', '{{}}', id::text), 'planted', person_id, 'a@example.org', '', '', '{{}}',
            '<planted>', '2027-01-10', 'queued', 0, '2027-01-10'
        FROM bookings WHERE id = ({booking})"""


RETOLD = """INSERT INTO journal (at, deed, session_id, facts)
    SELECT '2027-01-10', 'session.changed', s.id, jsonb_build_object('changed', jsonb_build_object(
        'seats', jsonb_build_array(1, seats), 'minimum', jsonb_build_array(0, minimum),
        'cancel_by', jsonb_build_array(null, cancel_by), 'go_no_go_on', jsonb_build_array(null, go_no_go_on),
        'course', jsonb_build_array(null, course_id), 'reserves', jsonb_build_array(null, reserves),
        'days', jsonb_build_array(null, (SELECT jsonb_agg(format('%s %s-%s', day, left(starts::text, 5),
            left(ends::text, 5))) FROM course_days d WHERE d.session_id = s.id))))
    FROM course_sessions s"""
"""Whatever is said of sessions now has been noted."""


GIVEN = "SELECT id FROM bookings WHERE state = 'offered'"


def offered(answer_by: str) -> list[str]:
    """One of the longest line is offered a seat that is there for them."""
    return [
        f"""UPDATE course_sessions SET seats = seats + 1, seats_offered = seats_offered + 1
        WHERE id = ({LONGEST_LINE})""",
        RETOLD,
        f"""UPDATE bookings SET state = 'offered', answer_by = '{answer_by}'
        WHERE id = (SELECT min(id) FROM bookings WHERE state = 'waiting' AND session_id = ({LONGEST_LINE}))""",
        noted("offer.made", GIVEN),
        posted("seat_offered:{}" + STAMP, GIVEN),
    ]


def precedence(used_by: str, rest: str, *, entry: bool) -> str:
    """A precedence by which somebody was compensated for the course of a booking, and its entry in the journal."""
    return f"""WITH made AS (
            INSERT INTO precedences (person_id, course_id, kind, term, reason, granted_at, used_by, revoke_reason)
            SELECT b.person_id, s.course_id, 'called_off', '2027-1', '', '2027-01-10', ({used_by}), ''
            FROM bookings b JOIN course_sessions s ON s.id = b.session_id
            WHERE NOT EXISTS ({NO_PRECEDENCE}) AND {rest} ORDER BY b.id LIMIT 1 RETURNING id
        )
        INSERT INTO journal (at, deed, facts)
        SELECT '2027-01-10', 'planted.{entry}', jsonb_build_object('precedence', id) FROM made""".replace(
        "planted.True", "precedence.displaced"
    )


NO_SEAT = """b.state = 'cancelled' AND NOT EXISTS (
    SELECT FROM bookings o JOIN course_sessions t ON t.id = o.session_id
    WHERE o.person_id = b.person_id AND t.course_id = s.course_id AND o.state = 'booked')"""


RESTOOD = """INSERT INTO journal (at, deed, facts)
    SELECT '2027-01-10', 'seats.charged', jsonb_build_object('stands', jsonb_object_agg(b.id, jsonb_build_object(
        'rank', rank, 'joined_at', (extract(epoch FROM joined_at) * 1000000)\\:\\:bigint,
        'cancel_ground', cancel_ground, 'end_reason', CASE end_reason WHEN '' THEN '' ELSE
            left(encode(sha256(convert_to(end_reason, 'UTF8')), 'hex'), 4) END,
        'funded_at', (extract(epoch FROM funded_at) * 1000000)\\:\\:bigint, 'funded_by', funded_by)))
    FROM bookings b"""
"""Whatever else holds of bookings now has been noted."""
STOOD = """
    SELECT min(id) FROM bookings WHERE charged_on IS NOT NULL AND funded_at IS NOT NULL AND state = 'booked'
        AND charged_category <> 'specialist' AND funded_by < (SELECT max(id) FROM persons)
"""
"""A seat that was put down for the invoices, and is paid for."""
