"""Letters beside the deeds of all rooms: none is missing, and none was posted for nothing."""

from pathlib import Path

import auth.audit
import bookings.audit
from lararportal.checks import checks_in

OWED = "\n    UNION ALL\n    ".join(f"({each})" for each in (bookings.audit.LETTERS_OWED, auth.audit.LETTERS_OWED))

CHECKS = checks_in(Path(__file__).with_suffix(".sql").read_text("utf-8").replace("{owed}", OWED))
