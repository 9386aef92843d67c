"""How fast somebody may ask: limits for each person and for each address, counted in Redis."""

import ipaddress
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from flask import Flask, render_template, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from limits.storage import RedisStorage
from redis.exceptions import RedisError

from auth import access
from lararportal import counted
from lararportal.config import Settings

log = structlog.get_logger()

SIGN_INS = frozenset(
    {
        "auth.answer",
        "auth.invited",
        "auth.set_out",
        "auth.set_out_anew",
        "auth.set_out_invited",
        "auth.set_out_to_link",
        "auth.told_of_sign_out",
    }
)
FILES = frozenset(
    {
        "bookings_desk.invoice_file",
        "certificates.ask_for_code",
        "certificates.check",
        "certificates.file",
        "certificates.own_file",
        "evaluations.document",
        "evaluations.spreadsheet",
        "fairness.verification_file",
        "materials.file",
        "materials.own_file",
        "mine.calendar",
        "mine.followed",
        "mine.my_data_file",
        "reports.file",
        "reports.own_file",
    }
)
"""Also the page of codes: as slow as files, it is no place to try many."""

NOT_COUNTED = frozenset({"home.healthz", "home.readyz"})
"""What is asked by those who watch."""

UNLIMITED = "none"
"""What settings say of what is not counted."""

KINDS = ("sign_ins", "files", "forms", "pages")
READING = frozenset({"GET", "HEAD", "OPTIONS"})

SECONDS = 0.25
"""How long a request waits for Redis before it goes on uncounted."""

REST_SECONDS = 5.0
"""For how long nobody asks Redis again after it did not answer."""

ONE_HOME = 64
"""Bits of an IPv6 address that one customer of a network has for themselves: in the rest they can be anybody."""


class OpenWhenAway(RedisStorage):
    """Counts in Redis; while Redis is away everybody is let through, without waiting for it each time."""

    STORAGE_SCHEME = ["open+redis", "open+rediss", "open+unix"]  # noqa: RUF012 - as the class above has it

    def __init__(self, uri: str, **options: Any) -> None:
        super().__init__(uri.removeprefix("open+"), **options)
        self._asked_again_at = 0.0

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """How often it has been asked with this one; never often, while nobody counts."""
        if time.monotonic() >= self._asked_again_at:
            try:
                return super().incr(key, expiry, amount)
            except RedisError as fault:
                self._asked_again_at = time.monotonic() + REST_SECONDS
                log.warning("limits not counted", fault=str(fault))
        counted.not_counted()
        return 0

    def close(self) -> None:
        """Ends what connections there are; whoever still asks opens others."""
        self.storage.close()

    def seconds_left(self, key: str) -> int:
        """Until it is counted anew.

        Raises:
            RedisError: nobody can say.
        """
        left: Any = self.get_connection().ttl(self.prefixed_key(key))
        return int(left)


def init_app(app: Flask, settings: Settings) -> None:
    """Counts every request before anything else is done about it."""
    limiter = Limiter(
        _address,
        application_limits=[*_limits(settings)],
        request_identifier=lambda: request.endpoint or "none",
        storage_uri=f"open+{settings.redis_url}",
        storage_options={"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS},  # type: ignore[dict-item]
        headers_enabled=False,
    )
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, partial(_too_fast, limiter))
    if isinstance(limiter.storage, OpenWhenAway):
        weakref.finalize(app, limiter.storage.close)


def _limits(settings: Settings) -> Iterator[ApplicationLimit]:
    """One of each person and one of each address, which depend on the request.

    To look at those of all kinds with each request took a third of what a short page takes.
    """
    texts = {kind: getattr(settings, f"pace_{kind}").split() for kind in KINDS}
    for place, (whose, asked) in enumerate((("person", _person), ("address", _address))):
        yield ApplicationLimit(
            partial(_text, texts, place, asked), key_function=asked, scope=partial(_scope, whose), cost=1
        )


def _text(texts: Mapping[str, Sequence[str]], place: int, asked: Callable[[], str]) -> str:
    """How often; nothing is not counted."""
    kind = _kind()
    text = texts[kind][place] if kind else UNLIMITED
    return text if text != UNLIMITED and asked() else ""


def _scope(whose: str, _endpoint: str) -> str:
    return f"{_kind()}:{whose}"


def _kind() -> str:
    endpoint = request.endpoint
    if endpoint in NOT_COUNTED:
        return ""
    if endpoint in SIGN_INS:
        return "sign_ins"
    if endpoint in FILES:
        return "files"
    return "pages" if request.method in READING else "forms"


def _person() -> str:
    """Who asks, if somebody has signed in; a hospital is one address, and these are the strict limits.

    Also by the address: a cookie says whose it was when its sign-in has ended too, and whoever has it elsewhere
    must not make its owner wait.
    """
    asker = access.asker()
    return f"{asker}@{_address()}" if asker else ""


def _address() -> str:
    """Where from; a socket for both protocols tells short addresses in the long form, all of them of one network."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "nowhere"
    if (short := getattr(found, "ipv4_mapped", found)) is not None:
        return str(short)
    return str(ipaddress.ip_network((found, ONE_HOME), strict=False))


def _too_fast(limiter: Limiter, fault: RateLimitExceeded) -> tuple[str, int, dict[str, str]]:
    breached, seconds = limiter.current_limit, fault.limit.limit.get_expiry()
    storage = limiter.storage
    if breached is not None and isinstance(storage, OpenWhenAway):
        try:
            seconds = min(max(storage.seconds_left(breached.key), 1), seconds)
            # Once for as long as it lasts: who hurries must not fill the disk.
            if storage.get(breached.key) == breached.limit.amount + 1:
                log.warning("too fast", limit=breached.request_args[-1], person=access.asker())
        except RedisError as away:
            log.warning("end of limit not known", fault=str(away))
        counted.too_fast(*breached.request_args[-1].split(":"))
    return render_template("error.html", code=429, patience=seconds), 429, {"Retry-After": str(seconds)}
