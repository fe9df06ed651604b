"""A file's format is guessed from what is in it: by one format, and by the right one."""

import pytest

from labeling.formats import archive
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
    "ucf101_24/finalAnnots.mat": "ucf101-24",
    "activitynet/activity_net.v1-3.val.reconstructed.json": "activitynet",
    "activitynet/anet_anno_action.json": "activitynet",
    "activitynet/mmaction2_eval_localization_gt.json": "activitynet",
    "activitynet/sample_classification_prediction.json": "activitynet",
    "activitynet/sample_detection_prediction.json": "activitynet",
    "jhmdb/groundtruths_jhmdb.zip": "jhmdb",
    "thumos14/temporal_annotations_test": "thumos14",
    "thumos14/temporal_annotations_validation/CliffDiving_val.txt": "thumos14",
    "thumos14/evalkit/Run-1-det.txt": "thumos14",
    "thumos14/test_Annotation.csv": "thumos14",
    "thumos14/thumos14_test_groundtruth.csv": "thumos14",
    "thumos14/thumos_gt.json": "activitynet",
}


@pytest.mark.parametrize("file", FILES)
def test_a_real_file_is_known_by_one_format(shared_data, file):
    with archive.opened(shared_data / file) as path:
        found = [name for name, f in FORMATS.items() if f.looks_like and f.looks_like(path)]
    assert found == [FILES[file]]
