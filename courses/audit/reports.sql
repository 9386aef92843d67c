-- Courses taken elsewhere beside what was noted of them. Each statement selects a row for whatever does not hold.

--: report_not_as_noted
-- What somebody reported is for the objectives that they said then, and stands as it was decided last.
SELECT coalesce(r.person_id, j.person_id) AS person FROM course_reports r FULL JOIN (
    SELECT DISTINCT ON (facts ->> 'report') (facts ->> 'report')::int AS id, person_id, at, by, facts ->> 'reason' AS reason,
        CASE deed WHEN 'report.sent' THEN 'reported' ELSE substr(deed, 8) END AS state
    FROM journal WHERE deed IN ('report.sent', 'report.confirmed', 'report.declined')
    ORDER BY facts ->> 'report', journal.id DESC) j ON j.id = r.id
LEFT JOIN journal s ON s.deed = 'report.sent' AND (s.facts ->> 'report')::int = r.id
WHERE (r.person_id, r.state, coalesce(r.decided_at, r.sent_at), r.reason, to_jsonb(r.objectives))
    IS DISTINCT FROM (j.person_id, j.state, j.at, coalesce(j.reason, ''), s.facts -> 'objectives')
    OR r.decided_by IS DISTINCT FROM CASE j.state WHEN 'reported' THEN NULL ELSE j.by END
ORDER BY 1
