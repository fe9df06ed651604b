"""Which videos are held out: whole ones, drawn by chance from every stratum, sources kept whole.

What a stratum is made of is known without looking at any model's output: what the video shows as a
person said it, where it is from, and how long it is. Each stratum gives its share by the method of
largest remainders. Videos cut from one recording stay together: two clips of one scene on both
sides would measure memory.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from labeling.domain.errors import InvalidInput

# Below this many videos a draw leaves too little on either side.
FEWEST_TO_DRAW_FROM = 4
LEAST_SHARE, LARGEST_SHARE = 0.05, 0.5
# Of fewer reviewed videos, or tubes (reserved stretches where segments are compared), a comparison
# of two models says little. The bootstrap draws whole videos: of four, one draw in 64 is the same
# video four times. From the last on it is precise.
FEWEST_VIDEOS, FEWEST_ITEMS, ADVISED_TUBES = 5, 8, 400

NOT_ANNOTATED = "not annotated"
LENGTHS = ("short", "medium", "long")
# A collection with fewer sources than this says little; such ones are one stratum.
FEWEST_OF_A_COLLECTION = 3

# What cutting a recording into clips adds to its name, by who did it.
_CUTS = (
    # UCF101: v_Basketball_g01_c03 is the third clip of group 1.
    re.compile(r"(v_\w+_g\d+)_c\d+"),
    # HMDB51 and J-HMDB: body part, camera, people, angle, quality, clip.
    re.compile(r"(.+)_[fulh]_[cn]m_np\d_(?:ba|fr|le|ri)_(?:bad|med|goo)_\d+"),
    # Kinetics, AVA: a YouTube id and the seconds it is cut from.
    re.compile(r"([\w-]{11})[._]\d+[._-]\d+"),
    re.compile(r"(?=[\w-]{,10}[A-Z])(?=[\w-]{,10}\d)([\w-]{11})[._]\d{3,}"),
    # Any program: movie_part2, movie.clip-003, movie scene 4.
    re.compile(
        r"(.*?\w)[ ._-]*(?:part|pt|clip|seg|segment|scene|shot|chunk|take)[ ._-]*\d+", re.IGNORECASE
    ),
)
# VIRAT and others: first and last frame or second, equally many digits.
_RANGE = re.compile(r"(.*\w)[_-](\d{3,})[_-](\d{3,})")


@dataclass(frozen=True, slots=True)
class Pooled:
    """A video that may be drawn.

    Args:
        id: of the video.
        source: videos of one source are drawn together, see `source_of`.
        stratum: see `strata_of`.
        is_used: a model has trained on it; others are preferred.
    """

    id: str
    source: str
    stratum: str
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw took of one stratum, and what it passed over; ids of videos, sorted."""

    stratum: str
    drawn: tuple[str, ...]
    passed: tuple[str, ...]


def source_of(name: str, external_id: str = "") -> str:
    """What a video was cut from, by its external id or else its name.

    Only endings that cutting leaves are taken off: numbered recordings are recordings each.
    """
    text = external_id.strip() or re.sub(r"\.[A-Za-z0-9]{2,4}$", "", name.strip())
    for cut in _CUTS:
        if found := cut.fullmatch(text):
            return found[1]
    found = _RANGE.fullmatch(text)
    if found and len(found[2]) == len(found[3]) and int(found[2]) < int(found[3]):
        return found[1]
    return text


def collection_of(source: str) -> str:
    """What recordings that belong together are called by: `street` of `street_07`."""
    bare = re.sub(r"([ ._-]+[A-Za-z]?\d[\d ._-]*|\d[\d ._-]*)$", "", source).lower()
    is_id = re.fullmatch(r"[\w-]{11}", source) and not re.fullmatch(r"[a-z]+", bare)
    if is_id and re.search(r"[A-Z]", source) and re.search(r"[\d-]", source):
        return "youtube"
    return bare or "numbered"


def strata_of(videos: Sequence[tuple[str, str, str, float]]) -> dict[str, str]:
    """The stratum of each video by id.

    Args:
        videos: (id, source, what a person said it shows or empty, length in s).
    """
    collections = {video_id: collection_of(source) for video_id, source, _, _ in videos}
    sources: dict[str, set[str]] = defaultdict(set)
    for video_id, source, _, _ in videos:
        sources[collections[video_id]].add(source)
    lengths = _lengths([(video_id, length) for video_id, _, _, length in videos])
    return {
        video_id: ", ".join(
            (
                shows or NOT_ANNOTATED,
                collections[video_id]
                if len(sources[collections[video_id]]) >= FEWEST_OF_A_COLLECTION
                else "others",
                lengths[video_id],
            )
        )
        for video_id, _, shows, _ in videos
    }


