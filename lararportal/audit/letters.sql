-- Letters beside the deeds that owe them, and where each has come.

WITH owed AS (
    {owed}
),
posted AS (
    SELECT id, once, person_id FROM letters
)

--: letter_missing
-- Every deed has its letter, once.
SELECT o.person_id AS person, o.session_id AS session, o.once
FROM owed o LEFT JOIN posted l USING (once)
GROUP BY o.once, o.person_id, o.session_id HAVING count(l.id) <> 1 OR count(*) > 1 ORDER BY o.once

--: letter_without_deed
-- Every letter has its deed.
SELECT l.person_id AS person, l.id AS letter, l.once
FROM posted l WHERE NOT EXISTS (SELECT FROM owed o WHERE o.once = l.once) ORDER BY l.id

--: letter_to_somebody_else
-- Every letter is for whom its deed concerns.
SELECT o.person_id AS person, l.id AS letter, l.person_id AS other
FROM posted l JOIN owed o USING (once) WHERE o.person_id <> l.person_id ORDER BY l.id
