"""docs/formats.md says of every format what its code has a place for."""

import re

import pytest

from labeling.export.import_formats import READABLE
from labeling.export.writers import writers
from labeling.formats.dataset import Holds
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/formats.md").read_text()
FORMATS = {name: writer.format for name, writer in writers().items()}
NAMED = r"`([a-z0-9-]+)`"


def sections() -> dict[str, str]:
    """Text of each format's section, by the names in its heading."""
    found = {}
    for part in TEXT.split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        found |= dict.fromkeys(re.findall(NAMED, heading), body)
    return found


def rows() -> dict[str, list[str]]:
    """The cells of the table at the top."""
    lines = re.findall(rf"^\| {NAMED} \|(.+)\|$", TEXT, re.M)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in lines}


def said(name: str, what: str) -> set[str]:
    """What the section's row says, up to a semicolon: the format's own row or the common one."""
    body = sections()[name]
    found = re.search(rf"^\| (?:`{name}` )?{what} \| ([^|;]+)", body, re.M)
    assert found is not None, f"{name} has no row '{what}'"
    return {part.strip() for part in found[1].split(",")}


def test_every_format_has_a_section_and_a_row_and_none_is_invented():
    assert set(sections()) == set(rows()) == set(FORMATS) == {*READABLE, "tubelab"}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_keeps_is_what_the_format_holds(name):
    assert said(name, "keeps") == {str(kind) for kind in FORMATS[name].holds}


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"tubelab"}))
def test_loses_is_the_rest(name):
    assert said(name, "loses") == {str(kind) for kind in set(Holds) - FORMATS[name].holds}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_table_agrees_with_the_code(name):
    reads, writes, _, time, boxes = rows()[name]
    format_ = FORMATS[name]
    assert (reads == "yes") == (name in READABLE)
    assert writes == "yes"
    assert time == f"{format_.unit}s"
    own = {"label-studio": "percent"}.get(name, str(format_.coordinates))
    assert boxes == (own if Holds.TUBES in format_.holds else "–")


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"tubelab"}))
def test_what_is_read_and_written_is_told(name):
    for what in ("reads", "writes", "assumes"):
        assert re.search(rf"^\| {what} \| \S", sections()[name], re.M), what


def test_limits_are_those_of_the_code():
    from labeling.formats import archive, safe_pickle

    pickles, archives = safe_pickle.Limits(), archive.Limits()
    assert f"{pickles.file_bytes >> 20} MiB of file" in TEXT
    assert f"{pickles.array_bytes >> 20} MiB of arrays" in TEXT
    assert f"{pickles.values // 10**6} million values" in TEXT
    assert f"{archives.unpacked_bytes >> 30} GiB,\n  {archives.entries:,} entries" in TEXT
    assert f"{archives.ratio} times the packed size" in TEXT
