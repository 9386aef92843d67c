"""Letters beside the deeds of all rooms: none is missing, and none was posted for nothing."""

from pathlib import Path

import auth.audit
import bookings.audit
import courses.audit
from lararportal.checks import checks_in

_ROOMS = (bookings.audit, courses.audit, auth.audit)
OWED = "\n    UNION ALL\n    ".join(f"({room.LETTERS_OWED})" for room in _ROOMS)

CHECKS = checks_in(Path(__file__).with_suffix(".sql").read_text("utf-8").replace("{owed}", OWED))
