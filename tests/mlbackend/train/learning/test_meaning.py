"""Models of different schemas are compared on labels that mean the same to both, on no others."""

from typing import Any

import pytest

from labeling import schema
from labeling.models import Label
from labeling.teams.services import label_change, label_create
from mlbackend.models import ModelVersion
from mlbackend.train.learning.meaning import changed_labels
from tests.mlbackend.annotating import commit, uid
from tests.mlbackend.train.conftest import Reviewed
from tests.mlbackend.train.learning.conftest import finished

pytestmark = pytest.mark.django_db


def label(reviewed: Reviewed, name: str) -> Label:
    """A label of the project."""
    return Label.objects.get(project=reviewed.project, name=name)


def compared(done: Any) -> set[str]:
    """Names of the labels the champion was measured on."""
    champion = done.metrics["champion"]
    return {row["name"] for row in champion["per_class"]} if champion else set()


def two_rounds(measured: Reviewed, change: Any) -> Any:
    """The second of two rounds, with a change of the schema in between."""
    measured.review(40)
    assert finished(measured.project).decision == "promoted"
    change()
    return finished(measured.project)


def test_a_new_name_changes_no_meaning(measured: Reviewed) -> None:
    done = two_rounds(
        measured, lambda: label_change(label=label(measured, "run"), changes={"name": "sprint"})
    )
    assert compared(done) == {"walk", "sprint", "wave"}
    assert done.decision == "promoted"


def test_an_added_label_is_not_compared_on(measured: Reviewed) -> None:
    done = two_rounds(
        measured, lambda: label_create(project=measured.project, kind="action", name="jump")
    )
    assert compared(done) == {"walk", "run", "wave"}


def test_a_merged_label_is_not_compared_on(measured: Reviewed) -> None:
    done = two_rounds(
        measured,
        lambda: schema.labels_merge(
            target=label(measured, "run"), sources=[label(measured, "wave")]
        ),
    )
    assert compared(done) == {"walk"}
    names = {row["name"] for row in done.metrics["candidate"]["per_class"]}
    assert names == {"walk", "run"}


def test_a_split_label_and_its_parts_are_not_compared_on(measured: Reviewed) -> None:
    def split() -> None:
        parts = [
            label_create(project=measured.project, kind="action", name=name)
            for name in ("sprint", "jog")
        ]
        schema.label_split(whole=label(measured, "run"), parts=parts)

    assert compared(two_rounds(measured, split)) == {"walk", "wave"}


def test_a_retired_label_is_out_and_a_restored_one_is_in(measured: Reviewed) -> None:
    retired = label(measured, "wave")
    done = two_rounds(measured, lambda: schema.label_retire(label=retired))
    assert compared(done) == {"walk", "run"}
    schema.label_restore(label=label(measured, "wave"))
    assert "wave" not in compared(finished(measured.project))
    assert "wave" in compared(finished(measured.project))


def test_with_nothing_shared_nothing_is_promoted(measured: Reviewed) -> None:
    def leave_none() -> None:
        # Where wave was looked for too, the merged label is absent where neither was.
        wave, video = measured.labels["wave"], measured.video
        commit(video, [_covered(tube_id, wave) for tube_id in measured.done])
        schema.labels_merge(target=label(measured, "run"), sources=[label(measured, "wave")])
        schema.label_retire(label=label(measured, "walk"))

    champion = ModelVersion.objects.filter(status="champion")
    done = two_rounds(measured, leave_none)
    assert (done.decision, done.metrics["champion"]) == ("undecided", None)
    assert "share no action to be compared on (the meaning of run changed)" in done.reason
    assert champion.get() != done.model


def _covered(tube_id: str, label_id: int) -> dict[str, Any]:
    """Somebody looked for this label on all of the tube."""
    place = {"id": uid(tube_id, label_id), "tube_id": tube_id, "start_frame": 0, "end_frame": 24}
    return {"op": "coverage_add", "coverage": {**place, "label_ids": [label_id]}}


def test_only_changes_between_the_two_versions_count(measured: Reviewed) -> None:
    project = measured.project
    schema.labels_merge(target=label(measured, "run"), sources=[label(measured, "wave")])
    project.refresh_from_db()
    version, ids = project.schema_version, {measured.labels["run"], measured.labels["wave"]}
    assert changed_labels(project.id, None) == ids
    assert changed_labels(project.id, version) == frozenset()
    assert changed_labels(project.id, version - 1, version) == ids
    assert changed_labels(project.id, version, version - 1) == ids
    assert changed_labels(project.id, 0, version - 1) == frozenset()
