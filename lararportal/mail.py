"""Speaking SMTP: one connection, kept open for as many letters as are due."""

import smtplib
import ssl
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from lararportal import inner_tls
from lararportal.calendars import method_of
from lararportal.config import Settings
from lararportal.errors import RecipientError
from lararportal.outbox import Letter

FOR_GOOD = 500
"""Answers from here on say no, and those below it later (RFC 5321, 4.2.1)."""
TIMEOUT = 20
"""Seconds before a silent mail server counts as gone."""


def _unchecked() -> ssl.SSLContext:
    """Enciphered, for whoever answers."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


TRUST: dict[str, Callable[[], ssl.SSLContext]] = {"checked": ssl.create_default_context, "unchecked": _unchecked}
"""What makes a mail server the one that is meant, by the word of the settings."""


class MailError(OSError):
    """The mail server did not take a letter; the message is what it said."""


class _Plain(smtplib.SMTP):
    """A connection that remembers what the server said when it had the whole letter."""

    answered = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hands over the letter itself."""
        code, text = super().data(msg)
        self.answered = _in_words(code, text)
        return code, text


class _OverTls(_Plain, smtplib.SMTP_SSL):
    """The same, enciphered from the first byte."""


class Mailer:
    """A connection to the mail server, opened at the first letter and again after every fault.

    `bounces` is the address to which other servers report what they could not deliver; without it, the sender's.
    `certificate` is a word of `TRUST`: nothing is told to a server that speaks TLS and is not the one that is meant.
    Where that is looked at, nothing is told in clear text to another host either: whoever stands on the way could
    take the offer of TLS out of what the server says.
    """

    def __init__(
        self, url: str, *, sender: str, bounces: str = "", certificate: str = "checked", timeout: float = TIMEOUT
    ) -> None:
        self._url = urlsplit(url)
        self._trust = TRUST[certificate]
        self._may_be_heard = certificate != "checked" or inner_tls.is_near(self._url.netloc.rpartition("@")[2])
        self._sender = sender
        self._bounces = bounces
        self._timeout = timeout
        self._connection: _Plain | None = None

    def send(self, letter: Letter) -> str:
        """Hands one letter to the mail server and returns its answer.

        Raises:
            RecipientError: the server refused whom it is for.
            MailError: the server refused it.
            OSError: the server is away (smtplib's errors are OSErrors).
            ValueError: the letter has no address; some Pythons would hand over the empty one, and servers take it.
        """
        if not letter.address:
            raise ValueError("no address")
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.send_message(message_of(letter, sender=self._sender), from_addr=self._bounces or None)
        except smtplib.SMTPRecipientsRefused as refused:
            self.close()
            answers = refused.recipients.values()
            said = " ".join(_in_words(*each) for each in answers)
            raise RecipientError(said, for_good=all(code >= FOR_GOOD for code, _ in answers)) from refused
        except smtplib.SMTPResponseException as refused:
            self.close()
            raise MailError(_in_words(refused.smtp_code, refused.smtp_error)) from refused
        except OSError:
            self.close()
            raise
        return self._connection.answered

    def close(self) -> None:
        """Ends the connection; a server that is gone already is no fault."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self) -> _Plain:
        connection = self._dialled(self._url.hostname or "", self._url.port or 0)
        try:
            connection.ehlo_or_helo_if_needed()  # Before that nobody knows what the server can.
            if self._url.scheme == "smtp":
                self._encipher(connection)
            if self._url.username:
                connection.login(unquote(self._url.username), unquote(self._url.password or ""))
        except OSError:
            connection.close()
            raise
        except ValueError as fault:
            # What it asked cannot be read: that is wrong with the server, and with no letter.
            connection.close()
            raise MailError(f"not understood: {fault}") from fault
        return connection

    def _encipher(self, connection: _Plain) -> None:
        if connection.has_extn("starttls"):
            connection.starttls(context=self._trust())
        elif not self._may_be_heard:
            raise MailError("the mail server is on another host and offers no TLS")

    def _dialled(self, host: str, port: int) -> _Plain:
        if self._url.scheme == "smtps":
            return _OverTls(host, port, timeout=self._timeout, context=self._trust())
        return _Plain(host, port, timeout=self._timeout)


def postman(settings: Settings) -> Mailer:
    """A mailer as the settings say."""
    return Mailer(
        settings.smtp_url,
        sender=settings.mail_from,
        bounces=settings.bounce_address,
        certificate=settings.smtp_certificate,
    )


def _in_words(code: int, text: bytes | str) -> str:
    """A server's answer in one line."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join([str(code), *said.split()])


class WholeSubjects(EmailPolicy):
    """Subjects that keep all their spaces.

    Python 3.11 loses the space where it breaks a line between two encoded words (cpython issue 92081).
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """The header as it is read and checked, of most letters the same as of the one before."""
        return super().header_store_parse(name, value) if name in OWN else _parsed(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as it is sent; a subject in Swedish is encoded as a whole, spaces too."""
        text = str(value)
        if name != "Subject" or text.isascii():
            return super().fold_binary(name, value) if name in OWN else _folded(name, value, self.linesep)
        return _encoded(name, text, self.linesep)


OWN = frozenset({"To", "Subject", "Date", "Message-ID"})
"""What each letter has for itself; to read and fold the others takes longer than to hand the letter over."""


@lru_cache
def _parsed(name: str, value: Any) -> tuple[str, Any]:
    return EmailPolicy().header_store_parse(name, value)


@lru_cache
def _folded(name: str, value: Any, linesep: str) -> bytes:
    return EmailPolicy(linesep=linesep).fold_binary(name, value)


@lru_cache
def _encoded(name: str, text: str, linesep: str) -> bytes:
    """Remembered, since many letters are about the same, and it takes a sixth of sending one."""
    return f"{name}: {Header(text, 'utf-8', header_name=name).encode(linesep=linesep)}{linesep}".encode("ascii")


def message_of(letter: Letter, *, sender: str) -> EmailMessage:
    """The letter as an Internet message, the same at every attempt."""
    message = EmailMessage(policy=WholeSubjects())
    message["From"] = sender
    message["To"] = letter.address
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    for number, calendar in enumerate(letter.calendars, start=1):
        method = {"method": method_of(calendar)}
        message.add_attachment(calendar, subtype="calendar", filename=f"kurs-{number}.ics", params=method)
    if letter.calendars:
        # Drawn by chance as others are, and not sought in the parts first.
        message.set_boundary(f"=={letter.message_id.strip('<>').partition('@')[0]}==")
    return message
