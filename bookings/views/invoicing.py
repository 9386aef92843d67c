"""The invoice basis, as a page and as a spreadsheet."""

from collections.abc import Iterable, Iterator

from flask import Response, render_template, request, send_file
from werkzeug.datastructures import MultiDict

from auth.access import leads_back_to, me, needs, proved_anew
from auth.states import Role
from bookings import invoicing
from bookings.forms import PeriodForm
from bookings.queries.invoicing import InvoiceRow, Period, month_before
from lararportal import edge, pages, spreadsheets
from lararportal.clock import day_of
from lararportal.downloads import attachment
from lararportal.spreadsheets import Cell

COLUMNS = (
    "name",
    "category",
    "workplace",
    "charge",
    "course_code",
    "course_title",
    "place",
    "starts_on",
    "days",
    "cancelled_at",
    "percent",
)
"""Their headings are in `templates/words/`. What somebody told in words is not among them."""


@needs(Role.COORDINATOR)
def invoice_basis() -> str | tuple[str, int]:
    """What there is to invoice in a period, at first in the last month."""
    form = _asked()
    if not form.validate():
        return render_template("bookings/invoice_basis.html", form=form, page=None), 400
    number = request.args.get("sida", 1, type=int)
    with edge.deed() as db:
        page = invoicing.look_at(db, period=form.period, number=number, now=edge.moment(), by=me().person_id)
    return render_template("bookings/invoice_basis.html", form=form, page=page, period=form.period)


@needs(Role.COORDINATOR)
@proved_anew
@leads_back_to("bookings_desk.invoice_basis")
def invoice_file() -> Response | tuple[str, int]:
    """The same as a spreadsheet, whole."""
    form = _asked()
    if not form.validate():
        return render_template("bookings/invoice_basis.html", form=form, page=None), 400
    words, now = pages.words()["invoice_basis"], edge.moment()
    with edge.deed() as db:
        file = spreadsheets.written(
            sheet=words["sheet"],
            headings=[words[each] for each in COLUMNS],
            rows=_cells(invoicing.hand_out(db, period=form.period, now=now, by=me().person_id)),
            now=now,
        )
    answer = send_file(file, spreadsheets.TYPE, etag=False)
    answer.headers.update(attachment(_name(form.period)) | {"Cache-Control": "private, no-store"})
    return answer


def _asked() -> PeriodForm:
    usual = month_before(day_of(edge.moment()))
    has_asked = "fran" in request.args or "till" in request.args
    return PeriodForm(request.args if has_asked else MultiDict({"fran": str(usual.first), "till": str(usual.last)}))


def _name(period: Period) -> str:
    return f"fakturaunderlag-{period.first}-{period.last}.xlsx"


def _cells(rows: Iterable[InvoiceRow]) -> Iterator[list[Cell]]:
    words = pages.words()
    for row in rows:
        yield [
            row.name,
            words["category"][row.category] if row.category else None,
            row.workplace,
            words["charge"][row.charge],
            row.course_code,
            row.course_title,
            row.place,
            row.days[0],
            pages.days(row.days),
            row.cancelled_at,
            row.percent / 100 if row.percent is not None else None,
        ]


PAGES = (
    ("/samordning/fakturaunderlag", invoice_basis, ["GET"]),
    ("/samordning/fakturaunderlag.xlsx", invoice_file, ["GET"]),
)
"""Address, view and methods."""
