"""Pickles of plain containers, numbers, strings and numpy arrays, read without running them.

A pickle is a program that may call anything. This one is walked by a small machine of its own: it
knows the instructions that make plain values, and the few names by which numpy writes an array, a
number or a dtype. A name stands for itself and is never imported; any other name, and any other
instruction, is refused. Instructions are decoded by the standard library's `pickletools`.

Source: PEP 307, PEP 574 and the comments of `pickletools`; numpy's `__reduce__` of arrays and
dtypes, under the module names of numpy 1 (`numpy.core`) and numpy 2 (`numpy._core`).
"""

import codecs
import io
import pickletools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from labeling.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pickle may need.

    Args:
        file_bytes: size of the file.
        array_bytes: all arrays together, each counted as often as it is made.
        values: values of the result, one that is used twice counted twice.
        depth: containers within containers.
    """

    file_bytes: int = 256 << 20
    array_bytes: int = 512 << 20
    values: int = 20_000_000
    depth: int = 16


class Refused(Exception):
    """Why the pickle is not read."""


@dataclass(slots=True)
class _Name:
    """Something the pickle asks for by name; what it stands for is decided here."""

    path: str


@dataclass(slots=True)
class _Dtype:
    text: str
    order: str = "<"

    def numpy(self) -> np.dtype:
        return np.dtype(self.text).newbyteorder("<" if self.order in "=|" else self.order)


@dataclass(slots=True)
class _Array:
    """An array before its contents are known, as `_reconstruct` makes it."""

    value: np.ndarray | None = None


_MARK = object()
_ARRAY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")
_KNOWN = {
    **{f"{module} _reconstruct": "reconstruct" for module in _ARRAY_MODULES},
    **{f"{module} scalar": "scalar" for module in _ARRAY_MODULES},
    "numpy.core.numeric _frombuffer": "frombuffer",
    "numpy._core.numeric _frombuffer": "frombuffer",
    "numpy ndarray": "ndarray",
    "numpy dtype": "dtype",
    "_codecs encode": "encode",
    "collections OrderedDict": "dict",
    "__builtin__ bytes": "bytes",
    "builtins set": "set",
    "__builtin__ set": "set",
}
# Sizes numpy has on every machine: a longdouble or an unknown width is no plain number.
_DTYPES = frozenset(
    {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"}
    | {"?", "b", "h", "i", "q", "B", "H", "I", "Q", "e", "f", "d"}
)
_TEXT_DTYPE = re.compile(r"[SU][1-9]\d{0,3}")


def load(path: Path, *, name: str = "", limits: Limits | None = None) -> Any:
    """What a pickle holds: dict, list, tuple, set, str, bytes, int, float, bool, None, ndarray.

    Numpy numbers become Python numbers; arrays are read-only, of bool, integers, floats or text.

    Args:
        path: the file.
        name: what its owner calls it, for messages.
        limits: what it may need.

    Raises:
        InvalidInput: the file is no pickle, holds anything else, or needs more than the limits.
    """
    name, limits = name or path.name, limits or Limits()
    if path.stat().st_size > limits.file_bytes:
        raise InvalidInput(f"{name}: a pickle over {limits.file_bytes >> 20} MB is not read.")
    try:
        # From memory: a file sets aside what an instruction says it wants to read.
        return _Machine(limits).run(io.BytesIO(path.read_bytes()))
    except Refused as reason:
        raise InvalidInput(
            f"{name}: {reason}. Of a pickle only plain containers, numbers, strings and numpy "
            "arrays are read; convert the file to JSON if you trust it.",
            code="unsafe_pickle",
        ) from None


def _instructions(stream: BinaryIO) -> Iterator[tuple[str, Any]]:
    while True:
        code = stream.read(1)
        opcode = pickletools.code2op.get(code.decode("latin-1"))
        if opcode is None:
            raise Refused("it is no pickle, or cut off" if not code else "it is no pickle")
        try:
            yield opcode.name, _argument(opcode, stream)
        except (ValueError, UnicodeError, OverflowError) as error:
            raise Refused(f"it is damaged or cut off ({error})") from None
        if opcode.name == "STOP":
            return


def _argument(opcode: pickletools.OpcodeInfo, stream: BinaryIO) -> Any:
    if opcode.name == "STRING":
        # Python 2 writes any byte of an array here; pickletools admits ASCII only.
        line = stream.readline().strip()
        if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
            raise ValueError("a string without quotes")
        return codecs.escape_decode(line[1:-1])[0].decode("latin-1")
    return opcode.arg.reader(stream) if opcode.arg else None


class _Machine:
    """A stack, a memo, and one method for each instruction that makes a plain value."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.bytes_made = 0
        self.values = 0

    def run(self, stream: BinaryIO) -> Any:
        try:
            for name, argument in _instructions(stream):
                if name in _LITERALS:
                    self.stack.append(argument)
                elif name in _CONSTANTS:
                    self.stack.append(_CONSTANTS[name])
                elif name not in _IGNORED:
                    step = getattr(self, f"_{name.lower()}", None)
                    if step is None:
                        raise Refused(f"it uses the instruction {name}, which makes objects")
                    step(argument)
            if len(self.stack) != 1:
                raise Refused("it is no pickle: values are left over")
            return self._plain(self.stack.pop(), 0)
        except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused(f"it is damaged ({type(error).__name__}: {error})") from None

    # The stack

    def _mark(self, _: Any) -> None:
        self.stack.append(_MARK)

    def _since_mark(self) -> list[Any]:
        items: list[Any] = []
        while (item := self.stack.pop()) is not _MARK:
            items.append(item)
        return items[::-1]

    def _pop(self, _: Any) -> None:
        self.stack.pop()

    def _pop_mark(self, _: Any) -> None:
        self._since_mark()

    def _dup(self, _: Any) -> None:
        self.stack.append(self.stack[-1])

    def _put(self, index: int) -> None:
        self.memo[index] = self.stack[-1]

    def _memoize(self, _: Any) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def _get(self, index: int) -> None:
        self.stack.append(self.memo[index])

    _binput = _long_binput = _put
    _binget = _long_binget = _get

    # Containers

    def _empty_list(self, _: Any) -> None:
        self.stack.append([])

    def _empty_tuple(self, _: Any) -> None:
        self.stack.append(())

    def _empty_dict(self, _: Any) -> None:
        self.stack.append({})

    def _empty_set(self, _: Any) -> None:
        self.stack.append(set())

    def _list(self, _: Any) -> None:
        self.stack.append(self._since_mark())

    def _tuple(self, _: Any) -> None:
        self.stack.append(tuple(self._since_mark()))

    def _frozenset(self, _: Any) -> None:
        self.stack.append({_key(item) for item in self._since_mark()})

    def _dict(self, _: Any) -> None:
        items = self._since_mark()
        self.stack.append({})
        self._set_items(items)

    def _last(self, count: int) -> tuple[Any, ...]:
        items = tuple(self.stack[-count:])
        if len(items) < count or any(item is _MARK for item in items):
            raise Refused("it is damaged: a value is missing")
        del self.stack[-count:]
        return items

    def _tuple1(self, _: Any) -> None:
        self.stack.append(self._last(1))

    def _tuple2(self, _: Any) -> None:
        self.stack.append(self._last(2))

    def _tuple3(self, _: Any) -> None:
        self.stack.append(self._last(3))

    def _append(self, _: Any) -> None:
        (item,) = self._last(1)
        _of(list, self.stack[-1]).append(item)

    def _appends(self, _: Any) -> None:
        items = self._since_mark()
        _of(list, self.stack[-1]).extend(items)

    def _additems(self, _: Any) -> None:
        items = self._since_mark()
        _of(set, self.stack[-1]).update(_key(item) for item in items)

    def _setitem(self, _: Any) -> None:
        self._set_items(list(self._last(2)))

    def _setitems(self, _: Any) -> None:
        self._set_items(self._since_mark())

    def _set_items(self, items: list[Any]) -> None:
        target = _of(dict, self.stack[-1])
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[_key(key)] = value

    # Names and what numpy makes of them

    def _global(self, path: str) -> None:
        if path not in _KNOWN:
            raise Refused(f"it asks for {path.replace(' ', '.')[:100]}")
        self.stack.append(_Name(_KNOWN[path]))

    def _stack_global(self, _: Any) -> None:
        module, name = self._last(2)
        self._global(f"{_of(str, module)} {_of(str, name)}")

    def _reduce(self, _: Any) -> None:
        called, arguments = self._last(2)
        make = getattr(self, f"_make_{_of(_Name, called).path}", None)
        if make is None:
            raise Refused(f"it calls {called.path}")
        self.stack.append(make(*_of(tuple, arguments)))

    def _make_reconstruct(self, kind: Any, shape: Any, code: Any) -> _Array:
        # Shape and type said here are only those of the empty array that BUILD fills.
        if not isinstance(kind, _Name) or kind.path != "ndarray":
            raise Refused("it makes a kind of array that is not numpy's own")
        return _Array()

    def _make_dtype(self, text: Any, *_: Any) -> _Dtype:
        kind = text.lstrip("<>|=") if isinstance(text, str) else ""
        if kind not in _DTYPES and not _TEXT_DTYPE.fullmatch(kind):
            raise Refused(f"it holds an array of {str(text)[:20]!r}, not of numbers or text")
        return _Dtype(kind, ">" if text.startswith(">") else "<")

    def _make_scalar(self, dtype: Any, raw: Any) -> Any:
        return np.frombuffer(self._raw(raw), _of(_Dtype, dtype).numpy(), count=1)[0].item()

    def _make_frombuffer(self, raw: Any, dtype: Any, shape: Any, order: Any) -> _Array:
        return _Array(self._filled(shape, dtype, order == "F", raw))

    def _make_encode(self, text: Any, encoding: Any) -> bytes:
        if encoding not in ("latin1", "latin-1"):
            raise Refused(f"it encodes text as {str(encoding)[:20]!r}")
        return self._raw(_of(str, text))

    def _make_bytes(self) -> bytes:
        return b""

    def _make_dict(self, *items: Any) -> dict[Any, Any]:
        pairs = _of(list, items[0]) if items else []
        self._count(len(pairs))
        return {_key(key): value for key, value in pairs}

    def _make_set(self, *items: Any) -> set[Any]:
        members = _of(list, items[0]) if items else []
        self._count(len(members))
        return {_key(member) for member in members}

    def _build(self, _: Any) -> None:
        (state,) = self._last(1)
        target, state = self.stack[-1], _of(tuple, state)
        if isinstance(target, _Dtype):
            if len(state) < 2 or state[1] not in ("<", ">", "|", "=") or any(state[2:5]):
                raise Refused("it holds an array of records")
            target.order = state[1]
        elif isinstance(target, _Array):
            _, shape, dtype, fortran, raw = state
            target.value = self._filled(shape, dtype, bool(fortran), raw)
        else:
            raise Refused("it sets the state of something that is no array")

    def _filled(self, shape: Any, dtype: Any, fortran: bool, raw: Any) -> np.ndarray:
        flat = np.frombuffer(self._raw(raw), _of(_Dtype, dtype).numpy())
        sizes = tuple(int(_of(int, size)) for size in _of(tuple, shape))
        if len(sizes) > 8 or any(size < 0 for size in sizes):
            raise Refused(f"it holds an array of the shape {sizes[:9]}")
        return flat.reshape(sizes, order="F" if fortran else "C")

    def _raw(self, raw: Any) -> bytes:
        if not isinstance(raw, str | bytes | bytearray):
            raise Refused("it holds an array of objects, not of numbers")
        self.bytes_made += len(raw)
        if self.bytes_made > self.limits.array_bytes:
            raise Refused(f"its arrays need more than {self.limits.array_bytes >> 20} MB")
        return raw.encode("latin-1") if isinstance(raw, str) else bytes(raw)

    # The result

    def _count(self, values: int) -> None:
        self.values += values
        if self.values > self.limits.values:
            raise Refused(f"it holds more than {self.limits.values:,} values")

    def _plain(self, value: Any, depth: int) -> Any:
        if depth > self.limits.depth:
            raise Refused(f"its containers are nested deeper than {self.limits.depth}")
        self._count(1)
        if isinstance(value, dict):
            return {key: self._plain(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self._plain(item, depth + 1) for item in value]
        if isinstance(value, tuple):
            return tuple(self._plain(item, depth + 1) for item in value)
        if isinstance(value, _Array) and value.value is not None:
            self._count(value.value.size)
            return value.value
        if isinstance(value, _PLAIN):
            return value
        raise Refused("it holds something that is no plain value")


_LITERALS = frozenset(
    {"INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "FLOAT", "BINFLOAT"}
    | {"STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
    | {"BYTEARRAY8", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
)
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_IGNORED = frozenset({"PROTO", "FRAME", "STOP"})
_PLAIN = (str, bytes, bytearray, int, float, set, type(None))


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise Refused("it is damaged, or made by hand to mislead")
    return value


def _key(value: Any) -> Any:
    """A key or member: flat, because the hash of a deep tuple would exhaust the stack."""
    flat = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(part, str | bytes | int | float | None) for part in flat):
        raise Refused("it has a key that is no plain value")
    return value
