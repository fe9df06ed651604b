"""Zip and tar archives and compressed files, unpacked without leaving the folder or filling it.

Only plain files and folders are unpacked. A name that is absolute, holds "..", a backslash, a drive
or a control character, a link, a device, an encrypted entry, two entries that are one on a disk
that ignores case: each refuses the whole archive. How much comes out is measured while it comes
out, whatever the archive says of itself.
"""

import bz2
import gzip
import re
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from labeling.domain.errors import InvalidInput
from labeling.domain.text import storable


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may need.

    Args:
        unpacked_bytes: of all files together.
        entries: files and folders.
        ratio: unpacked to packed bytes; small archives may exceed it up to `ratio_from_bytes`.
    """

    unpacked_bytes: int = 2 << 30
    entries: int = 200_000
    ratio: int = 200
    ratio_from_bytes: int = 16 << 20


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP, _BZIP2 = b"\x1f\x8b", b"BZh"


class Refused(Exception):
    """Why the archive is not unpacked."""


@contextmanager
def opened(path: Path, limits: Limits | None = None, *, name: str = "") -> Iterator[Path]:
    """`path` itself, or for an archive a temporary folder with what is in it.

    Raises:
        InvalidInput: see `unpack`.
    """
    if path.is_dir() or not is_archive(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="tubelab-unpacked-") as folder:
        unpack(path, Path(folder), limits, name=name)
        yield Path(folder)


def is_archive(path: Path) -> bool:
    """Whether it is a zip, a tar, or compressed by gzip or bzip2, by its first bytes."""
    with path.open("rb") as stream:
        head = stream.read(512)
    return head.startswith((*_ZIP, _GZIP, _BZIP2)) or head[257:262] == b"ustar"


def unpack(path: Path, folder: Path, limits: Limits | None = None, *, name: str = "") -> None:
    """Unpack an archive into an empty folder; one compressed file becomes that file.

    Args:
        path: zip, tar, tar.gz, tar.bz2, or a file with .gz or .bz2 behind its name.
        folder: where to; on an error it holds a part, for the caller to remove.
        limits: what the archive may need.
        name: what its owner calls it, for messages.

    Raises:
        InvalidInput: naming the entry: a name or kind that is refused, a limit reached, damage.
    """
    limits = limits or Limits()
    target = _Target(folder, limits, path.stat().st_size)
    try:
        if _starts(path).startswith(_ZIP):
            _unpack_zip(path, target)
        else:
            _unpack_tar(path, target, name or path.name)
    except Refused as reason:
        raise InvalidInput(f"{name or path.name}: {reason}", code="bad_archive") from None
    except NotImplementedError as error:
        # zipfile's word for a compression, encryption or version of zip that it does not know.
        raise InvalidInput(
            f"{name or path.name}: it is packed in an unusual way ({error}). Pack it again.",
            code="bad_archive",
        ) from None
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise InvalidInput(
            f"{name or path.name}: the archive is damaged or cut off ({error}).",
            code="bad_archive",
        ) from None


@dataclass(slots=True)
class _Target:
    """The folder, and what has been put there."""

    folder: Path
    limits: Limits
    packed_bytes: int
    unpacked_bytes: int = 0
    entries: int = 0
    kinds: dict[str, bool] = field(default_factory=dict)

    def add_folder(self, name: str) -> None:
        path = self._path(name, is_folder=True)
        path.mkdir(parents=True, exist_ok=True)

    def add_file(self, name: str, stream: IO[bytes]) -> None:
        path = self._path(name, is_folder=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            while chunk := stream.read(1 << 16):
                self.count_bytes(name, len(chunk))
                file.write(chunk)

    def count_bytes(self, name: str, count: int) -> None:
        self.unpacked_bytes += count
        most = max(self.limits.ratio * self.packed_bytes, self.limits.ratio_from_bytes)
        if self.unpacked_bytes > self.limits.unpacked_bytes:
            size = f"{self.limits.unpacked_bytes / 2**20:,.0f} MB"
            raise Refused(f"at {name!r} more than {size} have been unpacked. Send it in parts.")
        if self.unpacked_bytes > most:
            raise Refused(
                f"at {name!r} it has grown to more than {self.limits.ratio} times its size, as "
                "archives made to fill a disk do. Unpack it yourself and send the files."
            )

    def count_entry(self) -> None:
        self.entries += 1
        if self.entries > self.limits.entries:
            raise Refused(f"it has more than {self.limits.entries:,} entries. Send it in parts.")

    def _path(self, name: str, *, is_folder: bool) -> Path:
        parts = _checked(name)
        for depth in range(1, len(parts)):
            self._claim("/".join(parts[:depth]), is_folder=True)
        self._claim("/".join(parts), is_folder=is_folder)
        return self.folder.joinpath(*parts)

    def _claim(self, name: str, *, is_folder: bool) -> None:
        """Remember a name as a disk would that knows neither case nor Unicode's spellings."""
        key = unicodedata.normalize("NFC", name).casefold()
        known = self.kinds.get(key)
        if known is None:
            self.kinds[key] = is_folder
        elif not (known and is_folder):
            raise Refused(f"{name!r} is in it twice, or differs from another entry only in case.")


