"""The whole loop on real video through the real page: upload, propose, correct, train, export."""

import csv
import io
import json
import re
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.screen import Editor

pytestmark = pytest.mark.e2e
CLIP = "vtest_480x360.mp4"
ACTIONS = {"walk": 14, "stand": 12}


class Server:
    """What the page's own session sees of the API."""

    def __init__(self, context: BrowserContext, project_id: int) -> None:
        self.context, self.project_id = context, project_id

    def get(self, path: str):
        answer = self.context.request.get(f"/api/{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def video(self) -> dict:
        return self.get(f"projects/{self.project_id}/videos")[0]

    def annotations(self) -> dict:
        return self.get(f"videos/{self.video()['id']}/annotations")

    def labels(self) -> dict[str, int]:
        return {
            found["name"]: found["id"]
            for found in self.get(f"projects/{self.project_id}")["labels"]
        }


def test_from_an_upload_to_an_ava_file(page: Page, context: BrowserContext, shared_data: Path):
    server = make_project(page, context)
    add_labels(page, server)
    upload(page, server, shared_data / "clips" / "people" / CLIP)
    editor = Editor.open(page, server.project_id, server.video())
    correct(editor, server)
    drawn = draw_one(editor, server)
    before = server.annotations()
    retrain(page, server)
    assert_human_work_unchanged(before, server.annotations())
    review_the_queue(page, server)
    check_export(export(page, server), server, drawn)


def make_project(page: Page, context: BrowserContext) -> Server:
    page.goto("/")
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name").fill("Pedestrians")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/projects/\d+"))
    return Server(context, int(re.findall(r"/projects/(\d+)", page.url)[0]))


def add_labels(page: Page, server: Server) -> None:
    page.goto(f"/projects/{server.project_id}/labels")
    for name, ava_id in ACTIONS.items():
        page.get_by_role("button", name="Add action").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill(name)
        dialog.get_by_label("AVA id").fill(str(ava_id))
        dialog.get_by_role("button", name="Add").click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_text(name, exact=True).first).to_be_visible()


def upload(page: Page, server: Server, path: Path) -> None:
    """Upload the clip, and wait until it has been read and proposed on."""
    page.goto(f"/projects/{server.project_id}")
    page.get_by_label("Videos to upload").set_input_files(path)
    expect(page.get_by_role("link", name=CLIP).first).to_be_visible(timeout=90_000)
    expect(page.get_by_text("to review", exact=True).first).to_be_visible(timeout=240_000)
    assert len(server.annotations()["tubes"]) >= 15


def longest(server: Server, count: int) -> list[dict]:
    tubes = [tube for tube in server.annotations()["tubes"] if tube["state"] == "proposed"]
    return sorted(tubes, key=lambda t: t["keyframes"][0]["frame"] - t["keyframes"][-1]["frame"])[
        :count
    ]


def correct(editor: Editor, server: Server) -> None:
    """Correct several tubes: a box by mouse and by key, an end, actions, and one rejection."""
    chosen = longest(server, 10)
    for index, tube in enumerate(chosen):
        editor.choose(tube["id"])
        if index == 0:
            move_by_mouse(editor, tube)
        if index == 1:
            editor.press("Home", "Shift+ArrowRight", "Shift+ArrowRight")
        if index == 2:
            editor.press("Home", "v", "v", "v", "]")
        editor.press("Home")
        expect(editor.position()).to_have_attribute("data-frame", str(first_frame(tube)))
        # Half of them walk, half of them stand: whoever is long in the picture is labeled.
        editor.press("1" if index % 2 == 0 else "2", "Enter")
    rejected = longest(server, 11)[-1]
    editor.choose(rejected["id"])
    editor.press("x")
    editor.page.wait_for_timeout(600)
    editor.saved()
    tubes = {tube["id"]: tube for tube in server.annotations()["tubes"]}
    states = [tubes[tube["id"]]["state"] for tube in chosen]
    assert states == ["corrected"] * 3 + ["accepted"] * 7
    assert tubes[rejected["id"]]["state"] == "rejected"
    moved = tubes[chosen[1]["id"]]["keyframes"][0]["box"]
    assert moved[0] == pytest.approx(chosen[1]["keyframes"][0]["box"][0] + 2, abs=0.51)
    assert tubes[chosen[2]["id"]]["keyframes"][-1]["frame"] == first_frame(chosen[2]) + 30


def first_frame(tube: dict) -> int:
    return tube["keyframes"][0]["frame"]


def move_by_mouse(editor: Editor, tube: dict) -> None:
    editor.press("Home")
    expect(editor.position()).to_have_attribute("data-frame", str(first_frame(tube)))
    x1, y1, x2, y2 = tube["keyframes"][0]["box"]
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    editor.drag(middle, (middle[0] + 8, middle[1] + 5))


def draw_one(editor: Editor, server: Server) -> str:
    """Draw somebody the models missed, over 40 frames, and say what they do."""
    editor.go_to(400)
    editor.draw((60.0, 250.0, 90.0, 330.0))
    editor.saved()
    tube = next(t for t in server.annotations()["tubes"] if t["state"] == "manual")
    for _ in range(4):
        editor.press("v")
        editor.page.wait_for_timeout(150)
    expect(editor.position()).to_have_attribute("data-frame", "440")
    editor.press("k", "Home", "1", "2", "Enter")
    editor.page.wait_for_timeout(600)
    editor.saved()
    return tube["id"]


