"""A file's format is guessed from what is in it: by one format, and by the right one."""

import json
from fractions import Fraction

import pytest

from labeling.formats import archive
from labeling.formats.dataset import FileBox, FileSpan, FileTube, FileVideo
from labeling.formats.label_lists import Listed, listed_in
from labeling.formats.registry import FORMATS

FILES = {
    "kinetics/kinetics-400_val.csv": "kinetics",
    "kinetics/kinetics-700_test.csv": "kinetics",
    "kinetics/kinetics700_validate.sample2.json": "kinetics",
    "ucf101/trainlist01.txt": "ucf101",
    "ucf101/testlist03.txt": "ucf101",
    "ucf101": "ucf101",
    "ucf101_24/pyannot.pkl": "ucf101-24",
    "ucf101_24/pyannot_with_class_names.pkl": "ucf101-24",
    "ucf101_24/pyannot_test_split.json": "ucf101-24",
    "ucf101_24/finalAnnots.mat": "ucf101-24-mat",
    "activitynet/activity_net.v1-3.val.reconstructed.json": "activitynet",
    "activitynet/anet_anno_action.json": "activitynet",
    "activitynet/mmaction2_eval_localization_gt.json": "activitynet",
    "activitynet/sample_classification_prediction.json": "activitynet-results",
    "activitynet/sample_detection_prediction.json": "activitynet-results",
    "jhmdb/groundtruths_jhmdb.zip": "jhmdb",
    "thumos14/temporal_annotations_test": "thumos14",
    "thumos14/temporal_annotations_validation/CliffDiving_val.txt": "thumos14",
    "thumos14/evalkit/Run-1-det.txt": "thumos14-detections",
    "thumos14/evalkit": "thumos14-detections",
    "thumos14/test_Annotation.csv": "thumos14",
    "thumos14/thumos14_test_groundtruth.csv": "thumos14",
    "thumos14/thumos_gt.json": "activitynet",
}


@pytest.mark.parametrize("file", FILES)
def test_a_real_file_is_known_by_one_format(shared_data, file):
    with archive.opened(shared_data / file) as path:
        assert guessed(path) == [FILES[file]]


TUBE = FileTube((FileBox(0, (1, 1, 9, 9)),), 1, spans=(FileSpan("Diving", 0, 1),))
SEGMENT = FileSpan("Diving", Fraction(1), Fraction(2), 0.5)
WRITTEN = {
    "activitynet": FileVideo("v", segments=(SEGMENT,)),
    "activitynet-results": FileVideo("v", segments=(SEGMENT,)),
    "thumos14": FileVideo("v", segments=(SEGMENT,)),
    "thumos14-detections": FileVideo("v", segments=(SEGMENT,)),
    "ucf101-24": FileVideo("v", tubes=(TUBE,)),
    "ucf101-24-mat": FileVideo("v", tubes=(TUBE,)),
    "jhmdb": FileVideo("v", tubes=(TUBE,)),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_folder_of_an_export_is_known(tmp_path, name):
    FORMATS[name].write(tmp_path, [WRITTEN[name]], [])
    assert guessed(tmp_path) == [name]


@pytest.mark.parametrize("name, key", [
    ("activitynet", "database"), ("activitynet-results", "results"),
])  # fmt: skip
def test_what_stands_before_the_videos_does_not_matter(tmp_path, name, key):
    path = tmp_path / "a.json"
    taxonomy = [{"nodeName": f"node {number}", "nodeId": number} for number in range(300)]
    path.write_text(json.dumps({"version": "VERSION 1.3", "taxonomy": taxonomy, key: {"v": []}}))
    assert guessed(path) == [name]


LISTS = {
    "ucf101/classInd.txt": Listed.LABELS,
    "kinetics/label_map_400.txt": Listed.LABELS,
    "kinetics/label_map_600.txt": Listed.LABELS,
    "kinetics/label_map_k700.txt": Listed.LABELS,
    "activitynet/action_name.csv": Listed.LABELS,
    "ava/ava_action_list_v2.0.csv": Listed.LABELS,
    "ava/ava_action_list_v2.2.pbtxt": Listed.LABELS,
    "ava/slowfast_ava_classnames.json": Listed.LABELS,
    "thumos14/evalkit/det.txt": Listed.LABELS,
    "thumos14/test_durations.txt": Listed.DURATIONS,
    "thumos14/th14_val_durations.txt": Listed.DURATIONS,
    "thumos14/evalkit/Run-1-det.txt": None,
    "thumos14/evalkit/README.txt": None,
    "ava/ava_file_names_test_v2.1.txt": None,
    "ava/PROVENANCE.md": None,
    "ucf101/testlist01.txt": None,
    "ucf101_24/finalAnnots.mat": None,
}


@pytest.mark.parametrize("file", LISTS)
def test_lists_beside_annotations_are_known_for_what_they_are(shared_data, file):
    path = shared_data / file
    assert listed_in(path) is LISTS[file]
    assert LISTS[file] is None or guessed(path) == []


def guessed(path):
    return [name for name, f in FORMATS.items() if f.looks_like and f.looks_like(path)]
