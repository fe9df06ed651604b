"""Writes ONNX files that answer one constant, byte by byte after onnx.proto3."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_FLOAT = 1


def onnx_net(
    path: Path,
    answer: tuple[int, ...],
    *,
    sides: tuple[int, int] = (64, 96),
    last: float = 0.0,
) -> Path:
    """Write a net that takes 1 x 3 x H x W floats and answers zeros of a shape, then `last`."""
    values = np.zeros(answer, dtype="<f4")
    values.flat[-1] = last
    dimensions = b"".join(_number(1, size) for size in answer)
    tensor = dimensions + _number(2, _FLOAT) + _bytes(8, b"c") + _bytes(9, values.tobytes())
    node = _bytes(1, b"c") + _bytes(2, b"y") + _bytes(4, b"Identity")
    graph = (
        _bytes(1, node)
        + _bytes(2, b"g")
        + _bytes(5, tensor)
        + _bytes(11, _value(b"x", (1, 3, *sides)))
        + _bytes(12, _value(b"y", answer))
    )
    model = _number(1, 8) + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _number(2, 13))
    path.write_bytes(model)
    return path


def _value(name: bytes, shape: tuple[int, ...]) -> bytes:
    sizes = b"".join(_bytes(1, _number(1, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, sizes)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
