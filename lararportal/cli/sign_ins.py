"""`lararportal sign-out`: an operator ends the sign-ins of somebody, or of everybody, after a theft or a doubt."""

import click
from sqlalchemy.orm import Session

from auth import login_sessions
from lararportal import clock
from lararportal.cli.roles import in_one_transaction, only_one


@click.command(name="sign-out")
@click.argument("who", required=False)
@click.option("--everybody", "is_everybody", is_flag=True, help="Of everybody.")
def sign_out(who: str | None, *, is_everybody: bool) -> None:
    """End every sign-in of WHO (a number or an e-mail address). They can sign in again at their provider."""
    if (who is None) is not is_everybody:
        raise click.UsageError("say whose, or --everybody")
    now = clock.now()

    def end(db: Session) -> int:
        if who is None:
            return login_sessions.end_all(db, now=now, by=None)
        return login_sessions.end_all_of(db, person_id=only_one(db, who).id, now=now, by=None)

    click.echo(f"Sign-ins ended: {in_one_transaction(end)}.")


COMMANDS = (sign_out,)
