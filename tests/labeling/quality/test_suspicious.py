"""Suspicious labels over the API: which, where they lead, and that checking has an end."""

import uuid

import pytest

from labeling.models import Video
from labeling.quality import cached, selectors
from labeling.teams import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(as_user, owner, project):
    def get(**query):
        path = f"/api/projects/{project.id}/quality/suspicious"
        answer = as_user(owner).get(path, query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


@pytest.fixture
def twin(original):
    """A second video of the project, as (video, what can be done on it)."""
    other = Video.objects.get(pk=original.video.pk)
    other.pk, other.sha256, other.name = uuid.uuid4(), "1" * 64, "garden.mp4"
    other._state.adding = True
    other.save()
    return other, type(original)(original.project, other)


def test_nothing_labeled_is_nothing_suspicious(ask, video):
    assert ask() == {
        "items": [], "total": 0, "kinds": [], "videos": [], "checked_at_revision": 0,
        "videos_checked": 1, "videos_total": 1,
    }  # fmt: skip


def test_a_finding_says_where_it_is(ask, original, video):
    services.label_create(project=original.project, kind="action", name="sit", ava_id=11)
    original = type(original)(original.project, video)
    tube_id = original.tube(walk=(0, 30), sit=(25, 50))
    found = ask()
    (item,) = found["items"]
    assert item["kind"] == "exclusive-actions"
    assert (item["video_id"], item["video_name"]) == (str(video.id), "yard.mp4")
    assert (item["tube_id"], item["tube_number"], item["frame"]) == (tube_id, 1, 25)
    assert "'walk' and 'sit' exclude each other" in item["message"]
    assert uuid.UUID(item["span_id"])
    assert found["checked_at_revision"] == 1
    assert found["kinds"] == [{"kind": "exclusive-actions", "count": 1}]


def test_what_is_mended_is_gone(ask, original, video):
    tube_id = original.tube(walk=(40, 60))
    assert [item["kind"] for item in ask()["items"]] == ["span-outside-tube"]
    original.commit(
        {"op": "keyframe_set", "tube_id": tube_id, "frame": 70, "box": [100, 100, 140, 190]}
    )
    assert ask()["items"] == []


def test_a_setting_that_changes_is_seen_at_once(ask, original, project):
    original.tube(walk=(0, 30), wave=(25, 50))
    assert ask()["total"] == 0
    settings = {"exclusive_actions": [["walk", "wave"]]}
    services.project_change(project=project, changes={"settings": settings})
    assert ask()["total"] == 1


def test_filters_and_pages(ask, original, twin, video):
    other, there = twin
    original.tube(walk=(40, 60))
    there.tube(x=630, walk=(40, 51))
    there.tube(x=300, wave=(40, 52))
    found = ask()
    assert found["total"] == 4
    assert {row["kind"]: row["count"] for row in found["kinds"]} == {
        "span-outside-tube": 3, "box-outside-picture": 1,
    }  # fmt: skip
    assert {row["video_name"]: row["count"] for row in found["videos"]} == {
        "garden.mp4": 3, "yard.mp4": 1,
    }  # fmt: skip
    severities = [item["severity"] for item in found["items"]]
    assert severities == sorted(severities, reverse=True)
    one = ask(kind="box-outside-picture")
    assert [item["video_name"] for item in one["items"]] == ["garden.mp4"]
    assert {row["video_name"] for row in one["videos"]} == {"garden.mp4"}
    here = ask(video=str(video.id))
    assert (here["total"], [row["kind"] for row in here["kinds"]]) == (1, ["span-outside-tube"])
    assert ask(offset=1, limit=2)["items"] == found["items"][1:3]


@pytest.mark.parametrize(
    "query", [{"kind": "ugly"}, {"video": "first"}, {"limit": 0}, {"offset": -1}]
)
def test_bad_queries_are_refused(as_user, owner, project, query):
    path = f"/api/projects/{project.id}/quality/suspicious"
    assert as_user(owner).get(path, query).status_code == 400


def test_a_request_ends_and_the_next_goes_on(ask, original, twin, monkeypatch):
    monkeypatch.setattr(cached, "REQUEST_S", -1.0)
    original.tube(walk=(40, 60))
    twin[1].tube(walk=(40, 60))
    first = ask()
    assert (first["videos_checked"], first["videos_total"], first["total"]) == (1, 2, 1)
    second = ask()
    assert (second["videos_checked"], second["total"]) == (2, 2)


def test_a_video_is_checked_once(ask, original, monkeypatch):
    calls = []
    real = selectors.findings
    monkeypatch.setattr(selectors, "findings", lambda scene: calls.append(1) or real(scene))
    original.tube(walk=(40, 60))
    ask()
    ask(kind="jump")
    assert len(calls) == 1


def test_more_videos_need_no_more_queries_once_checked(
    as_user, owner, project, original, twin, django_assert_max_num_queries
):
    client, path = as_user(owner), f"/api/projects/{project.id}/quality/suspicious"
    client.get(path)
    with django_assert_max_num_queries(7):
        assert client.get(path).json()["videos_checked"] == 2
