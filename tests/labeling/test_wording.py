"""What people read on the page names no switches of the command line."""

import ast
import re
from pathlib import Path

import labeling

# What the page leaves out of a message: see `withoutFlags` in frontend/src/api/client.ts.
_ASIDE = re.compile(r" \(--[a-z][^()]*\)")
_FLAG = re.compile(r"(?<![\w-])--[a-z]")


def _texts(path: Path) -> list[str]:
    """The texts of a module but its docstrings, with 0 for what is put in."""
    tree = ast.parse(path.read_text())
    # A text that stands for itself is a docstring.
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inner = {id(part) for node in joined for part in node.values}
    plain = [
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in said | inner
    ]  # fmt: skip
    return plain + [
        "".join(str(getattr(part, "value", 0)) if isinstance(part, ast.Constant) else "0"
                for part in node.values)
        for node in joined
    ]  # fmt: skip


def test_switches_stand_in_brackets_that_the_page_leaves_out():
    root = Path(labeling.__file__).parent
    files = [path for path in root.rglob("*.py") if "management" not in path.parts]
    texts = [text for path in files for text in _texts(path)]
    assert [text for text in texts if _FLAG.search(_ASIDE.sub("", text))] == []
    assert any(_ASIDE.search(text) for text in texts)
