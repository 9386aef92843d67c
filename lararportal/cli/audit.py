"""`lararportal audit`: whether everything holds that must hold, recomputed from the rows."""

import json
from collections.abc import Sequence
from datetime import datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from lararportal import clock, config, pages
from lararportal.audit import EVERYTHING, NOT_BUILT, found, in_motion, stored, telling
from lararportal.audit.running import OF_QUEUE, OF_RIGHTS, of_queue, of_rights
from lararportal.audit.seals import head
from lararportal.checks import Finding
from lararportal.cli.telling import counted, one_line
from lararportal.edge import Installation, install
from lararportal.errors import Undone

NOT_RUN = 2
CHECKED = (*OF_QUEUE, *OF_RIGHTS, *(each.name for each in EVERYTHING))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.option("--keep", "is_kept", is_flag=True, help="Show what was found on the coordinators' page too.")
@click.option(
    "--journal-head",
    "kept_heads",
    multiple=True,
    metavar="HASH",
    help="Look too whether this seal of the journal, which was kept elsewhere, is still there; may be repeated.",
)
@click.pass_context
def audit(ctx: click.Context, *, as_json: bool, is_kept: bool, kept_heads: tuple[str, ...]) -> None:
    """Look whether everything holds that must hold, from the rows and never from counters.

    Ends with 0 when all is well, with 1 and a sentence for everything that is not, and with 2 when it could not be
    looked at.
    """
    place, now = install(config.from_environment()), clock.now()
    try:
        findings = _kept(place, now=now) if is_kept else _seen(place, now=now)
        findings += _beside(place, kept_heads, now=now)
    except (SQLAlchemyError, Undone) as fault:
        click.echo(f"Error: it could not be looked at: {one_line(fault)}", err=True)
        ctx.exit(NOT_RUN)
    finally:
        place.database.dispose()
    click.echo(_document(findings, now=now) if as_json else _in_words(findings))
    ctx.exit(1 if findings else 0)


def _seen(place: Installation, *, now: datetime) -> list[Finding]:
    findings = list(of_queue(place.queue, in_motion(now)))
    with place.database.snapshot() as db:
        findings += of_rights(db, env=place.settings.env)
        findings += found(db, EVERYTHING, in_motion(now))
    return findings


def _beside(place: Installation, kept_heads: Sequence[str], *, now: datetime) -> list[Finding]:
    """What only who asks can know: the seals that they have kept elsewhere."""
    with place.database.snapshot() as db:
        return list(found(db, map(head, kept_heads), in_motion(now)))


def _kept(place: Installation, *, now: datetime) -> list[Finding]:
    """As the worker does it; while one goes on that somebody asked for, nothing is kept of this one."""
    asked = place.database.run(lambda db: stored.ask(db, now=now, by=None))
    return stored.look(place, asked.id, clock=clock.now) if asked is not None else _seen(place, now=now)


def _document(findings: Sequence[Finding], *, now: datetime) -> str:
    document = {
        "at": now.isoformat(),
        "clean": not findings,
        "checks": list(CHECKED),
        "not_built": list(NOT_BUILT),
        "findings": [
            {"check": each.check, "sentence": telling.sentence(each), "facts": dict(each.facts)} for each in findings
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=str)


def _in_words(findings: Sequence[Finding]) -> str:
    told = [one_line(f"{each.check}: {telling.sentence(each)}") for each in findings]
    left_out = [one_line(pages.words()["not_built"][each]) for each in NOT_BUILT]
    looked = f"{counted(len(CHECKED), 'check')} done, {counted(len(findings), 'finding')}."
    return "\n".join([*told, *left_out, looked])


COMMANDS = (audit,)
