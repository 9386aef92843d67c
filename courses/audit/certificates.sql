-- Certificates beside what came of the course, and as they are numbered. Each statement selects a row for whatever does
-- not hold.

WITH live AS (SELECT * FROM certificates WHERE state IN ('making', 'valid')),
numbers AS (SELECT *, year || '-' || lpad(serial::text, 4, '0') AS number FROM certificates)

--: certificate_without_pass
-- Who has a certificate has been through the session.
SELECT l.session_id AS session, l.person_id AS person FROM live l
WHERE NOT EXISTS (SELECT FROM completions c
    WHERE c.session_id = l.session_id AND c.person_id = l.person_id AND c.outcome = 'passed') ORDER BY 1, 2

--: certificate_not_as_completed
-- It says how much they were there, on which days, and of kind A nothing that the leader has not said; but for one that
-- another is being made in place of.
SELECT l.session_id AS session, l.person_id AS person
FROM live l JOIN completions c USING (session_id, person_id)
WHERE c.outcome = 'passed' AND NOT EXISTS (SELECT FROM live n WHERE n.session_id = l.session_id
        AND n.person_id = l.person_id AND n.version > l.version) AND (
    (l.content -> 'minutes', l.content -> 'half_days', l.content -> 'of_half_days')
        IS DISTINCT FROM (to_jsonb(c.minutes), to_jsonb(c.half_days), to_jsonb(c.of_half_days))
    OR l.kind <> 'b' AND c.competence_met IS NOT TRUE OR l.content ->> 'kind' <> l.kind
    OR l.content -> 'days' <> (SELECT jsonb_agg(d.day ORDER BY d.day) FROM course_days d
        WHERE d.session_id = l.session_id)) ORDER BY 1, 2

--: certificate_twice
-- Nobody has two that are valid, or two that are being made, of one session.
SELECT session_id AS session, person_id AS person, count(*) AS count
FROM live GROUP BY session_id, person_id, state HAVING count(*) > 1 ORDER BY 1, 2

--: certificate_numbered_wrong
-- A number is one person's of one session, which has no other, and its versions follow each other.
SELECT min(number) AS certificate, session_id AS session, person_id AS person FROM numbers
GROUP BY session_id, person_id
HAVING count(DISTINCT number) > 1 OR max(version) <> count(*)
UNION
SELECT n.number, n.session_id, n.person_id FROM numbers n JOIN numbers o USING (number)
WHERE (n.session_id, n.person_id) <> (o.session_id, o.person_id)
UNION
SELECT number, session_id, person_id FROM numbers
WHERE version = 1 AND year <> extract(year FROM made_at AT TIME ZONE 'Europe/Stockholm') ORDER BY 1, 2, 3

--: certificate_code_wrong
-- Its code is one that the page of codes would take.
SELECT number AS certificate, session_id AS session, person_id AS person FROM numbers
WHERE code !~ '^[CDFHJKMNPQRTVWXY34679]{12}$' ORDER BY 1

--: certificate_not_made
-- What was asked for is made in minutes.
SELECT session_id AS session, count(*) AS count FROM certificates
WHERE state = 'making' AND made_at < :settled GROUP BY session_id ORDER BY 1
