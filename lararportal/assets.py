"""Static files: kept by the browser for a year, because their address changes with what is in them."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app


def init_app(app: Flask) -> None:
    """Gives every address of a static file the hash of its content."""
    app.url_defaults(add_hash)


def add_hash(endpoint: str, values: dict[str, Any]) -> None:
    """Adds `v` to the address of a file that exists."""
    place, _, name = endpoint.rpartition(".")
    if name != "static" or "filename" not in values:
        return
    owner = current_app.blueprints[place] if place else current_app
    file = Path(owner.static_folder or "") / values["filename"]
    if file.is_file():
        values["v"] = _hash(file, file.stat().st_mtime_ns)


@cache
def _hash(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
