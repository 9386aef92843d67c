"""Where PostgreSQL may live: it refuses to run as root, and another account cannot enter root's private folders.

An ordinary user needs none of this. For root the server runs as the owner of its folder, at first `nobody`, and its
folder stays where it was asked for as long as that account can enter it. Below a private folder such as /root it
cannot: then the files lie in `SHELTER` and a link leads there from where they were asked for. What no link leads to
any more is removed the next time.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lararportal.dev.program import OWN_ACCOUNT, Account, CannotStart, leashed

SHELTER = Path("/var/lib/lararportal-dev")
BELONGS_TO = "belongs-to"
PRIVATE = 0o700


def server_account(folder: Path) -> Account:
    """The account that a server with its data in `folder` runs under."""
    if os.geteuid() != 0:
        return OWN_ACCOUNT
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(folder.stat().st_uid, folder.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as fault:
        raise CannotStart("PostgreSQL does not run as root, and there is no account `nobody` to run it as") from fault
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_run(account: Account, command: list[str]) -> bool:
    """Whether the account may run the command, and it succeeds."""
    return (
        subprocess.run(  # noqa: S603 - the commands are our own
            leashed(command, account=account), cwd="/", capture_output=True, check=False
        ).returncode
        == 0
    )


def private_folder(folder: Path, account: Account) -> Path:
    """The folder for the account alone, made if need be: `folder` itself, or the one that it is a link to.

    Raises:
        CannotStart: there is no place that the account can reach.
    """
    if folder.is_symlink():
        if folder.exists():
            return folder.resolve()
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    give(folder, account)
    if account == OWN_ACCOUNT or _can_enter(account, folder):
        return folder.resolve()
    try:
        folder.rmdir()
    except OSError as fault:
        raise CannotStart(
            f"the account {account} cannot reach {folder} any more: open the folders above it"
        ) from fault
    return _sheltered(folder, account)


def discard(folder: Path) -> None:
    """Removes the private folder, and the link to it."""
    if folder.is_symlink():
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def give(path: Path, account: Account) -> None:
    """Makes the account the owner."""
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)


def _can_enter(account: Account, folder: Path) -> bool:
    return can_run(account, ["/bin/sh", "-c", 'cd "$0"', str(folder.resolve())])


def _sheltered(folder: Path, account: Account) -> Path:
    with _shelter():
        place = Path(tempfile.mkdtemp(prefix="postgres-", dir=SHELTER))
        (place / BELONGS_TO).write_text(str(folder.absolute()))
        give(place, account)
        if not _can_enter(account, place):
            shutil.rmtree(place)
            raise CannotStart(f"the account {account} can reach neither {folder} nor {SHELTER}")
        folder.symlink_to(place)
    return place


@contextmanager
def _shelter() -> Iterator[None]:
    """The shelter to ourselves, tidied."""
    SHELTER.mkdir(parents=True, exist_ok=True)
    with (SHELTER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for note in SHELTER.glob(f"*/{BELONGS_TO}"):
            link = Path(note.read_text())
            if not (link.is_symlink() and link.readlink() == note.parent):
                shutil.rmtree(note.parent, ignore_errors=True)
        yield
