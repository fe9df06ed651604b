"""Nothing a person does is lost or doubled: reload, lost connection, dead server, second tab."""

import json

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Program, kill
from tests.e2e.screen import Editor

pytestmark = pytest.mark.e2e
ACTIONS = ("walk", "stand")


@pytest.fixture(scope="module")
def clip(program: Program, shared_data) -> dict:
    """A project with one real clip and two actions, nothing proposed: {project, video, labels}."""
    path = shared_data / "clips" / "people" / "mmaction2_test_video_structuralize.mp4"
    program.manage("ingest", "Saving", str(path))
    script = (
        "import json; from labeling.models import Project; from labeling.teams import services;"
        "p = Project.objects.get(name='Saving'); v = p.videos.get();"
        f"[services.label_create(project=p, kind='action', name=n) for n in {ACTIONS}];"
        "print(json.dumps({'project': p.id, 'video': {'id': str(v.id), 'width': v.width,"
        " 'height': v.height}}))"
    )
    return json.loads(program.manage("shell", "-v", "0", "-c", script).splitlines()[-1])


@pytest.fixture
def editor(page: Page, clip: dict) -> Editor:
    return Editor.open(page, clip["project"], clip["video"])


def stored(context: BrowserContext, clip: dict) -> dict:
    answer = context.request.get(f"/api/videos/{clip['video']['id']}/annotations")
    assert answer.ok
    return answer.json()


def middle(editor: Editor) -> tuple[float, float, float, float]:
    w, h = editor.width, editor.height
    return (w * 0.4, h * 0.4, w * 0.6, h * 0.7)


def test_a_drawn_box_is_where_it_was_drawn_after_a_reload(editor, context, clip):
    before = len(stored(context, clip)["tubes"])
    box = middle(editor)
    editor.draw(box)
    editor.saved()
    tubes = stored(context, clip)["tubes"]
    assert len(tubes) == before + 1
    assert tubes[-1]["keyframes"][0]["box"] == pytest.approx(box, abs=1.0)
    editor.page.reload()
    expect(editor.tubes()).to_have_count(before + 1)


def test_work_done_offline_survives_a_reload_and_is_sent_once(editor, context, clip):
    before = stored(context, clip)
    context.set_offline(True)
    editor.draw(middle(editor))
    editor.press("1")
    expect(editor.page.get_by_test_id("save-state")).to_contain_text("Offline", timeout=10_000)
    assert stored_nothing_new(editor, before)
    context.set_offline(False)
    editor.page.reload()
    editor.saved()
    after = stored(context, clip)
    assert len(after["tubes"]) == len(before["tubes"]) + 1
    assert len(after["spans"]) == len(before["spans"]) + 1


def stored_nothing_new(editor: Editor, before: dict) -> bool:
    return editor.tubes().count() == len(before["tubes"]) + 1


def test_a_server_that_dies_in_between_loses_and_doubles_nothing(editor, context, clip, program):
    before = len(stored(context, clip)["tubes"])
    kill(program.children["web"])
    for _ in range(3):
        editor.draw(middle(editor))
    expect(editor.page.get_by_test_id("save-state")).not_to_contain_text("Saved")
    while (said := program.children["web"].tend()) is None or "starts again" not in said:
        editor.page.wait_for_timeout(50)
    program.children["web"].start()
    expect(editor.page.get_by_test_id("save-state")).to_contain_text("Saved", timeout=40_000)
    assert len(stored(context, clip)["tubes"]) == before + 3


def test_an_answer_that_never_arrives_does_not_double_the_edit(editor, context, clip):
    before = len(stored(context, clip)["tubes"])
    lost: list[str] = []

    def swallow(route):
        if lost:
            return route.continue_()
        lost.append(route.request.post_data)
        route.fetch()  # the server stores it
        return route.abort()  # the browser never hears of it

    editor.page.route("**/commits", swallow)
    editor.draw(middle(editor))
    editor.saved()
    assert len(lost) == 1
    assert len(stored(context, clip)["tubes"]) == before + 1


def test_a_second_tab_sees_what_the_first_did(editor, context, clip):
    other = Editor.open(context.new_page(), clip["project"], clip["video"])
    before = other.tubes().count()
    editor.draw(middle(editor))
    editor.saved()
    expect(other.tubes()).to_have_count(before + 1, timeout=15_000)


@pytest.mark.parametrize("choice", ["Keep theirs", "Apply mine"])
def test_a_conflict_between_two_tabs_is_a_choice(editor, context, clip, choice):
    editor.draw(middle(editor))
    editor.saved()
    made = stored(context, clip)["tubes"][-1]
    x1, y1 = made["keyframes"][0]["box"][:2]
    # The other tab cannot send; this one can, and is first.
    other = Editor.open(context.new_page(), clip["project"], clip["video"])
    other.page.route("**/commits", lambda route: route.abort())
    other.choose(made["id"])
    other.press("Shift+ArrowRight")
    editor.choose(made["id"])
    editor.press("Shift+ArrowDown")
    editor.page.wait_for_timeout(600)
    editor.saved()
    other.page.unroute("**/commits")
    decide = other.page.get_by_role("button", name="Decide")
    decide.click(timeout=30_000)
    other.page.get_by_role("button", name=choice).click()
    other.saved()
    mine = choice == "Apply mine"
    now = next(t for t in stored(context, clip)["tubes"] if t["id"] == made["id"])
    expected = [x1 + 1, y1] if mine else [x1, y1 + 1]
    assert now["keyframes"][0]["box"][:2] == pytest.approx(expected, abs=0.01)


def test_undo_takes_back_on_the_server_and_redo_brings_it_again(editor, context, clip):
    before = stored(context, clip)
    editor.draw(middle(editor))
    editor.press("1")
    editor.saved()
    editor.press("Control+z", "Control+z")
    expect(editor.tubes()).to_have_count(len(before["tubes"]))
    editor.saved()
    editor.page.wait_for_timeout(500)
    editor.saved()
    assert len(stored(context, clip)["tubes"]) == len(before["tubes"])
    editor.press("Control+y", "Control+y")
    expect(editor.tubes()).to_have_count(len(before["tubes"]) + 1)
    editor.page.wait_for_timeout(500)
    editor.saved()
    after = stored(context, clip)
    assert len(after["spans"]) == len(before["spans"]) + 1


def test_split_and_merge_carry_the_actions_along(editor, context, clip):
    editor.draw(middle(editor))
    editor.saved()
    tube = stored(context, clip)["tubes"][-1]
    editor.press("1")
    editor.press("v", "Alt+m")
    editor.page.wait_for_timeout(500)
    editor.saved()
    now = stored(context, clip)
    parts = [t for t in now["tubes"] if t["number"] >= tube["number"]]
    assert len(parts) == 2
    spans = [s for s in now["spans"] if s["tube_id"] in {p["id"] for p in parts}]
    assert sorted(s["start_frame"] for s in spans) == [0, 10]
