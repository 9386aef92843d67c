"""Allocation: the seats of a closed round are drawn up, as often as wanted, by the rule and under its check."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings import frozen
from bookings.models import Round, Run
from bookings.rounds import has_applied, lock
from bookings.rules.allocation import RULES_VERSION, allocate, check
from bookings.states import Refusal, RoundState
from lararportal import journal
from lararportal.errors import Refused


def draw_up(db: Session, *, round_id: int, now: datetime, by: int | None) -> Run:
    """The engine's result for the frozen input is stored; nobody but coordinators sees it.

    Raises:
        Refused: its lottery is not revealed yet, it is published already, the coordinator applied in it, or the
            independent check finds fault with the result.
    """
    round_ = lock(db, round_id)
    insist_on_no_own_interest(db, round_id, by)
    round_.move_to(RoundState.ALLOCATED)
    document = instance(round_)
    result = allocate(document)
    violations = check(document, result)
    if violations:
        raise Refused(Refusal.CHECK_FAILED, count=len(violations))
    run = Run(round_id=round_id, made_at=now, by=by, result=frozen.canonical(result), rules_version=RULES_VERSION)
    db.add(run)
    db.flush()
    admitted = sum(len(ids) for ids in result["assign"].values())
    journal.note(db, "round.drawn_up", now=now, by=by, round=round_id, run=run.id, admitted=admitted)
    return run


def instance(round_: Round) -> dict[str, Any]:
    """The whole input of a run: what was frozen, and the seed."""
    document: dict[str, Any] = json.loads(round_.frozen or "")
    return document | {"lottery": {"seed": round_.seed}}


def insist_on_no_own_interest(db: Session, round_id: int, by: int | None) -> None:
    """Who applies in a round does not decide over its seats (jäv).

    Raises:
        Refused: the person has an application there.
    """
    if has_applied(db, round_id, by):
        raise Refused(Refusal.DECIDES_OVER_OWN_SEAT)
