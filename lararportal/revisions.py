"""The revisions of the schema: which there are, and where a database stands.

Every web process asks this to say whether it is well. It needs two lines of each migration, and not Alembic, which
would be a fifth of what a process loads before it can begin.
"""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

FOLDER = Path(__file__).parent / "migrations" / "versions"
LINES = re.compile(r'^(revision|down_revision) = (?:"(\w+)"|None)$', re.MULTILINE)
KEPT = "alembic_version"
"""The table in which Alembic keeps it."""


@cache
def _below() -> dict[str, str]:
    """Each revision with the one that it stands on; the first stands on the ground."""
    said = (dict(LINES.findall(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.py")))
    return {each["revision"]: each["down_revision"] for each in said}


def known() -> set[str]:
    """Every revision that this version knows."""
    return set(_below())


def newest() -> str:
    """The newest of them: the one that no other stands on."""
    (top,) = known() - set(_below().values())
    return top


def of(connection: Connection) -> str | None:
    """The revision that a database stands at; None is an empty one."""
    if not inspect(connection).has_table(KEPT):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {KEPT}"))  # noqa: S608 - the name is our own
    return found


def suffices(engine: Engine) -> bool:
    """Whether this version can work on the database: it stands at the newest revision, or beyond what is known here.

    The latter is so during an upgrade, which moves the schema first; the version before works on the new one.
    """
    with engine.connect() as connection:
        revision = of(connection)
    return revision == newest() or (revision is not None and revision not in known())
