-- The material of sessions, and the files of parts of the preparation. Each statement selects a row for whatever does not hold.

--: material_file_wrong
-- Every file that is shown is there as it was added, and nothing else is.
SELECT m.session_id AS session FROM materials m LEFT JOIN material_files f ON f.material_id = m.id
WHERE m.session_id IS NOT NULL AND CASE WHEN m.removed_at IS NULL AND m.media_type <> ''
    THEN (m.size, m.sha256) IS DISTINCT FROM (length(f.content), encode(sha256(f.content), 'hex'))
    ELSE f.material_id IS NOT NULL END ORDER BY m.id

--: material_not_as_noted
-- What a session has was added by somebody, and taken away by somebody.
SELECT DISTINCT coalesce(m.session_id, n.session_id) AS session
FROM materials m
    FULL JOIN (SELECT * FROM journal WHERE deed = 'material.added') n ON (n.facts ->> 'material')::int = m.id
    LEFT JOIN (SELECT * FROM journal WHERE deed = 'material.removed') r ON (r.facts ->> 'material')::int = m.id
WHERE ((m.session_id, m.title, m.shown, m.address, m.sha256, m.added_at) IS DISTINCT FROM
        (n.session_id, n.facts ->> 'title', n.facts ->> 'shown', n.facts ->> 'address', n.facts ->> 'sha256', n.at)
    OR m.removed_at IS DISTINCT FROM r.at)
    AND coalesce(m.session_id, n.session_id) IS NOT NULL ORDER BY 1

--: part_file_wrong
-- The file of a part of the preparation is the one that somebody added, as it was, and nothing is kept of any other.
SELECT DISTINCT p.course_id AS course
FROM materials m JOIN preparation_parts p ON p.id = m.part_id LEFT JOIN material_files f ON f.material_id = m.id
    LEFT JOIN journal n ON n.deed = 'material.added' AND (n.facts ->> 'material')::int = m.id
    LEFT JOIN journal r ON r.deed = 'material.removed' AND (r.facts ->> 'material')::int = m.id
WHERE ((n.facts ->> 'part')::int, n.facts ->> 'sha256', n.at, r.at)
        IS DISTINCT FROM (m.part_id, m.sha256, m.added_at, m.removed_at)
    OR CASE WHEN m.removed_at IS NULL
        THEN (m.size, m.sha256) IS DISTINCT FROM (length(f.content), encode(sha256(f.content), 'hex'))
        ELSE f.material_id IS NOT NULL END ORDER BY 1
