"""XML read piece by piece, however large, with nothing in it that could reach out or blow up."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from labeling.domain.errors import InvalidInput

_CHUNK = 1 << 16
_DEEPEST = 64


@dataclass(slots=True)
class Entry:
    """An element: its name, attributes, the line it begins on, its children and its text."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list["Entry"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()

    def child(self, tag: str) -> "Entry | None":
        return next((entry for entry in self.children if entry.tag == tag), None)

    def all(self, tag: str) -> list["Entry"]:
        return [entry for entry in self.children if entry.tag == tag]

    def said(self, tag: str) -> str:
        """Text of a child, "" if there is none."""
        found = self.child(tag)
        return found.text if found else ""


def entries(path: Path, name: str, root: str) -> Iterator[Entry]:
    """The children of the root element one by one; each is dropped when the next is asked for.

    Entities may not be declared, so none can refer to another file or grow.

    Raises:
        InvalidInput: it is no well-formed XML, has another root, declares entities, or is nested
            too deep; the message names the line.
    """
    builder = _Builder(name, root)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                builder.parser.Parse(chunk, False)
                yield from builder.take()
            builder.parser.Parse(b"", True)
            yield from builder.take()
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise InvalidInput(
            f"{name}, line {error.lineno}, column {error.offset + 1}: not XML: {reason}."
        ) from error
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise InvalidInput(f"{name} is not XML in an encoding known here: {error}.") from error


class _Builder:
    def __init__(self, name: str, root: str) -> None:
        self.name, self.root = name, root
        self.open: list[Entry] = []
        self.done: deque[Entry] = deque()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.EntityDeclHandler = self.entity
        self.parser.ExternalEntityRefHandler = self.entity
        self.parser.SkippedEntityHandler = self.entity

    def take(self) -> Iterator[Entry]:
        while self.done:
            yield self.done.popleft()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open and tag != self.root:
            raise self.wrong(f"begins with <{tag}>, not with <{self.root}>")
        if len(self.open) >= _DEEPEST:
            raise self.wrong("is nested too deep")
        self.open.append(Entry(tag, attributes, self.parser.CurrentLineNumber))

    def end(self, _tag: str) -> None:
        entry = self.open.pop()
        if len(self.open) == 1:
            self.done.append(entry)
        elif self.open:
            self.open[-1].children.append(entry)

    def characters(self, data: str) -> None:
        # The root's own text is only layout and would pile up.
        if len(self.open) > 1:
            self.open[-1].pieces.append(data)

    def entity(self, *_declared: object) -> None:
        raise self.wrong("declares or uses an XML entity; take its <!DOCTYPE …> out")

    def wrong(self, what: str) -> InvalidInput:
        return InvalidInput(f"{self.name}, line {self.parser.CurrentLineNumber}: {what}.")
