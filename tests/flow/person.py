"""Somebody who reviews as a careful person would, knowing the truth: over the HTTP API alone."""

import uuid
from collections import Counter
from typing import Any

import numpy as np

from labeling.domain.annotations import Annotations
from labeling.domain.box import iou
from labeling.domain.tube import Tube
from tests.flow.clips import Clip

Operations = list[dict[str, Any]]

# A proposal is the person it overlaps this much; a box that overlaps less than this is redrawn.
SAME, GOOD = 0.4, 0.6
# A person of the clip is missing if less than this share of their frames has a tube.
FOUND = 0.5


class Person:
    """Reviews tubes of known clips and counts what it did."""

    def __init__(
        self, client: Any, clips: dict[str, Clip], labels: dict[str, int], patience: int = 0
    ) -> None:
        """Begin with nothing done.

        Args:
            clips: by video id.
            labels: label ids by name, "person" among them.
            patience: an end of an action that is off by up to so many frames is left as it is.
        """
        self._client = client
        self._patience = patience
        self._clips = clips
        self._person = labels["person"]
        self._actions = {name: i for name, i in labels.items() if name != "person"}
        # What agreeing does not do, by what is corrected: see `_acts`.
        self.corrections = Counter[str]()
        self.done: dict[str, int] = dict.fromkeys(("accepted", "rejected", "drawn", "redrawn"), 0)

    def annotations(self, video_id: str) -> Annotations:
        """All that is annotated on the video."""
        return Annotations.of(self._client.get(f"/api/videos/{video_id}/annotations").json())

    def review(self, video_id: str, tube_id: str) -> bool:
        """Decide a proposed tube and mark its actions; whether it was a person at all."""
        now = self.annotations(video_id)
        tube = now.tubes[tube_id]
        true = self._match(video_id, tube)
        if true is None:
            self._commit(
                video_id, now, [{"op": "tube_decide", "tube_id": tube_id, "decision": "rejected"}]
            )
            self.done["rejected"] += 1
            return False
        operations: Operations = [{"op": "tube_decide", "tube_id": tube_id, "decision": "accepted"}]
        operations += self._decided_spans(now, video_id, tube, true)
        operations += self._redrawn(tube, true)
        operations.append(
            self._coverage(
                tube.id,
                max(tube.start_frame, true.start_frame),
                min(tube.end_frame, true.end_frame),
            )
        )
        self._commit(video_id, now, operations)
        self.done["accepted"] += 1
        return True

    def finish(self, video_id: str) -> None:
        """Review every proposal left, draw who is missing, and say that nothing is."""
        for tube_id, tube in self.annotations(video_id).tubes.items():
            if tube.state == "proposed":
                self.review(video_id, tube_id)
        now = self.annotations(video_id)
        operations: Operations = []
        clip = self._clips[video_id]
        confirmed = [tube for tube in now.tubes.values() if tube.is_confirmed]
        for true in clip.tubes(self._person):
            if self._found(true, confirmed) < FOUND:
                operations += self._drawn(video_id, true)
        last = clip.truth.spec.frame_count
        operations.append(self._coverage(None, 0, last))
        self._commit(video_id, now, operations)

    def _drawn(self, video_id: str, true: Tube) -> Operations:
        self.done["drawn"] += 1
        add: dict[str, Any] = {
            "op": "tube_add",
            "tube": {
                "id": true.id,
                "label_id": true.label_id,
                "keyframes": [keyframe.as_dict() for keyframe in true.keyframes],
            },
        }
        spans = [
            self._span(true.id, label, start, end)
            for label, start, end in self._truth(video_id, true, true.start_frame, true.end_frame)
        ]
        return [add, *spans, self._coverage(true.id, true.start_frame, true.end_frame)]

    def _redrawn(self, tube: Tube, true: Tube) -> Operations:
        """Boxes that miss the person drawn anew, and the ends cut off where nobody is."""
        operations: Operations = []
        for frame in range(tube.start_frame, tube.end_frame, 5):
            box, shown = true.box_at(frame), tube.box_at(frame)
            if box is not None and (shown is None or iou(shown, box) < GOOD):
                self.done["redrawn"] += 1
                drawn = {"frame": frame, "box": box.as_list(), "occluded": False, "outside": False}
                operations.append({"op": "keyframe_set", "tube_id": tube.id, **drawn})
        start = max(tube.start_frame, true.start_frame)
        end = min(tube.end_frame, true.end_frame)
        if (start, end) != (tube.start_frame, tube.end_frame):
            cut = {"tube_id": tube.id, "start_frame": start, "end_frame": end}
            operations.append({"op": "tube_trim", **cut})
        return operations

    def _decided_spans(self, now: Annotations, video_id: str, tube: Tube, true: Tube) -> Operations:
        """Accept the proposed actions that are true, with their true ends; reject the others.

        What is missing is marked.
        """
        wanted = self._truth(video_id, true, tube.start_frame, tube.end_frame)
        operations: Operations = []
        for span in now.spans_of(tube.id):
            right = [w for w in wanted if w[0] == span.label_id and _overlap(w, span) >= 0.5]
            decision = "accepted" if right else "rejected"
            operations.append({"op": "span_decide", "span_id": span.id, "decision": decision})
            for found in right[:1]:
                _, start, end = found
                wanted.remove(found)
                ends = {"start_frame": start, "end_frame": end}
                off = [n for n, at in ends.items() if abs(at - getattr(span, n)) > self._patience]
                if off:
                    ends = {name: ends[name] for name in off}
                    operations.append({"op": "span_set", "span_id": span.id, **ends})
        return operations + [self._span(tube.id, *w) for w in wanted]

    def _truth(
        self, video_id: str, true: Tube, start_frame: int, end_frame: int
    ) -> list[tuple[int, int, int]]:
        """(label, start, end) of what this person does within the range."""
        spans = [s for s in self._clips[video_id].spans(self._actions) if s.tube_id == true.id]
        clipped = [span.clipped(start_frame, end_frame) for span in spans]
        return [(s.label_id, s.start_frame, s.end_frame) for s in clipped if s]

    def _match(self, video_id: str, tube: Tube) -> Tube | None:
        people = self._clips[video_id].tubes(self._person)
        best = max(people, key=lambda true: mean_iou(tube, true))
        return best if mean_iou(tube, best) >= SAME else None

    def _found(self, true: Tube, tubes: list[Tube]) -> float:
        """The share of a person's frames on which some tube has them."""
        frames = [f for f in range(true.start_frame, true.end_frame, 5) if true.box_at(f)]
        hits = [
            any((box := t.box_at(f)) and iou(box, true.box_at(f)) >= SAME for t in tubes)
            for f in frames
        ]
        return float(np.mean(hits))

    def _span(self, tube_id: str, label_id: int, start_frame: int, end_frame: int) -> dict:
        return {
            "op": "span_add",
            "span": {
                "id": str(uuid.uuid4()),
                "tube_id": tube_id,
                "label_id": label_id,
                "start_frame": start_frame,
                "end_frame": end_frame,
            },
        }

    def _coverage(self, tube_id: str | None, start_frame: int, end_frame: int) -> dict:
        return {
            "op": "coverage_add",
            "coverage": {
                "id": str(uuid.uuid4()),
                "tube_id": tube_id,
                "start_frame": start_frame,
                "end_frame": end_frame,
                "label_ids": [self._person, *self._actions.values()],
            },
        }

    def _commit(self, video_id: str, seen: Annotations, operations: Operations) -> None:
        for operation in operations:
            self.corrections[_corrected(operation)] += _acts(operation)
        sent = {
            "commit_id": str(uuid.uuid4()),
            "base_revision": seen.revision,
            "operations": operations,
            "seconds": 5.0,
        }
        answer = self._client.post(f"/api/videos/{video_id}/commits", sent, format="json")
        assert answer.status_code == 200, answer.json()


