-- Sessions and their days. Each statement selects a row for whatever does not hold.

--: first_day_wrong
-- A session begins on the first of its days, and has one.
SELECT s.id AS session, s.starts_on AS says, min(d.day) AS has
FROM course_sessions s LEFT JOIN course_days d ON d.session_id = s.id
GROUP BY s.id HAVING min(d.day) IS DISTINCT FROM s.starts_on ORDER BY s.id

--: reserves_above_seats
-- No session reserves more seats for groups than it has.
SELECT s.id AS session, s.seats, sum(r.value::int) AS reserved
FROM course_sessions s CROSS JOIN LATERAL jsonb_each_text(s.reserves) AS r
GROUP BY s.id HAVING sum(r.value::int) > s.seats ORDER BY s.id
