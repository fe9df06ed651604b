"""Files in and out through the page: preview, label mapping, merge, undo; filters, download."""

import csv
import io
import json
import uuid
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import Program
from tests.e2e.workplace import Workplace, workplace_make

pytestmark = pytest.mark.e2e
ACTIONS = [
    {"name": "walk", "kind": "action", "ava_id": 14},
    {"name": "stand", "kind": "action", "ava_id": 12},
]
# Person 1 strolls from 0 to 2 s; the fourth row's box ends left of where it starts.
ROWS = """\
incoming,0,0.125,0.25,0.375,0.75,77,1
incoming,1,0.125,0.25,0.375,0.75,77,1
incoming,2,0.125,0.25,0.375,0.75,77,1
incoming,3,0.900,0.25,0.375,0.75,77,1
"""
LABEL_MAP = 'label {\n  name: "strolling"\n  label_id: 77\n  label_type: PERSON_MOVEMENT\n}\n'


def test_a_file_is_previewed_mapped_merged_and_taken_back(
    page: Page, context: BrowserContext, program: Program, tmp_path: Path
):
    place = workplace_make(program, context, tmp_path, "Incoming", ACTIONS)
    page.goto(f"/projects/{place.project_id}/exchange")
    check_files(page, tmp_path)
    panel = page.get_by_label("Import", exact=True)
    expect(panel.get_by_text("1 row of 4 cannot be read")).to_be_visible(timeout=30_000)
    see_the_bad_row(panel)
    assert place.annotations()["tubes"] == []
    map_to_walk(panel)
    page.reload()
    merge(panel)
    check_merged(place)
    page.reload()
    panel.get_by_role("button", name="Undo the import").click()
    expect(panel.get_by_text("Undone")).to_be_visible(timeout=20_000)
    assert place.annotations()["tubes"] == []
    assert place.annotations()["spans"] == []


def check_files(page: Page, folder: Path) -> None:
    (folder / "rows.csv").write_text(ROWS)
    (folder / "actions.pbtxt").write_text(LABEL_MAP)
    page.get_by_label("Files to import").set_input_files(
        [folder / "rows.csv", folder / "actions.pbtxt"]
    )
    expect(page.get_by_label("What actions.pbtxt holds")).to_have_value("labels")
    page.get_by_role("button", name="Check the file").click()


def see_the_bad_row(panel: Locator) -> None:
    bad = panel.get_by_label("Rows that cannot be read")
    row = bad.get_by_role("row").nth(1)
    expect(row.get_by_role("cell", name="4", exact=True)).to_be_visible()
    expect(row).to_contain_text("x")
    expect(panel.get_by_role("button", name="Merge")).to_be_disabled()
    expect(panel.get_by_role("button", name="Replace…")).to_be_disabled()


def map_to_walk(panel: Locator) -> None:
    """The file's label would be made anew; it is said to be one that is here."""
    labels = panel.get_by_label("Labels of the file")
    expect(labels.get_by_text("will be made")).to_be_visible()
    labels.get_by_label("“strolling” becomes").select_option(label="walk")
    panel.get_by_role("button", name="Check again").click()
    expect(panel.get_by_role("button", name="Check again")).to_have_count(0, timeout=30_000)
    expect(labels.get_by_text("here already").first).to_be_visible()


def merge(panel: Locator) -> None:
    panel.get_by_label("Leave out the 1 row").check()
    panel.get_by_role("button", name="Merge").click()
    expect(panel.get_by_text("Merged as revision")).to_be_visible(timeout=30_000)


def check_merged(place: Workplace) -> None:
    """Fractions of 128×64 are pixels; from 0 to 2 s are the frames 0 to 20."""
    found = place.annotations()
    (tube,) = found["tubes"]
    assert tube["number"] == 1
    assert {tuple(k["box"]) for k in tube["keyframes"]} == {(16.0, 16.0, 48.0, 48.0)}
    (span,) = found["spans"]
    assert span["label_id"] == place.labels["walk"]
    assert (span["start_frame"], span["end_frame"]) == (0, 21)
    names = {label["name"] for label in place.get(f"projects/{place.project_id}")["labels"]}
    assert "strolling" not in names


