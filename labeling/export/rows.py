"""What a file says, sorted by video in bounded memory.

A file need not be in order: AVA's rows come sorted by label, too. So pieces are gathered by video,
compactly, and beyond a limit go to a temporary file; they are read back video by video.
"""

import pickle
import struct
import tempfile
from collections.abc import Hashable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from labeling.formats.ava import AvaRow

# Timestamp in 1e-9 s, box, action id, person id, score, line, decimals, what is there.
_ROW = struct.Struct("<qddddiidIBB")
_NANO = 10**9
_BOX, _ACTION, _PERSON, _SCORE = 1, 2, 4, 8
IN_MEMORY = 32 * 1024**2


class Spool:
    """Bytes by key, appended in any order; at most `limit` of them in memory."""

    def __init__(self, limit: int = IN_MEMORY) -> None:
        self.limit = limit
        self._held = 0
        self._buffers: dict[Hashable, bytearray] = {}
        self._pieces: dict[Hashable, list[tuple[int, int]]] = {}
        self._file = tempfile.TemporaryFile(prefix="tubelab-")  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._file.close()

    def add(self, key: Hashable, piece: bytes) -> None:
        self._buffers.setdefault(key, bytearray()).extend(piece)
        self._held += len(piece)
        if self._held > self.limit:
            self._spill()

    def keys(self) -> list[Hashable]:
        """In the order in which they came."""
        return list(dict.fromkeys([*self._pieces, *self._buffers]))

    def read(self, key: Hashable) -> bytes:
        """All pieces of a key, in the order in which they came."""
        parts = []
        for offset, length in self._pieces.get(key, ()):
            self._file.seek(offset)
            parts.append(self._file.read(length))
        return b"".join([*parts, self._buffers.get(key, b"")])

    def _spill(self) -> None:
        offset = self._file.seek(0, 2)
        for key, buffer in self._buffers.items():
            self._file.write(buffer)
            self._pieces.setdefault(key, []).append((offset, len(buffer)))
            offset += len(buffer)
        self._buffers.clear()
        self._held = 0


def pack_row(row: AvaRow) -> bytes:
    """A row without its video's key; a timestamp is kept to 1e-9 s."""
    there = (
        _BOX * (row.box is not None)
        | _ACTION * (row.action_id is not None)
        | _PERSON * (row.person_id is not None)
        | _SCORE * (row.score is not None)
    )
    return _ROW.pack(
        _nanoseconds(row.timestamp), *(row.box or (0.0, 0.0, 0.0, 0.0)), row.action_id or 0,
        row.person_id or 0, row.score or 0.0, row.row, min(row.decimals, 255), there,
    )  # fmt: skip


def unpack_rows(packed: bytes, video: str) -> Iterator[AvaRow]:
    for stamp, x1, y1, x2, y2, action, person, score, line, decimals, there in _ROW.iter_unpack(
        packed
    ):
        yield AvaRow(
            video, _seconds(stamp),
            (x1, y1, x2, y2) if there & _BOX else None,
            action if there & _ACTION else None,
            person if there & _PERSON else None,
            score if there & _SCORE else None,
            decimals, line,
        )  # fmt: skip


@lru_cache(maxsize=20_000)
def _nanoseconds(timestamp: Decimal) -> int:
    return int((timestamp * _NANO).to_integral_value())


@lru_cache(maxsize=20_000)
def _seconds(nanoseconds: int) -> Decimal:
    whole, rest = divmod(nanoseconds, _NANO)
    return Decimal(whole) if rest == 0 else (Decimal(nanoseconds) / _NANO).normalize()


def pack_value(value: Any) -> bytes:
    """Anything of `formats.dataset`, with its length in front; it never leaves this machine."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return struct.pack("<Q", len(body)) + body


def unpack_values(packed: bytes) -> Iterator[Any]:
    at = 0
    while at < len(packed):
        (length,) = struct.unpack_from("<Q", packed, at)
        yield pickle.loads(packed[at + 8 : at + 8 + length])
        at += 8 + length
