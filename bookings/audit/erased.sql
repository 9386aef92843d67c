-- Of whoever has been erased nothing is left that tells who they were, and nothing that is ahead of them.

--: erased_but_kept
-- Whoever has been erased has no name, no way in, no letter that says anything, and no live place.
SELECT p.id AS person FROM persons p
WHERE p.erased_at IS NOT NULL AND (
    (p.given_name, p.family_name, p.email, p.workplace, p.leave_months) <> ('', '', '', '', 0)
    OR num_nonnulls(p.area, p.residency_start, p.planned_end) > 0
    OR EXISTS (SELECT FROM identities i WHERE i.person_id = p.id)
    OR EXISTS (SELECT FROM grants g WHERE g.person_id = p.id)
    OR EXISTS (SELECT FROM personal_numbers n WHERE n.person_id = p.id)
    OR EXISTS (SELECT FROM login_sessions s WHERE s.person_id = p.id)
    OR EXISTS (SELECT FROM account_invitations i WHERE i.person_id = p.id)
    OR EXISTS (SELECT FROM course_reports r JOIN report_documents d ON d.report_id = r.id WHERE r.person_id = p.id)
    OR EXISTS (SELECT FROM calendar_feeds f WHERE f.person_id = p.id)
    OR EXISTS (SELECT FROM needs n WHERE n.person_id = p.id)
    OR EXISTS (SELECT FROM messages m WHERE m.person_id = p.id)
    OR EXISTS (SELECT FROM course_wishes w WHERE w.person_id = p.id)
    OR EXISTS (SELECT FROM certificates c WHERE c.person_id = p.id AND (c.sealed <> '' OR c.imprint <> ''
        OR concat(c.content ->> 'given', c.content ->> 'family') <> ''))
    OR EXISTS (SELECT FROM letters l WHERE l.person_id = p.id AND (l.body <> '' OR l.address <> ''))
    OR EXISTS (SELECT FROM bookings b WHERE b.person_id = p.id AND b.charged_on IS NULL
        AND b.state IN ('waiting', 'asked', 'offered', 'booked', 'must_choose')))
ORDER BY 1
