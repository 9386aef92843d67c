"""What the portal shows to the outside: its routes, its pages, and the requirements that it is installed from."""

import re
from collections.abc import Iterable, Iterator

from flask import Flask
from jinja2 import Environment, meta, nodes

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


def unknown(templates: Environment) -> list[str]:
    """Names that stand in macros and that these cannot know, since those who import them do not tell what they know.

    Nothing would be shown in their place.
    """
    pages = {name: templates.parse((templates.loader.get_source(templates, name))[0]) for name in _ours(templates)}
    imported = {
        str(each.template.as_const())
        for page in pages.values()
        for each in page.find_all(nodes.FromImport)
        if not each.with_context
    }
    return sorted(
        f"{name} ({each})"
        for each in imported
        for name in meta.find_undeclared_variables(pages[each]) - {*templates.globals} - {*_set(pages[each])}
    )


def _set(page: nodes.Template) -> Iterator[str]:
    """Names that a template sets itself, under a condition too."""
    return (each.name for each in page.find_all(nodes.Name) if each.ctx == "store")


def _ours(templates: Environment) -> list[str]:
    return templates.list_templates(filter_func=lambda name: name.endswith(".html") and "bootstrap/" not in name)


def indexed(lines: Iterable[str]) -> Iterator[str]:
    """Lines of requirements that name a place to fetch from; what a line says after # is for people."""
    return (line for line in lines if INDEX.search(line.split(" #")[0]) and not line.lstrip().startswith("#"))
