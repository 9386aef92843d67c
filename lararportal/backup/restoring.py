"""Restoring: a backup becomes an empty database's content, all of it or none, and what came is compared."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from lararportal import revisions
from lararportal.backup import programs, tables
from lararportal.backup.archive import Archive
from lararportal.backup.faults import BackupFault

SCRATCH = "lararportal_drill"
OPTIONS = ("--single-transaction", "--no-owner", "--no-privileges")
FULL = """
    WITH own AS (
        SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
    ),
    found (place, kind, oid, name) AS (
        SELECT CASE relkind WHEN 'r' THEN 1 ELSE 2 END, 'pg_class'::regclass, oid, relname FROM pg_class
        WHERE relnamespace IN (SELECT oid FROM own)
        UNION ALL
        SELECT 3, 'pg_type'::regclass, oid, typname FROM pg_type
        WHERE typcategory <> 'A' AND typnamespace IN (SELECT oid FROM own)
        UNION ALL
        SELECT 4, 'pg_proc'::regclass, oid, proname FROM pg_proc WHERE pronamespace IN (SELECT oid FROM own)
        UNION ALL
        SELECT 5, 'pg_namespace'::regclass, oid, nspname FROM own WHERE nspname <> 'public'
        UNION ALL
        SELECT 6, 'pg_largeobject'::regclass, oid, ('large object ' || oid)::name FROM pg_largeobject_metadata
    )
    SELECT name FROM found f WHERE NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = f.kind AND d.objid = f.oid AND deptype = 'e')
    ORDER BY place, name LIMIT 1
"""
"""A table, or what else is not PostgreSQL's own or an extension's: types, functions, schemas, large objects."""


def restore(url: str, backup: Archive) -> None:
    """The database, which was empty, is what was backed up.

    Raises:
        BackupFault: it was not empty, the backup is newer than this portal or that server, there is no new enough
            pg_restore, or the server did not take it; then the database is still empty.
    """
    said = backup.manifest
    if said.revision not in revisions.known():
        raise BackupFault(
            f"The backup was made by a newer portal, {said.portal}: its revision {said.revision} is not known here."
        )
    try:
        with psycopg.connect(url) as connection:
            server = connection.info.server_version // programs.MAJOR
            _insist_on_empty(connection)
        if server < said.server // programs.MAJOR:
            raise BackupFault(
                f"The server is PostgreSQL {server}, and the backup is from {said.server // programs.MAJOR}: "
                "restore it to one that is not older."
            )
        places = programs.folders()
        program, _ = programs.find("pg_restore", at_least=max(server, said.dumped_with), places=places)
        programs.fed_to(program, *OPTIONS, url=url, pieces=backup.dump())
        with psycopg.connect(url) as connection:
            found = tables.differences(said.tables, tables.contents(connection))
    except psycopg.Error as fault:
        raise BackupFault(f"The database cannot be used: {str(fault).strip()}.") from fault
    if found:
        raise BackupFault(f"What was restored is not what was backed up: {', '.join(found)}.")


def _insist_on_empty(connection: psycopg.Connection) -> None:
    found = connection.execute(FULL).fetchone()
    if found is not None:
        raise BackupFault(
            f"The database is not empty, {found[0]} is in it: make a new one, and let DATABASE_URL name that."
        )


@contextmanager
def scratch(url: str) -> Iterator[str]:
    """An empty database on the same server, which is gone afterwards; its address.

    Raises:
        BackupFault: the role may not make one, or the server is away.
    """
    name = f"{SCRATCH}_{secrets.token_hex(4)}"
    _do(url, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _do(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _do(url: str, statement: sql.Composed) -> None:
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)
    except psycopg.Error as fault:
        raise BackupFault(f"The scratch database cannot be made or removed: {str(fault).strip()}.") from fault
