"""JSON documents that commands read and write: whole or not at all, and one sentence when something is wrong."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from bookings.rules.allocation import MalformedInstance, canonical

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(dir_okay=False, path_type=Path)


def read(path: Path) -> Any:
    """The document in a file.

    Raises:
        ClickException: the file cannot be read, or holds no JSON that means the same to everybody.
    """
    try:
        text = path.read_text("utf-8-sig")
        return json.loads(text, object_pairs_hook=_named_once, parse_constant=_not_a_number)
    except OSError as fault:
        raise click.ClickException(f"{path} cannot be read: {fault.strerror}.") from fault
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise click.ClickException(f"{path} is no JSON document: {fault.msg} at {place}.") from fault
    except UnicodeDecodeError as fault:
        raise click.ClickException(f"{path} is no JSON document: byte {fault.start} is not UTF-8.") from fault
    except RecursionError as fault:
        raise click.ClickException(f"{path} is no document of ours: it is nested too deep.") from fault
    except ValueError as fault:
        raise click.ClickException(f"{path} is no JSON document: {fault}.") from fault


def digest(document: dict[str, Any]) -> str:
    """The SHA-256, in hexadecimal, of the canonical JSON of a document.

    Raises:
        ClickException: it cannot be written as JSON.
    """
    found = hashlib.sha256()
    try:
        for piece in pieces(document):
            found.update(piece.encode())
    except MalformedInstance as fault:
        raise click.ClickException(str(fault)) from fault
    except RecursionError as fault:
        raise click.ClickException("The document is nested too deep to be hashed.") from fault
    return found.hexdigest()


def write(path: Path, document: dict[str, Any]) -> None:
    """The file holds the document as canonical JSON, or is what it was before.

    A link stays one, and what it leads to is written. A device or pipe is written into and never replaced; one that
    is open already, such as /dev/fd/3, may have no name that could be resolved.

    Raises:
        ClickException: the file cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(pieces(document))
        else:
            _exchange(_led_to(path), pieces(document))
    except OSError as fault:
        raise click.ClickException(f"{path} cannot be written: {fault.strerror}.") from fault


def _led_to(path: Path) -> Path:
    """What a link leads to.

    Raises:
        ClickException: it leads to itself.
    """
    try:
        return path.resolve()
    except RuntimeError as fault:
        raise click.ClickException(f"{path} cannot be written: it is a link that leads to itself.") from fault


def are_one(source: Path, target: Path) -> bool:
    """Whether what is written to the one takes the place of the other; a terminal is both without harm."""
    try:
        return source.is_file() and source.samefile(target)
    except OSError:
        return False


def pieces(document: dict[str, Any]) -> Iterator[str]:
    """The canonical JSON of a document, piece by piece: the whole text of a large one would need much memory."""
    for place, name in enumerate(sorted(document)):
        value = document[name]
        yield f"{',' if place else '{'}{canonical(name)}:"
        if isinstance(value, dict) and value:
            yield from _row("{", (f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)), "}")
        elif isinstance(value, list) and value:
            yield from _row("[", map(canonical, value), "]")
        else:
            yield canonical(value)
    yield "}" if document else "{}"


def _row(begin: str, entries: Iterable[str], end: str) -> Iterator[str]:
    for place, entry in enumerate(entries):
        yield f"{',' if place else begin}{entry}"
    yield end


def _exchange(path: Path, text: Iterable[str]) -> None:
    """Writes a new file beside the old one, and puts it in its place once all of it is on the disk."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.absolute().parent, prefix=f".{path.name}.", delete=False
    ) as file:
        try:
            file.writelines(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o666 & ~_umask())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise


def _umask() -> int:
    """What a new file may not be; it can only be asked for by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, if no name stands in it twice: readers differ in which of the two they would take."""
    entry = dict(pairs)
    if len(entry) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return entry


def _not_a_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number in JSON")
