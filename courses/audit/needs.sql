-- What people need in a session. What goes by itself is noted as a number only, so that nothing is said of what is gone.

--: need_not_noted
-- Whoever needs something in a session has said so themselves.
SELECT n.session_id AS session, n.person_id AS person FROM needs n WHERE NOT EXISTS (SELECT FROM journal j
    WHERE j.deed = 'needs.said' AND j.session_id = n.session_id AND j.person_id = n.person_id AND j.by = n.person_id
        AND j.at = n.said_at) ORDER BY 1, 2
