"""Of the rounds: a published one is what comes of doing it again, the others stand as noted, and seeds follow."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from bookings import as_noted, lots, opening_and_closing
from bookings.models import Round
from bookings.replay import replay
from bookings.states import RoundState
from lararportal.checks import Check, Look, When


def _published(db: Session) -> list[int]:
    return list(db.scalars(select(Round.id).where(Round.state == RoundState.PUBLISHED).order_by(Round.id)))


def _not_as_published(db: Session, when: When) -> Iterator[Mapping[str, Any]]:
    for round_id in _published(db):
        yield from _one_not_as_published(db, when, round_id=round_id)


def _one_not_as_published(db: Session, _when: When, *, round_id: int) -> Iterator[Mapping[str, Any]]:
    """What `lararportal replay` would say of the round, in its words."""
    differences = list(replay(db, round_id).differences)
    if differences:
        yield {"round": round_id, "count": len(differences), "differences": differences}


def _one_by_one(db: Session) -> list[Look]:
    return [partial(_one_not_as_published, round_id=round_id) for round_id in _published(db)]


def _not_as_noted(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """Rounds that are not published yet; of the others the replay says so."""
    waiting = select(Round).where(Round.state != RoundState.PUBLISHED).options(undefer(Round.frozen))
    for round_ in db.scalars(waiting.order_by(Round.id)).all():
        differences = list(as_noted.so_far(db, round_, opening_and_closing.decisions(db, round_.id)))
        if differences:
            yield {"round": round_.id, "count": len(differences), "differences": differences}


def _seeds_that_do_not_follow(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """Seeds of rounds that are not published yet; of the others the replay says so."""
    waiting = Round.seed.is_not(None), Round.state != RoundState.PUBLISHED
    for round_ in db.scalars(select(Round).where(*waiting).order_by(Round.id)):
        if lots.seed(round_) != round_.seed:
            yield {"round": round_.id}


CHECKS = (
    Check("round_not_as_published", _not_as_published),
    Check("round_not_as_noted", _not_as_noted),
    Check("seed_does_not_follow", _seeds_that_do_not_follow),
)
