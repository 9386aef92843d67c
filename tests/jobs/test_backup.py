"""A backup is one moment of everything, whole or not there at all, and comes back whole or not at all."""

import json
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from click.testing import CliRunner, Result
from portals import KEYS
from processes import WITHIN, room_for
from sqlalchemy import Engine, text

import make
from bookings import left_over_seats
from lararportal import clock
from lararportal.audit import invariants
from lararportal.backup import BackupFault, archive, opened, programs, scratch, surroundings, tables
from lararportal.backup import back_up as backed_up
from lararportal.cli import main
from lararportal.config import Settings
from lararportal.db import Database, connect

NOW = clock.parse("2027-01-11T08:00")
SECRETS = ("a key that nobody else may know at all", "secret-of-client", "secret-of-mail")
PROVIDER = {
    "name": "p", "title": "Ä", "issuer": "http://127.0.0.1:1", "client_id": "c", "client_secret": SECRETS[1],
}  # fmt: skip
OF_OTHERS = {
    "mood": ("CREATE TYPE mood AS ENUM ('glad')", "DROP TYPE mood"),
    "one": ("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION one"),
    "theirs": ("CREATE SCHEMA theirs", "DROP SCHEMA theirs"),
    "large object 7": ("SELECT lo_create(7)", "SELECT lo_unlink(7)"),
}
"""What somebody may have in a database without a table, by what is said to be in it: how it comes and goes."""
NOT_EMPTY = "The database is not empty, absence_charges is in it: make a new one, and let DATABASE_URL name that."
TAKEN = "is there already, and is left as it is: give the backup a name of its own."
WRITE = text("INSERT INTO heartbeats VALUES (:part, now())")


@pytest.fixture(scope="module")
def url(copies: Callable[[], str], engine: Engine) -> str:
    """A database for all tests here, who leave it as it was."""
    engine.dispose()
    return copies()


