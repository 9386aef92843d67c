"""The settings and the programs of a portal on a developer's machine."""

import json
import os
import shlex
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from lararportal import pages
from lararportal.config import Settings
from lararportal.dev.data import Data
from lararportal.dev.only import MODE
from lararportal.dev.people import OTHER_HOST
from lararportal.dev.program import Program
from lararportal.pace import UNLIMITED

ROOT = Path(__file__).parent.parent.parent
"""Where Python finds the portal's packages."""
DATABASE = "DATABASE_URL"
REDIS = "REDIS_URL"
PROVIDERS = "LARARPORTAL_PROVIDERS"
SMTP = "LARARPORTAL_SMTP_URL"
PROVIDER = "dev"
OTHER_PROVIDER = "elsewhere"
LETTERS = "LARARPORTAL_LETTERS_DIR"
INSECURE = "AUTHLIB_INSECURE_TRANSPORT"


@dataclass(frozen=True)
class Addresses:
    """Where the parts of the portal are found."""

    portal: str
    provider_port: int
    smtp_port: int

    @property
    def issuer(self) -> str:
        """The sign-in provider's address, which is a part of every identity."""
        return f"http://127.0.0.1:{self.provider_port}"

    @property
    def other_issuer(self) -> str:
        """The same of those who have no account there."""
        return f"http://{OTHER_HOST}:{self.provider_port}"


def environment(data: Data, addresses: Addresses) -> dict[str, str]:
    """The environment of every program but for the servers; what the developer has set goes before."""
    client = {"client_id": "lararportal", "client_secret": "development", "auth_time": "assumed"}
    providers = [
        {"name": PROVIDER, "title": "Demo", "issuer": addresses.issuer, **client},
        {
            "name": OTHER_PROVIDER,
            "title": pages.words()["demonstration"][OTHER_PROVIDER],
            "issuer": addresses.other_issuer,
            "client_auth": "client_secret_post",
            **client,
        },
    ]
    ours = {
        MODE: "development",
        "LARARPORTAL_SECRET_KEY": data.secret_key(),
        "LARARPORTAL_DATA_KEYS": data.data_keys(),
        "LARARPORTAL_INDEX_KEY": data.index_key(),
        "LARARPORTAL_BASE_URL": addresses.portal,
        PROVIDERS: json.dumps(providers),
        SMTP: f"smtp://127.0.0.1:{addresses.smtp_port}",
        LETTERS: str(data.letters),
        "LARARPORTAL_MAIL_FROM": "kurser@example.org",
        **_paces(),
    }
    # Letters and sign-in stay on this machine: Authlib wants to be told that http will do.
    python = {"PYTHONUNBUFFERED": "1", INSECURE: "1"}
    return {**ours, **python, **os.environ}


def _paces() -> dict[str, str]:
    """Everybody comes from this machine, so that pages, forms and files are counted for each person only."""
    paces = [each for each in fields(Settings) if each.name in ("pace_pages", "pace_forms", "pace_files")]
    return {each.metadata["variable"]: f"{str(each.default).partition(' ')[0]} {UNLIMITED}" for each in paces}


def keep_environment(data: Data, environment: Mapping[str, str]) -> Path:
    """Lays the settings of the running portal where a shell can read them, for the commands that work with it.

    They hold passwords, so that nobody else may read them; they are removed when the portal stops, since its servers
    have other ports the next time.
    """
    known = [str(entry.metadata["variable"]) for entry in fields(Settings)]
    lines = [f"{name}={shlex.quote(environment[name])}\n" for name in (*known, INSECURE) if name in environment]
    fresh = data.environment.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text("".join(lines), "utf-8")
    fresh.rename(data.environment)
    return data.environment


def is_our_provider(settings: Settings) -> bool:
    """Whether the demonstration people can sign in."""
    return [provider.name for provider in settings.providers] == [PROVIDER, OTHER_PROVIDER]


def helpers(data: Data, addresses: Addresses, environment: Mapping[str, str]) -> list[tuple[Program, int]]:
    """The sign-in provider and the mail sink, unless the developer has named others; each with its port."""
    found = []
    if PROVIDERS not in os.environ:
        port = addresses.provider_port
        found.append((_python(data, "provider", environment, "lararportal.dev.provider", f"--port={port}"), port))
    if SMTP not in os.environ:
        options = (f"--port={addresses.smtp_port}", f"--folder={data.letters}")
        found.append((_python(data, "sink", environment, "lararportal.dev.sink", *options), addresses.smtp_port))
    return found


def portal(data: Data, listening: socket.socket, environment: Mapping[str, str]) -> Program:
    """The portal itself: web processes on the socket, a worker and the tick."""
    return part(data, "all", environment, listening)


def part(
    data: Data, name: str, environment: Mapping[str, str], listening: socket.socket | None = None, *options: str
) -> Program:
    """What `lararportal` calls so, on the socket if it answers."""
    descriptors = () if listening is None else (listening.fileno(),)
    words = (*(f"--fd={each}" for each in descriptors), *options)
    program = _python(data, name, environment, "lararportal.cli", name, *words)
    program.descriptors = descriptors
    return program


def _python(data: Data, name: str, environment: Mapping[str, str], module: str, *options: str) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-m", module, *options],
        log=data.log(name),
        environment=environment,
        directory=ROOT,
    )
