"""What a fault of the database means to whoever asked: a refusal, something undone, or the fault that it is."""

from typing import Any, NoReturn

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from lararportal.errors import Refused, Undone

_guards: dict[str, Refused] = {}


def guard(constraint: str, refusal: Refused) -> None:
    """Says what a violated constraint means to the user: the last guard speaks as politely as the rule."""
    _guards[constraint] = refusal


def _constraint(violation: IntegrityError) -> str:
    diagnosis: Any = getattr(violation.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


DEADLOCK, RACE, CONNECTION, UNWRITABLE, SLOW = "deadlock", "race", "connection", "unwritable", "slow"
PASSING = {
    "40P01": DEADLOCK,
    "40001": RACE,
    "53300": CONNECTION,
    "25006": UNWRITABLE,
    "53100": UNWRITABLE,
    "57014": SLOW,
    "55P03": SLOW,
}
"""By the codes of PostgreSQL. It cannot be written in where another has taken over, or its disk is full.

It was too slow where a statement, or what that waited for, took longer than it was told to allow.
"""
LOST = ("08", "57P")
"""How the codes of PostgreSQL begin that say a connection has ended or that none can be had."""


def raise_meaning(fault: DBAPIError) -> NoReturn:
    """Raises what a fault means to whoever asked: a refusal, something undone, or the fault that it is."""
    refusal = _guards.get(_constraint(fault)) if isinstance(fault, IntegrityError) else None
    if refusal is not None:
        raise Refused(refusal.reason, **refusal.facts) from fault
    why = CONNECTION if is_lost(fault) else PASSING.get(_code(fault))
    if why is not None:
        raise Undone(why) from fault
    raise fault


def is_lost(fault: DBAPIError) -> bool:
    """Whether the connection ended, or there was none; the library knows no code for what the network did."""
    code = _code(fault)
    return fault.connection_invalidated or code.startswith(LOST) or (isinstance(fault, OperationalError) and not code)


def _code(fault: DBAPIError) -> str:
    return str(getattr(fault.orig, "sqlstate", None) or "")
