"""What an export is about: splits, labels, videos and time; and what it says it left out."""

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from labeling.export import services
from labeling.export.options import ExportOptions
from labeling.export.preview import export_preview
from labeling.formats.dataset import Format, Holds
from labeling.formats.registry import FORMATS
from labeling.models import Label, Revision, Video
from tests.labeling.export.conftest import Annotator
from tests.labeling.export.test_export import ROWS

pytestmark = pytest.mark.django_db


def export(folder, *args):
    out = StringIO()
    call_command("export", "Yard", str(folder), *args, stdout=out)
    manifest = json.loads((folder / "manifest.json").read_text())
    return out.getvalue(), manifest


def rows(folder, name="ava_reviewed.csv"):
    return (folder / name).read_text().splitlines()


@pytest.fixture
def second(annotated, project):
    """Another video, of another split, on which somebody runs."""
    video = Video(
        project=project, name="street.mp4", state="ready", split="val", sha256="5" * 64,
        width=640, height=360,
    )  # fmt: skip
    video.set_timebase(annotated.video.timebase())
    video.save()
    hand = Annotator(video, annotated.labels)
    hand.span(hand.tube(0, 20), "run", 0, 21)
    return hand


def test_splits_and_videos_are_chosen(second, tmp_path):
    _, manifest = export(tmp_path / "val", "--split", "val")
    assert {row.split(",")[0] for row in rows(tmp_path / "val")} == {"street"}
    assert [video["name"] for video in manifest["videos"]] == ["street.mp4"]
    assert {row["name"] for row in manifest["reviewed_by"]} == {"street.mp4"}
    assert manifest["splits"] == ["val"]
    export(tmp_path / "one", "--video", "yard.mp4")
    assert "".join(f"{row}\n" for row in rows(tmp_path / "one")) == ROWS
    export(tmp_path / "both", "--split", "val", "--split", "train")
    assert len(rows(tmp_path / "both")) == 13


def test_labels_are_chosen(second, tmp_path):
    _, manifest = export(tmp_path / "out", "--label", "run")
    assert {row.split(",")[6] for row in rows(tmp_path / "out")} == {"10"}
    assert len(rows(tmp_path / "out")) == 6 and manifest["labels"] == ["run"]


def test_labels_are_written_as_they_were(annotated, tmp_path):
    before = timezone.now()
    Revision.objects.update(created_at=before - timedelta(hours=1))
    annotated.span(annotated.tube(5, 15), "run", 5, 16)
    export(tmp_path / "now")
    _, manifest = export(tmp_path / "then", "--as-of", before.isoformat())
    assert "".join(f"{row}\n" for row in rows(tmp_path / "then")) == ROWS
    assert len(rows(tmp_path / "now")) == 11
    assert manifest["revision"] == 6 and manifest["as_of"] == before.isoformat()


def test_before_the_first_revision_there_is_nothing(annotated, tmp_path):
    _, manifest = export(tmp_path / "out", "--as-of", "2001-01-01T00:00Z")
    assert rows(tmp_path / "out") == [] and manifest["revision"] == 0
    assert len(rows(tmp_path / "out", "excluded_timestamps.csv")) == 10


def test_only_what_changed_since_is_written(annotated, tmp_path):
    """A moved box changes all that happens in it; a new action its own rows alone."""
    Revision.objects.update(created_at=timezone.now() - timedelta(hours=1))
    since = timezone.now().isoformat()
    walker, runner = sorted(annotated.now().tubes.values(), key=lambda tube: tube.number)
    annotated.span(walker.id, "run", 0, 5)
    annotated.commit(
        {"op": "keyframe_set", "tube_id": runner.id, "frame": 70, "box": [0, 0, 64, 36]}
    )
    export(tmp_path / "out", "--changed-since", since)
    assert rows(tmp_path / "out") == [
        "yard,0000,0.100,0.100,0.300,0.500,10,1",
        "yard,0006,0.500,0.100,0.700,0.500,10,2",
        "yard,0007,0.000,0.000,0.100,0.100,10,2",
        "yard,0008,0.500,0.100,0.700,0.500,10,2",
    ]


