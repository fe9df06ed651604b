import hashlib
import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from labeling.export import archive
from labeling.models import Project, Video

pytestmark = pytest.mark.django_db

ROWS = """\
yard,0000,0.100,0.100,0.300,0.500,14,1
yard,0001,0.100,0.100,0.300,0.500,14,1
yard,0002,0.100,0.100,0.300,0.500,14,1
yard,0003,0.100,0.100,0.300,0.500,14,1
yard,0003,0.100,0.100,0.300,0.500,69,1
yard,0004,0.100,0.100,0.300,0.500,14,1
yard,0005,0.100,0.100,0.300,0.500,14,1
yard,0006,0.500,0.100,0.700,0.500,10,2
yard,0007,0.500,0.100,0.700,0.500,10,2
yard,0008,0.500,0.100,0.700,0.500,10,2
"""


def export(folder, *args, name="Yard"):
    out = StringIO()
    call_command("export", name, str(folder), *args, stdout=out)
    return out.getvalue()


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_was_reviewed_is_written(annotated, tmp_path):
    out = export(tmp_path / "out")
    assert "10 rows on 9 boxes, 3 timestamps excluded" in out
    files = bytes_of(tmp_path / "out")
    assert files["ava_reviewed.csv"].decode() == ROWS
    assert files["excluded_timestamps.csv"] == b"yard,0007\nyard,0008\nyard,0009\n"
    assert files["proposals.csv"] == files["proposed_boxes.csv"] == b""
    assert files["action_list.pbtxt"].decode().startswith('label {\n  name: "run"\n  label_id: 10')


def test_the_manifest_says_what_it_was_made_from(annotated, tmp_path, project):
    export(tmp_path / "out")
    files = bytes_of(tmp_path / "out")
    manifest = json.loads(files.pop("manifest.json"))
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert len(manifest["snapshot_hash"]) == 64
    assert manifest["counts"]["rows"] == 10
    (reviewed,) = manifest["reviewed_by"]
    assert (reviewed["origin"], reviewed["revisions"]) == ("hand", 6)
    assert manifest["videos"][0]["key"] == "yard"
    project.refresh_from_db()
    assert manifest["revision"] == project.revision


def test_the_same_labels_give_the_same_bytes(annotated, tmp_path):
    for name in ("one", "two"):
        export(tmp_path / name)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_proposals_have_scores_and_a_run(annotated, tmp_path):
    run_id = str(uuid.uuid4())
    tube_id = str(uuid.uuid4())
    keyframe = {"frame": 90, "box": [0, 0, 64, 36]}
    label = annotated.labels
    annotated.commit(
        {"op": "tube_add", "tube": {"id": tube_id, "label_id": label["person"], "score": 0.5,
                                    "keyframes": [keyframe]}},
        {"op": "span_add", "span": {"id": str(uuid.uuid4()), "tube_id": tube_id, "score": 0.875,
                                    "label_id": label["wave"], "start_frame": 90,
                                    "end_frame": 91}},
        origin="run", run_id=run_id,
    )  # fmt: skip
    export(tmp_path / "out")
    files = bytes_of(tmp_path / "out")
    assert files["ava_reviewed.csv"].decode() == ROWS
    assert files["proposals.csv"] == b"yard,0009,0.000,0.000,0.100,0.100,69,0.875000\n"
    assert files["proposed_boxes.csv"] == b"yard,0009,0.000,0.000,0.100,0.100,,0.500000\n"
    manifest = json.loads(files["manifest.json"])
    assert manifest["proposed_by"] == [{"run_id": run_id, "note": "", "spans": 1, "tubes": 1}]
    export(tmp_path / "all", "--state", "all")
    written = bytes_of(tmp_path / "all")["ava_all.csv"].decode()
    assert written == ROWS + "yard,0009,0.000,0.000,0.100,0.100,69,3\n"


def test_other_rates_have_microseconds_and_more_decimals_can_be_had(annotated, tmp_path):
    export(tmp_path / "out", "--rate", "2", "--decimals", "6")
    lines = bytes_of(tmp_path / "out")["ava_reviewed.csv"].decode().splitlines()
    assert lines[1] == "yard,0.500000,0.100000,0.100000,0.300000,0.500000,14,1"
    assert len(lines) == 18


def test_splits_have_files_of_their_own(annotated, copy, project, tmp_path):
    Video.objects.filter(pk=copy.pk).update(project=project, split="hold-out", external_id="c")
    export(tmp_path / "out")
    files = bytes_of(tmp_path / "out")
    assert files["ava_reviewed_train.csv"].decode() == ROWS
    assert files["ava_reviewed_hold-out.csv"] == b""
    assert files["videos.txt"] == b"c\nyard\n" and files["videos_hold-out.txt"] == b"c\n"
    excluded = files["excluded_timestamps.csv"].decode().splitlines(keepends=True)
    assert files["excluded_timestamps_hold-out.csv"].decode() == "".join(excluded[:10])
    assert files["excluded_timestamps_train.csv"].decode() == "".join(excluded[10:])


@pytest.mark.parametrize("blind", [True, False])
def test_a_proposal_that_nobody_sees_leaves_no_timestamp_out(annotated, project, tmp_path, blind):
    run = str(uuid.uuid4())
    person = annotated.tube(10, 30, origin="run", run_id=run)
    annotated.span(person, "walk", 10, 31, origin="run", run_id=run)
    Video.objects.filter(pk=annotated.video.pk).update(split="hold-out")
    Project.objects.filter(pk=project.pk).update(settings={"hold_out_blind": blind})
    export(tmp_path / "out")
    files = bytes_of(tmp_path / "out")
    hidden = b"" if blind else b"yard,0001\nyard,0002\nyard,0003\n"
    assert files["excluded_timestamps.csv"] == hidden + b"yard,0007\nyard,0008\nyard,0009\n"
    assert files["ava_reviewed.csv"].decode() == ROWS


def test_an_earlier_export_is_replaced_and_other_files_stay(annotated, tmp_path):
    folder = tmp_path / "out"
    export(folder)
    (folder / "notes.txt").write_text("mine")
    export(folder, "--state", "all")
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "action_list.pbtxt", "ava_all.csv", "manifest.json", "notes.txt", "proposals.csv",
        "proposed_boxes.csv", "videos.txt",
    ]  # fmt: skip


def test_a_failed_export_leaves_nothing(annotated, tmp_path, monkeypatch):
    folder = tmp_path / "deep" / "out"

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "move_into", fail)
    with pytest.raises(CommandError, match="No space left"):
        export(folder)
    assert list((tmp_path / "deep").iterdir()) == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--rate", "0"], "above 0"),
        (["--rate", "x"], "cannot be made as asked"),
        (["--decimals", "2"], "3 to 9 decimals"),
    ],
)
def test_what_cannot_be_made_is_said(annotated, tmp_path, args, words):
    with pytest.raises(CommandError, match=words):
        export(tmp_path / "out", *args)
    assert not (tmp_path / "out").exists()


def test_an_unknown_project_is_said(annotated, tmp_path):
    with pytest.raises(CommandError, match="no project 'Elsewhere'. Projects here: Yard"):
        export(tmp_path / "out", name="Elsewhere")
