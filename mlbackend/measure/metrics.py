"""The metrics of a project, each with its evaluators: one line each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labeling.domain.errors import InvalidInput
from mlbackend.measure import clips, frames, segments, tubes
from mlbackend.measure.project import Measured


@dataclass(frozen=True)
class Metric:
    """Figures of a project.

    Args:
        evaluators: published rules that can be followed; the first is the default.
        evaluate: to the result as the page shows it.
    """

    evaluators: tuple[str, ...]
    evaluate: Callable[[Measured], dict[str, Any]]


METRICS = {
    "clips": Metric(clips.EVALUATORS, clips.evaluate),
    "frame-map": Metric(frames.EVALUATORS, frames.evaluate),
    "video-map": Metric(tubes.EVALUATORS, tubes.evaluate),
    "temporal-map": Metric(segments.EVALUATORS, segments.evaluate),
}


def evaluator_of(metric: str, asked: str) -> str:
    """The evaluator by name, or the metric's default.

    Raises:
        InvalidInput: the metric has none of this name.
    """
    known = METRICS[metric].evaluators
    if asked and asked not in known:
        raise InvalidInput(
            f"Metric {metric} has no evaluator '{asked}'. Choose one of: {', '.join(known)}.",
            code="unknown_evaluator",
        )
    return asked or known[0]
