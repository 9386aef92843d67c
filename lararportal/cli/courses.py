"""`lararportal courses`: the catalogue from a file."""

from pathlib import Path

import click

from courses.course_file import COLUMNS, Fault, ImportFaulty, decode
from courses.course_import import import_file
from lararportal import clock, config, pages
from lararportal.db import Database, connect


@click.group()
def courses() -> None:
    """The catalogue of courses."""


@courses.command("import", epilog=f"Columns, in any order: {', '.join(COLUMNS)}.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Read courses from FILE, a CSV file in UTF-8 with a line of column names.

    Known codes are changed, new ones become drafts. When anything is wrong in the file, every fault is named and
    nothing is changed.
    """
    settings = config.from_environment()
    database = Database(
        connect(settings.database_url), portal_url=settings.base_url, contact=settings.contact, safe=settings.safe
    )
    try:
        text = decode(file.read_bytes())
        now = clock.now()
        done = database.run(lambda db: import_file(db, text=text, now=now, by=None))
    except ImportFaulty as faulty:
        for fault in faulty.faults:
            click.echo(in_words(fault), err=True)
        raise click.ClickException(pages.sentence(faulty.reason, **faulty.facts)) from faulty
    finally:
        database.dispose()
    for name, codes in vars(done).items():
        click.echo(f"{name}: {len(codes)}")


def in_words(fault: Fault) -> str:
    """Where a fault stands in the file and what it is, in the language of who keeps the file."""
    sentence = pages.sentence(fault.reason, value=fault.value)
    if not fault.line:
        return sentence
    place = ", ".join(filter(None, [fault.code, fault.field]))
    return pages.sentence("import_line", line=fault.line, place=f", {place}" if place else "", sentence=sentence)


COMMANDS = (courses,)
