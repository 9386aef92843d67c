"""What must hold of seats, lines and rounds, asked of the rows and never of a counter.

`seats.sql` looks at seats, days and offers as they are now; `lines` asks the rules about the lines; `journal.sql`
lays everything beside what was noted of it, `moments.sql` when and for how much, `stands.sql` what else holds of
each booking, and `rounds.sql` the decisions of published rounds beside the bookings; `published` does every published
round again, and lays the others beside what was noted of them. `erased.sql` looks for what is left of whoever was
erased. `letters_owed.sql` says which letters the deeds of this room owe.
"""

from pathlib import Path

from bookings.audit import lines, published
from lararportal.checks import in_sql

_HERE = Path(__file__).parent

AT_ONCE = (*in_sql(_HERE / "seats.sql"),)
"""What a page can wait for."""
THOROUGH = (
    *lines.CHECKS,
    *in_sql(_HERE / "journal.sql"),
    *in_sql(_HERE / "moments.sql"),
    *in_sql(_HERE / "stands.sql"),
    *in_sql(_HERE / "rounds.sql"),
    *published.CHECKS,
    *in_sql(_HERE / "erased.sql"),
)
LETTERS_OWED = (_HERE / "letters_owed.sql").read_text("utf-8")
