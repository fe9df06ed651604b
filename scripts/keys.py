"""`make keys`: docs/keys.md, written from the editor's own map of keys."""

import re

from scripts.checkout import FRONTEND, ROOT
from scripts.console import say

EDITOR = FRONTEND / "src" / "editor"
GROUPS = ("Moving", "Picture", "Tube", "Labels", "Review", "Work")
PAGE = ROOT / "docs" / "keys.md"
_HEAD = """# Keys of the editor

Made from the editor's own map by `make keys`. The page shows the same with `F1`, and the labels'
own keys with it: pressed, a label begins or ends here; with Shift it is marked while the video
plays; in review it is put on the whole tube.
"""
_NAMES = {
    "BracketLeft": "[", "BracketRight": "]", "Comma": ",", "Period": ".", "Escape": "Esc",
    "Slash": "/", "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓",
    "NumpadEnter": "keypad Enter",
}  # fmt: skip
# Four directions each, written as a loop in the source.
_NUDGES = [
    ("Nudge the box, one pixel", "`Shift+←` `Shift+→` `Shift+↑` `Shift+↓`"),
    ("Nudge the box, ten pixels", "`Alt+Shift+←` `Alt+Shift+→` `Alt+Shift+↑` `Alt+Shift+↓`"),
]
_BINDING = re.compile(
    r'\{\s*id: "[^"]+",\s*title: "([^"]+)",\s*group: "(\w+)",\s*keys: \[([^\]]+)\]'
)


def source() -> str:
    """The editor's files that bind keys, one after the other."""
    files = [path for path in sorted(EDITOR.glob("key*.ts")) if ".test." not in path.name]
    return "\n".join(path.read_text() for path in files)


def shown(key: str) -> str:
    """`Ctrl+Shift+KeyZ` as a person reads it: `Ctrl+Shift+Z`."""
    *modifiers, code = key.split("+")
    return "+".join([*modifiers, _NAMES.get(code, code.removeprefix("Key"))])


def bindings(source: str) -> dict[str, list[tuple[str, str]]]:
    """(title, keys) of every listed binding, by group."""
    groups: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for title, group, keys in _BINDING.findall(source):
        names = [f"`{shown(key)}`" for key in re.findall(r'"([^"]+)"', keys)]
        groups[group].append((title, " or ".join(names)))
    return groups


def render(source: str) -> str:
    parts = [_HEAD]
    for group, rows in bindings(source).items():
        listed = [*rows, *(_NUDGES if group == "Tube" else [])]
        lines = [f"| {title} | {keys} |" for title, keys in dict.fromkeys(listed)]
        parts.append("\n".join([f"## {group}", "", "| what | key |", "|---|---|", *lines]) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(render(source()))
    say(f"Written: {PAGE.relative_to(ROOT)}")
