"""Parts of pages that say the same of the same facts to everybody: each is rendered once, and remembered by them."""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

KNOWN_PARTS = 2048
"""How many parts each process remembers, of some two kilobytes each; what was longest not asked for goes first."""

NAMES = ("url_for", "words")
"""What a part knows beside its facts and other parts: not who reads it, what they asked for, or their proof."""


def init_app(app: Flask) -> None:
    """Gives templates `remembered(template, **facts)`. A fact is frozen: nothing can change it unseen."""
    environment = app.jinja_env.overlay(undefined=StrictUndefined)
    environment.globals = {name: app.jinja_env.globals[name] for name in NAMES}

    @lru_cache(KNOWN_PARTS)
    def remembered(template: str, **facts: Hashable) -> Markup:
        return Markup(environment.get_template(template).render(**facts))  # noqa: S704 - a template of our own, escaped

    app.jinja_env.globals["remembered"] = environment.globals["remembered"] = remembered
    app.extensions["parts"] = environment


def of(app: Flask) -> Environment:
    """Where the templates of parts are known."""
    environment: Environment = app.extensions["parts"]
    return environment
