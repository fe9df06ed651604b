"""Every format that is read into and written from `dataset` values: one line each.

AVA and AVA-Kinetics, whose files are too long for that, are read by `ava` and `ava_import`.
"""

from labeling.formats import cvat
from labeling.formats.dataset import Format

FORMATS: dict[str, Format] = {
    "cvat": cvat.FORMAT,
}