_HEADERS_BYTES = 1 << 20
_HEADER_BYTES = 4096
_DRIVE = re.compile(r"[A-Za-z]:")


def _checked(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    if not parts:
        raise Refused("an entry has no name.")
    if name.startswith("/") or _DRIVE.match(name):
        raise Refused(f"{name!r} is an absolute path.")
    if ".." in parts:
        raise Refused(f"{name!r} leads out of the folder.")
    if "\\" in name or any(unicodedata.category(letter) == "Cc" for letter in name):
        raise Refused(f"{name!r} holds a backslash or a control character.")
    if not storable(name):
        raise Refused(f"{name!r} is not in UTF-8. Pack it again, as a zip.")
    if any(len(part.encode()) > 255 for part in parts) or len(name) > 1000:
        raise Refused(f"{name[:80]!r}… is too long.")
    return parts


def _unpack_zip(path: Path, target: _Target) -> None:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            target.count_entry()
            if _is_clutter(entry.filename):
                continue
            _check_zip_entry(entry)
            if entry.is_dir():
                target.add_folder(entry.filename)
                continue
            with archive.open(entry) as stream:
                target.add_file(entry.filename, stream)


def _check_zip_entry(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused(f"{entry.filename!r} is a link or a device.")
    if entry.flag_bits & 1:
        raise Refused(f"{entry.filename!r} is encrypted.")
    if "\0" in entry.orig_filename:
        raise Refused(f"{entry.orig_filename!r} holds a control character.")
    # The other methods unpack a block of any size at once, before it can be measured.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{entry.filename!r} is packed in an unusual way. Zip it again.")


def _unpack_tar(path: Path, target: _Target, name: str) -> None:
    with path.open("rb") as raw, _decompressed(path, raw) as stream:
        if not _is_tar(stream.read(tarfile.BLOCKSIZE)):
            stream.seek(0)
            target.count_entry()
            target.add_file(PurePosixPath(name).name.rpartition(".")[0] or "file", stream)
            return
        stream.seek(0)
        with tarfile.open(fileobj=_Measured(stream, target), mode="r|") as archive:
            for entry in archive:
                target.count_entry()
                if not _is_clutter(entry.name) and entry.name not in (".", "./"):
                    _add_tar_entry(archive, entry, target)


def _is_tar(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.EOFHeaderError:
        return True
    except tarfile.HeaderError:
        return False
    return True


def _add_tar_entry(archive: tarfile.TarFile, entry: tarfile.TarInfo, target: _Target) -> None:
    if entry.isdir():
        target.add_folder(entry.name)
        return
    content = archive.extractfile(entry) if entry.isreg() and not entry.issparse() else None
    if content is None:
        raise Refused(f"{entry.name!r} is a link, a device or no plain file.")
    target.add_file(entry.name, content)


def _starts(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(4)


def _decompressed(path: Path, raw: IO[bytes]) -> IO[bytes]:
    head = _starts(path)
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw)
    return bz2.BZ2File(raw) if head.startswith(_BZIP2) else raw


class _Measured:
    """A stream that refuses to give much beside what files hold, such as endless headers."""

    def __init__(self, stream: IO[bytes], target: _Target) -> None:
        self.stream, self.target = stream, target
        self.given = 0

    def read(self, size: int) -> bytes:
        data = self.stream.read(size)
        self.given += len(data)
        beside = self.given - self.target.unpacked_bytes
        if beside > _HEADERS_BYTES + _HEADER_BYTES * self.target.entries:
            raise Refused("its headers are larger than those of any honest archive.")
        return data


def _is_clutter(name: str) -> bool:
    """What macOS puts beside the files."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name == ".DS_Store"
