"""docs/settings.md and the settings name the same variables, with the same defaults."""

import ast
import re

from scripts import node, servers
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/settings.md").read_text()
# Read by `make run` and `make test`, not by the settings.
FOR_MAKE = {"CLIP", "PORT", "DEMO"}


def read_by_the_program() -> dict[str, object]:
    """Every variable the program reads, with its default where that is a constant."""
    found: dict[str, object] = {}
    for name in ("settings.py", "environment.py"):
        for call in ast.walk(ast.parse((ROOT / "annotator" / name).read_text())):
            if isinstance(call, ast.Call) and call.args and _is_reader(call.func):
                first, *rest = call.args
                if isinstance(first, ast.Constant):
                    found[first.value] = _value(rest[0]) if rest else None
    return found


def _is_reader(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and (
        ast.unparse(function)
        in {"os.environ.get", "env.text", "env.boolean", "env.integer", "env.words"}
    )


def _value(node_: ast.expr) -> object:
    """The value of a constant or of arithmetic on constants; None for anything else."""
    try:
        return eval(compile(ast.Expression(node_), "default", "eval"), {"__builtins__": {}})
    except NameError:
        return None


def documented() -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", TEXT, re.M))


def test_every_variable_is_documented_and_none_is_invented():
    assert set(documented()) - FOR_MAKE == set(read_by_the_program())


def test_defaults_are_as_documented():
    table = documented()
    for name, default in read_by_the_program().items():
        if isinstance(default, bool):
            assert table[name] == f"`{int(default)}`", name
        elif default not in (None, ""):
            assert table[name] == f"`{default}`", name


def test_folders_of_the_data_folder_are_documented():
    from annotator.home import FOLDERS

    assert set(FOLDERS) <= set(re.findall(r"`(\w+)/`", TEXT))


def test_variables_for_make_are_read_there():
    source = (ROOT / "scripts/run.py").read_text()
    assert all(f'"{name}"' in source for name in FOR_MAKE)
    assert "TUBELAB_CHROMIUM" in (ROOT / servers.__file__).read_text()


def test_the_oldest_node_is_what_the_front_end_asks_for():
    import json

    asked = json.loads((ROOT / "frontend/package.json").read_text())["engines"]["node"]
    assert asked == f">={node.OLDEST[0]}.{node.OLDEST[1]}"
