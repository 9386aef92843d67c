"""`lararportal replay`: whether a published round is what comes of doing it again from what was frozen."""

import click

from bookings.replay import Aside, Replay
from bookings.replay import replay as done_again
from bookings.rules.allocation import verification
from lararportal import config, pages
from lararportal.app import install
from lararportal.clock import STOCKHOLM
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
        with place.database.transaction() as db:
            _tell(done_again(db, number))
    except NotFound as fault:
        raise click.ClickException(f"there is no round {number}") from fault
    except Refused as refusal:
        raise click.ClickException(pages.sentence(refusal.reason, **refusal.facts)) from refusal
    finally:
        place.database.dispose()


def _tell(found: Replay) -> None:
    round_, run = found.round_, found.run
    click.echo(f"round         {round_.id}, term {round_.term}, {found.applicants} applicants")
    click.echo(f"frozen input  {round_.frozen_hash}")
    click.echo(f"seed          {round_.seed}")
    if run is not None and found.file is not None:
        click.echo(f"result        {found.file['result_hash']}, run {run.id} by rules {run.rules_version}")
    if found.file is not None and verification.faults(found.file) == []:
        for remark in verification.remarks(found.file):
            click.echo(remark)
        click.echo("The seed follows from the values of the lottery.")
    for aside in found.asides:
        click.echo(_in_words(aside))
    click.echo(f"Decisions beside the rules: {len(found.asides)}.")
    for difference in found.differences:
        click.echo(difference)
    if found.differences:
        raise click.ClickException(f"round {round_.id} is not as it was: {len(found.differences)} differences.")
    click.echo("Done again, everything is the same byte for byte, and the check finds nothing.")


def _in_words(aside: Aside) -> str:
    at = aside.at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")
    return f"{at}, {aside.by or 'the portal'}: {aside.what}. {aside.reason}".rstrip()


COMMANDS = (replay,)
