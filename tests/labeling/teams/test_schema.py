"""Changes of the label schema, as a manager makes them over the API."""

import pytest

from labeling import revisions, schema
from labeling.domain.errors import Conflict, InvalidInput
from labeling.models import Label, Revision, SchemaChange
from labeling.snapshots import freeze

pytestmark = pytest.mark.django_db

TUBE = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def actions(project):
    for name in ("jog", "fall"):
        Label.objects.create(project=project, kind="action", name=name)
    return {label.name: label for label in project.labels.filter(kind="action")}


@pytest.fixture
def reviewed(video, labels, actions, owner):
    """A tube with "jog" marked, looked at for run and jog alone."""
    box = {"frame": 0, "box": [1, 1, 9, 9]}
    commit(video, owner, [
        {"op": "tube_add", "tube": {
            "id": TUBE, "label_id": labels["person"],
            "keyframes": [box, {**box, "frame": 9}],
        }},
        {"op": "span_add", "span": {
            "id": TUBE, "tube_id": TUBE, "label_id": actions["jog"].id,
            "start_frame": 0, "end_frame": 4,
        }},
        {"op": "coverage_add", "coverage": {
            "id": TUBE, "tube_id": TUBE, "start_frame": 0, "end_frame": 9,
            "label_ids": [actions["run"].id, actions["jog"].id],
        }},
    ])  # fmt: skip
    return video


def commit(video, owner, operations):
    return revisions.commit(
        video_id=video.id, operations=operations, origin="hand", author_id=owner.pk
    )


def post(client, project, **sent):
    return client.post(f"/api/projects/{project.id}/schema-changes", sent, format="json")


def test_a_merge_moves_what_was_said_and_retires_the_label(
    as_user, owner, project, actions, reviewed
):
    run, jog = actions["run"], actions["jog"]
    answer = post(as_user(owner), project, operation="merge", label_id=run.id, others=[jog.id])
    assert answer.status_code == 201, answer.json()
    assert answer.json()["detail"]["into"]["name"] == "run"
    found = revisions.annotations(reviewed.id)
    assert [(s.label_id, s.start_frame, s.end_frame) for s in found.spans.values()] == [
        (run.id, 0, 4)
    ]
    assert [c.label_ids for c in found.coverage.values()] == [(run.id,)]
    jog.refresh_from_db()
    assert jog.retired_at is not None
    project.refresh_from_db()
    assert project.schema_version == answer.json()["version"]
    entry = Revision.objects.get(number=answer.json()["revision"])
    assert entry.origin == "schema" and entry.author_id == owner.pk


def test_taking_a_merge_back_brings_the_labels_back_too(as_user, owner, project, actions, reviewed):
    made = post(
        as_user(owner), project, operation="merge",
        label_id=actions["run"].id, others=[actions["jog"].id],
    ).json()  # fmt: skip
    revisions.revision_undo(project_id=project.id, number=made["revision"])
    found = revisions.annotations(reviewed.id)
    assert [s.label_id for s in found.spans.values()] == [actions["jog"].id]
    restored = post(as_user(owner), project, operation="restore", label_id=actions["jog"].id)
    assert restored.status_code == 201
    assert Label.objects.get(pk=actions["jog"].pk).retired_at is None


def test_a_split_makes_its_parts_and_asks_only_where_the_whole_was(
    as_user, owner, project, actions, reviewed
):
    jog = actions["jog"]
    answer = post(
        as_user(owner), project, operation="split", label_id=jog.id,
        others=[actions["run"].id, "jog in place"],
    )  # fmt: skip
    assert answer.status_code == 201, answer.json()
    part = Label.objects.get(name="jog in place")
    found = revisions.annotations(reviewed.id)
    covered = [
        (c.start_frame, c.end_frame) for c in found.coverage.values() if part.id in c.label_ids
    ]
    assert covered == [(4, 9)]
    assert [s.label_id for s in found.spans.values()] == [jog.id]


def test_a_refused_split_makes_no_label(as_user, owner, project, actions):
    answer = post(
        as_user(owner), project, operation="split", label_id=actions["jog"].id, others=["skip"]
    )
    assert answer.status_code == 400
    assert "two labels or more" in answer.json()["message"]
    assert not Label.objects.filter(name="skip").exists()


