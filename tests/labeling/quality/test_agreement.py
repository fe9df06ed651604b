"""Agreement between a project and its replicas, in numbers worked out by hand."""

import pytest

from labeling.models import Video
from labeling.quality.compare import groups
from labeling.teams import services
from tests.labeling.quality.conftest import Side

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(as_user, owner, project):
    def get():
        answer = as_user(owner).get(f"/api/projects/{project.id}/quality/agreement")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


def by_label(rows):
    return {row["label"]: row for row in rows}


def test_without_replicas_there_is_nobody_to_agree(ask, original):
    found = ask()
    assert (found["pairs"], found["gold"], found["videos_total"]) == ([], [], 0)
    assert found["fleiss"] == {"kappa": None, "labels": []}


def test_who_says_the_same_agrees_wholly(ask, original, replicate):
    for side in (original, replicate()):
        side.tube(walk=(0, 20))
        side.tube(x=300, run=(10, 50))
        side.segment("crowded", 30, 60)
        side.reviewed()
    (pair,) = ask()["pairs"]
    assert (pair["first_tubes"], pair["second_tubes"], pair["matched"]) == (2, 2, 2)
    figures = [pair[name] for name in ("mean_tube_iou", "span_iou", "kappa")]
    assert figures == pytest.approx([1, 1, 1])
    assert {row["label"]: row["kappa"] for row in pair["labels"]} == pytest.approx(
        {"walk": 1, "run": 1, "crowded": 1}
    )


def test_boxes_and_times_by_hand(ask, original, replicate):
    second = replicate()
    original.tube(end=50, walk=(0, 30))
    original.tube(x=400)
    # Moved by 10 of 40 px: 30 of 50 px overlap; five frames more.
    second.tube(x=110, end=55, walk=(10, 40))
    for side in (original, second):
        side.reviewed()
    (pair,) = ask()["pairs"]
    assert (pair["first_tubes"], pair["second_tubes"], pair["matched"]) == (2, 1, 1)
    overlap = 50 * 30 * 90
    assert pair["mean_tube_iou"] == pytest.approx(overlap / (50 * 3600 + 55 * 3600 - overlap))
    walk = by_label(pair["labels"])["walk"]
    # On the 50 frames on which both see the person.
    assert [walk[name] for name in ("units", "both", "first_only", "second_only")] == [
        50,
        20,
        10,
        10,
    ]
    assert walk["span_iou"] == pytest.approx(20 / 40)
    chance = 0.6 * 0.6 + 0.4 * 0.4
    assert walk["kappa"] == pytest.approx((0.6 - chance) / (1 - chance))
    # Nobody ever ran or waved, which changes nothing.
    assert pair["kappa"] == pytest.approx(walk["kappa"])
    assert by_label(pair["labels"]).keys() == {"walk"}


def test_only_what_both_reviewed_is_compared(ask, original, replicate):
    second = replicate()
    original.tube(end=50, walk=(0, 50))
    original.tube(x=400, start=60, end=90)
    second.tube(end=20, walk=(0, 10))
    original.reviewed()
    second.reviewed(0, 20)
    (pair,) = ask()["pairs"]
    assert (pair["frames"], pair["first_tubes"], pair["second_tubes"]) == (20, 1, 1)
    assert pair["mean_tube_iou"] == pytest.approx(1)
    assert by_label(pair["labels"])["walk"]["units"] == 20
    (video,) = pair["videos"]
    assert (video["frames"], video["frame_count"], video["video_name"]) == (20, 100, "yard.mp4")


def test_a_label_nobody_looked_for_is_not_compared(ask, original, replicate):
    second = replicate()
    for side in (original, second):
        side.tube(walk=(0, 20), wave=(0, 20))
    original.reviewed()
    second.reviewed(names=("person", "walk"))
    (pair,) = ask()["pairs"]
    assert by_label(pair["labels"]).keys() == {"walk"}


def test_coverage_of_a_tube_counts_for_its_labels(ask, original, replicate):
    second = replicate()
    original.tube(walk=(0, 20))
    original.reviewed()
    second.reviewed(0, 10, names=("person",))
    tube_id = second.tube(walk=(0, 20))
    second.reviewed(0, 30, tube_id=tube_id, names=("walk",))
    (pair,) = ask()["pairs"]
    walk = by_label(pair["labels"])["walk"]
    assert (walk["units"], walk["both"], walk["kappa"]) == (30, 20, pytest.approx(1))


