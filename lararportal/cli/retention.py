"""`lararportal retention`: what of people's data has been kept for its time."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from lararportal import clock, config, kept
from lararportal import retention as kinds
from lararportal.cli.telling import a_moment
from lararportal.edge import Installation, install
from lararportal.tick import ClocksDiffer, forget, insist_on_true_clock


@click.command()
@click.option("--dry-run", "is_tried", is_flag=True, help="Only say what would go, and why.")
@click.option("--now", "moment", metavar="ISO", help="With --dry-run: by then, such as 2027-03-01T08:00.")
def retention(*, is_tried: bool, moment: str | None) -> None:
    """Delete what has been kept for its time, as every tick does, or list what that would be."""
    if moment is not None and not is_tried:
        raise click.UsageError("--now is for --dry-run: what is deleted is gone, and only by the clock")
    place = install(config.from_environment())
    try:
        if is_tried:
            _list(place, now=clock.now() if moment is None else a_moment(moment))
        else:
            forget_now(place, now=clock.now())
    except ClocksDiffer as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        place.database.dispose()


def forget_now(place: Installation, *, now: datetime) -> None:
    """Says what goes, and deletes it.

    Raises:
        ClocksDiffer: the clock may have jumped; nothing was done.
    """
    insist_on_true_clock(place.database, now=now)
    _list(place, now=now)
    done = forget(place.database, now=now, kept=kept.days(place.settings.retention))
    click.echo(f"{sum(done.values())} done; what is left goes at the next ticks.")


def _list(place: Installation, *, now: datetime) -> None:
    days = kept.days(place.settings.retention)

    def counted(db: Session) -> dict[kept.Kept, int]:
        return kinds.counts(db, now=now, kept=days)

    for name, count in place.database.run(counted).items():
        click.echo(f"{name}: {count} (after {days[name]} days {kinds.KINDS[name].why})")


COMMANDS = (retention,)
