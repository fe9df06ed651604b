"""Label maps as protobuf text, in both dialects that AVA's files use.

    item { name: "stand" id: 12 }
    label { name: "stand" label_id: 12 label_type: PERSON_MOVEMENT }

The official evaluator scans lines and wants exactly two blanks in front of a field, so that is
how they are written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labeling.domain.errors import InvalidInput
from labeling.domain.text import shown

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
      |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      |(?P<word>[\w.+-]+)
      |(?P<mark>[{}:;,<>])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_ID = re.compile(r"[0-9]{1,9}")
_ENUM = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class LabelEntry:
    """A label of a map: its id, its name, and its type such as PERSON_MOVEMENT, or empty."""

    id: int
    name: str
    group: str = ""


def read_labels(text: str) -> list[LabelEntry]:
    """Parse a label map, indented in any way.

    A missing id is 0, because protobuf leaves zeros out.

    Raises:
        InvalidInput: the text is no label map; the message names the line.
    """
    entries = [_entry(fields, line) for fields, line in _messages(_tokens(text))]
    if not entries:
        raise InvalidInput(
            'The label map has no entry of the form: label { name: "…" label_id: 1 }.',
            code="bad_label_map",
        )
    seen: dict[int, str] = {}
    for entry in entries:
        if entry.id in seen:
            raise InvalidInput(
                f"The label map gives id {entry.id} to '{seen[entry.id]}' and to '{entry.name}'.",
                code="bad_label_map",
            )
        seen[entry.id] = entry.name
    return entries


def write_labels(entries: Iterable[LabelEntry]) -> str:
    """The label map as text, entries in the order given."""
    return "".join(_block(entry) for entry in entries)


def _block(entry: LabelEntry) -> str:
    name = entry.name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    lines = [f'  name: "{name}"', f"  label_id: {entry.id}"]
    if _ENUM.fullmatch(entry.group):
        lines.append(f"  label_type: {entry.group}")
    return "\n".join(["label {", *lines, "}", ""])


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, token, line)."""
    position, line = 0, 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _wrong(line, f"unexpected {text[position]!r}")
        if found.lastgroup != "skip":
            yield str(found.lastgroup), found.group(), line
        line += text.count("\n", position, found.end())
        position = found.end()


def _messages(tokens: Iterator[tuple[str, str, int]]) -> Iterator[tuple[dict[str, str], int]]:
    """Fields of each top-level message, and the line it begins on."""
    for kind, token, line in tokens:
        if kind != "word":
            raise _wrong(line, f"expected 'item' or 'label', got {token!r}")
        opening = next(tokens, ("", "", line))
        if opening[1] not in "{<" or not opening[1]:
            raise _wrong(line, f"expected '{{' after {token!r}")
        yield _fields(tokens, line), line


def _fields(tokens: Iterator[tuple[str, str, int]], begin: int) -> dict[str, str]:
    fields: dict[str, str] = {}
    for kind, token, line in tokens:
        if token in ("}", ">"):
            return fields
        if token in (",", ";"):
            continue
        colon, value = next(tokens, None), next(tokens, None)
        if kind != "word" or colon is None or colon[1] != ":" or value is None:
            raise _wrong(line, f"expected 'field: value', got {token!r}")
        fields[token] = _unquoted(value[1]) if value[0] == "text" else value[1]
    raise _wrong(begin, "this entry is never closed with '}'")


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1])


def _entry(fields: dict[str, str], line: int) -> LabelEntry:
    name = fields.get("display_name") or fields.get("name")
    if not name:
        raise _wrong(line, "this entry has no name")
    number = fields.get("label_id", fields.get("id", "0"))
    if not _ID.fullmatch(number):
        raise _wrong(line, f"the id of '{name}' is not a whole number: {number!r}")
    return LabelEntry(int(number), name, fields.get("label_type", ""))


def _wrong(line: int, what: str) -> InvalidInput:
    return InvalidInput(f"Label map, line {line}: {shown(what)}.", code="bad_label_map")
