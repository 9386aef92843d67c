"""What every process of one host counts: requests, how deeds ended, what was done anew, what was due.

The processes add up in the folder that PROMETHEUS_MULTIPROC_DIR names, and `lararportal metrics` reads it. Every
instrument has labels: those without would make a file for each process that only imports this one.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram, values

from lararportal.errors import NotFound, Refused, Unclear, Undone

HOST = socket.gethostname()
"""Containers that share the folder have processes of the same number, and each a name of its own."""

if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    values.ValueClass = values.MultiProcessValue(lambda: f"{HOST}-{os.getpid()}")  # type: ignore[no-untyped-call]

REQUESTS = Counter(
    "lararportal_requests", "Requests that were answered, by route and status.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "lararportal_request_seconds",
    "Seconds until a request was answered, by route.",
    ["method", "route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
DEEDS = Counter(
    "lararportal_deeds",
    "Deeds that pages asked for, by page and outcome: done, undone, unclear, fault, or the reason of a refusal.",
    ["page", "outcome"],
)
ANEW = Counter("lararportal_done_anew", "Attempts that the database undid and that were repeated, by cause.", ["why"])
DUE = Counter(
    "lararportal_due", "What tick and workers did of what was due, by what and outcome.", ["what", "outcome"]
)
TOO_FAST = Counter(
    "lararportal_too_fast", "Requests over a limit, by what was asked for and whose limit.", ["kind", "whose"]
)
NOT_COUNTED = Counter("lararportal_not_counted", "Looks at a limit for which Redis did not count.", ["why"])

METHODS = frozenset({"GET", "HEAD", "POST"})
"""What is counted by name; a visitor can send any word."""


def request(method: str, route: str, status: int, seconds: float) -> None:
    """One request has been answered; `route` is the pattern that it matched, or nothing."""
    method, route = method if method in METHODS else "other", route or "none"
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(seconds)


@contextmanager
def deed(page: str) -> Iterator[None]:
    """Counts how the deed within ends."""
    outcome = "fault"
    try:
        yield
        outcome = "done"
    except Refused as refusal:
        outcome = refusal.reason.value
        raise
    except (NotFound, Undone, Unclear) as fault:
        outcome = {NotFound: "not_found", Undone: "undone", Unclear: "unclear"}[type(fault)]
        raise
    finally:
        DEEDS.labels(page, outcome).inc()


def anew(why: str) -> None:
    """What was undone is done once more."""
    ANEW.labels(why).inc()


def due(what: str, outcome: str, number: int = 1) -> None:
    """So much of what was due has been done, or ended otherwise."""
    if number:
        DUE.labels(what, outcome).inc(number)


def too_fast(kind: str, whose: str) -> None:
    """Somebody was told to wait: a person, or all at an address."""
    TOO_FAST.labels(kind, whose).inc()


def not_counted() -> None:
    """Somebody was let through without being counted."""
    NOT_COUNTED.labels("away").inc()
