"""The mail sink in the browser: what has been sent, to whom, and what it looks like. For development only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from flask import Blueprint, abort, render_template, request

from auth.access import public
from lararportal.edge import installation

LISTED = 200
"""The newest letters that the list shows."""
HEAD = 4096
"""Bytes at the start of a file within which the addresses stand."""
NAME = re.compile(r"[\w.-]+\.eml", re.ASCII)


@dataclass(frozen=True)
class Sent:
    """One letter, as the list shows it."""

    name: str
    recipient: str
    subject: str
    date: datetime | None


@dataclass(frozen=True)
class Part:
    """One part of a letter beside its text."""

    name: str
    kind: str
    text: str


def letters_blueprint(folder: Path) -> Blueprint:
    """The pages that show the letters in `folder`."""
    blueprint = Blueprint("dev_letters", __name__, url_prefix="/dev/letters")

    @blueprint.before_request
    def refuse_outside_development() -> None:
        if not installation().settings.is_development:
            abort(404)

    @blueprint.get("")
    @public
    def index() -> str:
        recipient = request.args.get("till", "").strip()
        sent = list(islice(_sent(folder, recipient), LISTED))
        return render_template("dev/letters.html", sent=sent, recipient=recipient, listed=LISTED)

    @blueprint.get("/<name>")
    @public
    def letter(name: str) -> str:
        path = folder / name
        if not NAME.fullmatch(name) or not path.is_file():
            abort(404)
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        return render_template("dev/letter.html", letter=_described(name, message), message=message,
                               text=_text(message), parts=list(_parts(message)))  # fmt: skip

    return blueprint


def _sent(folder: Path, recipient: str) -> Iterator[Sent]:
    """The letters to whom it may concern, newest first; only their heads are read."""
    wanted = recipient.lower().encode()
    for path in sorted(folder.glob("*.eml"), reverse=True):
        with path.open("rb") as file:
            head = file.read(HEAD)
        if wanted not in head.lower():
            continue
        message = BytesHeaderParser(policy=policy.default).parsebytes(head)
        assert isinstance(message, EmailMessage)
        sent = _described(path.name, message)
        if recipient.lower() in sent.recipient.lower():
            yield sent


def _described(name: str, message: EmailMessage) -> Sent:
    # The envelope says who gets the letter; see the sink.
    recipient = str(message.get("X-Envelope-To") or message.get("To") or "")
    return Sent(name=name, recipient=recipient, subject=str(message.get("Subject", "")), date=_date(message))


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        return None


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""


def _parts(message: EmailMessage) -> Iterator[Part]:
    for part in message.iter_attachments():
        content = part.get_content()
        text = content if isinstance(content, str) else ""
        if isinstance(content, bytes) and part.get_content_maintype() == "text":
            text = content.decode("utf-8", "replace")
        yield Part(name=part.get_filename() or "", kind=part.get_content_type(), text=text)