def test_replacing_says_what_goes_first(
    page: Page, context: BrowserContext, program: Program, tmp_path: Path
):
    place = workplace_make(program, context, tmp_path, "Replaced", ACTIONS)
    person(place, (64.0, 16.0, 96.0, 48.0), "stand", 0, 60)
    rows = [f"replaced,{second},0.125,0.25,0.375,0.75,14,7\n" for second in range(3)]
    (tmp_path / "rows.csv").write_text("".join(rows))
    page.goto(f"/projects/{place.project_id}/exchange")
    page.get_by_label("Files to import").set_input_files(tmp_path / "rows.csv")
    page.get_by_role("button", name="Check the file").click()
    panel = page.get_by_label("Import", exact=True)
    panel.get_by_role("button", name="Replace…").click(timeout=30_000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Removed: 1 tube, 1 action or segment", timeout=30_000)
    assert [tube["number"] for tube in place.annotations()["tubes"]] == [1]
    dialog.get_by_role("button", name="Replace", exact=True).click()
    expect(panel.get_by_text("Replaced as revision")).to_be_visible(timeout=30_000)
    assert [tube["number"] for tube in place.annotations()["tubes"]] == [7]


def test_an_export_holds_what_was_chosen(
    page: Page, context: BrowserContext, program: Program, tmp_path: Path
):
    place = workplace_make(program, context, tmp_path, "Outgoing", ACTIONS)
    place.patch(f"videos/{place.video['id']}", {"split": "val"})
    person(place, (16.0, 16.0, 48.0, 48.0), "walk", 0, 30)
    person(place, (64.0, 16.0, 96.0, 48.0), "stand", 0, 60)
    page.goto(f"/projects/{place.project_id}/exchange")
    page.get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog")
    holds = dialog.get_by_label("What the file will hold")
    expect(figure(holds, "Actions")).to_have_text("2")
    dialog.get_by_label("train", exact=True).check()
    expect(figure(holds, "Videos")).to_have_text("0")
    dialog.get_by_label("train", exact=True).uncheck()
    dialog.get_by_label("val", exact=True).check()
    dialog.locator("summary", has_text="Labels").click()
    dialog.get_by_label("walk").check()
    expect(figure(holds, "Actions")).to_have_text("1")
    dialog.get_by_role("button", name="Export", exact=True).click()
    check_download(download(page))


def figure(holds: Locator, name: str) -> Locator:
    return holds.locator("div", has=holds.page.get_by_text(name, exact=True)).last.locator("dd")


def person(
    place: Workplace, box: tuple[float, ...], action: str, start_frame: int, end_frame: int
) -> None:
    """Somebody who stands in the picture all the time, and does something for a while."""
    tube_id = str(uuid.uuid4())
    keyframes = [{"frame": frame, "box": list(box)} for frame in (0, 59)]
    span = {
        "id": str(uuid.uuid4()), "tube_id": tube_id, "label_id": place.labels[action],
        "start_frame": start_frame, "end_frame": end_frame,
    }  # fmt: skip
    covered = {
        "id": str(uuid.uuid4()), "tube_id": None, "start_frame": 0, "end_frame": 60,
        "label_ids": [],
    }  # fmt: skip
    tube = {"id": tube_id, "label_id": place.labels["person"], "keyframes": keyframes}
    place.commit(
        [
            {"op": "tube_add", "tube": tube},
            {"op": "span_add", "span": span},
            {"op": "coverage_add", "coverage": covered},
        ]
    )


def download(page: Page) -> zipfile.ZipFile:
    link = page.get_by_label("Exports").get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.click()
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))


def check_download(archive: zipfile.ZipFile) -> None:
    """The walker of frames 0 to 29 is seen at 0, 1 and 2 s; nobody else is in the file."""
    names = {Path(name).name: name for name in archive.namelist()}
    rows = list(csv.reader(io.StringIO(archive.read(names["ava_reviewed.csv"]).decode())))
    assert [float(row[1]) for row in rows] == [0.0, 1.0, 2.0]
    for row in rows:
        assert row[0] == "outgoing"
        assert [float(value) for value in row[2:6]] == [0.125, 0.25, 0.375, 0.75]
        assert row[6:] == ["14", "1"]
    manifest = json.loads(archive.read(names["manifest.json"]))
    assert len(manifest["snapshot_hash"]) == 64
    assert manifest["counts"]["videos"] == 1
