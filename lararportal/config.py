"""Settings: everything that differs between installations, read once from the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from email.utils import parseaddr
from typing import Any, get_type_hints

from lararportal import contradictions, fee_steps, kept, providers, sealing
from lararportal.providers import Provider
from lararportal.sealing import Key, Ring, Safe


class SettingsError(Exception):
    """The environment is incomplete, misspelt or contradicts itself; the message names every fault."""


def _variable(name: str, about: str, *, default: Any = MISSING) -> Any:
    metadata = {"variable": name, "about": about}
    return field(metadata=metadata) if default is MISSING else field(metadata=metadata, default=default)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the portal must be told. Every field is one environment variable; the README lists them."""

    env: str = _variable(
        "LARARPORTAL_ENV",
        "`production` or `development`; the latter allows the parts for developers",
        default="production",
    )
    secret_key: str = _variable("LARARPORTAL_SECRET_KEY", "signs cookies and forms; at least 32 characters")
    data_keys: Ring = _variable(  # noqa: RUF009 - a field, as all of them
        "LARARPORTAL_DATA_KEYS",
        "what personal numbers are encrypted with, as `2027:KEY,2026:KEY`, the newest first: "
        "`openssl rand -base64 32`",
    )
    index_key: Key = _variable(  # noqa: RUF009 - as above
        "LARARPORTAL_INDEX_KEY",
        "what personal numbers are found by without being read, and texts that are masked: "
        "another `openssl rand -base64 32`, kept for good",
    )
    database_url: str = _variable("DATABASE_URL", "PostgreSQL 15 or newer, `postgresql://user:password@host/name`")
    redis_url: str = _variable("REDIS_URL", "Redis for the queue, `redis://host:6379/0` or `unix:///path`")
    inner_tls: str = _variable(
        "LARARPORTAL_INNER_TLS",
        "`checked`: PostgreSQL and Redis on another host are spoken to with TLS and a checked certificate, "
        "`?sslmode=verify-full` and `rediss://`, or the portal does not start in production; or `unchecked`, on a "
        "network where nobody else is",
        default="checked",
    )
    base_url: str = _variable("LARARPORTAL_BASE_URL", "the portal's own address, as it stands in letters")
    proxies: int = _variable(
        "LARARPORTAL_PROXIES",
        "how many proxies of yours stand before the portal, one behind the other; what they say in X-Forwarded-For "
        "and X-Forwarded-Proto is believed, and with 0 nobody is",
        default=0,
    )
    providers: tuple[Provider, ...] = _variable(
        "LARARPORTAL_PROVIDERS",
        "JSON list of sign-in providers: name, title, issuer, client_id, client_secret, and whatever else "
        "`docs/sign-in.md` tells of",
    )
    smtp_url: str = _variable("LARARPORTAL_SMTP_URL", "mail server, `smtp://[user:password@]host:port` or `smtps://`")
    smtp_certificate: str = _variable(
        "LARARPORTAL_SMTP_CERTIFICATE",
        "`checked`: the mail server's certificate must be for its host, by an authority that this machine knows (or "
        "the file in SSL_CERT_FILE), and one on another host gets no letter without TLS; or `unchecked`: TLS where "
        "it is offered, and whoever answers is believed",
        default="checked",
    )
    mail_from: str = _variable("LARARPORTAL_MAIL_FROM", "sender of every letter, `Name <address>`")
    bounce_address: str = _variable(
        "LARARPORTAL_BOUNCE_ADDRESS",
        "where other mail servers report the letters that they could not deliver; empty: to the sender",
        default="",
    )
    idle_minutes: int = _variable(
        "LARARPORTAL_IDLE_MINUTES", "a sign-in ends after this long without a request", default=30
    )
    absolute_hours: int = _variable(
        "LARARPORTAL_ABSOLUTE_HOURS", "a sign-in ends this long after it began", default=10
    )
    fresh_minutes: int = _variable(
        "LARARPORTAL_FRESH_MINUTES",
        "closing, drawing up and publishing a round, opening and closing its sessions, the steps of a lottery, "
        "certificates, erasing somebody, another way to sign in, another e-mail address, the address of a calendar "
        "and files with data of many or all of one's own ask for a sign-in that is not older than this",
        default=10,
    )
    invitation_days: int = _variable(
        "LARARPORTAL_INVITATION_DAYS",
        "how long the link in an invitation opens an account to whom it is for",
        default=14,
    )
    summons_days: int = _variable(
        "LARARPORTAL_SUMMONS_DAYS",
        "how many days before the first day of a session who has a seat is called to it",
        default=14,
    )
    preparation_days: int = _variable(
        "LARARPORTAL_PREPARATION_DAYS",
        "how many days before the preparation must be done who lacks a part of it is reminded",
        default=5,
    )
    late_fee: tuple[tuple[int, int], ...] = _variable(
        "LARARPORTAL_LATE_FEE",
        "what a late cancellation costs, as `30:50,14:100`: from 30 days before the start 50 per cent of the "
        "course's fee, from 14 days 100; empty: it is recorded only. Illness and the care of a child cost nothing",
        default=(),
    )
    no_show_fee: int | None = _variable(
        "LARARPORTAL_NO_SHOW_FEE",
        "what it costs never to come to a course without being ill, in per cent of its fee; empty: it is recorded "
        "only",
        default=None,
    )
    unfunded_seats: str = _variable(
        "LARARPORTAL_UNFUNDED_SEATS",
        "`keep` or `release`: what becomes of a resident's seat whose funding nobody has settled by the last day to "
        "cancel, after two reminders",
        default="keep",
    )
    pace_pages: str = _variable(
        "LARARPORTAL_PACE_PAGES",
        "how many pages a signed-in person may ask for, and all who come from one address: a hospital is one; "
        "`none` in either place counts nobody there",
        default="300/minute 12000/minute",
    )
    pace_forms: str = _variable(
        "LARARPORTAL_PACE_FORMS",
        "the same for forms that are sent in: bookings, applications, answers",
        default="60/minute 3000/minute",
    )
    pace_files: str = _variable(
        "LARARPORTAL_PACE_FILES",
        "the same for files that are fetched",
        default="20/minute 600/minute",
    )
    pace_sign_ins: str = _variable(
        "LARARPORTAL_PACE_SIGN_INS",
        "the same for the steps of signing in, of which each takes two, and for what providers tell of sign-outs",
        default="20/minute 3000/minute",
    )
    retention: kept.Days = _variable(  # noqa: RUF009 - as above
        "LARARPORTAL_RETENTION",
        "how many days data is kept that goes by itself, where others than `docs/private-data.md` says, as "
        "`letters:365,sign_ins:30`",
        default=(),
    )
    log_level: str = _variable("LARARPORTAL_LOG_LEVEL", "`debug`, `info`, `warning` or `error`", default="info")
    counters_dir: str = _variable(
        "PROMETHEUS_MULTIPROC_DIR",
        "an empty folder where the processes of this host count requests for `lararportal metrics`; without it each "
        "counts for itself, and nobody reads it",
        default="",
    )
    letters_dir: str = _variable(
        "LARARPORTAL_LETTERS_DIR",
        "development only: the folder of the mail sink, shown at /dev/letters",
        default="",
    )

    @property
    def is_development(self) -> bool:
        """Whether the parts that only developers may use are allowed to start."""
        return self.env == "development"

    @property
    def contact(self) -> str:
        """Where an answer reaches the unit, as an address alone."""
        return parseaddr(self.mail_from)[1]

    @property
    def safe(self) -> Safe:
        """What seals and opens what nobody may read who has only the rows."""
        return Safe(self.data_keys, self.index_key)


