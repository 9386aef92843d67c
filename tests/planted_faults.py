"""Faults planted beside each other, so that the audit finds many at once, and each as if it were alone."""

from math import isqrt

from demo_faults import FAULTS
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lararportal import clock
from lararportal.audit import invariants, telling
from lararportal.checks import Finding

NOW = clock.parse("2027-01-11T08:00")
"""When the term is looked at."""
BESIDE = isqrt(len(FAULTS) - 1) + 1
TOGETHER = {
    f"{way} {number}": [
        name for place, name in enumerate(FAULTS) if (place + slant * (place // BESIDE)) % BESIDE == number
    ]
    for slant, way in enumerate(("down", "slanting"))
    for number in range(BESIDE)
}
"""The faults in a square, down and slanting: each is planted twice, and never twice with the same other one."""


def insist_on_finding(db: Session, names: list[str]) -> None:
    """Each of them once: all together, or where one stands in the way of another, in halves and at last alone."""
    found = found_with(db, names)
    if len(names) > 1 and sorted(each.check for each in found) != sorted(names):
        half = len(names) // 2
        insist_on_finding(db, names[:half])
        insist_on_finding(db, names[half:])
        return
    assert sorted(each.check for each in found) == sorted(names), found
    for each in found:
        told = telling.sentence(each)
        assert (told.count("."), told[-1], told[0].isupper()) == (told[:-1].count(".") + 1, ".", True)


def found_with(db: Session, names: list[str]) -> list[Finding]:
    """What the audit finds where these are planted, which is undone after; nothing, if they cannot be."""
    db.expunge_all()
    savepoint = db.begin_nested()
    try:
        is_planted = all(db.execute(text(each)).rowcount != 0 for name in names for each in FAULTS[name])
        return invariants(db, now=NOW) if is_planted else []
    except DBAPIError:
        return []
    finally:
        savepoint.rollback()
