"""Suspicious labels lead to their frame and go when mended; a replica is made and compared."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import USER, Program
from tests.e2e.screen import Editor

pytestmark = pytest.mark.e2e
NAME, CLIP = "Judged", "moviepy_chaplin.mp4"
# What a person labels: a tube over frames 0 to 99, who walks first and then sits.
_LABEL = """
import json, uuid
from django.contrib.auth import get_user_model
from labeling import revisions
from labeling.models import Project

project = Project.objects.get(name={project!r})
video, ids = project.videos.get(), {{label.name: label.id for label in project.labels.all()}}
tube = str(uuid.uuid4())
def span(name, start, end):
    value = dict(id=str(uuid.uuid4()), tube_id=tube, label_id=ids[name], start_frame=start, end_frame=end)
    return dict(op="span_add", span=value)
box = {box!r}
keyframes = [dict(frame=0, box=box), dict(frame=99, box=box)]
covered = dict(id=str(uuid.uuid4()), tube_id=None, start_frame=0, end_frame=100, label_ids=list(ids.values()))
revisions.commit(video_id=video.id, origin="hand", author_id=get_user_model().objects.get(username={user!r}).id, operations=[
    dict(op="tube_add", tube=dict(id=tube, label_id=ids["person"], keyframes=keyframes)),
    span("walk", 0, {walk_end}), span("sit", {sit_start}, 100), dict(op="coverage_add", coverage=covered),
])
print(json.dumps(dict(project=project.id, tube=tube, video=dict(
    id=str(video.id), width=video.width, height=video.height))))
"""  # noqa: E501


def label(program: Program, **facts) -> dict:
    facts = {"project": NAME, "box": [200, 60, 320, 340], "user": USER, **facts}
    printed = program.manage("shell", "-v", "0", "-c", _LABEL.format(**facts))
    return json.loads(printed.splitlines()[-1])


@pytest.fixture(scope="module")
def judged(program: Program, shared_data) -> dict:
    """A project with a clip, on which somebody walks and sits at once: {project, tube, video}."""
    program.manage("ingest", NAME, str(shared_data / "clips" / "people" / CLIP))
    script = (
        "from django.contrib.auth import get_user_model;"
        "from labeling.models import Project; from labeling.teams import services;"
        f"p = Project.objects.get(name={NAME!r});"
        f"services.member_set(project=p, username={USER!r}, role='owner');"
        "[services.label_create(project=p, kind='action', name=n, ava_id=i)"
        " for n, i in (('walk', 14), ('sit', 11))]"
    )
    program.manage("shell", "-v", "0", "-c", script)
    return label(program, walk_end=60, sit_start=40)


def test_a_suspicious_label_leads_to_its_frame_and_goes_when_mended(page: Page, judged: dict):
    page.goto(f"/projects/{judged['project']}")
    page.get_by_role("link", name="Quality").click()
    row = page.get_by_role("row", name=re.compile("Exclusive actions"))
    expect(row).to_contain_text("'walk' and 'sit' exclude each other")
    page.get_by_label("Kind").select_option("exclusive-actions")
    expect(page).to_have_url(re.compile(r"kind=exclusive-actions"))
    row.get_by_role("link").click()
    editor = Editor.here(page, judged["video"])
    expect(editor.position()).to_have_attribute("data-frame", "40")
    expect(page.locator(f"[data-tube='{judged['tube']}'] [aria-current]")).to_have_count(1)
    # 'walk' ends where 'sit' begins.
    editor.press("1")
    page.wait_for_timeout(600)
    editor.saved()
    page.go_back()
    expect(page.get_by_text("Nothing of this kind here")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_text("Nothing suspicious")).to_be_visible()


def test_a_replica_is_made_labeled_and_compared(page: Page, program: Program, judged: dict):
    page.goto(f"/projects/{judged['project']}")
    page.get_by_role("button", name=f"More for {CLIP}").click()
    page.get_by_role("menuitem", name="Mark as gold").click()
    expect(page.get_by_role("row", name=re.compile(CLIP)).get_by_text("gold")).to_be_visible()
    make_replica(page, judged)
    # Ten of a hundred frames differ in what is done, and the box is moved by a tenth.
    copy = label(
        program, project="Judged again", box=[212, 60, 332, 340], walk_end=50, sit_start=50
    )
    page.goto(f"/projects/{judged['project']}/quality/agreement")
    pair = page.get_by_role("table", name="Agreement of pairs").get_by_role("row").nth(1)
    expect(pair).to_contain_text("and Judged again")
    expect(pair).to_contain_text("1 of 1 / 1")
    # 108 of 132 columns shared; 40 + 50 of 100 frames agree.
    expect(pair).to_contain_text("0.82")
    gold = page.get_by_role("table", name="Annotators against gold")
    expect(gold.get_by_role("row").nth(1)).to_contain_text(USER)
    walk = page.get_by_role("row", name=re.compile("^walk"))
    expect(walk).to_contain_text("0.80")
    page.goto(f"/projects/{copy['project']}/quality/agreement")
    expect(page.get_by_text("This project is a replica")).to_be_visible()


def make_replica(page: Page, judged: dict) -> None:
    page.goto(f"/projects/{judged['project']}/quality/agreement")
    expect(page.get_by_text("Nobody to compare with yet")).to_be_visible()
    page.get_by_role("button", name="Make a replica").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Judged again")
    dialog.get_by_role("button", name="Make the replica").click()
    expect(page).to_have_url(re.compile(r"/members$"))
    expect(page.get_by_role("link", name="Members")).to_have_attribute("aria-current", "page")
