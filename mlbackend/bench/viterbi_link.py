"""The linker of the action-tube papers, to compare ours with: the best paths of a whole clip."""

from __future__ import annotations

from collections.abc import Sequence

from mlbackend.propose.action_tubes import action_tubes
from mlbackend.propose.link import LinkRules, Observed, Track, worth_showing

# A clip of J-HMDB shows few people; paths of what is left after them are of false boxes.
MOST = 10


def viterbi_link(seen: Sequence[Observed], rules: LinkRules | None = None) -> list[Track]:
    """Return the tracks worth showing, by the rules of our linker, best path first.

    The class is whoever the detector found; a class whose score is one number a clip has the same
    paths.
    """
    rules = rules or LinkRules()
    paths = action_tubes([one.boxes for one in seen], [one.scores for one in seen], most=MOST)
    tracks = [
        Track(
            frames=[seen[frame].frame for frame, _ in path.places],
            times_s=[seen[frame].time_s for frame, _ in path.places],
            boxes=[seen[frame].boxes[box] for frame, box in path.places],
            scores=path.scores.tolist(),
        )
        for path in paths
    ]
    return [track for track in tracks if worth_showing(track, rules)]
