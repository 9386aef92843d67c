"""An audit of everything, kept: who asked for it, how far it has come, and what it found."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Identity, delete, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from lararportal import journal, pages
from lararportal.audit.invariants import EVERYTHING, found, in_motion
from lararportal.audit.running import of_queue, of_rights
from lararportal.checks import Finding
from lararportal.db import Base
from lararportal.edge import Installation

KEPT = 20
"""So many audits are kept, and the older ones forgotten: they hold nothing that could not be found anew."""
TOLD = 50
"""So many findings of one check are kept; of the others how many there were."""
GIVEN_UP_AFTER = timedelta(minutes=10)
"""An audit that has not come further for so long is taken to be broken off."""


class Audit(Base):
    """One look at everything."""

    __tablename__ = "audits"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), doc="None is the portal itself.")
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), doc="When it last came further.")
    done: Mapped[int] = mapped_column(default=0, doc="Steps.")
    total: Mapped[int] = mapped_column(default=0, doc="Steps; 0 before it has begun.")
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, doc="Findings of each check that found any.")

    def is_going_on(self, now: datetime) -> bool:
        """Whether somebody still works at it."""
        return self.ended_at is None and now - self.seen_at < GIVEN_UP_AFTER

    @property
    def told(self) -> list[Finding]:
        """What it found, as much as is kept."""
        return [Finding(each["check"], each["facts"]) for each in self.findings]


def ask(db: Session, *, now: datetime, by: int | None) -> Audit | None:
    """An audit is asked for, and to be handed to a worker; None while one goes on."""
    latest = last(db)
    if latest is not None and latest.is_going_on(now):
        return None
    asked = Audit(asked_at=now, asked_by=by, seen_at=now)
    db.add(asked)
    kept = select(Audit.id).order_by(Audit.id.desc()).limit(KEPT)
    db.flush()
    db.execute(delete(Audit).where(Audit.id.not_in(kept)))
    journal.note(db, "audit.asked_for", now=now, by=by, audit=asked.id)
    return asked


def break_off(db: Session, audit_id: int) -> None:
    """It will not be done: no worker could be told of it."""
    db.execute(delete(Audit).where(Audit.id == audit_id))


def last(db: Session) -> Audit | None:
    """The one that was asked for last."""
    return db.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))


def last_ended(db: Session) -> Audit | None:
    """The last one that came to its end."""
    return db.scalar(select(Audit).where(Audit.ended_at.is_not(None)).order_by(Audit.id.desc()).limit(1))


def look(place: Installation, audit_id: int, *, clock: Callable[[], datetime]) -> list[Finding]:
    """Looks at everything at one moment, says after each step how far it is, and keeps what it found."""
    when = in_motion(clock())
    findings = list(of_queue(place.queue, when))
    with place.database.snapshot() as seen:
        findings += of_rights(seen, env=place.settings.env)
        steps = [step for check in EVERYTHING for step in check.steps(seen)]
        for done, step in enumerate(steps):
            place.database.run(partial(_advance, audit_id=audit_id, done=done, total=len(steps), now=clock()))
            findings += found(seen, [step], when)
    now = clock()
    place.database.run(partial(_keep, audit_id=audit_id, findings=findings, steps=len(steps), now=now))
    return findings


def _advance(db: Session, *, audit_id: int, done: int, total: int, now: datetime) -> None:
    audit = db.get_one(Audit, audit_id)
    audit.done, audit.total, audit.seen_at = done, total, now


def _keep(db: Session, *, audit_id: int, findings: Iterable[Finding], steps: int, now: datetime) -> None:
    audit = db.get_one(Audit, audit_id)
    counts: Counter[str] = Counter()
    for each in findings:
        counts[each.check] += 1
        if counts[each.check] <= TOLD:
            audit.findings = [*audit.findings, {"check": each.check, "facts": _plain(each.facts)}]
    audit.counts, audit.done, audit.total = dict(counts), steps, steps
    audit.ended_at = audit.seen_at = now
    journal.note(db, "audit.done", now=now, by=None, audit=audit.id, findings=counts.total())


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as JSON; days and moments as the sentence will have them."""
    return {name: pages.wordy(fact) if isinstance(fact, date) else fact for name, fact in facts.items()}
