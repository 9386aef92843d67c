"""What the tests of the fairness pages share: a round with two parties that is through, and its verification file."""

import json
from datetime import date

from bookings_room import CLOSES, OPENS, PUBLISHED_AT, last_run, sent
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Role
from bookings import allocation, lots, publication, round_plan, rounds
from bookings.lottery_plan import noted_source
from bookings.models import Round, RoundSession, Run
from bookings.states import RoundState
from courses.models import CourseSession
from lararportal import journal


def two_party_round(
    db: Session, wishes: dict[Person, list[CourseSession]], *, until: RoundState = RoundState.PUBLISHED, **facts
) -> Round:
    """A round of all that is wished for, with a second party, taken as far as a state."""
    offered = {each.id: each for wanted in wishes.values() for each in wanted}
    party = make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Rektor")
    named = {"second_party_id": party.id, "waived_at": None, "waiver_reason": "", "state": RoundState.PLANNED}
    round_ = make.round_of(db, *offered.values(), **{"opens_at": OPENS, "closes_at": CLOSES, **named, **facts})
    make.bound(db, round_, at=OPENS)
    steps = {
        RoundState.OPEN: lambda: rounds.open_round(db, round_.id, now=OPENS, by=None),
        RoundState.CLOSED: lambda: rounds.close_round(db, round_.id, now=CLOSES, by=None),
        RoundState.REVEALED: lambda: make.revealed(db, round_),
        RoundState.ALLOCATED: lambda: allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None),
        RoundState.PUBLISHED: lambda: publication.publish(
            db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None
        ),
    }
    for state, step in steps.items():
        if round_.state is until:
            break
        step()
        if state is RoundState.OPEN:
            for person, wanted in wishes.items():
                sent(db, round_, person, *wanted)
    db.flush()
    return round_


def crowd(db: Session, session: CourseSession, *, ahead: int = 3) -> dict[Person, list[CourseSession]]:
    """So many who come before everybody else for the session, each with fewer months left than the next."""
    ends = [date(2028, 1 + number, 1) for number in range(ahead)]
    return {make.person(db, planned_end=end): [session] for end in ends}


def file_of(browser: FlaskClient, round_: Round) -> dict:
    """The verification file of a round as anybody can fetch it."""
    answer = browser.get(f"/regler/omgang/{round_.id}/verifiering.json")
    assert answer.status_code == 200
    return json.loads(answer.text)


def as_planned(db: Session, round_: Round) -> Round:
    """The journal has what a plan of such a round, and going on without a second party, would have noted."""
    given = select(RoundSession.session_id).where(RoundSession.round_id == round_.id)
    facts = {"commitment": lots.commitment(round_), "second_party": None, "sessions": list(db.scalars(given))}
    facts |= {**round_plan.plain(round_), **noted_source(round_)}
    journal.note(db, "round.planned", now=OPENS, by=None, round=round_.id, **facts)
    waived_at, reason = round_.waived_at, round_.waiver_reason
    journal.note(db, "lottery.waived", now=waived_at, by=None, round=round_.id, reason=reason)
    return round_


def add_a_space(db: Session, round_: Round) -> None:
    """The result of the only run is the same, written otherwise."""
    run = db.scalars(select(Run)).one()
    run.result = run.result.replace('"format":', '"format": ')
