"""What a scanner looks for: marks that came through as they were, headers that lack, forms filled with anything."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

MARK = "\"><svg onload=x>'"
"""In a page as it is, it would be an element that runs something; rightly written, it is only read."""

ESCAPED = "&#34;&gt;&lt;svg onload=x&gt;&#39;"

PLANTED = {
    "courses": ("title", "description"),
    "persons": ("given_name", "family_name", "workplace"),
    "course_sessions": ("place", "booking_closed_reason"),
    "rounds": ("title", "waiver_reason", "public_source", "early_reason"),
    "bookings": ("end_reason", "charged_workplace"),
    "session_decisions": ("reason",),
    "line_exceptions": ("reason",),
    "minimum_steps": ("reason",),
    "precedences": ("reason", "revoke_reason"),
    "letters": ("subject", "body", "answer"),
    "identities_put_aside": ("name",),
}
"""Where people, and servers of others, write what they like."""

ALWAYS = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


def plant(db: Session) -> None:
    """Every text that somebody may have written ends in the mark."""
    db.flush()
    for table, columns in PLANTED.items():
        for column in columns:
            db.execute(text(f"UPDATE {table} SET {column} = {column} || :mark WHERE {column} <> ''"), {"mark": MARK})
    db.expire_all()


def faults(answer: TestResponse) -> Iterator[str]:
    """What a scanner would report of an answer."""
    if answer.status_code >= 500 and answer.status_code != 503:
        yield f"answers {answer.status_code}"
    yield from (f"lacks {name}" for name in ALWAYS if name not in answer.headers)
    if answer.mimetype == "text/html" and (place := answer.text.find(MARK[:8])) >= 0:
        yield f"says it as it was sent: {answer.text[max(place - 60, 0) : place + 20]!r}"
    if len(answer.headers.getlist("Set-Cookie")) > 0:
        yield from (f"a cookie without {word}" for word in ("HttpOnly", "SameSite") if word not in _cookie(answer))


def _cookie(answer: TestResponse) -> str:
    return answer.headers["Set-Cookie"]


@dataclass(frozen=True)
class Sheet:
    """A form of a page: how and where it goes, and what stands in its fields."""

    method: str
    path: str
    fields: dict[str, list[str]]


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self._page, self._form, self._select, self._writing = page, None, "", ""
        self.found: list[Sheet] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            path = urlsplit(said.get("action") or self._page).path
            self._form = Sheet(said.get("method", "get").upper(), path, {})
            self.found.append(self._form)
        if self._form is None:
            return
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "option" and self._select:
            values = self._form.fields[self._select]
            values[:] = [value] if "selected" in said or not values else values
        elif name and name != "csrf_token":
            values = self._form.fields.setdefault(name, [])
            self._select = name if tag == "select" else ""
            self._writing = name if tag == "textarea" else ""
            is_taken = said.get("type") not in ("radio", "checkbox") or "checked" in said or not values
            if tag in ("input", "button") and is_taken:
                values.append(value)

    def handle_data(self, data: str) -> None:
        if self._writing and self._form is not None:
            self._form.fields[self._writing].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in ("select", "textarea"):
            self._select = self._writing = ""


def sheets(page: str, html: str) -> list[Sheet]:
    """The forms of a page."""
    parser = _Forms(page)
    parser.feed(html)
    return parser.found


TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "9" * 30,
    "2147483648",
    "1e999",
    "NaN",
    "٣",
    "1; DROP TABLE persons",
    "a\x00b",
    "\x00",
    "\ud800",
    "\u202e\u2066",
    "\r\nBcc: x@example.org",
    "2027-02-30",
    "99999-01-01",
    "0000-00-00",
    "2027-04-01T25:61",
    "x" * 20_000,
    "[]",
    "{{7*7}}",
    "../../etc/passwd",
    "//evil.example",
    "javascript:x()",
    MARK,
    "=1+1",
    "%s%n",
)
"""What nobody types, and programs send."""

IN_PATHS = (
    "0",
    "-1",
    "9" * 30,
    "2147483648",
    "%00",
    "%ED%A0%80",
    "x" * 5_000,
    "%22%3E%3Csvg%20onload=x%3E",
    "%2e%2e",
    "a b",
)


def filled_with(fields: Iterable[str], start: int) -> dict[str, list[str]]:
    """Each field with something else; every third one is sent twice."""
    return {
        name: [TEXTS[(start + 7 * place) % len(TEXTS)]] * (2 if (start + place) % 3 == 0 else 1)
        for place, name in enumerate(fields)
    }


def all_but_one(fields: Mapping[str, list[str]], start: int) -> dict[str, list[str]]:
    """What stands in a form, with something else in one of its fields."""
    names = sorted(fields)
    odd = names[start % len(names)]
    return {**fields, odd: [TEXTS[start // len(names) % len(TEXTS)]]}


def encoded(fields: Mapping[str, list[str]]) -> bytes:
    """As a browser sends it, and lone surrogates as no browser would."""
    return b"&".join(_percent(name) + b"=" + _percent(value) for name, values in fields.items() for value in values)


def in_parts(fields: Iterable[tuple[str, str]]) -> bytes:
    """As a browser sends a form with files, where no form of ours has any: every second one is a file."""
    parts = []
    for place, (name, value) in enumerate(fields):
        file = '; filename="x.txt"' if place % 2 else ""
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts.append(head.encode() + value.encode("utf-8", "surrogatepass") + b"\r\n")
    return b"".join([*parts, b"--x--\r\n"])


def _percent(value: str) -> bytes:
    raw = value.encode("utf-8", "surrogatepass")
    return re.sub(rb"[^A-Za-z0-9_.-]", lambda found: b"%%%02X" % found[0][0], raw)
