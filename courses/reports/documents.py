"""Documents: each is closed with a key of its own, so that a change of keys seals that anew and no long file."""

import base64
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from auth import resealing
from auth.resealing import Kind
from courses.models import ReportDocument
from courses.rules.reports import media_type_of
from lararportal.checks import Check, When
from lararportal.sealing import KEY_BYTES, NONCE_BYTES, CannotOpen, Safe, safe_of


def close(db: Session, document: ReportDocument, content: bytes) -> None:
    """The row has the content, which nobody reads who has only the row."""
    key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    document.media_type = media_type_of(content) or ""
    document.content = nonce + AESGCM(key).encrypt(nonce, content, document.place.encode())
    document.sealed = safe_of(db).seal(base64.b64encode(key).decode(), place=document.place)


def opened(db: Session, document: ReportDocument) -> bytes:
    """The content as it was sent in.

    Raises:
        CannotOpen: its key is not known, or it is damaged.
    """
    key = base64.b64decode(safe_of(db).open(document.sealed, place=document.place))
    whole = document.content
    try:
        return AESGCM(key).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], document.place.encode())
    except InvalidTag as fault:
        raise CannotOpen from fault


DOCUMENTS = Kind(
    "documents", ReportDocument.report_id, resealing.by_another(ReportDocument.sealed), resealing.seal_row
)
KINDS = (DOCUMENTS,)
"""What a change of keys has to know."""


def by_another_key(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """How many documents have their key sealed by another than the newest; nobody knows without keys."""
    if isinstance(db.info.get("safe"), Safe) and (count := resealing.behind(db, DOCUMENTS)):
        yield {"count": count}


CHECKS = (Check("document_by_another_key", by_another_key),)
