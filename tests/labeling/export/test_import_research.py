"""Real files of research data sets onto a video of the project that has one of their names."""

import numpy as np
import pytest

from labeling.domain.timebase import Timebase
from labeling.export.import_source import ImportFiles
from labeling.export.imports import labels_import, options_of
from labeling.models import Label, SpanRow, TubeRow, Video

pytestmark = pytest.mark.django_db

# file: name of a video here, its seconds, and how many tubes, and spans of what label it gets
REAL = {
    "kinetics/kinetics-400_val.csv":
        ("0wR5jVB-WPk_000417_000427.mp4", 10, 0, {"abseiling": (0, 250)}),
    "kinetics/kinetics700_validate.sample2.json":
        ("---QUuC4vJs.mp4", 10, 0, {"testifying": (0, 250)}),
    "ucf101/trainlist01.txt":
        ("v_HandStandPushups_g08_c01.avi", 4, 0, {"HandstandPushups": (0, 100)}),
    "ucf101_24/pyannot_test_split.json":
        ("v_Basketball_g01_c01.avi", 5.64, 1, {"Basketball": (8, 52)}),
    "ucf101_24/finalAnnots.mat": ("v_Basketball_g01_c01.avi", 5.64, 1, {"Basketball": (8, 52)}),
    "jhmdb/groundtruths_jhmdb.zip":
        ("April_09_brush_hair_u_nm_np1_ba_goo_0.avi", 1.6, 1, {"brush_hair": (0, 40)}),
    "activitynet/anet_anno_action.json":
        ("v_QOlSCBRmfWY.mp4", 82.8, 0, {"Ballet": (155, 1944)}),
    "thumos14/temporal_annotations_test/Diving_test.txt":
        ("video_test_0000131.mp4", 300, 0, {"Diving": (483, 575)}),
}  # fmt: skip


@pytest.fixture
def video_of(project):
    def make(name, seconds):
        frames = round(seconds * 25)
        video = Video(
            project=project, name=name, state="ready", sha256="1" * 64, width=320, height=240
        )
        video.set_timebase(Timebase((1, 25), np.arange(frames), frames))
        video.save()
        return video

    return make


@pytest.mark.parametrize("file", REAL)
def test_a_real_file_is_imported(project, video_of, shared_data, file):
    name, seconds, tubes, spans = REAL[file]
    video = video_of(name, seconds)
    files = ImportFiles(shared_data / file, file.rpartition("/")[2])
    report = labels_import(
        project=project, files=files, options=options_of({"mode": "merge", "format": "auto"})
    )
    assert report["error_count"] == 0, report["errors"]
    assert report["revision"] is not None
    names = dict(Label.objects.values_list("id", "name"))
    found = {
        names[span.label_id]: (span.start_frame, span.end_frame)
        for span in SpanRow.objects.filter(video=video).order_by("-start_frame")
    }
    assert TubeRow.objects.filter(video=video).count() == tubes
    assert found == spans
