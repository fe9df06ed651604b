"""What a file changes on the tubes of one video."""

import uuid
from collections.abc import Iterator
from itertools import chain

import numpy as np

from labeling.domain.ranges import difference, union
from labeling.domain.state import State, after_edit
from labeling.domain.tube import Tube
from labeling.export.import_same import Sameness, covers, overlap
from labeling.export.import_target import Diff, Target
from labeling.formats.dataset import Holds
from labeling.formats.plan import Plan, PlannedTube, Range

# From here on two boxes are one person's, on the mean of the frames that the file speaks of.
SAME_PERSON = 0.6
# A proposal gives way to a tube without a number only where the two last about equally long.
SAME_TIME = 0.5


def compare_tubes(target: Target, plan: Plan, diff: Diff) -> None:
    """Add to `diff` what becomes of the tubes of a file."""
    _Tubes(target, plan, diff).compare()


class _Tubes:
    """Compares the tubes of one video."""

    def __init__(self, target: Target, plan: Plan, diff: Diff) -> None:
        self.target, self.plan, self.diff = target, plan, diff
        self.tubes = target.current.tubes
        self.same = Sameness(target, plan.frames)
        self.listed = list(self.tubes.values())
        self.starts = np.array([tube.start_frame for tube in self.listed], dtype=np.int64)
        self.ends = np.array([tube.end_frame for tube in self.listed], dtype=np.int64)
        self.by_number = {tube.number: tube for tube in self.tubes.values()}
        self.by_start: dict[int, list[Tube]] = {}
        for tube in self.tubes.values():
            self.by_start.setdefault(tube.start_frame, []).append(tube)
        self.kept: set[str] = set()

    def compare(self) -> None:
        left = []
        for planned in self.plan.tubes:
            if self._label_id(planned) is None:
                continue  # its object label is left out
            found = self._numbered(planned)
            if found is not None:
                self.kept.add(found.id)
                self._settle(found, planned)
            elif not self._recognize(planned):
                left.append(planned)
        for planned in left:
            self._place(planned)
        if self.target.replace:
            self._remove_others()

    def _numbered(self, planned: PlannedTube) -> Tube | None:
        return None if planned.number is None else self.by_number.get(planned.number)

    def _recognize(self, planned: PlannedTube) -> bool:
        """Whether a tube is there that says the same under another number."""
        for tube in self.by_start.get(planned.extent[0], ()):
            if tube.id not in self.kept and self._says_same(tube, planned):
                self.kept.add(tube.id)
                self._unchanged(planned)
                return True
        return False

    def _place(self, planned: PlannedTube) -> None:
        """Put a tube that nothing here is the same as: new, unless somebody is there already."""
        taken = None if self.target.replace else self._human_at(planned)
        if taken is not None and self._says_part(taken, planned):
            self._unchanged(planned)
            return
        if taken is not None:
            self._conflict(
                planned, f"{_who(planned)} is where person {taken.number} was drawn or decided on "
                "otherwise here; that is kept",
            )  # fmt: skip
            return
        proposal = self._proposal_at(planned) if planned.number is None else None
        if proposal is not None:
            self.kept.add(proposal.id)
            self._change(proposal, planned)
        else:
            self._add(planned)

    def _human_at(self, planned: PlannedTube) -> Tube | None:
        """Somebody's tube whose box is the file's, on the frames that the file speaks of."""
        for tube in self._meeting(planned):
            drawn = tube.state is not State.REJECTED and not self.target.is_untouched(tube)
            if drawn and covers(tube, planned) >= SAME_PERSON:
                return tube
        return None

    def _proposal_at(self, planned: PlannedTube) -> Tube | None:
        """The untouched proposal of the same person over the same time."""
        for tube in self._meeting(planned):
            together = overlap((tube.start_frame, tube.end_frame), planned.extent) >= SAME_TIME
            alike = covers(tube, planned) >= SAME_PERSON
            if together and alike and self.target.is_untouched(tube):
                return tube
        return None

    def _meeting(self, planned: PlannedTube) -> Iterator[Tube]:
        """Tubes at the same time that are no other person of the file."""
        start, end = planned.extent
        if not self.listed:
            return
        for index in np.flatnonzero((self.starts < end) & (self.ends > start)).tolist():
            if self.listed[index].id not in self.kept:
                yield self.listed[index]

    def _settle(self, tube: Tube, planned: PlannedTube) -> None:
        if self._says_same(tube, planned):
            self._unchanged(planned)
        elif self.target.replace or self.target.is_untouched(tube):
            self._change(tube, planned)
        else:
            self._conflict(
                planned, f"person {tube.number} was drawn or decided on otherwise here; it is kept"
            )

    def _says_same(self, tube: Tube, planned: PlannedTube) -> bool:
        label_id = self.target.label_id("object", planned.label) if planned.label else None
        if Holds.OBJECT_LABELS in self.target.holds and label_id not in (None, tube.label_id):
            return False
        return tube.is_confirmed and self.same.tube(tube, planned, self._wanted(planned))

    def _says_part(self, tube: Tube, planned: PlannedTube) -> bool:
        """A file without person ids says box by box what a tube here says as a whole."""
        sampled = planned.number is None and planned.moments is not None
        return sampled and tube.is_confirmed and self.same.moments(tube, planned)

    def _unchanged(self, planned: PlannedTube) -> None:
        self.diff.tubes["unchanged"] += 1
        self.diff.spans["unchanged"] += len(self._wanted(planned))

    def _conflict(self, planned: PlannedTube, text: str) -> None:
        self.diff.tubes["conflict"] += 1
        self.diff.spans["conflict"] += len(self._wanted(planned))
        self.diff.conflict(text)

    def _label_id(self, planned: PlannedTube) -> int | None:
        return self.target.label_id("object", planned.label)

    def _wanted(self, planned: PlannedTube) -> list[tuple[int, int, int]]:
        """(label id, start, end) of the tube's actions; several that mean one label are joined."""
        ranges: dict[int, list[list[Range]]] = {}
        for action, said in planned.spans.items():
            label_id = self.target.label_id("action", action)
            if label_id is not None:
                ranges.setdefault(label_id, []).append(said)
        return sorted(
            {
                (label_id, start, end)
                for label_id, parts in ranges.items()
                for start, end in (parts[0] if len(parts) == 1 else union(chain(*parts)))
            }
        )

    def _add(self, planned: PlannedTube) -> None:
        tube_id = str(uuid.uuid4())
        tube = {
            "id": tube_id,
            "label_id": self._label_id(planned),
            "keyframes": [keyframe.as_dict() for keyframe in planned.keyframes],
        }
        if planned.number is not None:
            tube["number"] = planned.number
        self.diff.operations.append({"op": "tube_add", "tube": tube})
        self.diff.tubes["new"] += 1
        for wanted in self._wanted(planned):
            self.diff.add_span(tube_id, *wanted)
        self._cover_tube(tube_id, planned)

    def _change(self, tube: Tube, planned: PlannedTube) -> None:
        """The tube keeps its identity and what was proposed; the rest becomes the file's."""
        label_id = self.target.label_id("object", planned.label) if planned.label else None
        changed = {
            **tube.as_dict(),
            "label_id": label_id or tube.label_id,
            "keyframes": [keyframe.as_dict() for keyframe in planned.keyframes],
            "state": after_edit(tube.state).value,
        }
        self.diff.operations.append({"op": "restore", "tubes": [changed]})
        self.diff.tubes["changed"] += 1
        if Holds.ACTIONS in self.target.holds:
            self._change_actions(tube, planned)

    def _change_actions(self, tube: Tube, planned: PlannedTube) -> None:
        wanted = set(self._wanted(planned))
        for span in self.target.spans.get(tube.id, ()):
            content = (span.label_id, span.start_frame, span.end_frame)
            if content in wanted:
                wanted.discard(content)
                self.diff.confirm(span)
            else:
                self.diff.operations.append({"op": "span_remove", "span_id": span.id})
                self.diff.spans["removed"] += 1
        for content in sorted(wanted):
            self.diff.add_span(tube.id, *content)
        for covered in self.target.coverage.get(tube.id, ()):
            self.diff.operations.append({"op": "coverage_remove", "coverage_id": covered.id})
        self._cover_tube(tube.id, planned)

    def _cover_tube(self, tube_id: str, planned: PlannedTube) -> None:
        if self.target.covered_label_ids:
            for start, end in difference([planned.extent], self.target.not_reviewed):
                self.diff.add_coverage(tube_id, start, end, self.target.covered_label_ids)

    def _remove_others(self) -> None:
        for tube in self.tubes.values():
            if tube.id not in self.kept:
                self.diff.operations.append({"op": "tube_remove", "tube_id": tube.id})
                self.diff.tubes["removed"] += 1
                self.diff.spans["removed"] += len(self.target.spans.get(tube.id, ()))


def _who(planned: PlannedTube) -> str:
    if planned.number is not None:
        return f"person {planned.number} of the file"
    return f"row {planned.row}" if planned.row else f"a tube from frame {planned.extent[0]} on"
