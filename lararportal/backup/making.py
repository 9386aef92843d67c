"""Making a backup: one moment of the database, although everybody goes on working while it is made."""

from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psycopg

from lararportal.backup import archive, programs, tables
from lararportal.backup.archive import Manifest
from lararportal.backup.faults import BackupFault

REVISION = "SELECT version_num FROM alembic_version"
OPTIONS = ("--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=30s")
"""A migration that runs is waited for, but not for ever."""


def back_up(url: str, path: Path, *, settings: str, now: datetime) -> Manifest:
    """The file, of which nothing was there before, holds the database as it was at one moment.

    What is counted and what is dumped are one snapshot, so that the manifest says exactly what the dump holds.

    Raises:
        BackupFault: the file's name is taken, or there is no new enough pg_dump, no schema, no database, or no room.
    """
    try:
        with archive.written(path, now=now) as file, psycopg.connect(url) as connection:
            server = connection.info.server_version
            dump, release = programs.find("pg_dump", at_least=server // programs.MAJOR, places=programs.folders())
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
            assert snapshot is not None, "a function always answers"
            manifest = Manifest(
                format=archive.FORMAT,
                portal=version("lararportal"),
                made_at=now.isoformat(timespec="seconds"),
                revision=_revision(connection),
                server=server,
                dumped_with=release,
                tables=tables.contents(connection),
            )
            file.add(archive.SETTINGS, [settings.encode()])
            file.add(archive.DUMP, programs.written_by(dump, *OPTIONS, f"--snapshot={snapshot[0]}", url=url))
            file.add(archive.MANIFEST, [manifest.text().encode()])
    except psycopg.Error as fault:
        raise BackupFault(f"The database cannot be read: {str(fault).strip()}.") from fault
    return manifest


def _revision(connection: psycopg.Connection) -> str:
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        raise BackupFault("There is nothing to back up: the database has no schema.")
    found = connection.execute(REVISION).fetchone()
    if found is None:
        raise BackupFault("There is nothing to back up: the database stands at no revision.")
    return str(found[0])
