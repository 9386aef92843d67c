"""Typesetting: what a row says becomes paper, and the same rows give the same bytes: its moment is theirs."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import segno
from sqlalchemy.orm import Session

from courses.models import Certificate
from courses.rules import certificates as rules
from lararportal import pages, typeset
from lararportal.clock import day_of
from lararportal.personal_number import of
from lararportal.sealing import safe_of

LAYOUT = 1
"""By which file new certificates are typeset; those of former ones stay as they are."""

INK = "#1b2a30"


def paper(db: Session, row: Certificate) -> dict[str, Any]:
    """What the typesetter is told of a certificate, the personal number in it: it is laid down nowhere.

    Raises:
        CannotOpen: the key that sealed the number is not in the settings.
    """
    number = of(safe_of(db).open(row.sealed, place=row.place)) if row.sealed else None
    digits = "" if number is None else number.reveal()
    address = f"{db.info['portal_url'].rstrip('/')}/intyg/"
    days = [date.fromisoformat(each) for each in row.content["days"]]
    made = day_of(row.made_at)
    return {
        **row.content,
        "layout": row.layout,
        "number": row.number,
        "version": row.version,
        "code": rules.grouped(row.code),
        "address": address + row.code,
        "portal": address.partition("://")[2].rstrip("/"),
        "qr": _drawn(address + row.code),
        "personal_number": f"{digits[:8]}-{digits[8:]}" if digits else "",
        "period": pages.days(days),
        "made": {"year": made.year, "month": made.month, "day": made.day},
        "made_on": pages.days([made]),
        "made_at": row.made_at.isoformat(),
    }


def pdf(papers: Sequence[dict[str, Any]]) -> bytes:
    """The certificates as one file, a page for each.

    Raises:
        TypstError: one takes more than a page, or cannot be made to the standards.
    """
    made_at = max(datetime.fromisoformat(each["made_at"]) for each in papers)
    return typeset.pdf("certificates/main.typ", at=made_at, certificates=papers)


def _drawn(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, micro=False, error="m").save(drawn, kind="svg", xmldecl=False, border=0, dark=INK)
    return drawn.getvalue().decode()
