"""`lararportal worker | tick`: the parts that production keeps running beside those that answer."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from types import FrameType

import click
import structlog

from bookings.ahead import Before
from bookings.rules.funding import Unfunded
from lararportal import clock, config, logs
from lararportal.cli.telling import a_moment
from lararportal.edge import Installation, install
from lararportal.kept import days
from lararportal.mail import Mailer
from lararportal.outbox import Letter
from lararportal.tick import (
    ClocksDiffer,
    deliver_letters,
    forget,
    heartbeat,
    insist_on_true_clock,
    run_due,
    seal_journal,
)
from lararportal.workers import run_worker

log = structlog.get_logger()


@click.command()
def worker() -> None:
    """Do the work that requests leave behind; SIGTERM lets it finish what it has in hand."""
    run_worker(config.from_environment())


@click.command()
@click.option(
    "--now", "moment", metavar="ISO", help="In development: do what is due by then, such as 2027-03-01T08:00."
)
@click.option("--every", "seconds", type=click.IntRange(1), metavar="SECONDS", help="Go on until stopped.")
def tick(moment: str | None, seconds: int | None) -> None:
    """Do what is due, once."""
    if moment is not None and seconds is not None:
        raise click.UsageError("--now is for one tick: leave out --every")
    settings = config.from_environment()
    if moment is not None and not settings.is_development:
        raise click.UsageError(
            "--now is for a demonstration: what is done as due by a later day cannot be taken back"
        )
    if seconds is not None:
        keep_ticking(settings, every=seconds)
        return
    try:
        with _installed(settings) as place:
            done = _tick_once(place, moment)
    except ClocksDiffer as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(", ".join(f"{name}: {count}" for name, count in done.items()))


@contextmanager
def _installed(settings: config.Settings) -> Iterator[Installation]:
    logs.configure(settings.log_level)
    place = install(settings)
    try:
        yield place
    finally:
        place.database.dispose()


def _tick_once(place: Installation, moment: str | None) -> dict[str, int]:
    """One tick: at a moment that somebody has named, or now."""
    if moment is None:
        return tick_now(place, now=clock.now(), told=lambda: False)
    named, now = a_moment(moment), clock.now()
    if named < now:
        raise click.BadParameter(f"{moment} has been: a tick looks ahead, and never back", param_hint="--now")
    insist_on_true_clock(place.database, now=now)
    return one_tick(place, now=named, told=lambda: False)


class Told(BaseException):
    """Somebody told us to stop; what is half done is undone."""


class ObedientMailer(Mailer):
    """A mailer that begins no further letter once it is told to stop: there may be thousands."""

    def __init__(self, settings: config.Settings, told: Callable[[], bool]) -> None:
        super().__init__(
            settings.smtp_url,
            sender=settings.mail_from,
            bounces=settings.bounce_address,
            certificate=settings.smtp_certificate,
        )
        self._told = told

    def send(self, letter: Letter) -> str:
        """Hands one letter to the mail server.

        Raises:
            Told: before the letter, which stays as it was.
        """
        if self._told():
            raise Told
        return super().send(letter)


def tick_now(place: Installation, *, now: datetime, told: Callable[[], bool]) -> dict[str, int]:
    """One tick by the clock.

    Raises:
        ClocksDiffer: it may have jumped; nothing was done.
    """
    insist_on_true_clock(place.database, now=now)
    return one_tick(place, now=now, told=told)


def one_tick(place: Installation, *, now: datetime, told: Callable[[], bool]) -> dict[str, int]:
    """Does what is due by `now`, leaves a sign of life, and delivers the letters until told to stop.

    What is not too old yet by the clock is not deleted, whatever time the tick was told: nobody could bring it back.
    """
    settings = place.settings
    done = run_due(
        place.database,
        now=now,
        unfunded=Unfunded(settings.unfunded_seats),
        no_show_fee=settings.no_show_fee,
        before=Before.in_days(summons=settings.summons_days, preparation=settings.preparation_days),
    )
    gone = forget(place.database, now=min(now, clock.now()), kept=days(place.settings.retention))
    done["rows deleted"] = sum(gone.values())
    done["entries sealed"] = seal_journal(place.database, now=now)
    # A sign of life is given when one lives, whatever time the tick was told, and before a long delivery.
    heartbeat(place.database, now=clock.now())
    with ObedientMailer(place.settings, told) as mailer:
        done["letters tried"] = deliver_letters(place.database, mailer, now=now)
    return done


def keep_ticking(settings: config.Settings, *, every: int) -> None:
    """Ticks until told to stop. A tick that fails is logged; the missing sign of life tells the others."""
    with _installed(settings) as place, stopping() as stop, suppress(Told):
        while not stop.is_set():
            begun = time.monotonic()
            try:
                done = tick_now(place, now=clock.now(), told=stop.is_set)
                log.info("tick", **{name.replace(" ", "_"): count for name, count in done.items()})
            except Exception as fault:
                log.error("tick failed", exc_info=fault)  # noqa: TRY400 - structured
            stop.wait(max(0.0, every - (time.monotonic() - begun)))


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """What is set when somebody tells us to stop."""
    stop = threading.Event()

    def set_it(_sign: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {sign: signal.signal(sign, set_it) for sign in (signal.SIGTERM, signal.SIGINT)}
    yield stop
    for sign, handler in before.items():
        signal.signal(sign, handler)


COMMANDS = (worker, tick)
