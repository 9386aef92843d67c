"""Templates: where they lie, how Swedish dates are written, and how a letter is rendered without Flask."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from textwrap import wrap
from typing import Any

import jinja2
from babel.dates import format_date, format_datetime
from babel.lists import format_list

from lararportal.clock import STOCKHOLM

LOCALE = "sv_SE"
KNOWN_DAYS = 4096
"""How many days and moments are remembered in words: the same ones stand on every page, and babel is slow."""
LINE_LENGTH = 78
_NUMBER_AND_WORD = re.compile(r"(?<=\d) (?=[^\W\d])|(?<=[^\W\d]) (?=\d)|(?<= kl\.) (?=\d)")
"""The space between them: a date or an hour is not torn apart at the end of a line."""
_BEGINNING = re.compile(r"^( *(?:\d+\. )?).*")


def folder() -> Path:
    """Where the templates are: inside the installed package, or beside it in a source tree."""
    here = Path(__file__).parent
    inside = here / "templates"
    return inside if inside.is_dir() else here.parent / "templates"


@lru_cache(KNOWN_DAYS)
def day(value: date) -> str:
    """A day in words: "tisdag 2 mars 2027"."""
    return format_date(value, "EEEE d MMMM y", locale=LOCALE)


@lru_cache(KNOWN_DAYS)
def short_day(value: date) -> str:
    """A day for tables: "2 mars 2027"."""
    return format_date(value, "d MMM y", locale=LOCALE)


@lru_cache(KNOWN_DAYS)
def moment(value: datetime) -> str:
    """A moment in Stockholm time: "2 mars 2027 kl. 08.00"."""
    return format_datetime(value.astimezone(STOCKHOLM), words()["dates"]["moment"], locale=LOCALE)


@lru_cache(KNOWN_DAYS)
def month(value: date) -> str:
    """A month in words: "mars 2027"."""
    return format_date(value, "LLLL y", locale=LOCALE)


def days(values: Sequence[date]) -> str:
    """The days of a course, in order: "2 och 3 mars 2027", "30 mars och 1 april 2027"."""
    return _days(tuple(values))


@lru_cache(KNOWN_DAYS)
def _days(values: tuple[date, ...]) -> str:
    parts = []
    for value, following in zip(values, [*values[1:], None], strict=True):
        same_month = following is not None and (value.year, value.month) == (following.year, following.month)
        same_year = following is not None and value.year == following.year
        parts.append(format_date(value, "d" if same_month else "d MMMM" if same_year else "d MMMM y", locale=LOCALE))
    return format_list(parts, locale=LOCALE)


def file_size(size: int) -> str:
    """How large a file is, in the largest unit of which there is one: "4,8 MB"."""
    kilobytes = max(round(size / 1024), 1)
    return f"{kilobytes} kB" if kilobytes < 1024 else f"{size / 1024**2:.1f} MB".replace(".", ",")  # noqa: PLR2004


FILTERS: dict[str, Callable[..., str]] = {
    "day": day, "short_day": short_day, "moment": moment, "month": month, "days": days, "file_size": file_size,
}  # fmt: skip


@cache
def letters() -> jinja2.Environment:
    """Where the templates of letters, words and sentences are known: plain text, without Flask."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder()),
        autoescape=False,  # noqa: S701 - letters are plain text
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS)
    return environment


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every word list of `templates/words/`: `words()["area"]["skaraborg"]` is the Swedish name."""
    return _exports("words")


@cache
def sentences() -> Mapping[str, str]:
    """Every sentence of `templates/sentences/`, by its reason."""
    return _exports("sentences")["sentences"]


def sentence(reason: str, **facts: Any) -> str:
    """The Swedish sentence of a refusal, from `templates/sentences/`; days and moments are put in words."""
    told = {name: wordy(fact) for name, fact in facts.items()}
    return sentences()[reason].format(**told)


def wordy(fact: Any) -> Any:
    """A fact as a sentence has it: moments and days in words, everything else as it is."""
    if isinstance(fact, datetime):
        return moment(fact)
    if isinstance(fact, list) and all(isinstance(each, date) for each in fact):
        return days(fact)
    return day(fact) if isinstance(fact, date) else fact


def _exports(kind: str) -> dict[str, dict[str, str]]:
    """What the files of `templates/<kind>/` set at top level, merged over the files."""
    merged: dict[str, dict[str, str]] = {}
    for name in sorted(path.name for path in (folder() / kind).glob("*.html")):
        module = letters().get_template(f"{kind}/{name}").module
        for key, entries in vars(module).items():
            if isinstance(entries, dict) and not key.startswith("_"):
                merged.setdefault(key, {}).update(entries)
    return merged


def letter(occasion: str, **facts: Any) -> tuple[str, str]:
    """Subject and text of a letter from `templates/letters/<occasion>.txt`."""
    subject, _, body = letters().get_template(f"letters/{occasion}.txt").render(**facts).partition("\n")
    return subject.strip(), _laid_out(body)


def draft(name: str, **facts: Any) -> tuple[str, str]:
    """Subject and text to go on writing from, of `templates/drafts/<name>.txt`; its lines are not broken."""
    subject, _, body = letters().get_template(f"drafts/{name}.txt").render(**facts).partition("\n")
    return subject.strip(), body.strip()


def _laid_out(text: str) -> str:
    """The text as a letter shows it: lines of readable length that hang where they began, and single empty lines."""
    lines: list[str] = []
    for line in text.splitlines():
        folded = _folded(line)
        if folded or (lines and lines[-1]):
            lines += folded or [""]
    return "\n".join(lines).strip("\n") + "\n"


@lru_cache(maxsize=1024)
def _folded(line: str) -> tuple[str, ...]:
    """A line of a letter in lines of readable length; remembered, since a round's letters say much alike."""
    hang = " " * len(_BEGINNING.sub(r"\1", line))
    together = _NUMBER_AND_WORD.sub("\xa0", line)
    folded = wrap(together, LINE_LENGTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
    return tuple(each.replace("\xa0", " ") for each in folded)