@pytest.fixture(scope="module")
def database(url: str) -> Iterator[Database]:
    """In it are a session with seats, and a line behind it."""
    database = Database(connect(url), portal_url="http://portal.test")
    with database.transaction() as db:
        session = make.session(db, seats=2)
        for name in ("Åsa", "Ö", "'\\"):
            person = make.person(db, given_name=name)
            left_over_seats.book(db, session_id=session.id, person_id=person.id, now=NOW, by=person.id)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def kept(database: Database, url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of that."""
    path = tmp_path_factory.mktemp("backup") / "kept.tar"
    backed_up(url, path, settings="", now=NOW)
    return path


@pytest.fixture
def environment(settings: Settings, url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "REDIS_URL": settings.redis_url,
        "LARARPORTAL_SECRET_KEY": SECRETS[0],
        **KEYS,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_SMTP_URL": f"smtp://portal:{SECRETS[2]}@127.0.0.1:1",
        "LARARPORTAL_MAIL_FROM": settings.mail_from,
        "LARARPORTAL_PROVIDERS": json.dumps([PROVIDER]),
        "LARARPORTAL_LATE_FEE": "14:50,7:100",
    }


@pytest.fixture
def command(environment: dict[str, str]) -> Callable[..., Result]:
    return lambda *words, **overrides: CliRunner(env={**environment, **overrides}).invoke(main, list(map(str, words)))


def found_in(url: str) -> tables.Contents:
    with psycopg.connect(url) as connection:
        return tables.contents(connection)


def said(done: Result) -> tuple[int, str]:
    """How a command that must not succeed ended, and what it said."""
    assert "Traceback" not in done.output
    return done.exit_code, done.stderr


def test_what_is_backed_up_comes_back_the_same_and_nobody_else_can_read_it(
    database: Database, command: Callable[..., Result], url: str, tmp_path: Path
):
    path = tmp_path / "kept.tar"

    done = command("backup", path)

    assert (done.exit_code, done.stderr) == (0, "")
    assert [each.name for each in tmp_path.iterdir()] == ["kept.tar"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with tarfile.open(path) as tar:
        assert tar.getnames() == ["settings.env", "database.dump", "manifest.json", "SHA256SUMS"]
    assert [each for each in SECRETS if each.encode() in path.read_bytes()] == []

    with scratch(url) as empty:
        for name, (made, gone) in OF_OTHERS.items():
            with psycopg.connect(empty) as there:
                there.execute(made)
            code, told = said(command("restore", path, DATABASE_URL=empty))
            assert (code, told.partition(":")[2]) == (1, f" {NOT_EMPTY.replace('absence_charges', name)}\n")
            with psycopg.connect(empty) as there:
                there.execute(gone)
        restored = command("restore", path, DATABASE_URL=empty, LARARPORTAL_LATE_FEE="")
        assert restored.exit_code == 0, restored.output
        assert restored.stderr == "Warning: LARARPORTAL_LATE_FEE is not what it was when the backup was made.\n"
        assert found_in(empty) == found_in(url)
        assert found_in(empty)["bookings"]["rows"] == 3

        code, told = said(command("restore", path, DATABASE_URL=empty))
        assert (code, told.partition(":")[2]) == (1, f" {NOT_EMPTY}\n")
        # What numbers rows goes on where it was.
        following = "SELECT nextval(pg_get_serial_sequence('persons', 'id'))"
        with psycopg.connect(empty) as there, psycopg.connect(url) as here:
            assert there.execute(following).fetchone() == here.execute(following).fetchone()


def test_a_drill_restores_looks_and_leaves_nothing(
    database: Database, command: Callable[..., Result], url: str, tmp_path: Path
):
    with database.transaction() as db:
        db.execute(text("UPDATE course_sessions SET seats_taken = 1"))
    backed_up(url, tmp_path / "unsound", settings="", now=NOW)
    with database.transaction() as db:
        db.execute(text("UPDATE course_sessions SET seats_taken = 2"))

    unsound = command("drill", tmp_path / "unsound")

    assert unsound.exit_code == 1
    assert "it can be restored, but the audit finds:\n  seats_taken: " in unsound.stderr
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'lararportal_drill%'")
        assert names.fetchone() == (0,)


def test_a_file_that_is_cut_off_or_damaged_anywhere_is_refused_and_nothing_is_restored(
    kept: Path, command: Callable[..., Result], url: str, tmp_path: Path
):
    whole, spoilt = kept.read_bytes(), tmp_path / "spoilt.tar"
    end = whole.rindex(b"SHA256SUMS") + 512
    for length in (0, 1, 511, 512, 600, 1024, len(whole) // 2, end - 512, end, end + 100):
        spoilt.write_bytes(whole[:length])
        with pytest.raises(BackupFault), opened(spoilt):
            pass
    for spot in (0, 124, 513, 1600, len(whole) // 2, whole.index(b'"revision"'), end + 3):
        spoilt.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
        with pytest.raises(BackupFault), opened(spoilt):
            pass
    with scratch(url) as empty:
        code, sentence = said(command("restore", spoilt, DATABASE_URL=empty))
        assert (code, sentence) == (1, f"Error: {spoilt} is damaged: its parts are not what its checksums say.\n")
        assert found_in(empty) == {}
    assert said(command("restore", tmp_path / "none")) == (
        1,
        f"Error: {tmp_path / 'none'} cannot be read: No such file or directory.\n",
    )


def made_anew(kept: Path, path: Path, *, dump: bytes | None = None, **facts: object) -> Path:
    """A backup of which the checksums are right and something else is not."""
    with opened(kept) as old, archive.written(path, now=NOW) as new:
        new.add(archive.SETTINGS, [b""])
        new.add(archive.DUMP, old.dump() if dump is None else [dump])
        new.add(archive.MANIFEST, [replace(old.manifest, **facts).text().encode()])
    return path


def test_what_cannot_be_restored_whole_is_not_restored_at_all(
    kept: Path, command: Callable[..., Result], url: str, tmp_path: Path
):
    with opened(kept) as file:
        dump = b"".join(file.dump())
    cases = {
        "revision 9999 is not known here": made_anew(kept, tmp_path / "newer", revision="9999"),
        "made by a newer portal": made_anew(kept, tmp_path / "form", format=2),
        "the backup is from 99": made_anew(kept, tmp_path / "server", server=990001),
        "pg_restore is older than": made_anew(kept, tmp_path / "program", dumped_with=99),
        "pg_restore did not come to its end": made_anew(kept, tmp_path / "half", dump=dump[: len(dump) * 9 // 10]),
    }
    with scratch(url) as empty:
        for sentence, path in cases.items():
            code, told = said(command("restore", path, DATABASE_URL=empty))
            assert (code, sentence in told) == (1, True), told
            assert found_in(empty) == {}


def test_tables_that_are_not_the_same_are_named():
    three, four, other = (tables.Content(rows=rows, sum=sum_) for rows, sum_ in ((3, "1"), (4, "1"), (3, "2")))

    assert tables.differences({"a": three, "b": three}, {"a": three, "b": three}) == []
    assert tables.differences({"a": three, "b": three, "c": three}, {"a": four, "b": other, "d": three}) == [
        "a (4 rows and not 3)",
        "b (as many rows, and not the same)",
        "c (missing)",
        "d (not in the backup)",
    ]


def test_a_full_disk_leaves_the_backup_of_yesterday_and_no_half_one(
    database: Database, command: Callable[..., Result], tmp_path: Path
):
    path, former = tmp_path / "kept.tar", tmp_path / "yesterday.tar"
    former.write_text("the backup of yesterday")
    with room_for(8192):
        told = said(command("backup", path))
    assert told == (1, f"Error: {path} cannot be written: File too large.\n")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {former.name: "the backup of yesterday"}
    nowhere = tmp_path / ("x" * 300)
    assert said(command("backup", nowhere)) == (1, f"Error: {nowhere} cannot be written: File name too long.\n")
    assert said(command("backup", tmp_path / "no" / "file"))[0] == 1
    with database.transaction() as db:
        assert invariants(db, now=clock.now()) == []


def test_what_has_the_name_already_is_refused_and_left_as_it_is(command: Callable[..., Result], tmp_path: Path):
    theirs, later = tmp_path / "portal.env", tmp_path / "later.tar"
    theirs.write_text("theirs")
    (tmp_path / "link").symlink_to(theirs)
    away = "postgresql://nobody:known@127.0.0.1:1/none"
    for path in (theirs, tmp_path / "link", tmp_path, Path(os.devnull)):
        assert said(command("backup", path, DATABASE_URL=away)) == (1, f"Error: {path} {TAKEN}\n")
    with pytest.raises(BackupFault, match=TAKEN), archive.written(later, now=NOW):
        later.write_text("theirs")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == dict.fromkeys(
        ("portal.env", "link", "later.tar"), "theirs"
    )


def test_a_backup_made_while_others_write_is_one_moment(
    database: Database, command: Callable[..., Result], url: str, tmp_path: Path
):
    """Both rows of a deed are in it or neither, and as many come back as were counted."""
    done, begun, written = Event(), Event(), []

    def write() -> None:
        while not done.is_set():
            with database.transaction() as db:
                for part in ("one", "other"):
                    db.execute(WRITE, {"part": f"{part}{len(written)}"})
            written.append(1)
            begun.set()

    writer = Thread(target=write)
    writer.start()
    assert begun.wait(WITHIN)
    kept = backed_up(url, tmp_path / "kept", settings="", now=NOW)
    done.set()
    writer.join()
    assert 0 < kept.tables["heartbeats"]["rows"] < 2 * len(written)
    assert kept.tables["heartbeats"]["rows"] % 2 == 0
    drilled = command("drill", tmp_path / "kept")
    assert (drilled.exit_code, drilled.stderr) == (0, "")
    assert "the audit finds nothing" in drilled.stdout


def test_a_program_that_is_missing_or_older_than_the_server_is_named(
    command: Callable[..., Result], url: str, tmp_path: Path
):
    with pytest.raises(BackupFault, match=r"^pg_dump is missing: install PostgreSQL's client programs, 18 or newer"):
        programs.find("pg_dump", at_least=18, places=[tmp_path])
    for release in (15, 19, 20):
        folder = tmp_path / str(release)
        folder.mkdir()
        (folder / "pg_dump").write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {release}.1 (Debian)'\n")
        (folder / "pg_dump").chmod(0o755)
    with pytest.raises(BackupFault, match=r"older than the server, which is version 18: .*/15/pg_dump is 15"):
        programs.find("pg_dump", at_least=18, places=[tmp_path / "15"])
    places = [tmp_path / str(release) for release in (15, 20, 19)]
    assert programs.find("pg_dump", at_least=18, places=places) == (tmp_path / "19" / "pg_dump", 19)

    with scratch(url) as empty:
        assert said(command("backup", tmp_path / "kept", DATABASE_URL=empty)) == (
            1,
            "Error: There is nothing to back up: the database has no schema.\n",
        )
    away = "postgresql://nobody:known@127.0.0.1:1/none"
    code, told = said(command("backup", tmp_path / "kept", DATABASE_URL=away))
    assert (code, "The database cannot be read: " in told, "known" in told) == (1, True, False)
    assert not (tmp_path / "kept").exists()


def test_settings_are_kept_without_secrets_and_compared_by_what_users_notice(environment: dict[str, str]):
    kept = surroundings.told({**environment, "HOME": "/root"})

    assert [each for each in (*SECRETS, "HOME", environment["DATABASE_URL"]) if each in kept] == []
    assert surroundings.changed(kept, environment) == []
    providers = json.dumps([{**PROVIDER, "client_secret": "another"}])
    elsewhere = {**environment, "LARARPORTAL_ENV": "production", "LARARPORTAL_PROVIDERS": providers}
    assert surroundings.changed(kept, elsewhere) == []
    assert surroundings.changed(kept, {**environment, "LARARPORTAL_LATE_FEE": "14:50"}) == ["LARARPORTAL_LATE_FEE"]