@pytest.mark.parametrize("field", ["kind", "project"])
def test_labels_of_one_kind_and_project_alone(project, labels, actions, field):
    other = Label.objects.get(pk=labels["person"])
    if field == "project":
        from labeling.teams.services import project_create

        elsewhere = project_create(name="Elsewhere")
        other = Label.objects.create(project=elsewhere, kind="action", name="run")
    with pytest.raises(InvalidInput):
        schema.labels_merge(target=actions["run"], sources=[other])
    with pytest.raises(InvalidInput):
        schema.labels_merge(target=actions["run"], sources=[actions["run"]])


def test_a_retired_label_is_not_merged_again(actions):
    schema.label_retire(label=actions["jog"])
    with pytest.raises(Conflict):
        schema.labels_merge(target=actions["run"], sources=[actions["jog"]])
    with pytest.raises(Conflict):
        schema.label_retire(label=actions["jog"])


def test_the_last_object_stays(as_user, owner, project, labels):
    client = as_user(owner)
    answer = post(client, project, operation="retire", label_id=labels["person"])
    assert answer.status_code == 409
    assert "only object" in answer.json()["message"]
    Label.objects.create(project=project, kind="object", name="dog")
    assert post(client, project, operation="retire", label_id=labels["person"]).status_code == 201


def test_every_change_has_a_version_of_its_own(as_user, owner, project, actions):
    client = as_user(owner)
    before = client.get(f"/api/projects/{project.id}/schema-changes").json()["version"]
    made = client.post(
        f"/api/projects/{project.id}/labels", {"kind": "action", "name": "hop"},
        format="json",
    ).json()  # fmt: skip
    client.patch(f"/api/labels/{made['id']}", {"name": "leap"}, format="json")
    client.patch(f"/api/labels/{made['id']}", {"color": "#ff0000"}, format="json")
    post(client, project, operation="retire", label_id=made["id"])
    shown = client.get(f"/api/projects/{project.id}/schema-changes").json()
    assert [c["operation"] for c in shown["changes"][:3]] == ["retire", "rename", "add"]
    assert [c["version"] for c in shown["changes"][:3]] == [before + 3, before + 2, before + 1]
    assert shown["changes"][1]["detail"]["before"] == "hop"
    assert shown["changes"][0]["author"] == owner.username


def test_an_old_snapshot_says_what_was_said_then(project, actions, reviewed):
    first = freeze(project)
    schema.labels_merge(target=actions["run"], sources=[actions["jog"]])
    project.refresh_from_db()
    again = freeze(project, first.revision)
    (span,) = again.content["videos"][0]["spans"]
    assert span["label_id"] == actions["jog"].id
    (now,) = freeze(project).content["videos"][0]["spans"]
    assert now["label_id"] == actions["run"].id


def test_an_unused_label_is_deleted_and_the_log_says_so(as_user, owner, project, actions):
    assert as_user(owner).delete(f"/api/labels/{actions['fall'].id}").status_code == 204
    change = SchemaChange.objects.filter(project=project).first()
    assert change.detail["deleted"] and change.detail["label"]["name"] == "fall"


def test_what_was_looked_for_and_deleted_stands_in_nobodys_way(
    as_user, owner, project, actions, reviewed
):
    """Coverage names it still: a merge of others, an edit and taking it back go through."""
    fall = actions["fall"]
    looked = {
        "id": TUBE.replace("1", "2"), "tube_id": TUBE, "start_frame": 0, "end_frame": 9,
        "label_ids": [fall.id, actions["run"].id],
    }  # fmt: skip
    commit(reviewed, owner, [{"op": "coverage_add", "coverage": looked}])
    assert as_user(owner).delete(f"/api/labels/{fall.id}").status_code == 204
    answer = post(
        as_user(owner), project, operation="merge",
        label_id=actions["run"].id, others=[actions["jog"].id],
    )  # fmt: skip
    assert answer.status_code == 201, answer.json()
    trim = {"op": "tube_trim", "tube_id": TUBE, "start_frame": 0, "end_frame": 7}
    commit(reviewed, owner, [trim])
    remove = {"op": "coverage_remove", "coverage_id": looked["id"]}
    taken = commit(reviewed, owner, [remove])
    revisions.revision_undo(project_id=project.id, number=taken.revision)
    assert fall.id in revisions.annotations(reviewed.id).coverage[looked["id"]].label_ids
    wrong = {**looked, "id": TUBE.replace("1", "3"), "label_ids": [10**6]}
    with pytest.raises(InvalidInput, match="are not in this project"):
        commit(reviewed, owner, [{"op": "coverage_add", "coverage": wrong}])
