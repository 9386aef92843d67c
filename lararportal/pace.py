"""How fast somebody may ask: limits for each person and for each address, counted in Redis."""

import ipaddress
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import structlog
from flask import Flask, render_template, request
from redis import Redis
from redis.exceptions import RedisError

from auth import cookie
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
        "preparation.file",
        "preparation.own_file",
        "preparation.session_file",
        "reports.file",
        "reports.own_file",
        "reviews.document",
    }
)
"""Also the page of codes: as slow as files, it is no place to try many."""

NOT_COUNTED = frozenset({"home.healthz", "home.readyz"})
"""What is asked by those who watch."""

UNLIMITED = "none"
"""What settings say of what is not counted."""

KINDS = ("sign_ins", "files", "forms", "pages")
WHOSE = ("person", "address")
"""In the order in which settings say them. The limits of a person are the strict ones."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})

SECONDS = 0.25
"""How long a request waits for Redis before it goes on uncounted."""

REST_SECONDS = 5.0
"""For how long nobody asks Redis again after it did not answer."""

ONE_HOME = 64
"""Bits of an IPv6 address that one customer of a network has for themselves: in the rest they can be anybody."""

KNOWN_ADDRESSES = 4096
"""Of how many addresses it is remembered how they count."""


COUNT = """
for place, key in ipairs(KEYS) do
    local asked = redis.call("INCR", key)
    if asked == 1 then redis.call("EXPIRE", key, ARGV[2 * place]) end
    if asked > tonumber(ARGV[2 * place - 1]) then return {place, asked, redis.call("TTL", key)} end
end
"""
"""Counts each key from its first time on, for its seconds; stops at the first that has come more often than it may.

All of it in one question: to count person and address one after the other took a sixth of a short page.
"""

UNITS = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds."""

    amount: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> Self | None:
        """As settings have it, such as 60/minute; None is no limit."""
        if text == UNLIMITED:
            return None
        amount, _, unit = text.partition("/")
        return cls(int(amount), UNITS[unit])


@dataclass(frozen=True)
class Breach:
    """Somebody has come more often than they may."""

    whose: str
    asked: int
    limit: Limit
    seconds: int
    """Until it is counted anew."""


class Pace:
    """Counts in Redis; while Redis is away everybody is let through, without waiting for it each time."""

    def __init__(self, settings: Settings) -> None:
        self.redis = Redis.from_url(settings.redis_url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
        self._count = self.redis.register_script(COUNT)
        self._asked_again_at = 0.0
        self._limits = {kind: [*map(Limit.of, getattr(settings, f"pace_{kind}").split())] for kind in KINDS}

    def breach(self, kind: str) -> Breach | None:
        """What this request, of that kind, is one too many of; it has been counted then."""
        asked = [
            (whose, who, limit)
            for whose, who, limit in zip(WHOSE, (_person(), _address()), self._limits[kind], strict=True)
            if who and limit is not None
        ]
        found = self._counted([f"LIMITS:{kind}:{whose}:{who}" for whose, who, _ in asked], [*_told(asked)])
        if not found:
            return None
        place, times, left = found
        whose, _, limit = asked[place - 1]
        return Breach(whose, times, limit, min(max(left, 1), limit.seconds))

    def _counted(self, keys: Sequence[str], limits: Sequence[int]) -> Any:
        """What the script says; nothing, while nobody counts."""
        if not keys:
            return None
        if time.monotonic() >= self._asked_again_at:
            try:
                return self._count(keys, limits)
            except RedisError as fault:
                self._asked_again_at = time.monotonic() + REST_SECONDS
                log.warning("limits not counted", fault=str(fault))
        counted.not_counted()
        return None


def _told(asked: Sequence[tuple[str, str, Limit]]) -> Iterator[int]:
    for _, _, limit in asked:
        yield from (limit.amount, limit.seconds)


def init_app(app: Flask, settings: Settings) -> None:
    """Counts every request before anything else is done about it."""
    pace = app.extensions["pace"] = Pace(settings)

    def ask() -> tuple[str, int, dict[str, str]] | None:
        kind = _kind()
        breach = pace.breach(kind) if kind else None
        return _too_fast(kind, breach) if breach is not None else None

    app.before_request(ask)
    weakref.finalize(app, pace.redis.close)


def _kind() -> str:
    """What the request is counted as; nothing of what is not counted, and of files of style."""
    endpoint = request.endpoint
    if endpoint in NOT_COUNTED or (endpoint or "").rpartition(".")[2] == "static":
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
    asker = cookie.asker()
    return f"{asker}@{_address()}" if asker else ""


def _address() -> str:
    """Where from."""
    return _network(request.remote_addr or "")


@lru_cache(KNOWN_ADDRESSES)
def _network(address: str) -> str:
    """A socket for both protocols tells short addresses in the long form, all of them of one network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "nowhere"
    if (short := getattr(found, "ipv4_mapped", found)) is not None:
        return str(short)
    return str(ipaddress.ip_network((found, ONE_HOME), strict=False))


def _too_fast(kind: str, breach: Breach) -> tuple[str, int, dict[str, str]]:
    # Once for as long as it lasts: who hurries must not fill the disk.
    if breach.asked == breach.limit.amount + 1:
        log.warning("too fast", limit=f"{kind}:{breach.whose}", person=cookie.asker())
    counted.too_fast(kind, breach.whose)
    seconds = breach.seconds
    return render_template("error.html", code=429, patience=seconds), 429, {"Retry-After": str(seconds)}
