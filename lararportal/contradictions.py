"""What of the settings is readable and cannot be meant; no value is repeated, for some are secret."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lararportal import inner_tls

SCHEMES = {
    "database_url": ("postgresql://", "postgres://"),
    "redis_url": ("redis://", "rediss://", "unix://"),
    "base_url": ("https://", "http://"),
    "smtp_url": ("smtp://", "smtps://"),
}
EITHER = {
    "env": ("production", "development"),
    "inner_tls": ("checked", "unchecked"),
    "smtp_certificate": ("checked", "unchecked"),
    "unfunded_seats": ("keep", "release"),
}
LEVELS = ("debug", "info", "warning", "error")
PACES = ("pace_pages", "pace_forms", "pace_files", "pace_sign_ins")
PACE = (
    re.compile(r"(([1-9][0-9]{0,6}/(second|minute|hour)|none)( |$)){2}"),
    "does not read like 60/minute 3000/minute (of a person, and of an address)",
)
FORMS = {
    "bounce_address": (
        re.compile(r"([^@\s<>]+@[^@\s<>]+)?"),
        "is no plain address such as bounces@example.org",
    ),
    "base_url": (
        # What begins otherwise is told so by its scheme.
        re.compile(r"https?://[^/?#@\s]+/?|(?!https?://).*"),
        "has more than a host and a port: the portal has a name for itself, and no path",
    ),
    **dict.fromkeys(PACES, PACE),
}
"""What a setting looks like, and what is wrong with one that does not."""
KEY_LENGTH = 32
LONGEST_INVITATION = 365
"""Days: what lies in a mailbox for longer is no invitation."""
LONGEST_BEFORE = 60
"""Days: what is told of a session earlier has changed when it begins."""

Fault = tuple[str, str]
"""The name of a setting, and what is wrong with it."""


def found(said: Mapping[str, Any]) -> Iterator[Fault]:
    """All of it, of settings by name with their defaults; what is missing altogether is told by others."""
    yield from _of_words(said)
    yield from _of_keys(said)
    yield from _of_times(said)
    if said["env"] == "production":
        yield from _in_production(said)


def _of_words(said: Mapping[str, Any]) -> Iterator[Fault]:
    for name, (form, wrong) in FORMS.items():
        if name in said and not form.fullmatch(said[name]):
            yield name, wrong
    for name, (one, other) in EITHER.items():
        if said[name] not in (one, other):
            yield name, f"is neither {one} nor {other}"
    for name, schemes in SCHEMES.items():
        if name in said and not said[name].startswith(schemes):
            yield name, f"does not begin with {' or '.join(schemes)}"
    if said["log_level"] not in LEVELS:
        yield "log_level", f"is none of {', '.join(LEVELS)}"
    if said["counters_dir"] and not Path(said["counters_dir"]).is_dir():
        yield "counters_dir", "there is no such folder"


def _of_keys(said: Mapping[str, Any]) -> Iterator[Fault]:
    """Who has one key must not have the other: a value is sealed with the first and found by the second."""
    if len(said.get("secret_key", "x" * KEY_LENGTH)) < KEY_LENGTH:
        yield "secret_key", f"is shorter than {KEY_LENGTH} characters"
    ring, index_key = said.get("data_keys"), said.get("index_key")
    if ring is not None and index_key is not None and index_key.secret in {key.secret for key in ring.keys}:
        yield "index_key", "is one of LARARPORTAL_DATA_KEYS, and must be a key of its own"


def _of_times(said: Mapping[str, Any]) -> Iterator[Fault]:
    if not 0 < said["idle_minutes"] <= said["absolute_hours"] * 60:
        yield "idle_minutes", "is not between one minute and LARARPORTAL_ABSOLUTE_HOURS"
    if said["fresh_minutes"] <= 0:
        yield "fresh_minutes", "is not one minute or more"
    if not 0 < said["invitation_days"] <= LONGEST_INVITATION:
        yield "invitation_days", f"is not between one day and {LONGEST_INVITATION}"
    for name in ("summons_days", "preparation_days"):
        if not 0 < said[name] <= LONGEST_BEFORE:
            yield name, f"is not between one day and {LONGEST_BEFORE}"


def _in_production(said: Mapping[str, Any]) -> Iterator[Fault]:
    if said.get("base_url", "").startswith("http://"):
        yield "base_url", "begins with http://, which is for development only"
    if said["letters_dir"]:
        yield "letters_dir", "is for development only"
    if said["inner_tls"] != "checked":
        return
    for name, wrong in (("database_url", inner_tls.of_database), ("redis_url", inner_tls.of_queue)):
        fault = wrong(said[name]) if name in said and said[name].startswith(SCHEMES[name]) else None
        if fault is not None:
            yield name, fault