def _corrected(operation: dict[str, Any]) -> str:
    return "actions" if operation["op"].startswith("span_") else "boxes"


def _acts(operation: dict[str, Any]) -> int:
    """How often a person must act: a box drawn, an end set, a label chosen, a no."""
    name = operation["op"]
    if name == "tube_add":
        return len(operation["tube"]["keyframes"])
    if name == "span_add":
        return 3  # the label and both ends
    if name in ("span_set", "tube_trim"):
        return sum(end in operation for end in ("start_frame", "end_frame"))
    return int(name != "coverage_add" and operation.get("decision") != "accepted")


def mean_iou(a: Tube, b: Tube) -> float:
    """Mean IoU over the frames of `a`, 0 where `b` is not there."""
    values = []
    for frame in range(a.start_frame, a.end_frame, 3):
        first, second = a.box_at(frame), b.box_at(frame)
        if first is not None:
            values.append(iou(first, second) if second is not None else 0.0)
    return float(np.mean(values)) if values else 0.0


def _overlap(wanted: tuple[int, int, int], span: Any) -> float:
    """Intersection over union of two stretches of time."""
    _, start, end = wanted
    both = min(end, span.end_frame) - max(start, span.start_frame)
    return max(0, both) / (max(end, span.end_frame) - min(start, span.start_frame))