def _whole_number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("is not a whole number")
    return int(text)


READERS: dict[Any, Callable[[str], Any]] = {
    int: _whole_number,
    int | None: fee_steps.read_percent,
    str: str,
    tuple[Provider, ...]: providers.read,
    tuple[tuple[int, int], ...]: fee_steps.read,
    kept.Days: kept.read,
    Ring: sealing.read_ring,
    Key: sealing.read_key,
}
"""How the text of a variable is read, by the type of its setting."""


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a variable is missing, unreadable, or begins with LARARPORTAL_ and is not known.
    """
    environ = os.environ if environ is None else environ
    hints = get_type_hints(Settings)
    known = {entry.metadata["variable"]: entry for entry in fields(Settings)}
    faults = [f"{name} is not a setting" for name in environ if name.startswith("LARARPORTAL_") and name not in known]
    values: dict[str, Any] = {}
    for variable, entry in known.items():
        if variable not in environ:
            if entry.default is MISSING:
                faults.append(f"{variable} is missing ({entry.metadata['about']})")
            continue
        try:
            values[entry.name] = READERS[hints[entry.name]](environ[variable])
        except (ValueError, TypeError) as fault:
            faults.append(f"{variable}: {fault}")
    said = {entry.name: entry.default for entry in known.values() if entry.default is not MISSING} | values
    faults += [f"{_variable_of(name)}: {fault}" for name, fault in contradictions.found(said)]
    if faults:
        raise SettingsError("\n".join(sorted(faults)))
    return Settings(**values)


def _variable_of(name: str) -> str:
    return next(str(entry.metadata["variable"]) for entry in fields(Settings) if entry.name == name)
