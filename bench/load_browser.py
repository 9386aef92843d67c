"""A browser for many at once: pages, forms with their hidden fields, redirects, one cookie jar; plain asyncio.

No library that the portal has asks asynchronously, and one that does would take more of the two cores than this:
the portal closes the connection after each answer, so that an answer is all that comes until then.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from urllib.parse import quote, urlencode

import brotli

PATIENCE = 600.0
"""Seconds for one answer, on a machine that others use too: how long it took is told, and no fault."""
MOST_REDIRECTS = 4
WELL, LEADS_ON = 200, (302, 303)
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(select|textarea)\b([^>]*)>(.*?)</(?:select|textarea)>|<(input|button)\b([^>]*)>", re.DOTALL)
OPTION = re.compile(r"<option\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
ASSET = re.compile(r'<(?:link|script)\b[^>]*\b(?:href|src)="(/[^"]+)"')
SAFE = "/?&=#%+,:;@"
NOT_SENT = ("submit", "button", "search")
"""Kinds of input that a form does not send by itself; a search is filled in by whoever searches."""


class Broken(Exception):  # noqa: N818 - what became of an answer
    """No whole answer came."""


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, what it sends by itself, and its buttons."""

    action: str
    fields: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """What came as an answer to a request."""

    path: str
    status: int
    text: str

    @cached_property
    def links(self) -> list[str]:
        """Where its links lead, each once, in their order."""
        return list(dict.fromkeys(map(unescape, LINK.findall(self.text))))

    @cached_property
    def forms(self) -> list[Form]:
        """Its forms that change something."""
        return [_form(self.path, *found) for found in FORM.findall(self.text) if 'method="post"' in found[0]]

    def leading(self, pattern: str) -> list[str]:
        """The links to addresses of that pattern."""
        return [each for each in self.links if re.fullmatch(pattern, each)]

    def sending(self, pattern: str) -> list[Form]:
        """The forms that go to addresses of that pattern."""
        return [each for each in self.forms if re.fullmatch(pattern, each.action)]


@dataclass(frozen=True)
class Answer:
    """One request and what became of it, for the figures."""

    what: str
    """The method and the pattern of the address."""
    status: int
    """0 when no whole answer came."""
    seconds: float
    page: Page | None
    trouble: str = ""


@dataclass
class Browser:
    """The browser of one doctor, signed in by its cookie; whatever is answered is told to `answers`."""

    port: int
    cookie: str
    answers: list[Answer]
    kept: set[str] = field(default_factory=set)
    """The files that pages are made of and that need not be asked for again."""
    name: str = "session"
    """Of the cookie."""

    async def open(self, path: str) -> Page:
        """The page at an address, with what it needs the first time, and wherever it leads."""
        return await self._follow(await self._ask("GET", path))

    async def press(self, form: Form, button: tuple[str, str] | None = None, **filled: str) -> Page:
        """The page that comes of sending a form, its hidden fields included."""
        sent = [pair for pair in form.fields if pair[0] not in filled]
        sent += [*filled.items(), *([button] if button else [])]
        return await self._follow(await self._ask("POST", form.action, urlencode(sent)))

    async def _follow(self, page: Page) -> Page:
        for _ in range(MOST_REDIRECTS):
            if page.status not in LEADS_ON:
                break
            page = await self._ask("GET", page.text)
        for asset in ASSET.findall(page.text) if page.status == WELL else ():
            if asset not in self.kept:
                self.kept.add(asset)
                await self._ask("GET", asset)
        return page

    async def _ask(self, method: str, path: str, body: str = "") -> Page:
        begun, what = time.monotonic(), f"{method} {pattern_of(path)}"
        try:
            async with asyncio.timeout(PATIENCE):
                status, headers, content = await self._exchange(method, path, body)
        except (OSError, TimeoutError, EOFError, Broken) as fault:
            self.answers.append(Answer(what, 0, time.monotonic() - begun, None, f"{type(fault).__name__}: {fault}"))
            raise Broken(path) from fault
        text = headers.get("location", "") if status in LEADS_ON else content
        page = Page(path, status, text)
        kept = page if status not in (WELL, *LEADS_ON) or "<main" in text else None
        self.answers.append(Answer(what, status, time.monotonic() - begun, kept))
        return page

    async def _exchange(self, method: str, path: str, body: str) -> tuple[int, dict[str, str], str]:
        lines = [
            f"{method} {quote(path, safe=SAFE)} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Connection: close",
            "Accept: text/html",
            "Accept-Encoding: br",
            f"Cookie: {self.name}={self.cookie}",
        ]
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write("\r\n".join([*lines, "", body]).encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in head[1:])]
            content = await reader.read(-1)
        finally:
            writer.close()
        self._keep(headers)
        return int(head[0].split()[1]), dict(headers), _whole(dict(headers), content)

    def _keep(self, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            if name == "set-cookie" and value.startswith(f"{self.name}="):
                self.cookie = value.removeprefix(f"{self.name}=").partition(";")[0]


def pattern_of(path: str) -> str:
    """The address without what differs from one to another."""
    bare = re.sub(r"/\d+", "/#", path.partition("?")[0])
    if bare.startswith(("/static/", "/bootstrap/")):
        return "/static/#"
    return re.sub(r"^(/kurser/)[^/]+", r"\1#", bare)


def _whole(headers: dict[str, str], content: bytes) -> str:
    if headers.get("transfer-encoding") == "chunked":
        content = b"".join(_chunks(content))
    expected = int(headers.get("content-length", len(content)))
    if len(content) != expected:
        raise Broken(f"{len(content)} bytes instead of {expected}")
    if headers.get("content-encoding") == "br":
        content = brotli.decompress(content)
    return content.decode("utf-8", "replace")


def _chunks(content: bytes) -> Iterator[bytes]:
    """What an answer is made of whose length nobody knew when it began; the last piece is empty."""
    while True:
        size, _, content = content.partition(b"\r\n")
        length = int(size or b"0", 16)
        if not size or len(content) < length:
            raise Broken("it was cut off")
        if length == 0:
            return
        yield content[:length]
        content = content[length + 2 :]


def _form(path: str, attributes: str, inside: str) -> Form:
    action = _attributes(attributes).get("action") or path
    found = [
        (wide or kind, _attributes(of_wide or said), inner)
        for wide, of_wide, inner, kind, said in FIELD.findall(inside)
    ]
    buttons = tuple(
        (each["name"], each.get("value", "")) for kind, each, _ in found if kind == "button" and "name" in each
    )
    return Form(action, tuple(pair for each in found for pair in _sent(*each)), buttons)


def _sent(kind: str, said: dict[str, str], inner: str) -> Iterator[tuple[str, str]]:
    """What a field sends when nobody touches it."""
    name, sort = said.get("name"), said.get("type", "text")
    if name is None or kind == "button" or (kind == "input" and sort in NOT_SENT):
        return
    if kind == "select":
        options = [_attributes(each) for each in OPTION.findall(inner)]
        chosen = next((each for each in options if "selected" in each), options[0] if options else {})
        yield name, chosen.get("value", "")
    elif kind == "textarea":
        yield name, unescape(inner).strip()
    elif sort not in ("checkbox", "radio") or "checked" in said:
        yield name, said.get("value", "y" if sort == "checkbox" else "")


def _attributes(said: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in ATTRIBUTE.findall(said)}
