"""What a file changes on the segments, or on the classes, of one video."""

from collections.abc import Iterable

from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.export.import_same import overlap
from labeling.export.import_target import Diff, Target
from labeling.formats.plan import PlannedSpan

# From here on two segments of one label are the same event.
SAME_SEGMENT = 0.5


def compare_spans(target: Target, diff: Diff, kind: str, planned: Iterable[PlannedSpan]) -> None:
    """Add to `diff` what becomes of a file's spans of this kind."""
    _Spans(target, diff, kind).compare(planned)


class _Spans:
    """Compares the segments, or the classes, of one video."""

    def __init__(self, target: Target, diff: Diff, kind: str) -> None:
        self.target, self.diff, self.kind = target, diff, kind
        self.kept: set[str] = set()

    def compare(self, planned: Iterable[PlannedSpan]) -> None:
        here = self.target.spans.get(None, [])
        # Two labels of the file may mean one here.
        named = {
            (label_id, span.start_frame, span.end_frame): span.label
            for span in planned
            if (label_id := self.target.label_id(self.kind, span.label)) is not None
        }
        wanted = [(*content, name) for content, name in sorted(named.items())]
        left = [content for content in wanted if not self._recognize(here, content)]
        for content in left:
            self._place(here, content)
        if self.target.replace:
            for span in here:
                if span.id not in self.kept and self.target.kinds.get(span.label_id) == self.kind:
                    self.diff.operations.append({"op": "span_remove", "span_id": span.id})
                    self.diff.spans["removed"] += 1

    def _recognize(self, here: list[Span], content: tuple[int, int, int, str]) -> bool:
        for span in here:
            if (span.label_id, span.start_frame, span.end_frame) == content[:3]:
                self.kept.add(span.id)
                if span.state is State.REJECTED and not self.target.replace:
                    self._conflict(content, "was rejected")
                else:
                    self.diff.confirm(span)
                return True
        return False

    def _place(self, here: list[Span], content: tuple[int, int, int, str]) -> None:
        label_id, start, end, _ = content
        for span in here:
            extent = (span.start_frame, span.end_frame)
            if span.id in self.kept or span.label_id != label_id:
                continue
            if overlap(extent, (start, end)) < SAME_SEGMENT:
                continue
            self.kept.add(span.id)
            if span.state is not State.PROPOSED and not self.target.replace:
                self._conflict(content, "was marked otherwise")
                return
            change = {"op": "span_set", "span_id": span.id, "start_frame": start, "end_frame": end}
            self.diff.operations.append(change)
            self.diff.spans["changed"] += 1
            return
        self.diff.add_span(None, label_id, start, end)

    def _conflict(self, content: tuple[int, int, int, str], what: str) -> None:
        _, start, end, name = content
        self.diff.spans["conflict"] += 1
        self.diff.conflict(f"'{name}' on frames {start} to {end - 1} {what} here; that is kept")
