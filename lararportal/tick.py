"""The tick: every minute, what is due by then. Run twice, it does nothing twice."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial, update_wrapper

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings import (
    absences,
    charging,
    choices,
    deadlines,
    freed,
    funding,
    offers,
    rounds,
    swap_rings,
    waitlist,
)
from bookings.ahead import USUALLY, Before
from bookings.minimum import cases, reserve_sessions
from bookings.queries import seated
from bookings.rules.funding import Unfunded
from bookings.states import BookingState
from courses.certificates import issuing
from courses.days import reminding
from courses.evaluations import closing, opening
from courses.reviews import reminding as late_actions
from lararportal import counted, database_faults, outbox, retention, seals
from lararportal.db import Database
from lararportal.errors import RecipientError, Refused, Undone
from lararportal.heartbeat import beat
from lararportal.kept import Kept
from lararportal.mail import Mailer
from lararportal.outbox import Letter, LetterState

log = structlog.get_logger()

FAILURES_IN_A_ROW = 3

Find = Callable[..., list[int]]
Deed = Callable[..., object]
Look = tuple[str, Find]
Kind = tuple[str, Find, Deed]

_open_evaluation: Deed = update_wrapper(partial(opening.open_, roster=seated), opening.open_)

DUE: tuple[Kind, ...] = (
    ("rounds opened", rounds.due_to_open, rounds.open_round),
    ("rounds closed", rounds.due_to_close, rounds.close_round),
    ("lines ended", waitlist.to_end, waitlist.end),
    ("offers lapsed", partial(deadlines.passed, state=BookingState.OFFERED), offers.lapse),
    ("answers reminded of", partial(deadlines.half_way, state=BookingState.OFFERED), offers.remind),
    ("choices lapsed", partial(deadlines.passed, state=BookingState.MUST_CHOOSE), choices.lapse),
    ("choices reminded of", partial(deadlines.half_way, state=BookingState.MUST_CHOOSE), choices.remind),
    ("cases ended", cases.to_end, cases.end_by_itself),
    ("few booked warned of", cases.to_warn, cases.warn),
    ("decisions asked for", cases.due, cases.ask_for_decision),
    ("seats charged", charging.due, charging.settle),
    ("reserves asked for", reserve_sessions.to_tell, reserve_sessions.tell),
    ("certificates made", issuing.waiting, issuing.make),
    ("completions reminded of", reminding.to_remind, reminding.remind),
    ("evaluations opened", opening.due, _open_evaluation),
    ("evaluations reminded of", opening.to_remind, opening.remind),
    ("evaluations closed", closing.due, closing.close),
    ("late actions reminded of", late_actions.to_remind, late_actions.remind),
)
"""What is due: what it is called, how it is found, and what is done to each."""
UNFUNDED: dict[Unfunded, tuple[Kind, ...]] = {
    Unfunded.KEEP: (("funding reminded of", funding.to_remind, funding.remind),),
    Unfunded.RELEASE: (
        ("funding reminded of", funding.to_remind, funding.warn),
        ("unfunded seats released", funding.to_release, funding.release),
    ),
}
"""What is due about a resident's seat that nobody has said is paid for."""


def run_due(
    database: Database,
    *,
    now: datetime,
    unfunded: Unfunded = Unfunded.KEEP,
    no_show_fee: int | None = None,
    before: Before = USUALLY,
) -> dict[str, int]:
    """Does what is due by `now`, each thing in its own transaction, and says how many of each.

    One thing that fails, or cannot be looked for, is logged and does not stop the others; it is due again at the
    next tick.
    """
    settle_absences: Deed = update_wrapper(partial(absences.settle, fee=no_show_fee), absences.settle)
    charged: Kind = ("absences charged", absences.due, settle_absences)
    kinds = (*DUE, *before.due, charged, *UNFUNDED[unfunded])
    done = {name: 0 for name, _, _ in kinds}
    while kinds:
        looked, keys = _first_due(database, [(name, find) for name, find, _ in kinds], now=now)
        name, _, deed = kinds[looked - 1]
        outcomes = [_do(database, deed, key, now=now) for key in keys]
        done[name] = sum(outcomes)
        counted.due(name, "done", done[name])
        counted.due(name, "fault", len(outcomes) - done[name])
        kinds = kinds[looked:]
    return done | give_seats(database, now=now)


def _first_due(database: Database, looks: Sequence[Look], *, now: datetime) -> tuple[int, list[int]]:
    """How many looks were made, and what is due by the last: mostly nothing is, and one transaction shows it.

    One by which nothing can be found out is the last too, with nothing due, and the next begins behind it. That can
    be for one row that nobody can read, or a limit of the database.

    Raises:
        Undone: the database is away, for all else too.
    """
    looked = 0

    def look(db: Session) -> list[int]:
        nonlocal looked
        looked = 0
        for _, find in looks:
            looked += 1
            if keys := find(db, now=now):
                return keys
        return []

    try:
        keys = database.run(look)
    except Exception as fault:
        if isinstance(fault, Undone) and fault.why != database_faults.SLOW:
            raise
        what, keys = looks[looked - 1][0], []
        log.error("tick: not looked for", what=what, exc_info=fault)  # noqa: TRY400 - structured
        counted.due(what, "fault")
    return looked, keys


def _do(database: Database, deed: Deed, key: int, *, now: datetime) -> bool:
    try:
        database.run(lambda db: deed(db, key, now=now, by=None))
    except Exception as fault:
        log.error("tick: not done", deed=deed.__name__, key=key, exc_info=fault)  # noqa: TRY400 - structured
        return False
    return True


