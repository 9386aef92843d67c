"""What must hold of persons: `people.sql` lays them, how they sign in and their roles beside what was noted of it.

`traced` looks whether they sign in as they did when it was noted, `sealed` whether their numbers are sealed, and by
which key. `letters_owed.sql` says which letters the deeds of this room owe.
"""

from pathlib import Path

from auth.audit import sealed, traced
from lararportal.checks import in_sql

_HERE = Path(__file__).parent

THOROUGH = (*in_sql(_HERE / "people.sql"), *traced.CHECKS, *sealed.CHECKS)
LETTERS_OWED = (_HERE / "letters_owed.sql").read_text("utf-8")
