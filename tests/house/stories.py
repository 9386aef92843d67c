"""What the story of a package tells: every file and folder in it, so that whoever reads it finds the way."""

import ast
from collections.abc import Iterable

from house.reading import Source


def untold(sources: Iterable[Source]) -> list[str]:
    """Files and folders that the docstring of their package does not name."""
    sources = list(sources)
    stories = {each.package: ast.get_docstring(each.tree) or "" for each in sources if each.module == each.package}
    names = {(each.package, each.module.split(".")[1]) for each in sources if each.module != each.package}
    return sorted(
        f"{package}: {name}"
        for package, name in names
        if not any(f"`{shown}`" in stories[package] for shown in (name, f"{name}/"))
    )
