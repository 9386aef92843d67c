"""Backup and restore: everything that the portal keeps as one file, and that file as a database again.

`archive` is the file: a tar of the database's dump, the settings and a manifest, whole or not there at all.
`programs` finds PostgreSQL's own `pg_dump` and `pg_restore` and runs them. `tables` counts and sums what stands in a
database, so that what came back can be compared with what went in. `surroundings` tells the settings without their
secrets. `making` makes a backup of one moment, `restoring` fills an empty database from it, all or nothing.
"""

from lararportal.backup import surroundings
from lararportal.backup.archive import Archive, Manifest, opened
from lararportal.backup.faults import BackupFault
from lararportal.backup.making import back_up
from lararportal.backup.restoring import restore, scratch

__all__ = ["Archive", "BackupFault", "Manifest", "back_up", "opened", "restore", "scratch", "surroundings"]
