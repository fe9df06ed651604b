"""The hold-out: drawn at random, added to by what comes in later, and not taken from lightly.

What labeling cannot know, such as which videos a model has trained on, `annotator/pipeline.py`
tells; what follows when a video is held out, such as closing what was asked about it, is
registered there too.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from labeling.domain import hold_out as domain
from labeling.domain.blind import HOLD_OUT
from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.hold_out import Drawn, Pooled
from labeling.domain.state import CONFIRMED
from labeling.domain.taxonomy import LabelKind
from labeling.models import HoldOutDraw, Project, SpanRow, Video
from labeling.models.video import Split, VideoState

# Seeds are shown and typed: short ones.
_SEEDS = 1_000_000
RELEASED = "hold_out_released"
JOINED = "of a source that is held out"


@dataclass(frozen=True, slots=True)
class Known:
    """Ids of videos, as text: what models have to do with them, and where somebody is at work."""

    trained_on: frozenset[str] = frozenset()
    measured_on: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()


# What the learning side knows of a project's videos, by the project's id.
known: Callable[[int], Known] = lambda project_id: Known()  # noqa: E731
# Called with (project id, ids of videos) in the transaction that holds them out.
held_out_handlers: list[Callable[[int, list[str]], None]] = []


@transaction.atomic
def hold_out_draw(
    *,
    project: Project,
    share: float | None = None,
    count: int | None = None,
    seed: int | None = None,
    author: Any = None,
) -> HoldOutDraw:
    """Draw videos that measure and never train.

    A later draw is of the videos that came in since; those of a source that is held out already
    join it. Videos that somebody has open are left for the next draw.

    Args:
        share: 0.05 to 0.5 of the videos that may be drawn. count: how many instead.
        seed: makes the draw repeatable; made here if None, and kept.

    Raises:
        InvalidInput: neither or both of share and count, or one out of its range; too few videos,
            or all of one source.
        Conflict: nothing is left to draw from (code `nothing_to_draw`).
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    facts = known(project.pk)
    everything = candidates(project)
    waiting = [video for video in everything if str(video.pk) not in facts.open]
    if not waiting:
        raise Conflict(
            "There is no video left to draw from: every training video was in a draw already, or "
            "somebody has it open. Add videos, or wait until the open ones are reviewed.",
            code="nothing_to_draw",
        )
    wanted = _share(share, count, len(waiting))
    joining, apart, pool = _sorted_out(project, waiting)
    seed = secrets.randbelow(_SEEDS) if seed is None else seed
    if pool and len(pool) < domain.FEWEST_TO_DRAW_FROM and len(waiting) < len(everything):
        raise _too_few(len(pool), len(everything) - len(waiting))
    # Videos that join their source are a draw of their own where no other is left.
    made = domain.draw(_pooled(pool, facts), wanted, seed) if pool or not joining else []
    made += [Drawn(JOINED, _ids(joining), _ids(apart))] if joining or apart else []
    drawn = [video_id for part in made for video_id in part.drawn]
    Video.objects.filter(pk__in=drawn).update(split=Split.HOLD_OUT)
    videos_held_out(project.pk, drawn)
    return HoldOutDraw.objects.create(
        project=project, seed=seed, share=wanted, author=author,
        strata=[
            {
                "stratum": part.stratum,
                "videos": len(part.drawn) + len(part.passed),
                "drawn": list(part.drawn),
                "passed": list(part.passed),
            }
            for part in made
        ],
    )  # fmt: skip


def candidates(project: Project) -> list[Video]:
    """Training videos that no draw has looked at yet."""
    seen = {i for draw in project.hold_out_draws.all() for i in looked_at(draw)}
    rows = project.videos.filter(state=VideoState.READY, split=Split.TRAIN).defer("packed_ticks")
    return [video for video in rows.order_by("id") if str(video.pk) not in seen]


def looked_at(draw: HoldOutDraw) -> set[str]:
    """The ids of all videos that a draw could have taken."""
    return {i for part in draw.strata for i in (*part["drawn"], *part.get("passed", ()))}


def drawn_in(draws: Iterable[HoldOutDraw]) -> dict[str, HoldOutDraw]:
    """Which draw took a video, by the video's id."""
    return {i: draw for draw in draws for part in draw.strata for i in part["drawn"]}


def videos_held_out(project_id: int, video_ids: list[str]) -> None:
    """Tell the handlers; what they raise takes back that the videos are held out."""
    for handler in held_out_handlers:
        handler(project_id, video_ids)


