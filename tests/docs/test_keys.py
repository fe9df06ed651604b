"""docs/keys.md lists the editor's keys as frontend/src/editor/keymap.ts has them."""

import re

from tests.docs.documents import ROOT

SOURCE = (ROOT / "frontend/src/editor/keymap.ts").read_text()
NAMES = {
    "BracketLeft": "[", "BracketRight": "]", "Comma": ",", "Period": ".", "Escape": "Esc",
    "Slash": "/", "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓",
    "NumpadEnter": "keypad Enter",
}  # fmt: skip


def shown(key: str) -> str:
    """`Ctrl+Shift+KeyZ` as a person reads it: `Ctrl+Shift+Z`."""
    *modifiers, code = key.split("+")
    return "+".join([*modifiers, NAMES.get(code, code.removeprefix("Key"))])


def bound() -> set[tuple[str, str]]:
    """(title, keys) of every binding that stands on a line of its own and is listed."""
    rows = re.findall(r'\{ id: "[^"]+", title: "([^"]+)", group: "\w+", keys: \[([^\]]+)\]', SOURCE)
    return {
        (title, " or ".join(f"`{shown(key)}`" for key in re.findall(r'"([^"]+)"', keys)))
        for title, keys in rows
    }


def test_the_page_lists_every_key_and_no_other():
    table = set(re.findall(r"^\| (.+?) \| (`.+`) \|$", (ROOT / "docs/keys.md").read_text(), re.M))
    nudge = {row for row in table if row[0].startswith("Nudge")}
    assert len(bound()) > 30
    assert table - nudge == bound()
    assert nudge
