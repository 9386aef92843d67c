"""The invoice basis: who looks at it, or takes it out of the portal, is in the journal."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.queries.invoicing import InvoiceRow, Period, all_invoice_rows, invoice_rows
from lararportal import journal
from lararportal.paging import Page


def look_at(db: Session, *, period: Period, number: int, now: datetime, by: int) -> Page[InvoiceRow]:
    """A page of what there is to invoice, and a note of who has seen it."""
    page = invoice_rows(db, period, number=number)
    _note(db, "invoice_basis.seen", period, now=now, by=by, page=page.number, rows=page.total)
    return page


def hand_out(db: Session, *, period: Period, now: datetime, by: int) -> Iterator[InvoiceRow]:
    """All that there is to invoice, and a note of who took it with them."""
    _note(db, "invoice_basis.handed_out", period, now=now, by=by)
    return all_invoice_rows(db, period)


def _note(db: Session, deed: str, period: Period, *, now: datetime, by: int, **more: int) -> None:
    first, last = period.first.isoformat(), period.last.isoformat()
    journal.note(db, deed, now=now, by=by, first=first, last=last, **more)
