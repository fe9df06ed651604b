"""What the documents promise is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.docs.documents import DOCUMENTS, ROOT, code_of, tracked

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
by_name = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@by_name
def test_make_targets_exist(document):
    named = {
        target
        for line in code_of(document.read_text())
        for target in re.findall(r"(?:^|; )make (?:\w+=\S+ )*([a-z]+)", line)
    }
    assert named <= TARGETS


@by_name
def test_management_commands_exist(document):
    named = {
        name
        for line in code_of(document.read_text())
        for name in re.findall(r"manage\.py ([a-z_]+)", line)
    }
    assert named <= set(get_commands())


def test_the_readmes_options_exist():
    lines = [line for line in code_of((ROOT / "README.md").read_text()) if "manage.py" in line]
    assert lines
    for line in lines:
        name, *words = line.partition("manage.py ")[2].split()
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        known = {option for action in parser._actions for option in action.option_strings}
        assert {word for word in words if word.startswith("--")} <= known, line


@by_name
def test_links_and_pictures_resolve(document):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text())
    missing = [
        target
        for target in targets
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert missing == []


@by_name
def test_files_that_are_named_exist(document):
    """Anything in backticks that looks like a path of this tree is one."""
    tops = {path.name for path in ROOT.iterdir()}
    for code in code_of(document.read_text()):
        word = code.split()[0] if code else ""
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", word) and word.split("/")[0] in tops:
            assert (ROOT / word).exists(), f"{document.name} names {word}"


def test_the_folders_of_the_architecture_are_the_folders():
    text = (ROOT / "docs/architecture.md").read_text()
    packages = re.findall(r"^    (\w+)/ ", text, re.M)
    assert packages
    assert all((ROOT / name).is_dir() for name in packages)


def test_the_changelog_knows_this_version():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()


def test_no_machine_paths_or_registry_hosts():
    """A file of the project works on any machine and names no package registry's host."""
    # Put together here, so that this file does not find itself.
    folders = "|".join(["work", "farm", "root", "home/" + "[a-z]"])
    hosts = "|".join(
        [r"pypi\." + "org", "python" + "hosted", r"npmjs\." + "org", "deb." + "debian"]
    )
    pattern = re.compile(rf"(?:^|[^\w.-])/(?:{folders})/|{hosts}")
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}" for path in _texts() if (hit := _hit(pattern, path))
    ]
    assert found == []


def _texts() -> list[Path]:
    kinds = {
        ".py",
        ".ts",
        ".tsx",
        ".md",
        ".toml",
        ".json",
        ".yml",
        ".yaml",
        ".html",
        ".css",
        ".txt",
        "",
    }
    return [path for path in tracked() if path.suffix in kinds]


def _hit(pattern: re.Pattern[str], path: Path) -> re.Match[str] | None:
    return pattern.search(path.read_text(errors="replace"))
