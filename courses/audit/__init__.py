"""What must hold of sessions, asked of the rows: `sessions.sql`."""

from pathlib import Path

from lararportal.checks import in_sql

AT_ONCE = in_sql(Path(__file__).parent / "sessions.sql")
"""What a page can wait for."""
