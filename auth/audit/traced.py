"""How somebody signs in, beside the traces that the journal has of it: no identity was pointed to somebody else."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import personal_numbers
from auth.models import Identity
from lararportal.checks import Check, When
from lararportal.journal import Entry

BEGAN, ENDED = ("person.arrived", "identity.linked"), "identity.removed"
Way = tuple[int, str, str]
"""Whose, from which issuer, of which kind."""


def of_another(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """Who signs in as somebody else did when it was noted. Without the keys nobody can tell."""
    if db.info.get("safe") is None:
        return
    noted = _noted(db)
    kept: defaultdict[Way, Counter[str]] = defaultdict(Counter)
    for row in db.scalars(select(Identity).order_by(Identity.person_id, Identity.issuer)):
        trace = personal_numbers.trace(db, issuer=row.issuer, kind=row.kind, value=row.value)
        kept[row.person_id, row.issuer, row.kind][trace] += 1
    for way, traces in kept.items():
        of_nobody = (traces - noted[way]).total()
        # What was linked before traces were noted, or was put there without a deed, is not told by them.
        untraced = max(noted[way][""], 0) + max(traces.total() - noted[way].total(), 0)
        if of_nobody > untraced:
            yield {"person": way[0], "issuer": way[1]}


def _noted(db: Session) -> defaultdict[Way, Counter[str]]:
    """How often each trace has begun and not ended; under the empty one what was noted without."""
    found: defaultdict[Way, Counter[str]] = defaultdict(Counter)
    asked = select(Entry.deed, Entry.person_id, Entry.facts).where(Entry.deed.in_([*BEGAN, ENDED]))
    for deed, person_id, facts in db.execute(asked.order_by(Entry.id)):
        of_way, trace = found[person_id, facts["issuer"], facts["kind"]], facts.get("trace", "")
        if deed in BEGAN:
            of_way[trace] += 1
        else:
            of_way[trace if of_way[trace] else ""] -= 1
    return found


CHECKS = (Check("identity_of_another", of_another),)
