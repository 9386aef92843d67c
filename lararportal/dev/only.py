"""For development only: the one question that every part here asks before it starts."""

from collections.abc import Mapping

import click

MODE = "LARARPORTAL_ENV"


def refuse_production(environment: Mapping[str, str]) -> None:
    """Ends the command when it runs in production.

    Raises:
        ClickException: LARARPORTAL_ENV says production.
    """
    if environment.get(MODE) == "production":
        raise click.ClickException(f"this is for development only, and {MODE} says production")
