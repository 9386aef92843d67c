"""`lararportal role`: an operator gives and takes roles, above all the first administrator's."""

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from auth import granting, identities, queries
from auth.models import Person
from auth.states import Area, Role
from lararportal import clock, config, pages
from lararportal.edge import install
from lararportal.errors import Refused

Answer = TypeVar("Answer")

WHO = click.argument("who")
ROLE = click.argument("name", metavar="ROLE", type=click.Choice([word.value for word in Role]))
AREA = click.option("--area", type=click.Choice([word.value for word in Area]), help="Where, for a director.")


@click.group()
def role() -> None:
    """Grant and revoke roles, and list who holds them."""


@role.command(name="list")
def held() -> None:
    """List every role that is held."""
    for person, grant in in_one_transaction(queries.grants):
        area = f" of {grant.area}" if grant.area else ""
        click.echo(f"{person.id:>6}  {person.name} <{person.shown_email}>  {grant.role}{area}")


@role.command()
@WHO
@ROLE
@AREA
@click.option("--yes", "is_meant", is_flag=True, help="Whoever has that address is who you mean.")
def grant(who: str, name: str, area: str | None, *, is_meant: bool) -> None:
    """Let WHO (a number or an e-mail address) hold ROLE. Every sign-in of theirs ends.

    People write their addresses themselves: of an address it is told whose it is, and the role given with --yes.
    """
    if not who.isdecimal() and not is_meant:
        raise click.ClickException(in_one_transaction(lambda db: _told(db, who)))
    person = _change(granting.grant, who, Role(name), _area(area))
    click.echo(f"{person.name} is {name} now.")


@role.command()
@WHO
@ROLE
@AREA
def revoke(who: str, name: str, area: str | None) -> None:
    """Let WHO (a number or an e-mail address) not hold ROLE any more. Every sign-in of theirs ends."""
    person = _change(granting.revoke, who, Role(name), _area(area))
    click.echo(f"{person.name} is not {name} any more.")


def _area(name: str | None) -> Area | None:
    return None if name is None else Area(name)


def only_one(db: Session, who: str) -> Person:
    """The person with that number or e-mail address.

    Raises:
        ClickException: nobody has it, or several have.
    """
    found = queries.known_as(db, who)
    if not found:
        raise click.ClickException(f"nobody is known as {who}: a person must have signed in once")
    if len(found) > 1:
        numbers = ", ".join(f"{person.id} ({person.name})" for person in found)
        raise click.ClickException(f"several people have the address {who}: say the number of one, {numbers}")
    return found[0]


def _told(db: Session, who: str) -> str:
    found = only_one(db, who)
    own = [f"{each.issuer} since {each.linked_at:%Y-%m-%d}" for each in identities.of_person(db, found.id)]
    ways = ", ".join(own) or "no provider yet"
    return (
        f"{who} stands in the profile of {found.id} ({found.name}), here since {found.created_at:%Y-%m-%d}, who "
        f"signs in at {ways}. Anybody can write an address there: if that is who you mean, say {found.id} "
        "instead, or --yes"
    )


def _change(deed: Callable[..., object], who: str, role: Role, area: Area | None) -> Person:
    now = clock.now()

    def change(db: Session) -> Person:
        person = only_one(db, who)
        deed(db, person_id=person.id, role=role, area=area, now=now, by=None)
        return person

    return in_one_transaction(change)


def in_one_transaction(work: Callable[[Session], Answer]) -> Answer:
    """Does the work; a refusal is said in its sentence."""
    place = install(config.from_environment())
    try:
        return place.database.run(work)
    except Refused as refusal:
        raise click.ClickException(pages.sentence(refusal.reason, **refusal.facts)) from refusal
    finally:
        place.database.dispose()


COMMANDS = (role,)
