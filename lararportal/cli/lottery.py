"""`lararportal lottery`: what the parties of the lottery do, and what anybody can check of it. It needs no portal."""

import secrets
from pathlib import Path
from typing import Any

import click

from bookings.rules.allocation import MalformedInstance, fields, verification, verification_remarks
from bookings.rules.allocation import lottery as rules
from lararportal.cli import documents, unknown
from lararportal.cli.telling import counted, one_line

BYTES = 32


def digits(value: str) -> bytes:
    """The bytes that hexadecimal digits stand for.

    Raises:
        BadParameter: they are not 32.
    """
    try:
        found = bytes.fromhex(value)
    except ValueError:
        found = b""
    if len(found) != BYTES:
        raise click.BadParameter(f"{value} is not {BYTES} bytes in hexadecimal")
    return found


def identifier(value: str) -> str:
    """A name that lots are drawn from, as a document may hold it.

    Raises:
        BadParameter: it is empty, or holds a character that is not allowed there.
    """
    try:
        return fields.identifier(value, "a name", "The command")
    except MalformedInstance as fault:
        raise click.BadParameter(str(fault)) from fault


@click.group()
def lottery() -> None:
    """The lottery by which equals are told apart: draw, reveal, reckon and check."""


@lottery.command()
@click.option("--secret", type=digits, help="A secret that was drawn elsewhere; otherwise one is drawn here.")
def commit(*, secret: bytes | None) -> None:
    """Draw a secret and show the commitment that binds to it.

    The commitment is to be published before the window opens. The secret is to be kept, with a sealed copy at the
    other party, until the frozen input is public.
    """
    drawn = secret or secrets.token_bytes(BYTES)
    click.echo(f"secret      {drawn.hex()}")
    click.echo(f"commitment  {rules.commitment(drawn)}")


@lottery.command()
@click.argument("secret", type=digits)
@click.argument("commitment", type=digits)
def reveal(*, secret: bytes, commitment: bytes) -> None:
    """Check that SECRET is the one that COMMITMENT bound its party to."""
    if rules.commitment(secret) != commitment.hex():
        raise click.ClickException(f"the secret is not the bound one: its commitment is {rules.commitment(secret)}")
    click.echo("The secret is the one that the commitment bound.")


@lottery.command()
@click.option("--secret1", type=digits, help="The secret of the portal.")
@click.option("--secret2", type=digits, help="The secret of the second party.")
@click.option("--public", "value", help="The public value, as the page of the round shows it.")
@click.option(
    "--form",
    type=click.Choice(rules.FORMS),
    help="How the public value is written: hex, as drand's, or text, as any other. Needed with --public.",
)
@click.option("--term", type=identifier, required=True, help="Such as 2027-1.")
@click.option("--frozen-hash", type=digits, required=True, help="The hash of the frozen input, published at closing.")
def seed(
    *,
    secret1: bytes | None,
    secret2: bytes | None,
    value: str | None,
    form: str | None,
    term: str,
    frozen_hash: bytes,
) -> None:
    """Reckon the seed from the values of the parties, the term and the frozen input.

    A value that is missing, because nobody revealed it and no sealed copy was found, is left out, and that is said.
    """
    if not (secret1 or secret2 or value):
        raise click.UsageError("nothing would be drawn by lot: say --secret1, --secret2 or --public")
    public = _public_bytes(value, form) if value else b""
    for name, given in (("--secret1", secret1), ("--secret2", secret2), ("--public", value)):
        if not given:
            click.echo(f"{name} is missing: the seed is reckoned without it", err=True)
    reckoned = rules.seed_from(secret1 or b"", secret2 or b"", public, term=term, frozen_hash=frozen_hash)
    click.echo(reckoned.hex())


def _public_bytes(value: str, form: str | None) -> bytes:
    """The bytes of the public value, which must be spelt as the portal keeps it: other bytes make another seed."""
    if form is None:
        raise click.UsageError("how is the public value written? Say --form hex for drand's, --form text for others")
    if not rules.is_spelt(value, form=form):
        right = rules.one_spelling(value) if form == "text" else ""
        hint = f"; it is spelt {right}" if right else ""
        raise click.BadParameter(one_line(f"{value} is not written as {form}{hint}"), param_hint="--public")
    return rules.public_bytes(value, form=form)


@lottery.command()
@click.argument("pseudonym", type=identifier)
@click.option("--seed", type=digits, required=True, help="The seed of the round.")
@click.option("--term", type=identifier, required=True, help="Such as 2027-1.")
@click.option("--course", type=identifier, help="A course, where numbers are drawn for each.")
def number(*, pseudonym: str, seed: bytes, term: str, course: str | None) -> None:
    """Reckon the lottery number of PSEUDONYM; the smaller goes first."""
    drawn = rules.lot(seed, term=term, person=pseudonym, course=course or "")
    click.echo(f"{drawn}  0x{drawn:012x}")


@lottery.command(name="hash")
@click.argument("instance", type=documents.EXISTING)
def hash_(*, instance: Path) -> None:
    """Reckon the hash of a frozen input, as it is published at closing: without the lottery."""
    document = _table(instance)
    unknown.warn(instance, document)
    click.echo(documents.digest({name: part for name, part in document.items() if name != "lottery"}))


@lottery.command()
@click.argument("file", type=documents.EXISTING)
@click.option("--instance", type=documents.EXISTING, help="The frozen input, to compare the file with.")
@click.option("--result", type=documents.EXISTING, help="The result, to compare the file with.")
def verify(*, file: Path, instance: Path | None, result: Path | None) -> None:
    """Check the verification file of a published round: commitments, secrets, seed and hashes.

    Whoever holds the frozen input and the result can have them compared with it too. Ends with 1 and a sentence for
    each fault when something does not fit.
    """
    if (instance is None) != (result is None):
        raise click.UsageError("say both --instance and --result, or neither")
    document = documents.read(file)
    faults = verification.faults(document)
    if not faults and instance and result:
        faults = _differences(document, _table(instance), _table(result))
    for fault in faults:
        click.echo(one_line(fault))
    if faults:
        raise click.ClickException(f"{file} does not hold: {counted(len(faults), 'fault')}.")
    for remark in verification_remarks.remarks(document):
        click.echo(one_line(remark))
    told = f"term {document['term']}, {counted(len(document['lines']), 'applicant')}, seed {document['seed']}"
    click.echo(f"{file} holds: {one_line(told)}")


def _differences(
    document: dict[str, Any], instance: dict[str, Any], result: dict[str, Any]
) -> list[verification.Fault]:
    try:
        return verification.differences(document, instance, result)
    except MalformedInstance as fault:
        raise click.ClickException(one_line(fault)) from fault


def _table(path: Path) -> dict[str, Any]:
    """The document in a file, which must be an object."""
    document = documents.read(path)
    if not isinstance(document, dict):
        raise click.ClickException(f"{path} is no document of ours: it must be an object with a format.")
    return document


COMMANDS = (lottery,)
