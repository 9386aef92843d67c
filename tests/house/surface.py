"""What the portal shows to the outside: its routes, and the requirements that it is installed from."""

import re
from collections.abc import Iterable, Iterator

from flask import Flask

NO_VIEWS_OF_OURS = ("static", "bootstrap.static")
"""Files that Flask and Bootstrap serve; they tell nothing of anybody."""

INDEX = re.compile(
    r"(?i)index[-_]url|find-links|trusted-host|^\s*-[if]\b|\w+://|\s@\s|\b(?:[a-z0-9-]+\.)+(?:org|com|net|se|io|dev)\b"
)


def unguarded(app: Flask) -> list[str]:
    """Routes whose view nobody has said who may open."""
    return sorted(
        f"{rule.endpoint} ({rule.rule})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NO_VIEWS_OF_OURS and not hasattr(app.view_functions[rule.endpoint], "access")
    )


def indexed(lines: Iterable[str]) -> Iterator[str]:
    """Lines of requirements that name a place to fetch from; what a line says after # is for people."""
    return (line for line in lines if INDEX.search(line.split(" #")[0]) and not line.lstrip().startswith("#"))
