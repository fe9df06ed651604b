"""MATLAB's .mat files of version 5 to 7: structs, cells, numbers and text.

Read here and not by a library written in C, which a damaged file brings down with the whole
process: every size is checked against the bytes there are. Objects, functions and sparse matrices
are refused.

Source: MAT-File Format, The MathWorks, chapter 1 (level 5).
"""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput

_MATRIX, _COMPRESSED, _UTF8 = 14, 15, 16
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8",
            12: "i8", 13: "u8"}  # fmt: skip
_CELL, _STRUCT, _CHAR, _FIRST_NUMERIC, _LAST_NUMERIC = 1, 2, 4, 6, 15
_TEXT_CODES = {2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_LARGEST_UNPACKED = 1 << 30
_DEEPEST = 8

Structs = list[dict[str, Any]]


class Refused(Exception):
    """Why the file is not read."""


def is_mat(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(7) == b"MATLAB "


def load(path: Path, name: str) -> dict[str, Any]:
    """Variables by name: a struct array is a list of dicts, a cell array a list, text is str.

    Numbers are arrays of the dtype in which the file holds them, shaped as there.

    Raises:
        InvalidInput: it is of another version, damaged, too large, or holds something else.
    """
    content = path.read_bytes()
    try:
        return dict(_variables(content))
    except Refused as reason:
        raise InvalidInput(f"{name} cannot be read as a .mat file: {reason}.") from None


def _variables(content: bytes) -> Iterator[tuple[str, Any]]:
    order = {b"IM": "<", b"MI": ">"}.get(content[126:128])
    if not content.startswith(b"MATLAB 5.0") or order is None:
        raise Refused("it is of another version than 5 to 7; save it with -v7")
    left = _LARGEST_UNPACKED
    for kind, data in _Reader(content[128:], order).elements():
        if kind == _COMPRESSED:
            unpacked = _unpacked(data, left)
            left -= len(unpacked)
            kind, data = _Reader(unpacked, order).element()
        if kind == _MATRIX:
            yield _matrix(_Reader(data, order), 0)


def _unpacked(data: bytes, most: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise Refused(f"it is damaged ({error})") from None
    if len(unpacked) > most:
        raise Refused(f"it unpacks to more than {_LARGEST_UNPACKED >> 20} MB")
    return unpacked


@dataclass(slots=True)
class _Reader:
    """Elements of a part of the file, one after the other."""

    data: bytes
    order: str
    at: int = 0

    def elements(self) -> Iterator[tuple[int, bytes]]:
        while self.at + 8 <= len(self.data):
            yield self.element()

    def element(self) -> tuple[int, bytes]:
        """(type, bytes) of the next element; a small one holds up to 4 bytes in its tag."""
        kind, size = self._word(self.at), self._word(self.at + 4)
        if kind >> 16:
            kind, size, begin, step = kind & 0xFFFF, kind >> 16, self.at + 4, 8
            if size > 4:
                raise Refused("it is damaged: a small element is too large")
        else:
            begin = self.at + 8
            step = 8 + (size if kind == _COMPRESSED else -(-size // 8) * 8)
        if begin + size > len(self.data):
            raise Refused("it is damaged or cut off")
        self.at += step
        return kind, self.data[begin : begin + size]

    def numbers(self) -> np.ndarray:
        kind, data = self.element()
        if kind not in _NUMBERS:
            raise Refused(f"numbers are of an unknown type, {kind}")
        dtype = np.dtype(self.order + _NUMBERS[kind])
        if len(data) % dtype.itemsize:
            raise Refused("it is damaged: half a number")
        return np.frombuffer(data, dtype)

    def _word(self, at: int) -> int:
        if at + 4 > len(self.data):
            raise Refused("it is damaged or cut off")
        return int.from_bytes(self.data[at : at + 4], "little" if self.order == "<" else "big")


def _matrix(reader: _Reader, depth: int) -> tuple[str, Any]:
    """(name, value) of a matrix."""
    if depth > _DEEPEST:
        raise Refused(f"its values are nested deeper than {_DEEPEST}")
    if not reader.data:
        return "", np.zeros((0, 0))
    flags, shape = reader.numbers(), reader.numbers()
    if flags.size < 1 or not 1 <= shape.size <= 8 or (shape < 0).any():
        raise Refused("it is damaged: a matrix without shape")
    name = _text(*reader.element(), reader.order)
    kind, sizes = int(flags[0]) & 0xFF, tuple(int(size) for size in shape)
    if kind == _STRUCT:
        return name, _structs(reader, math.prod(sizes), depth)
    if kind == _CELL:
        return name, [_child(reader, depth) for _ in range(_possible(reader, math.prod(sizes)))]
    if kind == _CHAR:
        return name, _text(*reader.element(), reader.order)
    if not _FIRST_NUMERIC <= kind <= _LAST_NUMERIC:
        raise Refused(f"'{name}' is no struct, cell, number or text")
    values = reader.numbers()
    if values.size != math.prod(sizes):
        raise Refused(f"it is damaged: '{name}' has {values.size} values for {sizes}")
    return name, values.reshape(sizes, order="F")


def _structs(reader: _Reader, count: int, depth: int) -> Structs:
    length = reader.numbers()
    names = reader.element()[1]
    if length.size != 1 or not 1 <= length[0] <= 1024 or len(names) % int(length[0]):
        raise Refused("it is damaged: a struct without names")
    width = int(length[0])
    fields = [
        names[at : at + width].split(b"\0")[0].decode("latin-1")
        for at in range(0, len(names), width)
    ]
    _possible(reader, count * len(fields))
    return [
        {field: _child(reader, depth) for field in fields} for _ in range(count if fields else 0)
    ]


def _possible(reader: _Reader, count: int) -> int:
    """`count`, if the bytes that are left can hold so many values: each takes 8 at least."""
    if count * 8 > len(reader.data) - reader.at:
        raise Refused("it is damaged: it says to hold more values than there are")
    return count


def _child(reader: _Reader, depth: int) -> Any:
    kind, data = reader.element()
    if kind != _MATRIX:
        raise Refused(f"a value is of an unknown type, {kind}")
    return _matrix(_Reader(data, reader.order), depth + 1)[1]


def _text(kind: int, data: bytes, order: str) -> str:
    code = _TEXT_CODES.get(kind, "latin-1")
    if code in ("utf-16", "utf-32"):
        code += "-le" if order == "<" else "-be"
    try:
        return data.decode(code)
    except UnicodeDecodeError:
        raise Refused("it is damaged: text that is none") from None
