"""Spreadsheets: a table that leaves the portal as one, row by row, and in which no text is ever a formula."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time
from types import TracebackType
from typing import IO, Self

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lararportal.clock import STOCKHOLM

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | date | datetime | None

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these, wide ones too, a program may take a text for a formula, at the latest when the table is saved anew."""

WIDTH = 24
"""Of a column, in characters."""


def written(*, sheet: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], now: datetime) -> IO[bytes]:
    """The file, to be read from its beginning; it is gone when it is closed.

    Rows are written as they come, so that a long list needs no more memory than a short one. Fractions are shown as
    per cent.
    """
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        # What is laid aside on the way goes with its folder, above all when the disk is full.
        with tempfile.TemporaryDirectory() as folder, _Draft(file) as draft:
            workbook = Workbook(draft, {"constant_memory": True, "tmpdir": folder})
            workbook.set_properties({"created": now.astimezone(STOCKHOLM).replace(tzinfo=None)})
            _fill(workbook, workbook.add_worksheet(sheet), headings, rows)
            workbook.close()
        file.seek(0)
        stack.pop_all()  # From here on it is for whoever sends the file to close it.
        return file


class _Draft:
    """The file as long as it is written; what comes after that is lost.

    An archive that could not be finished, as on a full disk, would else be finished by force when it is forgotten.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file: IO[bytes] | None = file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file = None

    def write(self, piece: bytes) -> int:
        return len(piece) if self._file is None else self._file.write(piece)

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        return 0 if self._file is None else self._file.seek(place, whence)

    def tell(self) -> int:
        return 0 if self._file is None else self._file.tell()

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()


def _fill(workbook: Workbook, page: Worksheet, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    bold = workbook.add_format({"bold": True})
    formats: dict[type, Format] = {
        kind: workbook.add_format({"num_format": shown})
        for kind, shown in ((datetime, "yyyy-mm-dd hh:mm"), (date, "yyyy-mm-dd"), (float, "0%"))
    }
    page.freeze_panes(1, 0)
    page.set_column(0, len(headings) - 1, WIDTH)
    for column, heading in enumerate(headings):
        page.write_string(0, column, harmless(heading), bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _write(page, number, column, cell, formats)


def harmless(text: str) -> str:
    """The text behind a quotation mark, where it could be taken for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _write(page: Worksheet, row: int, column: int, cell: Cell, formats: Mapping[type, Format]) -> None:
    """Moments are those of clocks in Stockholm; a spreadsheet knows no other."""
    match cell:
        case None:
            return
        case str():
            page.write_string(row, column, harmless(cell))
        case datetime():
            page.write_datetime(row, column, cell.astimezone(STOCKHOLM).replace(tzinfo=None), formats[datetime])
        case date():
            page.write_datetime(row, column, datetime.combine(cell, time()), formats[date])
        case _:
            page.write_number(row, column, cell, formats.get(type(cell)))
