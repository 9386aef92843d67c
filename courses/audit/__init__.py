"""What must hold of sessions: `sessions.sql` asks the rows, `journal.sql` lays them beside what was noted of them.

`courses.sql` does so with courses. `days.sql` asks who was there and has been through a session, and `days_noted.sql`
what was noted of that; `preparation_noted.sql` is about what they had done before, `materials.sql` about files,
`needs.sql` about who said what they need, `messages.sql` about what was written to participants, `programmes.sql`
about programmes; `certificates.sql` and
`certificates_noted.sql` do the same with certificates, whose sealed numbers are looked at beside them, and
`reports.sql` what somebody says they have done elsewhere. `reflections.sql` is about what leaders think of their
sessions, and `reviews.sql` about what is said of courses from outside. `letters_owed.sql` says which letters the
deeds of this room owe.
"""

from pathlib import Path

from courses.certificates import resealing
from courses.evaluations import checks
from courses.reports import documents
from lararportal.checks import in_sql

_HERE = Path(__file__).parent

AT_ONCE = (*in_sql(_HERE / "sessions.sql"), *in_sql(_HERE / "days.sql"))
"""What a page can wait for."""
THOROUGH = (
    *in_sql(_HERE / "journal.sql"),
    *in_sql(_HERE / "courses.sql"),
    *in_sql(_HERE / "days_noted.sql"),
    *in_sql(_HERE / "preparation_noted.sql"),
    *in_sql(_HERE / "materials.sql"),
    *in_sql(_HERE / "needs.sql"),
    *in_sql(_HERE / "messages.sql"),
    *in_sql(_HERE / "programmes.sql"),
    *in_sql(_HERE / "certificates.sql"),
    *in_sql(_HERE / "certificates_noted.sql"),
    *resealing.CHECKS,
    *checks.CHECKS,
    *in_sql(_HERE / "reflections.sql"),
    *in_sql(_HERE / "reports.sql"),
    *documents.CHECKS,
    *in_sql(_HERE / "reviews.sql"),
)
LETTERS_OWED = (_HERE / "letters_owed.sql").read_text("utf-8")
