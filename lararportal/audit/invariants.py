"""What must hold of the database at any time, gathered from all rooms."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

import auth.audit
import bookings.audit
import courses.audit
from lararportal import retention
from lararportal.audit import letters, running, seals
from lararportal.checks import Check, Finding, When

OF_ROWS_NOW = (*courses.audit.AT_ONCE, *bookings.audit.AT_ONCE)
INVARIANTS = (
    *OF_ROWS_NOW,
    *courses.audit.THOROUGH,
    *auth.audit.THOROUGH,
    *bookings.audit.THOROUGH,
    *letters.CHECKS,
    *seals.CHECKS,
    *retention.CHECKS,
)
"""What must hold whether anybody works or not."""
AT_ONCE = (*running.CHECKS, *OF_ROWS_NOW)
"""What a page can wait for."""
EVERYTHING = (*running.CHECKS, *INVARIANTS)
NOT_BUILT = ("files",)
"""What is not looked at, because the portal has nothing of the kind yet."""
NOT_DONE = "check_not_done"
REST = timedelta(minutes=5)
"""What was set in motion so short a time ago may still be on its way."""


def in_motion(now: datetime) -> When:
    """When a portal is asked that is running."""
    return When(now=now, settled=now - REST)


def invariants(db: Session, *, now: datetime) -> list[Finding]:
    """Whatever does not hold, when nothing is in motion; an empty list when everything does."""
    return list(found(db, INVARIANTS, When(now=now, settled=now)))


def found(db: Session, checks: Iterable[Check], when: When) -> Iterator[Finding]:
    """What the checks find. One that cannot be done, because of what somebody has written, is a finding too."""
    left = deque(checks)
    while left:
        findings: list[Finding] = []
        try:
            with db.begin_nested():
                while left:
                    findings += list(left[0].findings(db, when))
                    left.popleft()
        except (DataError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
            findings.append(Finding(NOT_DONE, {"check": left.popleft().name, "fault": _in_one_line(fault)}))
        yield from findings


def _in_one_line(fault: Exception) -> str:
    return f"{type(fault).__name__}, {next(iter(str(fault).splitlines()), '')}"
