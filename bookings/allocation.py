"""Allocation: the seats of a closed round are drawn up, as often as wanted, by the rule and under its check."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings import opening_and_closing
from bookings.models import Round, Run
from bookings.rounds import has_applied, lock
from bookings.rules import preview
from bookings.rules.allocation import RULES_VERSION, allocate, canonical, canonical_hash, check
from bookings.states import Refusal, RoundState
from lararportal import journal
from lararportal.errors import Refused


def last_run(round_id: int) -> Select[Run]:
    """The drawing up of a round that counts: the last one."""
    return select(Run).where(Run.round_id == round_id).order_by(Run.id.desc()).limit(1)


def draw_up(db: Session, *, round_id: int, now: datetime, by: int | None) -> Run:
    """The engine's result for the frozen input is stored; nobody but coordinators sees it.

    Raises:
        Refused: its lottery is not revealed yet, it is published already, the coordinator applied in it, or the
            independent check finds fault with the result.
    """
    round_ = lock(db, round_id)
    insist_on_no_own_interest(db, round_id, by)
    round_.move_to(RoundState.ALLOCATED)
    document = instance(db, round_)
    result = allocate(document)
    violations = check(document, result)
    if violations:
        raise Refused(Refusal.CHECK_FAILED, count=len(violations))
    run = Run(
        round_id=round_id,
        made_at=now,
        by=by,
        input_hash=canonical_hash(document),
        result=canonical(result),
        would_close=preview.closed_by_rule(document),
        rules_version=RULES_VERSION,
    )
    db.add(run)
    db.flush()
    admitted = sum(len(ids) for ids in result["assign"].values())
    journal.note(
        db,
        "round.drawn_up",
        now=now,
        by=by,
        round=round_id,
        run=run.id,
        input=run.input_hash,
        result=canonical_hash(result),
        rules=run.rules_version,
        would_close=run.would_close,
        admitted=admitted,
    )
    return run


def instance(db: Session, round_: Round) -> dict[str, Any]:
    """The whole input of a run: what was frozen, as staff have decided about its sessions since, and the seed."""
    decided = opening_and_closing.decisions(db, round_.id)
    return opening_and_closing.decided_input(round_.frozen or "", decided) | {"lottery": {"seed": round_.seed}}


def insist_on_no_own_interest(db: Session, round_id: int, by: int | None) -> None:
    """Who applies in a round does not decide over its seats (jäv).

    Raises:
        Refused: the person has an application there.
    """
    if has_applied(db, round_id, by):
        raise Refused(Refusal.DECIDES_OVER_OWN_SEAT)
