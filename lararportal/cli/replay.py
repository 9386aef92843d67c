"""`lararportal replay`: whether a published round is what comes of doing it again from what was frozen."""

from collections.abc import Iterator

import click

from bookings.replay import Aside, Replay
from bookings.replay import replay as done_again
from bookings.rules.allocation import verification, verification_remarks
from lararportal import config, pages
from lararportal.cli.telling import counted, one_line
from lararportal.clock import STOCKHOLM
from lararportal.edge import install
from lararportal.errors import NotFound, Refused


@click.command()
@click.argument("number", metavar="ROUND", type=int)
def replay(*, number: int) -> None:
    """Allocate a published ROUND again from its stored input, and compare it byte for byte with what was published.

    Says which hashes and which seed were found, and what was decided beside the rules, by whom and why. Ends with 1
    and a sentence for each difference when something is not as it was.
    """
    place = install(config.from_environment())
    try:
        _tell(place.database.run(lambda db: done_again(db, number)))
    except NotFound as fault:
        raise click.ClickException(f"there is no round {number}") from fault
    except Refused as refusal:
        raise click.ClickException(pages.sentence(refusal.reason, **refusal.facts)) from refusal
    finally:
        place.database.dispose()


def _tell(found: Replay) -> None:
    for line in _lines(found):
        click.echo(one_line(line))
    if found.differences:
        number = counted(len(found.differences), "difference")
        raise click.ClickException(f"round {found.round_.id} is not as it was: {number}.")
    click.echo("Done again, everything is the same byte for byte, and the check finds nothing.")


def _lines(found: Replay) -> Iterator[str]:
    round_, run = found.round_, found.run
    yield f"round         {round_.id}, term {round_.term}, {found.applicants} applicants"
    yield f"frozen input  {round_.frozen_hash}"
    yield f"seed          {round_.seed}"
    if run is not None and found.file is not None:
        yield f"result        {found.file['result_hash']}, run {run.id} by rules {run.rules_version}"
    if found.file is not None and verification.faults(found.file) == []:
        yield from verification_remarks.remarks(found.file)
        yield "The seed follows from the values of the lottery."
    yield from map(_in_words, found.asides)
    yield f"Decisions beside the rules: {len(found.asides)}."
    yield from found.differences


def _in_words(aside: Aside) -> str:
    at = aside.at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")
    return f"{at}, {aside.by or 'the portal'}: {aside.what}. {aside.reason}".rstrip()


COMMANDS = (replay,)
