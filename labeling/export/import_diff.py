"""What a file changes on one video: compared with what is there, as operations."""

from labeling.domain.ranges import difference, union
from labeling.export.import_spans import compare_spans
from labeling.export.import_target import Diff, Target
from labeling.export.import_tubes import compare_tubes
from labeling.formats.dataset import Holds
from labeling.formats.plan import Plan, Range


def diff_video(target: Target, plan: Plan) -> Diff:
    """Operations that bring the video to what the file says.

    An actor is matched by number, else by being the same, else by overlap. What somebody drew or
    decided on otherwise stays and is reported, unless the file replaces everything; a proposal
    that nobody touched gives way.
    """
    diff = Diff(base_revision=target.current.revision)
    if Holds.TUBES in target.holds:
        compare_tubes(target, plan, diff)
    if Holds.SEGMENTS in target.holds:
        compare_spans(target, diff, "segment", plan.segments)
    if Holds.VIDEO_CLASSES in target.holds:
        compare_spans(target, diff, "video_class", plan.classes)
    if target.covered_label_ids:
        _cover(diff, target, plan.coverage)
    return diff


def _cover(diff: Diff, target: Target, wanted: list[Range]) -> None:
    """Mark what the file reviewed as reviewed; after a replace, nothing else is."""
    whole = target.coverage.get(None, [])
    known = union((c.start_frame, c.end_frame) for c in whole)
    if target.replace and known != wanted:
        for covered in whole:
            diff.operations.append({"op": "coverage_remove", "coverage_id": covered.id})
        known = []
    for start, end in difference(wanted, known):
        diff.add_coverage(None, start, end, target.covered_label_ids)
