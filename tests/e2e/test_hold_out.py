"""A video held out by hand: its proposals go, a person draws, and the page says how far it is."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Program
from tests.e2e.screen import Editor
from tests.e2e.workplace import FRAMES, workplace_make

pytestmark = pytest.mark.e2e

# What a run would have left: commits of a run come from a worker, never over the API.
_PROPOSE = """
import uuid
from labeling import api
from labeling.models import Video
video = Video.objects.get(name="blind.mp4")
person = video.project.labels.get(kind="object").id
line = [{"frame": f, "box": [10, 5, 40, 60]} for f in (0, 50)]
tube = {"id": str(uuid.uuid4()), "label_id": person, "score": 0.9, "keyframes": line}
api.commit_run(video_id=video.id, run_id=str(uuid.uuid4()),
               operations=[{"op": "tube_add", "tube": tube}])
"""


def test_a_hold_out_video_is_annotated_blind(
    page: Page, context: BrowserContext, program: Program, tmp_path: Path
):
    place = workplace_make(program, context, tmp_path, "Blind", [])
    program.manage("shell", "-c", _PROPOSE)
    assert len(place.annotations()["tubes"]) == 1
    page.goto(f"/projects/{place.project_id}/videos")
    panel = page.get_by_role("region", name="Hold-out")
    expect(panel).to_contain_text("no video is held out")
    expect(panel.get_by_role("button", name="Draw…")).to_be_disabled()
    page.get_by_label("Split of blind.mp4").select_option("hold-out")
    expect(page.get_by_text("to annotate", exact=True)).to_be_visible()
    expect(panel).to_contain_text("1 of 1 video")
    assert place.annotations()["tubes"] == []

    editor = Editor.open(page, place.project_id, place.video)
    expect(page.get_by_test_id("blind-banner")).to_contain_text("annotated from scratch")
    expect(page.get_by_role("group", name="Way of working")).to_have_count(0)
    expect(page.get_by_test_id("tube")).to_have_count(0)
    editor.press("w")
    expect(page.get_by_test_id("editor")).to_have_attribute("data-mode", "edit")
    editor.draw((20.0, 10.0, 60.0, 60.0))
    editor.press("Shift+Enter")
    page.wait_for_timeout(600)
    editor.saved()
    found = place.annotations()
    assert [tube["state"] for tube in found["tubes"]] == ["manual"]
    assert [one["end_frame"] for one in found["coverage"]] == [FRAMES]
    page.goto(f"/projects/{place.project_id}/videos")
    expect(page.get_by_text("reviewed", exact=True).first).to_be_visible()
    expect(panel).to_contain_text("1 reviewed, with 1 tube")
    assert uuid.UUID(place.get(f"projects/{place.project_id}/hold-out")["drawn"][0]["id"])
