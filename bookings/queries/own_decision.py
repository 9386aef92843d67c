"""Everything behind the decision of one doctor in one round, for that doctor alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from auth.models import Person
from bookings.models import Round
from bookings.queries import decided
from bookings.queries.decided import DecisionView
from bookings.queries.exceptions import ExceptionRow, own_exceptions
from bookings.queries.lottery import LotteryView, lottery
from bookings.rules.allocation.lottery import lot
from bookings.rules.allocation.verification import line_of
from bookings.rules.merits import Compared, side_by_side
from bookings.rules.register import NO_PLANNED_END
from bookings.states import RoundState
from courses.models import Course
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class FrozenFacts:
    """How somebody stood when the round closed; courses by their titles."""

    group: str
    served: int
    left: int | None
    """None for who had no planned end."""
    cap: int
    passed: Sequence[str]
    displaced: Sequence[str]
    rejections: Mapping[str, int]
    line: str
    """The text whose SHA-256 stands in the verification file: pseudonym and facts in canonical JSON."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """The decision for one wanted session, with the key that it was made by."""

    view: DecisionView
    parts: Sequence[Compared]
    """Part by part, beside the last admitted of the group; empty for who stood in no queue."""


@dataclass(frozen=True, kw_only=True)
class OwnDecision:
    """What a published round decided for one person, and how it came about."""

    lottery: LotteryView
    rules_version: str
    pseudonym: str
    lot: int | None
    """None while there is no seed."""
    facts: FrozenFacts | None
    """None for who took no part in the run."""
    decided: Sequence[Decided]
    exceptions: Sequence[ExceptionRow]
    """What has been decided beside the rules for this person since then."""


def own_decision(db: Session, *, round_id: int, person_id: int) -> OwnDecision:
    """The decision of a published round, by those who made it one's own.

    Raises:
        NotFound: the round is not published, or decided nothing for this person.
    """
    published = select(Round).where(Round.id == round_id, Round.state == RoundState.PUBLISHED)
    round_ = db.scalar(published.options(undefer(Round.frozen)))
    views = decided.decisions_of_round(db, round_id, person_id)
    if round_ is None or not views:
        raise NotFound
    person = db.get_one(Person, person_id)
    document = json.loads(round_.frozen or "{}")
    applicant = document.get("applicants", {}).get(person.pseudonym)
    courses = document.get("courses", {})
    return OwnDecision(
        lottery=lottery(db, round_id),
        rules_version=views[0].rules_version,
        pseudonym=person.pseudonym,
        lot=lot(bytes.fromhex(round_.seed), term=round_.term, person=person.pseudonym) if round_.seed else None,
        facts=_facts(db, person.pseudonym, applicant, courses) if applicant is not None else None,
        decided=[_decided(each, courses) for each in views],
        exceptions=own_exceptions(db, round_id=round_id, person_id=person_id),
    )


def _facts(db: Session, pseudonym: str, applicant: dict[str, Any], courses: Mapping[str, Any]) -> FrozenFacts:
    named = select(Course.code, Course.title).where(Course.code.in_(courses))
    titles = dict(db.execute(named).all())
    return FrozenFacts(
        group=applicant["group"],
        served=applicant["served"],
        left=None if applicant["left"] == NO_PLANNED_END else applicant["left"],
        cap=applicant["cap"],
        passed=[titles.get(code, code) for code in applicant["passed"]],
        displaced=[titles.get(code, code) for code in applicant["displaced"]],
        rejections={titles.get(code, code): count for code, count in applicant["rejections"].items()},
        line=line_of(pseudonym, applicant),
    )


def _decided(view: DecisionView, courses: Mapping[str, Any]) -> Decided:
    course = courses.get(view.session.course_code)
    if view.key is None or course is None:
        return Decided(view=view, parts=[])
    return Decided(view=view, parts=side_by_side(view.key, view.last_key, order=course["order"]))
