"""Faults of attendance and completions, for `demo_faults`: they are planted on somebody's seat in a session ahead."""

from planting import RESTOOD

SEAT = """SELECT session_id, person_id FROM bookings b JOIN course_sessions s ON s.id = b.session_id
    WHERE state = 'booked' AND starts_on > '2027-02-01' ORDER BY b.id LIMIT 1"""
STRANGER = f"""SELECT s.session_id, p.id AS person_id FROM ({SEAT}) s CROSS JOIN persons p WHERE p.id NOT IN (
    SELECT person_id FROM bookings b WHERE b.session_id = s.session_id) ORDER BY 2 LIMIT 1"""
DAY = "(SELECT min(day) FROM course_days d WHERE d.session_id = s.session_id)"
AT = "timestamptz '2027-01-10T00:00Z'"


def attended(of: str = SEAT, *, state: str = "present") -> str:
    return f"""INSERT INTO attendance (session_id, person_id, day, half, state, source, noted_at)
        SELECT session_id, person_id, {DAY}, 'fm', '{state}', 'leader', {AT} FROM ({of}) s"""


def noted_attended(of: str = SEAT, *, state: str = "present") -> str:
    return f"""INSERT INTO journal (at, deed, session_id, person_id, facts)
        SELECT {AT}, 'attendance.noted', session_id, person_id, jsonb_build_object('day', {DAY}::text, 'half', 'fm',
            'state', '{state}', 'minutes', null, 'source', 'leader') FROM ({of}) s"""


ONE_HALF = "'passed', 1, 4, 0, null, '{}'::varchar[]"
NEVER = "'not_passed', 0, 4, 0, 'no_show', '{attendance}'::varchar[]"


def completed(what: str, of: str = SEAT) -> list[str]:
    """Of somebody it is decided what came of their seat, and noted."""
    columns = "outcome, half_days, of_half_days, minutes, absence, lacks"
    return [
        f"""INSERT INTO completions (session_id, person_id, {columns}, told_of, decided_at)
            SELECT session_id, person_id, {what}, '{{}}', {AT} FROM ({of}) s""",
        f"""INSERT INTO journal (at, deed, session_id, person_id, facts)
            SELECT {AT}, 'completion.decided', session_id, person_id, to_jsonb(said)
            FROM ({of}) s CROSS JOIN LATERAL (SELECT {what}) AS said ({columns})""",
    ]


def whole(of: str) -> list[str]:
    """A session is completed, and somebody did it."""
    return [
        f"UPDATE course_sessions SET completed_at = {AT} WHERE id = (SELECT session_id FROM ({of}) s)",
        f"""INSERT INTO journal (at, deed, session_id, facts)
            SELECT {AT}, 'session.completed', session_id, '{{}}' FROM ({of}) s""",
    ]


EMPTY = """SELECT min(s.id) AS session_id FROM course_sessions s
    WHERE NOT EXISTS (SELECT FROM bookings b WHERE b.session_id = s.id) AND completed_at IS NULL"""
THE_OTHERS = f"""SELECT b.session_id, b.person_id FROM bookings b JOIN ({SEAT}) s USING (session_id)
    WHERE b.state IN ('booked', 'must_choose') AND b.person_id <> s.person_id"""


OF_DAYS_NOW = {
    "attendance_outside_days": [
        attended(),
        noted_attended(),
        f"""UPDATE course_days d SET starts = '13:00', ends = '17:00' FROM ({SEAT}) s
        WHERE d.session_id = s.session_id AND d.day = {DAY}""",
        f"""INSERT INTO journal (at, deed, session_id, facts)
        SELECT {AT}, 'session.changed', session_id, jsonb_build_object('changed', jsonb_build_object('days',
            jsonb_build_array(null, (SELECT jsonb_agg(format('%s %s-%s', day, left(starts::text, 5),
            left(ends::text, 5))) FROM course_days d WHERE d.session_id = s.session_id)))) FROM ({SEAT}) s""",
    ],
    "attendance_without_seat": [attended(STRANGER), noted_attended(STRANGER)],
    "completion_not_as_attended": [*completed(ONE_HALF), *whole(SEAT), *completed(NEVER, THE_OTHERS)],
    "completion_missing": [*whole(SEAT), *completed(NEVER, THE_OTHERS)],
}
A_SEAT = f"(SELECT b.id FROM bookings b JOIN ({SEAT}) s USING (session_id, person_id) WHERE b.state = 'booked')"
OF_ABSENCES = {
    "absence_not_charged": [
        *completed(NEVER),
        *whole(SEAT),
        *completed(NEVER, THE_OTHERS),
        f"""UPDATE bookings SET charged_on = '2027-01-10', charged_category = 'st_2015', charged_workplace = ''
        WHERE id = {A_SEAT}""",
        RESTOOD,
    ],
    "absence_charge_not_noted": [
        f"""INSERT INTO absence_charges (booking_id, person_id, "on", percent)
        SELECT id, person_id, '2027-01-10', 0 FROM bookings WHERE id = {A_SEAT}"""
    ],
}
REPORTED = f"""INSERT INTO course_reports (person_id, objectives, title, provider, finished_on, state, sent_at)
    SELECT person_id, '{{a1}}', 'x', 'x', '2027-01-01', 'reported', {AT} FROM ({SEAT}) s"""
OF_REPORTS = {
    "report_not_as_noted": [REPORTED],
    "document_by_another_key": [
        REPORTED,
        f"""INSERT INTO journal (at, deed, person_id, facts) SELECT {AT}, 'report.sent', person_id,
            jsonb_build_object('report', id, 'objectives', objectives)
            FROM course_reports ORDER BY id DESC LIMIT 1""",
        """INSERT INTO report_documents SELECT max(id), 'image/png', 'sealed:gone:AAAA', '' FROM course_reports""",
    ],
}
OF_DAYS_NOTED = {
    "attendance_not_as_noted": [attended(), noted_attended(state="late")],
    "completion_not_as_noted": [noted_attended(), attended(), completed(ONE_HALF)[1]],
    "session_completed_by_nobody": [whole(EMPTY)[0]],
}