def make_certificates(database: Database, session_id: int, *, now: datetime) -> int:
    """Makes the certificates of a session that wait to be made, one transaction each; how many were made."""
    keys = database.run(lambda db: issuing.waiting_of(db, session_id))
    return sum(_do(database, issuing.make, key, now=now) for key in keys)


def forget(database: Database, *, now: datetime, kept: Mapping[Kept, int]) -> dict[str, int]:
    """Deletes what has been kept for its time, each kind in a transaction of its own; how much of each."""
    done = {}
    for name in retention.KINDS:
        try:
            done[name.value] = database.run(partial(retention.forget, name=name, now=now, days=kept[name]))
        except Exception as fault:
            log.error("tick: not deleted", kind=name, exc_info=fault)  # noqa: TRY400 - structured
            counted.due("retention", "fault")
    return done


def give_seats(database: Database, *, now: datetime) -> dict[str, int]:
    """Fills freed seats and closes swap rings, until there is neither; how many moved in each way.

    A free seat belongs to the line first. A ring frees none, but who has changed days may be next elsewhere.
    """
    filled = swapped = 0
    while True:
        filled += fill_freed_seats(database, now=now)
        moved = sum(_close(database, key, now=now) for key in _to_give(database, swap_rings.due, now=now))
        if not moved:
            counted.due("seats filled", "done", filled)
            counted.due("seats swapped", "done", swapped)
            return {"seats filled": filled, "seats swapped": swapped}
        swapped += moved


def fill_freed_seats(database: Database, *, now: datetime) -> int:
    """Gives every free seat that somebody waits for to the next in line, until there is none; how many moved.

    A move can free a seat elsewhere (a swap), so the search goes on until it finds nothing.
    """
    filled = 0
    while moved := sum(_fill(database, key, now=now) for key in _to_give(database, freed.to_fill, now=now)):
        filled += moved
    return filled


def _to_give(database: Database, find: Find, *, now: datetime) -> list[int]:
    return _first_due(database, [("seats given", find)], now=now)[1]


def _fill(database: Database, session_id: int, *, now: datetime) -> int:
    return _moved(database, waitlist.fill, session_id=session_id, now=now)


def _close(database: Database, course_id: int, *, now: datetime) -> int:
    return _moved(database, swap_rings.close, course_id=course_id, now=now)


def _moved(database: Database, deed: Callable[..., int], *, now: datetime, **about: int) -> int:
    try:
        return database.run(lambda db: deed(db, now=now, **about))
    except Refused as refusal:
        # Somebody was quicker on one of the days; the next look sees it.
        log.info("seats not given", deed=deed.__name__, reason=refusal.reason, **about)
    except Exception as fault:
        log.error("tick: not given", deed=deed.__name__, exc_info=fault, **about)  # noqa: TRY400 - structured
        counted.due("seats given", "fault")
    return 0


def seal_journal(database: Database, *, now: datetime) -> int:
    """Seals what is new in the journal; how many entries. What fails is logged, and done by the next tick."""
    try:
        return seals.seal(database, now=now)
    except Exception as fault:
        log.error("tick: journal not sealed", exc_info=fault)  # noqa: TRY400 - structured
        counted.due("journal sealed", "fault")
        return 0


def deliver_letters(database: Database, mailer: Mailer, *, now: datetime) -> int:
    """Sends every due letter, one transaction each; how many were tried.

    When several in a row fail the mail server is taken to be away, and the rest waits for the next time: nobody
    sits through the silence of a server once for every letter. A server that says no to a recipient is there, and
    what is wrong with a letter itself says nothing of the server.
    """
    tried = failed_in_a_row = 0
    refused: set[int] = set()

    def send(letter: Letter) -> str:
        nonlocal failed_in_a_row
        try:
            answer = mailer.send(letter)
        except RecipientError:
            failed_in_a_row = 0
            refused.add(letter.id)
            raise
        except OSError:
            failed_in_a_row += 1
            raise
        failed_in_a_row = 0
        return answer

    while failed_in_a_row < FAILURES_IN_A_ROW and (letter := _deliver_one(database, send, now=now)):
        tried += 1
        counted.due("letters", _how(letter, is_refused=letter.id in refused))
    return tried


def _how(letter: Letter, *, is_refused: bool) -> str:
    """What became of a letter that was tried; of one that is neither the server could not be asked."""
    if letter.state is LetterState.SENT:
        return "done"
    return "refused" if is_refused else "put_off"


def _deliver_one(database: Database, send: Callable[[Letter], str], *, now: datetime) -> Letter | None:
    """Once and not anew: the mail server may have been told."""
    with database.transaction() as db:
        return outbox.deliver_next(db, now=now, send=send)


MAY_DIFFER = timedelta(minutes=2)


class ClocksDiffer(Exception):  # noqa: N818 - what is said to the operator
    """The clock here and that of the database are too far apart; the message says how far."""


def insist_on_true_clock(database: Database, *, now: datetime) -> None:
    """Two machines agree on the time: what a clock that has jumped calls due could not be taken back.

    Raises:
        ClocksDiffer: they do not, and nobody knows which is wrong.
    """
    there = database.run(lambda db: db.scalars(select(func.clock_timestamp())).one())
    if abs(there - now) > MAY_DIFFER:
        raise ClocksDiffer(
            f"nothing was done, since the clocks differ: here it is {now:%Y-%m-%d %H:%M:%S}, in the database "
            f"{there:%Y-%m-%d %H:%M:%S} (UTC). Set the one that is wrong"
        )


def heartbeat(database: Database, *, now: datetime) -> None:
    """Remembers that the tick ran to its end."""
    database.run(lambda db: beat(db, "tick", now=now))
