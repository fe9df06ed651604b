"""Labels that may be mistakes: what people confirmed, checked against itself and the picture.

Nothing here is wrong by definition but contradictions between labels; the rest is rare enough in
correct work to be worth a look. Each threshold stands beside its check, with the reason for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from labeling.domain import suspicion_spans as spans
from labeling.domain import suspicion_tubes as tubes
from labeling.domain.scene import Finding, Scene
from labeling.domain.taxonomy import LabelKind, LabelValue

__all__ = ["KINDS", "Finding", "Scene", "exclusive_groups", "findings"]

KINDS = (
    "same-person-twice", "exclusive-actions", "span-outside-tube", "duplicate-label", "jump",
    "size-jump", "flicker", "box-outside-picture", "odd-shape", "no-action",
)  # fmt: skip
# AVA gives every person one pose at a time (Gu et al. 2018): its actions 1 to 14.
POSES, AVA_POSE_IDS = "PERSON_MOVEMENT", range(1, 15)


def findings(scene: Scene) -> list[Finding]:
    """Everything suspicious about a video, the worst first."""
    found = [finding for tube in scene.tubes for finding in tubes.of_tube(scene, tube)]
    for check in (
        tubes.same_person_twice, spans.outside_tube, spans.exclusive, spans.duplicates,
        spans.no_action,
    ):  # fmt: skip
        found += check(scene)
    order = {kind: place for place, kind in enumerate(KINDS)}
    found = [replace(f, message=f.message[:1].upper() + f.message[1:]) for f in found]
    return sorted(found, key=lambda f: (-f.severity, order[f.kind], f.frame, f.message))


def exclusive_groups(
    labels: Iterable[LabelValue], settings: Mapping[str, object]
) -> tuple[frozenset[int], ...]:
    """Sets of labels of which an actor can have one at a time.

    AVA's poses are one; `settings["exclusive_actions"]` adds lists of label names. A name that no
    label has, and anything but lists of names, is passed over: labels come and go.
    """
    labels = list(labels)
    groups = [frozenset(label.id for label in labels if _is_pose(label))]
    wanted = settings.get("exclusive_actions")
    for names in wanted if isinstance(wanted, list) else ():
        if isinstance(names, list):
            groups.append(frozenset(label.id for label in labels if label.name in names))
    return tuple(group for group in groups if len(group) > 1)


def _is_pose(label: LabelValue) -> bool:
    if label.kind is not LabelKind.ACTION:
        return False
    return label.ava_group == POSES or (not label.ava_group and label.ava_id in AVA_POSE_IDS)
