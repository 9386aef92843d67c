"""What stands in a database: how many rows in each table, and a sum over all that stands in them.

The sum does not hang on the order of the rows, nor on how a session shows times and numbers: a restored database has
the same, whatever server it lies on.
"""

from typing import TypedDict

import psycopg
from psycopg import sql


class Content(TypedDict):
    """Of one table."""

    rows: int
    sum: str


Contents = dict[str, Content]

PLAINLY = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'"
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
COUNTED = """
    SELECT count(*), coalesce(sum(('x' || encode(substr(sha256(convert_to(line::text, 'UTF8')), 1, 8), 'hex'))
        ::bit(64)::bigint::numeric), 0)::text
    FROM {} AS line
"""


def contents(connection: psycopg.Connection) -> Contents:
    """Every table of the portal, in the connection's transaction."""
    connection.execute(PLAINLY)
    names = [str(name) for (name,) in connection.execute(TABLES)]
    return {name: _content(connection, name) for name in names}


def _content(connection: psycopg.Connection, name: str) -> Content:
    row = connection.execute(sql.SQL(COUNTED).format(sql.Identifier("public", name))).fetchone()
    assert row is not None, "an aggregate always has its row"
    return Content(rows=int(row[0]), sum=str(row[1]))


def differences(said: Contents, found: Contents) -> list[str]:
    """The tables that are not what was said, in words."""
    return [
        f"{name} ({_in_words(said.get(name), found.get(name))})"
        for name in sorted({*said, *found})
        if said.get(name) != found.get(name)
    ]


def _in_words(said: Content | None, found: Content | None) -> str:
    if said is None or found is None:
        return "missing" if found is None else "not in the backup"
    if said["rows"] != found["rows"]:
        return f"{found['rows']} rows and not {said['rows']}"
    return "as many rows, and not the same"
