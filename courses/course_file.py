"""A file of courses: what each row of it says, or everything that is wrong in it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from courses import rules
from courses.states import COURSE_BEARING_2015, OBJECTIVES_2015, OBJECTIVES_2021, ImportFault, Kind, Refusal
from lararportal.errors import Refused
from lararportal.lines import breaks, turns_around

COLUMNS = (
    "code",
    "title_sv",
    "kind",
    "delmal_2015",
    "delmal_2021",
    "days",
    "seats",
    "min_participants",
    "preparatory",
    "sessions_per_year",
)
"""What a file must have, in any order; other columns are left unread."""

TITLE_LENGTH = 200
RANGES = {
    "days": (1, 30),
    "seats": (1, 1000),
    "min_participants": (0, 1000),
    "preparatory": (0, 20),
    "sessions_per_year": (0, 52),
}


@dataclass(frozen=True)
class Fault:
    """One fault, and where in the file it stands; line 0 is the file as a whole."""

    line: int
    code: str
    field: str
    reason: ImportFault
    value: str = ""


class ImportFaulty(Refused):
    """The file is refused as a whole; `faults` has every fault of it, in the order of the lines."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(Refusal.IMPORT_FAULTY, count=len(faults))
        self.faults = faults


@dataclass(frozen=True)
class Row:
    """A row without faults. What a file does not speak of is left to the course as it is."""

    code: str
    facts: Mapping[str, Any]


def decode(raw: bytes) -> str:
    """The text of a file.

    Raises:
        ImportFaulty: it is not UTF-8.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise ImportFaulty([Fault(line, "", "", ImportFault.NOT_UTF8)]) from fault


def read(text: str) -> list[Row]:
    """The rows of a file, in its order.

    Raises:
        ImportFaulty: with every fault that can be seen at once.
    """
    strange = [number for number, line in enumerate(text.splitlines(), 1) if "\0" in line]
    if strange:
        raise ImportFaulty([Fault(number, "", "", ImportFault.NUL) for number in strange])
    lines = _lines(text.removeprefix("\ufeff"))
    if not lines:
        raise ImportFaulty([Fault(0, "", "", ImportFault.NO_ROWS)])
    (number, header), *body = lines
    names = [cell.strip().lower() for cell in header]
    faults = [Fault(number, "", name, ImportFault.MISSING_COLUMN) for name in COLUMNS if name not in names]
    faults += [Fault(number, "", name, ImportFault.COLUMN_TWICE) for name in COLUMNS if names.count(name) > 1]
    if not body:
        faults.append(Fault(0, "", "", ImportFault.NO_ROWS))
    if faults:
        raise ImportFaulty(faults)
    rows = []
    seen: dict[str, int] = {}
    for line, cells in body:
        reader = _RowReader(line, names, cells)
        rows.append(reader.read(seen))
        faults += reader.faults
    if faults:
        raise ImportFaulty(faults)
    return [row for row in rows if row is not None]


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The rows that say something, each with the number of its first line in the file."""
    return list(_numbered(text))


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    first = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield first, [cell.strip() for cell in cells]
            first = reader.line_num + 1
    except csv.Error as fault:
        raise ImportFaulty([Fault(first, "", "", ImportFault.UNREADABLE)]) from fault


class _RowReader:
    """Reads one row field by field and remembers what is wrong with it."""

    def __init__(self, line: int, names: list[str], cells: list[str]) -> None:
        self.line, self.names, self.cells = line, names, cells
        self.row = dict(zip(names, cells, strict=False))
        self.code = self.row.get("code", "")
        self.faults: list[Fault] = []

    def fault(self, field: str, reason: ImportFault, value: str = "") -> None:
        self.faults.append(Fault(self.line, self.code, field, reason, value))

    def read(self, seen: dict[str, int]) -> Row | None:
        if len(self.cells) != len(self.names):
            self.fault("", ImportFault.CELL_COUNT, f"{len(self.cells)} / {len(self.names)}")
            return None
        code = self._code(seen)
        facts = {
            "title": self._title(),
            "kind": (kind := self._kind()),
            "objectives_2015": self._objectives_2015(kind),
            "objectives_2021": self._objectives("delmal_2021", OBJECTIVES_2021),
            "day_count": self._number("days"),
            "seats": self._number("seats"),
            "minimum": self._number("min_participants"),
            "preparatory_parts": self._number("preparatory"),
            "sessions_per_year": self._number("sessions_per_year"),
        }
        seats, minimum = facts["seats"], facts["minimum"]
        if isinstance(seats, int) and isinstance(minimum, int) and minimum > seats:
            self.fault("min_participants", ImportFault.MINIMUM_ABOVE_SEATS, f"{minimum} > {seats}")
        return None if self.faults else Row(code, facts)

    def _code(self, seen: dict[str, int]) -> str:
        code = rules.code_of(self.code)
        if code is None:
            self.fault("code", ImportFault.BAD_CODE if self.code else ImportFault.EMPTY, self.code)
            return ""
        if code in seen:
            self.fault("code", ImportFault.CODE_TWICE, str(seen[code]))
        seen.setdefault(code, self.line)
        return code

    def _title(self) -> str:
        if turns_around(self.row["title_sv"]):
            self.fault("title_sv", ImportFault.TURNS_AROUND)
        elif breaks(self.row["title_sv"]):
            self.fault("title_sv", ImportFault.BREAKS)
        title = " ".join(self.row["title_sv"].split())
        if not title:
            self.fault("title_sv", ImportFault.EMPTY)
        if len(title) > TITLE_LENGTH:
            self.fault("title_sv", ImportFault.TOO_LONG, str(TITLE_LENGTH))
        return title

    def _kind(self) -> Kind | None:
        text = self.row["kind"]
        plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
        if plain in set(Kind):
            return Kind(plain)
        self.fault("kind", ImportFault.UNKNOWN_KIND if text else ImportFault.EMPTY, text)
        return None

    def _objectives_2015(self, kind: Kind | None) -> tuple[str, ...]:
        faults_before = len(self.faults)
        found = self._objectives("delmal_2015", OBJECTIVES_2015)
        if kind and len(self.faults) == faults_before and rules.only_looks_mandatory(kind, found):
            self.fault("delmal_2015", ImportFault.ONLY_LOOKS_MANDATORY, ", ".join(COURSE_BEARING_2015))
        return found

    def _objectives(self, field: str, known: tuple[str, ...]) -> tuple[str, ...]:
        found, unknown = rules.objectives_in(self.row[field], known)
        for word in unknown:
            self.fault(field, ImportFault.UNKNOWN_OBJECTIVE, word)
        return found

    def _number(self, field: str) -> int | None:
        text = self.row[field]
        if not re.fullmatch(r"[0-9]{1,6}", text):
            self.fault(field, ImportFault.NOT_A_NUMBER if text else ImportFault.EMPTY, text)
            return None
        lowest, highest = RANGES[field]
        if not lowest <= int(text) <= highest:
            self.fault(field, ImportFault.OUT_OF_RANGE, f"{lowest}-{highest}")
        return int(text)
