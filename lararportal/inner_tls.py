"""The way to database, queue and mail server: on another host nobody may listen on it, nor answer in their name."""

import re
from urllib.parse import parse_qs, urlsplit

NEAR = re.compile(r"(|/.*|localhost|127\.[0-9.]+|\[?::1\]?)")
"""A socket of this host, or its own address."""

DATABASE = "leads to another host without sslmode=verify-full"
QUEUE = "leads to another host without rediss:// and a certificate that is checked"


def of_database(url: str) -> str | None:
    """What is wrong with the address of PostgreSQL."""
    parts = urlsplit(url)
    said = parse_qs(parts.query)
    hosts = [
        *parts.netloc.rpartition("@")[2].split(","),
        *(each for text in said.get("host", []) for each in text.split(",")),
    ]
    is_safe = said.get("sslmode", [])[-1:] == ["verify-full"]
    return None if is_safe or all(is_near(each) for each in hosts) else DATABASE


def of_queue(url: str) -> str | None:
    """What is wrong with the address of Redis."""
    parts = urlsplit(url)
    said = parse_qs(parts.query.lower())
    if parts.scheme == "unix" or is_near(parts.netloc.rpartition("@")[2]):
        return None
    is_checked = said.get("ssl_cert_reqs", ["required"]) == ["required"]
    is_named = said.get("ssl_check_hostname", ["true"])[-1] in ("true", "1", "yes")
    return None if parts.scheme == "rediss" and is_checked and is_named else QUEUE


def is_near(host: str) -> bool:
    """Whether what stands in an address, with a port or without, is on this host."""
    return NEAR.fullmatch(re.sub(r":[0-9]*$", "", host) if not host.endswith("]") else host) is not None
