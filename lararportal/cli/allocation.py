"""`lararportal allocate | check`: who gets a seat, for anybody who holds the frozen input. No portal is needed."""

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bookings.rules.allocation import MalformedInstance
from bookings.rules.allocation import allocate as allocation_of
from bookings.rules.allocation import check as violations_of
from bookings.rules.allocation.market import Market
from bookings.rules.allocation.progress import untold
from bookings.rules.allocation.run import Run
from lararportal.cli import documents, unknown
from lararportal.cli.telling import counted, one_line
from lararportal.dev.screen import ProgressLine

LARGE = 5_000
"""From so many applicants on somebody has to wait, and is shown how far it has come."""

VERY_LARGE = 50_000
"""From so many applicants on a compiled run is worth the seconds that it takes to get ready."""

KERNEL = "bookings.kernel.ready"


@click.command()
@click.option("--from", "source", type=documents.EXISTING, required=True, help="The frozen input, alloc-instance/1.")
@click.option("--to", "target", type=documents.NEW, required=True, help="Where the result goes, alloc-result/1.")
@click.option(
    "--kernel/--plain",
    "compiled",
    default=None,
    help=f"Run compiled or in plain Python, with the same result. By itself: compiled from {VERY_LARGE} persons on.",
)
def allocate(*, source: Path, target: Path, compiled: bool | None) -> None:
    """Give seats by the rules: a frozen input in, its result out.

    The result is canonical JSON, so that the file's SHA-256 is the published hash of the result. When the input
    cannot be run, one sentence says why, and nothing is written.
    """
    if documents.are_one(source, target):
        raise click.UsageError(f"{target} is the frozen input itself, which the result would take the place of")
    document = documents.read(source)
    unknown.warn(source, document)
    persons = _applicants(document)
    line = ProgressLine("allocate", to=sys.stderr) if persons >= LARGE else None
    wants_kernel = persons >= VERY_LARGE if compiled is None else compiled
    ready = _kernel(insist=compiled is True) if wants_kernel else None
    try:
        with _without_a_search_for_garbage():
            result = allocation_of(document, ready=ready, told=line.show if line else untold)
    except MalformedInstance as fault:
        raise click.ClickException(f"{source} cannot be run: {fault}") from fault
    hashes = _hashes(document, result)
    documents.write(target, result)
    if line:
        line.end()
    seats = sum(map(len, result["assign"].values()))
    click.echo(f"{target}: {seats} seats for {len(result['assign'])} persons, {len(result['cancelled'])} cancelled")
    click.echo(hashes)


@click.command()
@click.argument("instance", type=documents.EXISTING)
@click.argument("result", type=documents.EXISTING)
def check(*, instance: Path, result: Path) -> None:
    """Check that RESULT is what the rules give for INSTANCE, by other code than the one that allocates.

    Ends with 1 and a sentence for each violation when it is not.
    """
    frozen, drawn_up = documents.read(instance), documents.read(result)
    unknown.warn(instance, frozen)
    try:
        with _without_a_search_for_garbage():
            violations = violations_of(frozen, drawn_up)
    except MalformedInstance as fault:
        raise click.ClickException(f"{instance} cannot be run: {fault}") from fault
    for violation in violations:
        click.echo(one_line(violation))
    if violations:
        raise click.ClickException(f"{result} is not what the rules give: {counted(len(violations), 'violation')}.")
    click.echo(f"{result} is what the rules give: every invariant holds for {len(drawn_up['assign'])} persons")
    click.echo(_hashes(frozen, drawn_up))


@contextmanager
def _without_a_search_for_garbage() -> Iterator[None]:
    """A large round is millions of small things that all stay: half the time would go into looking through them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _applicants(document: Any) -> int:
    """How many apply; nobody where the document is none, which is said later."""
    table = document.get("applicants") if isinstance(document, dict) else None
    return len(table) if isinstance(table, dict) else 0


def _kernel(*, insist: bool) -> Callable[[Market], Run] | None:
    """The compiled run. It is asked for here only, because what it needs is large and seldom installed.

    Raises:
        ClickException: it is insisted on, and not installed.
    """
    try:
        ready: Callable[[Market], Run] = importlib.import_module(KERNEL).Kernel
    except ModuleNotFoundError as fault:
        if insist:
            raise click.ClickException(
                "the compiled run is not installed: pip install 'lararportal[kernel]'"
            ) from fault
        return None
    return ready


def _hashes(frozen: dict[str, Any], result: dict[str, Any]) -> str:
    """The two hashes that are published; the lottery is no part of the frozen input's."""
    bound = {name: part for name, part in frozen.items() if name != "lottery"}
    return f"frozen input  {documents.digest(bound)}\nresult        {documents.digest(result)}"


COMMANDS = (allocate, check)
