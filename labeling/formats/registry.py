"""Every format that is read into and written from `dataset` values: one line each.

AVA and AVA-Kinetics, whose files are too long for that, are read by `ava` and `ava_import`.
"""

from labeling.formats import (
    activitynet,
    coco,
    cvat,
    jhmdb,
    kinetics,
    label_studio,
    mot,
    multisports,
    thumos14,
    ucf101,
    ucf101_24,
    vatic,
    via,
)
from labeling.formats.dataset import Format

FORMATS: dict[str, Format] = {
    "activitynet": activitynet.FORMAT,
    "activitynet-results": activitynet.FORMAT_RESULTS,
    "coco": coco.FORMAT,
    "cvat": cvat.FORMAT,
    "jhmdb": jhmdb.FORMAT,
    "kinetics": kinetics.FORMAT,
    "kinetics-json": kinetics.FORMAT_JSON,
    "label-studio": label_studio.FORMAT,
    "mot": mot.FORMAT,
    "multisports": multisports.FORMAT,
    "thumos14": thumos14.FORMAT,
    "thumos14-detections": thumos14.FORMAT_DETECTIONS,
    "ucf101": ucf101.FORMAT,
    "ucf101-24": ucf101_24.FORMAT,
    "ucf101-24-mat": ucf101_24.FORMAT_MAT,
    "vatic": vatic.FORMAT,
    "via": via.FORMAT,
}
