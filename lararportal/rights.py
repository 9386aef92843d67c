"""Rights: what the role that the portal works as may do in the database, whose owner it is not."""

from collections.abc import Sequence

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

ADDED_TO = ("journal", "journal_seals")
"""Rows are added to these, and never changed."""
READ = ("alembic_version",)
"""The schema is moved by its owner."""
STATEMENTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "REVOKE UPDATE, DELETE ON {added_to} FROM {role}",
    "REVOKE INSERT, UPDATE, DELETE ON {read} FROM {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
MIGHTY = "SELECT rolsuper, pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s"
MAY_CHANGE = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY(:tables)
        AND has_table_privilege(CAST(:role AS name), oid, 'UPDATE, DELETE, TRUNCATE')
    ORDER BY 1
"""


class RightsFault(Exception):  # noqa: N818 - what is said to the operator, who can change it
    """The rights cannot be given; the message is a sentence that says why."""


def give(url: str, role: str) -> None:
    """The role may do what the portal does, and no more; asked for by the owner of the tables, all or nothing.

    Raises:
        RightsFault: there is no such role or no schema, who asks does not own the tables, or the role could help
            itself to what is kept from it.
    """
    name = sql.Identifier(role)
    parts = {"role": name, "added_to": _listed(ADDED_TO), "read": _listed(READ)}
    try:
        with psycopg.connect(url) as connection:
            _insist_on_lesser(connection, role)
            for statement in STATEMENTS:
                connection.execute(sql.SQL(statement).format(**parts))
            named = MAY_CHANGE.replace(":tables", "%(tables)s").replace(":role", "%(role)s")
            left = connection.execute(named, {"tables": list(ADDED_TO), "role": role}).fetchall()
            if left:
                tables = " and ".join(str(each) for (each,) in left)
                raise RightsFault(f"{role} may still change {tables}, by a right that it has from another role.")
    except psycopg.Error as fault:
        raise RightsFault(f"The rights cannot be given: {str(fault).strip()}.") from fault


def _insist_on_lesser(connection: psycopg.Connection, role: str) -> None:
    found = connection.execute(MIGHTY, [role]).fetchone()
    if found is None:
        raise RightsFault(f"There is no role {role}: make it, CREATE ROLE {role} LOGIN PASSWORD '...'.")
    is_mighty, is_owner = found
    if is_mighty or is_owner:
        why = "it may do everything" if is_mighty else "it owns the tables, or can act as who owns them"
        raise RightsFault(f"{role} is not the role to work as: {why}.")


def _listed(tables: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, tables))


def changeable(db: Session) -> list[str]:
    """What should only be added to, and the role at work could change."""
    return list(db.scalars(text(MAY_CHANGE.replace(":role", "current_user")), {"tables": list(ADDED_TO)}))
