-- The database refuses to change the journal and its seals.

--: journal_unguarded
-- Both tables have their trigger, for everybody and everything but adding, and what it calls refuses.
SELECT kept.name AS guarded FROM (VALUES ('journal'), ('journal_seals')) AS kept (name)
WHERE NOT EXISTS (
    SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = to_regclass(kept.name) AND p.proname = 'refuse_to_change' AND t.tgenabled = 'A' AND t.tgtype = 58
        AND t.tgqual IS NULL AND t.tgattr::text = ''
        AND btrim(regexp_replace(p.prosrc, '[[:space:]]+', ' ', 'g')) = 'BEGIN RAISE EXCEPTION USING '
            'ERRCODE = ''insufficient_privilege'', '
            'MESSAGE = TG_TABLE_NAME || '' is append-only: '' || TG_OP || '' is refused''; END')
ORDER BY 1
