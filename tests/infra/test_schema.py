"""What `make schema` writes is what is checked in."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from scripts import node
from scripts.checkout import FRONTEND
from scripts.schema import SCHEMA


def test_the_schema_is_the_apis(tmp_path):
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml")
    )
    fresh = (tmp_path / "schema.yaml").read_text()
    assert fresh == SCHEMA.read_text(), "the API has changed: run 'make schema'"


def types_command(target: Path) -> list[str]:
    """The command that `make schema` runs, writing to `target` instead."""
    script = json.loads((FRONTEND / "package.json").read_text())["scripts"]["types"]
    words = shlex.split(script)
    words[words.index("-o") + 1] = str(target)
    return words


def test_the_types_are_the_schemas(tmp_path):
    if not (FRONTEND / "node_modules").is_dir():
        pytest.skip("needs the front end's packages: make setup")
    chosen = node.ensure()
    subprocess.run(
        [*chosen.npm, "exec", "--", *types_command(tmp_path / "schema.d.ts")],
        cwd=FRONTEND, env=chosen.environment(), capture_output=True, check=True,
    )  # fmt: skip
    fresh = (tmp_path / "schema.d.ts").read_text()
    checked_in = (FRONTEND / "src" / "api" / "schema.d.ts").read_text()
    assert fresh == checked_in, "run 'make schema'"