def retrain(page: Page, server: Server) -> None:
    page.goto(f"/projects/{server.project_id}/rounds")
    page.get_by_role("button", name="Retrain").first.click()
    dialog = page.get_by_role("dialog", name="Retrain")
    # The first to ask waits while the server loads torch to tell what can be trained.
    logistic = dialog.get_by_role("radio", name="HOG/HOF, logistic regression")
    expect(logistic).to_be_checked(timeout=60_000)
    dialog.get_by_role("button", name="Train").click()
    link = page.get_by_role("link", name="Round 1")
    expect(link).to_be_visible(timeout=30_000)
    for _ in range(180):
        state = server.get(f"projects/{server.project_id}/rounds")[0]
        if state["state"] in ("done", "failed"):
            break
        page.wait_for_timeout(1000)
    assert state["state"] == "done", state
    link.click()
    expect(page.get_by_text("walk").first).to_be_visible()
    expect(page.get_by_text(state["reason"][:40]).first).to_be_visible()
    expect(page.get_by_role("heading", name="Model card")).to_be_visible()


def assert_human_work_unchanged(before: dict, after: dict) -> None:
    for table in ("tubes", "spans", "coverage"):
        now = {item["id"]: item for item in after[table]}
        touched = [item for item in before[table] if item.get("state") != "proposed"]
        assert [now.get(item["id"]) for item in touched] == touched


def review_the_queue(page: Page, server: Server) -> None:
    """The queue gives reasons; a decision leads to the next item and closes this one."""
    page.goto(f"/projects/{server.project_id}/queue")
    expect(page.get_by_role("button", name="Start reviewing")).to_be_visible(timeout=30_000)
    items = server.get(f"projects/{server.project_id}/queue")["items"]
    assert all(item["reason"] for item in items)
    page.get_by_role("button", name="Start reviewing").click()
    editor = Editor.here(page, server.video())
    expect(page.get_by_test_id("review")).to_be_visible()
    for item in items[:3]:
        if item["kind"] == "tube":
            current = page.locator(f"[data-tube='{item['tube_id']}'] [aria-current]")
            expect(current).to_have_count(1)
        else:
            expect(page.get_by_test_id("questions")).to_be_visible()
        editor.press("Enter")
    page.wait_for_timeout(800)
    editor.saved()
    left = server.get(f"projects/{server.project_id}/queue")["items"]
    assert {item["id"] for item in items[:3]}.isdisjoint(i["id"] for i in left)


def export(page: Page, server: Server) -> zipfile.ZipFile:
    page.goto(f"/projects/{server.project_id}/exchange")
    page.get_by_role("button", name="Export…").click()
    page.get_by_role("dialog").get_by_role("button", name="Export", exact=True).click()
    link = page.get_by_role("link", name="Download").first
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))


def check_export(archive: zipfile.ZipFile, server: Server, drawn: str) -> None:
    """Compare the file row by row with what the editor shows, by the plainest arithmetic."""
    names = {Path(name).name: name for name in archive.namelist()}
    manifest = json.loads(archive.read(names["manifest.json"]))
    assert len(manifest["snapshot_hash"]) == 64
    text = archive.read(names["ava_reviewed.csv"]).decode()
    found = {
        (int(row[1]), int(row[7]), int(row[6])): [float(value) for value in row[2:6]]
        for row in csv.reader(io.StringIO(text))
    }
    expected = expected_rows(server)
    assert found.keys() == expected.keys()
    for key, box in expected.items():
        assert found[key] == pytest.approx(box, abs=0.00051)
    number = next(t["number"] for t in server.annotations()["tubes"] if t["id"] == drawn)
    assert {(s, action) for s, person, action in found if person == number} == {
        (second, action) for second in (40, 41, 42, 43, 44) for action in ACTIONS.values()
    }
    listed = archive.read(names["action_list.pbtxt"]).decode()
    assert 'name: "walk"' in listed
    assert 'name: "stand"' in listed


def expected_rows(server: Server) -> dict[tuple[int, int, int], list[float]]:
    video, state = server.video(), server.annotations()
    times = server.get(f"videos/{video['id']}/timebase")
    ava_id = {server.labels()[name]: number for name, number in ACTIONS.items()}
    confirmed = {"accepted", "corrected", "manual"}
    tubes = {tube["id"]: tube for tube in state["tubes"] if tube["state"] in confirmed}
    rows = {}
    for second in range(int(video["duration_s"]) + 1):
        frame = shown_at(times, second)
        for span in state["spans"]:
            tube = tubes.get(span["tube_id"])
            inside = span["start_frame"] <= frame < span["end_frame"]
            if tube and inside and span["state"] in confirmed and (box := box_at(tube, frame)):
                key = (second, tube["number"], ava_id[span["label_id"]])
                rows[key] = normalized(box, video)
    return rows


def shown_at(times: dict, second: int) -> int:
    """The frame whose presentation time is nearest to the second."""
    unit = Fraction(*times["time_base"])
    starts = [(tick - times["ticks"][0]) * unit for tick in times["ticks"]]
    return min(range(len(starts)), key=lambda frame: (abs(starts[frame] - second), frame))


def box_at(tube: dict, frame: int) -> list[float] | None:
    for a, b in zip(tube["keyframes"], tube["keyframes"][1:], strict=False):
        if a["frame"] <= frame < b["frame"] and not a["outside"]:
            share = (frame - a["frame"]) / (b["frame"] - a["frame"])
            return [p + (q - p) * share for p, q in zip(a["box"], b["box"], strict=True)]
    last = tube["keyframes"][-1]
    return last["box"] if frame == last["frame"] and not last["outside"] else None


def normalized(box: list[float], video: dict) -> list[float]:
    size = (video["width"], video["height"]) * 2
    return [min(max(value / side, 0.0), 1.0) for value, side in zip(box, size, strict=True)]
