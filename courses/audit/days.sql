-- Attendance and completions as they are. Each statement selects a row for whatever does not hold.

--: attendance_outside_days
-- Attendance is noted of half days that the session has.
SELECT a.session_id AS session, a.person_id AS person, a.day FROM attendance a JOIN course_days d USING (session_id, day)
WHERE NOT CASE a.half WHEN 'fm' THEN d.starts < '12:00' ELSE d.ends > '13:00' OR d.starts >= '12:00' END
ORDER BY 1, 2, 3

--: attendance_without_seat
-- Who was there, or has been through a session, had a seat in it.
SELECT DISTINCT session_id AS session, person_id AS person
FROM (SELECT session_id, person_id FROM attendance UNION SELECT session_id, person_id FROM completions) AS noted
WHERE NOT EXISTS (SELECT FROM bookings b WHERE b.session_id = noted.session_id AND b.person_id = noted.person_id
    AND b.state IN ('booked', 'must_choose')) ORDER BY 1, 2

--: completion_not_as_attended
-- Who has been through a completed session was there for as many half days as that says, and never was if it says so.
SELECT c.session_id AS session, c.person_id AS person
FROM completions c JOIN course_sessions s ON s.id = c.session_id CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state IN ('present', 'late', 'left_early')) AS there,
        coalesce(bool_or(state = 'absent_ill'), false) AS is_ill
    FROM attendance a WHERE a.session_id = c.session_id AND a.person_id = c.person_id) AS noted
WHERE s.completed_at IS NULL OR c.half_days <> noted.there
    OR c.absence IS DISTINCT FROM CASE WHEN noted.there > 0 THEN NULL WHEN noted.is_ill THEN 'ill' ELSE 'no_show' END
ORDER BY 1, 2

--: completion_missing
-- Of everybody with a seat in a completed session it is decided whether they have been through it.
SELECT b.session_id AS session, b.person_id AS person
FROM bookings b JOIN course_sessions s ON s.id = b.session_id
WHERE s.completed_at IS NOT NULL AND b.state IN ('booked', 'must_choose') AND NOT EXISTS (
    SELECT FROM completions c WHERE c.session_id = b.session_id AND c.person_id = b.person_id) ORDER BY 1, 2
