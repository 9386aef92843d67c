"""`lararportal access`: who may open which page, of which things, told from what the decorators of the views say."""

from collections.abc import Iterator
from typing import Any

import click
from flask import Flask
from werkzeug.routing import Rule

from auth.access import View
from auth.states import Role
from lararportal.app import create_app
from lararportal.config import Settings
from lararportal.sealing import Key, Ring

FILES = ("static", "bootstrap.static")
"""What Flask and Bootstrap serve; it tells nothing of anybody."""

NOWHERE = Settings(
    env="development",
    secret_key="",
    data_keys=Ring(()),
    index_key=Key("", b""),
    database_url="postgresql://nowhere/nothing",
    redis_url="redis://nowhere",
    base_url="http://nowhere",
    providers=(),
    smtp_url="smtp://nowhere",
    mail_from="nobody@nowhere",
    letters_dir="nowhere",
)
"""A portal that has every page, and is never asked for one."""

NOBODY, DOCTOR = "nobody", "doctor"
COLUMNS = (NOBODY, DOCTOR, *(role.value for role in Role))

INTRODUCTION = """\
# Who may open what

`lararportal access > docs/access.md` writes this page from the addresses of the portal and the decorators of
`auth/access.py`; never change it by hand. `tests/access_words.py` says the same once more, by hand, and the tests ask
for every cell of it with real requests: whoever changes who may open a page says so in both places.

A column is a visitor who holds that role and no other. `nobody` has not signed in. `doctor` is everybody who has:
pending or confirmed, resident, specialist or before residency; what is open to which of them is no matter of
addresses, but of rules, and is answered 409 with its reason. Who holds several roles may do what any of them may.

A cell says which of the things that the address can be about are there for the visitor:

| Cell | Meaning | Everything else |
| --- | --- | --- |
| `public` | what everybody may read: no drafts | 404 |
| `own` | the visitor's own profile, seats, places, applications, decisions; lotteries that they are part of | 404 |
| `own session` | the sessions that the visitor leads | 404 |
| `own area` | the people of the areas that the visitor is director of studies for | 404 |
| `all` | everything | 404 when there is no such thing |
| `-` | the page is not for the role: 403, before anything is looked up | 403 |
| `sign in` | the visitor is sent to sign in, before anything is looked up | sign in |

Something that is there for others, and something that nobody has, get the same answer: numbers in addresses tell an
outsider nothing. "Fresh" pages also ask for a sign-in of the last minutes (`LARARPORTAL_FRESH_MINUTES`). Addresses
below `/dev/` exist in development only. A form that is sent in without a proof that one of the portal's own pages
sent it is refused, whoever sends it; only `/logga-ut/<name>/besked` has none, since a provider sends it, signed.

Who has a seat in a course, waits for one or has applied decides nothing about its sessions, nor about who else wants
it: 409, whatever the cell says. Of every form of the staff `tests/access_words.py` says whether it is one of
those, and the tests send them in as somebody who has applied.
"""


@click.command()
def access() -> None:
    """Print who may open which page, as docs/access.md has it."""
    click.echo(page(create_app(NOWHERE)), nl=False)


def page(app: Flask) -> str:
    """The whole page, in Markdown."""
    head = ["Address", "Methods", *COLUMNS, "Fresh"]
    return "\n".join([INTRODUCTION, _row(head), _row(["---"] * len(head)), *map(_row, rows(app)), ""])


def rows(app: Flask) -> Iterator[list[str]]:
    """An address, its methods, the cell of each column, and whether it asks for a fresh sign-in."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, methods_of(rule))):
        if rule.endpoint not in FILES:
            view = app.view_functions[rule.endpoint]
            is_fresh = getattr(view, "asks_for_proof", False)
            yield [rule.rule, methods_of(rule), *(_cell(view, who) for who in COLUMNS), "fresh" if is_fresh else ""]


def methods_of(rule: Rule) -> str:
    """The methods that do something of their own."""
    return " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def _cell(view: View, who: str) -> str:
    let_in: Any = view.access  # type: ignore[attr-defined]
    reach: dict[Role, str] = view.reach  # type: ignore[attr-defined]
    if who == NOBODY:
        return "public" if let_in == "public" else "sign in"
    if let_in in ("public", "signed_in"):
        everybody = "public" if let_in == "public" else "own"
        return everybody if who == DOCTOR else reach[Role(who)]
    return reach[Role(who)] if who in let_in else "-"


def _row(cells: list[str]) -> str:
    first, *others = cells
    shown = f"`{first}`" if first.startswith("/") else first
    return f"| {' | '.join([shown, *others])} |".replace("  ", " ")


COMMANDS = (access,)
