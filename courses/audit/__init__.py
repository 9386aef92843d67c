"""What must hold of sessions: `sessions.sql` asks the rows, `journal.sql` lays them beside what was noted of them.

`courses.sql` does so with courses.
"""

from pathlib import Path

from lararportal.checks import in_sql

_HERE = Path(__file__).parent

AT_ONCE = in_sql(_HERE / "sessions.sql")
"""What a page can wait for."""
THOROUGH = (*in_sql(_HERE / "journal.sql"), *in_sql(_HERE / "courses.sql"))