def test_labels_that_were_deleted_since_are_counted(annotated, project, tmp_path):
    before = timezone.now()
    (gone,) = [
        s.id for s in annotated.now().spans.values() if s.label_id == annotated.labels["run"]
    ]
    Revision.objects.update(created_at=before - timedelta(hours=1))
    annotated.commit({"op": "span_remove", "span_id": gone})
    Label.objects.filter(project=project, name="run").delete()
    _, manifest = export(tmp_path / "out", "--as-of", before.isoformat())
    assert manifest["lost"]["labels deleted since"] == 1
    assert len(rows(tmp_path / "out")) == 7


def test_what_ava_has_no_place_for_is_said(annotated, tmp_path):
    annotated.tube(0, 20)
    annotated.span(annotated.tube(41, 44), "walk", 42, 45)
    annotated.span(annotated.tube(0, 1, box=[700, 0, 800, 100]), "walk", 0, 2)
    annotated.commit(
        {"op": "span_add", "span": {
            "id": str(uuid.uuid4()), "tube_id": None, "label_id": annotated.labels["crowded"],
            "start_frame": 0, "end_frame": 50,
        }}
    )  # fmt: skip
    said, manifest = export(tmp_path / "out")
    assert manifest["lost"] == {
        "actions between timestamps": 2, "boxes outside the picture": 1, "boxes without action": 3,
        "keyframes": 4, "segments": 1,
    }  # fmt: skip
    assert "note: ava has no place for boxes without action: 3" in said


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--label", "fly"], "no label 'fly'. Labels of the project: "),
        (["--video", "x.mp4"], "--video 'x.mp4': no videos"),
        (["--as-of", "yesterday"], "no date and time, such as"),
        (["--as-of", "2025-01-01", "--changed-since", "2025-01-02"], "has to lie before"),
    ],
)
def test_a_wrong_filter_is_said(annotated, tmp_path, args, words):
    with pytest.raises(CommandError, match=words):
        export(tmp_path / "out", *args)
    assert list(tmp_path.iterdir()) == []


FILTERS = [
    {}, {"state": "proposed"}, {"state": "all"}, {"splits": ["val"]}, {"label_ids": ["run"]},
    {"label_ids": ["person"]}, {"state": "all", "label_ids": ["wave", "crowded"]},
]  # fmt: skip


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("then", [False, True])
def test_the_preview_counts_what_is_written(second, project, tmp_path, monkeypatch, filters, then):
    """By the database and, for videos changed since, from the log: both as the files have it."""
    _propose(second)
    if "label_ids" in filters:
        ids = [second.labels[name] for name in filters["label_ids"]]
        filters = filters | {"label_ids": ids}
    moment = timezone.now()
    if then:
        Revision.objects.update(created_at=moment - timedelta(hours=1))
        _propose(second)
        filters = filters | {"as_of": moment.isoformat()}
    written = []
    counting = Format(
        "counting", "Counting", holds=frozenset({Holds.TUBES, Holds.SEGMENTS}),
        write=lambda folder, videos, labels: written.extend(videos) or {},
    )  # fmt: skip
    monkeypatch.setitem(FORMATS, "counting", counting)
    options = ExportOptions.of(filters)
    found = export_preview(project=project, format_=counting, options=options)
    done = services.export_to_folder(
        project=project, format_name="counting", options=options, target=tmp_path / "out"
    )
    counts = done.manifest["counts"]
    assert found["lost"] == done.manifest["lost"]
    assert (found["videos"], found["tubes"]) == (counts["videos"], counts["tubes"])
    assert found["segments"] == sum(len(video.segments) for video in written)
    assert found["reviewed_s"] == (0 if "splits" in filters else 7)


def _propose(hand):
    run = {"origin": "run", "run_id": str(uuid.uuid4())}
    tube_id = str(uuid.uuid4())
    keyframes = [
        {"frame": 50, "box": [0, 0, 9, 9], "occluded": True},
        {"frame": 60, "box": [0, 0, 9, 9]},
    ]
    tube = {"id": tube_id, "label_id": hand.labels["person"], "score": 0.5, "keyframes": keyframes}
    hand.commit({"op": "tube_add", "tube": tube}, **run)
    hand.span(tube_id, "wave", 50, 55, **run)
    hand.commit(
        {"op": "span_add", "span": {
            "id": str(uuid.uuid4()), "tube_id": None, "label_id": hand.labels["crowded"],
            "start_frame": 0, "end_frame": 50, "score": 0.25,
        }}, **run,
    )  # fmt: skip
