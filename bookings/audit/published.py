"""Of the rounds: a published one is what comes of doing it again, and every seed follows from what was revealed."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import lots
from bookings.models import Round
from bookings.replay import replay
from bookings.states import RoundState
from lararportal.checks import Check, When


def _not_as_published(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """What `lararportal replay` would say of each round, in its words."""
    for round_id in db.scalars(select(Round.id).where(Round.state == RoundState.PUBLISHED).order_by(Round.id)).all():
        differences = list(replay(db, round_id).differences)
        if differences:
            yield {"round": round_id, "count": len(differences), "differences": differences}


def _seeds_that_do_not_follow(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """Seeds of rounds that are not published yet; of the others the replay says so."""
    waiting = Round.seed.is_not(None), Round.state != RoundState.PUBLISHED
    for round_ in db.scalars(select(Round).where(*waiting).order_by(Round.id)):
        if lots.seed(round_) != round_.seed:
            yield {"round": round_.id}


CHECKS = (
    Check("round_not_as_published", _not_as_published),
    Check("seed_does_not_follow", _seeds_that_do_not_follow),
)
