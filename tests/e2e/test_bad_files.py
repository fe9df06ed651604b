"""A file that is no video is refused in the page, by name and with the reason."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.e2e


@pytest.fixture
def project_id(page: Page) -> int:
    page.goto("/")
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name").fill("Refused")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/projects/\d+"))
    return int(re.findall(r"/projects/(\d+)", page.url)[0])


def test_bad_files_are_refused_and_leave_nothing(
    page: Page, context: BrowserContext, project_id: int, shared_data
):
    whole = (shared_data / "clips" / "people" / "mmpose_demo.mp4").read_bytes()
    files = [
        {"name": "notes.mp4", "mimeType": "video/mp4", "buffer": b"Shopping: eggs, bread.\n" * 9},
        {"name": "cut-off.mp4", "mimeType": "video/mp4", "buffer": whole[: len(whole) // 2]},
    ]
    page.get_by_label("Videos to upload").set_input_files(files)
    uploads = page.get_by_label("Uploads")
    for name in ("notes.mp4", "cut-off.mp4"):
        refused = uploads.get_by_text(re.compile(rf"^{re.escape(name)} .+\."))
        expect(refused.first).to_be_visible(timeout=60_000)
    videos = context.request.get(f"/api/projects/{project_id}/videos").json()
    assert [video for video in videos if video["state"] == "ready"] == []
