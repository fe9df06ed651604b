"""AVA as written here, read by Datumaro: a reader that shares no line with ours."""

import shutil
import uuid

import datumaro
import pytest

from labeling.export import services
from labeling.export.options import ExportOptions
from labeling.models import Video
from tests.labeling.export.conftest import Annotator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def street(project, owner):
    """Two videos of one split and one of another: people with several actions, who come and go."""
    from labeling.domain.timebase import Timebase
    from labeling.models import Label

    project.labels.filter(kind="action").update(ava_id=None)
    for ava_id, name in enumerate(("walk", "run", "wave"), 1):
        Label.objects.filter(project=project, name=name).update(ava_id=ava_id)
    labels = {label.name: label.id for label in project.labels.all()}
    ticks = [0, *range(7, 7 * 300, 7)]
    for number, (name, split) in enumerate((("-a", "train"), ("b b", "train"), ("c", "val"))):
        video = Video(
            project=project, name=f"{name}.mp4", external_id=name, state="ready", split=split,
            sha256=f"{number}" * 64, width=320, height=180, start_s=900.0,
        )  # fmt: skip
        video.set_timebase(Timebase((1, 100), ticks, 2100))
        video.save()
        _people(Annotator(video, labels), number)
    return project


def _people(hand, number):
    for person in range(3):
        left = 20.0 * person + number
        tube_id = str(uuid.uuid4())
        box = [left, 10, left + 51.3, 90.7]
        keyframes = [
            {"frame": 0, "box": box},
            {"frame": 40 + person, "box": [v + 60 for v in box], "outside": person == 1},
            {"frame": 120, "box": [v + 90 for v in box]},
            {"frame": 200, "box": [v + 200 for v in box]},
        ]
        tube = {"id": tube_id, "label_id": hand.labels["person"], "keyframes": keyframes}
        hand.commit({"op": "tube_add", "tube": tube})
        hand.span(tube_id, "walk", 0, 201)
        hand.span(tube_id, "wave" if person else "run", 10 * person, 150)


def _layout(folder, exported):
    """As Datumaro wants it: annotations in a folder of that name, pictures in another."""
    notes = folder / "annotations"
    notes.mkdir(parents=True)
    (folder / "frames").mkdir()
    for split in ("train", "val"):
        shutil.copy(exported / f"ava_reviewed_{split}.csv", notes / f"ava_{split}_v2.2.csv")
    shutil.copy(exported / "action_list.pbtxt", notes / "ava_action_list_v2.2.pbtxt")
    return folder


def _expected(project):
    """Every box at every second by plain arithmetic: (split, video, second) → set of rows."""
    names = {label.id: label.name for label in project.labels.all()}
    expected = {}
    for video in project.videos.all():
        ticks = video.timebase().ticks
        for second in range(21):
            frame = int(abs(ticks - second * 100).argmin())
            for tube in video.tubes.all():
                box = tube.value().box_at(frame)
                if box is None or box.clipped(320, 180) is None:
                    continue
                norm = box.clipped(320, 180)
                corners = [norm.x1 / 320, norm.y1 / 180, norm.x2 / 320, norm.y2 / 180]
                for span in tube.spans.filter(start_frame__lte=frame, end_frame__gt=frame):
                    key = (video.split, video.external_id, f"{900 + second:04d}")
                    row = (names[span.label_id], tube.number, *(round(v, 3) for v in corners))
                    expected.setdefault(key, set()).add(row)
    return expected


def test_datumaro_reads_the_same_boxes_labels_and_tracks(street, tmp_path, monkeypatch):
    # It keeps two decimals of a number that it takes for pixels; these are fractions of three.
    monkeypatch.setattr("datumaro.components.annotation.COORDINATE_ROUNDING_DIGITS", 6)
    services.export_to_folder(
        project=street, format_name="ava", options=ExportOptions(), target=tmp_path / "out"
    )
    root = _layout(tmp_path / "ava", tmp_path / "out")
    read = datumaro.Dataset.import_from(str(root), "ava")
    names = [category.name for category in read.categories()[datumaro.AnnotationType.label]]
    assert names == ["no action", "walk", "run", "wave"]
    found = {}
    for item in read:
        video, second = item.id.split("/")
        rows = {
            (
                names[box.label], box.attributes["track_id"],
                *(round(v, 3) for v in (box.x, box.y, box.x + box.w, box.y + box.h)),
            )
            for box in item.annotations
        }  # fmt: skip
        assert len(rows) == len(item.annotations)
        found[item.subset, video, second] = rows
    expected = _expected(street)
    assert found == expected
    assert {split for split, _, _ in found} == {"train", "val"}
    assert sum(map(len, found.values())) > 150
