"""The files of an AVA export, written from a snapshot alone: same snapshot, same bytes.

ava_<state>.csv            annotations of all videos
ava_<state>_<split>.csv    the same by split, where there are several
action_list.pbtxt          the numbers of the actions
excluded_timestamps.csv    what nobody has reviewed (state 'reviewed' only)
proposals.csv              undecided actions, scores in column 8
proposed_boxes.csv         undecided people, column 7 empty, scores in column 8
manifest.json              what it was made from and what it takes for granted
"""

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.formats.ava import AvaRow, write_rows
from labeling.formats.ava_export import action_ids, video_keys, video_rows
from labeling.formats.choice import Which
from labeling.formats.ava_grid import Grid
from labeling.formats.pbtxt import LabelEntry, write_labels

MANIFEST = "manifest.json"
ACTION_LIST = "action_list.pbtxt"
EXCLUDED = "excluded_timestamps.csv"
MAX_RATE_HZ = 120

ASSUMPTIONS = (
    "A timestamp is seconds from the start of the original movie: the video's start second plus "
    "the recorded time since its first frame. The box is that of the frame nearest to it.",
    "Boxes are fractions of the display-oriented picture, clipped to it.",
    "A person id is the tube's number in its video.",
    "A box without an action has no row in AVA; how many there are is in the counts. The same goes "
    "for actions that lie between two timestamps and boxes outside the picture.",
    "Object labels, segments, video classes and occlusion have no place in AVA.",
    "Every confirmed box is written. Excluded timestamps are those not reviewed as a whole, and "
    "those where a proposal is still undecided: somebody may be missing there.",
    "An action label without an AVA id gets the smallest free number, in the order in which the "
    "labels were made.",
    "An id that begins with '=', '+' or '@' has an apostrophe in front, so that no spreadsheet "
    "runs it; the import takes it off.",
)


@dataclass(frozen=True, slots=True)
class AvaOptions:
    """What is asked for.

    Args:
        which: reviewed, proposed or all.
        rate_hz: timestamps per second; AVA has 1, written as whole seconds.
        decimals: of the box fractions; AVA has 3.
    """

    which: Which = Which.REVIEWED
    rate_hz: Fraction = Fraction(1)
    decimals: int = 3

    def __post_init__(self) -> None:
        if not 0 < self.rate_hz <= MAX_RATE_HZ:
            raise InvalidInput(
                f"The rate is timestamps per second, above 0 and up to {MAX_RATE_HZ}; got "
                f"{float(self.rate_hz):g}."
            )
        if not 3 <= self.decimals <= 9:
            raise InvalidInput(f"Boxes are written with 3 to 9 decimals, got {self.decimals}.")


def ava_write(
    folder: Path,
    content: dict[str, Any],
    digest: str,
    timebase_of: Callable[[str], Timebase],
    options: AvaOptions,
    history: dict[str, Any],
) -> dict[str, Any]:
    """Write all files into an empty folder.

    Args:
        folder: exists and is empty.
        content: of the snapshot.
        digest: hash of the snapshot.
        timebase_of: recorded times by video id.
        options: what is asked for.
        history: who reviewed and which runs proposed, for the manifest.

    Returns:
        The manifest.
    """
    ids = action_ids(content["labels"])
    keys = video_keys(content["videos"])
    videos = sorted(content["videos"], key=lambda video: keys[video["id"]])
    total: Counter[str] = Counter()
    listed = []
    with _Writer(folder, videos, options) as writer:
        for video in videos:
            grid = Grid(
                timebase_of(video["id"]),
                Fraction(str(video["start_s"])),
                options.rate_hz,
            )
            key = keys[video["id"]]
            made = video_rows(video, key, grid, ids, options.which, options.decimals)
            writer.write(video["split"], made.rows, made.excluded, made.proposals, made.boxes)
            total.update(made.counts)
            listed.append(_listed(video, key, made.counts))
    (folder / ACTION_LIST).write_text(write_labels(_entries(content["labels"], ids)))
    manifest = {
        "format": "ava",
        "snapshot_hash": digest,
        "project": content["project"],
        "revision": content["revision"],
        "state": options.which.value,
        "rate_hz": str(options.rate_hz),
        "decimals": options.decimals,
        "counts": dict(sorted(total.items())),
        "videos": listed,
        "actions": _actions(content["labels"], ids),
        "files": _digests(folder),
        "assumptions": list(ASSUMPTIONS),
        **history,
    }
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return manifest


class _Writer:
    """The open CSV files of an export, written video by video."""

    def __init__(self, folder: Path, videos: list[dict[str, Any]], options: AvaOptions) -> None:
        self.folder, self.options = folder, options
        self.whole = options.rate_hz == 1
        splits = sorted({video["split"] for video in videos})
        self.splits = splits if len(splits) > 1 else []
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> "_Writer":
        name = f"ava_{self.options.which.value}"
        self.main = self._open(f"{name}.csv")
        self.by_split = {split: self._open(f"{name}_{split}.csv") for split in self.splits}
        reviewed = self.options.which is Which.REVIEWED
        self.excluded = self._open(EXCLUDED) if reviewed else None
        self.proposals = self._open("proposals.csv")
        self.boxes = self._open("proposed_boxes.csv")
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def write(
        self,
        split: str,
        rows: list[AvaRow],
        excluded: list[AvaRow],
        proposals: list[AvaRow],
        boxes: list[AvaRow],
    ) -> None:
        lines = list(self._lines(rows))
        self.main.writelines(lines)
        if split in self.by_split:
            self.by_split[split].writelines(lines)
        if self.excluded is not None:
            self.excluded.writelines(self._lines(excluded))
        self.proposals.writelines(self._lines(proposals))
        self.boxes.writelines(self._lines(boxes))

    def _open(self, name: str) -> TextIO:
        path = self.folder / name
        return self.stack.enter_context(path.open("w", encoding="utf-8", newline=""))

    def _lines(self, rows: Iterable[AvaRow]) -> Iterable[str]:
        return write_rows(rows, decimals=self.options.decimals, whole_seconds=self.whole)


def _listed(video: dict[str, Any], key: str, counts: Counter[str]) -> dict[str, Any]:
    names = ("id", "name", "sha256", "split", "start_s", "frame_count", "width", "height")
    return {"key": key, **{name: video[name] for name in names}, "counts": dict(counts)}


def _entries(labels: list[dict[str, Any]], ids: dict[int, int]) -> list[LabelEntry]:
    actions = [label for label in labels if label["id"] in ids]
    entries = [LabelEntry(ids[x["id"]], x["name"], x["ava_group"]) for x in actions]
    return sorted(entries, key=lambda entry: entry.id)


def _actions(labels: list[dict[str, Any]], ids: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "label_id": label["id"], "name": label["name"], "ava_id": ids[label["id"]],
            "assigned": label["ava_id"] is None,
        }
        for label in labels
        if label["id"] in ids
    ]  # fmt: skip


def _digests(folder: Path) -> dict[str, dict[str, Any]]:
    digests = {}
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        digests[path.name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return digests
