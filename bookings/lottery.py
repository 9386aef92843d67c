"""The lottery of a round: bound by two commitments before it opens, revealed after it has closed, and then a seed.

The second party is named in the plan (`lottery_plan`). Whose turn it is and why not, says `rules.lottery_protocol`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings import lots
from bookings.lottery_plan import (
    PublicSource,
    ask_to_commit,
    ask_to_reveal,
    may_be_second_party,
    name_source,
    noted_source,
)
from bookings.models import Round
from bookings.rounds import has_applied, lock
from bookings.rules import lottery_protocol
from bookings.rules.allocation import lottery
from bookings.rules.lottery_protocol import Actor
from bookings.rules.lottery_values import hex_of, public_value
from bookings.states import LotteryAct, PublicKind, Refusal, RoundState
from lararportal import journal
from lararportal.errors import Refused


def bind(
    db: Session, *, round_id: int, commitment: str, replaces: str | None, now: datetime, by: int | None
) -> Round:
    """The second party is bound to the secret that `commitment` is the SHA-256 of; the portal never saw it.

    Who has lost the secret may be bound to another one until the round opens: `replaces` is the commitment that they
    saw there. A decision to go on without them falls.

    Raises:
        Refused: it is not their turn, it is no commitment, or another one has come meanwhile.
    """
    round_ = _take_turn(db, LotteryAct.COMMIT, round_id, now=now, by=by)
    digits, before = hex_of(commitment), round_.second_commitment
    if digits is None or digits == lots.commitment(round_):
        raise Refused(Refusal.COMMITMENT_MALFORMED)
    if digits == before:
        return round_
    if before != replaces:
        raise Refused(Refusal.COMMITMENT_REPLACED)
    round_.second_commitment, round_.second_committed_at = digits, now
    round_.waived_at = round_.waived_by = None
    round_.waiver_reason = ""
    _note(db, "lottery.committed", round_, now=now, by=by, commitment=digits, instead_of=before)
    return round_


def go_on_without(db: Session, *, round_id: int, reason: str, now: datetime, by: int | None) -> Round:
    """The round goes on without a second secret, and everybody can read who decided it and why.

    Raises:
        Refused: the second party is bound and can still reveal, nothing is missing, or no reason is given.
    """
    round_ = _take_turn(db, LotteryAct.GO_ON_WITHOUT, round_id, now=now, by=by)
    if not reason.strip():
        raise Refused(Refusal.GOING_ON_WITHOUT_REASON)
    round_.waived_at, round_.waived_by, round_.waiver_reason = now, by, reason.strip()
    _note(db, "lottery.waived", round_, now=now, by=by, reason=reason.strip())
    _draw(db, round_, now=now, by=by)
    return round_


def reveal(db: Session, *, round_id: int, secret: str, now: datetime, by: int | None) -> Round:
    """The second party's secret is public, and with it the portal's own.

    Raises:
        Refused: it is not their turn, or it is not the secret that they are bound to.
    """
    return _show(db, LotteryAct.REVEAL, round_id, secret, now=now, by=by)


def open_copy(db: Session, *, round_id: int, secret: str, now: datetime, by: int | None) -> Round:
    """A coordinator has opened the sealed copy of the second party's secret, and it is public as if it was revealed.

    Raises:
        Refused: it was revealed before, or it is not the secret that the second party is bound to.
    """
    return _show(db, LotteryAct.OPEN_COPY, round_id, secret, now=now, by=by)


def enter_value(
    db: Session, *, round_id: int, value: str, replaces: str | None, now: datetime, by: int | None
) -> Round:
    """The public value stands as its source published it. It can be put right until the seed is reckoned.

    `replaces` is the value that stood there when somebody set about to put it right.

    Raises:
        Refused: the round has not closed, the value cannot be known yet, it is not written as its source writes, or
            another one has come meanwhile.
    """
    round_ = _take_turn(db, LotteryAct.ENTER_VALUE, round_id, now=now, by=by)
    before, found = round_.public_value, public_value(value, kind=round_.public_kind or PublicKind.NAMED)
    if found is None:
        raise Refused(Refusal.VALUE_MALFORMED)
    if found == before:
        return round_
    if before != replaces:
        raise Refused(Refusal.VALUE_REPLACED)
    round_.public_value, round_.public_entered_at, round_.public_entered_by = found, now, by
    _note(db, "lottery.value_entered", round_, now=now, by=by, value=found, instead_of=before)
    _draw(db, round_, now=now, by=by)
    return round_


def replace_source(
    db: Session, *, round_id: int, source: PublicSource, reason: str, now: datetime, by: int | None
) -> Round:
    """The named source had no value to give; another one, still to come, takes its place, and everybody can read why.

    Raises:
        Refused: the value is there or may still come, that of the other source could be known, or no reason is given.
    """
    round_ = _take_turn(db, LotteryAct.REPLACE_SOURCE, round_id, now=now, by=by)
    if not reason.strip():
        raise Refused(Refusal.GOING_ON_WITHOUT_REASON)
    former = {
        "source": round_.public_source,
        "due": round_.public_at.isoformat() if round_.public_at else None,
        "at": now.isoformat(),
        "by": by,
        "reason": reason.strip(),
    }
    name_source(round_, source, after=now)
    round_.former_sources = [*round_.former_sources, former]
    _note(db, "lottery.source_replaced", round_, now=now, by=by, former=former, **noted_source(round_))
    return round_


def remind(db: Session, *, round_id: int, now: datetime, by: int | None) -> Round:
    """The second party has another letter that says what is wanted of them; at most one of each kind a day.

    Raises:
        Refused: nothing is wanted of them.
    """
    round_ = lock(db, round_id)
    steps = lottery_protocol.wanted(lots.standing(round_))
    if round_.second_party_id is not None and LotteryAct.COMMIT in steps:
        ask_to_commit(db, round_, now=now)
    elif round_.second_commitment is not None and LotteryAct.REVEAL in steps:
        ask_to_reveal(db, round_, now=now)
    else:
        raise Refused(Refusal.LOTTERY_SETTLED)
    _note(db, "lottery.reminded", round_, now=now, by=by, second_party=round_.second_party_id)
    return round_


def _take_turn(db: Session, act: LotteryAct, round_id: int, *, now: datetime, by: int | None) -> Round:
    """The round, locked, when it is somebody's turn to do that."""
    round_ = lock(db, round_id)
    is_named = by is not None and by == round_.second_party_id
    actor = Actor(
        is_second_party=is_named and may_be_second_party(db, by or 0), has_applied=has_applied(db, round_id, by)
    )
    refusal = lottery_protocol.may(act, lots.standing(round_), actor, now=now)
    if refusal is not None:
        until = lottery_protocol.waits_until(lots.standing(round_))
        raise Refused(refusal, until=until, known=round_.public_at)
    return round_


