"""What the developer sees in the terminal: one line for each step, progress, and who can sign in."""

import sys
import time
from collections.abc import Sequence
from typing import TextIO

import click

from lararportal.dev.people import DemonstrationPerson

LABEL = 14
BAR = 24
TENTHS = 10


def say(label: str, text: str, *, to: TextIO | None = None) -> None:
    """One line, on the standard output unless it is to go elsewhere."""
    click.echo(f"  {label:<{LABEL}}{text}", file=to)


class ProgressLine:
    """Progress in steps: a bar that moves in a terminal, a line for each tenth elsewhere."""

    def __init__(self, label: str, *, to: TextIO | None = None) -> None:
        self._label = label
        self._to = to or sys.stdout
        self._last = ("", -1)
        self._begun = time.monotonic()

    def show(self, step: str, done: int, total: int) -> None:
        """Shows how far a step has come."""
        mark = (step, TENTHS * done // max(total, 1))
        if self._to.isatty():
            if self._last[0] not in ("", step):
                click.echo(file=self._to)
            filled = BAR * done // max(total, 1)
            bar = "#" * filled + "." * (BAR - filled)
            click.echo(f"\r\033[K  {self._label:<{LABEL}}[{bar}] {step} {done}/{total}", nl=False, file=self._to)
        elif mark != self._last:
            say(self._label, f"{step} {done}/{total}", to=self._to)
        self._last = mark

    def end(self) -> None:
        """Ends the last step with the time that all of them took."""
        if self._to.isatty():
            click.echo(file=self._to)
        say(self._label, f"done in {time.monotonic() - self._begun:.0f} s", to=self._to)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under a head, each column as wide as its widest word."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def accounts(people: Sequence[DemonstrationPerson]) -> str:
    """The demonstration accounts; nobody needs a password."""
    return table(("sign in as", "name", "is"), [(person.subject, person.name, person.post) for person in people])
