"""`lararportal retention`: what of people's data has been kept for its time."""

import click
from sqlalchemy.orm import Session

from lararportal import clock, config, kept
from lararportal import retention as kinds
from lararportal.edge import install
from lararportal.tick import forget


@click.command()
@click.option("--dry-run", "is_tried", is_flag=True, help="Only say what would go, and why.")
def retention(*, is_tried: bool) -> None:
    """Delete what has been kept for its time, as every tick does, or list what that would be."""
    settings, now = config.from_environment(), clock.now()
    place, days = install(settings), kept.days(settings.retention)

    def counted(db: Session) -> dict[kept.Kept, int]:
        return kinds.counts(db, now=now, kept=days)

    try:
        found = place.database.run(counted)
        for name, count in found.items():
            click.echo(f"{name}: {count} (after {days[name]} days {kinds.KINDS[name].why})")
        if not is_tried:
            done = forget(place.database, now=now, kept=days)
            click.echo(f"{sum(done.values())} done; what is left goes at the next ticks.")
    finally:
        place.database.dispose()


COMMANDS = (retention,)
