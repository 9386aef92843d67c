"""The supervisor: starts every part in order, keeps them running, and stops them in the opposite order."""

import errno
import shlex
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from lararportal import config, schema
from lararportal.dev import portal, term
from lararportal.dev.data import Data
from lararportal.dev.people import PEOPLE
from lararportal.dev.postgres import Postgres
from lararportal.dev.program import CannotStart, Program, free_port
from lararportal.dev.redis import Redis
from lararportal.dev.screen import accounts, say
from lararportal.dev.waiting_room import Progress, WaitingRoom
from lararportal.dev.watch import Watch, ended

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BACKLOG = 512
LOOK_EVERY = 0.5
READY_WITHIN = 60.0


class Stop(BaseException):
    """Somebody asked us to stop: not a fault, and nothing on the way may take it for one."""


def run(*, port: int, folder: Path, beginning: term.Beginning) -> None:
    """Runs the portal until it is asked to stop, which is its good end.

    Raises:
        CannotStart: something that the developer must change.
    """
    with suppress(Stop), _stoppable(), ExitStack() as stack:
        data = Data(folder)
        stack.callback(data.close)
        try:
            _live(stack, data, port=port, beginning=beginning)
        except Stop:
            say("stop", "stopping every program")
            raise
        finally:
            data.say_ending()
    say("stop", "everything has stopped; the data stay")


def reset(*, port: int, folder: Path) -> None:
    """Removes what earlier starts have left in the data folder, once it is clear that a new start is possible."""
    data = Data(folder)
    data.end_survivors()
    with _listening(port):
        data.forget()
    data.close()
    say("reset", f"removed everything in {data.folder}")


def _live(stack: ExitStack, data: Data, *, port: int, beginning: term.Beginning) -> None:
    begun = time.monotonic()
    if data.end_survivors():
        say("data", "an earlier start left programs running; they have been ended")
    data.forget_environment()
    listening = stack.enter_context(_listening(port))
    say("data", str(data.folder))
    watch = Watch(say, data.remember)
    progress = Progress()
    with WaitingRoom(listening, progress):
        environment = _prepare(stack, data, watch, port)
        term.fill(data, config.from_environment(environment), beginning, progress)
    stack.callback(data.forget_environment)
    portal.keep_environment(data, environment)
    program = portal.portal(data, listening, environment)
    watch.start(program)
    _wait_for_portal(f"http://127.0.0.1:{port}/healthz", watch, log=program.log)
    _welcome(data, config.from_environment(environment), seconds=time.monotonic() - begun)
    while True:
        watch.look()
        time.sleep(LOOK_EVERY)


def _prepare(stack: ExitStack, data: Data, watch: Watch, port: int) -> dict[str, str]:
    """Servers, helpers and tables; the environment in which everything else runs."""
    addresses = portal.Addresses(f"http://127.0.0.1:{port}", data.provider_port(), free_port())
    environment = portal.environment(data, addresses)
    if portal.DATABASE not in environment:
        term.discard_half(data)
        say("PostgreSQL", "starting" if data.postgres.exists() else "making a new database")
        postgres = Postgres(data.postgres, log=data.log("postgres"))
        environment[portal.DATABASE] = stack.enter_context(postgres)
        watch.adopt(postgres.program)
    if portal.REDIS not in environment:
        say("Redis", "starting")
        redis = Redis(data.redis, log=data.log("redis"))
        environment[portal.REDIS] = stack.enter_context(redis)
        watch.adopt(redis.program)
    config.from_environment(environment)
    stack.callback(watch.stop)
    helpers = portal.helpers(data, addresses, environment)
    for program, _ in helpers:
        say(program.name, "starting")
        watch.start(program)
    say("tables", "migrating")
    schema.upgrade(environment[portal.DATABASE])
    for program, helper_port in helpers:
        _wait_for_port(program, helper_port)
    return environment


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turns the signals that ask us to stop into `Stop`, once; whoever is stopping needs no second word."""

    def stop(_sign: int, _frame: FrameType | None) -> None:
        for sign in SIGNALS:
            signal.signal(sign, signal.SIG_IGN)
        raise Stop

    # Whoever starts us with nohup wants us to outlive the terminal.
    heard = [sign for sign in SIGNALS if sign != signal.SIGHUP or signal.getsignal(sign) != signal.SIG_IGN]
    before = {sign: signal.signal(sign, stop) for sign in heard}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _listening(port: int) -> socket.socket:
    """The portal's socket, ours from the first second to the last, whoever answers on it."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(BACKLOG)
    except OSError as fault:
        listening.close()
        if fault.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"port {port} is taken by another program: stop that one, or choose another port "
                f"(--port {port + 1}, or make run PORT={port + 1})"
            ) from fault
        raise CannotStart(f"port {port} cannot be used: {fault.strerror}") from fault
    return listening


def _wait_for_port(program: Program, port: int) -> None:
    end = time.monotonic() + READY_WITHIN
    while program.is_running and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    how = "does not answer" if program.is_running else ended(program.exit_code)
    raise CannotStart(f"{program.name} {how}; the end of {program.log}:\n{program.last_lines()}")


def _wait_for_portal(healthz: str, watch: Watch, *, log: Path) -> None:
    say("portal", "starting")
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        watch.look()
        try:
            with urllib.request.urlopen(healthz, timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:  # noqa: PLR2004 - as HTTP has it
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise CannotStart(f"{healthz} does not answer; look at {log}")


def _welcome(data: Data, settings: config.Settings, *, seconds: float) -> None:
    click.echo()
    say("ready", f"after {seconds:.0f} s: {settings.base_url}")
    if settings.letters_dir:
        say("letters", f"{settings.base_url}/dev/letters")
    say("logs", str(data.logs))
    command = Path(sys.executable).with_name("lararportal")
    say("settings", str(data.environment))
    say("", f"for commands, as ( set -a; . {shlex.quote(str(data.environment))}; {command} role list )")
    if portal.is_our_provider(settings):
        click.echo(f"\n{accounts(PEOPLE)}\n\n  Nobody needs a password. Ctrl-C stops everything.")
