"""`lararportal role`: an operator gives and takes roles, above all the first administrator's."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from auth import people, queries
from auth.models import Person
from auth.states import Area, Role
from lararportal import clock, config, pages
from lararportal.app import install
from lararportal.errors import Refused

WHO = click.argument("who")
ROLE = click.argument("name", metavar="ROLE", type=click.Choice([word.value for word in Role]))
AREA = click.option("--area", type=click.Choice([word.value for word in Area]), help="Where, for a director.")


@click.group()
def role() -> None:
    """Grant and revoke roles, and list who holds them."""


@role.command(name="list")
def held() -> None:
    """List every role that is held."""
    with _transaction() as db:
        for person, grant in queries.grants(db):
            area = f" of {grant.area}" if grant.area else ""
            click.echo(f"{person.id:>6}  {person.name} <{person.email}>  {grant.role}{area}")


@role.command()
@WHO
@ROLE
@AREA
def grant(who: str, name: str, area: str | None) -> None:
    """Let WHO (a number or an e-mail address) hold ROLE. Every sign-in of theirs ends."""
    with _transaction() as db:
        person = _only_one(db, who)
        people.grant(db, person_id=person.id, role=Role(name), area=_area(area), now=clock.now(), by=None)
    click.echo(f"{person.name} is {name} now.")


@role.command()
@WHO
@ROLE
@AREA
def revoke(who: str, name: str, area: str | None) -> None:
    """Let WHO (a number or an e-mail address) not hold ROLE any more. Every sign-in of theirs ends."""
    with _transaction() as db:
        person = _only_one(db, who)
        people.revoke(db, person_id=person.id, role=Role(name), area=_area(area), now=clock.now(), by=None)
    click.echo(f"{person.name} is not {name} any more.")


def _area(name: str | None) -> Area | None:
    return None if name is None else Area(name)


def _only_one(db: Session, who: str) -> Person:
    found = queries.known_as(db, who)
    if not found:
        raise click.ClickException(f"nobody is known as {who}: a person must have signed in once")
    if len(found) > 1:
        numbers = ", ".join(f"{person.id} ({person.name})" for person in found)
        raise click.ClickException(f"several people have the address {who}: say the number of one, {numbers}")
    return found[0]


@contextmanager
def _transaction() -> Iterator[Session]:
    """One transaction; a refusal is said in its sentence."""
    place = install(config.from_environment())
    try:
        with place.database.transaction() as db:
            yield db
    except Refused as refusal:
        raise click.ClickException(pages.sentence(refusal.reason, **refusal.facts)) from refusal
    finally:
        place.database.dispose()


COMMANDS = (role,)
