"""The mail sink: takes every letter by SMTP and lays it as a file in a folder, for `letters` to show."""

import asyncio
import os
import secrets
import signal
from pathlib import Path

import click
from aiosmtpd.smtp import SMTP, Envelope, Session

from lararportal import clock
from lararportal.dev.only import refuse_production

ENVELOPE = "X-Envelope-To"
"""The header that keeps for whom a letter was accepted: it may name others than the letter does."""
LARGEST = 10_000_000


class Sink:
    """What the SMTP server does with a letter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(  # noqa: N802 - the name is the protocol's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Accepts the letter once it is a whole file; a reader never sees half of one."""
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        recipients = ", ".join(address for address in envelope.rcpt_tos if address)
        name = f"{clock.now():%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}"
        fresh = self._folder / f"{name}.new"
        fresh.write_bytes(f"{ENVELOPE}: {recipients}\r\n".encode() + content)
        fresh.rename(self._folder / f"{name}.eml")
        return "250 Message accepted for delivery"


async def serve(folder: Path, port: int) -> None:
    """Takes letters on 127.0.0.1 until the process is asked to end."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    server = await loop.create_server(
        lambda: SMTP(Sink(folder), hostname="127.0.0.1", data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        port,
    )
    async with server:
        await ended.wait()


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where the letters are laid.")
@click.option("--port", type=int, required=True, help="The port of 127.0.0.1 to listen on.")
def main(folder: Path, port: int) -> None:
    """Takes letters by SMTP and lays them in a folder. For development only."""
    refuse_production(os.environ)
    folder.mkdir(parents=True, exist_ok=True)
    for half in folder.glob("*.new"):
        half.unlink()
    asyncio.run(serve(folder, port))


if __name__ == "__main__":
    main()
