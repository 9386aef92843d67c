"""A mail server in the test's own process: a function leads each conversation, up to its fault if it has one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from socketserver import StreamRequestHandler, ThreadingTCPServer

SILENCE = 60
"""Seconds after which even who keeps silent gives up."""


class Server(ThreadingTCPServer):
    """What it was told in full, by Message-ID, in the order in which it heard it."""

    daemon_threads = True

    def __init__(self, leads: Callable[["Talk"], None]) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.leads = leads
        self.heard: list[str] = []
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class Talk(StreamRequestHandler):
    """One connection."""

    server: Server

    def handle(self) -> None:
        # Who is gone in the middle of a conversation hears no more of it.
        with suppress(ConnectionError):
            self.server.leads(self)

    def greet(self) -> None:
        self.say("220 test")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def until(self, command: bytes) -> bool:
        """Agrees to everything before this command; whether it comes."""
        while line := self.rfile.readline():
            if line.upper().startswith(command):
                return True
            self.say("250 agreed")
        return False

    def hear_letter(self) -> bool:
        """Lets a letter be told to its end, and says nothing to it yet; whether one is told."""
        if not self.until(b"DATA"):
            return False
        self.say("354 go on")
        content = b"".join(iter(self.rfile.readline, b".\r\n"))
        self.server.heard.append(message_from_bytes(content)["Message-ID"])
        return True


class HoldsItsBreath:
    """Takes every letter, but says nothing to one of them until it may go on."""

    def __init__(self, *, at: int) -> None:
        self._at = at
        self.holds = threading.Event()
        self.goes_on = threading.Event()

    def __call__(self, talk: Talk) -> None:
        talk.greet()
        while talk.hear_letter():
            if len(talk.server.heard) == self._at:
                self.holds.set()
                self.goes_on.wait(SILENCE)
            talk.say("250 taken")


@contextmanager
def served(leads: Callable[[Talk], None]) -> Iterator[Server]:
    """The server, while it answers."""
    with Server(leads) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            serving.join()