def _show(db: Session, act: LotteryAct, round_id: int, secret: str, *, now: datetime, by: int | None) -> Round:
    round_ = _take_turn(db, act, round_id, now=now, by=by)
    digits = hex_of(secret)
    if digits is None or lottery.commitment(bytes.fromhex(digits)) != round_.second_commitment:
        raise Refused(Refusal.REVEALED_ANOTHER)
    round_.second_secret, round_.second_revealed_at, round_.second_revealed_by = digits, now, by
    deed = "lottery.secret_revealed" if act is LotteryAct.REVEAL else "lottery.copy_opened"
    _note(db, deed, round_, now=now, by=by, secret=digits)
    _draw(db, round_, now=now, by=by)
    return round_


def _draw(db: Session, round_: Round, *, now: datetime, by: int | None) -> None:
    """Once everything is there the seed is reckoned, and stands."""
    if not lottery_protocol.is_complete(lots.standing(round_)):
        return
    round_.move_to(RoundState.REVEALED)
    round_.seed, round_.revealed_at = lots.seed(round_), now
    _note(
        db,
        "round.revealed",
        round_,
        now=now,
        by=by,
        secret=round_.secret,
        second_secret=round_.second_secret,
        value=round_.public_value,
        seed=round_.seed,
    )


def _note(db: Session, deed: str, round_: Round, *, now: datetime, by: int | None, **facts: Any) -> None:
    journal.note(db, deed, now=now, by=by, round=round_.id, **facts)
