-- Persons, how they sign in and which roles they hold, as the journal noted them. Whoever changes what a deed notes
-- changes it here too. Each statement selects a row for whatever does not hold. Whom nothing brought here cannot sign
-- in, and has neither rights nor facts that anybody relies on.

WITH arrived AS (
    SELECT person_id, facts ->> 'issuer' AS issuer, facts ->> 'kind' AS kind,
        sum(CASE deed WHEN 'identity.removed' THEN -1 ELSE 1 END) AS times
    FROM journal WHERE deed IN ('person.arrived', 'identity.linked', 'identity.removed') GROUP BY 1, 2, 3
),
said AS (
    SELECT DISTINCT ON (person_id, fact.key) person_id, fact.key, fact.value
    FROM journal CROSS JOIN LATERAL jsonb_each(facts -> 'new') AS fact
    WHERE deed IN ('person.described_oneself', 'person.confirmed', 'person.corrected')
    ORDER BY person_id, fact.key, id DESC
),
kept AS (
    SELECT id, fact.key, nullif(nullif(fact.value, 'null'), '0') AS value
    FROM persons CROSS JOIN LATERAL jsonb_each(jsonb_build_object('category', category, 'area', area,
        'residency_start', residency_start, 'planned_end', planned_end, 'leave_months', leave_months)) AS fact
    WHERE id IN (SELECT person_id FROM arrived) AND (erased_at IS NULL OR fact.key = 'category')
),
given AS (
    SELECT person_id, role, area FROM (
        SELECT DISTINCT ON (person_id, facts ->> 'role', facts ->> 'area') person_id, deed, facts ->> 'role' AS role,
            coalesce(facts ->> 'area', '') AS area
        FROM journal WHERE deed IN ('role.granted', 'role.revoked')
        ORDER BY person_id, facts ->> 'role', facts ->> 'area', id DESC) AS last
    WHERE deed = 'role.granted'
),
held AS (
    SELECT person_id, role, coalesce(area, '') AS area FROM grants
    WHERE person_id IN (SELECT person_id FROM identities)
)

--: identity_not_noted
-- Every way to sign in has its entry in the journal.
SELECT i.person_id AS person, i.issuer
FROM identities i LEFT JOIN arrived a USING (person_id, issuer, kind)
GROUP BY i.person_id, i.issuer, i.kind, a.times HAVING count(*) <> coalesce(a.times, 0) ORDER BY 1, 2

--: identity_gone
-- Whatever somebody could sign in with they still can, until they remove it or are erased.
SELECT a.person_id AS person, a.issuer
FROM arrived a JOIN persons p ON p.id = a.person_id LEFT JOIN identities i USING (person_id, issuer, kind)
WHERE p.erased_at IS NULL
GROUP BY a.person_id, a.issuer, a.kind, a.times HAVING count(i.id) < a.times ORDER BY 1, 2

--: person_not_as_noted
-- What is known of somebody is the last that was noted of it; of whoever has been erased the category alone is known.
SELECT DISTINCT id AS person FROM kept LEFT JOIN said s ON s.person_id = kept.id AND s.key = kept.key
WHERE kept.value IS DISTINCT FROM nullif(nullif(s.value, 'null'), '0') ORDER BY 1

--: standing_not_noted
-- Somebody's facts are confirmed if and only if that was noted.
SELECT p.id AS person FROM persons p
WHERE p.id IN (SELECT person_id FROM arrived) AND (p.standing = 'confirmed') <> EXISTS (
    SELECT FROM journal j WHERE j.person_id = p.id AND j.deed = 'person.confirmed') ORDER BY 1

--: protection_not_noted
-- Somebody's identity is protected if and only if that was the last that was noted of it.
SELECT p.id AS person FROM persons p
WHERE p.is_protected <> coalesce((
    SELECT deed = 'person.protected' FROM journal j
    WHERE j.person_id = p.id AND deed IN ('person.protected', 'person.unprotected', 'person.erased')
    ORDER BY j.id DESC LIMIT 1), false)
ORDER BY 1

--: erased_not_noted
-- Somebody has been erased if and only if that was noted.
SELECT p.id AS person FROM persons p
WHERE (p.erased_at IS NOT NULL) <> EXISTS (
    SELECT FROM journal j WHERE j.person_id = p.id AND j.deed = 'person.erased') ORDER BY 1

--: role_not_noted
-- Whoever holds a role was given it.
SELECT h.person_id AS person, h.role FROM held h LEFT JOIN given g USING (person_id, role, area)
WHERE g.person_id IS NULL ORDER BY 1, 2

--: role_not_held
-- Whoever was given a role holds it until it is taken back.
SELECT g.person_id AS person, g.role
FROM given g LEFT JOIN held h USING (person_id, role, area)
WHERE h.person_id IS NULL AND g.person_id IN (SELECT person_id FROM identities) ORDER BY 1, 2

--: invitation_not_noted
-- An invitation was made, used and withdrawn if and only if that was noted.
SELECT i.person_id AS person, i.id AS invitation
FROM account_invitations i LEFT JOIN journal j ON j.person_id = i.person_id AND j.deed LIKE 'invitation.%'
    AND (j.facts ->> 'invitation')::int = i.id
GROUP BY i.id
HAVING count(*) FILTER (WHERE j.deed = 'invitation.made') <> 1
    OR count(*) FILTER (WHERE j.deed = 'invitation.used') <> (i.used_at IS NOT NULL)::int
    OR count(*) FILTER (WHERE j.deed = 'invitation.withdrawn') <> (i.withdrawn_at IS NOT NULL)::int
ORDER BY 1, 2
