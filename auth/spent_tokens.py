"""What a provider says counts once: a token that was used is remembered for as long as it could be used again."""

import hashlib
from datetime import datetime

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth.models import SpentToken
from auth.states import Refusal
from lararportal.errors import Refused

log = structlog.get_logger()

FORGOTTEN_AT_ONCE = 100
"""So that no sign-in tidies up for long."""


def spend(db: Session, *, issuer: str, token: str, until: datetime, now: datetime) -> None:
    """The token has been used, and is worth nothing any more; until then it is remembered, by its hash.

    Of two who use it at the same moment one waits for the other.

    Raises:
        Refused: it has been used before.
    """
    _forget(db, now=now)
    token_hash = hashlib.sha256(f"{issuer} {token}".encode()).hexdigest()
    first = (
        insert(SpentToken)
        .values(token_hash=token_hash, until=until)
        .on_conflict_do_nothing()
        .returning(SpentToken.token_hash)
    )
    if db.scalar(first) is None:
        log.warning("token used again", issuer=issuer)
        raise Refused(Refusal.SIGN_IN_FAILED)


def _forget(db: Session, *, now: datetime) -> None:
    """Removes what could not be used any more, but for what somebody else is about to remove."""
    over = select(SpentToken.token_hash).where(SpentToken.until < now).limit(FORGOTTEN_AT_ONCE)
    db.execute(
        delete(SpentToken)
        .where(SpentToken.token_hash.in_(over.with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )
