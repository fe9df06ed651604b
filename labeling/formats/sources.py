"""The files an import is read from, and the files an export is written to."""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats.dataset import ReadOptions

# What some file system refuses in a name, or a command line reads as something else.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]|^[.\-]+|[. ]+$')
_LONGEST_BYTES = 150


def said_name(path: Path, options: ReadOptions) -> str:
    """What the owner of the file calls it."""
    return options.name or path.name


def own_name(path: Path, name: str, ending: str) -> str:
    """What a file is called whose name says something: the archive it came in says nothing."""
    is_archives = path.suffix.lower() == ending and not name.lower().endswith(ending)
    return path.name if is_archives else name


def files_in(path: Path, endings: tuple[str, ...], name: str) -> list[Path]:
    """The file itself, or the files of a folder, at any depth, that end so; in order.

    Raises:
        InvalidInput: the folder has none.
    """
    if not path.is_dir():
        return [path]
    found = [
        part
        for part in sorted(path.rglob("*"))
        if part.is_file() and part.name.lower().endswith(endings) and not _is_litter(path, part)
    ]
    if not found:
        raise InvalidInput(f"{name} holds no file that ends in {' or '.join(endings)}.")
    return found


def _is_litter(folder: Path, part: Path) -> bool:
    """What macOS leaves in archives."""
    return any(p.startswith("._") or p == "__MACOSX" for p in part.relative_to(folder).parts)


def shown(path: Path, part: Path, name: str) -> str:
    """How a part of a source is called in messages."""
    return f"{name}/{part.relative_to(path).as_posix()}" if path.is_dir() else name


def stems(path: Path, name: str) -> tuple[str, ...]:
    """What a file that names no video may be called after: its names without their endings.

    The file of an archive has a name of its own besides what its owner calls the archive.
    """
    return tuple(dict.fromkeys([Path(name).stem, path.stem]))


def lines(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """(line from 1, text without its end) of a UTF-8 file, with or without a byte-order mark.

    Raises:
        InvalidInput: the file is not UTF-8 text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            for number, line in enumerate(file, start=1):
                if "\0" in line:
                    raise InvalidInput(f"{name}, line {number}: binary data; text is expected.")
                yield number, line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 text: save it as UTF-8.") from error


def load_json(path: Path, name: str) -> Any:
    """A JSON file as plain values.

    Raises:
        InvalidInput: it is no JSON; the message names line and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{name} is not UTF-8 text, so it is no JSON.") from error
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"{name}, line {error.lineno}, column {error.colno}: not JSON: {error.msg}."
        ) from error
    except RecursionError as error:
        raise InvalidInput(f"{name} is nested too deep.") from error
    except ValueError as error:
        raise InvalidInput(f"{name}: {error}.") from error


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no number that JSON allows")


def write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")


def starts_like(path: Path, endings: tuple[str, ...], length: int = 4096) -> str:
    """The first characters of a file, for guessing its format.

    Of a folder, those of its first file that ends so; "" if it has none.
    """
    if path.is_dir():
        try:
            path = files_in(path, endings, "")[0]
        except InvalidInput:
            return ""
    with path.open("rb") as file:
        return file.read(length).decode("utf-8-sig", errors="replace")


class FileNames:
    """Gives every video a name that is safe and taken once on any file system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, key: str) -> str:
        """A file name for what the video is called, without a folder; "video" if it has none."""
        printable = "".join(letter if letter.isprintable() else "_" for letter in key)
        short = printable.encode()[:_LONGEST_BYTES].decode(errors="ignore")
        name = _UNSAFE.sub("_", short) or "video"
        unique, number = name, 2
        while _on_disk(unique) in self._taken:
            unique, number = f"{name}_{number}", number + 1
        self._taken.add(_on_disk(unique))
        return unique


def _on_disk(name: str) -> str:
    """The name as a file system sees it that knows neither case nor Unicode's spellings."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
