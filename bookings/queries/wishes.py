"""What somebody may ask for in a round: the sessions it offers, each with the reason why it cannot be wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auth.models import Person
from bookings import facts, frozen
from bookings.applications import sender
from bookings.models import Round
from bookings.queries.rows import SessionRow, row_of
from bookings.rules import applications as rules
from bookings.states import Refusal
from lararportal.clock import day_of
from lararportal.errors import NotFound


def may_apply(db: Session, *, round_id: int, person_id: int) -> Refusal | None:
    """Why a person may not apply in a round, whatever they want; None when they may.

    Raises:
        NotFound: there is no such round or person.
    """
    round_, person = db.get(Round, round_id), db.get(Person, person_id)
    if round_ is None or person is None:
        raise NotFound
    return rules.may_apply(sender(person, round_, taken_courses=frozenset()))


@dataclass(frozen=True)
class Wish:
    """A session of a round; `refusal` is why the person may not ask for it, None when they may."""

    session: SessionRow
    refusal: Refusal | None
    facts: Mapping[str, Any]
    """For the sentence of the refusal."""


def wishes(db: Session, *, round_id: int, person_id: int, now: datetime) -> list[Wish]:
    """The sessions of a round as one person sees them, judged by the rule that judges the list when it is sent in.

    Raises:
        NotFound: there is no such round or person.
    """
    round_, person = db.get(Round, round_id), db.get(Person, person_id)
    if round_ is None or person is None:
        raise NotFound
    today = day_of(now)
    bookings = facts.live_bookings(db, [person_id]).get(person_id, [])
    who = sender(person, round_, taken_courses=facts.taken_courses(bookings, today=today))
    holdings = facts.holdings(bookings, today=today)
    found = []
    for each in frozen.round_sessions(db, round_id):
        wanted = facts.target(each, round_)
        refusal = rules.may_ask_for(who, wanted, holdings)
        about = facts.about(refusal, wanted, bookings, today=today) if refusal is not None else {}
        found.append(Wish(session=row_of(each), refusal=refusal, facts={"course": each.course.title, **about}))
    return found
