"""Cases that one model wins and the other loses, worked out by hand and over HTTP."""

import json
from typing import Any

import numpy as np
import pytest

from labeling import schema
from labeling.models import Video
from labeling.teams.services import label_change
from mlbackend.data.feature_cache import FeatureCache
from mlbackend.models import Round
from mlbackend.train.dataset import Rows
from mlbackend.train.learning.diff import Said, cases
from tests.mlbackend.train.conftest import Reviewed
from tests.mlbackend.train.learning.conftest import finished


def test_a_tube_and_an_action_are_one_case_shown_where_the_models_differ_most() -> None:
    rows = Rows(
        np.zeros((4, 1)),
        np.array([[1, 0], [1, 0], [1, -1], [0, 0]], dtype=np.int8),
        np.array(["a", "a", "a", "b"]),
        np.array(["v"] * 4),
        np.zeros((4, 2), dtype=np.int64),
    )
    new = Said(
        np.array([[0.6, 0.1], [0.9, 0.1], [0.2, 0.9], [0.1, 0.8]]),
        np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool),
    )
    old = Said(
        np.array([[0.4, 0.1], [0.1, 0.1], [0.7, 0.1], [0.1, 0.4]]),
        np.array([[0, 0], [0, 0], [1, 0], [0, 0]], dtype=bool),
    )
    found = [(c.row, c.column, c.won) for c in cases(rows, rows.Y, new, old)]
    # Row 1 tells more than row 0 of the same tube; nobody was asked about row 2's second action.
    assert found == [(1, 0, True), (2, 0, False), (3, 1, False)]


@pytest.fixture
def two(measured: Reviewed) -> tuple[Round, Round]:
    """A round and a worse one after it."""
    measured.review(20)
    first = finished(measured.project)
    measured.review(20, wrong=True)
    return first, finished(measured.project)


def get(client: Any, new: Round, against: Round | None = None) -> dict[str, Any]:
    """The answer about two rounds."""
    query = f"?against={against.id}" if against else ""
    answer = client.get(f"/api/rounds/{new.id}/diff{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.django_db
def test_what_a_worse_model_lost_is_shown_with_its_frame_and_box(
    as_user: Any, teammate: Any, measured: Reviewed, two: tuple[Round, Round]
) -> None:
    first, second = two
    client = as_user(teammate)
    found = get(client, second)
    assert found["against"] == {"id": str(first.id), "number": 1, "name": "round 1"}
    assert (found["shared"], found["not_shared"]) == (["walk", "run", "wave"], [])
    lost = {row["name"]: row["lost"] for row in found["per_class"]}
    assert lost["run"] + lost["walk"] == len(found["lost"]) > 0
    case = found["lost"][0]
    video = client.get(f"/api/videos/{case['video_id']}").json()
    tubes = client.get(f"/api/videos/{case['video_id']}/annotations").json()["tubes"]
    tube = next(t for t in tubes if t["id"] == case["tube_id"])
    assert (case["video"], case["tube"]) == (video["name"], tube["number"])
    x1, y1, x2, y2 = tube["keyframes"][0]["box"]
    assert case["box_norm"] == pytest.approx([x1 / 640, y1 / 360, x2 / 640, y2 / 360], abs=1e-4)
    assert tube["keyframes"][0]["frame"] <= case["frame"] <= tube["keyframes"][-1]["frame"]
    assert case["time_s"] == pytest.approx(case["frame"] / 10)


@pytest.mark.django_db
def test_seen_from_the_other_side_won_and_lost_change_places(
    as_user: Any, teammate: Any, two: tuple[Round, Round]
) -> None:
    first, second = two
    client = as_user(teammate)
    ours, theirs = get(client, second, first), get(client, first, second)

    def told(cases_: list[dict]) -> list[tuple]:
        return sorted((c["tube_id"], c["label"], c["frame"]) for c in cases_)

    assert told(ours["won"]) == told(theirs["lost"])
    assert told(ours["lost"]) == told(theirs["won"])
    assert ours["windows"] == theirs["windows"] == second.metrics["candidate"]["n"]


@pytest.mark.django_db
def test_what_the_round_kept_is_what_is_worked_out_again(
    as_user: Any, teammate: Any, two: tuple[Round, Round]
) -> None:
    first, second = two
    client = as_user(teammate)
    kept = get(client, second, first)
    path = second.model.file_path.parent / f"diff/{first.model.id}.json"
    path.unlink()
    assert get(client, second, first) == kept
    assert json.loads(path.read_text())["won"] == kept["won"]


@pytest.mark.django_db
def test_labels_are_called_what_they_are_called_now_and_retired_ones_are_out(
    as_user: Any, teammate: Any, measured: Reviewed, two: tuple[Round, Round]
) -> None:
    labels = {label.name: label for label in measured.project.labels.all()}
    label_change(label=labels["run"], changes={"name": "sprint"})
    schema.label_retire(label=labels["walk"])
    found = get(as_user(teammate), two[1])
    assert (found["shared"], found["not_shared"]) == (["sprint", "wave"], ["walk"])
    assert {row["name"] for row in found["per_class"]} == {"sprint", "wave"}
    assert {case["label"] for case in (*found["won"], *found["lost"])} == {"sprint"}


@pytest.mark.django_db
def test_without_kept_features_it_decodes_nothing_and_says_so(
    as_user: Any, teammate: Any, two: tuple[Round, Round], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    (second.model.file_path.parent / f"diff/{first.model.id}.json").unlink()
    monkeypatch.setattr(FeatureCache, "read", lambda *_: {})
    found = get(as_user(teammate), second, first)
    assert (found["won"], found["lost"], found["windows"]) == ([], [], 0)
    assert "Nothing could be compared" in found["note"]
    assert not list((second.model.file_path.parent / "diff").glob("*.json"))


@pytest.mark.django_db
def test_a_model_that_learned_from_the_hold_out_is_named(
    as_user: Any, teammate: Any, reviewed: Reviewed, second_video: Reviewed
) -> None:
    reviewed.review(40, wrong=True)
    first = finished(reviewed.project)
    Video.objects.filter(pk=reviewed.video.pk).update(split="hold-out")
    second_video.review(40)
    second = finished(reviewed.project)
    found = get(as_user(teammate), second, first)
    assert found["won"] or found["lost"]
    assert "Round 1 had learned from" in found["note"]
    assert "Round 2" not in found["note"]


@pytest.mark.django_db
def test_the_first_model_has_none_before_it(
    as_user: Any, teammate: Any, two: tuple[Round, Round], measured: Reviewed
) -> None:
    client = as_user(teammate)
    found = get(client, two[0])
    assert found["against"] is None and "No model was in use before it" in found["note"]
    answer = client.get(f"/api/rounds/{two[1].id}/diff?against={measured.video.id}")
    assert answer.status_code == 404
    assert client.get(f"/api/rounds/{two[1].id}/diff?against=x").status_code == 400


@pytest.mark.django_db
def test_a_round_without_a_model_has_nothing_to_compare(
    as_user: Any, teammate: Any, two: tuple[Round, Round]
) -> None:
    failed = Round.objects.create(project_id=two[0].project_id, number=9, state="failed")
    client = as_user(teammate)
    for path in (f"{failed.id}/diff", f"{two[0].id}/diff?against={failed.id}"):
        answer = client.get(f"/api/rounds/{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "no_model")
