"""Reading the files of an import: rows by video, the meaning of action ids, what is excluded."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.export.archive import MANIFEST
from labeling.export.ava_files import ACTION_LIST, EXCLUDED
from labeling.formats.ava import AvaRow, BadRow, Coordinates, Eighth, read_rows
from labeling.formats.ava_export import action_ids, stem
from labeling.formats.pbtxt import LabelEntry, read_labels


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """The files of an import.

    Args:
        rows: the CSV.
        name: what its owner calls it.
        labels: label map, or None.
        excluded: excluded timestamps, or None.
        complete: everything of a video that is not excluded was reviewed; known of files that
            stand in a Tubelab export's folder, unchanged.
    """

    rows: Path
    name: str
    labels: Path | None = None
    excluded: Path | None = None
    complete: bool = False


@dataclass(slots=True)
class Sorted:
    """Rows by video id; keys of the file that are no video here, with their rows; bad rows."""

    by_video: dict[str, list[AvaRow]] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    bad: list[BadRow] = field(default_factory=list)


def with_companions(files: ImportFiles) -> ImportFiles:
    """Take label map and excluded timestamps from beside a CSV that Tubelab exported.

    Only where the folder's manifest names the file with this very content.
    """
    folder = files.rows.parent
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        unchanged = {
            name for name, entry in listed.items()
            if Path(name).name == name and _digest(folder / name) == entry["sha256"]
        }  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return files
    if files.rows.name not in unchanged:
        return files
    own = folder / EXCLUDED
    excluded = files.excluded or (own if EXCLUDED in unchanged else None)
    labels = files.labels or (folder / ACTION_LIST if ACTION_LIST in unchanged else None)
    complete = excluded is not None and EXCLUDED in unchanged and excluded.samefile(own)
    return ImportFiles(files.rows, files.name, labels, excluded, complete)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sort_rows(
    files: ImportFiles, video_of: "VideoKeys", eighth: Eighth, coordinates: Coordinates
) -> Sorted:
    """Read the CSV and put each row to its video.

    Raises:
        InvalidInput: the file cannot be read as AVA CSV at all.
    """
    found = Sorted()
    count = 0
    with _text(files.rows, files.name) as file:
        for row in read_rows(file, eighth=eighth, coordinates=coordinates):
            count += 1
            if isinstance(row, BadRow):
                found.bad.append(row)
                continue
            video_id = video_of.get(row.video)
            if video_id is None:
                found.unknown[row.video] += 1
            else:
                found.by_video.setdefault(video_id, []).append(row)
    if count == 0:
        raise InvalidInput(f"{files.name} has no rows.", code="empty_file")
    return found


def read_excluded(path: Path | None, video_of: "VideoKeys") -> dict[str, set[Decimal]]:
    """Excluded timestamps by video id.

    Raises:
        InvalidInput: a row is not `video_id,timestamp`.
    """
    excluded: dict[str, set[Decimal]] = {}
    if path is None:
        return excluded
    with _text(path, path.name) as file:
        for row in read_rows(file):
            if isinstance(row, BadRow) or row.box is not None:
                reason = row.reason if isinstance(row, BadRow) else "has more than two columns"
                raise InvalidInput(
                    f"{path.name}, row {row.row}: {reason}. Excluded timestamps are rows of "
                    "video_id,timestamp.",
                    code="bad_rows",
                    detail={"errors": [{"row": row.row, "reason": reason}]},
                )
            video_id = video_of.get(row.video)
            if video_id is not None:
                excluded.setdefault(video_id, set()).add(row.timestamp)
    return excluded


def _text(path: Path, name: str):  # noqa: ANN202
    try:
        return path.open(encoding="utf-8-sig", errors="replace", newline="")
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}.", code="no_such_file") from (
            error
        )


class VideoKeys:
    """Which video a key of a file means: by external id, else name, else name without ending."""

    def __init__(self, videos: Iterable[tuple[str, str, str]]) -> None:
        """Args: videos: (id, name, external id) of each."""
        self.tables: list[dict[str, list[str]]] = [{}, {}, {}]
        for video_id, name, external_id in videos:
            for table, key in zip(self.tables, (external_id, name, stem(name)), strict=True):
                if key:
                    table.setdefault(key, []).append(video_id)

    def get(self, key: str) -> str | None:
        """The video's id; None if there is none, or the key fits several."""
        for table, wanted in zip(self.tables, (key, key, stem(key)), strict=True):
            found = table.get(wanted, [])
            if found:
                return found[0] if len(found) == 1 else None
        return None


@dataclass(slots=True)
class ActionMeaning:
    """What the action ids of a file mean here.

    Args:
        label_of: AVA id → label id.
        created: entries of the label map that no label fits yet.
        unknown: ids that neither the project nor the label map knows, with the first row.
        notes: what was taken for the same.
    """

    label_of: dict[int, int] = field(default_factory=dict)
    created: list[LabelEntry] = field(default_factory=list)
    unknown: dict[int, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_label_map(path: Path | None) -> dict[int, LabelEntry]:
    if path is None:
        return {}
    with _text(path, path.name) as file:
        return {entry.id: entry for entry in read_labels(file.read())}


def action_meaning(
    rows: Iterable[AvaRow], labels: list[dict], entries: dict[int, LabelEntry]
) -> ActionMeaning:
    """Find the label of every action id that occurs.

    A label map's name counts first, then the label's AVA id; without a label map the numbers mean
    what an export of this project would write.
    """
    meaning = ActionMeaning()
    by_name = {x["name"].casefold(): x["id"] for x in labels if x["kind"] == "action"}
    numbered = {x["ava_id"]: x for x in labels if x["kind"] == "action" and x["ava_id"]}
    written = {ava_id: label_id for label_id, ava_id in action_ids(labels).items()}
    first: dict[int, int] = {}
    for row in rows:
        if row.action_id is not None:
            first.setdefault(row.action_id, row.row)
    for action_id, line in sorted(first.items()):
        entry = entries.get(action_id)
        if entry and entry.name.casefold() in by_name:
            meaning.label_of[action_id] = by_name[entry.name.casefold()]
        elif entry and action_id in numbered:
            own = numbered[action_id]
            meaning.label_of[action_id] = own["id"]
            meaning.notes.append(
                f"Action {action_id} is '{entry.name}' in the label map and '{own['name']}' in the "
                "project; they are taken for the same."
            )
        elif entry:
            meaning.created.append(entry)
        elif not entries and action_id in written:
            meaning.label_of[action_id] = written[action_id]
        else:
            meaning.unknown[action_id] = line
    return meaning