def test_labels_are_compared_by_name(ask, original, replicate, project):
    second = replicate()
    services.label_create(project=project, kind="action", name="hop")
    original = Side(project, original.video)
    original.tube(walk=(0, 20), hop=(0, 20))
    second.tube(walk=(0, 20))
    for side in (original, second):
        side.reviewed()
    (pair,) = ask()["pairs"]
    # The replica has no 'hop' to say, so it says nothing about it.
    assert by_label(pair["labels"]).keys() == {"walk"}


def test_rejected_and_proposed_work_says_nothing(ask, original, replicate):
    from labeling import revisions
    from labeling.models import TubeRow

    second = replicate()
    original.tube(walk=(0, 20))
    second.tube(walk=(0, 20))
    TubeRow.objects.filter(video=second.video).update(state="rejected")
    for side in (original, second):
        side.reviewed()
    assert revisions.annotations(second.video.id).tubes
    (pair,) = ask()["pairs"]
    assert (pair["first_tubes"], pair["second_tubes"], pair["matched"]) == (1, 0, 0)
    assert pair["mean_tube_iou"] is None


def test_three_raters_by_hand(ask, original, replicate):
    """Ten frames of one tube, 'walk' said by 3, by 2 of 3, and by none of them."""
    for side, walk in ((original, (0, 6)), (replicate("B"), (0, 6)), (replicate("C"), (0, 4))):
        side.tube(end=10, walk=walk)
        side.reviewed(0, 10)
    found = ask()
    assert len(found["pairs"]) == 3
    fleiss = by_label(found["fleiss"]["labels"])["walk"]
    # Four frames 3:0, two frames 2:1, four frames 0:3.
    observed = (4 * 1 + 2 * (1 / 3) + 4 * 1) / 10
    yes = (4 * 3 + 2 * 2) / 30
    chance = yes**2 + (1 - yes) ** 2
    assert fleiss["units"] == 10
    assert fleiss["kappa"] == pytest.approx((observed - chance) / (1 - chance))
    assert found["fleiss"]["kappa"] == pytest.approx(fleiss["kappa"])


def test_who_did_not_look_gives_no_rating(ask, original, replicate):
    third = replicate("C")
    for side in (original, replicate("B")):
        side.tube(end=10, walk=(0, 6))
        side.reviewed(0, 10)
    third.tube(end=10)
    third.reviewed(0, 10, names=("person",))
    (walk,) = ask()["fleiss"]["labels"]
    assert (walk["units"], walk["kappa"]) == (10, pytest.approx(1))


def test_gold_counts_for_who_did_the_work(ask, original, replicate, teammate, stranger, video):
    Video.objects.filter(pk=video.pk).update(is_gold=True)
    alone, together = replicate("B", teammate), replicate("C", teammate)
    original.tube(walk=(0, 20))
    original.reviewed()
    for side in (alone, together):
        side.tube(walk=(0, 20))
    together.author = stranger
    together.tube(x=300)
    for side in (alone, together):
        side.reviewed()
    found = ask()
    assert found["gold_videos"] == 1
    rows = {tuple(row["people"]): row for row in found["gold"]}
    assert rows.keys() == {("tariq",), ("sven", "tariq")}
    assert rows["tariq",]["kappa"] == pytest.approx(1)
    assert (rows["sven", "tariq"]["first_tubes"], rows["sven", "tariq"]["second_tubes"]) == (1, 2)
    assert rows["tariq",]["project_id"] == alone.project.id


def test_videos_that_are_not_gold_measure_nobody(ask, original, replicate):
    second = replicate("B", original.author)
    for side in (original, second):
        side.tube(walk=(0, 20))
        side.reviewed()
    assert ask()["gold"] == []


def test_new_work_is_seen_and_old_work_is_not_compared_again(ask, original, replicate, monkeypatch):
    from labeling.quality import agreement

    calls = []
    real = agreement.compare
    monkeypatch.setattr(agreement, "compare", lambda *a: calls.append(1) or real(*a))
    second = replicate()
    original.tube()
    original.reviewed()
    second.reviewed()
    assert ask()["pairs"][0]["matched"] == 0
    ask()
    assert len(calls) == 1
    second.tube()
    assert ask()["pairs"][0]["matched"] == 1
    assert len(calls) == 2


def test_nobody_has_two_tubes_in_one_group():
    matches = {
        (0, 1): [(0, 0, 0.9), (1, 1, 0.5)],
        (0, 2): [(0, 0, 0.8)],
        (1, 2): [(0, 1, 0.7), (1, 0, 0.3)],
    }
    assert sorted(groups(matches), key=str) == [{0: 0, 1: 0, 2: 0}, {0: 1, 1: 1}]
