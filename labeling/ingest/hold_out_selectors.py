"""What is held out, how far it is reviewed, and whether that is enough to compare models by."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from labeling.domain import hold_out as domain
from labeling.domain.state import CONFIRMED, State
from labeling.ingest import hold_out, selectors
from labeling.models import CoverageRow, HoldOutDraw, Project, SpanRow, TubeRow, Video
from labeling.models.video import Split, VideoState

# A person's word about a proposal: they saw it.
_DECIDED = [str(state) for state in (State.ACCEPTED, State.CORRECTED, State.REJECTED)]
_Range = tuple[int, int]


def held_out(project: Project) -> dict[str, Any]:
    """The hold-out of a project with its draws, and what is to be known about its figures."""
    draws = list(project.hold_out_draws.select_related("author"))
    drawn = hold_out.drawn_in(draws)
    facts = hold_out.known(project.pk)
    rows = project.videos.filter(split=Split.HOLD_OUT).select_related("project")
    videos = list(rows.defer("packed_ticks"))
    counts = selectors.counts(video.pk for video in videos)
    reviewed, decided = _reviewed(videos), _decided(videos)
    listed = [
        {
            "id": video.pk,
            "name": video.name,
            "by": "draw" if str(video.pk) in drawn else "hand",
            "draw_id": draw.pk if (draw := drawn.get(str(video.pk))) else None,
            "frame_count": video.frame_count,
            "covered_frames": counts[video.pk]["covered_frames"],
            "tubes": counts[video.pk]["confirmed"],
            "reviewed_tubes": reviewed.get(video.pk, 0),
            "saw_proposals": video.pk in decided,
            "trained_on": str(video.pk) in facts.trained_on,
        }
        for video in videos
    ]
    tubes = sum(one["reviewed_tubes"] for one in listed)
    reviewed_videos = sum(one["reviewed_tubes"] > 0 for one in listed)
    enough = reviewed_videos >= domain.FEWEST_VIDEOS and tubes >= domain.FEWEST_ITEMS
    released = project.settings.get(hold_out.RELEASED, [])
    return {
        "videos": project.videos.filter(state=VideoState.READY).count(),
        "candidates": len(hold_out.candidates(project)),
        "drawn": listed,
        "draws": [_draw(draw) for draw in draws],
        "reviewed_videos": reviewed_videos,
        "reviewed_tubes": tubes,
        "fewest_videos": domain.FEWEST_VIDEOS,
        "fewest_tubes": domain.FEWEST_ITEMS,
        "advised_tubes": domain.ADVISED_TUBES,
        "enough": enough,
        "blind": project.settings.get("hold_out_blind", True) is not False,
        "note": " ".join(_notes(listed, released, _on_both_sides(project))),
    }


def _draw(draw: HoldOutDraw) -> dict[str, Any]:
    return {
        "id": draw.pk,
        "seed": draw.seed,
        "share": draw.share,
        "author": draw.author.username if draw.author else None,
        "created_at": draw.created_at,
        "videos": sum(part["videos"] for part in draw.strata),
        "drawn": sum(len(part["drawn"]) for part in draw.strata),
        "strata": [{**part, "drawn": len(part["drawn"])} for part in draw.strata],
    }


def _reviewed(videos: list[Video]) -> dict[Any, int]:
    """Confirmed tubes of which some time was looked through, on them or with the whole video."""
    ranges: dict[Any, list[_Range]] = defaultdict(list)
    rows = CoverageRow.objects.filter(video__in=videos).order_by()
    for video_id, tube_id, start, end in rows.values_list(
        "video", "tube", "start_frame", "end_frame"
    ):
        ranges[tube_id or video_id].append((start, end))
    tubes = TubeRow.objects.filter(video__in=videos, state__in=[str(s) for s in CONFIRMED])
    found: dict[Any, int] = defaultdict(int)
    for tube_id, video_id, line in tubes.order_by().values_list("id", "video", "keyframes"):
        first, last = line[0][0], line[-1][0]
        for start, end in (*ranges[tube_id], *ranges[video_id]):
            if start <= last and first < end:
                found[video_id] += 1
                break
    return found


def _decided(videos: list[Video]) -> set[Any]:
    """Videos on which somebody decided about a proposal, having seen it."""
    found: set[Any] = set()
    for table in (TubeRow, SpanRow):
        rows = table.objects.filter(video__in=videos, state__in=_DECIDED)
        found |= set(rows.order_by().values_list("video", flat=True).distinct())
    return found


def _on_both_sides(project: Project) -> list[str]:
    """Sources with videos that train and videos that are held out."""
    splits: dict[str, set[str]] = defaultdict(set)
    rows = project.videos.filter(split__in=(Split.TRAIN, Split.HOLD_OUT))
    for video in rows.only("name", "external_id", "split"):
        splits[hold_out.source(video)].add(video.split)
    return sorted(source for source, found in splits.items() if len(found) > 1)


def _notes(
    listed: list[dict[str, Any]], released: list[dict[str, Any]], both: list[str]
) -> Iterable[str]:
    seen = sum(one["saw_proposals"] for one in listed)
    used = sum(one["trained_on"] for one in listed)
    if seen:
        yield (
            f"{_videos(seen)} reviewed with proposals in sight, before or although held out: what "
            "people said there leans toward the models."
        )
    if used:
        yield (f"{_videos(used)} trained on by an earlier model, whose figures here are flattered.")
    if both:
        yield (
            f"{len(both)} sources have videos on both sides ({', '.join(both[:3])}"
            f"{', …' if len(both) > 3 else ''}): figures on them are flattered."
        )
    if released:
        yield (
            f"{_videos(len(released))} taken out by hand ({_names(released)}): earlier figures "
            "are of other videos."
        )


def _videos(count: int) -> str:
    return "1 video was" if count == 1 else f"{count} videos were"


def _names(released: list[dict[str, Any]]) -> str:
    names = [f"{entry['name']}, by {entry['by'] or 'a command'}" for entry in released[-3:]]
    return "; ".join(names)