def draw(pool: Iterable[Pooled], share: float, seed: int) -> list[Drawn]:
    """Draw about `share` of the videos, from every stratum its part, sources whole.

    The same pool, share and seed give the same draw, in whatever order the pool comes. A source
    belongs to the stratum of its first video by id. At least one source is drawn, and one stays.

    Raises:
        InvalidInput: the share is out of range, there are too few videos, or one source only.
    """
    check_share(share)
    videos = sorted(pool, key=lambda video: (video.source, video.id))
    if len(videos) < FEWEST_TO_DRAW_FROM:
        raise InvalidInput(
            f"There are {len(videos)} videos to draw from; a hold-out needs at least "
            f"{FEWEST_TO_DRAW_FROM}. Add videos first.",
            code="too_few_videos",
        )
    groups = [list(group) for _, group in groupby(videos, key=lambda video: video.source)]
    if len(groups) < 2:
        raise InvalidInput(
            f"All {len(videos)} videos come from one source, '{groups[0][0].source}'; a part of "
            "them would resemble the rest too much. Add videos from another source.",
            code="one_source",
        )
    chance = random.Random(seed)
    chance.shuffle(groups)
    strata: dict[str, list[list[Pooled]]] = defaultdict(list)
    for group in groups:
        strata[group[0].stratum].append(group)
    taken = _taken(strata, share, len(videos), chance)
    return [
        Drawn(name, _ids(g for g in own if g[0].source in taken),
              _ids(g for g in own if g[0].source not in taken))
        for name, own in sorted(strata.items())
    ]  # fmt: skip


def check_share(share: float) -> None:
    """Raises InvalidInput outside `LEAST_SHARE` to `LARGEST_SHARE`."""
    if not LEAST_SHARE <= share <= LARGEST_SHARE:
        raise InvalidInput(
            f"The share is {LEAST_SHARE:.0%} to {LARGEST_SHARE:.0%} of the videos, got "
            f"{share:.4g}.",
            code="share_out_of_range",
        )


def seats(sizes: dict[str, int], wanted: int, chance: random.Random) -> dict[str, int]:
    """Share `wanted` out among strata of these sizes by largest remainders; ties by chance."""
    total = sum(sizes.values())
    exact = {name: wanted * size / total for name, size in sizes.items()}
    given = {name: int(part) for name, part in exact.items()}
    order = sorted(sizes)
    chance.shuffle(order)
    order.sort(key=lambda name: given[name] - exact[name])
    for name in order[: wanted - sum(given.values())]:
        given[name] += 1
    return given


def _taken(
    strata: dict[str, list[list[Pooled]]], share: float, count: int, chance: random.Random
) -> set[str]:
    """The sources that are drawn."""
    sizes = {name: sum(map(len, groups)) for name, groups in strata.items()}
    given = seats(sizes, max(1, round(share * count)), chance)
    taken: set[str] = set()
    for name in sorted(strata):
        # Stable: by chance among the untrained, then among the others.
        groups = sorted(strata[name], key=lambda group: any(video.is_used for video in group))
        got = 0
        for group in groups:
            # Whole sources: as near to the stratum's part as they allow.
            if abs(got + len(group) - given[name]) < abs(got - given[name]):
                got += len(group)
                taken.add(group[0].source)
    every = [group for name in sorted(strata) for group in strata[name]]
    if not taken:
        taken.add(min(every, key=len)[0].source)
    if len(taken) == len(every):
        taken.remove(max(every, key=len)[0].source)
    return taken


def _ids(groups: Iterable[list[Pooled]]) -> tuple[str, ...]:
    return tuple(sorted(video.id for group in groups for video in group))


def _lengths(videos: list[tuple[str, float]]) -> dict[str, str]:
    """Thirds by length; of equal lengths all fall into one."""
    ordered = sorted(length for _, length in videos)
    cuts = [ordered[(len(ordered) - 1) * third // 3] for third in (1, 2)]
    return {video_id: LENGTHS[sum(length > cut for cut in cuts)] for video_id, length in videos}
