"""What everybody may know of a round: the order of each course, and the file that its lottery is checked by."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, undefer

from bookings import lots, opening_and_closing
from bookings.allocation import last_run
from bookings.models import Round, RoundSession, Run
from bookings.queries.exceptions import exceptions
from bookings.queries.lottery import LotteryView, Source, is_from_copy, lottery, source_of
from bookings.queries.rows import ROWS, SessionRow, row_of, session_rows, sessions_with_course
from bookings.round_plan import is_offered
from bookings.rules.allocation import verification
from bookings.rules.allocation.verification import (
    Beside,
    FormerSecond,
    FormerSource,
    FrozenInput,
    Party,
    PublicValue,
    Window,
)
from bookings.rules.one_order import run_on_one_order
from bookings.states import RoundState, SessionFate
from courses.models import Course, CourseSession
from lararportal.errors import NotFound


@dataclass(frozen=True)
class Offered:
    """A session of a round, with the seats that groups have first claim to."""

    session: SessionRow
    reserves: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class CourseRules:
    """How the seats of one course are given in a round."""

    code: str
    title: str
    order: str
    targets: Mapping[str, int]
    sessions: Sequence[Offered]


@dataclass(frozen=True, kw_only=True)
class ChangedInput:
    """What staff decided about a session between two drawings up, and the hash of the input that it made."""

    at: datetime
    session: SessionRow
    fate: SessionFate
    reason: str
    input_hash: str


@dataclass(frozen=True, kw_only=True)
class RoundRules:
    """How the seats of a round are given, and what has been shown of its lottery."""

    lottery: LotteryView
    cap: int
    courses: Sequence[CourseRules]
    is_frozen: bool
    """Whether the orders are those that were frozen at closing; before that, those of today."""
    is_one_order: bool
    """Whether all courses run on one order, so that no list but the honest one can ever pay."""
    changed: Sequence[ChangedInput]
    """What came of the frozen input, in order; told when the round is published."""
    precedences: int
    """How often the published run counted a precedence."""
    exceptions: int
    """How many have been put into a line beside the rules since then."""
    result_hash: str | None
    """Of the published result."""
    rules_version: str | None
    """Of the rules that it was made by."""


def round_rules(db: Session, round_id: int) -> RoundRules:
    """One round as everybody may see it.

    Raises:
        NotFound: there is no such round.
    """
    shown = lottery(db, round_id)
    frozen = cast(Round.frozen, JSONB)
    found = select(Round.cap, frozen["courses"], frozen["sessions"]).where(Round.id == round_id)
    cap, *tables = db.execute(found).one()
    courses = _courses(db, round_id, *(table or {} for table in tables))
    is_published = shown.state is RoundState.PUBLISHED
    version, result_hash = _published_run(db, round_id) if is_published else (None, None)
    beside = exceptions(db, round_id) if is_published else None
    return RoundRules(
        lottery=shown,
        cap=cap,
        courses=courses,
        is_frozen=shown.frozen_hash is not None,
        is_one_order=run_on_one_order(
            [each.order for each in courses],
            [each.targets for each in courses],
            [offered.reserves for each in courses for offered in each.sessions],
        ),
        changed=_changed(db, round_id) if is_published else [],
        precedences=len(beside.frozen) if beside else 0,
        exceptions=len(beside.afterwards) if beside else 0,
        result_hash=result_hash,
        rules_version=version,
    )


def _courses(
    db: Session, round_id: int, frozen_courses: Mapping[str, Any], frozen_sessions: Mapping[str, Any]
) -> list[CourseRules]:
    """The courses of a round by title; what was frozen of them goes before what stands in the catalogue today.

    Before closing they are those of every session that can be asked for, so of sessions held in reserve too.
    """
    of_round = sessions_with_course().join(RoundSession).where(RoundSession.round_id == round_id)
    offered: dict[str, list[Offered]] = {}
    courses: dict[str, Course] = {}
    for each in db.scalars(of_round):
        if str(each.id) in frozen_sessions if frozen_sessions else is_offered(each):
            reserves = frozen_sessions.get(str(each.id), {}).get("reserves", each.reserves)
            offered.setdefault(each.course.code, []).append(Offered(row_of(each), reserves))
            courses[each.course.code] = each.course
    found = [_course(course, offered[code], frozen_courses.get(code, {})) for code, course in courses.items()]
    return sorted(found, key=lambda course: (course.title, course.code))


def _course(course: Course, sessions: Sequence[Offered], frozen: Mapping[str, Any]) -> CourseRules:
    return CourseRules(
        code=course.code,
        title=course.title,
        order=frozen.get("order", course.order.value),
        targets=frozen.get("targets", course.targets),
        sessions=sessions,
    )


def _published_run(db: Session, round_id: int) -> tuple[str, str]:
    """Version of the rules, and hash, of the last drawing up, which is the one that was published.

    It is kept as it is hashed, and large, so the database reckons the hash.
    """
    result_hash = func.encode(func.sha256(func.convert_to(Run.result, "UTF8")), "hex")
    found = last_run(round_id).with_only_columns(Run.rules_version, result_hash)
    version, digits = db.execute(found).one()
    return version, digits


def _changed(db: Session, round_id: int) -> list[ChangedInput]:
    decided = opening_and_closing.decisions(db, round_id)
    of_round = ROWS.where(CourseSession.id.in_({each.session_id for each in decided}))
    sessions = {each.session_id: each for each in session_rows(db, of_round)}
    return [
        ChangedInput(
            at=each.made_at,
            session=sessions[each.session_id],
            fate=each.fate,
            reason=each.reason,
            input_hash=each.input_hash,
        )
        for each in decided
    ]


def verification_file(db: Session, round_id: int) -> dict[str, Any]:
    """The file that anybody can check the lottery of a published round by; nothing personal stands in it.

    Raises:
        NotFound: there is no such round, or it is not published.
    """
    published = select(Round).where(Round.id == round_id, Round.state == RoundState.PUBLISHED)
    round_ = db.scalar(published.options(undefer(Round.frozen)))
    if round_ is None:
        raise NotFound
    version, result_hash = _published_run(db, round_id)
    decided = opening_and_closing.decisions(db, round_id)
    source = source_of(round_)
    return verification.document(
        term=round_.term,
        title=round_.title,
        rules=version,
        portal=Party(commitment=lots.commitment(round_), secret=round_.secret),
        second=Party(commitment=round_.second_commitment, secret=round_.second_secret),
        public=_public_value(source, round_.public_value) if source else None,
        window=Window(
            opened=_moment(round_.opened_at) if round_.opened_at else None,
            announced=_moment(round_.closes_at),
            closed=_moment(round_.closed_at or round_.closes_at),
            early_reason=round_.early_reason or None,
        ),
        frozen=[
            FrozenInput(hash=round_.frozen_hash or ""),
            *(FrozenInput(hash=each.input_hash, reason=each.reason) for each in decided),
        ],
        seed=round_.seed or "",
        result_hash=result_hash,
        applicants=json.loads(round_.frozen or "{}").get("applicants", {}),
        beside=_beside(round_),
    )


def _public_value(source: Source, value: str | None) -> PublicValue:
    due = _moment(source.known_at)
    return PublicValue(source=source.name, kind=source.kind.value, form=source.form, due=due, value=value)


def _beside(round_: Round) -> Beside:
    return Beside(
        waiver=round_.waiver_reason or None,
        copy_opened=is_from_copy(round_),
        former_sources=[FormerSource(source=each["source"], reason=each["reason"]) for each in round_.former_sources],
        former_seconds=[
            FormerSecond(commitment=each["commitment"], replaced=each["at"]) for each in round_.former_second_parties
        ],
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
