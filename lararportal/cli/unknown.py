"""The warning of fields in a frozen input that no rule knows: nothing but the hash hangs on them, unless misspelt."""

from pathlib import Path
from typing import Any

import click

from bookings.rules.allocation.unknown import unknown_fields
from lararportal.cli.telling import plain

MOST_NAMED = 10
"""So many unknown fields are named in a warning; of the others it says how many."""


def warn(path: Path, document: Any) -> None:
    """A field that no rule knows changes nothing but the hash; one that is misspelt was meant to."""
    found = unknown_fields(document)
    if found:
        told = ", ".join(map(plain, found[:MOST_NAMED]))
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        click.echo(f"Warning: {path} has fields that no rule knows, and no rule reads: {told}{more}", err=True)