def check_release(video: Video) -> None:
    """Raises Conflict (code `hold_out_fixed`) where taking the video out would bend figures."""
    drawn = str(video.pk) in drawn_in(video.project.hold_out_draws.all())
    measured = str(video.pk) in known(video.project_id).measured_on
    if not drawn and not measured:
        return
    why = "was drawn at random" if drawn else "has measured models"
    raise Conflict(
        f"'{video.name}' {why}: without it, or with it trained on, later figures cannot be "
        "compared with earlier ones. Leave it; if it has to go all the same, that is told beside "
        "the hold-out from then on.",
        code="hold_out_fixed",
    )


def release_note(video: Video, author: Any) -> None:
    """Keep for good that a drawn or measured video was taken out of the hold-out by hand."""
    project = Project.objects.select_for_update(no_key=True).get(pk=video.project_id)
    entry = {"video_id": str(video.pk), "name": video.name, "by": getattr(author, "username", "")}
    project.settings = {
        **project.settings, RELEASED: [*project.settings.get(RELEASED, []), entry]
    }  # fmt: skip
    project.save(update_fields=["settings"])


def source(video: Video) -> str:
    return domain.source_of(video.name, video.external_id)


def _too_few(videos: int, being_reviewed: int) -> InvalidInput:
    return InvalidInput(
        f"There are {videos} videos to draw from, and {being_reviewed} more that somebody has "
        f"open; a hold-out needs at least {domain.FEWEST_TO_DRAW_FROM}. Wait until the open ones "
        "are reviewed, or add videos.",
        code="too_few_videos",
    )


def _share(share: float | None, count: int | None, videos: int) -> float:
    if (share is None) == (count is None):
        raise InvalidInput("Say how many: either a share of the videos, or a count.")
    if count is not None:
        # A draw from too few videos is refused with a better message than a share of them.
        share = count / max(videos, domain.FEWEST_TO_DRAW_FROM)
        most = int(domain.LARGEST_SHARE * videos)
        if videos >= domain.FEWEST_TO_DRAW_FROM and not 1 <= count <= most:
            raise InvalidInput(
                f"Of {videos} videos 1 to {most} can be held out, got {count}.",
                code="share_out_of_range",
            )
        share = min(max(share, domain.LEAST_SHARE), domain.LARGEST_SHARE)
    assert share is not None
    domain.check_share(share)
    return share


def _sorted_out(
    project: Project, waiting: list[Video]
) -> tuple[list[Video], list[Video], list[Video]]:
    """Those whose source is held out, those whose source is in another split or was passed over,
    and those to draw from."""
    ids = {video.pk for video in waiting}
    sides: dict[str, set[str]] = defaultdict(set)
    others = project.videos.exclude(pk__in=ids).only("name", "external_id", "split", "project_id")
    for video in others:
        sides[source(video)].add(video.split)
    joining = [video for video in waiting if HOLD_OUT in sides[source(video)]]
    apart = [v for v in waiting if sides[source(v)] and HOLD_OUT not in sides[source(v)]]
    return joining, apart, [video for video in waiting if not sides[source(video)]]


def _pooled(videos: list[Video], facts: Known) -> list[Pooled]:
    shows = _shows(videos)
    rows = [
        (str(video.pk), source(video), shows.get(video.pk, ""), _length_s(video))
        for video in videos
    ]
    strata = domain.strata_of(rows) if rows else {}
    return [
        Pooled(video_id, origin, strata[video_id], video_id in facts.trained_on)
        for video_id, origin, _, _ in rows
    ]


def _shows(videos: list[Video]) -> dict[Any, str]:
    """The rarest thing that people said happens in a video: its class, or an action in it."""
    spans = SpanRow.objects.filter(
        video__in=videos,
        state__in=[str(state) for state in CONFIRMED],
        label__kind__in=(LabelKind.VIDEO_CLASS, LabelKind.ACTION),
    )
    rows = set(spans.order_by().values_list("video", "label__kind", "label__name"))
    times = Counter((kind, name) for _, kind, name in rows)
    found: dict[Any, str] = {}
    # Last wins: classes after actions, rare after frequent ones.
    order = sorted(rows, key=lambda r: (r[1] == LabelKind.VIDEO_CLASS, -times[r[1:]], r[2]))
    for video_id, _, name in order:
        found[video_id] = name
    return found


def _length_s(video: Video) -> float:
    return video.end_tick * video.time_base_num / max(video.time_base_den, 1)


def _ids(videos: list[Video]) -> tuple[str, ...]:
    return tuple(sorted(str(video.pk) for video in videos))
