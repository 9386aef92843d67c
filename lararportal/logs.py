"""Structured logs: one JSON object a line on standard error, for machines to read and people to search."""

import logging
import re
import sys
from typing import Any

import structlog

from lararportal.personal_number import redacted

HIDDEN = "[hidden]"

_PLAIN = r"(?!(?:None|null|true|false|\d+)[,}\s]|\[hidden\])"
"""What a value is not that hides nothing: a number, or none."""

_IS = r"""(\\?["']?\s*+[=:]\s*+(?:\\?["']|))"""
"""What stands between a name and its value, in a line of JSON, in Python and in JSON in such a line."""

_VALUE = (
    r"""(?:(?<=\\")(?:[^"\\]|\\[^"])+|(?<=(?<!\\)")(?:[^"\\]|\\.)+|(?<=')(?:[^'"\\]|\\.)+"""
    rf"""|(?<!["']){_PLAIN}[^\s"'\\&,;}})\]]+)"""
)
"""Up to the quotation mark that ends it; without any, one word."""

SECRETS = (
    (re.compile(r"(://[^/\s:@\"\\]*:)[^/\s\"\\]+(?=@)"), rf"\1{HIDDEN}"),
    (re.compile(r"(inbjudan(?:/|%2[fF]))[\w-]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(kalender(?:/|%2[fF]))[0-9a-f]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)(\s+)[\w.~+/=-]{8,}"), rf"\1\2{HIDDEN}"),
    (re.compile(r"""(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:(?!-----END)[^"'\\]|\\[^"'])*"""), rf"\1{HIDDEN}"),
    (re.compile(rf"""(?i)(\bcookie){_IS}{_PLAIN}[^"'\\]+"""), rf"\1\2{HIDDEN}"),
    (
        re.compile(
            r"(?i)(\b\w*(?:secret|token|password|passwd|cookie|authorization|assertion|verifier)\w*"
            rf"|[?&](?:code|state|nonce|session_state)){_IS}{_VALUE}"
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(rf"""(?i)(\b\w+_keys?){_IS}{_PLAIN}[^\s"'\\]+"""), rf"\1\2{HIDDEN}"),
    (re.compile(rf"(\b(?:code|state|nonce)){_IS}(?=[a-z_]*[A-Z0-9])[\w.~+/%-]{{16,}}"), rf"\1\2{HIDDEN}"),
)
"""What stands in an address before its host, what is signed, what opens a door, and what is called by such a name."""


def configure(level: str) -> None:
    """Sends everything from `level` up to standard error, ours and the libraries' in the same shape."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                _without_numbers,
                _without_secrets,
            ],
        )
    )
    root = logging.getLogger()
    for old in [entry for entry in root.handlers if getattr(entry, "is_ours", False)]:
        root.removeHandler(old)
    handler.is_ours = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("lararportal").setLevel(level.upper())


def _without_numbers(_logger: object, _method: str, line: Any) -> str:
    """The line as it is written: whatever is in it, exceptions among it, no personal number is."""
    return redacted(str(line))


def _without_secrets(_logger: object, _method: str, line: Any) -> str:
    """As the one before: nothing that somebody could sign in with, or as the portal."""
    written = str(line)
    for secret, shown in SECRETS:
        written = secret.sub(shown, written)
    return written
