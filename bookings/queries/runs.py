"""What was drawn up in a round, in figures and by name."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import BY_NAME, Person
from bookings.allocation import last_run
from bookings.models import Run
from bookings.queries.rounds import round_sessions
from bookings.queries.rows import SessionRow


@dataclass(frozen=True, kw_only=True)
class SessionOutcome:
    """What a drawing up gives in one session."""

    session: SessionRow
    admitted: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class RunView:
    """The last drawing up of a round in figures, for coordinators only."""

    id: int
    made_at: datetime
    applicants: int
    admitted: int
    """Seats given."""
    seated: int
    """Persons with at least one seat."""
    first_choice: int
    """Persons who got what they wanted most."""
    without_any: list[tuple[int, str]]
    """Person id and name of those who get nothing."""
    sessions: list[SessionOutcome]


def run_summary(db: Session, round_id: int) -> RunView | None:
    """The last drawing up; None when there is none."""
    run = db.scalars(last_run(round_id)).first()
    if run is None:
        return None
    result = json.loads(run.result)
    return in_figures(
        run, result, sessions=round_sessions(db, round_id), persons=persons_named(db, _without_any(result))
    )


def in_figures(
    run: Run, result: Mapping[str, Any], *, sessions: Sequence[SessionRow], persons: Mapping[str, Person]
) -> RunView:
    """A drawing up that was read already: of the persons at least those who get nothing."""
    assign: Mapping[str, Sequence[str]] = result["assign"]
    wanted_most, empty = _wanted_most(result["decisions"]), _without_any(result)
    return RunView(
        id=run.id,
        made_at=run.made_at,
        applicants=len(assign),
        admitted=sum(len(ids) for ids in assign.values()),
        seated=len(assign) - len(empty),
        first_choice=sum(1 for name, first in wanted_most.items() if first in assign[name]),
        without_any=[(each.id, each.name) for name, each in persons.items() if name in empty],
        sessions=_outcomes(sessions, result),
    )


def persons_named(db: Session, pseudonyms: Iterable[str]) -> dict[str, Person]:
    """The persons behind these pseudonyms, in the order of their names."""
    rows = db.scalars(select(Person).where(Person.pseudonym.in_(list(pseudonyms))).order_by(*BY_NAME))
    return {each.pseudonym: each for each in rows}


def _without_any(result: Mapping[str, Any]) -> set[str]:
    return {name for name, ids in result["assign"].items() if not ids}


def _wanted_most(decisions: Sequence[dict[str, Any]]) -> dict[str, str]:
    first: dict[str, str] = {}
    for each in decisions:
        first.setdefault(each["a"], each["s"])
    return first


def _outcomes(sessions: Sequence[SessionRow], result: Mapping[str, Any]) -> list[SessionOutcome]:
    cutoffs, waitlist = result["cutoffs"], result["waitlist"]
    return [
        SessionOutcome(
            session=each,
            admitted=cutoffs.get(str(each.session_id), {}).get("admitted", 0),
            waiting=sum(1 for _, flag in waitlist.get(str(each.session_id), []) if flag == "active"),
        )
        for each in sessions
    ]
