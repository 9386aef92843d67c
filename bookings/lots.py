"""The lottery of a round, and the key of somebody who comes to a line after it."""

import secrets
from datetime import date

from auth.models import Person
from bookings import register
from bookings.models import Round
from bookings.register import History
from bookings.rules.allocation import lottery, priority
from bookings.rules.allocation.instance import Applicant, Policy
from bookings.rules.allocation.instance import Course as CourseFacts
from bookings.rules.lottery_protocol import Lottery
from courses.models import Course
from courses.states import Kind

POLICY = Policy(
    cap=4, last_chance_months=6, tiebreak="lottery", lot_scope="person", auto_close=False, closed=frozenset()
)
"""What every round runs by (allocation rules, section 2.1); a round may set its own cap."""

NOT_ELIGIBLE = [9, 1, 1, 0, 0, 0]


def secret() -> str:
    """32 random bytes in hex: drawn when a round is planned, and bound by a commitment that is shown at once."""
    return secrets.token_hex(32)


def commitment(round_: Round) -> str:
    """The SHA-256 that binds the round to its own secret."""
    return lottery.commitment(bytes.fromhex(round_.secret))


def standing(round_: Round) -> Lottery:
    """Where the lottery of a round stands, as the rules see it."""
    return Lottery(
        state=round_.state,
        closed_at=round_.closed_at,
        is_committed=round_.second_commitment is not None,
        is_waived=round_.waived_at is not None,
        is_revealed=round_.second_secret is not None,
        public_at=round_.public_at,
        has_value=round_.public_value is not None,
    )


def seed(round_: Round) -> str:
    """The seed of a round whose lottery is complete, in hex: of three values and what was frozen (section 2.7).

    A second secret that is not revealed leaves its place empty.
    """
    if round_.frozen_hash is None or round_.public_value is None or round_.public_kind is None:
        raise ValueError("the lottery is not complete")
    return lottery.seed_from(
        bytes.fromhex(round_.secret),
        bytes.fromhex(round_.second_secret or ""),
        lottery.public_bytes(round_.public_value, form=round_.public_kind.form),
        term=round_.term,
        frozen_hash=bytes.fromhex(round_.frozen_hash),
    ).hex()


def late_key(course: Course, person: Person, round_: Round | None, *, history: History, today: date) -> list[int]:
    """The key of somebody who joins a line after the round: the register of today, the lottery of the round.

    Without a round all lots are 0, and the moment of joining decides among equals.
    """
    facts = register.facts_of(person, on=today)
    lot = 0
    if round_ is not None and round_.seed is not None:
        lot = lottery.lot(bytes.fromhex(round_.seed), term=round_.term, person=person.pseudonym)
    applicant = Applicant(
        id=person.pseudonym,
        group=facts.group or "",
        served=facts.served,
        left=facts.left,
        cap=POLICY.cap,
        passed=frozenset(),
        displaced=frozenset({course.code} if course.id in history.displaced else ()),
        rejections={course.code: history.rejections.get(course.id, 0)},
        applied_at=0,
        requests=(),
    )
    wanted = CourseFacts(
        id=course.code, mandatory=course.kind is Kind.MANDATORY, order=course.order.value, targets=course.targets
    )
    key = priority.key(POLICY, wanted, applicant, lot)
    return NOT_ELIGIBLE if key is None else [int(part) for part in key[:6]]
