"""What the owner of the tables could do to the seals of the journal, and what is said and found of it."""

THIRD = "(SELECT id FROM journal ORDER BY id OFFSET 2 LIMIT 1)"
OF_SEALS = {
    "an entry is changed": (f"UPDATE journal SET by = 99 WHERE id = {THIRD}", {2: (2, 2)}),
    "the time of an entry is changed by nothing that is seen": (
        f"UPDATE journal SET at = at + interval '1 microsecond' WHERE id = {THIRD}",
        {2: (2, 2)},
    ),
    "an entry is removed": (f"DELETE FROM journal WHERE id = {THIRD}", {2: (2, 1)}),
    "an entry is put between": (
        f"""INSERT INTO journal (id, at, deed, facts) OVERRIDING SYSTEM VALUE
        SELECT id + 1, at, deed, facts FROM journal WHERE id = {THIRD}""",
        {2: (2, 3)},
    ),
    "an entry is put before all": (
        """INSERT INTO journal (id, at, deed, facts) OVERRIDING SYSTEM VALUE VALUES (0, now(), 'x', '{}')""",
        {1: (2, 3)},
    ),
    "the last entries are removed": ("DELETE FROM journal WHERE id > 5", {3: (2, 0)}),
    "a seal says another time": (
        "UPDATE journal_seals SET sealed_at = sealed_at + interval '1 second' WHERE number = 2",
        {2: (2, 2)},
    ),
    "a seal has another hash": (
        "UPDATE journal_seals SET hash = repeat('a', 64) WHERE number = 2",
        {2: (2, 2), 3: (2, 2)},
    ),
    "a seal says that there were fewer": (
        "UPDATE journal_seals SET entries = 1 WHERE number = 2",
        {2: (1, 2)},
    ),
    "a seal binds more": ("UPDATE journal_seals SET upto = upto + 1 WHERE number = 2", {2: (2, 3), 3: (2, 1)}),
    "a seal is removed": ("DELETE FROM journal_seals WHERE number = 2", {3: (2, 4)}),
    "the first seal is removed": ("DELETE FROM journal_seals WHERE number = 1", {2: (2, 4)}),
    "a seal is set again": (
        "INSERT INTO journal_seals SELECT 4, upto + 1, entries, sealed_at, hash FROM journal_seals WHERE number = 3",
        {4: (2, 0)},
    ),
}
"""What the owner of the tables could do to three seals of two entries each, and what is said and found of which."""
