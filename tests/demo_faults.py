"""A fault for each check of the audit: statements that break what it looks at, and nothing that another looks at.

What a deed leaves behind in more than one place is made up in all of them but one.
"""

from certificate_faults import OF_CERTIFICATES
from day_faults import OF_ABSENCES, OF_DAYS_NOTED, OF_DAYS_NOW, OF_REPORTS
from evaluation_faults import OF_EVALUATIONS
from planting import (
    A_LETTER,
    ADMITTED,
    AHEAD,
    CANCELLED,
    CHOSEN,
    FIRST,
    GIVEN,
    LONGEST_LINE,
    NO_SEAT,
    ONE_SEAT,
    PAIR,
    RESTOOD,
    RETOLD,
    SEATED,
    STAMP,
    noted,
    offered,
    posted,
    precedence,
)
from preparation_faults import OF_PREPARATION
from review_faults import OF_REVIEWS
from unkept import lifting

FAULTS = {
    "first_day_wrong": [
        f"""UPDATE course_sessions SET starts_on = starts_on + 1
        WHERE id = (SELECT session_id FROM bookings WHERE id = ({ONE_SEAT}))"""
    ],
    "reserves_above_seats": [
        f"""UPDATE course_sessions SET reserves = '{{"SPEC": 900}}'
        WHERE id = (SELECT session_id FROM bookings WHERE id = ({ONE_SEAT}))""",
        RETOLD,
    ],
    **OF_DAYS_NOW,
    "seats_taken": [
        f"""UPDATE course_sessions SET seats_taken = seats_taken - 1
        WHERE seats_over = 0 AND id = (SELECT session_id FROM bookings WHERE id = ({ONE_SEAT}))"""
    ],
    "seats_offered": [
        """UPDATE course_sessions SET seats_offered = 1
        WHERE id = (SELECT min(id) FROM course_sessions WHERE seats_taken < seats AND seats_offered = 0)"""
    ],
    "overbooked": [
        "ALTER TABLE course_sessions DROP CONSTRAINT ck_course_sessions_seats_taken",
        """UPDATE course_sessions SET minimum = 0, seats = seats_taken - 1
        WHERE id = (SELECT min(id) FROM course_sessions WHERE seats_taken > 1)""",
        RETOLD,
    ],
    "day_not_occupied": [
        """DELETE FROM seat_days
        WHERE (booking_id, day) = (SELECT booking_id, day FROM seat_days ORDER BY 1, 2 LIMIT 1)"""
    ],
    "day_occupied_by_nothing": [
        "INSERT INTO seat_days SELECT person_id, '2030-01-01', id FROM bookings WHERE state = 'cancelled' LIMIT 1"
    ],
    "two_places_a_day": [
        "ALTER TABLE seat_days DROP CONSTRAINT pk_seat_days",
        f"""WITH pair AS ({PAIR}), day_of AS (SELECT session_id, min(day) AS day FROM course_days GROUP BY 1),
        mine AS (SELECT one, d.day, t.day AS new FROM pair JOIN day_of d ON d.session_id = one
            JOIN day_of t ON t.session_id = other),
        moved AS (UPDATE course_days d SET day = new FROM mine WHERE d.session_id = one AND d.day = mine.day)
        UPDATE seat_days o SET day = new FROM mine JOIN bookings b ON b.session_id = one AND b.state = 'booked'
        WHERE o.booking_id = b.id AND o.day = mine.day""",
        """UPDATE course_sessions s SET starts_on = d.day, cancel_by = d.day - 1, go_no_go_on = d.day - 1
        FROM (SELECT session_id, min(day) AS day FROM course_days GROUP BY 1) AS d
        WHERE d.session_id = s.id AND d.day <> s.starts_on""",
        RETOLD,
    ],
    "session_twice": [
        "DROP INDEX uq_bookings_live",
        f"""INSERT INTO bookings
            (person_id, session_id, state, origin, rank, wave, key, joined_at, ended_late, end_reason,
            standing_yes, short_notice, calendar_sequence)
        SELECT person_id, session_id, 'waiting', 'direct', 9, 1, '{{}}', joined_at, false, '', true, false, 0
        FROM bookings
        WHERE id = ({ONE_SEAT})""",
    ],
    "course_twice": [
        f"""WITH pair AS ({PAIR}) UPDATE course_sessions s SET course_id = o.course_id FROM pair, course_sessions o
        WHERE s.id = one AND o.id = other""",
        RETOLD,
    ],
    "in_called_off_session": [
        """UPDATE course_sessions SET publicity = 'called_off' WHERE id = (
        SELECT session_id FROM bookings WHERE state IN ('asked', 'offered', 'booked')
        GROUP BY 1 HAVING count(*) = 1 ORDER BY 1 LIMIT 1)""",
        """INSERT INTO journal (at, deed, session_id, facts)
        SELECT '2027-01-10', 'session.called_off', id, '{}' FROM course_sessions WHERE publicity = 'called_off'""",
    ],
    "offer_overdue": [*offered("2027-01-10")],
    "choice_of_nothing": [
        f"UPDATE bookings SET state = 'must_choose', answer_by = '2027-01-13' WHERE id = ({AHEAD})",
        f"DELETE FROM seat_days WHERE booking_id = ({CHOSEN})",
        noted("seat.to_choose", CHOSEN),
    ],
    "choice_too_late": [
        f"""WITH other AS (SELECT b.person_id, b.session_id FROM bookings b WHERE id = ({AHEAD})),
        moved AS (INSERT INTO course_sessions (course_id, place, area, seats, minimum, seats_taken, seats_offered,
                reserves, publicity, is_reserve, starts_on, cancel_by, go_no_go_on, created_at)
            SELECT (SELECT max(c.id) FROM courses c WHERE c.id NOT IN (SELECT t.course_id FROM bookings b
                    JOIN course_sessions t ON t.id = b.session_id WHERE b.person_id = other.person_id)),
                place, area, 1, 0, 1, 0, '{{}}', 'archived', false, starts_on, cancel_by, go_no_go_on, created_at
            FROM course_sessions s JOIN other ON other.session_id = s.id RETURNING id),
        days AS (INSERT INTO course_days (session_id, day, starts, ends)
            SELECT moved.id, day, starts, ends FROM course_days JOIN other USING (session_id), moved)
        INSERT INTO bookings (person_id, session_id, state, origin, rank, wave, key, joined_at, booked_at, ended_late,
            end_reason, standing_yes, short_notice, calendar_sequence, answer_by)
        SELECT person_id, moved.id, 'must_choose', 'direct', 1, 1, '{{}}', '2027-01-10', '2027-01-10', false, '',
            true, false, 0, '2040-01-01' FROM other, moved""",
        noted("seat.booked", CHOSEN),
        posted("seat:{}", CHOSEN),
        noted("seat.to_choose", CHOSEN),
    ],
    "late_without_ground": [
        """UPDATE bookings SET cancel_ground = 'other', end_reason = ''
        WHERE id = (SELECT min(id) FROM bookings WHERE state = 'cancelled' AND ended_late)""",
        RESTOOD,
    ],
    "absence_not_charged": OF_ABSENCES["absence_not_charged"],
    "fee_without_lateness": [f"UPDATE bookings SET fee_percent = 50 WHERE id = ({ONE_SEAT})"],
    "session_not_as_noted": ["UPDATE course_days SET ends = ends - interval '1 hour' WHERE day = '2027-03-09'"],
    "access_not_as_noted": [f"UPDATE course_sessions SET publicity = 'archived' WHERE id = ({FIRST})"],
    "freed_without_change": [f"UPDATE course_sessions SET moved_at = '2027-01-10' WHERE id = ({FIRST})"],
    "course_not_as_noted": [
        "UPDATE courses SET swap_rings = NOT swap_rings WHERE id = (SELECT min(id) FROM courses)"
    ],
    **OF_DAYS_NOTED,
    **OF_PREPARATION,
    **OF_CERTIFICATES,
    **OF_EVALUATIONS,
    **OF_REPORTS,
    **OF_REVIEWS,
    "identity_not_noted": [
        f"""INSERT INTO identities (person_id, issuer, kind, value, linked_at)
        SELECT person_id, 'http://elsewhere.test', 'sub', 'x', '2027-01-10' FROM bookings WHERE id = ({ONE_SEAT})"""
    ],
    "identity_gone": ["DELETE FROM identities WHERE id = (SELECT min(id) FROM identities)"],
    "person_not_as_noted": [
        """UPDATE persons SET leave_months = leave_months + 1 WHERE id = (SELECT min(id) FROM persons p
            WHERE category LIKE 'st%' AND NOT EXISTS (SELECT FROM bookings WHERE person_id = p.id))"""
    ],
    "standing_not_noted": [
        """UPDATE persons SET standing = 'confirmed'
        WHERE id = (SELECT min(id) FROM persons WHERE standing = 'pending')"""
    ],
    "protection_not_noted": ["UPDATE persons SET is_protected = true WHERE id = (SELECT min(id) FROM persons)"],
    "erased_not_noted": [noted("person.erased", ONE_SEAT)],
    "role_not_noted": [f"INSERT INTO grants (person_id, role) SELECT x.person_id, 'administrator' FROM ({SEATED}) x"],
    "role_not_held": ["DELETE FROM grants WHERE role = 'reviewer'"],
    "invitation_not_noted": [
        """INSERT INTO account_invitations
            (person_id, binding, bound_to, roles, token_hash, invited_by, made_at, sent_at, expires_at)
        SELECT min(person_id), 'email', 'a@example.org', '{}', 'planted', max(person_id), '2027-01-10', '2027-01-10',
            '2027-01-20'
        FROM grants"""
    ],
    "identity_of_another": ["UPDATE identities SET value = 'x' WHERE id = (SELECT min(id) FROM identities)"],
    "number_not_sealed": [
        f"""INSERT INTO identities (person_id, issuer, kind, value, linked_at)
        SELECT person_id, 'http://elsewhere.test', 'personal_number', '191212121212', '2027-01-10'
        FROM bookings WHERE id = ({ONE_SEAT})""",
        f"""INSERT INTO journal (at, deed, person_id, facts)
        SELECT '2027-01-10', 'person.arrived', person_id,
            '{{"issuer": "http://elsewhere.test", "kind": "personal_number"}}'
        FROM bookings WHERE id = ({ONE_SEAT})""",
    ],
    "sealed_by_another_key": [
        """INSERT INTO personal_numbers (person_id, sealed, imprint, noted_at)
        SELECT min(id), 'sealed:gone:AAAA', 'x', '2027-01-10' FROM persons"""
    ],
    "number_unreadable": [
        """INSERT INTO personal_numbers (person_id, sealed, imprint, noted_at)
        SELECT min(id), 'sealed:new:AAAA', 'x', '2027-01-10' FROM persons"""
    ],
    "seat_not_given": [f"UPDATE course_sessions SET seats = seats + 1 WHERE id = ({LONGEST_LINE})", RETOLD],
    "offer_in_vain": [
        *offered("2027-01-13"),
        "UPDATE persons SET category = NULL WHERE id = (SELECT person_id FROM bookings WHERE state = 'offered')",
        """INSERT INTO journal (at, deed, person_id, facts)
        SELECT '2027-01-10', 'person.described_oneself', person_id, '{"new": {"category": null}}'
        FROM bookings WHERE state = 'offered'""",
    ],
    "seat_not_noted": lifting(
        f"DELETE FROM letters WHERE once = (SELECT 'seat:' || ({ONE_SEAT} AND origin = 'direct'))",
        f"""DELETE FROM journal WHERE deed = 'seat.booked'
        AND (facts ->> 'booking')::int = ({ONE_SEAT} AND origin = 'direct')""",
    ),
    "place_not_noted": lifting(
        """DELETE FROM letters WHERE once = (
        SELECT 'line:' || (facts ->> 'booking') FROM journal WHERE deed = 'line.joined' ORDER BY id LIMIT 1)""",
        "DELETE FROM journal WHERE id = (SELECT min(id) FROM journal WHERE deed = 'line.joined')",
    ),
    "state_not_noted": lifting(
        "DELETE FROM journal WHERE id = (SELECT min(id) FROM journal WHERE deed = 'line.left')"
    ),
    "noted_of_nothing": [
        """INSERT INTO journal (at, deed, facts) VALUES ('2027-01-10', 'line.reordered', '{"booking": 999999}')"""
    ],
    "called_off_with_nothing": [
        "UPDATE bookings SET state = 'called_off' WHERE id = (SELECT min(id) FROM bookings WHERE state = 'left')",
        noted("seat.called_off", "SELECT max(id) FROM bookings WHERE state = 'called_off'"),
        posted("called-off:{}", "SELECT max(id) FROM bookings WHERE state = 'called_off'"),
    ],
    "over_without_fewer": [
        """UPDATE course_sessions SET minimum = 0, seats = seats - 1, seats_over = 1 WHERE id = (
        SELECT min(id) FROM course_sessions WHERE seats_taken = seats AND seats > 1 AND seats_over = 0
            AND reserves = '{}')""",
        RETOLD,
    ],
    "lost_by_silence": [
        noted("choice.lapsed", CANCELLED, '{"kept": []}'),
        posted("choice_lapsed:{}" + STAMP, CANCELLED),
        f"UPDATE bookings SET state = 'lapsed' WHERE id = ({CANCELLED})",
    ],
    "funding_not_noted": [
        """UPDATE bookings SET funded_at = '2027-01-10', funded_by = (SELECT min(person_id) FROM grants)
        WHERE id = (SELECT max(id) FROM bookings WHERE state = 'cancelled' AND funded_at IS NULL)""",
        RESTOOD,
    ],
    "released_unannounced": [
        noted("seat.unfunded", CANCELLED),
        posted("seat_unfunded:{}" + STAMP, CANCELLED),
        f"UPDATE bookings SET state = 'unfunded' WHERE id = ({CANCELLED})",
    ],
    "step_not_noted": [
        """INSERT INTO minimum_steps (case_id, step, at, reason)
        SELECT min(id), 'warned', '2027-01-10', '' FROM minimum_cases"""
    ],
    "case_not_as_noted": ["UPDATE minimum_steps SET at = at + interval '1 hour'"],
    "precedence_used_wrongly": [precedence(ONE_SEAT, f"{NO_SEAT}", entry=True)],
    "precedence_left_open": [precedence("NULL", "b.state = 'booked'", entry=True)],
    "precedence_not_noted": [precedence("NULL", NO_SEAT, entry=False)],
    "exception_not_noted": [
        f"""INSERT INTO line_exceptions
            (session_id, person_id, booking_id, kind, ground, reason, key, made_at, made_by)
        SELECT session_id, person_id, id, 'hardship', 'illness', 'x', '{{}}', '2027-01-10',
            (SELECT min(person_id) FROM grants)
        FROM bookings WHERE id = ({ONE_SEAT})"""
    ],
    "absence_charge_not_noted": OF_ABSENCES["absence_charge_not_noted"],
    "calendar_feed_not_noted": [
        f"INSERT INTO calendar_feeds SELECT person_id, '', '', '2027-01-10' FROM ({SEATED}) s"
    ],
    "in_time_by_nobody": [
        """UPDATE bookings SET wave = 0 WHERE id = (
        SELECT min(id) FROM bookings WHERE origin = 'line' AND state = 'waiting' AND wave = 1)"""
    ],
    "seat_since_otherwise": [f"UPDATE bookings SET booked_at = booked_at - interval '9 days' WHERE id = ({AHEAD})"],
    "cancelled_otherwise": [f"UPDATE bookings SET ended_at = ended_at + interval '1 day' WHERE id = ({CANCELLED})"],
    "answer_by_otherwise": [
        *offered("2027-01-13"),
        noted("session.told", GIVEN, '{"state": "offered", "answer_by": "2027-01-12T08:00Z"}'),
        posted("session_changed:{}" + STAMP, GIVEN),
    ],
    "place_otherwise": [
        """UPDATE bookings SET joined_at = joined_at - interval '1 day' WHERE id = (
        SELECT max(id) FROM bookings WHERE state = 'waiting' AND origin = 'line')""",
        RESTOOD,
    ],
    "booking_not_as_noted": [f"UPDATE bookings SET standing_yes = NOT standing_yes WHERE id = ({CANCELLED})"],
    "admitted_without_booking": [
        noted("seat.booked", ADMITTED),
        posted("seat:{}", ADMITTED),
        f"""UPDATE bookings SET origin = 'direct', round_id = NULL, wave = 1, booked_at = '2027-01-10'
        WHERE id = ({ADMITTED})""",
        RESTOOD,
    ],
    "booking_without_decision": [
        """UPDATE bookings SET origin = 'round', round_id = (SELECT id FROM rounds WHERE state = 'open'),
            joined_at = '2027-01-10'
        WHERE id = (SELECT min(id) FROM bookings WHERE origin = 'line' AND state = 'waiting')""",
        """INSERT INTO journal (at, deed, person_id, facts)
        SELECT '2027-01-10', 'round.decided', person_id,
            jsonb_build_object('round', round_id, 'outcomes', jsonb_build_object(session_id, 'WAITLISTED'))
        FROM bookings WHERE round_id = (SELECT id FROM rounds WHERE state = 'open')""",
        """INSERT INTO letters (once, occasion, person_id, address, subject, body, calendars, message_id,
            created_at, state, attempts, next_attempt_at)
        SELECT format('decision:%s:%s', round_id, person_id), 'planted', person_id, '', '', '', '{}', '<planted>',
            '2027-01-10', 'queued', 0, '2027-01-10'
        FROM bookings WHERE round_id = (SELECT id FROM rounds WHERE state = 'open')""",
        RESTOOD,
    ],
    "round_not_as_published": ["UPDATE runs SET result = replace(result, '\"WAITLISTED\"', '\"HELD_BACK\"')"],
    "round_not_as_noted": ["UPDATE rounds SET state = 'revealed' WHERE state = 'published'"],
    "seed_does_not_follow": [
        "UPDATE rounds SET public_value = repeat('0', 64) WHERE state = 'revealed'",
        """INSERT INTO journal (at, by, deed, facts)
        SELECT public_entered_at, public_entered_by, 'lottery.value_entered',
            jsonb_build_object('round', id, 'value', repeat('0', 64)) FROM rounds WHERE state = 'revealed'""",
    ],
    "erased_but_kept": [
        noted("person.erased", ONE_SEAT),
        f"UPDATE persons SET erased_at = now() WHERE id = ({SEATED})",
    ],
    "letter_missing": [f"DELETE FROM letters WHERE id = ({A_LETTER})"],
    "letter_without_deed": [posted("planted:{}", ONE_SEAT)],
    "letter_to_somebody_else": [
        f"UPDATE letters SET person_id = (SELECT min(person_id) FROM grants) WHERE id = ({A_LETTER})"
    ],
    "journal_not_as_sealed": [
        """INSERT INTO journal_seals (number, upto, entries, sealed_at, hash)
        SELECT 1, min(id), 1, '2027-01-10', repeat('0', 64) FROM journal"""
    ],
    "journal_unguarded": ["ALTER TABLE journal DISABLE TRIGGER journal_is_kept"],
    "kept_too_long": ["INSERT INTO spent_tokens (token_hash, until) VALUES ('x', '2026-12-01')"],
    "check_not_done": [
        """INSERT INTO journal (at, deed, facts)
        VALUES ('2027-01-10', 'line.exception', '{"exception": "tre", "ground": "called_off"}')"""
    ],
}
"""By the name of the check."""
CHANGES = {
    "rank": "rank = rank + 1",
    "joined_at": "joined_at = joined_at - interval '1 microsecond'",
    "standing_yes": "standing_yes = NOT standing_yes",
    "short_notice": "short_notice = NOT short_notice",
    "bound_days": "bound_days = 3",
    "cancel_ground": "cancel_ground = 'illness'",
    "end_reason": "end_reason = end_reason || '.'",
    "charged_on": "charged_on = NULL",
    "charged_category": "charged_category = 'specialist'",
    "charged_workplace": "charged_workplace = charged_workplace || '.'",
    "credited_on": "credited_on = '2027-01-10'",
    "funded_at": "funded_at = funded_at - interval '1 day'",
    "funded_by": "funded_by = funded_by + 1",
}
"""What can be changed of a booking that was charged for and is paid for, by the name of the column."""
CHANGES_OF_CASES = [
    "DELETE FROM minimum_cases",
    "UPDATE minimum_steps SET by = (SELECT min(id) FROM persons)",
    "UPDATE minimum_steps SET reason = 'x'",
    "UPDATE minimum_steps SET count = 4",
    "UPDATE minimum_steps SET step = 'warned'",
    "UPDATE minimum_cases SET session_id = (SELECT min(id) FROM course_sessions)",
    "UPDATE minimum_cases SET booked = booked + 1",
    "UPDATE minimum_cases SET asked_at = NULL",
    "UPDATE minimum_cases SET opened_at = opened_at - interval '1 day'",
    """UPDATE minimum_cases SET ended_at = '2027-01-10', "end" = 'enough', booked_then = 9""",
]
"""Of the one case of the term, of which somebody was warned and then asked to decide."""
