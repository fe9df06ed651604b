"""The metrics page on three people whose figures are calculated by hand here."""

import csv
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Program
from tests.e2e.workplace import Workplace, workplace_make

pytestmark = pytest.mark.e2e
ACTIONS = [{"name": name, "kind": "action"} for name in ("walk", "stand")]
# Left edge of each person's box, and how sure the run is that they walk.
PEOPLE = {"ann": (0.0, 0.9), "bob": (40.0, 0.7), "cy": (80.0, 0.6)}
_PROPOSE = (
    "import json; from labeling import api; "
    "api.commit_run(video_id={video!r}, run_id={run!r}, operations=json.loads({operations!r}))"
)


def test_figures_of_proposals_are_those_calculated_by_hand(
    page: Page, context: BrowserContext, program: Program, tmp_path: Path
):
    place = workplace_make(program, context, tmp_path, "Measured", ACTIONS)
    propose(program, place)
    review(place)
    page.goto(f"/projects/{place.project_id}/metrics")
    measure(page, "Frame mAP")
    check_frame_map(page)
    page.get_by_role("link", name="Metrics").first.click()
    expect(page.get_by_role("link", name="Frame mAP")).to_be_visible()
    measure(page, "Actions of tubes")
    check_confusion(page)


def propose(program: Program, place: Workplace) -> None:
    """A run says of all three that they walk, all the time."""
    operations = [operation for name in PEOPLE for operation in proposed(place, name)]
    script = _PROPOSE.format(
        video=place.video["id"], run=uid("run"), operations=json.dumps(operations)
    )
    program.manage("shell", "-c", script)


def proposed(place: Workplace, name: str) -> list[dict[str, Any]]:
    left, score = PEOPLE[name]
    box = [left, 8.0, left + 30.0, 56.0]
    tube = {
        "id": uid(name), "label_id": place.labels["person"], "score": score,
        "keyframes": [{"frame": frame, "box": box} for frame in (0, 59)],
    }  # fmt: skip
    walk = span(place, name, "walk") | {"score": score}
    return [{"op": "tube_add", "tube": tube}, {"op": "span_add", "span": walk}]


def span(place: Workplace, name: str, action: str) -> dict[str, Any]:
    return {
        "id": uid(name, action), "tube_id": uid(name), "label_id": place.labels[action],
        "start_frame": 0, "end_frame": 60,
    }  # fmt: skip


def uid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(("measured", *parts))))


def review(place: Workplace) -> None:
    """Ann and Cy walk indeed; Bob stands."""
    covered = {
        "id": uid("covered"), "tube_id": None, "start_frame": 0, "end_frame": 60,
        "label_ids": list(place.labels.values()),
    }  # fmt: skip
    tubes = [{"op": "tube_decide", "tube_id": uid(x), "decision": "accepted"} for x in PEOPLE]
    decisions = {"ann": "accepted", "bob": "rejected", "cy": "accepted"}
    spans = [
        {"op": "span_decide", "span_id": uid(name, "walk"), "decision": decision}
        for name, decision in decisions.items()
    ]
    stands = {"op": "span_add", "span": span(place, "bob", "stand")}
    place.commit([*tubes, *spans, stands, {"op": "coverage_add", "coverage": covered}])


def measure(page: Page, metric: str) -> None:
    page.get_by_role("button", name="New evaluation").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(metric, exact=True).click()
    dialog.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("heading", name=metric)).to_be_visible()
    expect(page.get_by_label("Figures by class").first).to_be_visible(timeout=45_000)


def check_frame_map(page: Page) -> None:
    """At six seconds, 12 boxes walk: 6 found first, then 6 false ones, then the other 6.

    Precision is 1 up to recall 0.5, and 12/18 beyond it: AP = 0.5 · 1 + 0.5 · 2/3 = 0.8333. Nobody
    was proposed to stand, so that AP is 0 and mAP half of the other.
    """
    walk_ap = 0.5 + 0.5 * 12 / 18
    summary = page.get_by_label("Summary")
    expect(summary).to_contain_text(f"{100 * walk_ap / 2:.1f} %")
    table = page.get_by_role("table", name="Figures by class")
    expect(table.get_by_role("row", name="walk")).to_contain_text(f"{100 * walk_ap:.1f} %")
    expect(table.get_by_role("row", name="stand")).to_contain_text("0.0 %")
    plot = page.get_by_role("slider", name="Precision at a recall")
    plot.focus()
    expect(plot).to_have_attribute("aria-valuetext", "recall 50 %; walk 100.0 %")
    plot.press("ArrowRight")
    expect(plot).to_have_attribute("aria-valuetext", "recall 51 %; walk 66.7 %")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    found = {row["class"]: (float(row["ap"]), int(row["support"])) for row in rows}
    assert found["stand"] == (0.0, 6)
    assert found["walk"][0] == pytest.approx(walk_ap, abs=1e-12)
    assert found["walk"][1] == 12


def check_confusion(page: Page) -> None:
    """Ann and Cy are taken for what they are; Bob, who stands, was taken for a walker."""
    matrix = page.get_by_role("application", name="Confusion matrix")
    matrix.focus()
    panel = page.get_by_label("Confusion matrix").first
    readings = set()
    for key in ("Home", "ArrowRight", "ArrowDown", "ArrowLeft"):
        matrix.press(key)
        readings.add(panel.locator(".confusion-reading").inner_text())
    assert {"walk → walk: 2 of 2 (100.0 %)", "stand → walk: 1 of 1 (100.0 %)"} <= readings
    walk = page.get_by_role("table", name="Figures by class").get_by_role("row", name="walk")
    expect(walk).to_contain_text("66.7 %")  # two of three proposals were right
    expect(walk).to_contain_text("100.0 %")
