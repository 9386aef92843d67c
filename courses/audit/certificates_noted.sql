-- Certificates beside what was noted of them. Each statement selects a row for whatever does not hold.

WITH states AS (
    SELECT DISTINCT ON (facts ->> 'certificate') (facts ->> 'certificate')::int AS id, session_id, person_id, at, deed,
        facts ->> 'number' AS number, (facts ->> 'version')::int AS version
    FROM journal WHERE deed IN
        ('certificate.asked_for', 'certificate.made', 'certificate.replaced', 'certificate.withdrawn',
        'certificate.unneeded')
    ORDER BY facts ->> 'certificate', journal.id DESC
),
signatures AS (
    SELECT DISTINCT ON (facts ->> 'certificate') (facts ->> 'certificate')::int AS id,
        CASE deed WHEN 'certificate.signed' THEN (facts ->> 'on')::date END AS signed_on
    FROM journal WHERE deed IN ('certificate.signed', 'certificate.unsigned')
    ORDER BY facts ->> 'certificate', journal.id DESC
)

--: certificate_not_as_noted
-- What has become of a certificate, and whether it is signed, is what was noted last.
SELECT coalesce(c.session_id, s.session_id) AS session, coalesce(c.person_id, s.person_id) AS person
FROM certificates c FULL JOIN states s ON s.id = c.id LEFT JOIN signatures g ON g.id = c.id
WHERE (c.session_id, c.person_id, c.year || '-' || lpad(c.serial::text, 4, '0'), c.version, c.state,
        CASE c.state WHEN 'making' THEN c.made_at WHEN 'valid' THEN c.ready_at ELSE c.ended_at END, c.signed_on)
    IS DISTINCT FROM (s.session_id, s.person_id, s.number, s.version, CASE s.deed
        WHEN 'certificate.asked_for' THEN 'making' WHEN 'certificate.made' THEN 'valid'
        WHEN 'certificate.replaced' THEN 'replaced' ELSE 'withdrawn' END, s.at, g.signed_on) ORDER BY 1, 2
