"""The AVA files of the loop, parsed and compared with what was drawn into the clips."""

import json
from decimal import Decimal

import pytest

from labeling.domain.box import Box, iou
from labeling.domain.tube import Tube
from labeling.formats.ava import AvaRow, BadRow, read_rows
from tests.flow.clips import Clip
from tests.flow.conftest import Story

pytestmark = [pytest.mark.flow, pytest.mark.django_db, pytest.mark.xdist_group("loop")]

FPS, WIDTH, HEIGHT = 25, 480, 360
Key = tuple[str, Decimal, int, int]


def rows(story: Story) -> list[AvaRow]:
    """The exported annotations."""
    with (story.export / "ava_reviewed.csv").open(newline="") as file:
        read = list(read_rows(file))
    assert [row for row in read if isinstance(row, BadRow)] == []
    return [row for row in read if isinstance(row, AvaRow)]


def box_px(row: AvaRow) -> Box:
    """The row's box in px."""
    assert row.box is not None
    x1, y1, x2, y2 = row.box
    return Box(x1 * WIDTH, y1 * HEIGHT, x2 * WIDTH, y2 * HEIGHT)


def doing(clip: Clip, labels: dict[str, int], tube: Tube, frame: int) -> set[int]:
    """AVA ids of what a person of the clip does at a frame: labels are numbered from 1."""
    ava = {label_id: place for place, label_id in enumerate(sorted(labels.values()), start=1)}
    return {
        ava[span.label_id]
        for span in clip.spans(labels)
        if span.tube_id == tube.id and span.start_frame <= frame < span.end_frame
    }


def may_be(tube: Tube, frame: int, box: Box) -> bool:
    """Whether a person of the clip is in this box, or hidden behind somebody at this moment."""
    true = tube.box_at(frame)
    if true is None:
        return tube.start_frame <= frame < tube.end_frame
    return iou(true, box) > 0.25


def clip_of(story: Story, name: str) -> Clip:
    """The clip a file calls by this name."""
    return next(clip for clip in story.clips.values() if clip.path.stem == name)


def actions(story: Story) -> dict[str, int]:
    """Action labels by name."""
    return {name: i for name, i in story.labels.items() if name != "person"}


def test_clips_that_were_drawn_from_the_truth_come_out_as_the_truth(story: Story) -> None:
    labels = actions(story)
    found = {
        (row.video, row.timestamp, row.person_id, row.action_id): box_px(row)
        for row in rows(story)
        if row.video.startswith("street_")
    }
    expected: dict[Key, Box] = {}
    for name in sorted({key[0] for key in found}):
        clip = clip_of(story, name)
        for number, tube in enumerate(clip.tubes(story.labels["person"]), start=1):
            for second in range(clip.truth.spec.frame_count // FPS):
                box = tube.box_at(second * FPS)
                for action in doing(clip, labels, tube, second * FPS) if box else ():
                    expected[name, Decimal(second), number, action] = box
    assert found.keys() == expected.keys()
    assert len(found) > 40
    assert min(iou(found[key], expected[key].clipped(WIDTH, HEIGHT)) for key in found) > 0.95


def test_every_reviewed_row_is_a_person_doing_it(story: Story) -> None:
    labels = actions(story)
    checked = 0
    for row in rows(story):
        if not row.video.startswith("yard_"):
            continue
        clip, frame = clip_of(story, row.video), int(row.timestamp * FPS)
        people = [
            tube for tube in clip.tubes(story.labels["person"]) if may_be(tube, frame, box_px(row))
        ]
        assert any(row.action_id in doing(clip, labels, tube, frame) for tube in people), row
        checked += 1
    assert checked > 40


def test_a_person_keeps_their_number(story: Story) -> None:
    by_person: dict[tuple[str, int | None], list[AvaRow]] = {}
    for row in rows(story):
        by_person.setdefault((row.video, row.person_id), []).append(row)
    for found in by_person.values():
        at = {row.timestamp: row.box for row in found}
        assert all(at[row.timestamp] == row.box for row in found)


def test_everything_was_finished_so_nothing_is_excluded(story: Story) -> None:
    assert (story.export / "excluded_timestamps.csv").read_text() == ""


def test_the_manifest_names_the_snapshot_and_its_counts(story: Story) -> None:
    manifest = json.loads((story.export / "manifest.json").read_text())
    assert manifest["counts"]["rows"] == len(rows(story))
    assert (
        len(manifest["snapshot_hash"] if "snapshot" in manifest else manifest["snapshot_hash"])
        == 64
    )
