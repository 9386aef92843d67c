"""The file of a backup: a tar that appears whole or not at all, and that is read only when nothing in it is damaged.

Its members are the settings, the dump, the manifest that says what the dump holds, and last the checksums of them
all, in the form that `sha256sum --check` reads: without its end, a file is no backup.
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from lararportal.backup.faults import BackupFault
from lararportal.backup.tables import Contents

SETTINGS, DUMP, MANIFEST, SUMS = MEMBERS = ("settings.env", "database.dump", "manifest.json", "SHA256SUMS")
FORMAT = 1
PIECE = 1 << 20
PRIVATE = 0o600
"""The file holds personal data, and the secrets of lotteries that are not over."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds: of which moment and portal, at which revision, and how much in which table."""

    format: int
    portal: str
    made_at: str
    revision: str
    server: int
    dumped_with: int
    tables: Contents

    def text(self) -> str:
        """As it stands in the file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


class Writer:
    """Adds members to the file, whose sizes are known only when they have been written."""

    def __init__(self, file: IO[bytes], *, now: datetime) -> None:
        self._file, self._moment = file, int(now.timestamp())
        self._sums: dict[str, str] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Adds one member."""
        begin = self._file.tell()
        self._file.write(self._header(name, 0))
        size, found = 0, hashlib.sha256()
        for piece in pieces:
            self._file.write(piece)
            found.update(piece)
            size += len(piece)
        self._file.write(bytes(-size % tarfile.BLOCKSIZE))
        end = self._file.tell()
        self._file.seek(begin)
        self._file.write(self._header(name, size))
        self._file.seek(end)
        self._sums[name] = found.hexdigest()

    def end(self) -> None:
        """Adds the checksums of all that was added, and the end of the tar."""
        self.add(SUMS, ["".join(f"{found}  {name}\n" for name, found in self._sums.items()).encode()])
        self._file.write(bytes(2 * tarfile.BLOCKSIZE))

    def _header(self, name: str, size: int) -> bytes:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, PRIVATE, self._moment
        return entry.tobuf(tarfile.GNU_FORMAT)


@contextmanager
def written(path: Path, *, now: datetime) -> Iterator[Writer]:
    """A new backup: it has its name once all of it is on the disk, and takes it from nothing that is there.

    Raises:
        BackupFault: the file cannot be written, or something has its name, were it only since the backup began.
    """
    try:
        _insist_on_free_name(path)
        place = path.resolve()
        with tempfile.NamedTemporaryFile("w+b", dir=place.parent, prefix=f".{place.name}.", delete=False) as file:
            try:
                writer = Writer(file, now=now)
                yield writer
                writer.end()
                file.flush()
                os.fsync(file.fileno())
                _insist_on_free_name(path)
                Path(file.name).replace(place)
                _keep_name(place.parent)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as fault:
        raise BackupFault(f"{path} cannot be written: {fault.strerror}.") from fault


def _insist_on_free_name(path: Path) -> None:
    if path.exists():
        raise BackupFault(f"{path} is there already, and is left as it is: give the backup a name of its own.")


def _keep_name(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Archive:
    """A backup that is whole: every member is there, and is what its checksum says."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar = tar
        self.manifest = manifest

    @property
    def settings(self) -> str:
        """The settings of the portal that was backed up."""
        return b"".join(self._pieces(SETTINGS)).decode()

    def dump(self) -> Iterator[bytes]:
        """The dump, piece by piece."""
        return self._pieces(DUMP)

    def _pieces(self, name: str) -> Iterator[bytes]:
        return pieces(self._tar, self._tar.getmember(name))


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup for reading; nothing is read of one that is damaged.

    Raises:
        BackupFault: the file cannot be read, is none of ours, is cut off or damaged, or newer than we are.
    """
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            yield Archive(tar, _manifest(path, _insist_on_all(path, tar)))
    except OSError as fault:
        raise BackupFault(f"{path} cannot be read: {fault.strerror or fault}.") from fault
    except (tarfile.TarError, EOFError) as fault:
        raise BackupFault(f"{path} is damaged or no backup of ours: {fault}.") from fault


def _insist_on_all(path: Path, tar: tarfile.TarFile) -> bytes:
    """The manifest, when every member is there and sound."""
    names = tuple(tar.getnames())
    if names != MEMBERS:
        raise BackupFault(f"{path} is cut off, damaged or no backup of ours: its parts are {', '.join(names)}.")
    said = b"".join(pieces(tar, tar.getmember(SUMS)))
    found = "".join(f"{_sum(tar, name)}  {name}\n" for name in MEMBERS[:-1])
    if said != found.encode():
        raise BackupFault(f"{path} is damaged: its parts are not what its checksums say.")
    return b"".join(pieces(tar, tar.getmember(MANIFEST)))


def _sum(tar: tarfile.TarFile, name: str) -> str:
    found = hashlib.sha256()
    for piece in pieces(tar, tar.getmember(name)):
        found.update(piece)
    return found.hexdigest()


def pieces(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Iterator[bytes]:
    """What a member holds, piece by piece."""
    stream = tar.extractfile(entry)
    if stream is None:
        raise tarfile.ReadError(f"{entry.name} is no file")
    while piece := stream.read(PIECE):
        yield piece


def _manifest(path: Path, text: bytes) -> Manifest:
    told: dict[str, Any] = json.loads(text)
    if told["format"] != FORMAT:
        raise BackupFault(f"{path} was made by a newer portal, {told['portal']}: use that one.")
    return Manifest(**told)
